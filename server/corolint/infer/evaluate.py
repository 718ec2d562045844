"""Terms to values: the front door of inference.

`evaluate(state, module, term, frame)` answers what `term`, written in `module`, evaluates to. The
frame says what the parameters of the function around are in one particular call, if that is known.
"""

from __future__ import annotations

from collections.abc import Callable

import corolint.infer.arguments as arguments
import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.declarations as declarations
import corolint.infer.decorators as decorators
import corolint.infer.external as external
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
from corolint.infer.state import Inference, ask, function_summary
from corolint.terms import (
    ASYNC_ELEMENT,
    ASYNC_ENTER,
    ATTRIBUTE,
    AWAIT,
    CALL,
    CLASS,
    CLS,
    CONTAINER,
    DECLARED,
    DEFINITION,
    EITHER,
    ELEMENT,
    ENTER,
    FUNCTION,
    GENERATOR,
    IMPORT,
    INTEGER,
    IS_INSTANCE,
    ITEM,
    LITERAL,
    LOCAL,
    NAME,
    OPERATION,
    PARAMETER,
    RECORD,
    SELF,
    STAR,
    STRING,
    SUPER,
    TESTED,
    TUPLE,
    UNKNOWN,
    UNPACK,
    WHEN,
    Term,
)
from corolint.values import (
    NEVER,
    NONE,
    Boolean,
    CallableValue,
    ClassObject,
    Coroutine,
    External,
    Frame,
    Function,
    Instance,
    Integer,
    ModuleObject,
    Record,
    Ref,
    SuperObject,
    Text,
    Tuple,
    Unknown,
    Value,
    members,
    says_nothing,
    small,
    union,
)
from corolint.values import UNKNOWN as UNKNOWN_VALUE


def evaluate(state: Inference, module: str, term: Term, frame: Frame | None = None) -> Value:
    """The value of `term` as written in `module`. Never raises; `UNKNOWN` when nothing is known."""
    tag = term[0]
    if tag in _SIMPLE:
        return _READERS[tag](state, module, term, frame)
    return ask(state, (module, term, frame), _READERS[tag], NEVER, state, module, term, frame)


def resolve_name(state: Inference, module: str, name: str) -> Value:
    """The value of a global name of `module`: its bindings, star imports, builtins."""
    return ask(state, ("name", module, name), _resolve_name, NEVER, state, module, name)


def _resolve_name(state: Inference, module: str, name: str) -> Value:
    value = exported(state, module, name)
    if value is None:
        value = exported(state, "builtins", name)
    return UNKNOWN_VALUE if value is None else value


def exported(state: Inference, module: str, name: str) -> Value | None:
    """What ``from module import name`` binds, `None` if the known module has no such name."""
    summary = state.project.summary(module)
    if summary is None:
        return external.imported(module, name)
    terms = summary.bindings.get(name, ())
    # ``from . import part`` in a package binds what importing the submodule binds anyway.
    terms = tuple([term for term in terms if term != (IMPORT, module, name)])
    if terms:
        value = binding_value(state, module, terms, None)
        return protocols.with_additions(state, module, (NAME, name), value, None)
    if state.project.file(f"{module}.{name}") is not None:
        return ModuleObject(f"{module}.{name}")
    # A stub may use a name of another's for itself; one that lists it in `__all__` comes first.
    for star in sorted(summary.stars, key=lambda one: not _is_listed(state, one, name)):
        if star == module or not _is_starred(state, star, name):
            continue
        value = ask(state, ("exported", star, name), _exported_or_none, NONE, state, star, name)
        if value is not NONE:
            return value
    if "__getattr__" in summary.bindings:
        return UNKNOWN_VALUE
    return None


def _is_listed(state: Inference, module: str, name: str) -> bool:
    summary = state.project.summary(module)
    return summary is not None and summary.exports is not None and name in summary.exports


def _is_starred(state: Inference, module: str, name: str) -> bool:
    """Whether ``from module import *`` takes the name along."""
    summary = state.project.summary(module)
    if summary is None:
        return False
    if summary.exports is None:
        return not name.startswith("_")
    return name in summary.exports or summary.is_stub


def _exported_or_none(state: Inference, module: str, name: str) -> Value:
    value = exported(state, module, name)
    return NONE if value is None else value


def binding_value(
    state: Inference, module: str, terms: tuple[Term, ...], frame: Frame | None
) -> Value:
    """The value of a name or attribute that is bound to each of `terms` somewhere.

    An annotation decides alone, unless nothing is known of what it names. Functions of one name
    are overloads, a property with its setter, or alternatives.
    """
    if len(terms) == 1:
        return evaluate(state, module, terms[0], frame)
    declared: Value = UNKNOWN_VALUE
    if any(term[0] == DECLARED for term in terms):
        declared = union([evaluate(state, module, t, frame) for t in terms if t[0] == DECLARED])
        if not isinstance(declared, Unknown):
            return declared
    functions = [term for term in terms if term[0] == FUNCTION]
    if len(functions) == len(terms):
        return decorators.functions_value(state, module, [term[1] for term in functions])
    values = [evaluate(state, module, term, frame) for term in terms if term[0] != DECLARED]
    value = union(values) if values else UNKNOWN_VALUE
    is_told = not says_nothing(value) and value != NONE
    return value if is_told or not isinstance(declared, External) else declared


# --- one reader a tag ----------------------------------------------------------------------------


def _unknown(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return UNKNOWN_VALUE


def _name(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return resolve_name(state, module, term[1])


def _local(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    function = function_summary(state, Ref(module, term[1]))
    if function is None or term[2] not in function.variables:
        return UNKNOWN_VALUE
    value = evaluate(state, module, function.variables[term[2]], frame)
    return protocols.with_additions(state, module, term, value, frame)


def _definition(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    function = function_summary(state, Ref(module, term[1]))
    if function is None or term[2] >= len(function.definitions):
        return UNKNOWN_VALUE
    value = evaluate(state, module, function.definitions[term[2]], frame)
    return protocols.with_additions(state, module, term, value, frame)


def _parameter(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    made = frame.receiver if frame is not None else None
    while frame is not None:
        if frame.function == (module, term[1]):
            for name, value in frame.bindings:
                if name == term[2]:
                    return value
            break
        frame = frame.parent
    cls = made.cls if isinstance(made, Instance) else None
    return arguments.parameter_value(state, Ref(module, term[1]), term[2], cls)


def _self(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    ref = Ref(module, term[1])
    while frame is not None:
        if frame.receiver is not None:
            receiver = frame.receiver
            if isinstance(receiver, Instance) and hierarchy.is_subclass(state, receiver.cls, ref):
                return receiver
        frame = frame.parent
    return hierarchy.own_instance(state, ref)


def _cls(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    ref = Ref(module, term[1])
    while frame is not None:
        if frame.receiver is not None:
            receiver = frame.receiver
            if isinstance(receiver, ClassObject) and hierarchy.is_subclass(
                state, receiver.cls, ref
            ):
                return receiver
        frame = frame.parent
    return ClassObject(ref)


def _super(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    ref = Ref(module, term[1])
    tag = CLS if term[2] else SELF
    return SuperObject(ref, evaluate(state, module, (tag, term[1]), frame))


def _import(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    source, name = term[1], term[2]
    if not name:
        if state.project.file(source) is None:
            return external.imported(source)
        return ModuleObject(source)
    part = f"{source}.{name}"
    if source == module and state.project.file(part) is not None:
        return ModuleObject(part)  # a package's own part, although a name of it may be the same
    value = ask(state, ("exported", source, name), _exported_or_none, NONE, state, source, name)
    return UNKNOWN_VALUE if value is NONE else value


def _function(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    value = decorators.function_value(state, Ref(module, term[1]))
    if frame is not None and isinstance(value, Function):
        function = function_summary(state, value.ref)
        if function is not None and function.parent:
            return Function(value.ref, value.receiver, frame)
    return value


def _class(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return ClassObject(Ref(module, term[1]))


def _attribute(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    value = evaluate(state, module, term[1], frame)
    result = attributes.attribute(state, value, term[2])
    if term[1][0] in (SELF, CLS):
        place = (ATTRIBUTE, term[1], term[2])
        return protocols.with_additions(state, module, place, result, frame)
    return result


def _call(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    callee = evaluate(state, module, term[1], frame)
    return calls.call_term(state, module, callee, term, frame)


def _await(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return protocols.awaited(state, evaluate(state, module, term[1], frame))


def _item(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    value = evaluate(state, module, term[1], frame)
    if isinstance(value, ClassObject):
        return declarations.subscripted_class(state, module, value, term[2])
    index = evaluate(state, module, term[2], frame)
    return protocols.item(state, value, index)


def _element(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return protocols.element(state, evaluate(state, module, term[1], frame))


def _async_element(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return protocols.async_element(state, evaluate(state, module, term[1], frame))


def _enter(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return protocols.entered(state, evaluate(state, module, term[1], frame), False)


def _async_enter(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return protocols.entered(state, evaluate(state, module, term[1], frame), True)


def _unpack(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return protocols.unpacked(state, evaluate(state, module, term[1], frame), term[2])


def _string(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return Text(term[1])


def _integer(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return Integer(term[1])


def _literal(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    name = term[1]
    if name == "NoneType":
        return NONE
    if name in ("True", "False"):
        return Boolean(name == "True")
    return Instance(Ref("builtins", name))


def _tuple(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    if any(part[0] == STAR for part in term[1]):
        parts = [
            protocols.element(state, evaluate(state, module, part[1], frame))
            if part[0] == STAR
            else evaluate(state, module, part, frame)
            for part in term[1]
        ]
        return Instance(Ref("builtins", "tuple"), (small(union(parts)),))
    return Tuple(tuple([small(evaluate(state, module, part, frame)) for part in term[1]]))


def _container(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    element = NEVER if term[2] is None else small(evaluate(state, module, term[2], frame))
    if term[1] == "dict":
        key = NEVER if term[3] is None else small(evaluate(state, module, term[3], frame))
        return Instance(Ref("builtins", "dict"), (key, element))
    return Instance(Ref("builtins", term[1]), (element,))


def _record(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return Record(
        tuple([(key, small(evaluate(state, module, part, frame))) for key, part in term[1]])
    )


def _either(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return union([evaluate(state, module, part, frame) for part in term[1]])


def _declared(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    return declarations.declared(state, module, term[1], term[2])


def _is_instance(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    value = evaluate(state, module, term[1], frame)
    cls = evaluate(state, module, term[2], frame)
    candidates: list[ClassObject] = []
    if isinstance(cls, External) and isinstance(value, Unknown) and term[3]:
        return external.called(cls)
    for member in [
        part for one in members(cls) for part in (one.items if isinstance(one, Tuple) else (one,))
    ]:
        if not isinstance(member, ClassObject):
            return value
        candidates.append(member)
    if not term[3]:
        return union([m for m in members(value) if not hierarchy.is_instance(state, m, candidates)])
    kept = [m for m in members(value) if hierarchy.is_instance(state, m, candidates)]
    return union(kept or [Instance(candidate.cls) for candidate in candidates])


def _tested(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    value = evaluate(state, module, term[1], frame)
    fitting = [m for m in members(value) if _passes(state, m, term[2]) in (term[3], None)]
    if fitting:
        return union(fitting)
    return NEVER if isinstance(value, Function | Coroutine) or value == NONE else UNKNOWN_VALUE


def _passes(state: Inference, value: Value, which: str) -> bool | None:
    """Whether a value passes a test for coroutines or `None`; `None` if that is not known."""
    if which == "none":
        return None if isinstance(value, Unknown) else value == NONE
    if which == "object":
        return protocols.is_awaitable(state, value)
    if which == "generator function" and isinstance(value, CallableValue | Instance):
        return None
    if isinstance(value, Function):
        function = function_summary(state, value.ref)
        if function is None:
            return None
        return function.is_async and function.is_generator == (which == "generator function")
    if isinstance(value, CallableValue | Instance):
        result = calls.call(state, value, [], {})
        return None if isinstance(result, Unknown) else isinstance(result, Coroutine)
    return None


def _when(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    if any(evaluate(state, module, test, frame) == NEVER for test in term[1]):
        return NEVER
    return evaluate(state, module, term[2], frame)


def _operation(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    left = evaluate(state, module, term[1], frame)
    right = evaluate(state, module, term[3], frame)
    return protocols.operated(state, left, term[2], right)


def _generator(state: Inference, module: str, term: Term, frame: Frame | None) -> Value:
    element = evaluate(state, module, term[1], frame)
    if term[2]:
        return Instance(Ref("typing", "AsyncGenerator"), (element, UNKNOWN_VALUE))
    return Instance(Ref("typing", "Generator"), (element, UNKNOWN_VALUE, UNKNOWN_VALUE))


# Cheaper to answer anew than to look up.
_SIMPLE = frozenset({UNKNOWN, NAME, CLASS, STRING, INTEGER, LITERAL, CLS, SELF})

_READERS: dict[str, Callable[[Inference, str, Term, Frame | None], Value]] = {
    UNKNOWN: _unknown,
    NAME: _name,
    LOCAL: _local,
    PARAMETER: _parameter,
    SELF: _self,
    CLS: _cls,
    SUPER: _super,
    DEFINITION: _definition,
    IMPORT: _import,
    FUNCTION: _function,
    CLASS: _class,
    ATTRIBUTE: _attribute,
    CALL: _call,
    AWAIT: _await,
    ITEM: _item,
    ELEMENT: _element,
    ASYNC_ELEMENT: _async_element,
    ENTER: _enter,
    ASYNC_ENTER: _async_enter,
    UNPACK: _unpack,
    STAR: _unknown,
    STRING: _string,
    INTEGER: _integer,
    LITERAL: _literal,
    TUPLE: _tuple,
    CONTAINER: _container,
    RECORD: _record,
    EITHER: _either,
    DECLARED: _declared,
    IS_INSTANCE: _is_instance,
    TESTED: _tested,
    WHEN: _when,
    OPERATION: _operation,
    GENERATOR: _generator,
}
