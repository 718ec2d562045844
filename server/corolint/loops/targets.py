"""What an event runs: a runner of loops, or bodies of the project and its libraries.

For ``with client.connected():`` the events are the call (of a generator function made a context
manager by `contextlib`, whose body does not run yet), the entering and the leaving (which run it).
`runs_of` gives for each what is run; where that is one of several, all of them. What cannot be
resolved runs nothing that is known of, and neither do functions that are handed to another thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import corolint.infer.classes as classes
from corolint.answers import public_name
from corolint.infer.calls import qualified_name
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, class_summary, function_summary
from corolint.known.loops import (
    ALREADY_RUNNING,
    ANOTHER_IS_RUNNING,
    CALLS_AT_ONCE,
    CLOSING_RUNNERS,
    CONSUMERS,
    CONTEXT_MANAGERS,
    LOOP_CALLBACKS,
    LOOP_METHODS,
    MAKES_LOOP,
    RUNNER_MAKERS,
    RUNNERS,
    TRANSPARENT,
)
from corolint.loops.code import Callee, Code, Fact
from corolint.loops.events import Event, EventKind
from corolint.loops.guards import Environment
from corolint.loops.paths import literal_fact
from corolint.spelling import spell
from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    CLS,
    DECLARED,
    DEFINITION,
    FUNCTION,
    IMPORT,
    LOCAL,
    NAME,
    PARAMETER,
    SELF,
    UNKNOWN_TERM,
    Term,
)
from corolint.values import (
    NEVER,
    UNKNOWN,
    ClassMethod,
    ClassObject,
    Frame,
    Function,
    Instance,
    Overloads,
    Partial,
    Ref,
    StaticMethod,
    Union,
    Value,
    members,
    without_none,
)


class Runs(NamedTuple):
    """What an event runs: a runner, which says `message`, or one of `callees`."""

    shown: str
    message: str = ""
    callees: tuple[Callee, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A body while it is explored, and the frame that its terms are evaluated in."""

    state: Inference
    code: Code
    frame: Frame | None

    def term(self, node: nodes.Node) -> Term:
        """The term of an expression of the body."""
        return self.code.reading.terms.get(id(node), UNKNOWN_TERM)

    def value(self, node: nodes.Node) -> Value:
        """The value of an expression of the body."""
        return evaluate(self.state, self.code.module, self.term(node), self.frame)


def frame_of(callee: Callee) -> Frame | None:
    """The frame in which the body of a callee runs."""
    if callee.receiver is None and callee.outer is None and not callee.functions:
        return None
    depth = 0 if callee.outer is None else callee.outer.depth + 1
    return Frame(callee.ref, callee.functions, callee.receiver, callee.outer, depth)


# --- names ---------------------------------------------------------------------------------------


def public_names(state: Inference, module: str, term: Term, frame: Frame | None) -> set[str]:
    """The public names of all that `term` may be; empty if one of them has none.

    Of a library that is not installed, the name as it is imported; of an unknown object, that of
    the loop's method if no other class has one of the name.
    """
    if term[0] == DECLARED:
        return set()
    names = set()
    for member in members(without_none(evaluate(state, module, term, frame))):
        if isinstance(member, Overloads):
            member = member.functions[0]
        if isinstance(member, Function):
            names.add(public_name(Ref(member.ref.module, member.ref.qualname.partition("@")[0])))
        elif isinstance(member, ClassObject):
            names.add(public_name(member.cls))
        else:
            names.clear()
            break
    if names:
        return names
    written = _imported_name(state, module, term)
    if written is not None:
        return {written}
    if term[0] == ATTRIBUTE and term[2] in LOOP_METHODS:
        if evaluate(state, module, term, frame) in (UNKNOWN, NEVER):
            return {f"asyncio.AbstractEventLoop.{term[2]}"}
    return set()


def _imported_name(state: Inference, module: str, term: Term) -> str | None:
    if term[0] == IMPORT:
        return f"{term[1]}.{term[2]}" if term[2] else str(term[1])
    if term[0] == ATTRIBUTE:
        holder = _imported_name(state, module, term[1])
        return None if holder is None else f"{holder}.{term[2]}"
    if term[0] == NAME:
        summary = state.project.summary(module)
        bindings = () if summary is None else summary.bindings.get(term[1], ())
        if len(bindings) == 1 and bindings[0][0] == IMPORT:
            return _imported_name(state, module, bindings[0])
    return None


def name_of_call(place: Place, call: nodes.Call) -> str | None:
    """The one public name of what a call calls."""
    names = public_names(place.state, place.code.module, place.term(call.callee), place.frame)
    return next(iter(names)) if len(names) == 1 else None


# --- events --------------------------------------------------------------------------------------


def runs_of(
    place: Place, event: Event, environment: Environment, *, with_callbacks: bool
) -> Runs | None:
    """What an event runs, as far as it is known; `None` when it runs nothing of interest.

    `with_callbacks`: what is handed to the loop to be called later counts as run here.
    """
    node = event.node
    match event.kind:
        case EventKind.CALL if isinstance(node, nodes.Call):
            return _of_call(place, node, environment, with_callbacks)
        case EventKind.READ if isinstance(node, nodes.Attribute):
            return _of_property(place, node)
        case EventKind.OPERATE:
            return _of_operator(place, node)
        case EventKind.ITERATE if isinstance(node, nodes.Expression):
            return _of_iteration(place, node)
        case EventKind.ENTER | EventKind.LEAVE if isinstance(node, nodes.Expression):
            return _of_context(place, node, event.kind is EventKind.ENTER)
        case EventKind.DECORATE if isinstance(node, nodes.Expression):
            return _of_value(place, place.value(node), spell(node))
        case EventKind.IMPORT:
            return _of_import(place, node)
    return None


def _of_call(
    place: Place, call: nodes.Call, environment: Environment, with_callbacks: bool
) -> Runs | None:
    names = public_names(place.state, place.code.module, place.term(call.callee), place.frame)
    shown = spell(call.callee)
    if len(names) == 1:
        name = next(iter(names))
        runner = RUNNERS.get(name)
        if runner is not None:
            return Runs(_short(name), runner.message or _message(place, call, environment))
        function = _function_argument(call, name, with_callbacks)
        if function is not None:
            return _of_value(place, place.value(function), spell(function))
        if name in CONSUMERS and call.arguments:
            return _of_iteration(place, call.arguments[0])
    maker = runner_maker(place.state, place.code.module, place.term(call.callee), place.frame)
    if maker is not None:
        return Runs(_short(maker), RUNNER_MAKERS[maker].message)
    term = place.term(call.callee)
    value = place.value(call.callee)
    if _may_be_overridden(term):
        value = _with_overrides(place, value, term)
    found = _of_value(place, value, shown, call, environment)
    if found is not None:
        return found
    declared = declared_function(place.state, place.code.module, term, place.frame)
    if declared is None or not _is_transparent(place.state, declared):
        return None
    return _of_value(place, declared, shown, call, environment)


def _short(name: str) -> str:
    """``asyncio.run``, ``loop.run_forever``, ``async_to_sync``."""
    parts = name.split(".")
    if len(parts) == 3 and parts[1].endswith("EventLoop"):
        return f"loop.{parts[2]}"
    return parts[-1] if parts[0] == "asgiref" else name


def _message(place: Place, call: nodes.Call, environment: Environment) -> str:
    """What a loop says that is asked to run while a loop runs: the same one, or another?"""
    if not isinstance(call.callee, nodes.Attribute):
        return ALREADY_RUNNING
    receiver = call.callee.value
    if isinstance(receiver, nodes.Name):
        fact = environment.get(receiver.name)
        if fact is not None:
            return ANOTHER_IS_RUNNING if fact is Fact.OTHER_LOOP else ALREADY_RUNNING
    if _is_made_new(place.state, place.code.module, place.term(receiver), place.frame, 0):
        return ANOTHER_IS_RUNNING
    return ALREADY_RUNNING


def _is_made_new(
    state: Inference, module: str, term: Term, frame: Frame | None, depth: int
) -> bool:
    """Whether a loop comes from `new_event_loop`."""
    if depth > 4:
        return False
    if term[0] == CALL:
        return bool(public_names(state, module, term[1], frame) & MAKES_LOOP)
    if term[0] == DEFINITION:
        function = function_summary(state, Ref(module, term[1]))
        if function is None or term[2] >= len(function.definitions):
            return False
        return _is_made_new(state, module, function.definitions[term[2]], frame, depth + 1)
    if term[0] == NAME:
        summary = state.project.summary(module)
        terms = () if summary is None else summary.bindings.get(term[1], ())
        return bool(terms) and all(_is_made_new(state, module, t, None, depth + 1) for t in terms)
    if term[0] == ATTRIBUTE and term[1][0] == SELF:
        member = classes.find_member(state, Ref(module, term[1][1]), term[2])
        if member is None:
            return False
        owner = member.owner.cls.module
        made = [t for t in member.terms if t != ("literal", "NoneType") and t[0] != DECLARED]
        return bool(made) and all(_is_made_new(state, owner, t, None, depth + 1) for t in made)
    return False


def _function_argument(
    call: nodes.Call, name: str, with_callbacks: bool
) -> nodes.Expression | None:
    """The function that a known callee calls at once, or later inside the running loop."""
    row: tuple[int | None, str] | None = CALLS_AT_ONCE.get(name)
    if row is None and with_callbacks:
        row = LOOP_CALLBACKS.get(name)
    if row is None:
        return None
    position, keyword = row
    for index, argument in enumerate(call.arguments):
        if call.keywords[index] == keyword:
            return argument
    if position is None or len(call.arguments) <= position:
        return None
    if any(kind != nodes.POSITIONAL for kind in list(call.kinds)[: position + 1]):
        return None
    return call.arguments[position]


def runner_maker(
    state: Inference, module: str, term: Term, frame: Frame | None, depth: int = 0
) -> str | None:
    """The maker of the callable that `term` is: ``async_to_sync(f)``, or `f` decorated with it."""
    if depth > 4:
        return None
    if term[0] == CALL:
        names = public_names(state, module, term[1], frame) & RUNNER_MAKERS.keys()
        return next(iter(names)) if names else None
    if term[0] == DEFINITION:
        function = function_summary(state, Ref(module, term[1]))
        if function is None or term[2] >= len(function.definitions):
            return None
        return runner_maker(state, module, function.definitions[term[2]], frame, depth + 1)
    declared = declared_function(state, module, term, frame)
    if declared is not None:
        summary = function_summary(state, declared.ref)
        for decorator in () if summary is None else summary.decorators:
            target = decorator[1] if decorator[0] == CALL else decorator
            names = public_names(state, declared.ref.module, target, None) & RUNNER_MAKERS.keys()
            if names:
                return next(iter(names))
        return None
    if term[0] == NAME:
        summary_of_module = state.project.summary(module)
        terms = () if summary_of_module is None else summary_of_module.bindings.get(term[1], ())
        if len(terms) == 1 and terms[0][0] in (CALL, NAME):
            return runner_maker(state, module, terms[0], None, depth + 1)
    if term[0] == ATTRIBUTE:
        for member in members(without_none(evaluate(state, module, term[1], frame))):
            if isinstance(member, Instance | ClassObject):
                found = classes.find_member(state, member.cls, term[2])
                if found is not None and len(found.terms) == 1 and found.terms[0][0] == CALL:
                    owner = found.owner.cls.module
                    return runner_maker(state, owner, found.terms[0], None, depth + 1)
    return None


# --- values that are called ----------------------------------------------------------------------


def _of_value(
    place: Place,
    value: Value,
    shown: str,
    call: nodes.Call | None = None,
    environment: Environment | None = None,
) -> Runs | None:
    """What calling `value` runs; `None` unless that is known of all that it may be."""
    callees: list[Callee] = []
    message = ""
    for member in members(without_none(value)):
        found = _callees_of(place, member, shown, call, environment or {})
        if found is None:
            return None
        if found.message:
            message = message or found.message
        callees.extend(found.callees)
    if not callees and not message:
        return None
    if message and callees:
        return None  # one of both: not worth telling apart
    return Runs(shown, message, tuple(dict.fromkeys(callees)))


def _callees_of(
    place: Place, value: Value, shown: str, call: nodes.Call | None, environment: Environment
) -> Runs | None:
    state = place.state
    if isinstance(value, StaticMethod | ClassMethod):
        return _callees_of(place, value.function, shown, call, environment)
    if isinstance(value, Partial):
        return _of_value(place, value.function, shown)
    if isinstance(value, Overloads):
        implementation = _implementation(state, value)
        return None if implementation is None else _callees_of(
            place, implementation, shown, call, environment
        )  # fmt: skip
    if isinstance(value, Function):
        return _of_function(place, value, shown, call, environment)
    if isinstance(value, ClassObject):
        return _of_constructor(place, value, shown, call, environment)
    if isinstance(value, Instance):
        return _of_method(place, value, "__call__", shown)
    return None


def _of_function(
    place: Place, value: Function, shown: str, call: nodes.Call | None, environment: Environment
) -> Runs | None:
    name = public_name(Ref(value.ref.module, value.ref.qualname.partition("@")[0]))
    runner = RUNNERS.get(name)
    if runner is not None:
        return Runs(shown, runner.message or ALREADY_RUNNING)
    summary = summary_with_body(place.state, value.ref)
    if summary is None or summary.is_async or summary.is_generator or summary.is_stub:
        return None
    return Runs(shown, "", (callee_of(place, value, summary, call, environment),))


def summary_with_body(state: Inference, ref: Ref) -> FunctionSummary | None:
    """What a function says of itself, its body included, also in a library."""
    summary = state.project.summary_with_bodies(ref.module)
    return None if summary is None else summary.functions.get(ref.qualname)


def callee_of(
    place: Place,
    value: Function,
    summary: FunctionSummary,
    call: nodes.Call | None,
    environment: Environment,
) -> Callee:
    """The body of a function together with what this call says about its parameters."""
    receiver = value.receiver
    if isinstance(receiver, Instance):
        receiver = Instance(receiver.cls)
    elif not isinstance(receiver, ClassObject):
        receiver = None
    functions: list[tuple[str, Value]] = []
    given: list[tuple[str, Fact | None]] = []
    if call is None:
        given.append(("*", None))
    else:
        for name, argument in _bound_arguments(value, summary, call):
            if argument is None:
                given.append((name, None))
                continue
            fact = literal_fact(argument)
            if fact is None and isinstance(argument, nodes.Name):
                fact = environment.get(argument.name)
            given.append((name, fact))
            passed = place.value(argument)
            if isinstance(passed, Function | Partial):
                functions.append((name, passed))
    outer = value.frame if value.frame is None or value.frame.depth < 4 else None
    return Callee(value.ref, receiver, outer, tuple(functions), tuple(given))


def _bound_arguments(
    value: Function, summary: FunctionSummary, call: nodes.Call
) -> Iterator[tuple[str, nodes.Expression | None]]:
    """Which parameter gets which argument; ``("*", None)`` for what a spread hands over."""
    parameters = list(summary.parameters)
    if value.receiver is not None and parameters:
        parameters = parameters[1:]
    positional = [p for p in parameters if p.kind in (nodes.POSITIONAL, nodes.OPTIONAL)]
    for index, argument in enumerate(call.arguments):
        kind = call.kinds[index]
        if kind in (nodes.STAR, nodes.DOUBLE_STAR):
            yield "*", None
        elif kind == nodes.NAMED:
            yield call.keywords[index] or "*", argument
        elif index < len(positional):
            yield positional[index].name, argument


def _of_constructor(
    place: Place,
    value: ClassObject,
    shown: str,
    call: nodes.Call | None,
    environment: Environment,
) -> Runs | None:
    """`__new__`, then `__init__`, which for a dataclass calls `__post_init__`."""
    state = place.state
    instance = Instance(value.cls)
    for name in ("__new__", "__init__", "__post_init__"):
        member = classes.find_member(state, value.cls, name)
        if member is None or member.owner.cls.module in ("builtins", "typing"):
            continue
        if name == "__post_init__" and not _is_dataclass(state, value.cls):
            continue
        bound = classes.bound_member(state, member, instance, value.cls)
        summary = summary_with_body(state, bound.ref) if isinstance(bound, Function) else None
        if not isinstance(bound, Function) or summary is None or summary.is_async:
            continue
        if summary.is_stub:
            continue
        return Runs(shown, "", (callee_of(place, bound, summary, call, environment),))
    return None


def _is_dataclass(state: Inference, ref: Ref) -> bool:
    for one in classes.mro(state, ref).classes:
        summary = class_summary(state, one.cls)
        if summary is None:
            continue
        for decorator in summary.decorators:
            target = decorator[1] if decorator[0] == CALL else decorator
            name = qualified_name(state, one.cls.module, target) or ""
            if name.rpartition(".")[2] in ("dataclass", "define", "frozen", "s", "attrs"):
                return True
    return False


def _of_method(place: Place, value: Instance, method: str, shown: str) -> Runs | None:
    """What a special method of an instance runs."""
    member = classes.find_member(place.state, value.cls, method)
    if member is None or member.owner.cls.module in ("builtins", "typing"):
        return None
    bound = classes.bound_member(place.state, member, value, value.cls)
    if not isinstance(bound, Function):
        return None
    return _of_function(place, bound, shown, None, {})


def _implementation(state: Inference, value: Overloads) -> Function | None:
    """The function behind its ``@overload`` declarations: the last one of the name."""
    first = value.functions[0]
    summary = state.project.summary(first.ref.module)
    if summary is None:
        return None
    base = first.ref.qualname.partition("@")[0]
    last = None
    for qualname in summary.functions:
        if qualname.partition("@")[0] == base:
            last = qualname
    if last is None or any(f.ref.qualname == last for f in value.functions):
        return None
    return Function(Ref(first.ref.module, last), first.receiver, first.frame)


# --- methods that are overridden -----------------------------------------------------------------


def _may_be_overridden(term: Term) -> bool:
    return term[0] == ATTRIBUTE and term[1][0] in (SELF, CLS, PARAMETER, DECLARED)


def _with_overrides(place: Place, value: Value, term: Term) -> Value:
    """A method of `self` and what classes below make of it: all of them may be meant."""
    found: list[Value] = []
    for member in members(without_none(value)):
        if isinstance(member, Function) and isinstance(member.receiver, Instance):
            found += classes.overrides(place.state, member.receiver.cls, term[2])
    if not found:
        return value
    summary = function_summary(place.state, value.ref) if isinstance(value, Function) else None
    own = [] if summary is not None and summary.is_stub else list(members(value))
    together = list(dict.fromkeys([*own, *found]))
    return together[0] if len(together) == 1 else Union(tuple(together))


# --- functions by their declaration ---------------------------------------------------------------


def declared_function(
    state: Inference, module: str, term: Term, frame: Frame | None
) -> Function | None:
    """The function that a name or attribute is declared as, whatever its decorators make of it."""
    if term[0] == FUNCTION:
        return Function(Ref(module, term[1]))
    if term[0] == NAME:
        return _declared_global(state, module, term[1], 0)
    if term[0] == IMPORT and term[2]:
        return _declared_global(state, term[1], term[2], 0)
    if term[0] == LOCAL:
        outer = function_summary(state, Ref(module, term[1]))
        found = UNKNOWN_TERM if outer is None else outer.variables.get(term[2], UNKNOWN_TERM)
        return declared_function(state, module, found, frame) if found[0] == FUNCTION else None
    if term[0] != ATTRIBUTE:
        return None
    imported = _imported_name(state, module, term[1])
    if imported is not None and state.project.file(imported) is not None:
        return _declared_global(state, imported, term[2], 0)
    found_function = None
    for holder in members(without_none(evaluate(state, module, term[1], frame))):
        if not isinstance(holder, Instance | ClassObject):
            return None
        member = classes.find_member(state, holder.cls, term[2])
        if member is None or member.terms[-1][0] != FUNCTION:
            return None
        ref = Ref(member.owner.cls.module, member.terms[-1][1])
        found_function = Function(ref, holder if isinstance(holder, Instance) else None)
    return found_function


def _declared_global(state: Inference, module: str, name: str, depth: int) -> Function | None:
    summary = state.project.summary(module)
    if summary is None or depth > 6:
        return None
    terms = summary.bindings.get(name)
    if not terms:
        return None
    last = terms[-1]
    if last[0] == FUNCTION:
        return Function(Ref(module, last[1]))
    if last[0] == IMPORT and last[2]:
        return _declared_global(state, last[1], last[2], depth + 1)
    return None


def _decorator_names(state: Inference, function: Function) -> list[str | None]:
    summary = function_summary(state, function.ref)
    if summary is None:
        return [None]
    names: list[str | None] = []
    for decorator in summary.decorators:
        target = decorator[1] if decorator[0] == CALL else decorator
        names.append(qualified_name(state, function.ref.module, target))
    return names


def _is_transparent(state: Inference, function: Function) -> bool:
    names = _decorator_names(state, function)
    return bool(names) and all(name in TRANSPARENT for name in names)


# --- what is no call -----------------------------------------------------------------------------


def _of_property(place: Place, node: nodes.Attribute) -> Runs | None:
    callees: list[Callee] = []
    for holder in members(without_none(place.value(node.value))):
        if not isinstance(holder, Instance):
            return None
        member = classes.find_member(place.state, holder.cls, node.attribute)
        if member is None or not member.in_body or member.terms[0][0] != FUNCTION:
            return None
        getter = Function(Ref(member.owner.cls.module, member.terms[0][1]), Instance(holder.cls))
        names = {(name or "").rpartition(".")[2] for name in _decorator_names(place.state, getter)}
        summary = function_summary(place.state, getter.ref)
        if summary is None or summary.is_async or not names & _PROPERTIES:
            return None
        callees.append(Callee(getter.ref, getter.receiver))
    return Runs(spell(node), "", tuple(callees)) if callees else None


_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "reify"})
_OPERATORS = {
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "//": "__floordiv__",
    "%": "__mod__", "**": "__pow__", "@": "__matmul__", "&": "__and__", "|": "__or__",
    "^": "__xor__", "<<": "__lshift__", ">>": "__rshift__", "==": "__eq__", "!=": "__ne__",
    "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__",
}  # fmt: skip


def _of_operator(place: Place, node: nodes.Node) -> Runs | None:
    if isinstance(node, nodes.Subscript):
        return _of_special(place, node.value, "__getitem__", f"{spell(node.value)}[…]")
    if isinstance(node, nodes.BinaryOperation):
        return _of_special(place, node.left, _OPERATORS.get(node.operator, ""), spell(node))
    if isinstance(node, nodes.Comparison):
        operator = node.operators[0]
        if operator in ("in", "not in"):
            return _of_special(place, node.comparators[0], "__contains__", spell(node))
        return _of_special(place, node.left, _OPERATORS.get(operator, ""), spell(node))
    return None


def _of_special(place: Place, operand: nodes.Expression, method: str, shown: str) -> Runs | None:
    if not method:
        return None
    value = without_none(place.value(operand))
    if not isinstance(value, Instance) or value.cls.module in ("builtins", "typing", "types"):
        return None
    return _of_method(place, value, method, shown)


def _of_iteration(place: Place, iterable: nodes.Expression) -> Runs | None:
    """Walking a generator runs its body; walking an object runs its `__iter__`."""
    generator = _generator(place, place.term(iterable))
    if generator is not None:
        return Runs(spell(iterable), "", (generator,))
    value = without_none(place.value(iterable))
    if not isinstance(value, Instance) or value.cls.module in ("builtins", "typing", "types"):
        return None
    for method in ("__iter__", "__next__", "__getitem__"):
        member = classes.find_member(place.state, value.cls, method)
        if member is None or member.terms[-1][0] != FUNCTION:
            continue
        ref = Ref(member.owner.cls.module, member.terms[-1][1])
        summary = function_summary(place.state, ref)
        if (
            summary is not None
            and not summary.is_async
            and ref.module not in ("builtins", "typing")
        ):
            returns_itself = method == "__iter__" and (SELF, summary.owner) in summary.results
            if not returns_itself:
                return Runs(spell(iterable), "", (Callee(ref, Instance(value.cls)),))
    return None


def _generator(place: Place, term: Term, depth: int = 0) -> Callee | None:
    """The body of the generator function whose call `term` is."""
    if depth > 4:
        return None
    state, module = place.state, place.code.module
    if term[0] == DEFINITION:
        function = function_summary(state, Ref(module, term[1]))
        if function is None or term[2] >= len(function.definitions):
            return None
        return _generator(place, function.definitions[term[2]], depth + 1)
    if term[0] != CALL:
        return None
    value = evaluate(state, module, term[1], place.frame)
    if not isinstance(value, Function):
        return None
    return _generator_body(state, value)


def _generator_body(state: Inference, value: Function) -> Callee | None:
    summary = summary_with_body(state, value.ref)
    if summary is None or summary.is_async or not summary.is_generator:
        return None
    receiver = value.receiver if isinstance(value.receiver, Instance) else None
    return Callee(value.ref, receiver, value.frame, (), (("*", None),))


def _of_context(place: Place, context: nodes.Expression, entering: bool) -> Runs | None:
    """`__enter__` and `__exit__`, or the body of a generator made a context manager."""
    names: set[str] = set()
    if isinstance(context, nodes.Call):
        callee = place.term(context.callee)
        names = public_names(place.state, place.code.module, callee, place.frame)
    closing = names & CLOSING_RUNNERS.keys()
    if closing:
        name = next(iter(closing))
        return None if entering else Runs(f"{name}.__exit__", CLOSING_RUNNERS[name].message)
    term = place.term(context)
    if term[0] == CALL:
        declared = declared_function(place.state, place.code.module, term[1], place.frame)
        if declared is not None and set(_decorator_names(place.state, declared)) & CONTEXT_MANAGERS:
            body = _generator_body(place.state, declared)
            return None if body is None or not entering else Runs(spell(context), "", (body,))
    value = without_none(place.value(context))
    if not isinstance(value, Instance) or value.cls.module in ("builtins", "typing"):
        return None
    return _of_method(place, value, "__enter__" if entering else "__exit__", spell(context))


def _of_import(place: Place, node: nodes.Node) -> Runs | None:
    """The top level of a module of the project that is imported here and nowhere before."""
    targets: list[str] = []
    if isinstance(node, nodes.Import):
        targets = [name for name, _ in node.names]
    elif isinstance(node, nodes.ImportFrom) and node.level == 0:
        targets = [node.module, *(f"{node.module}.{name}" for name, _ in node.names)]
    for target in targets:
        file = place.state.project.file(target)
        if file is not None and file.is_first_party and not file.is_namespace:
            if not _is_imported_at_top(place.state, target):
                return Runs(f"import {target}", "", (Callee(Ref(target, "")),))
    return None


def _is_imported_at_top(state: Inference, target: str) -> bool:
    """Whether some module imports it at its own top level, which may have happened before."""
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None or module == target:
            continue
        if target in summary.stars:
            return True
        for terms in summary.bindings.values():
            for term in terms:
                if term[0] == IMPORT and target in (term[1], f"{term[1]}.{term[2]}"):
                    return True
    return False
