"""Which bodies a call of a value runs.

A class runs its constructors one after the other, a partial what it holds, an instance its
`__call__`, a method of `self` perhaps what a class below makes of it. Where a value may be one of
several, all of them count, and if one is not known, nothing is. Coroutine functions and generator
functions run nothing when they are called.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
from corolint.answers import public_name
from corolint.infer.state import Inference, function_summary
from corolint.known.loops import (
    ALREADY_RUNNING,
    ANOTHER_IS_RUNNING,
    RUNNERS,
)
from corolint.loops.bodies import Runs, callee_of, contexts_around, special_method
from corolint.loops.code import Callee
from corolint.loops.constructing import constructing, constructing_functions
from corolint.loops.guards import Environment
from corolint.loops.names import Place, summary_with_body
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
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
        way = constructing(place, value, call, environment)
        return Runs(shown, "", (way,)) if way else None
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
    if summary is None or summary.is_async or summary.is_generator:
        return None
    around = contexts_around(place.state, value.ref, summary)
    if summary.is_stub and not around:
        return None
    own = callee_of(place, value, summary, call, environment)
    return Runs(shown, "", ((*around, own),))


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
        elif isinstance(member, ClassObject):
            found += constructing_functions(state, member.cls)
        elif isinstance(member, Instance):
            bound = attributes.find_member(state, member.cls, "__call__")
            if bound is not None and bound.terms[-1][0] == FUNCTION:
                found.append(Ref(bound.owner.cls.module, bound.terms[-1][1]))
    return found
