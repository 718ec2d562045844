"""Containers: what lists, dicts, tuples and iterators hold, and what taking from them gives.

In ``cs = [f()]``, ``ds = cs``, ``ds.append(g())`` both names hold a `Reference` to one `Box`: a
change through one name is seen through the other. A box remembers only the elements that hold the
object, with their keys where these are constant.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.lifecycle.conditions import constant
from corolint.lifecycle.state import Outcomes, PathState, holds, with_trust
from corolint.lifecycle.values import (
    COROUTINE,
    OBJECT,
    Box,
    Kept,
    Key,
    Known,
    Pack,
    Reference,
    Rest,
    Some,
    Trust,
    Turning,
    Value,
    Wrapper,
)
from corolint.semantics import Portion
from corolint.syntax import nodes


def with_box(state: PathState, box: int, content: Box) -> PathState:
    after = state.copy()
    after.boxes = {**state.boxes, box: content}
    return after


def new_box(state: PathState, site: int, content: Box) -> tuple[PathState, Reference]:
    """Makes a container at `site`. One that an earlier turn made there and that still holds the
    object keeps its own identity."""
    box = site
    while box in state.boxes and holds(state, Reference(box)) and box > -site:
        box = -site
    return with_box(state, box, content), Reference(box)


def add(state: PathState, reference: Reference, key: Key, value: Value) -> PathState:
    """Puts `value` into a container, replacing what was at the same known key."""
    box = state.boxes[reference.box]
    if box.only_coroutines and value is not OBJECT and value is not COROUTINE:
        box = box._replace(only_coroutines=False)
        state = with_box(state, reference.box, box)
    items = box.items if key is None else tuple(pair for pair in box.items if pair[0] != key)
    if holds(state, value):
        # What is in it twice is in it often enough.
        if key is not None or items.count((key, value)) < 2:
            items = (*items, (key, value))
    elif items is box.items or items == box.items:
        return state
    return with_box(state, reference.box, box._replace(items=items))


def each(state: PathState, value: Value) -> Value:
    """What iterating over `value` surely gives each time: coroutine objects, or nobody knows."""
    match value:
        case Pack(items) if items and all(item in (OBJECT, COROUTINE) for item in items):
            return COROUTINE
        case Some(item=item):
            return COROUTINE if item in (OBJECT, COROUTINE) else None
        case Reference(box):
            content = state.boxes.get(box)
            if content is not None and content.only_coroutines and not content.keyed:
                return COROUTINE
    return None


def forget_box(state: PathState, value: Value) -> PathState:
    """A container went where it can be changed by others: nothing is known of it any more."""
    if not isinstance(value, Reference):
        return state
    after = state.copy()
    after.held = {place: held for place, held in state.held.items() if held != value}
    return after


def collect(state: PathState) -> PathState:
    """`state` without the containers that nothing refers to any more."""
    if not state.boxes:
        return state
    reached: set[int] = set()
    stack = list(state.held.values())
    while stack:
        value = stack.pop()
        match value:
            case Reference(box):
                if box in state.boxes and box not in reached:
                    reached.add(box)
                    stack.extend(item for _, item in state.boxes[box].items)
            case Pack(items) | Rest(items):
                stack.extend(items)
            case Some(item=item) | Turning(item=item) | Wrapper(inner=item) | Kept(inner=item):
                stack.append(item)
    if len(reached) == len(state.boxes):
        return state
    after = state.copy()
    after.boxes = {box: content for box, content in state.boxes.items() if box in reached}
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


def places_in(state: PathState, value: Value, depth: int = 3) -> Iterator[tuple[Portion, ...]]:
    """Where in a container the object stands; the empty path if `value` is the object itself."""
    if value is OBJECT:
        yield ()
    parts: list[tuple[Portion, Value]] = []
    match value:
        case Pack(items):
            parts = list(enumerate(items))
        case Reference(box) if (content := state.boxes.get(box)) is not None:
            if content.keyed:
                parts = [(key if isinstance(key, str) else "", item) for key, item in content.items]
            else:
                parts = [(None, item) for _, item in content.items]
        case Some(item=item):
            parts = [(None, item)]
    for part, inner in parts if depth else ():
        for path in places_in(state, inner, depth - 1):
            yield (part, *path)


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


def key_of(expression: nodes.Expression) -> Key:
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
