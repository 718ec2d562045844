"""What an assignment binds: names, attributes, elements, and the parts of an unpacking.

    self.client, (first, *rest) = connect(), parts

binds the attribute `client` of the class to the call, `first` to the first part of `parts`, and
`rest` to a list of its elements.
"""

from __future__ import annotations

import corolint.valuation.expressions as expressions
from corolint.scope import ClassFacts, Scope, bind_name, keep
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    CLS,
    CONTAINER,
    ELEMENT,
    FUNCTION,
    ITEM,
    SELF,
    STAR,
    TUPLE,
    UNPACK,
    Term,
)
from corolint.valuation.paths import dotted_path


def note_addition(scope: Scope, container: Term, value: Term, kind: str = "list") -> None:
    """Note that `value` is put into what stands at the term `container`, which is a `kind`.

    ``d[k].append(v)`` and ``d.setdefault(k, []).append(v)`` put a list of `v` into `d`.
    """
    outer = _outer_container(container)
    if outer is not None:
        container, value = outer, (CONTAINER, kind, value, None)
    scope.facts.additions.setdefault(container, []).append(keep(scope, value))


def _outer_container(container: Term) -> Term | None:
    """What holds the container, if it is an element of another one."""
    if container[0] == ITEM:
        outer: Term = container[1]
        return outer
    if container[0] == CALL and container[1][0] == ATTRIBUTE and container[1][2] == "setdefault":
        holder: Term = container[1][1]
        return holder
    return None


def bind_target(
    scope: Scope, target: nodes.Expression, term: Term, *, in_comprehension: bool = False
) -> None:
    """Bind an assignment target to `term`. A comprehension's names are bound for it alone."""
    kind = type(target)
    if kind is nodes.Name:
        name = target.name  # type: ignore[attr-defined]
        if in_comprehension:
            scope.environment[name] = keep(scope, term)
            scope.facts.terms[id(target)] = term
        else:
            bind_name(scope, name, term)
            scope.facts.terms[id(target)] = term
    elif isinstance(target, nodes.Collection):
        _bind_elements(scope, target.elements, term, in_comprehension)
    elif isinstance(target, nodes.Attribute):
        _bind_attribute(scope, target, term)
    elif isinstance(target, nodes.Subscript):
        container = expressions.value_of(scope, target.value)
        index = expressions.value_of(scope, target.index)
        note_addition(scope, container, term, "dict")
        note_addition(scope, (ELEMENT, container), index)
    elif isinstance(target, nodes.Starred):
        bind_target(scope, target.value, (CONTAINER, "list", (ELEMENT, term), None))


def _bind_elements(
    scope: Scope, targets: list[nodes.Expression], term: Term, in_comprehension: bool
) -> None:
    whole = term
    if whole[0] == TUPLE and len(whole[1]) == len(targets):
        if not any(part[0] == STAR for part in whole[1]):
            for target, part in zip(targets, whole[1], strict=True):
                bind_target(scope, target, part, in_comprehension=in_comprehension)
            return
    whole = keep(scope, whole)
    starred = False
    for index, target in enumerate(targets):
        if type(target) is nodes.Starred:
            starred = True
            bind_target(scope, target, whole, in_comprehension=in_comprehension)
            continue
        part = (UNPACK, whole, index - len(targets) if starred else index)
        bind_target(scope, target, part, in_comprehension=in_comprehension)


def _bind_attribute(scope: Scope, target: nodes.Attribute, term: Term) -> None:
    holder = expressions.value_of(scope, target.value)
    owner = owner_of(scope, holder)
    if scope.has_paths:
        path = dotted_path(target)
        if path is not None:
            scope.environment.pop(path, None)
    if owner is None and term[0] in (FUNCTION, CALL) and type(target.value) is nodes.Name:
        # ``client.fetch = lambda: None`` counts until `client` is bound anew.
        scope.has_paths = True
        scope.environment[f"{target.value.name}.{target.attribute}"] = keep(scope, term)
    if owner is not None:
        owner.instance_attributes.setdefault(target.attribute, []).append(keep(scope, term))
        return
    scope.facts.writes.setdefault(target.attribute, []).append((holder, keep(scope, term)))


def owner_of(scope: Scope, holder: Term) -> ClassFacts | None:
    """The class of this module whose instance (or self) `holder` surely is."""
    if holder[0] in (SELF, CLS):
        return scope.facts.classes.get(holder[1])
    return None
