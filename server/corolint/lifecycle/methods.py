"""Calls of methods: on the object itself (``c.close()``), and on containers (``cs.append(c)``)."""

from __future__ import annotations

from corolint.lifecycle.containers import (
    add,
    as_item,
    elements,
    exhaust,
    extend,
    key_of,
    new_box,
    take,
    with_box,
)
from corolint.lifecycle.following import COROUTINE_ATTRIBUTES, Following
from corolint.lifecycle.history import Action, State
from corolint.lifecycle.state import Outcomes, PathState
from corolint.lifecycle.values import OBJECT, Box, Pack, Reference, Some, Special, Value, Wrapper
from corolint.semantics import Kind
from corolint.syntax import nodes


def packed(state: PathState, value: Value, position: int) -> Value:
    """The items of `value` as one part of a tuple, as `enumerate` gives them."""
    item = as_item(state, value)
    if not isinstance(item, Some):
        return None
    parts: tuple[Value, ...] = (None,) * position
    return Some(Pack((*parts, item.item)), item.many)


def call_method_of_object(
    following: Following, state: PathState, call: nodes.Call, method: str, values: list[Value]
) -> tuple[PathState, Value]:
    """``c.close()`` and kin. `send` ends in an exception when the coroutine is finished; when it is
    only suspended, it can be sent to again, so that nothing more is said."""
    for value in values:
        state = following.escape(state, value) if value is not OBJECT else state
    if not following.is_coroutine:
        if following.made is not None and following.made.kind is Kind.AWAITABLE:
            state = following.observe(state, call.callee, OBJECT, Action.ATTRIBUTE)
        is_task = following.made is not None and following.made.kind is Kind.TASK
        keeps = not is_task or method not in _KEEPS_NO_TASK
        return (following.escape(state, OBJECT) if keeps else state), None
    if method == "close":
        return following.observe(state, call, OBJECT, Action.CLOSE), None
    if method in ("send", "throw"):
        return drive(following, state, call, OBJECT), None
    if method == "__await__":
        return state, Wrapper(OBJECT)
    if method not in COROUTINE_ATTRIBUTES:
        state = following.observe(state, call.callee, OBJECT, Action.ATTRIBUTE)
        following.may_raise(state)
    return state, None


def drive(following: Following, state: PathState, call: nodes.Call, value: Value) -> PathState:
    """One step of the object, by its own `send` or through the iterator of ``c.__await__()``."""
    was_pending = state.status is State.PENDING
    state = following.consume(state, call, value, Action.DRIVE)
    following.may_raise(state)
    return following.escape(state, OBJECT) if was_pending else state


# Methods of a task after which nobody holds it but who did before.
_KEEPS_NO_TASK = frozenset({"add_done_callback", "set_name"})
_APPENDING = frozenset({"append", "appendleft", "add"})
_EXTENDING = frozenset({"extend", "update"})
_HARMLESS = frozenset({"index", "count", "sort", "reverse", "keys", "remove", "discard"})


def call_method_of_container(
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
        return [(add(state, receiver, key_of(call.arguments[0]), last), last)]
    if box.keyed and method in ("get", "pop", "setdefault") and values[:1] == [OBJECT]:
        state = following.observe(state, call.arguments[0], OBJECT, Action.COMPARE)
    if method in _EXTENDING and values == [OBJECT] and following.is_coroutine:
        state = following.observe(state, call.arguments[0], OBJECT, Action.ITERATE)
        following.may_raise(state)
        return [(state, None)]
    if method in _EXTENDING and len(values) == 1 and not isinstance(last, Special):
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
        return [(state, packed(state, _unkeyed(box), 1))]
    if method in ("pop", "popleft", "get"):
        key = key_of(call.arguments[0]) if values else None
        return take(state, receiver, key, removes=method != "get")
    if method in _HARMLESS:
        return [(state, None)]
    for value in [receiver, *values]:
        state = following.escape(state, value)
    return [(state, None)]


def _unkeyed(box: Box) -> Value:
    return Pack(tuple(item for _, item in box.items))
