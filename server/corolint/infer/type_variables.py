"""Type variables in values: finding them, and putting in what they are solved to.

`substitute` of ``dict[str, T]`` with ``{"T": Client}`` gives ``dict[str, Client]``; what nothing
solved is its bound in the end, or unknown (`solved_away`).
"""

from __future__ import annotations

import corolint.infer.declarations as declarations
from corolint.values import (
    UNKNOWN,
    CallableValue,
    ClassObject,
    Coroutine,
    Instance,
    Tuple,
    TypeOf,
    TypeVariable,
    Union,
    Value,
    holds_variables,
    union,
)


def substitute(value: Value, solved: dict[str, Value]) -> Value:
    """`value` with its type variables replaced by what they are solved to."""
    if not solved or not holds_variables(value):
        return value
    if isinstance(value, TypeVariable):
        return solved.get(value.name, value)
    if isinstance(value, Instance):
        arguments = tuple([substitute(a, solved) for a in value.arguments])
        return Instance(value.cls, arguments, value.origins)
    if isinstance(value, ClassObject):
        return ClassObject(value.cls, tuple([substitute(a, solved) for a in value.arguments]))
    if isinstance(value, Union):
        return union([substitute(member, solved) for member in value.members])
    if isinstance(value, Coroutine):
        result = None if value.result is None else substitute(value.result, solved)
        return Coroutine(
            value.name, value.evidence, value.definition, value.function, value.arguments, result
        )
    if isinstance(value, Tuple):
        return Tuple(tuple([substitute(item, solved) for item in value.items]))
    if isinstance(value, CallableValue):
        parameters = tuple([substitute(one, solved) for one in value.parameters])
        return CallableValue(substitute(value.result, solved), parameters)
    if isinstance(value, TypeOf):
        return declarations.type_of(substitute(value.instance, solved))
    return value


def free_variables(value: Value) -> list[str]:
    """The names of the type variables in `value`, in order of appearance."""
    if not holds_variables(value):
        return []
    if isinstance(value, TypeVariable):
        return [value.name]
    if isinstance(value, Instance | ClassObject):
        return [name for argument in value.arguments for name in free_variables(argument)]
    if isinstance(value, Union):
        return [name for member in value.members for name in free_variables(member)]
    if isinstance(value, Coroutine):
        return [] if value.result is None else free_variables(value.result)
    if isinstance(value, Tuple):
        return [name for item in value.items for name in free_variables(item)]
    if isinstance(value, CallableValue):
        return free_variables(value.result)
    if isinstance(value, TypeOf):
        return free_variables(value.instance)
    return []


def solved_away(value: Value) -> Value:
    """`value` with every type variable that nothing solved replaced by its bound, or unknown.

    Those that the parameters of a callable mention stay: what it is called with will solve them
    (typing spec, "Scoping rules for type variables").
    """
    if not holds_variables(value):
        return value
    bounds = _bounds(value)
    if isinstance(value, CallableValue):
        for parameter in value.parameters:
            for name in free_variables(parameter):
                bounds.pop(name, None)
    return substitute(value, bounds)


def _bounds(value: Value) -> dict[str, Value]:
    found: dict[str, Value] = {}
    collect_bounds(value, found)
    return found


def collect_bounds(value: Value, found: dict[str, Value]) -> None:
    """Gather the type variables in `value` with their bounds into `found`."""
    if isinstance(value, TypeVariable):
        found[value.name] = UNKNOWN if value.bound is None else value.bound
    elif isinstance(value, Instance | ClassObject):
        for argument in value.arguments:
            collect_bounds(argument, found)
    elif isinstance(value, Union):
        for member in value.members:
            collect_bounds(member, found)
    elif isinstance(value, Coroutine) and value.result is not None:
        collect_bounds(value.result, found)
    elif isinstance(value, Tuple):
        for item in value.items:
            collect_bounds(item, found)
    elif isinstance(value, CallableValue):
        collect_bounds(value.result, found)
    elif isinstance(value, TypeOf):
        collect_bounds(value.instance, found)
