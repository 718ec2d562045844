"""Which functions an edit can matter to: mostly, only the one that was edited.

Two summaries of a module are compared, before and after. An edit inside the body of `load` changes
what its local variables are, whom it calls and what it writes to. Another function can only notice
that through what *somebody has asked for*: the call sites of a name, the values written to an
attribute, what is put into a container. Inference notes each such question (`Asked`). For example,
while nobody has asked who calls `read`, one more call of `read` in `load` concerns nobody but
`load`; once a parameter of `read` got its value from its callers, it concerns everybody.

Local variables are numbered in a summary, so that one more shifts the rest: terms are compared with
the variables replaced by what they stand for. Where that goes too deep, they count as different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from corolint.expansion import Expansion
from corolint.infer.aliases import names_of
from corolint.infer.state import Asked
from corolint.summary import AWAITED, ClassSummary, FunctionSummary, ModuleSummary
from corolint.terms import DEFINITION, FUNCTION, LOCAL, Term

_DEEPEST = 8
_MOST_ADDED = 4


def changed_functions(
    before: ModuleSummary,
    after: ModuleSummary,
    asked: Asked,
    is_mentioned: Callable[[str], bool] = lambda name: True,
) -> frozenset[str] | None:
    """The functions that an edit may matter to, by qualname; `None` if it may matter to others.

    A plain new function matters to nobody while its name `is_mentioned` nowhere else.
    """
    if before is after:
        return frozenset()
    if before.stars != after.stars or before.exports != after.exports:
        return None
    added = _added(before, after)
    if len(added) > _MOST_ADDED or any(map(is_mentioned, added)):
        return None
    bindings = {name: terms for name, terms in after.bindings.items() if name not in added}
    if before.bindings != bindings or before.classes.keys() != after.classes.keys():
        return None
    functions = {name: each for name, each in after.functions.items() if name not in added}
    changed = _changed(before.functions, functions)
    if changed is None:
        return None
    old, new = Expansion(before, _DEEPEST, "before"), Expansion(after, _DEEPEST, "after")
    for qualname in changed:
        if not _gives_the_same(before.functions[qualname], after.functions[qualname], old, new):
            return None
    if any(function.parent in changed for function in after.functions.values()):
        return None
    if any(
        mentions(terms, changed)
        for name, terms in after.bindings.items()
        if before.bindings.get(name) is not terms
    ):
        return None
    for qualname, cls in after.classes.items():
        if before.classes[qualname] is not cls and not _is_same_class(
            before.classes[qualname], cls, old, new
        ):
            return None
    changed |= added
    if not asked.calls.isdisjoint(_changed_calls(before, after, changed, old, new)):
        return None
    if any(_is_awaited(before, name) != _is_awaited(after, name) for name in asked.uses):
        return None
    if not asked.writes.isdisjoint(_changed_keys(before.writes, after.writes, changed)):
        return None
    places = _changed_keys(before.additions, after.additions, changed)
    if any((after.name, place) in asked.additions for place in places):
        return None
    if asked.awaited and not asked.awaited.isdisjoint(_changed_counts(before, after)):
        return None
    return frozenset(changed)


def _added(before: ModuleSummary, after: ModuleSummary) -> set[str]:
    """The new functions at the top of a module that are nothing but functions: they have no
    decorator and no default, which would hand something on, and no meaning for Python itself."""
    return {
        name
        for name in after.bindings.keys() - before.bindings.keys()
        if after.bindings[name] == ((FUNCTION, name),)
        and name not in before.functions
        and not name.startswith("__")
        and not after.functions[name].decorators
        and all(each.default is None for each in after.functions[name].parameters)
    }


def _changed(
    before: Mapping[str, FunctionSummary], after: Mapping[str, FunctionSummary]
) -> set[str] | None:
    """The functions with another body; `None` if one has another head, comes or goes."""
    if before.keys() != after.keys():
        return None
    changed = set()
    for qualname, new in after.items():
        old = before[qualname]
        if old is new or old == new:
            continue
        if _head(old) != _head(new):
            return None
        changed.add(qualname)
    return changed


def _head(function: FunctionSummary) -> tuple[object, ...]:
    return (
        function.is_async,
        function.is_generator,
        function.is_stub,
        function.parameters,
        function.returns,
        function.decorators,
        function.type_parameters,
        function.owner,
        function.parent,
    )


def _gives_the_same(
    before: FunctionSummary, after: FunctionSummary, old: Expansion, new: Expansion
) -> bool:
    """Do both return and yield the same?"""
    return old.all(before.results) == new.all(after.results) and old.all(before.yields) == new.all(
        after.yields
    )


def _is_same_class(
    before: ClassSummary, after: ClassSummary, old: Expansion, new: Expansion
) -> bool:
    if (
        before.bases != after.bases
        or before.keywords != after.keywords
        or before.decorators != after.decorators
        or before.attributes != after.attributes
        or before.type_parameters != after.type_parameters
        or before.instance_attributes.keys() != after.instance_attributes.keys()
    ):
        return False
    return all(
        old.all(before.instance_attributes[name]) == new.all(terms)
        for name, terms in after.instance_attributes.items()
    )


def _changed_calls(
    before: ModuleSummary,
    after: ModuleSummary,
    changed: set[str],
    old: Expansion,
    new: Expansion,
) -> set[str]:
    """The names that the changed functions call in another way, or another number of times, and
    those that such a call hands on: what is named so may be called by the name of a parameter."""
    found = set()
    for name in before.calls.keys() | after.calls.keys():
        if before.calls.get(name) is after.calls.get(name):
            continue
        was = [each for each in before.calls.get(name, ()) if each[0] in changed]
        now = [each for each in after.calls.get(name, ()) if each[0] in changed]
        if was == now == []:
            continue
        if [(c, old.one(t), a) for c, t, a in was] != [(c, new.one(t), a) for c, t, a in now]:
            found.add(name)
            for _, term, _ in (*was, *now):
                found.update(_handed_names(term))
    return found


def _handed_names(call: Term) -> Iterator[str]:
    """The names among the arguments of a call."""
    for argument in (*call[2], *(value for _, value in call[3])):
        yield from names_of(argument)


def _is_awaited(summary: ModuleSummary, name: str) -> bool:
    """Is any call of a name awaited on the spot in this module?"""
    return any(use == AWAITED for _, _, use in summary.calls.get(name, ()))


def _changed_keys(
    before: Mapping[Any, tuple[Any, ...]], after: Mapping[Any, tuple[Any, ...]], changed: set[str]
) -> set[Any]:
    """The keys with other terms, or with terms that a changed function holds. What has not been
    read again holds none."""
    return {
        key
        for key in before.keys() | after.keys()
        if before.get(key) is not after.get(key)
        and (
            before.get(key) != after.get(key)
            or mentions(key, changed)
            or any(mentions(term, changed) for term in after[key])
        )
    }


def _changed_counts(before: ModuleSummary, after: ModuleSummary) -> set[str]:
    paths = {
        path
        for path in before.awaited.keys() | after.awaited.keys()
        if before.awaited.get(path) != after.awaited.get(path)
    }
    return paths | {path.rpartition(".")[2] for path in paths}


def mentions(term: Any, functions: set[str]) -> bool:
    """Does a term name a local variable of one of these functions?"""
    waiting = [term]
    while waiting:
        part = waiting.pop()
        if type(part) is tuple and part:
            if part[0] in (DEFINITION, LOCAL) and part[1] in functions:
                return True
            waiting.extend(part)
    return False
