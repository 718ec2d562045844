"""Binding: what assigning to a target, or deleting it, does to the places that hold the object."""

from __future__ import annotations

from corolint.lifecycle.conditions import place_of
from corolint.lifecycle.containers import add, key_of, new_box, places_in, with_box
from corolint.lifecycle.evaluation import evaluate, evaluate_two
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.state import PathState, bind, forget, holds
from corolint.lifecycle.values import OBJECT, Box, Kept, Key, Pack, Reference, Some, Special, Value
from corolint.syntax import nodes


def assign(
    following: Following, target: nodes.Expression, value: Value, state: PathState
) -> list[PathState]:
    """Binds `target` to `value`."""
    if following.site is not None and holds(state, value):
        for portion in list(places_in(state, value)):
            if following.semantics.refuses(target, portion):
                state = following.observe(state, target, OBJECT, Action.STORE, portion=portion)
    match target:
        case nodes.Name(name=name):
            return [_assign_name(following, name, value, state)]
        case nodes.Attribute():
            return _assign_attribute(following, target, value, state)
        case nodes.Subscript():
            return _assign_element(following, target, value, state)
        case nodes.Tuple() | nodes.List():
            return _unpack(following, target, value, state)
        case nodes.Starred(value=inner):
            return assign(following, inner, value, state)
    return [state]


def _assign_name(following: Following, name: str, value: Value, state: PathState) -> PathState:
    if name in following.survey.captured:
        if following.site is not None and value is OBJECT:
            following.recorder.captured[name] = None
        state = following.escape(state, value)
        if name in following.survey.rebound or not isinstance(value, Special):
            return forget(state, name)
        return bind(state, name, value)
    lost = [place for place in state.held if place.startswith(name + ".")]
    for place in lost if name not in following.survey.owned else ():
        state = following.escape(state, state.held[place])
    if name in following.survey.interesting:
        if holds(state, value):
            following.recorder.names[name] = None
        elif following.site is not None and name not in following.survey.tested:
            value = None if isinstance(value, Special) else value  # nobody will ask
        return bind(state, name, value)
    return forget(following.escape(state, value), name)


def _assign_attribute(
    following: Following, target: nodes.Attribute, value: Value, state: PathState
) -> list[PathState]:
    states: list[PathState] = []
    for after, receiver in evaluate(following, target.value, state):
        after = following.observe(after, target, receiver, Action.ATTRIBUTE)
        if isinstance(receiver, Kept) and receiver.attribute == target.attribute:
            after = following.escape(after, receiver)
        place = place_of(target)
        after = following.hand(after, target, value, None)
        if place is None:
            states.append(following.escape(after, value))
            continue
        if holds(after, value) or isinstance(value, Reference | Pack | Some):
            root = place.partition(".")[0]
            is_seen = target.attribute not in following.private_attributes
            if is_seen and root not in following.survey.owned:
                if value is not OBJECT:
                    states.append(forget(following.escape(after, value), place))
                    continue
                after = following.expose(after)
            following.recorder.names[place] = None
        states.append(bind(after, place, value))
    return states


def _assign_element(
    following: Following, target: nodes.Subscript, value: Value, state: PathState
) -> list[PathState]:
    states: list[PathState] = []
    for after, (receiver, _) in evaluate_two(following, target.value, target.index, state):
        after = following.observe(after, target, receiver, Action.SUBSCRIPT)
        if isinstance(receiver, Reference) and receiver.box in after.boxes:
            states.append(add(after, receiver, key_of(target.index), value))
        else:
            after = following.hand(after, target, value, None)
            states.append(following.escape(after, value))
    return states


def _unpack(
    following: Following, target: nodes.Collection, value: Value, state: PathState
) -> list[PathState]:
    """``a, b = value``"""
    state = following.observe(state, target, value, Action.ITERATE)
    count = len(target.elements)
    parts: list[Value] = [None] * count
    has_star = any(isinstance(element, nodes.Starred) for element in target.elements)
    if isinstance(value, Pack) and len(value.items) == count and not has_star:
        parts = list(value.items)
    elif isinstance(value, Pack) and has_star:
        state, parts = _unpack_star(target, value, state)
    elif isinstance(value, Reference) and value.box in state.boxes and not has_star:
        box = state.boxes[value.box]
        for key, item in box.items:
            if isinstance(key, int) and 0 <= key < count and not box.keyed:
                parts[key] = item
            else:
                state = following.escape(state, item)
    elif value is not OBJECT:
        state = following.escape(state, value)
    states = [state]
    for element, part in zip(target.elements, parts, strict=True):
        states = [after for before in states for after in assign(following, element, part, before)]
    return states


def _unpack_star(
    target: nodes.Collection, value: Pack, state: PathState
) -> tuple[PathState, list[Value]]:
    """``a, *b = x, y, z``: the starred target gets a list."""
    star = next(i for i, e in enumerate(target.elements) if isinstance(e, nodes.Starred))
    after = len(target.elements) - star - 1
    rest = value.items[star : len(value.items) - after]
    state, box = new_box(state, id(target), Box(tuple(enumerate(rest))))
    last = value.items[len(value.items) - after :] if after else ()
    return state, [*value.items[:star], box, *last]


def delete(following: Following, target: nodes.Expression, state: PathState) -> list[PathState]:
    """``del target``"""
    match target:
        case nodes.Subscript():
            states = []
            for after, (receiver, _) in evaluate_two(following, target.value, target.index, state):
                if isinstance(receiver, Reference) and receiver.box in after.boxes:
                    after = _delete_element(after, receiver, key_of(target.index))
                states.append(after)
            return states
        case nodes.Tuple() | nodes.List():
            states = [state]
            for element in target.elements:
                states = [after for one in states for after in delete(following, element, one)]
            return states
    place = place_of(target)
    return [forget(state, place) if place is not None else state]


def _delete_element(state: PathState, receiver: Reference, key: Key) -> PathState:
    box = state.boxes[receiver.box]
    items = tuple(pair for pair in box.items if key is None or pair[0] != key)
    return with_box(state, receiver.box, box._replace(items=items))
