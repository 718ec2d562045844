"""Which parameter an argument meets, and what the declaration of that says.

In ``client.send(body, 3)`` the first argument meets the parameter after `self`.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.type_names as type_names
from corolint.infer.arguments import call_sites
from corolint.infer.state import Inference
from corolint.refusal import refuses_coroutine
from corolint.summary import ClassSummary, FunctionSummary, Parameter
from corolint.syntax import nodes
from corolint.terms import (
    CALL,
    DECLARED,
    TYPE_NAME,
    Term,
    TypeTerm,
)
from corolint.values import (
    NONE,
    CallableValue,
    Function,
    Instance,
    Record,
    Ref,
    TypeVariable,
    Union,
    Value,
)


def parameter_of(
    callee: Function, summary: FunctionSummary, call: nodes.Call, index: int
) -> Parameter | None:
    """The parameter that gets ``call.arguments[index]``."""
    keyword = call.keywords[index]
    if keyword is not None:
        others = [p for p in summary.parameters if p.kind == nodes.DOUBLE_STAR]
        named = [p for p in summary.parameters if p.name == keyword and not p.positional_only]
        return next(iter(named + others), None)
    if any(kind in (nodes.STAR, nodes.DOUBLE_STAR) for kind in list(call.kinds)[: index + 1]):
        return None
    position = index + (1 if callee.receiver is not None else 0)
    for number, parameter in enumerate(summary.parameters):
        if parameter.kind == nodes.STAR:
            return parameter
        if parameter.kind not in (nodes.POSITIONAL, nodes.OPTIONAL):
            return None
        if number == position:
            return parameter
    return None


def parameters_of(
    callee: Function, summary: FunctionSummary, call: nodes.Call, index: int
) -> list[Parameter]:
    """The parameters that may get ``call.arguments[index]``, or something out of it if it is
    starred."""
    kind = call.kinds[index]
    if kind == nodes.DOUBLE_STAR:
        return [
            parameter
            for parameter in summary.parameters[callee.receiver is not None :]
            if parameter.kind != nodes.STAR and not parameter.positional_only
        ]
    if kind == nodes.STAR and nodes.STAR not in list(call.kinds)[:index]:
        positional = (nodes.POSITIONAL, nodes.OPTIONAL, nodes.STAR)
        first = index + (1 if callee.receiver is not None else 0)
        return [one for one in summary.parameters[first:] if one.kind in positional]
    parameter = parameter_of(callee, summary, call, index)
    return [] if parameter is None else [parameter]


def is_declaration(member: attributes.Member) -> bool:
    return any(term[0] == DECLARED for term in member.terms)


def takes_fields(summary: ClassSummary) -> bool:
    """Whether a class is made by ``@dataclass`` or its like, or from `typing.NamedTuple`."""
    words = [_last_word(term) for term in (*summary.decorators, *summary.bases)]
    return not _FIELD_TAKERS.isdisjoint(words)


_FIELD_TAKERS = frozenset({"dataclass", "NamedTuple", "define", "frozen", "mutable"})


def _last_word(term: Term) -> str:
    """The name that a decorator or base class goes by."""
    if term[0] == CALL:
        return _last_word(term[1])
    written = type_names.written_type(term)
    return written[1].rpartition(".")[2] if written is not None and written[0] == TYPE_NAME else ""


def is_class_variable(annotation: TypeTerm) -> bool:
    return annotation[0] == TYPE_NAME and bool(annotation[1].rpartition(".")[2] == "ClassVar")


def is_dictionary(value: Value) -> bool:
    if isinstance(value, Record):
        return True
    return isinstance(value, Instance) and value.cls.qualname in ("dict", "defaultdict")


def may_be_asked(state: Inference, callee: Ref, parameter: Parameter) -> bool:
    """Whether a function that a parameter is given may be asked what it is before it is called: the
    callee only keeps it or hands it on, and its package asks such questions."""
    module = state.project.summary_with_bodies(callee.module)
    calls = {} if module is None else module.calls
    if any(caller == callee.qualname for caller, _, _ in calls.get(parameter.name, ())):
        return False
    if any(question in calls for question in _QUESTIONS):
        return True
    package = callee.module.partition(".")[0]
    return any(
        site.module.partition(".")[0] == package
        for question in _QUESTIONS
        for site in call_sites(state, question)
    )


_QUESTIONS = ("iscoroutinefunction", "isawaitable")


def wants_no_coroutine_function(state: Inference, wanted: Value) -> bool:
    """Whether a parameter is declared to be a callable whose result nobody awaits."""
    if isinstance(wanted, Union):
        rest = [member for member in wanted.members if member != NONE]
        return bool(rest) and all(wants_no_coroutine_function(state, m) for m in rest)
    if not isinstance(wanted, CallableValue):
        return False
    return wanted.result == NONE or (
        not isinstance(wanted.result, TypeVariable) and refuses_coroutine(state, wanted.result)
    )
