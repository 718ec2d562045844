"""Under which other names a function or class may be called: where it is handed over and kept.

    def each(client, function): function(client)

    each(Client(), drop)                 # `drop` is called by the name `function`

    class Pool:                          # and `Peer` by the names `cls` and `peer_class`
        def __init__(self, cls=Peer): self.peer_class = cls

These are only names: whether such a call reaches the function is found out by resolving it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import corolint.infer.attributes as attributes
import corolint.infer.evaluate as evaluation
from corolint.infer.state import Inference, ask, function_summary
from corolint.summary import ModuleSummary
from corolint.terms import ATTRIBUTE, CLASS, EITHER, FUNCTION, IMPORT, NAME, PARAMETER, Term
from corolint.values import ClassObject, Function, Ref, Value, members

_MOST_NAMES = 8
_MOST_HANDINGS = 8


class _Handing(NamedTuple):
    """A call that hands something over: its callee, and the number of the argument."""

    module: str
    callee: Term
    position: int


class _Index(NamedTuple):
    """By name: the names that something is kept under, and the calls that hand it over."""

    kept: dict[str, dict[str, None]]
    handed: dict[str, list[_Handing]]


def other_names(state: Inference, name: str) -> list[str]:
    """The names under which the project may call what is called `name`, without `name` itself."""
    empty = _Index({}, {})
    index = ask(state, "aliases", _build_index, empty, state)
    found: dict[str, None] = {}
    pending = [name]
    while pending and len(found) < _MOST_NAMES:
        one = pending.pop()
        names = [*index.kept.get(one, ())]
        for handing in index.handed.get(one, [])[:_MOST_HANDINGS]:
            names += _parameter_names(state, handing)
        for other in names:
            if other not in found and other != name:
                found[other] = None
                pending.append(other)
    return list(found)


def _parameter_names(state: Inference, handing: _Handing) -> list[str]:
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


def _build_index(state: Inference) -> _Index:
    index = _Index({}, {})
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is not None:
            _add(index, module, summary)
    return index


def _add(index: _Index, module: str, summary: ModuleSummary) -> None:
    for function in summary.functions.values():
        for parameter in function.parameters:
            if parameter.default is not None:
                _keep(index, parameter.default, parameter.name)
    for cls in summary.classes.values():
        for attribute, terms in (*cls.attributes.items(), *cls.instance_attributes.items()):
            for term in terms:
                _keep(index, term, attribute)
    for sites in summary.calls.values():
        for _, call, _ in sites:
            for position, argument in enumerate(call[2]):
                for name in _names(argument):
                    handing = _Handing(module, call[1], position)
                    index.handed.setdefault(name, []).append(handing)
            for keyword, argument in call[3]:
                if keyword != "**":
                    _keep(index, argument, keyword)


def _keep(index: _Index, term: Term, kept_as: str) -> None:
    for name in _names(term):
        index.kept.setdefault(name, {})[kept_as] = None


def _names(term: Term) -> list[Any]:
    """The names by which a term refers to something that may be callable."""
    tag = term[0]
    if tag == EITHER:
        return [name for part in term[1] for name in _names(part)]
    if tag == NAME:
        return [term[1]]
    if tag in (ATTRIBUTE, IMPORT, PARAMETER):
        return [term[2]]
    if tag in (FUNCTION, CLASS):
        return [term[1].rpartition(".")[2].partition("@")[0]]
    return []
