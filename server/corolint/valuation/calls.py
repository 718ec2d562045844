"""Calls: their terms, that they were made, and what they put into containers.

    xs.append(Client(host))

is a call site of `append` and one of `Client`, and puts a call of `Client` into what stands at
`xs`; ``super().close()`` is an attribute of what the class inherits from.
"""

from __future__ import annotations

import corolint.valuation.expressions as expressions
import corolint.valuation.targets as targets
from corolint.scope import Scope
from corolint.summary import UNTOLD
from corolint.syntax import nodes
from corolint.terms import ATTRIBUTE, CALL, CLS, ELEMENT, SELF, STAR, SUPER, Term
from corolint.valuation.paths import last_name
from corolint.valuation.uses import note_handed

_ADDING_METHODS = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "put": 0, "put_nowait": 0,
                   "set_result": 0}  # fmt: skip


_EXTENDING_METHODS = {"extend": 0, "update": 0, "extendleft": 0}


def call_term(scope: Scope, node: nodes.Call) -> Term:
    """The term of a call. Never raises."""
    callee_node = node.callee
    if type(callee_node) is nodes.Name and callee_node.name == "super" and scope.cls is not None:
        term = _super(scope, node)
        if term is not None:
            return term
    callee = expressions.value_of(scope, callee_node)
    name = last_name(callee_node)
    positional: list[Term] = []
    named: list[tuple[str, Term]] = []
    for index, argument in enumerate(node.arguments):
        value = expressions.value_of(scope, argument)
        note_handed(scope, name, argument)
        kind = node.kinds[index]
        if kind == nodes.POSITIONAL:
            positional.append(value)
        elif kind == nodes.STAR:
            positional.append((STAR, value))
        elif kind == nodes.NAMED:
            named.append((node.keywords[index] or "", value))
        else:
            named.append(("**", value))
    term = (CALL, callee, tuple(positional), tuple(named))
    if callee[0] == ATTRIBUTE:
        _note_addition(scope, callee, name, positional)
    facts = scope.facts
    site = (scope.function, term, UNTOLD)
    sites = facts.calls.get(name)
    if sites is None:
        facts.calls[name] = [site]
    else:
        sites.append(site)
    return term


def _super(scope: Scope, node: nodes.Call) -> Term | None:
    owner = scope.cls
    if owner is None:
        return None
    if not node.arguments:
        return (SUPER, owner.qualname, scope.in_class_method)
    values = [expressions.value_of(scope, argument) for argument in node.arguments]
    if len(values) == 2 and values[1][0] in (SELF, CLS) and type(node.arguments[0]) is nodes.Name:
        if node.arguments[0].name == owner.qualname.rpartition(".")[2]:
            return (SUPER, owner.qualname, values[1][0] == CLS)
    return None


def _note_addition(scope: Scope, callee: Term, name: str, arguments: list[Term]) -> None:
    """``xs.append(v)`` and kin: what is put into the container that stands at a place."""
    position = _ADDING_METHODS.get(name)
    if position is not None and len(arguments) > position:
        kind = "set" if name == "add" else "list"
        targets.note_addition(scope, callee[1], arguments[position], kind)
        return
    position = _EXTENDING_METHODS.get(name)
    if position is not None and len(arguments) == 1:
        targets.note_addition(scope, callee[1], (ELEMENT, arguments[0]))
    elif name == "setdefault" and len(arguments) == 2:
        targets.note_addition(scope, callee[1], arguments[1])
