"""Tuples, lists, sets and dicts as they are written down, their parts, and ``[c] * n``."""

from __future__ import annotations

from corolint.lifecycle.containers import each, elements, exhaust, key_of, new_box, take
from corolint.lifecycle.evaluation import evaluate_all, evaluate_two
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.state import Outcomes, PathState, holds
from corolint.lifecycle.values import OBJECT, Box, Key, Known, Pack, Reference, Special, Value
from corolint.syntax import nodes


def display(following: Following, node: nodes.Collection, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
    for after, values in evaluate_all(following, node.elements, state):
        items: list[tuple[Key, Value]] = []
        is_counted = True
        for index, (element, value) in enumerate(zip(node.elements, values, strict=True)):
            if isinstance(element, nodes.Starred):
                is_counted = False
                after = following.observe(after, element, value, Action.ITERATE)
                after = exhaust(after, value)
                items += [(None, item) for item in elements(after, value)]
            elif holds(after, value):
                items.append((index if is_counted else None, value))
        if isinstance(node, nodes.Tuple) and is_counted:
            keeps = _matters(following, after, values)
            outcomes.append((after, Pack(tuple(values)) if keeps else None))
        else:
            are_coroutines = all(value in (OBJECT, Special.COROUTINE) for value in values)
            content = Box(tuple(items), only_coroutines=are_coroutines)
            outcomes.append(new_box(after, id(node), content))
    return outcomes


def _matters(following: Following, state: PathState, values: list[Value]) -> bool:
    """Whether a tuple is worth remembering. The base run also keeps those of other objects."""
    if following.site is None and Special.COROUTINE in values:
        return True
    return any(isinstance(value, Reference) or holds(state, value) for value in values)


def dict_display(following: Following, node: nodes.Dict, state: PathState) -> Outcomes:
    keys = [key for key in node.keys if key is not None]
    outcomes: Outcomes = []
    for after, _ in evaluate_all(following, keys, state):
        for last, values in evaluate_all(following, node.values, after):
            items: list[tuple[Key, Value]] = []
            for key, value in zip(node.keys, values, strict=True):
                if key is None and value is OBJECT:
                    last = following.observe(last, node, value, Action.ITERATE)
                elif key is None:
                    last = following.escape(last, value)
                elif holds(last, value):
                    items.append((key_of(key), value))
            are_coroutines = all(value in (OBJECT, Special.COROUTINE) for value in values)
            content = Box(tuple(items), keyed=True, only_coroutines=are_coroutines)
            outcomes.append(new_box(last, id(node), content))
    return outcomes


def subscript(following: Following, node: nodes.Subscript, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
    for after, (receiver, index) in evaluate_two(following, node.value, node.index, state):
        after = following.observe(after, node, receiver, Action.SUBSCRIPT)
        after = following.observe(after, node.index, index, Action.COMPARE)
        following.may_raise(after)
        if isinstance(node.index, nodes.Slice):
            outcomes.append((following.escape(after, receiver), None))
        elif isinstance(receiver, Pack) or holds(after, receiver):
            outcomes += take(after, receiver, key_of(node.index), removes=False)
        elif isinstance(receiver, Reference):
            outcomes.append((after, _element(after, receiver)))
        else:
            outcomes.append((after, None))
    return outcomes


def _element(state: PathState, container: Reference) -> Value:
    """Any element of a container without the object."""
    content = state.boxes.get(container.box)
    is_sure = content is not None and content.only_coroutines
    return Special.COROUTINE if is_sure else None


def slice_of(following: Following, node: nodes.Slice, state: PathState) -> Outcomes:
    parts = [part for part in (node.lower, node.upper, node.step) if part is not None]
    return [(after, None) for after, _ in evaluate_all(following, parts, state)]


def repeat(
    state: PathState, node: nodes.BinaryOperation, left: Reference, right: Value
) -> tuple[PathState, Value]:
    """``[c] * n``"""
    items = elements(state, left)
    is_counted = isinstance(right, Known) and isinstance(right.value, int)
    times = right.value if isinstance(right, Known) and isinstance(right.value, int) else 2
    is_single = isinstance(node.left, nodes.List) and len(node.left.elements) == 1
    content = Box(
        tuple(
            (index if is_counted and is_single else None, item)
            for item in items
            for index in range(min(times, 4))
        ),
        only_coroutines=each(state, left) is not None,
    )
    return new_box(state, id(node), content)
