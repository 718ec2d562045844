"""What uses, calls and stores do to the object that is followed: changes of status, recorded.

Everything here takes a state and gives the state after it. The one object is in `state`; a value
says how an expression reaches it. In ``await asyncio.wait_for(c, 1)`` the call's effect on its
argument is WRAPS, so its value is ``Wrapper(OBJECT)``; awaiting that consumes the object.
"""

from __future__ import annotations

from dataclasses import dataclass

from corolint.lifecycle_conditions import constant
from corolint.lifecycle_history import Action, State
from corolint.lifecycle_recording import Recorder
from corolint.lifecycle_state import (
    OBJECT,
    Box,
    Key,
    Known,
    Pack,
    PathState,
    Reference,
    Some,
    Special,
    Trust,
    Value,
    Wrapper,
    add,
    each,
    forget_box,
    holds,
    new_box,
    with_box,
    with_trust,
    with_wrapped,
)
from corolint.lifecycle_survey import Survey
from corolint.semantics import Effect, Guard, Kind, Made, Semantics
from corolint.syntax import nodes

Outcomes = list[tuple[PathState, Value]]

# Attributes of coroutine objects, and those that later versions added.
COROUTINE_ATTRIBUTES = frozenset(
    {
        "__await__",
        "__class__",
        "__del__",
        "__doc__",
        "__name__",
        "__qualname__",
        "close",
        "cr_await",
        "cr_code",
        "cr_frame",
        "cr_origin",
        "cr_running",
        "cr_suspended",
        "send",
        "throw",
    }
)
# One call of these takes the same object only once, however often it is given.
_DEDUPLICATING = frozenset({"asyncio.gather", "asyncio.as_completed", "asyncio.wait"})


@dataclass(slots=True)
class Following:
    """What the evaluation of steps works with. `site` and `made` say which object is followed; with
    neither, this is the base run: it follows nothing, and learns where a value is always a
    coroutine object (`sure`). `private_attributes` are mentioned nowhere else in the file, `guards`
    belong to the items of ``with`` statements (by the `id` of the statement and the item), and
    faults in `quiet_steps` are the purpose. `raising` gathers the states in which the present step
    may raise."""

    survey: Survey
    semantics: Semantics
    site: nodes.Node | None
    made: Made | None
    recorder: Recorder
    sure: dict[tuple[int, Action], bool]
    private_attributes: frozenset[str]
    guards: dict[tuple[int, int], Guard]
    quiet_steps: frozenset[int]
    raising: list[PathState] | None = None
    step: int = 0
    is_quiet: bool = False
    gave_up: bool = False

    @property
    def is_coroutine(self) -> bool:
        return self.made is not None and self.made.kind is Kind.COROUTINE

    def is_guarded(self) -> bool:
        """Whether a handler, a ``finally`` or a ``with`` stands around the present step."""
        graph = self.survey.graph
        return any(edge.target != graph.exit for edge in graph.steps[self.step].edges)

    def may_raise(self, state: PathState) -> None:
        if self.raising is not None and (not self.raising or self.raising[-1] is not state):
            self.raising.append(state)

    def observe(
        self,
        state: PathState,
        node: nodes.Expression,
        value: Value,
        action: Action,
        *,
        times: int = 1,
        call: nodes.Call | None = None,
    ) -> PathState:
        """`action` is done with `value`, which matters if it is the object itself."""
        if self.site is None:
            key = (id(node), action)
            self.sure[key] = self.sure.get(key, True) and value is Special.COROUTINE
            return state
        if value is not OBJECT or state.status is None:
            return state
        seen = with_trust(state, Trust.DOUBTFUL) if self.is_quiet else state
        self.recorder.use(
            seen,
            node,
            action,
            times=times,
            step=self.step,
            call=call,
            is_guarded=self.is_guarded(),
        )
        if action.is_value_use and not self.is_coroutine:
            return self.escape(state, value)
        if action.consumes and state.status is not State.ESCAPED:
            return _with_status(state, State.USED, node, action)
        if action is Action.CLOSE and state.status is State.PENDING:
            return _with_status(state, State.CLOSED, node, action)
        return state

    def consume(
        self, state: PathState, node: nodes.Expression, value: Value, action: Action
    ) -> PathState:
        """`node` awaits, runs or schedules `value`, or what `value` wraps."""
        if isinstance(value, Wrapper):
            state = self.consume(state, node, value.inner, Action.DELEGATE)
            if value.again:
                state = self.consume(state, node, value.inner, Action.DELEGATE)
            return state
        if isinstance(value, Pack | Some | Reference):
            # A helper that consumes the elements of what it is given.
            for item in elements(state, value):
                state = self.consume(state, node, item, action)
            return state
        return self.observe(state, node, value, action)

    def escape(self, state: PathState, value: Value) -> PathState:
        """`value` goes where others can do anything with it."""
        if isinstance(value, Pack):
            for item in value.items:
                state = self.escape(state, item)
            return state
        if self.site is not None and state.status is not None and holds(state, value):
            self.recorder.escapes = True
            if state.status is not State.ESCAPED:
                state = state.copy()
                state.status = State.ESCAPED
        return forget_box(state, value)

    def hand_back(self, state: PathState, value: Value) -> PathState:
        """`value` is returned to the caller."""
        if self.site is None or state.status is None or not holds(state, value):
            return forget_box(state, value)
        if value is OBJECT:
            self.recorder.returns = True
        elif isinstance(value, Wrapper) and value.inner is OBJECT:
            self.recorder.returns_wrapped = True
        else:
            return self.escape(state, value)
        after = state.copy()
        after.status = State.ESCAPED
        return after

    def give_up(self) -> None:
        """Too much happens at once to say anything about this object."""
        self.gave_up = True


def _with_status(
    state: PathState, status: State, node: nodes.Expression, action: Action
) -> PathState:
    after = state.copy()
    after.status = status
    if state.first is None:
        after.first = (node, action)
    return after


def elements(state: PathState, value: Value) -> list[Value]:
    """What iterating over `value` gives, as far as it holds the object."""
    match value:
        case Pack(items):
            found = list(items)
        case Some(item, many):
            found = [item, item] if many else [item]
        case Reference(box):
            content = state.boxes.get(box)
            found = []
            if content is not None and not content.keyed:
                found = [item for _, item in content.items]
        case _:
            found = []
    return [item for item in found if holds(state, item)]


def exhaust(state: PathState, value: Value) -> PathState:
    """`state` after something iterates over `value`: an iterator is empty then, and what a
    generator expression makes is made."""
    if not isinstance(value, Some) or not (value.once or state.is_unborn):
        return state
    after = state.copy()
    if value.once:
        after.held = {place: held for place, held in state.held.items() if held != value}
    if holds(state, value):
        after.is_unborn = False
    return after


def copied(state: PathState, *values: Value) -> Box:
    """A container with the elements of others."""
    items = tuple((None, item) for value in values for item in elements(state, value))
    return Box(items, only_coroutines=all(each(state, value) is not None for value in values))


def extend(state: PathState, container: Reference, value: Value) -> PathState:
    """`container` with the elements of `value` added."""
    if each(state, value) is None:
        state = add(state, container, None, None)
    for item in elements(state, value):
        state = add(state, container, None, item)
    return state


def as_item(state: PathState, value: Value) -> Value:
    """All that iterating over `value` gives, as one iterable; `None` if it holds nothing."""
    found = elements(state, value)
    if not found:
        return None
    return Some(found[0], len(found) > 1)


# --- calls ---------------------------------------------------------------------------------------


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
            return [_call_method_of_object(following, state, call, callee.attribute, values)]
        if isinstance(receiver, Reference | Pack | Some) and not isinstance(receiver, Pack):
            return _call_method_of_container(
                following, state, call, callee.attribute, receiver, values
            )
    elif receiver is OBJECT or receiver is Special.COROUTINE:
        state = following.observe(state, call, receiver, Action.CALL)
    if not any(isinstance(value, Reference) or holds(state, value) for value in values):
        fresh = _fresh_container(following, call, values)
        if fresh is not None:
            state, reference = new_box(state, id(call), fresh)
            return [(state, reference)]
        return [(state, None)]
    return [_pass_arguments(following, state, call, values)]


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
    if name in _COPIES and len(values) == 1 and not isinstance(first, Special):
        state = exhaust(state, first)
        return new_box(state, id(call), copied(state, first))
    if name in _VIEWS and len(values) == 1 and not isinstance(first, Special):
        return state, _as_iterator(as_item(state, first))
    if name == "builtins.enumerate" and not isinstance(first, Special):
        return state, _as_iterator(_packed(state, first, 1))
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
        elif kind == nodes.DOUBLE_STAR:
            state = following.escape(state, value)
        else:
            state, result = _pass_one(following, state, call, index, value, result)
    return state, result


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
    in_container = isinstance(value, Reference | Pack | Some)
    effect = following.semantics.effect(call, index, in_container)
    if in_container:
        if effect is Effect.VALUE:
            return _want_values(following, state, call, index, value), result
        if effect is Effect.INSPECTS:
            return state, result
        if effect is Effect.RETURNS:
            return state, value
        state = exhaust(state, value)
        if not holds(state, value):
            return following.escape(state, value), result
    # What an argument wraps is consumed by the call that wraps it, not by this one.
    place = call.arguments[index] if isinstance(value, Wrapper) else call
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
        case Effect.CLOSES:
            return following.observe(state, call, value, Action.CLOSE), result
        case Effect.INSPECTS:
            return state, result
        case Effect.VALUE:
            argument = call.arguments[index]
            state = following.observe(state, argument, value, Action.ARGUMENT, call=call)
            following.may_raise(state)
            return state, result
        case Effect.RETURNS:
            return state, value
    return following.escape(state, value), result


def _want_values(
    following: Following, state: PathState, call: nodes.Call, index: int, value: Value
) -> PathState:
    """A call that wants the results of all the elements: ``any(cs)``, ``", ".join(cs)``."""
    state = exhaust(state, value)
    for item in elements(state, value):
        state = following.observe(state, call.arguments[index], item, Action.ARGUMENT, call=call)
    return state


def _reveal(
    following: Following, state: PathState, call: nodes.Call, value: Value
) -> tuple[PathState, Value]:
    if value is OBJECT and state.status is not None:
        following.recorder.reveal(call, state.status)
    return state, None


def _packed(state: PathState, value: Value, position: int) -> Value:
    """The items of `value` as one part of a tuple, as `enumerate` gives them."""
    item = as_item(state, value)
    if not isinstance(item, Some):
        return None
    parts: tuple[Value, ...] = (None,) * position
    return Some(Pack((*parts, item.item)), item.many)


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


# --- methods -------------------------------------------------------------------------------------


def _call_method_of_object(
    following: Following, state: PathState, call: nodes.Call, method: str, values: list[Value]
) -> tuple[PathState, Value]:
    """``c.close()`` and kin. `send` ends in an exception when the coroutine is finished; when it is
    only suspended, it can be sent to again, so that nothing more is said."""
    for value in values:
        state = following.escape(state, value) if value is not OBJECT else state
    if not following.is_coroutine:
        is_task = following.made is not None and following.made.kind is Kind.TASK
        keeps = not is_task or method not in _KEEPS_NO_TASK
        return (following.escape(state, OBJECT) if keeps else state), None
    if method == "close":
        state = following.observe(state, call, OBJECT, Action.CLOSE)
        following.may_raise(state)
        return state, None
    if method in ("send", "throw"):
        was_pending = state.status is State.PENDING
        state = following.observe(state, call, OBJECT, Action.DRIVE)
        following.may_raise(state)
        return (following.escape(state, OBJECT) if was_pending else state), None
    if method == "__await__":
        return state, Wrapper(OBJECT)
    if method not in COROUTINE_ATTRIBUTES:
        state = following.observe(state, call.callee, OBJECT, Action.ATTRIBUTE)
        following.may_raise(state)
    return state, None


# Methods of a task after which nobody holds it but who did before.
_KEEPS_NO_TASK = frozenset({"add_done_callback", "set_name"})
_APPENDING = frozenset({"append", "appendleft", "add"})
_HARMLESS = frozenset({"index", "count", "sort", "reverse", "keys", "remove", "discard"})


def _call_method_of_container(
    following: Following,
    state: PathState,
    call: nodes.Call,
    method: str,
    receiver: Value,
    values: list[Value],
) -> Outcomes:
    if not isinstance(receiver, Reference) or receiver.box not in state.boxes:
        state = following.escape(state, receiver)
        for value in values:
            state = following.escape(state, value)
        return [(state, None)]
    last = values[-1] if values else None
    box = state.boxes[receiver.box]
    if method in _APPENDING and len(values) == 1:
        return [(add(state, receiver, None, last), None)]
    if method == "insert" and len(values) == 2:
        return [(add(state, receiver, None, last), None)]
    if method == "setdefault" and len(values) == 2:
        return [(add(state, receiver, _key_of(call.arguments[0]), last), last)]
    if box.keyed and method in ("get", "pop", "setdefault") and values[:1] == [OBJECT]:
        state = following.observe(state, call.arguments[0], OBJECT, Action.COMPARE)
    if method in ("extend", "update") and len(values) == 1 and not isinstance(last, Special):
        return [(extend(exhaust(state, last), receiver, last), None)]
    if method == "clear" and not values:
        return [(with_box(state, receiver.box, box._replace(items=())), None)]
    if method == "copy" and not values:
        state, reference = new_box(state, id(call), box)
        return [(state, reference)]
    if method == "values" and not values:
        others = Some(Special.COROUTINE) if box.only_coroutines else None
        return [(state, as_item(state, _unkeyed(box)) or others)]
    if method == "sort" and not values and box.only_coroutines:
        for item in elements(state, receiver):
            state = following.observe(state, call, item, Action.OPERATE)
        following.may_raise(state)
        return [(state, None)]
    if method == "items" and not values:
        return [(state, _packed(state, _unkeyed(box), 1))]
    if method in ("pop", "popleft", "get"):
        key = _key_of(call.arguments[0]) if values else None
        return take(state, receiver, key, removes=method != "get")
    if method in _HARMLESS:
        return [(state, None)]
    for value in [receiver, *values]:
        state = following.escape(state, value)
    return [(state, None)]


def _unkeyed(box: Box) -> Value:
    return Pack(tuple(item for _, item in box.items))


def _key_of(expression: nodes.Expression) -> Key:
    known = constant(expression)
    return known.value if isinstance(known, Known) else None


def take(state: PathState, container: Value, key: Key, *, removes: bool) -> Outcomes:
    """Reads the element at `key` (`None`: some element) of a container."""
    if isinstance(container, Pack):
        if isinstance(key, int) and -len(container.items) <= key < len(container.items):
            return [(state, container.items[key])]
        return [(with_trust(state, Trust.DOUBTFUL), None)]
    if not isinstance(container, Reference) or container.box not in state.boxes:
        return [(state, None)]
    box = state.boxes[container.box]
    outcomes: Outcomes = []
    for index, (place, value) in enumerate(box.items):
        if key is not None and place is not None and place != key:
            continue
        after = state
        if removes:
            items = box.items[:index] + box.items[index + 1 :]
            after = with_box(state, container.box, box._replace(items=items))
        is_sure = removes or place is not None
        outcomes.append((after if is_sure else with_trust(after, Trust.DOUBTFUL), value))
        if key is not None and place == key:
            return [outcomes[-1]]
    if box.items and any(place is None or key is None for place, _ in box.items):
        outcomes.append((with_trust(state, Trust.DOUBTFUL), None))
    return outcomes or [(state, None)]
