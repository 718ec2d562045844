"""What calling something gives.

Calling a coroutine function gives a coroutine object, whatever its body does:

    async def fetch(path): return await get(path)

    fetch("index")          # coroutine of `fetch`

Calling another function gives what `function_results` says, calling a class an instance whose type
parameters are solved from the arguments, and calling an object what its ``__call__`` gives. A few
functions of the library give something that no signature can tell: `special_call` knows them.
"""

from __future__ import annotations

from collections.abc import Mapping

import corolint.infer.attributes as attributes
import corolint.infer.construction as construction
import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.external as external
import corolint.infer.function_results as function_results
import corolint.infer.hierarchy as hierarchy
import corolint.infer.overload_choice as overload_choice
import corolint.infer.placeholders as placeholders
import corolint.infer.plain_calls as plain_calls
import corolint.infer.protocols as protocols
import corolint.infer.type_names as type_names
import corolint.infer.type_solving as type_solving
import corolint.infer.type_variables as type_variables
from corolint.finding import Evidence
from corolint.infer.state import Inference, function_summary
from corolint.known.effects import CASTS
from corolint.terms import (
    STAR,
    Term,
    TypeTerm,
)
from corolint.values import (
    NONE,
    UNKNOWN,
    CallableValue,
    ClassMethod,
    ClassObject,
    Coroutine,
    External,
    Frame,
    Function,
    Instance,
    MemberOf,
    ModuleObject,
    Overloads,
    Partial,
    PartialMethod,
    Ref,
    StaticMethod,
    Text,
    Tuple,
    TypeOf,
    TypeVariable,
    Union,
    Unknown,
    Value,
    members,
    small,
    union,
    without_none,
)


def call_term(
    state: Inference, module: str, callee: Value, term: Term, frame: Frame | None
) -> Value:
    """The value of a call term whose callee is already known."""
    if plain_calls.ignores_arguments(state, callee):
        return call(state, callee, [], {})
    positional: list[Value] = []
    for argument in term[2]:
        if argument[0] == STAR:
            spread = evaluation.evaluate(state, module, argument[1], frame)
            if isinstance(spread, Tuple):
                positional.extend(spread.items)
            else:
                positional.append(UNKNOWN)
                break
        else:
            positional.append(evaluation.evaluate(state, module, argument, frame))
    named = {
        name: evaluation.evaluate(state, module, value, frame)
        for name, value in term[3]
        if name != "**"
    }
    if isinstance(callee, Function | ClassObject | Overloads):
        special = _special_call(state, module, callee, term, positional)
        if special is not None:
            return special
    return call(state, callee, positional, named)


def _special_call(
    state: Inference,
    module: str,
    callee: Function | ClassObject | Overloads,
    term: Term,
    positional: list[Value],
) -> Value | None:
    """Calls whose result no signature can tell."""
    if isinstance(callee, Overloads):
        callee = callee.functions[0]
    ref = callee.cls if isinstance(callee, ClassObject) else callee.ref
    name = ref.full_name.partition("@")[0]
    if name in CASTS and len(term[2]) == 2:
        written = type_names.written_type(term[2][0])
        return None if written is None else declarations.declared(state, module, written, "")
    if name == "builtins.getattr" and len(positional) >= 2 and isinstance(positional[1], Text):
        found = attributes.attribute(state, positional[0], positional[1].content)
        return union([found, *positional[2:]]) if not isinstance(found, Unknown) else found
    if name == "builtins.staticmethod" and len(positional) == 1:
        return StaticMethod(positional[0])
    if name == "functools.partial" and positional:
        return Partial(positional[0], tuple(positional[1:]))
    if name == "functools.partialmethod" and positional:
        return PartialMethod(positional[0], tuple(positional[1:]))
    if name == "operator.attrgetter" and len(positional) == 1 and isinstance(positional[0], Text):
        return MemberOf(positional[0].content)
    if name == "operator.methodcaller" and positional and isinstance(positional[0], Text):
        return MemberOf(positional[0].content, tuple(positional[1:]))
    if name == "importlib.import_module" and positional and isinstance(positional[0], Text):
        if state.project.file(positional[0].content) is not None:
            return ModuleObject(positional[0].content)
    if name in ("builtins.iter", "builtins.reversed") and len(positional) == 1:
        return Instance(Ref("typing", "Iterator"), (protocols.element(state, positional[0]),))
    if name == "builtins.next" and positional:
        return union([protocols.element(state, positional[0]), *positional[1:]])
    if name == "builtins.type" and len(positional) == 1:
        return declarations.type_of(positional[0])
    if name in ("dataclasses.replace", "copy.copy", "copy.deepcopy") and positional:
        return positional[0]
    return None


def call(
    state: Inference, callee: Value, positional: list[Value], named: Mapping[str, Value]
) -> Value:
    """What calling `callee` with these arguments gives."""
    if isinstance(callee, Function):
        return call_function(state, callee, positional, named)
    if isinstance(callee, ClassObject):
        return construct(state, callee, positional, named)
    if isinstance(callee, Union):
        called = without_none_members(callee)
        return union([call(state, member, positional, named) for member in called])
    if isinstance(callee, Overloads):
        return overload_choice.call_overloads(state, callee, positional, named)
    if isinstance(callee, CallableValue):
        return _call_declared(state, callee, positional)
    if isinstance(callee, Partial):
        return call(state, callee.function, [*callee.arguments, *positional], named)
    if isinstance(callee, MemberOf):
        return _call_member(state, callee, positional)
    if isinstance(callee, TypeOf):
        return callee.instance
    if isinstance(callee, StaticMethod | ClassMethod):
        return call(state, callee.function, positional, named)
    if isinstance(callee, TypeVariable):
        return UNKNOWN if callee.bound is None else call(state, callee.bound, positional, named)
    if isinstance(callee, External):
        return external.called(callee)
    if isinstance(callee, Instance):
        member = attributes.find_member(state, callee.cls, "__call__")
        if member is None:
            return UNKNOWN
        return call(
            state, attributes.bound_member(state, member, callee, callee.cls), positional, named
        )
    return UNKNOWN


def _call_declared(state: Inference, callee: CallableValue, positional: list[Value]) -> Value:
    """What is declared that calling it gives: ``Callable[[Callable[[T], R]], Cached[T, R]]``."""
    solved: dict[str, Value] = {}
    if callee.parameters and type_variables.free_variables(callee.result):
        for wanted, given in zip(callee.parameters, positional, strict=False):
            type_solving.unify(state, wanted, given, solved)
    return type_variables.solved_away(type_variables.substitute(callee.result, solved))


def _call_member(state: Inference, callee: MemberOf, positional: list[Value]) -> Value:
    """``operator.attrgetter("pool.fetch")(client)``"""
    if len(positional) != 1:
        return UNKNOWN
    found = positional[0]
    for name in callee.name.split("."):
        found = attributes.attribute(state, found, name)
    if callee.arguments is None:
        return found
    return call(state, found, list(callee.arguments), {})


def without_none_members(value: Union) -> tuple[Value, ...]:
    """The members of a union that can be called at all."""
    return members(without_none(value))


def construct(
    state: Inference, callee: ClassObject, positional: list[Value], named: Mapping[str, Value]
) -> Value:
    """What calling a class gives: an instance, its type parameters solved from the arguments."""
    name = callee.cls.full_name
    if name == "builtins.super":
        return UNKNOWN
    creator = attributes.find_member(state, callee.cls, "__new__")
    if creator is not None and creator.owner.cls.full_name not in (
        "builtins.object",
        "typing.Generic",
    ):
        new = attributes.class_attribute(state, callee, "__new__")
        result = call(state, _bare(new), [callee, *positional], named)
        if _overrides_instance(state, result, callee):
            return result
        if isinstance(result, Instance) and result.arguments and result.cls == callee.cls:
            # ``-> Self`` says nothing of the type parameters, which the arguments may solve.
            if not type_variables.free_variables(result):
                return result
    arguments = callee.arguments
    parameters = hierarchy.type_parameters(state, callee.cls)
    if parameters and not arguments:
        arguments = _solve_constructor(state, callee, parameters, positional, named)
    made = declarations.instance_of(state, callee.cls, arguments)
    if not isinstance(made, Instance):
        return made
    origins = construction.origins(state, callee.cls, positional, named)
    return Instance(made.cls, made.arguments, origins) if origins else made


def _bare(value: Value) -> Value:
    """`__new__` takes the class as an ordinary first argument."""
    if isinstance(value, Function):
        return Function(value.ref, None, value.frame)
    if isinstance(value, Overloads):
        return Overloads(tuple([Function(f.ref, None, f.frame) for f in value.functions]))
    if isinstance(value, StaticMethod):
        return _bare(value.function)
    return value


def _overrides_instance(state: Inference, result: Value, callee: ClassObject) -> bool:
    """`__new__` with a useful result of another class decides what the call gives."""
    if not isinstance(result, Instance):
        return False
    return not hierarchy.is_subclass(state, callee.cls, result.cls) and result != NONE


def _solve_constructor(
    state: Inference, callee: ClassObject, parameters: tuple[TypeVariable, ...],
    positional: list[Value], named: Mapping[str, Value],
) -> tuple[Value, ...]:  # fmt: skip
    receiver = Instance(callee.cls, tuple(parameters))
    init = attributes.find_member(state, callee.cls, "__init__")
    if init is None or init.owner.cls.full_name == "builtins.object":
        init = attributes.find_member(state, callee.cls, "__new__")
    solved: dict[str, Value] = {}
    if init is not None:
        bound = attributes.bound_member(state, init, receiver, callee.cls)
        for function in bound.functions if isinstance(bound, Overloads) else (bound,):
            if not isinstance(function, Function):
                continue
            summary = function_summary(state, function.ref)
            if summary is None or not overload_choice.accepts(
                state, function, summary, positional, named
            ):
                continue
            solved = type_solving.solve(state, function, summary, positional, named)
            break
    given = [solved.get(p.name, UNKNOWN if p.bound is None else p.bound) for p in parameters]
    return tuple(map(small, given))


def call_function(
    state: Inference, function: Function, positional: list[Value], named: Mapping[str, Value]
) -> Value:
    """What calling a plain function gives."""
    summary = function_summary(state, function.ref)
    if summary is None:
        return UNKNOWN
    if summary.is_async and not summary.is_generator:
        if placeholders.may_stand_for_others(state, function.ref, summary):
            return UNKNOWN
        arguments: tuple[Value, ...] = ()
        result = None
        if summary.returns is None:
            if function_results.depends_on_arguments(state, function, summary):
                arguments = tuple(positional)
        elif _is_generic_result(state, function.ref, summary.returns):
            result = function_results.annotated_result(state, function, summary, positional, named)
        return Coroutine(
            display_name(function.ref),
            Evidence.DECLARED,
            function.ref,
            function,
            arguments,
            result,
        )
    return function_results.function_result(state, function, summary, positional, named)


def _is_generic_result(state: Inference, ref: Ref, returns: TypeTerm) -> bool:
    """Whether what a function is declared to return depends on a type parameter."""
    table = state.tables.setdefault("generic results", {})
    if ref not in table:
        value = declarations.declared(state, ref.module, returns, ref.qualname)
        table[ref] = bool(type_variables.free_variables(value))
    answer: bool = table[ref]
    return answer


def display_name(ref: Ref) -> str:
    """The name as CPython prints it."""
    return ref.qualname.partition("@")[0] if "<lambda" not in ref.qualname else "<lambda>"
