"""Methods without a body that stand for something else than coroutine functions.

    class Voice(ABC):
        @abstractmethod
        async def speak(self, text: str) -> AsyncIterator[bytes]: ...

    class Loud(Voice):
        async def speak(self, text): yield text.encode()

By the language reference the method of `Voice` is a coroutine function, since it has no `yield`. It
is never run, though. What a call of it gives is what those that override it give, asynchronous
generators and plain functions among them. Where none is known, its promise leaves that open: many
mean the iterator itself, some a coroutine that gives one.

An overload and a stub file (``.pyi``) are read alike: mypy takes the promise by the letter
(https://mypy.readthedocs.io/en/stable/more_types.html, "Asynchronous iterators"), and their authors
often do not.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.declarations as declarations
from corolint.infer.state import Inference, function_summary
from corolint.summary import FunctionSummary
from corolint.values import Function, Instance, Ref

_USED_WITHOUT_AWAIT = frozenset(
    {"AbstractAsyncContextManager", "AsyncContextManager"}
    | {"AsyncGenerator", "AsyncIterator", "AsyncIterable"}
)


def may_stand_for_others(state: Inference, ref: Ref, summary: FunctionSummary) -> bool:
    """Whether a call of the coroutine function `ref` may give something else than a coroutine,
    since `ref` is a placeholder. Never raises."""
    if not summary.is_stub:
        return False
    table: dict[Ref, bool] = state.tables.setdefault("placeholders", {})
    if ref not in table:
        table[ref] = _may_stand_for_others(state, ref, summary)
    return table[ref]


def _may_stand_for_others(state: Inference, ref: Ref, summary: FunctionSummary) -> bool:
    found = [function_summary(state, each) for each in overriding(state, ref, summary)]
    instead = [each for each in found if each is not None]
    if instead:
        # Where one is a coroutine function, callers have to await.
        return all(each.is_generator or not each.is_async for each in instead)
    if summary.returns is None:
        return False
    promised = declarations.declared(state, ref.module, summary.returns, ref.qualname)
    return isinstance(promised, Instance) and promised.cls.qualname in _USED_WITHOUT_AWAIT


def overriding(state: Inference, ref: Ref, summary: FunctionSummary) -> list[Ref]:
    """The methods below a placeholder that are more than placeholders."""
    if not summary.owner:
        return []
    name = ref.qualname.rpartition(".")[2].partition("@")[0]
    return [
        method.ref
        for method in attributes.overrides(state, Ref(ref.module, summary.owner), name)
        if isinstance(method, Function) and method.ref != ref and not _is_stub(state, method.ref)
    ]


def _is_stub(state: Inference, ref: Ref) -> bool:
    summary = function_summary(state, ref)
    return summary is None or summary.is_stub
