"""Which of several signatures a call means.

    @overload
    def run(f: Callable[[], Awaitable[T]]) -> Awaitable[T]: ...
    @overload
    def run(f: Callable[[], T]) -> T: ...

    run(fetch)              # the first, where `fetch` is a coroutine function

(Typing spec, "Overload call evaluation".)
"""

from __future__ import annotations

from collections.abc import Mapping

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.compatibility as compatibility
import corolint.infer.declarations as declarations
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference, function_summary
from corolint.summary import FunctionSummary, Parameter
from corolint.syntax import nodes
from corolint.terms import TypeTerm
from corolint.values import (
    UNKNOWN,
    Boolean,
    Coroutine,
    Function,
    Integer,
    Overloads,
    Ref,
    Text,
    Union,
    Value,
    says_nothing,
)


def call_overloads(
    state: Inference, callee: Overloads, positional: list[Value], named: Mapping[str, Value]
) -> Value:
    """The first overload that takes the arguments; where an argument is not known, several take
    them and it is declared another way in these, only what all of them agree on (typing spec,
    "Overload call evaluation")."""
    accepting: list[Function] = []
    for function in callee.functions:
        summary = function_summary(state, function.ref)
        if summary is not None and accepts(state, function, summary, positional, named):
            accepting.append(function)
    if not accepting:
        accepting = list(callee.functions)
    elif _is_known_receiver(accepting[0]) and _is_first(state, accepting, positional, named):
        return calls.call_function(state, accepting[0], positional, named)
    results = [calls.call_function(state, function, positional, named) for function in accepting]
    if all(isinstance(result, Coroutine) or result == results[0] for result in results):
        return results[0]
    return UNKNOWN


def _is_first(
    state: Inference, accepting: list[Function], positional: list[Value],
    named: Mapping[str, Value],
) -> bool:  # fmt: skip
    """Whether the first of several overloads is meant, whatever the unknown arguments are."""
    if all(map(_is_known, [*positional, *named.values()])):
        return True
    declared = [_declared_unknown(state, one, positional, named) for one in accepting]
    return all(one == declared[0] for one in declared)


def _declared_unknown(
    state: Inference, function: Function, positional: list[Value], named: Mapping[str, Value]
) -> list[TypeTerm | None]:
    """How the parameters are declared to which the unknown arguments go."""
    summary = function_summary(state, function.ref)
    parameters = [] if summary is None else list(summary.parameters)
    by_name = {parameter.name: parameter for parameter in parameters}
    if function.receiver is not None:
        del parameters[:1]
    found = [
        parameter.annotation
        for parameter, value in zip(parameters, positional, strict=False)
        if not _is_known(value)
    ]
    for name, value in named.items():
        if name in by_name and not _is_known(value):
            found.append(by_name[name].annotation)
    return found


def _is_known(value: Value) -> bool:
    return not says_nothing(value) and not (
        isinstance(value, Union) and not all(map(_is_known, value.members))
    )


def _is_known_receiver(function: Function) -> bool:
    return function.receiver is None or _is_known(function.receiver)


def accepts(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> bool:  # fmt: skip
    """Whether a signature takes these arguments, as far as their number and classes tell."""
    parameters = list(summary.parameters)
    if function.receiver is not None and parameters:
        receiver = parameters[0]
        if receiver.annotation is not None and not _fits(
            state, function, receiver, function.receiver
        ):
            return False
        parameters = parameters[1:]
    rest = list(positional)
    names = set(named)
    for parameter in parameters:
        if parameter.kind in (nodes.POSITIONAL, nodes.OPTIONAL) and rest:
            if not _fits(state, function, parameter, rest.pop(0)):
                return False
            continue
        if parameter.kind == nodes.STAR:
            if not all(_fits(state, function, parameter, value) for value in rest):
                return False
            rest = []
        elif parameter.kind == nodes.DOUBLE_STAR:
            names = set()
        elif parameter.name in names:
            names.discard(parameter.name)
            if not _fits(state, function, parameter, named[parameter.name]):
                return False
        elif parameter.kind in (nodes.POSITIONAL, nodes.NAMED):
            return False
    return not rest and not names


def _fits(state: Inference, function: Function, parameter: Parameter, value: Value) -> bool:
    """Whether a value can be an argument; doubt counts as yes."""
    if parameter.annotation is None or says_nothing(value):
        return True
    ref = function.ref
    literals = declarations.literal_values(state, ref.module, parameter.annotation)
    if literals is not None and isinstance(value, Text | Integer | Boolean):
        return literal_of(value) in literals
    wanted = declarations.declared(state, ref.module, parameter.annotation, ref.qualname)
    receiver = function.receiver
    if receiver is not None and type_variables.free_variables(wanted):
        owner = Ref(ref.module, ref.qualname.rpartition(".")[0])
        wanted = type_variables.substitute(wanted, attributes.solution(state, receiver, owner))
    return compatibility.compatible(state, wanted, value)


def literal_of(value: Text | Integer | Boolean) -> tuple[str, object]:
    """A literal value by its type and content; ``1`` and ``True`` are different literals."""
    if isinstance(value, Text):
        return ("str", value.content)
    if isinstance(value, Integer):
        return ("int", value.number)
    return ("bool", value.truth)
