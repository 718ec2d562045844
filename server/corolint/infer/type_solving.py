"""Solving type parameters: what `T` is in this call.

    def first(items: Sequence[T]) -> T: ...

    first([Client()])       # `T` is `Client`, so this is a `Client`

`unify` lays a declared type over a value and notes what each type variable has to be; the first
solution stays.
"""

from __future__ import annotations

from collections.abc import Mapping

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.compatibility as compatibility
import corolint.infer.declarations as declarations
import corolint.infer.function_results as function_results
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
import corolint.infer.structural as structural
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference
from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.values import (
    NONE,
    Boolean,
    CallableValue,
    ClassObject,
    Coroutine,
    Function,
    Instance,
    Integer,
    Overloads,
    Partial,
    Ref,
    StaticMethod,
    Text,
    Tuple,
    TypeOf,
    TypeVariable,
    Union,
    Value,
    members,
    says_nothing,
    union,
)


def solve(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> dict[str, Value]:  # fmt: skip
    """What the type parameters of a function are for these arguments and its receiver."""
    ref = function.ref
    solved: dict[str, Value] = {}
    if function.receiver is not None and summary.owner:
        solved.update(attributes.solution(state, function.receiver, Ref(ref.module, summary.owner)))
        solved = {name: value for name, value in solved.items() if not _is_variable(value, name)}
    bound = function_results.bind_arguments(function, summary, positional, named)
    callables: list[tuple[CallableValue, Value]] = []
    for parameter in summary.parameters:
        if parameter.kind == nodes.DOUBLE_STAR and named:
            rest = [value for name, value in named.items() if name not in bound]
            bound[parameter.name] = union(rest)
        if parameter.annotation is None or parameter.name not in bound:
            continue
        pattern = declarations.declared(state, ref.module, parameter.annotation, ref.qualname)
        value = bound[parameter.name]
        if parameter.kind == nodes.STAR and isinstance(value, Tuple):
            value = union(list(value.items))
        if isinstance(pattern, CallableValue):
            callables.append((pattern, value))
            continue
        unify(state, pattern, value, solved)
        if value is function.receiver:
            # ``self: dict[str, T]`` of a new object says of `T` only that it is `T`.
            solved = {name: one for name, one in solved.items() if one != TypeVariable(name)}
    for pattern, value in callables:  # what the other arguments tell is what these are called with
        unify(state, pattern, value, solved)
    return solved


def _is_variable(value: Value, name: str) -> bool:
    return isinstance(value, TypeVariable) and value.name == name


def unify(state: Inference, pattern: Value, value: Value, solved: dict[str, Value]) -> None:
    """Solve the type variables of `pattern` so that `value` fits it; the first solution stays."""
    if isinstance(pattern, TypeVariable):
        if not says_nothing(value):
            solved.setdefault(pattern.name, _widened(value))
        return
    if isinstance(pattern, Union):
        _unify_union(state, pattern, value, solved)
        return
    if not type_variables.free_variables(pattern):
        return
    if isinstance(value, Union):
        for member in value.members:
            unify(state, pattern, member, solved)
        return
    if isinstance(pattern, Coroutine):
        if isinstance(value, Coroutine) and pattern.result is not None:
            unify(state, pattern.result, protocols.awaited(state, value), solved)
    elif isinstance(pattern, CallableValue):
        _unify_callable(state, pattern, value, solved)
    elif isinstance(pattern, TypeOf):
        if isinstance(value, ClassObject):
            unify(state, pattern.instance, Instance(value.cls, value.arguments), solved)
    elif isinstance(pattern, ClassObject) and isinstance(value, ClassObject):
        for inner, argument in zip(pattern.arguments, value.arguments, strict=False):
            unify(state, inner, argument, solved)
    elif isinstance(pattern, Tuple) and isinstance(value, Tuple):
        for inner, item in zip(pattern.items, value.items, strict=False):
            unify(state, inner, item, solved)
    elif isinstance(pattern, Instance):
        _unify_instance(state, pattern, value, solved)


def _widened(value: Value) -> Value:
    return hierarchy.plain_instance(value) if isinstance(value, Text | Boolean | Integer) else value


def _unify_union(state: Inference, pattern: Union, value: Value, solved: dict[str, Value]) -> None:
    """``T | None``, ``Awaitable[T] | T``: the most specific member that fits takes the value."""
    for part in members(value):
        if part == NONE and NONE in pattern.members:
            continue
        specific = [m for m in pattern.members if not isinstance(m, TypeVariable) and m != NONE]
        fitting = [
            m for m in specific if compatibility.compatible(state, m, part) and _same_shape(m, part)
        ]
        if fitting:
            unify(state, fitting[0], part, solved)
            continue
        for member in pattern.members:
            if isinstance(member, TypeVariable):
                unify(state, member, part, solved)


def _same_shape(pattern: Value, value: Value) -> bool:
    if isinstance(pattern, Coroutine):
        return isinstance(value, Coroutine)
    if isinstance(pattern, CallableValue):
        return isinstance(value, Function | CallableValue | Partial | ClassObject | Overloads)
    if isinstance(pattern, Instance):
        return isinstance(value, Instance | Coroutine | Tuple | Text)
    return True


def _unify_callable(
    state: Inference, pattern: CallableValue, value: Value, solved: dict[str, Value]
) -> None:
    if isinstance(
        value, Function | Overloads | CallableValue | Partial | ClassObject | StaticMethod
    ):
        if isinstance(value, CallableValue):
            unify(state, pattern.result, value.result, solved)
            return
        given = [
            type_variables.solved_away(type_variables.substitute(one, solved))
            for one in pattern.parameters
        ]
        unify(state, pattern.result, calls.call(state, value, given, {}), solved)
    elif isinstance(value, Instance):
        unify(state, pattern.result, calls.call(state, value, [], {}), solved)


def _unify_instance(
    state: Inference, pattern: Instance, value: Value, solved: dict[str, Value]
) -> None:
    if isinstance(value, Coroutine):
        if pattern.cls.full_name in compatibility.AWAITABLES and pattern.arguments:
            unify(state, pattern.arguments[-1], protocols.awaited(state, value), solved)
        return
    if isinstance(value, Tuple):
        value = Instance(Ref("builtins", "tuple"), (union(list(value.items)),))
    if isinstance(value, Text):
        value = Instance(Ref("builtins", "str"))
    if (
        isinstance(value, ClassObject)
        and pattern.cls.full_name == "builtins.type"
        and pattern.arguments
    ):
        unify(state, pattern.arguments[0], Instance(value.cls, value.arguments), solved)
        return
    if not isinstance(value, Instance):
        return
    arguments = hierarchy.arguments_at(state, value, pattern.cls)
    if arguments is not None:
        for inner, argument in zip(pattern.arguments, arguments, strict=False):
            unify(state, inner, argument, solved)
        return
    if pattern.cls.full_name == "typing.Awaitable" and pattern.arguments:
        unify(state, pattern.arguments[0], protocols.awaited(state, value), solved)
    elif pattern.cls.full_name in ("typing.Iterable", "typing.Iterator") and pattern.arguments:
        unify(state, pattern.arguments[0], protocols.element(state, value), solved)
    elif structural.is_protocol(state, pattern.cls):
        for name in structural.protocol_members(state, pattern.cls):
            wanted = calls.call(state, attributes.instance_attribute(state, pattern, name), [], {})
            given = calls.call(state, attributes.instance_attribute(state, value, name), [], {})
            unify(state, wanted, given, solved)
