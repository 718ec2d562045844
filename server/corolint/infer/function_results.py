"""What the body of a function gives back: what it is annotated to return, or else what it returns.

    def opened(session):
        return session.open()

    opened(Session())       # coroutine of `Session.open`

The returned terms are evaluated in a *frame*, which says what the parameters are in this one call,
wherever that can make a difference. For a coroutine function the result is the awaited value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.protocols as protocols
import corolint.infer.type_solving as type_solving
import corolint.infer.type_variables as type_variables
from corolint.finding import Evidence
from corolint.infer.state import Inference
from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.terms import (
    CLASS,
    DEFINITION,
    EITHER,
    FUNCTION,
    LOCAL,
    NONE_TERM,
    PARAMETER,
    Term,
)
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    Boolean,
    CallableValue,
    ClassObject,
    Coroutine,
    Frame,
    Function,
    Instance,
    Overloads,
    Partial,
    Ref,
    Text,
    Tuple,
    TypeVariable,
    Union,
    Unknown,
    Value,
    says_nothing,
    union,
)

_DEEPEST_FRAME = 4


def function_result(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Value:  # fmt: skip
    """What the body of a function gives back: for a coroutine function, the awaited value."""
    if summary.returns is not None:
        value = annotated_result(state, function, summary, positional, named)
        if not (is_vague(value) and summary.results):
            return name_coroutine(value, function.ref)
    return _inferred_result(state, function, summary, positional, named)


def annotated_result(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Value:  # fmt: skip
    returns = summary.returns
    if returns is None:
        return UNKNOWN
    ref = function.ref
    value = declarations.declared(state, ref.module, returns, ref.qualname)
    if not type_variables.free_variables(value):
        return value
    solved = type_solving.solve(state, function, summary, positional, named)
    return type_variables.solved_away(type_variables.substitute(value, solved))


def is_vague(value: Value) -> bool:
    """Whether a decorator's result says nothing, so that the function is taken as it was.

    A decorator without a result registers what it is given; one that is declared to give a callable
    without a result says a lot.
    """
    if says_nothing(value) or value == NONE:
        return True
    if isinstance(value, CallableValue):
        return value.result != NONE and is_vague(value.result)
    if isinstance(value, TypeVariable):
        return True
    return isinstance(value, Union) and any(isinstance(member, Unknown) for member in value.members)


def name_coroutine(value: Value, ref: Ref) -> Value:
    """A coroutine type that a function is declared to return is called after the function."""
    if isinstance(value, Coroutine) and not value.name:
        return Coroutine(calls.display_name(ref), value.evidence, ref, None, (), value.result)
    if isinstance(value, Union):
        return union([name_coroutine(member, ref) for member in value.members])
    return value


def _inferred_result(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Value:  # fmt: skip
    ref = function.ref
    project_summary = state.project.summary(ref.module)
    if project_summary is not None and not project_summary.has_bodies:
        project_summary = state.project.summary_with_bodies(ref.module)
        found = None if project_summary is None else project_summary.functions.get(ref.qualname)
        if found is None:
            return UNKNOWN
        summary = found
    if summary.is_generator:
        element = union(
            [evaluation.evaluate(state, ref.module, term, None) for term in summary.yields]
        )
        name = "AsyncGenerator" if summary.is_async else "Generator"
        rest: tuple[Value, ...] = (UNKNOWN,)
        if not summary.is_async:
            frame = _call_frame(state, function, summary, positional, named)
            terms = summary.results
            rest = (
                UNKNOWN,
                union([evaluation.evaluate(state, ref.module, t, frame) for t in terms]),
            )
        return Instance(Ref("typing", name), (element, *rest))
    if summary.is_stub:
        return _overridden_result(state, function, summary, positional, named)
    frame = _call_frame(state, function, summary, positional, named)
    if frame is not None and _is_nested_in_itself(frame):
        return NEVER
    value = union([evaluation.evaluate(state, ref.module, term, frame) for term in summary.results])
    return _as_inferred(value)


def _is_nested_in_itself(frame: Frame) -> bool:
    outer = frame.parent
    while outer is not None:
        if outer.function == frame.function:
            return True
        outer = outer.parent
    return False


def _as_inferred(value: Value) -> Value:
    """Evidence that went through a body is *inferred*."""
    if isinstance(value, Coroutine) and value.evidence == Evidence.DECLARED:
        return Coroutine(
            value.name,
            Evidence.INFERRED,
            value.definition,
            value.function,
            value.arguments,
            value.result,
        )
    if isinstance(value, Union):
        return union([_as_inferred(member) for member in value.members])
    return value


def _overridden_result(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Value:  # fmt: skip
    """A method that does nothing means what its overrides do; without any, it returns nothing."""
    if not summary.owner or not isinstance(function.receiver, Instance):
        return NONE
    name = summary.qualname.rpartition(".")[2].partition("@")[0]
    found = [
        calls.call(state, method, positional, named)
        for method in attributes.overrides(state, function.receiver.cls, name)
        if isinstance(method, Function) and method.ref != function.ref
    ]
    if summary.is_async:
        found = [protocols.awaited(state, value) for value in found]
    return _as_inferred(union(found)) if found else NONE


def _call_frame(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Frame | None:  # fmt: skip
    """The frame in which the body's returned terms are evaluated, if the arguments matter."""
    outer = function.frame
    depth = 0 if outer is None else outer.depth
    receiver = function.receiver
    matters = depends_on_arguments(state, function, summary)
    if depth >= _DEEPEST_FRAME or not (matters or receiver is not None or outer is not None):
        return outer
    bindings: tuple[tuple[str, Value], ...] = ()
    if matters:
        bound = bind_arguments(function, summary, positional, named)
        for parameter in summary.parameters:
            if parameter.default == NONE_TERM:
                bound.setdefault(parameter.name, NONE)
        bindings = tuple([(name, value) for name, value in sorted(bound.items()) if _tells(value)])
    if not bindings and receiver is None:
        return outer
    return Frame(function.ref, bindings, receiver, outer, depth + 1)


def _tells(value: Value) -> bool:
    """Whether an argument can decide what a body returns, beyond what its parameter tells.

    Data that nests without end (a tree of dicts) would make every inner call a new question.
    """
    if isinstance(value, Function | ClassObject | Partial | CallableValue | Coroutine | Overloads):
        return True
    if isinstance(value, Text | Boolean) or value == NONE:
        return True
    if isinstance(value, Tuple):
        return all(_tells(item) for item in value.items) and len(value.items) <= 4
    if isinstance(value, Instance):
        return not value.arguments and value.cls.module not in ("builtins", "types")
    if isinstance(value, Union):
        return len(value.members) <= 4 and all(_tells(member) for member in value.members)
    return False


def depends_on_arguments(state: Inference, function: Function, summary: FunctionSummary) -> bool:
    table = state.tables.setdefault("depends", {})
    if function.ref not in table:
        table[function.ref] = _mentions_parameters(summary)
    result: bool = table[function.ref]
    return result


def _mentions_parameters(summary: FunctionSummary) -> bool:
    """Whether the results, or functions nested in it, read a parameter of the function."""
    return any(
        term[0] in (PARAMETER, FUNCTION, CLASS)
        or (term[0] == LOCAL and term[1] == summary.qualname)
        for term in _terms_within(summary, summary.results)
    )


def mentioned_parameters(summary: FunctionSummary, terms: Sequence[Term]) -> set[str]:
    """The parameters of the function that `terms`, written in its module, depend on."""
    return {
        term[2]
        for term in _terms_within(summary, terms)
        if term[0] == PARAMETER and term[1] == summary.qualname
    }


def _terms_within(summary: FunctionSummary, terms: Sequence[Term]) -> Iterator[Term]:
    """`terms` and the terms in them, with what the function assigned; the first 400 of them."""
    pending = [*terms]
    seen: set[int] = set()
    for _ in range(400):
        if not pending:
            return
        term = pending.pop()
        yield term
        tag = term[0]
        if tag == DEFINITION:
            if (
                term[1] == summary.qualname
                and term[2] not in seen
                and term[2] < len(summary.definitions)
            ):
                seen.add(term[2])
                pending.append(summary.definitions[term[2]])
        elif tag == EITHER:
            pending.extend(term[1])
        else:
            for part in term[1:]:
                if isinstance(part, tuple) and part:
                    if isinstance(part[0], str):
                        pending.append(part)
                    else:
                        pending.extend(
                            p for p in part if isinstance(p, tuple) and p and isinstance(p[0], str)
                        )


def bind_arguments(
    function: Function,
    summary: FunctionSummary,
    positional: list[Value],
    named: Mapping[str, Value],
) -> dict[str, Value]:
    """Which parameter gets which argument; parameters left to their defaults are absent."""
    bound: dict[str, Value] = {}
    parameters = list(summary.parameters)
    if function.receiver is not None and parameters and parameters[0].kind in (
        nodes.POSITIONAL, nodes.OPTIONAL,
    ):  # fmt: skip
        bound[parameters[0].name] = function.receiver
        parameters = parameters[1:]
    rest = list(positional)
    for parameter in parameters:
        if parameter.kind in (nodes.POSITIONAL, nodes.OPTIONAL):
            if rest:
                bound[parameter.name] = rest.pop(0)
            elif parameter.name in named:
                bound[parameter.name] = named[parameter.name]
        elif parameter.kind == nodes.STAR:
            bound[parameter.name] = Tuple(tuple(rest))
            rest = []
        elif parameter.name in named:
            bound[parameter.name] = named[parameter.name]
    return bound
