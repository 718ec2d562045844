"""What a name alone tells, when the receiver is not known.

    await self.peer.handshake()      # in three places
    self.peer.handshake()            # nobody knows what `peer` is

If every function called `handshake` in the project and in the standard library is a coroutine
function, the call surely makes a coroutine object. The same holds if
all other calls of ``peer.handshake`` are awaited. This is the weakest evidence there is.
"""

from __future__ import annotations

from typing import NamedTuple

from corolint.infer.arguments import call_sites
from corolint.infer.state import Inference, ask
from corolint.standard_names import is_plain_in_library
from corolint.summary import AWAITED, HANDED, ModuleSummary
from corolint.terms import CALL, DECLARED, IMPORT, TYPE_LIST, TYPE_NAME, Term
from corolint.values import Ref


class Named(NamedTuple):
    """All functions of one name: an example of a coroutine method, how many of these there are, and
    how many other functions, methods or not, are no coroutine functions."""

    example: Ref | None
    asynchronous: int
    plain: int


class Verdict(NamedTuple):
    """Consensus on a name: an example of its coroutine functions, and the reason in words."""

    example: Ref | None
    because: str


_OWN = ("self", "cls")
_LEAST_AWAITED = 2
_SURELY_AWAITED = 3
_AWAITED_TO_PLAIN = 3
_NAME_TO_PLAIN = 10


def consensus(state: Inference, module: str, path: str) -> Verdict | None:
    """What ``receiver.method`` alone tells of a call in `module`: that it surely makes a coroutine
    object, or nothing."""
    name = path.rpartition(".")[2]
    named = functions_named(state, name)
    if named.plain or name.startswith("__") or is_plain_in_library(name):
        return None
    awaited = count_if_custom(state, path)
    if awaited:
        return Verdict(named.example, f"{awaited} other calls of `{path}` are awaited")
    if not named.asynchronous:
        return None
    every = "the only method" if named.asynchronous == 1 else f"all {named.asynchronous} methods"
    are = "is" if named.asynchronous == 1 else "are"
    awaited, plain = awaited_elsewhere(state, name)
    if awaited >= max(_LEAST_AWAITED, _NAME_TO_PLAIN * (plain - 1)):
        return Verdict(
            named.example,
            f"{every} called `{name}` {are} async, and {awaited} other calls are awaited",
        )
    if "_" in name.strip("_") and _finds_imports(state, module):
        return Verdict(named.example, f"{every} called `{name}` {are} async")
    return None


def _finds_imports(state: Inference, module: str) -> bool:
    """Whether all modules that a module imports from are there: the class of a receiver may come
    from those that are not, and call anything what the project calls so."""
    summary = state.project.summary(module)
    return summary is not None and all(
        state.project.file(term[1]) is not None
        for terms in summary.bindings.values()
        for term in terms
        if term[0] == IMPORT
    )


def is_surely_awaited(state: Inference, name: str) -> bool:
    """Whether all calls of the project of whatever is called `name` are awaited, but for the one in
    question, and there are enough of them to take that for sure."""
    uses = [site.use for site in call_sites(state, name)]
    awaited = uses.count(AWAITED) + uses.count(HANDED)
    return awaited >= _SURELY_AWAITED and len(uses) - awaited <= 1


def is_async_everywhere(state: Inference, name: str) -> bool:
    """Whether all functions called `name` that are known are coroutine functions, and some is."""
    named = functions_named(state, name)
    return named.asynchronous > 0 and named.plain == 0 and not is_plain_in_library(name)


def has_blocking_twin(state: Inference, qualname: str) -> bool:
    """Whether a plain method has this qualname somewhere in the project: some projects have every
    class twice, for code with and without a loop, and hand either to what they share."""
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        twin = None if summary is None else summary.functions.get(qualname)
        if twin is not None and not twin.is_async:
            return True
    return False


def functions_named(state: Inference, name: str) -> Named:
    """The functions of that name in the project."""
    return _index(state).get(name, Named(None, 0, 0))


def count_if_custom(state: Inference, path: str) -> int:
    """How many calls of ``receiver.method`` are awaited, where that is the custom; else 0."""
    awaited, plain = awaited_elsewhere(state, path)
    return awaited if awaited >= max(_LEAST_AWAITED, _AWAITED_TO_PLAIN * plain) else 0


def awaited_elsewhere(state: Inference, path: str) -> tuple[int, int]:
    """For ``receiver.method``, or a method of whatever receiver: how many calls of the project are
    awaited, and how many are statements of their own."""
    state.asked.awaited.add(path)
    none: dict[str, tuple[int, int]] = {}
    table = ask(state, "awaited calls", _count_awaited, none, state)
    return table.get(path, (0, 0))


def _index(state: Inference) -> dict[str, Named]:
    none: dict[str, Named] = {}
    return ask(state, "functions by name", _build_index, none, state)


def _build_index(state: Inference) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is not None:
            _add(found, summary)
    return found


def _add(found: dict[str, Named], summary: ModuleSummary) -> None:
    for qualname, function in summary.functions.items():
        name = qualname.rpartition(".")[2].partition("@")[0]
        example, asynchronous, plain = found.get(name, Named(None, 0, 0))
        if not function.is_async or function.is_generator:
            found[name] = Named(example, asynchronous, plain + 1)
        elif function.owner:
            example = example or Ref(summary.name, qualname)
            found[name] = Named(example, asynchronous + 1, plain)
    for cls in summary.classes.values():
        for name, terms in cls.attributes.items():
            if any(_is_method_by_hand(term) for term in terms):
                example, asynchronous, plain = found.get(name, Named(None, 0, 0))
                found[name] = Named(example, asynchronous, plain + 1)


def _is_method_by_hand(term: Term) -> bool:
    """``close = Method(…)`` and ``close: Method[Callable[[], None]]`` in the body of a class: there
    is something to call, and nobody knows of which kind."""
    return term[0] == CALL or (term[0] == DECLARED and _has_signature(term[1]))


def _has_signature(type_term: Term) -> bool:
    return type_term[0] == TYPE_LIST or (
        type_term[0] == TYPE_NAME and any(_has_signature(one) for one in type_term[2])
    )


def _count_awaited(state: Inference) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None:
            continue
        for path, (awaited, statements) in summary.awaited.items():
            receiver, _, name = path.rpartition(".")
            for key in (path,) if receiver in _OWN else (path, name):
                before = counts.get(key, (0, 0))
                counts[key] = (before[0] + awaited, before[1] + statements)
    return counts
