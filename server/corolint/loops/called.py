"""Which bodies a call of a value runs.

A class runs its constructors one after the other, a partial what it holds, an instance its
`__call__`, a method of `self` perhaps what a class below makes of it. Where a value may be one of
several, all of them count, and if one is not known, nothing is. Coroutine functions and generator
functions run nothing when they are called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import corolint.infer.attributes as attributes
import corolint.infer.hierarchy as hierarchy
from corolint.answers import public_name
from corolint.infer.decorators import qualified_name
from corolint.infer.state import Inference, class_summary, function_summary
from corolint.known.loops import (
    ALREADY_RUNNING,
    ANOTHER_IS_RUNNING,
    RUNNERS,
)
from corolint.loops.code import Callee, Fact
from corolint.loops.guards import Environment
from corolint.loops.names import Place, summary_with_body
from corolint.loops.paths import literal_fact
from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    CLS,
    DECLARED,
    FUNCTION,
    PARAMETER,
    SELF,
    Term,
)
from corolint.values import (
    ClassMethod,
    ClassObject,
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
    """What an event runs: a runner, which says `message`, or one of the `ways`, each of which is
    some bodies one after the other."""

    shown: str
    message: str = ""
    ways: tuple[tuple[Callee, ...], ...] = ()


def runs_of_value(
    place: Place,
    value: Value,
    shown: str,
    call: nodes.Call | None = None,
    environment: Environment | None = None,
) -> Runs | None:
    """What calling `value` runs; `None` unless that is known of all that it may be."""
    ways: list[tuple[Callee, ...]] = []
    message = ""
    for member in members(without_none(value)):
        found = _ways_of(place, member, shown, call, environment or {})
        if found is None:
            return None
        if found.message:
            message = message or found.message
        ways.extend(found.ways)
    if not ways and not message:
        return None
    if message and ways:
        return None  # one of both: not worth telling apart
    return Runs(shown, message, tuple(dict.fromkeys(ways)))


def _ways_of(
    place: Place, value: Value, shown: str, call: nodes.Call | None, environment: Environment
) -> Runs | None:
    state = place.state
    if isinstance(value, StaticMethod | ClassMethod):
        return _ways_of(place, value.function, shown, call, environment)
    if isinstance(value, Partial):
        return runs_of_value(place, value.function, shown)
    if isinstance(value, Overloads):
        implementation = _implementation(state, value)
        return None if implementation is None else _ways_of(
            place, implementation, shown, call, environment
        )  # fmt: skip
    if isinstance(value, Function):
        return runs_of_function(place, value, shown, call, environment)
    if isinstance(value, ClassObject):
        return _of_constructor(place, value, shown, call, environment)
    if isinstance(value, Instance):
        return runs_of_method(place, value, "__call__", shown)
    return None


def runs_of_function(
    place: Place, value: Function, shown: str, call: nodes.Call | None, environment: Environment
) -> Runs | None:
    name = public_name(Ref(value.ref.module, value.ref.qualname.partition("@")[0]))
    if name in place.state.project.search.told.loop_starters:
        return Runs(shown, ANOTHER_IS_RUNNING)
    runner = RUNNERS.get(name)
    if runner is not None:
        return Runs(shown, runner.message or ALREADY_RUNNING)
    summary = summary_with_body(place.state, value.ref)
    if summary is None or summary.is_async or summary.is_generator or summary.is_stub:
        return None
    return Runs(shown, "", ((callee_of(place, value, summary, call, environment),),))


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
            if place.term(argument) in place.plain:
                continue
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


CONSTRUCTORS = ("__new__", "__init__")
# What an `__init__` that a decorator or a base class has made calls at its end.
AFTER_CONSTRUCTION = ("__post_init__", "__attrs_post_init__", "model_post_init")
_MAKES_INIT = frozenset({"dataclass", "define", "frozen", "mutable", "s", "attrs"})


def _of_constructor(
    place: Place,
    value: ClassObject,
    shown: str,
    call: nodes.Call | None,
    environment: Environment,
) -> Runs | None:
    """`__new__`, then `__init__`, then what an `__init__` calls that nobody wrote."""
    way: list[Callee] = []
    is_made = _has_made_init(place.state, value.cls)
    for name in (*CONSTRUCTORS, *(AFTER_CONSTRUCTION if is_made else ())):
        bound = special_method(place.state, Instance(value.cls), name)
        summary = None if bound is None else summary_with_body(place.state, bound.ref)
        if bound is None or summary is None or summary.is_async or summary.is_stub:
            continue
        written = call if name in CONSTRUCTORS else None
        way.append(callee_of(place, bound, summary, written, environment))
    return Runs(shown, "", (tuple(way),)) if way else None


def _has_made_init(state: Inference, ref: Ref) -> bool:
    for one in hierarchy.mro(state, ref).classes:
        if public_name(one.cls) == "pydantic.main.BaseModel":
            return True
        summary = class_summary(state, one.cls)
        for decorator in () if summary is None else summary.decorators:
            target = decorator[1] if decorator[0] == CALL else decorator
            name = qualified_name(state, one.cls.module, target) or ""
            if name.rpartition(".")[2] in _MAKES_INIT:
                return True
    return False


def special_method(state: Inference, value: Instance, method: str) -> Function | None:
    """A method that Python itself calls, if some class of the program has it."""
    member = attributes.find_member(state, value.cls, method)
    if member is None or member.owner.cls.module in ("builtins", "typing"):
        return None
    bound = attributes.bound_member(state, member, value, value.cls)
    return bound if isinstance(bound, Function) else None


def runs_of_method(place: Place, value: Instance, method: str, shown: str) -> Runs | None:
    """What a special method of an instance runs."""
    bound = special_method(place.state, value, method)
    return None if bound is None else runs_of_function(place, bound, shown, None, {})


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


def may_be_overridden(term: Term) -> bool:
    return term[0] == ATTRIBUTE and term[1][0] in (SELF, CLS, PARAMETER, DECLARED)


def with_overrides(place: Place, value: Value, term: Term) -> Value:
    """A method of `self` and what classes below make of it: all of them may be meant."""
    found: list[Value] = []
    for member in members(without_none(value)):
        if isinstance(member, Function) and isinstance(member.receiver, Instance):
            found += attributes.overrides(place.state, member.receiver.cls, term[2])
    if not found:
        return value
    summary = function_summary(place.state, value.ref) if isinstance(value, Function) else None
    own = [] if summary is not None and summary.is_stub else list(members(value))
    together = list(dict.fromkeys([*own, *found]))
    return together[0] if len(together) == 1 else Union(tuple(together))


def called_functions(state: Inference, value: Value) -> list[Ref]:
    """All functions whose bodies calling `value` may run."""
    found: list[Ref] = []
    for member in members(without_none(value)):
        if isinstance(member, StaticMethod | ClassMethod | Partial):
            found += called_functions(state, member.function)
        elif isinstance(member, Function):
            found.append(member.ref)
        elif isinstance(member, Overloads):
            base = member.functions[0].ref
            summary = state.project.summary(base.module)
            name = base.qualname.partition("@")[0]
            if summary is not None:
                same = [q for q in summary.functions if q.partition("@")[0] == name]
                found += [Ref(base.module, qualname) for qualname in same]
        elif isinstance(member, ClassObject | Instance):
            constructing = (*CONSTRUCTORS, *AFTER_CONSTRUCTION)
            methods = ("__call__",) if isinstance(member, Instance) else constructing
            for method in methods:
                bound = attributes.find_member(state, member.cls, method)
                if bound is not None and bound.terms[-1][0] == FUNCTION:
                    found.append(Ref(bound.owner.cls.module, bound.terms[-1][1]))
    return found
