"""Attributes that make a coroutine object whenever they are read.

    class Client:
        @property
        async def name(self): ...       # `client.name` makes one

A property that hands out an object which is kept somewhere makes none.
"""

from __future__ import annotations

from corolint.infer.state import Inference
from corolint.summary import FunctionSummary, ModuleSummary
from corolint.terms import (
    CALL,
    DEFINITION,
    TYPE_NAME,
    TypeTerm,
)


def computed_attributes(state: Inference) -> frozenset[str]:
    """The names of such attributes in the project. What a module tells is kept over edits."""
    known: dict[str, tuple[ModuleSummary, frozenset[str]]] = state.project.lasting.setdefault(
        "computed attributes", {}
    )
    names: set[str] = set()
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None:
            continue
        kept = known.get(module)
        if kept is None or kept[0] is not summary:
            kept = known[module] = summary, _computed_in(summary)
        names |= kept[1]
    return frozenset(names)


def _computed_in(summary: ModuleSummary) -> frozenset[str]:
    return frozenset(
        qualname.rpartition(".")[2].partition("@")[0]
        for qualname, function in summary.functions.items()
        if function.owner and _is_property(function) and _may_give_coroutine(function)
    )


def _is_property(function: FunctionSummary) -> bool:
    return any("property" in str(term[-1]) for term in function.decorators)


def _may_give_coroutine(function: FunctionSummary) -> bool:
    """Whether a property makes a coroutine object when it is read; it may also hand out one that
    is kept somewhere."""
    if function.is_async:
        return True
    is_declared = function.returns is not None and names_coroutine(function.returns)
    assigned = [function.definitions[t[2]] for t in function.results if t[0] == DEFINITION]
    return is_declared and any(term[0] == CALL for term in (*function.results, *assigned))


def names_coroutine(annotation: TypeTerm) -> bool:
    """Whether an annotation is spelt as a coroutine type, as opposed to standing for one."""
    return annotation[0] == TYPE_NAME and annotation[1].rpartition(".")[2] in _COROUTINE_NAMES


_COROUTINE_NAMES = frozenset({"Coroutine", "CoroutineType"})
