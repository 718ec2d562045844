"""Where the project names functions without calling them, and reads what may be properties.

Handing a function over (``call(fetch_now)``), decorating another with it, giving it a second name
(``now = fetch_now``) and reading a property are ways to run it that no call of its name shows. Each
is found in one pass over the terms of all summaries, and only in projects that need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import corolint.terms as tags
from corolint.infer.arguments import CallSite
from corolint.infer.state import Inference
from corolint.summary import FunctionSummary, ModuleSummary
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    CONTAINER,
    EITHER,
    ELEMENT,
    FUNCTION,
    IMPORT,
    LOCAL,
    NAME,
    RECORD,
    STAR,
    STRING,
    TUPLE,
    Term,
)
from corolint.values import (
    Ref,
)

_HANDED = frozenset({NAME, ATTRIBUTE, IMPORT, LOCAL})


_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "reify"})


@dataclass(slots=True)
class Mentions:
    """Where functions are named without being called, by name (inner functions: by `Ref`).

    `arguments`: calls that hand one over. `decorated`: what one decorates. `aliases`: other names,
    also of containers that hold one. `taken`: by the name of a container, calls of what is taken
    out of it (``HANDLERS[key]()``), each with the last name of the callee. `factories`: the classes
    whose fields one makes the values of.
    """

    arguments: dict[str | Ref, list[CallSite]] = field(default_factory=dict)
    decorated: dict[str, list[Ref]] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    taken: dict[str, list[tuple[str, CallSite]]] = field(default_factory=dict)
    factories: dict[str | Ref, list[Ref]] = field(default_factory=dict)


def find_mentions(state: Inference) -> Mentions:
    """One pass over all summaries."""
    mentions = Mentions()
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is not None:
            _mention_arguments(mentions, module, summary)
            _mention_declarations(mentions, module, summary)
    return mentions


def _mention_arguments(mentions: Mentions, module: str, summary: ModuleSummary) -> None:
    for name, sites in summary.calls.items():
        for caller, call, use in sites:
            container = _container_name(summary, call[1])
            if container:
                site = CallSite(module, caller, call, use)
                mentions.taken.setdefault(container, []).append((name, site))
            for term in argument_terms(call):
                if term[0] == FUNCTION:
                    key: str | Ref = Ref(module, term[1])
                elif term[0] in _HANDED:
                    key = last_name(term)
                else:
                    continue
                site = CallSite(module, caller, call, use)
                mentions.arguments.setdefault(key, []).append(site)


def _mention_declarations(mentions: Mentions, module: str, summary: ModuleSummary) -> None:
    for qualname, function in summary.functions.items():
        for decorator in function.decorators:
            ref = Ref(module, qualname)
            mentions.decorated.setdefault(last_name(decorator), []).append(ref)
    groups = [summary.bindings]
    for cls in summary.classes.values():
        groups += [cls.attributes, cls.instance_attributes]
        for factory in cls.factories.values():
            made = Ref(module, factory[1]) if factory[0] == FUNCTION else last_name(factory)
            mentions.factories.setdefault(made, []).append(Ref(module, cls.qualname))
    for group in groups:
        for name, terms in group.items():
            for term in terms:
                _mention_alias(mentions, name, term)
    for place, terms in summary.additions.items():
        name = _container_name(summary, (ELEMENT, place))
        for term in terms if name else ():
            _mention_alias(mentions, name, term)


def _mention_alias(mentions: Mentions, name: str, term: Term) -> None:
    """``now = fetch_now``, ``now = partial(fetch_now, 1)``, ``from m import fetch_now as now``,
    ``handlers = {"now": fetch_now}``."""
    for one in _meant(term):
        last = last_name(one)
        if last and last != name:
            mentions.aliases.setdefault(last, set()).add(name)


def _meant(term: Term) -> list[Term]:
    if term[0] in _HANDED or term[0] == FUNCTION:
        return [term]
    if term[0] == CALL:
        return [term, *argument_terms(term)]
    if term[0] in (TUPLE, EITHER):
        return [one for part in term[1] for one in _meant(part)]
    if term[0] == RECORD:
        return [one for _, part in term[1] for one in _meant(part)]
    return _meant(term[2]) if term[0] == CONTAINER and term[2] is not None else []


def _container_name(summary: ModuleSummary, callee: Term) -> str:
    """The last name of the container that the callee is taken out of; "" if it is not taken out of
    any. A literal in `getattr` counts as such a name."""
    is_taken = False
    for _ in range(8):
        match callee[0]:
            case tags.DEFINITION:
                function = summary.functions.get(callee[1])
                if function is None or callee[2] >= len(function.definitions):
                    return ""
                callee = function.definitions[callee[2]]
            case tags.ITEM | tags.ELEMENT | tags.UNPACK:
                is_taken = True
                callee = callee[1]
            case tags.CALL:
                strings = [term[1] for term in callee[2] if term[0] == STRING]
                if callee[1] == (NAME, "getattr") and strings:
                    return str(strings[0])
                if callee[1][0] != ATTRIBUTE:
                    return ""
                is_taken = True  # ``HANDLERS.get(key)()``, ``for f in HANDLERS.values(): f()``
                callee = callee[1][1]
            case _:
                return last_name(callee) if is_taken else ""
    return ""


def find_reads(state: Inference) -> dict[str, list[tuple[Ref, Term]]]:
    """By the name of a property of the project, who reads an attribute of that name, and of what.

    One pass over the terms of all summaries, for the rare project that has such a property.
    """
    summaries = [
        summary
        for module in state.project.first_party_modules()
        if (summary := state.project.summary(module)) is not None
    ]
    names = {
        qualname.rpartition(".")[2].partition("@")[0]
        for summary in summaries
        for qualname, function in summary.functions.items()
        if function.decorators and is_property(function)
    }
    found: dict[str, list[tuple[Ref, Term]]] = {}
    for summary in summaries:
        for caller, term in terms_of(summary):
            for holder, name in attributes_in(term, names):
                found.setdefault(name, []).append((Ref(summary.name, caller), holder))
    return found


def terms_of(summary: ModuleSummary) -> Iterator[tuple[str, Term]]:
    """The terms that a module keeps of its expressions, each with the function it stands in."""
    for sites in summary.calls.values():
        for caller, call, _ in sites:
            yield caller, call
    for qualname, function in summary.functions.items():
        for term in (*function.definitions, *function.results, *function.yields):
            yield qualname, term


def attributes_in(term: Term, names: set[str]) -> Iterator[tuple[Term, str]]:
    stack: list[Term] = [term]
    while stack:
        part = stack.pop()
        if len(part) == 3 and part[0] == ATTRIBUTE and part[2] in names:
            yield part[1], part[2]
        stack.extend([inner for inner in part if type(inner) is tuple])


def is_property(summary: FunctionSummary) -> bool:
    return any(last_name(decorator) in _PROPERTIES for decorator in summary.decorators)


def own_name(ref: Ref) -> str:
    return ref.qualname.rpartition(".")[2].partition("@")[0]


def last_name(term: Term) -> str:
    if term[0] == CALL:
        return last_name(term[1])
    if term[0] == NAME:
        return str(term[1])
    if term[0] in (ATTRIBUTE, LOCAL, IMPORT):
        return str(term[2])
    if term[0] == FUNCTION:
        return str(term[1]).rpartition(".")[2].partition("@")[0]
    return ""


def argument_terms(term: Term) -> list[Term]:
    found = [one[1] if one[0] == STAR else one for one in term[2]]
    return found + [value for _, value in term[3]]
