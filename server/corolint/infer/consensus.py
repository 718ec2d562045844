"""What a name alone tells, when the receiver is not known.

    await self.peer.handshake()      # in three places
    self.peer.handshake()            # nobody knows what `peer` is

If every function called `handshake` in the project, its loaded libraries and the standard library's
common classes is a coroutine function, the call surely makes a coroutine object. The same holds if
all other calls of ``peer.handshake`` are awaited. This is the weakest evidence there is.
"""

from __future__ import annotations

from typing import NamedTuple

from corolint.infer.state import Inference, ask
from corolint.summary import ModuleSummary
from corolint.values import Ref


class Named(NamedTuple):
    """All functions of one name: an example of a coroutine function, and how many there are."""

    example: Ref | None
    asynchronous: int
    plain: int


# Modules of the standard library whose classes people hold in attributes without a type.
_COMMON_MODULES = (
    "builtins", "asyncio.events", "asyncio.futures", "asyncio.transports", "asyncio.streams",
    "asyncio.queues", "asyncio.locks", "asyncio.subprocess", "collections", "concurrent.futures",
    "contextlib", "io", "logging", "multiprocessing.connection", "pathlib", "queue", "re",
    "selectors", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "threading", "typing",
    "unittest.mock", "urllib.request", "http.client", "datetime", "types",
)  # fmt: skip


def is_async_everywhere(state: Inference, name: str) -> bool:
    """Whether all functions called `name` that are known are coroutine functions, and some is."""
    named = functions_named(state, name)
    return named.asynchronous > 0 and named.plain == 0


def functions_named(state: Inference, name: str) -> Named:
    """The functions of that name in the project and in the common modules of the library."""
    return _index(state).get(name, Named(None, 0, 0))


def awaited_elsewhere(state: Inference, path: str) -> tuple[int, int]:
    """For ``receiver.method``: how many calls of the project are awaited, and how many are
    statements of their own."""
    none: dict[str, tuple[int, int]] = {}
    table = ask(state, "awaited calls", _count_awaited, none, state)
    return table.get(path, (0, 0))


def _index(state: Inference) -> dict[str, Named]:
    none: dict[str, Named] = {}
    return ask(state, "functions by name", _build_index, none, state)


def _build_index(state: Inference) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for module in (*state.project.first_party_modules(), *_COMMON_MODULES):
        summary = state.project.summary(module)
        if summary is not None:
            _add(found, summary)
    return found


def _add(found: dict[str, Named], summary: ModuleSummary) -> None:
    for qualname, function in summary.functions.items():
        name = qualname.rpartition(".")[2].partition("@")[0]
        example, asynchronous, plain = found.get(name, Named(None, 0, 0))
        if function.is_async and not function.is_generator:
            example = example or Ref(summary.name, qualname)
            found[name] = Named(example, asynchronous + 1, plain)
        elif not function.is_stub or function.returns is not None:
            found[name] = Named(example, asynchronous, plain + 1)


def _count_awaited(state: Inference) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None:
            continue
        for path, (awaited, statements) in summary.awaited.items():
            before = counts.get(path, (0, 0))
            counts[path] = (before[0] + awaited, before[1] + statements)
    return counts
