"""What calling something gives: results, decorators, and the solving of type parameters.

Calling a coroutine function gives a coroutine object, whatever its body does. Calling another
function gives what it is annotated to return, with type parameters solved from the arguments, or
else what its body returns. A decorated function is what its decorators make of it, inside out; a
decorator without annotations is called like any function, so that

    def logged(function):
        @functools.wraps(function)
        async def wrapper(*args): return await function(*args)
        return wrapper

turns what it decorates into a coroutine function, and one whose wrapper runs a loop does not.
"""

from __future__ import annotations

from collections.abc import Mapping

import corolint.infer.classes as classes
import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.protocols as protocols
from corolint.finding import Evidence
from corolint.infer.state import Inference, ask, function_summary
from corolint.known.loops import RUNNER_MAKERS
from corolint.summary import FunctionSummary, Parameter
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    CLASS,
    DEFINITION,
    EITHER,
    FUNCTION,
    LOCAL,
    NAME,
    NONE_TERM,
    PARAMETER,
    STAR,
    TYPE_NAME,
    Term,
    TypeTerm,
)
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    Boolean,
    CallableValue,
    ClassMethod,
    ClassObject,
    Coroutine,
    Frame,
    Function,
    Instance,
    Integer,
    ModuleObject,
    Overloads,
    Partial,
    Property,
    Ref,
    StaticMethod,
    Text,
    Tuple,
    TypeOf,
    TypeVariable,
    Union,
    Value,
    members,
    union,
    without_none,
)

_DEEPEST_FRAME = 4
_IDENTITY = frozenset(
    {"abc.abstractmethod", "typing.overload", "typing.override", "typing.final",
     "typing.no_type_check", "typing.runtime_checkable", "typing_extensions.override",
     "typing_extensions.overload", "typing_extensions.final", "typing_extensions.deprecated",
     "warnings.deprecated", "types.coroutine", "asyncio.coroutine", "functools.wraps",
     "functools.update_wrapper", "unittest.skip", "unittest.skipIf", "unittest.skipUnless",
     "unittest.expectedFailure", "atexit.register"}
)  # fmt: skip
_PROPERTIES = frozenset(
    {
        "builtins.property",
        "abc.abstractproperty",
        "functools.cached_property",
        "types.DynamicClassAttribute",
    }
)


# --- functions and their decorators --------------------------------------------------------------


def functions_value(state: Inference, module: str, qualnames: list[str]) -> Value:
    """Several functions bound to one name: overloads, a property with its setter, alternatives."""
    overloads: list[Function] = []
    others: list[Value] = []
    for qualname in qualnames:
        summary = function_summary(state, Ref(module, qualname))
        if summary is None:
            continue
        if any(_last_name(term) in ("setter", "deleter", "getter") for term in summary.decorators):
            continue
        value = function_value(state, Ref(module, qualname))
        if any(_last_name(term) == "overload" for term in summary.decorators):
            bare = _unwrapped(value)
            if isinstance(bare, Function):
                overloads.append(bare)
                wrapper: Value = value
        else:
            others.append(value)
    if not overloads:
        return union(others) if others else UNKNOWN
    combined: Value = Overloads(tuple(overloads))
    if isinstance(wrapper, ClassMethod):
        return ClassMethod(combined)
    if isinstance(wrapper, StaticMethod):
        return StaticMethod(combined)
    return combined


def _unwrapped(value: Value) -> Value:
    if isinstance(value, ClassMethod | StaticMethod):
        return value.function
    return value


def _last_name(term: Term) -> str:
    if term[0] == NAME:
        return str(term[1])
    if term[0] == ATTRIBUTE:
        return str(term[2])
    return ""


def function_value(state: Inference, ref: Ref) -> Value:
    """A function as its name gives it: what its decorators make of it."""
    summary = function_summary(state, ref)
    if summary is None:
        return UNKNOWN
    if not summary.decorators:
        return Function(ref)
    bare: Value = Function(ref)
    return ask(state, ("decorated", ref), _decorated_function, bare, state, ref, summary)


def _decorated_function(state: Inference, ref: Ref, summary: FunctionSummary) -> Value:
    value: Value = Function(ref)
    for decorator in reversed(summary.decorators):
        value = decorated(state, ref.module, decorator, value, summary)
    return value


def decorated(
    state: Inference, module: str, decorator: Term, value: Value, summary: FunctionSummary
) -> Value:
    """What one decorator makes of `value`."""
    known = _known_decorator(state, module, decorator, value)
    if known is not None:
        return known
    callee = evaluation.evaluate(state, module, decorator, None)
    if callee == UNKNOWN or callee == NEVER:
        # A decorator that cannot be resolved may do anything, for example make it synchronous.
        return UNKNOWN
    result = call(state, callee, [value], {})
    if _is_vague(result):
        return value
    if isinstance(result, CallableValue) and isinstance(value, Function):
        return CallableValue(_name_coroutine(result.result, value.ref))
    return result


def _known_decorator(state: Inference, module: str, decorator: Term, value: Value) -> Value | None:
    target = decorator[1] if decorator[0] == "call" else decorator
    name = qualified_name(state, module, target)
    if name is None:
        return None
    if name in _IDENTITY:
        return value
    if name in _PROPERTIES:
        return Property(value)
    if name == "builtins.staticmethod":
        return StaticMethod(value)
    if name == "builtins.classmethod":
        return ClassMethod(value)
    if name in RUNNER_MAKERS:
        return CallableValue(UNKNOWN)
    return None


def qualified_name(state: Inference, module: str, term: Term) -> str | None:
    """The full name of a plain or dotted name in `module`, imports followed."""
    written = declarations.written_type(term) if term[0] in (NAME, ATTRIBUTE) else None
    if written is None or written[0] != TYPE_NAME:
        if term[0] == "import":
            source = f"{term[1]}.{term[2]}" if term[2] else term[1]
            return declarations.origin(state, term[1], term[2]) if term[2] else source
        return None
    key = ("qualified", module, written[1])
    table = state.tables.setdefault("qualified", {})
    if key not in table:
        table[key] = declarations.origin(state, module, written[1])
    found: str = table[key]
    return found


def _is_vague(value: Value) -> bool:
    """Whether a decorator's result says nothing, so that the function is taken as it was."""
    if value in (UNKNOWN, NEVER, NONE):
        return True
    if isinstance(value, CallableValue):
        return _is_vague(value.result)
    if isinstance(value, TypeVariable):
        return True
    return isinstance(value, Union) and any(member == UNKNOWN for member in value.members)


# --- calls ---------------------------------------------------------------------------------------


def call_term(
    state: Inference, module: str, callee: Value, term: Term, frame: Frame | None
) -> Value:
    """The value of a call term whose callee is already known."""
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
    if name in ("typing.cast", "typing_extensions.cast") and len(term[2]) == 2:
        written = declarations.written_type(term[2][0])
        return None if written is None else declarations.declared(state, module, written, "")
    if name == "builtins.getattr" and len(positional) >= 2 and isinstance(positional[1], Text):
        found = classes.attribute(state, positional[0], positional[1].content)
        return union([found, *positional[2:]]) if found != UNKNOWN else UNKNOWN
    if name == "builtins.staticmethod" and len(positional) == 1:
        return StaticMethod(positional[0])
    if name == "functools.partial" and positional:
        return Partial(positional[0], tuple(positional[1:]))
    if name == "importlib.import_module" and positional and isinstance(positional[0], Text):
        if state.project.file(positional[0].content) is not None:
            return ModuleObject(positional[0].content)
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
        return _call_overloads(state, callee, positional, named)
    if isinstance(callee, CallableValue):
        return declarations.solved_away(callee.result)
    if isinstance(callee, Partial):
        return call(state, callee.function, [*callee.arguments, *positional], named)
    if isinstance(callee, TypeOf):
        return callee.instance
    if isinstance(callee, StaticMethod | ClassMethod):
        return call(state, callee.function, positional, named)
    if isinstance(callee, TypeVariable):
        return UNKNOWN if callee.bound is None else call(state, callee.bound, positional, named)
    if isinstance(callee, Instance):
        member = classes.find_member(state, callee.cls, "__call__")
        if member is None:
            return UNKNOWN
        return call(
            state, classes.bound_member(state, member, callee, callee.cls), positional, named
        )
    return UNKNOWN


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
    creator = classes.find_member(state, callee.cls, "__new__")
    if creator is not None and creator.owner.cls.full_name not in (
        "builtins.object",
        "typing.Generic",
    ):
        new = classes.class_attribute(state, callee, "__new__")
        result = call(state, _bare(new), [callee, *positional], named)
        if _overrides_instance(state, result, callee):
            return result
        if isinstance(result, Instance) and result.arguments and result.cls == callee.cls:
            return declarations.solved_away(result)
    arguments = callee.arguments
    parameters = classes.type_parameters(state, callee.cls)
    if parameters and not arguments:
        arguments = _solve_constructor(state, callee, parameters, positional, named)
    return declarations.instance_of(state, callee.cls, arguments)


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
    return not classes.is_subclass(state, callee.cls, result.cls) and result != NONE


def _solve_constructor(
    state: Inference, callee: ClassObject, parameters: tuple[TypeVariable, ...],
    positional: list[Value], named: Mapping[str, Value],
) -> tuple[Value, ...]:  # fmt: skip
    receiver = Instance(callee.cls, tuple(parameters))
    init = classes.find_member(state, callee.cls, "__init__")
    if init is None or init.owner.cls.full_name == "builtins.object":
        init = classes.find_member(state, callee.cls, "__new__")
    solved: dict[str, Value] = {}
    if init is not None:
        bound = classes.bound_member(state, init, receiver, callee.cls)
        for function in bound.functions if isinstance(bound, Overloads) else (bound,):
            if not isinstance(function, Function):
                continue
            summary = function_summary(state, function.ref)
            if summary is None or not _accepts(state, function, summary, positional, named):
                continue
            solved = _solve(state, function, summary, positional, named)
            break
    return tuple([solved.get(p.name, UNKNOWN if p.bound is None else p.bound) for p in parameters])


def call_function(
    state: Inference, function: Function, positional: list[Value], named: Mapping[str, Value]
) -> Value:
    """What calling a plain function gives."""
    summary = function_summary(state, function.ref)
    if summary is None:
        return UNKNOWN
    if summary.is_async and not summary.is_generator:
        arguments: tuple[Value, ...] = ()
        result = None
        if summary.returns is None:
            if _depends_on_arguments(state, function, summary):
                arguments = tuple(positional)
        elif _is_generic_result(state, function.ref, summary.returns):
            result = _annotated_result(state, function, summary, positional, named)
        return Coroutine(
            display_name(function.ref),
            Evidence.DECLARED,
            function.ref,
            function,
            arguments,
            result,
        )
    return function_result(state, function, summary, positional, named)


def _is_generic_result(state: Inference, ref: Ref, returns: TypeTerm) -> bool:
    """Whether what a function is declared to return depends on a type parameter."""
    table = state.tables.setdefault("generic results", {})
    if ref not in table:
        value = declarations.declared(state, ref.module, returns, ref.qualname)
        table[ref] = bool(declarations.free_variables(value))
    answer: bool = table[ref]
    return answer


def display_name(ref: Ref) -> str:
    """The name as CPython prints it."""
    return ref.qualname.partition("@")[0] if "<lambda" not in ref.qualname else "<lambda>"


def function_result(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Value:  # fmt: skip
    """What the body of a function gives back: for a coroutine function, the awaited value."""
    if summary.returns is not None:
        value = _annotated_result(state, function, summary, positional, named)
        if not (_is_vague(value) and summary.results):
            return _name_coroutine(value, function.ref)
    return _inferred_result(state, function, summary, positional, named)


def _annotated_result(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Value:  # fmt: skip
    returns = summary.returns
    if returns is None:
        return UNKNOWN
    ref = function.ref
    value = declarations.declared(state, ref.module, returns, ref.qualname)
    if not declarations.free_variables(value):
        return value
    solved = _solve(state, function, summary, positional, named)
    return declarations.solved_away(declarations.substitute(value, solved))


def _name_coroutine(value: Value, ref: Ref) -> Value:
    """A coroutine type that a function is declared to return is called after the function."""
    if isinstance(value, Coroutine) and not value.name:
        return Coroutine(display_name(ref), value.evidence, ref, None, (), value.result)
    if isinstance(value, Union):
        return union([_name_coroutine(member, ref) for member in value.members])
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
        call(state, method, positional, named)
        for method in classes.overrides(state, function.receiver.cls, name)
        if isinstance(method, Function) and method.ref != function.ref
    ]
    if summary.is_async:
        found = [protocols.awaited(state, value) for value in found]
    return _as_inferred(union(found)) if found else NONE


# --- frames: one call's arguments inside the body ------------------------------------------------


def _call_frame(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> Frame | None:  # fmt: skip
    """The frame in which the body's returned terms are evaluated, if the arguments matter."""
    outer = function.frame
    depth = 0 if outer is None else outer.depth
    receiver = function.receiver
    matters = _depends_on_arguments(state, function, summary)
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


def _depends_on_arguments(state: Inference, function: Function, summary: FunctionSummary) -> bool:
    table = state.tables.setdefault("depends", {})
    if function.ref not in table:
        table[function.ref] = _mentions_parameters(state, function.ref.module, summary)
    result: bool = table[function.ref]
    return result


def _mentions_parameters(state: Inference, module: str, summary: FunctionSummary) -> bool:
    """Whether the results, or functions nested in it, read a parameter of the function."""
    pending: list[Term] = [*summary.results]
    seen: set[int] = set()
    steps = 0
    while pending and steps < 400:
        steps += 1
        term = pending.pop()
        tag = term[0]
        if tag in (PARAMETER, FUNCTION, CLASS):
            return True
        if tag == LOCAL and term[1] == summary.qualname:
            return True
        if tag == DEFINITION:
            if term[1] != summary.qualname:
                continue
            if term[2] not in seen and term[2] < len(summary.definitions):
                seen.add(term[2])
                pending.append(summary.definitions[term[2]])
            continue
        if tag == EITHER:
            pending.extend(term[1])
            continue
        for part in term[1:]:
            if isinstance(part, tuple) and part:
                if isinstance(part[0], str):
                    pending.append(part)
                else:
                    pending.extend(
                        p for p in part if isinstance(p, tuple) and p and isinstance(p[0], str)
                    )
    return False


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


# --- overloads and type parameters ---------------------------------------------------------------


def _call_overloads(
    state: Inference, callee: Overloads, positional: list[Value], named: Mapping[str, Value]
) -> Value:
    """The first overload that takes the arguments; where an argument is not known and several take
    them, only what all of these agree on (typing spec, "Overload call evaluation")."""
    accepting: list[Function] = []
    for function in callee.functions:
        summary = function_summary(state, function.ref)
        if summary is not None and _accepts(state, function, summary, positional, named):
            accepting.append(function)
    if not accepting:
        accepting = list(callee.functions)
    elif all(map(_is_known, [*positional, *named.values()])) and _is_known_receiver(accepting[0]):
        return call_function(state, accepting[0], positional, named)
    results = [call_function(state, function, positional, named) for function in accepting]
    if all(isinstance(result, Coroutine) or result == results[0] for result in results):
        return results[0]
    return UNKNOWN


def _is_known(value: Value) -> bool:
    return value not in (UNKNOWN, NEVER) and not (
        isinstance(value, Union) and not all(map(_is_known, value.members))
    )


def _is_known_receiver(function: Function) -> bool:
    return function.receiver is None or _is_known(function.receiver)


def _accepts(
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
    if parameter.annotation is None or value in (UNKNOWN, NEVER):
        return True
    ref = function.ref
    literals = declarations.literal_values(state, ref.module, parameter.annotation)
    if literals is not None and isinstance(value, Text | Integer | Boolean):
        return literal_of(value) in literals
    wanted = declarations.declared(state, ref.module, parameter.annotation, ref.qualname)
    receiver = function.receiver
    if receiver is not None and declarations.free_variables(wanted):
        owner = Ref(ref.module, ref.qualname.rpartition(".")[0])
        wanted = declarations.substitute(wanted, classes.solution(state, receiver, owner))
    return compatible(state, wanted, value)


def literal_of(value: Text | Integer | Boolean) -> tuple[str, object]:
    """A literal value by its type and content; ``1`` and ``True`` are different literals."""
    if isinstance(value, Text):
        return ("str", value.content)
    if isinstance(value, Integer):
        return ("int", value.number)
    return ("bool", value.truth)


def compatible(state: Inference, wanted: Value, value: Value) -> bool:
    """Whether `value` may stand where `wanted` is declared; doubt counts as yes."""
    if isinstance(wanted, Union):
        return (
            any(compatible(state, member, value) for member in wanted.members) or not wanted.members
        )
    if isinstance(value, Union):
        return (
            any(compatible(state, wanted, member) for member in value.members) or not value.members
        )
    if isinstance(wanted, TypeVariable):
        return wanted.bound is None or compatible(state, wanted.bound, value)
    if wanted == NONE:
        return value == NONE or value == UNKNOWN
    if isinstance(wanted, Coroutine):
        return isinstance(value, Coroutine) or value == UNKNOWN
    if isinstance(wanted, CallableValue):
        if not _is_callable(state, value):
            return False
        return _result_compatible(state, wanted.result, value)
    if isinstance(wanted, ClassObject):
        return not isinstance(value, Instance | Coroutine | Text | Tuple) and value != NONE
    if isinstance(wanted, Tuple):
        return isinstance(value, Tuple | Instance) and value != NONE
    if isinstance(wanted, Instance):
        return _instance_compatible(state, wanted, value)
    return True


def _result_compatible(state: Inference, wanted: Value, value: Value) -> bool:
    """A callback declared to return an awaitable is not met by one that surely does not."""
    if not isinstance(wanted, Coroutine | Instance) or not isinstance(value, Function):
        return True
    summary = function_summary(state, value.ref)
    if summary is None or summary.returns is None:
        return summary is None or not summary.is_async or _takes_async(wanted, summary)
    return compatible(state, wanted, call(state, value, [], {}))


def _takes_async(wanted: Coroutine | Instance, summary: FunctionSummary) -> bool:
    """Whether what an ``async def`` without annotation makes is what is wanted of a callback."""
    if summary.is_generator:
        return isinstance(wanted, Instance) and wanted.cls.qualname.startswith("Async")
    return isinstance(wanted, Coroutine) or wanted.cls.full_name in _AWAITABLES


def _is_callable(state: Inference, value: Value) -> bool:
    if isinstance(value, Coroutine | Text | Tuple) or value == NONE:
        return False
    if isinstance(value, Instance):
        return (
            classes.find_member(state, value.cls, "__call__") is not None
            or not classes.mro(state, value.cls).complete
        )
    return True


def _instance_compatible(state: Inference, wanted: Instance, value: Value) -> bool:
    name = wanted.cls.full_name
    if name == "builtins.object":
        return True
    if isinstance(value, Coroutine):
        return name in _AWAITABLES
    if isinstance(value, Function | Overloads | Partial | CallableValue):
        return not wanted.cls.module == "builtins"
    if isinstance(value, ClassObject):
        return name == "builtins.type" or wanted.cls.module != "builtins"
    if value == NONE:
        return name == "types.NoneType"
    value = classes.plain_instance(value)
    if not isinstance(value, Instance):
        return True
    if classes.is_protocol(state, wanted.cls):
        return not classes.lacks_protocol(state, value, wanted.cls)
    if (
        classes.is_subclass(state, value.cls, wanted.cls)
        or not classes.mro(state, value.cls).complete
    ):
        return True
    # Two unrelated concrete classes of builtins exclude each other; protocols and mixtures do not.
    return not (wanted.cls.module == "builtins" and value.cls.module == "builtins") or (
        value.cls.qualname in ("int", "bool") and wanted.cls.qualname in ("float", "complex", "int")
    )


_AWAITABLES = frozenset(
    {"typing.Awaitable", "typing.Coroutine", "types.CoroutineType", "collections.abc.Awaitable",
     "collections.abc.Coroutine", "builtins.object", "typing.Generator", "typing.Hashable"}
)  # fmt: skip


def _solve(
    state: Inference, function: Function, summary: FunctionSummary, positional: list[Value],
    named: Mapping[str, Value],
) -> dict[str, Value]:  # fmt: skip
    """What the type parameters of a function are for these arguments and its receiver."""
    ref = function.ref
    solved: dict[str, Value] = {}
    if function.receiver is not None and summary.owner:
        solved.update(classes.solution(state, function.receiver, Ref(ref.module, summary.owner)))
        solved = {name: value for name, value in solved.items() if value != TypeVariable(name)}
    bound = bind_arguments(function, summary, positional, named)
    for parameter in summary.parameters:
        if parameter.annotation is None or parameter.name not in bound:
            continue
        pattern = declarations.declared(state, ref.module, parameter.annotation, ref.qualname)
        value = bound[parameter.name]
        if parameter.kind == nodes.STAR and isinstance(value, Tuple):
            value = union(list(value.items))
        unify(state, pattern, value, solved)
    return solved


def unify(state: Inference, pattern: Value, value: Value, solved: dict[str, Value]) -> None:
    """Solve the type variables of `pattern` so that `value` fits it; the first solution stays."""
    if isinstance(pattern, TypeVariable):
        if value not in (UNKNOWN, NEVER):
            solved.setdefault(pattern.name, _widened(value))
        return
    if isinstance(pattern, Union):
        _unify_union(state, pattern, value, solved)
        return
    if not declarations.free_variables(pattern):
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
    return classes.plain_instance(value) if isinstance(value, Text | Boolean | Integer) else value


def _unify_union(state: Inference, pattern: Union, value: Value, solved: dict[str, Value]) -> None:
    """``T | None``, ``Awaitable[T] | T``: the most specific member that fits takes the value."""
    for part in members(value):
        if part == NONE and NONE in pattern.members:
            continue
        specific = [m for m in pattern.members if not isinstance(m, TypeVariable) and m != NONE]
        fitting = [m for m in specific if compatible(state, m, part) and _same_shape(m, part)]
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
        else:
            unify(state, pattern.result, call(state, value, [], {}), solved)
    elif isinstance(value, Instance):
        unify(state, pattern.result, call(state, value, [], {}), solved)


def _unify_instance(
    state: Inference, pattern: Instance, value: Value, solved: dict[str, Value]
) -> None:
    if isinstance(value, Coroutine):
        if pattern.cls.full_name in _AWAITABLES and pattern.arguments:
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
    arguments = classes.arguments_at(state, value, pattern.cls)
    if arguments is not None:
        for inner, argument in zip(pattern.arguments, arguments, strict=False):
            unify(state, inner, argument, solved)
        return
    if pattern.cls.full_name == "typing.Awaitable" and pattern.arguments:
        unify(state, pattern.arguments[0], protocols.awaited(state, value), solved)
    elif pattern.cls.full_name in ("typing.Iterable", "typing.Iterator") and pattern.arguments:
        unify(state, pattern.arguments[0], protocols.element(state, value), solved)
    elif classes.is_protocol(state, pattern.cls):
        for name in classes.protocol_members(state, pattern.cls):
            wanted = call(state, classes.instance_attribute(state, pattern, name), [], {})
            given = call(state, classes.instance_attribute(state, value, name), [], {})
            unify(state, wanted, given, solved)
