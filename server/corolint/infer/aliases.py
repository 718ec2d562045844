"""Under which other names a function or class may be called: where it is handed over and kept.

    def each(client, function): function(client)

    each(Client(), drop)                 # `drop` is called by the name `function`

    class Pool:                          # and `Peer` by the names `cls` and `peer_class`
        def __init__(self, cls=Peer): self.peer_class = cls

These are only names: whether such a call reaches the function is found out by resolving it.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

import corolint.infer.attributes as attributes
import corolint.infer.evaluate as evaluation
from corolint.infer.state import Inference, ask, function_summary
from corolint.summary import ModuleSummary
from corolint.terms import ATTRIBUTE, CLASS, EITHER, FUNCTION, IMPORT, NAME, PARAMETER, Term
from corolint.values import ClassObject, Function, Ref, Value, members

_MOST_NAMES = 8
_MOST_HANDINGS = 8


class Handing(NamedTuple):
    """A call that hands something over: its callee, and the argument with its number."""

    module: str
    callee: Term
    position: int
    argument: Term


class _Part(NamedTuple):
    """What one module tells, by name: the names that something is kept under, and the calls that
    hand it over."""

    kept: dict[str, dict[str, None]]
    handed: dict[str, list[Handing]]


class _Index:
    """The parts of all modules, and which of them tell anything of a name.

    It outlives the project: after an edit only the parts of changed summaries are made anew.
    """

    __slots__ = ("modules", "parts")

    def __init__(self) -> None:
        self.parts: dict[str, tuple[ModuleSummary, _Part]] = {}
        self.modules: dict[str, set[str]] = {}


def other_names(state: Inference, name: str) -> list[str]:
    """The names under which the project may call what is called `name`, without `name` itself."""
    index = ask(state, "aliases", _current_index, _Index(), state)
    found: dict[str, None] = {}
    pending = [name]
    while pending and len(found) < _MOST_NAMES:
        kept, handed = _told(state, index, pending.pop())
        names = [*kept]
        for handing in handed:
            names += _parameter_names(state, handing)
        for other in names:
            if other not in found and other != name:
                found[other] = None
                pending.append(other)
    return list(found)


def handings(state: Inference, name: str) -> list[Handing]:
    """The first calls of the project to which something called `name` is handed."""
    return _told(state, ask(state, "aliases", _current_index, _Index(), state), name)[1]


def _told(state: Inference, index: _Index, name: str) -> tuple[list[str], list[Handing]]:
    state.asked.calls.add(name)
    known: dict[str, tuple[list[str], list[Handing]]]
    known = state.tables.setdefault("told of names", {})
    if name not in known:
        known[name] = _told_of(index, name)
    return known[name]


def _told_of(index: _Index, name: str) -> tuple[list[str], list[Handing]]:
    """The names that `name` is kept under, and the first calls that hand it over."""
    parts = [index.parts[module][1] for module in sorted(index.modules.get(name, ()))]
    kept = dict.fromkeys(other for part in parts for other in part.kept.get(name, ()))
    handed = (handing for part in parts for handing in part.handed.get(name, ()))
    return list(kept), list(islice(handed, _MOST_HANDINGS))


def _parameter_names(state: Inference, handing: Handing) -> list[str]:
    callee = evaluation.evaluate(state, handing.module, handing.callee, None)
    return [
        name
        for member in members(callee)
        if (name := _parameter_name(state, member, handing.position)) is not None
    ]


def _parameter_name(state: Inference, callee: Value, position: int) -> str | None:
    offset = 1
    if isinstance(callee, ClassObject):
        init = attributes.find_member(state, callee.cls, "__init__")
        if init is None or init.terms[0][0] != FUNCTION:
            return None
        ref = Ref(init.owner.cls.module, init.terms[0][1])
    elif isinstance(callee, Function):
        ref, offset = callee.ref, 0 if callee.receiver is None else 1
    else:
        return None
    summary = function_summary(state, ref)
    if summary is None or position + offset >= len(summary.parameters):
        return None
    return summary.parameters[position + offset].name


def _current_index(state: Inference) -> _Index:
    index: _Index = state.project.lasting.setdefault("aliases", _Index())
    modules = state.project.first_party_modules()
    for gone in index.parts.keys() - modules:
        _forget(index, gone)
    for module in modules:
        summary = state.project.summary(module)
        known = index.parts.get(module)
        if known is not None and known[0] is summary:
            continue
        if known is not None:
            _forget(index, module)
        if summary is not None:
            part = _Part({}, {})
            _add(part, module, summary)
            index.parts[module] = summary, part
            for name in part.kept.keys() | part.handed.keys():
                index.modules.setdefault(name, set()).add(module)
    return index


def _forget(index: _Index, module: str) -> None:
    _, part = index.parts.pop(module)
    for name in part.kept.keys() | part.handed.keys():
        index.modules[name].discard(module)


def _add(part: _Part, module: str, summary: ModuleSummary) -> None:
    for function in summary.functions.values():
        for parameter in function.parameters:
            if parameter.default is not None:
                _keep(part, parameter.default, parameter.name)
    for cls in summary.classes.values():
        for attribute, terms in (*cls.attributes.items(), *cls.instance_attributes.items()):
            for term in terms:
                _keep(part, term, attribute)
    for sites in summary.calls.values():
        for _, call, _ in sites:
            for position, argument in enumerate(call[2]):
                for name in names_of(argument):
                    handing = Handing(module, call[1], position, argument)
                    part.handed.setdefault(name, []).append(handing)
            for keyword, argument in call[3]:
                if keyword != "**":
                    _keep(part, argument, keyword)


def _keep(part: _Part, term: Term, kept_as: str) -> None:
    for name in names_of(term):
        part.kept.setdefault(name, {})[kept_as] = None


def names_of(term: Term) -> list[Any]:
    """The names by which a term refers to something that may be callable."""
    tag = term[0]
    if tag == EITHER:
        return [name for part in term[1] for name in names_of(part)]
    if tag == NAME:
        return [term[1]]
    if tag in (ATTRIBUTE, IMPORT, PARAMETER):
        return [term[2]]
    if tag in (FUNCTION, CLASS):
        return [term[1].rpartition(".")[2].partition("@")[0]]
    return []
