"""Which names a body binds: whether a call still means the same when it is written elsewhere in it.

    loading = load(key)
    import key                 # so ``load(key)`` is another call from here on

Bodies of nested functions and classes bind names of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.bindings import pattern_names, stored_names
from corolint.inventory import Body
from corolint.mending.places import parts_of, statements, walk
from corolint.syntax import nodes


def rebound_in(body: Body) -> set[str]:
    """The names that the code of a body binds, deletes, or declares to be those of another."""
    found: set[str] = set()
    for statement in statements(body):
        found.update(_bound_by(statement))
    for part in parts_of(body):
        for one in walk(part):
            if isinstance(one, nodes.Walrus):
                found.update(stored_names(one.target))
    return found


def bound_in(body: Body) -> set[str]:
    """The same, with the parameters."""
    if not isinstance(body.node, nodes.FunctionDef | nodes.Lambda):
        return rebound_in(body)
    return rebound_in(body).union(parameter.name for parameter in body.node.parameters)


def names_in(body: Body) -> list[nodes.Name]:
    """Every name in the expressions of a body."""
    parts = [one for part in parts_of(body) for one in walk(part)]
    return [one for one in parts if isinstance(one, nodes.Name)]


def _bound_by(statement: nodes.Statement) -> Iterator[str]:
    match statement:
        case nodes.Assign(targets=targets) | nodes.Delete(targets=targets):
            for target in targets:
                yield from stored_names(target)
        case nodes.AugmentedAssign(target=target) | nodes.For(target=target):
            yield from stored_names(target)
        case nodes.With(targets=bindings):
            for target in filter(None, bindings):
                yield from stored_names(target)
        case nodes.FunctionDef(name=name) | nodes.ClassDef(name=name) | nodes.TypeAlias(name=name):
            yield name
        case nodes.Import(names=names) | nodes.ImportFrom(names=names):
            for name, alias in names:
                yield alias or name.partition(".")[0]
        case nodes.Global(names=names) | nodes.Nonlocal(names=names):
            yield from names
        case nodes.Try(handlers=handlers):
            yield from filter(None, [handler.name for handler in handlers])
        case nodes.Match(cases=cases):
            for case in cases:
                yield from pattern_names(case.pattern)
