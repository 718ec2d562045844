"""Which classes a decorator of the project is handed: those that stand below it.

    REGISTRY = {}

    def register(name):
        def keep(cls):
            REGISTRY[name] = cls                # `cls` is `Ping`, and whatever else is registered
            return cls

        return keep

    @register("ping")
    class Ping: ...

Decorators are found by the last name that is written, and then resolved.
"""

from __future__ import annotations

from typing import NamedTuple

import corolint.infer.evaluate as evaluation
from corolint.infer.state import Inference, ask
from corolint.summary import FunctionSummary
from corolint.terms import ATTRIBUTE, CALL, IMPORT, NAME, Term
from corolint.values import ClassObject, Function, Ref, Value, members

_MOST_CLASSES = 24


class _Decoration(NamedTuple):
    """A class, and one of its decorators."""

    cls: Ref
    decorator: Term


def decorated_classes(state: Inference, ref: Ref, summary: FunctionSummary) -> list[Value]:
    """The classes that stand below the decorator `ref`, or below one that gives it."""
    none: dict[str, list[_Decoration]] = {}
    index = ask(state, "decorated classes", _index, none, state)
    if not index:
        return []
    names = [name.rpartition(".")[2] for name in (ref.qualname, summary.parent) if name]
    found: list[Value] = []
    for name in names:
        for decoration in index.get(name.partition("@")[0], ())[:_MOST_CLASSES]:
            taker = evaluation.evaluate(state, decoration.cls.module, decoration.decorator, None)
            if any(isinstance(one, Function) and one.ref == ref for one in members(taker)):
                found.append(ClassObject(decoration.cls))
    return found


def _index(state: Inference) -> dict[str, list[_Decoration]]:
    found: dict[str, list[_Decoration]] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        for qualname, cls in {} if summary is None else summary.classes.items():
            for decorator in cls.decorators:
                decoration = _Decoration(Ref(module, qualname), decorator)
                found.setdefault(_last_name(decorator), []).append(decoration)
    return found


def _last_name(decorator: Term) -> str:
    target = decorator[1] if decorator[0] == CALL else decorator
    if target[0] == NAME:
        return str(target[1])
    if target[0] == IMPORT:
        return str(target[2]) or str(target[1]).rpartition(".")[2]
    return str(target[2]) if target[0] == ATTRIBUTE else ""
