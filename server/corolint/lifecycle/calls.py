"""Calls: what they do to the objects in their arguments.

In ``await asyncio.wait_for(c, 1)`` the call's effect on its argument is WRAPS, so its value is
``Wrapper(OBJECT)``; awaiting that consumes the object. Calls of methods are in `methods`.
"""

from __future__ import annotations

from corolint.known.effects import CASTS
from corolint.lifecycle.belonging import captured_by, is_async
from corolint.lifecycle.binding import assign
from corolint.lifecycle.containers import as_item, copied, elements, exhaust, new_box, places_in
from corolint.lifecycle.evaluation import evaluate
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.methods import (
    call_method_of_container,
    call_method_of_object,
    drive,
    packed,
)
from corolint.lifecycle.state import Outcomes, PathState, holds, with_wrapped
from corolint.lifecycle.values import (
    OBJECT,
    Box,
    Kept,
    Pack,
    Reference,
    Some,
    Special,
    Value,
    Wrapper,
)
from corolint.semantics import Effect, Kind
from corolint.syntax import nodes

# One call of these takes the same object only once, however often it is given.
_DEDUPLICATING = frozenset({"asyncio.gather", "asyncio.as_completed", "asyncio.wait"})


def apply_call(
    following: Following,
    state: PathState,
    call: nodes.Call,
    receiver: Value,
    values: list[Value],
) -> Outcomes:
    """The effects of a call whose receiver (for a method) and arguments were evaluated."""
    callee = call.callee
    if isinstance(callee, nodes.Attribute):
        if receiver is OBJECT:
            return [call_method_of_object(following, state, call, callee.attribute, values)]
        if isinstance(receiver, Wrapper) and receiver.inner is OBJECT:
            return [(drive(following, state, call, receiver), None)]
        if isinstance(receiver, Kept) and receiver.inner is OBJECT:
            return [_call_method_of_keeper(following, state, call, receiver, values)]
        if isinstance(receiver, Reference | Pack | Some) and not isinstance(receiver, Pack):
            return call_method_of_container(
                following, state, call, callee.attribute, receiver, values
            )
    elif receiver is OBJECT or receiver is Special.COROUTINE:
        state = following.observe(state, call, receiver, Action.CALL)
    elif isinstance(callee, nodes.Name) and callee.name in following.survey.binders:
        if is_async(following.survey.local_functions[callee.name]):
            return [(state, None)]  # it runs when it is awaited, which is at once
        return [(after, None) for after in bind_anew(following, callee.name, state)]
    elif isinstance(callee, nodes.Name) and callee.name in following.survey.local_functions:
        state, result = _run_local_function(following, state, call, callee.name)
        if result is not None:
            return [(state, result)]
    if following.site is None and Special.COROUTINE in values and _shows(following, call):
        for argument, value in zip(call.arguments, values, strict=True):
            following.observe(state, argument, value, Action.FORMAT)
    if not any(isinstance(value, Reference) or holds(state, value) for value in values):
        fresh = _fresh_container(following, call, values)
        if fresh is not None:
            state, reference = new_box(state, id(call), fresh)
            return [(state, reference)]
        return [(state, None)]
    return [_pass_arguments(following, state, call, values)]


def bind_anew(following: Following, binder: str, state: PathState) -> list[PathState]:
    """What a local function does that only binds names of this body to something else."""
    states = [state]
    for binding in following.survey.binders[binder]:
        assert binding.value is not None
        states = [
            bound
            for before in states
            for after, value in evaluate(following, binding.value, before)
            for bound in assign(following, binding.targets[0], value, after)
        ]
    return states


def _run_local_function(
    following: Following, state: PathState, call: nodes.Call, name: str
) -> tuple[PathState, Value]:
    """What a local function does to the objects in the names that it captures."""
    result: Value = None
    for captured in sorted(captured_by(following.survey.local_functions[name])):
        value = state.held.get(captured)
        if value is not None and holds(state, value):
            effect = following.local_effects.of(name, captured)
            state, result = _apply(following, state, call, call, value, effect, result)
    return state, result


def _call_method_of_keeper(
    following: Following, state: PathState, call: nodes.Call, keeper: Kept, values: list[Value]
) -> tuple[PathState, Value]:
    """``job.run()``, with `job` made as ``Job(c)``: what the method does to what `job` keeps."""
    for value in values:
        state = following.escape(state, value)
    effect = following.semantics.effect_on_kept(call, keeper.attribute)
    if effect is Effect.ESCAPES:
        return following.escape(state, keeper), None
    return _apply(following, state, call, call, keeper.inner, effect, None)


def _shows(following: Following, call: nodes.Call) -> bool:
    """Whether a call makes a text of what it is given, whatever that is."""
    return following.semantics.qualified(call.callee) in _SHOWING


_SHOWING = frozenset({"builtins.format", "builtins.print", "builtins.str"})


def _asks_what_it_is(following: Following, call: nodes.Call) -> bool:
    """``isinstance(x, C)`` and kin. What is only known as an ``Awaitable`` is still to be awaited
    after that; an object of a class of its own may have been made to be looked at."""
    if following.made is None or following.made.name != "Awaitable":
        return False
    return following.semantics.qualified(call.callee) != "builtins.getattr"


def _fresh_container(following: Following, call: nodes.Call, values: list[Value]) -> Box | None:
    """The empty container that a call makes, if it makes one."""
    if values and any(value is not None for value in values):
        return None
    name = following.semantics.qualified(call.callee) if len(values) < 2 else None
    if name in _SEQUENCES or (name in _MAPPINGS and not values):
        return Box(keyed=name in _MAPPINGS) if not values else None
    return None


_SEQUENCES = frozenset({"builtins.list", "builtins.set", "collections.deque"})
_MAPPINGS = frozenset({"builtins.dict", "collections.OrderedDict"})
_COPIES = frozenset(
    {"builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.sorted"}
    | {"collections.deque"}
)
_ITERATING = frozenset({"builtins.iter", "builtins.next"})
_VIEWS = frozenset({"builtins.iter", "builtins.reversed"})


def _pass_arguments(
    following: Following, state: PathState, call: nodes.Call, values: list[Value]
) -> tuple[PathState, Value]:
    """Hands the arguments that matter to the callee, each with its own effect."""
    callee = call.callee
    name = following.semantics.qualified(callee)
    if isinstance(callee, nodes.Name) and callee.name == "reveal" and len(values) == 1:
        return _reveal(following, state, call, values[0])
    first = values[0] if values else None
    if name in _ITERATING and first is OBJECT and following.is_coroutine:
        state = following.observe(state, call, first, Action.ITERATE, call=call)
        following.may_raise(state)
        return state, None
    if name in _ITERATING and isinstance(first, Wrapper) and first.inner is OBJECT:
        return drive(following, state, call, first), None
    if name in _COPIES and len(values) == 1 and not isinstance(first, Special):
        state = exhaust(state, first)
        return new_box(state, id(call), copied(state, first))
    if name in _VIEWS and len(values) == 1 and not isinstance(first, Special):
        return state, _as_iterator(as_item(state, first))
    if name == "builtins.enumerate" and not isinstance(first, Special):
        return state, _as_iterator(packed(state, first, 1))
    if name == "builtins.zip" and following.is_coroutine and OBJECT in values:
        argument = call.arguments[values.index(OBJECT)]
        return following.observe(state, argument, OBJECT, Action.ITERATE), None
    if name == "builtins.zip":
        return state, _as_iterator(_zipped(state, call, values))
    result: Value = None
    given = [value for value in _spread(state, call, values) if value is OBJECT]
    if name in _DEDUPLICATING and len(given) > 1:
        state = following.observe(state, call, OBJECT, Action.SCHEDULE, times=len(given))
        return state, Special.TRUTHY
    for index, value in enumerate(values):
        if not (isinstance(value, Reference) or holds(state, value)):
            continue
        kind = call.kinds[index]
        if value is OBJECT and kind in (nodes.STAR, nodes.DOUBLE_STAR):
            state = following.observe(state, call.arguments[index], value, Action.ITERATE)
            following.may_raise(state)
        elif kind == nodes.STAR:
            state = exhaust(state, value)
            for item in elements(state, value):
                state, result = _pass_one(following, state, call, index, item, result)
        elif kind == nodes.DOUBLE_STAR and isinstance(value, Reference):
            content = state.boxes.get(value.box, Box())
            for _, item in content.items:
                state, result = _pass_one(following, state, call, index, item, result)
        elif kind == nodes.DOUBLE_STAR:
            state = following.escape(state, value)
        else:
            before = result
            state, result = _pass_one(following, state, call, index, value, result)
            state, result = _pass_again(following, state, call, index, before, result)
    return state, result


def _pass_again(
    following: Following,
    state: PathState,
    call: nodes.Call,
    index: int,
    before: Value,
    result: Value,
) -> tuple[PathState, Value]:
    """A call that is given the same object for another parameter, too: ``both(c, c)``. `before` is
    what it gives on account of the first, `result` on account of the second."""
    if before != result or not isinstance(before, Wrapper | Some):
        return state, result
    if isinstance(before, Wrapper) and before.maybe:
        return following.escape(state, before), None  # perhaps it awaits one or the other
    if following.semantics.shares_parameter(call, index):
        return state, before  # perhaps it gathers them all, which takes the same object once
    if isinstance(before, Wrapper):
        return state, before._replace(again=True)
    return state, before._replace(many=True)


def _spread(state: PathState, call: nodes.Call, values: list[Value]) -> list[Value]:
    """The objects that a call is given, one by one."""
    found: list[Value] = []
    for value, kind in zip(values, call.kinds, strict=False):
        found += elements(state, value) if kind == nodes.STAR or value is not OBJECT else [value]
    return found


def _pass_one(
    following: Following,
    state: PathState,
    call: nodes.Call,
    index: int,
    value: Value,
    result: Value,
) -> tuple[PathState, Value]:
    """The effect of a call on one argument; `result` is its value so far."""
    argument = call.arguments[index]
    if isinstance(value, Kept):
        return following.escape(state, value), result
    in_container = isinstance(value, Reference | Pack | Some)
    effect = _effect(following, state, call, index, value)
    if effect is Effect.ESCAPES:
        state = following.hand(state, argument, value, call)
        kept = following.semantics.keeps(call, index) if value is OBJECT else None
        if kept is not None and result is None:
            return state, Kept(kept, value)
    if in_container:
        if effect is Effect.VALUE:
            return _want_values(following, state, call, index, value), result
        if effect is Effect.INSPECTS or effect is Effect.SHOWS:
            return state, result
        if effect is Effect.RETURNS:
            return state, value
        state = exhaust(state, value)
        if not holds(state, value):
            return following.escape(state, value), result
    # What an argument wraps is consumed by the call that wraps it, not by this one.
    place = argument if isinstance(value, Wrapper) else call
    if effect is Effect.SHOWS:
        if not _wants_representation(call):
            state = following.observe(state, argument, value, Action.FORMAT)
        return state, result
    if effect is Effect.VALUE:
        if not following.is_coroutine and not _iterates(following, call):
            if following.made is not None and following.made.kind is Kind.AWAITABLE:
                state = following.observe(state, argument, value, Action.ARGUMENT, call=call)
            return following.escape(state, value), result
        action = Action.FORMAT if _shows(following, call) else Action.ARGUMENT
        state = following.observe(state, argument, value, action, call=call)
        following.may_raise(state)
        return state, result
    return _apply(following, state, call, place, value, effect, result)


def _effect(
    following: Following, state: PathState, call: nodes.Call, index: int, value: Value
) -> Effect:
    """What a call does with the object, wherever in the argument it stands."""
    places = set(places_in(state, value)) or {() if value is OBJECT else (None,)}
    effects = {following.semantics.effect(call, index, place) for place in places}
    return effects.pop() if len(effects) == 1 else Effect.ESCAPES


def _apply(
    following: Following,
    state: PathState,
    call: nodes.Call,
    place: nodes.Expression,
    value: Value,
    effect: Effect,
    result: Value,
) -> tuple[PathState, Value]:
    """The effect of a call on an object; `place` is where it counts as consumed."""
    match effect:
        case Effect.RUNS:
            return following.consume(state, place, value, Action.RUN), result
        case Effect.SCHEDULES:
            state = following.consume(state, place, value, Action.SCHEDULE)
            return state, Special.TRUTHY
        case Effect.WRAPS | Effect.AWAITS | Effect.AWAITS_AGAIN | Effect.MAY_AWAIT:
            if id(call) in following.survey.sites:
                state = with_wrapped(state)
            again, maybe = effect is Effect.AWAITS_AGAIN, effect is Effect.MAY_AWAIT
            return state, Wrapper(value, again, maybe)
        case Effect.YIELDS | Effect.YIELDS_AGAIN:
            return state, Some(value, many=effect is Effect.YIELDS_AGAIN, once=True)
        case Effect.CLOSES:
            return following.observe(state, call, value, Action.CLOSE), result
        case Effect.INSPECTS:
            if not following.is_coroutine and not _asks_what_it_is(following, call):
                return following.escape(state, value), result
            return state, result
        case Effect.RETURNS:
            if not following.is_coroutine and following.semantics.qualified(call.callee) in CASTS:
                return following.escape(state, value), result  # somebody knows better what it is
            return state, value
    return following.escape(state, value), result


def _wants_representation(call: nodes.Call) -> bool:
    """Whether a format asks for the object itself: ``"%r"``, ``"{!r}"``."""
    format_string = call.arguments[0] if call.arguments else None
    if isinstance(call.callee, nodes.Attribute) and isinstance(call.callee.value, nodes.String):
        format_string = call.callee.value
    if not isinstance(format_string, nodes.String):
        return False
    return "%r" in format_string.value or "!r" in format_string.value


def _iterates(following: Following, call: nodes.Call) -> bool:
    """Whether a call goes through its argument, whatever that is: ``list(x)``, ``sum(x)``."""
    name = following.semantics.qualified(call.callee)
    return name is not None and name.startswith("builtins.") and name.count(".") == 1


def _want_values(
    following: Following, state: PathState, call: nodes.Call, index: int, value: Value
) -> PathState:
    """A call that wants the results of all the elements: ``any(cs)``, ``", ".join(cs)``."""
    state = exhaust(state, value)
    argument = call.arguments[index]
    for portion in list(places_in(state, value)):
        state = following.observe(
            state, argument, OBJECT, Action.ARGUMENT, call=call, portion=portion
        )
    return state


def _reveal(
    following: Following, state: PathState, call: nodes.Call, value: Value
) -> tuple[PathState, Value]:
    if value is OBJECT and state.status is not None:
        following.recorder.reveal(call, state.status)
    return state, None


def _as_iterator(value: Value) -> Value:
    return value._replace(once=True) if isinstance(value, Some) else value


def _zipped(state: PathState, call: nodes.Call, values: list[Value]) -> Value:
    holding = [index for index, value in enumerate(values) if holds(state, value)]
    if len(holding) != 1 or any(kind != nodes.POSITIONAL for kind in call.kinds):
        return None
    item = as_item(state, values[holding[0]])
    if not isinstance(item, Some):
        return None
    parts: list[Value] = [None] * len(values)
    parts[holding[0]] = item.item
    return Some(Pack(tuple(parts)), item.many)
