"""Comprehensions: loops of their own scope that give a container or an iterator.

The turns are run at most twice: that shows an object that is made in one turn and one that is used
again in the next. What an iterable holds is gone through exactly once.
"""

from __future__ import annotations

from corolint.lifecycle.branches import branch
from corolint.lifecycle.containers import as_item, exhaust, new_box
from corolint.lifecycle.evaluation import _MOST_OUTCOMES, evaluate, evaluate_all
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.iteration import is_never_empty, is_one
from corolint.lifecycle.state import Outcomes, PathState, bind, holds
from corolint.lifecycle.values import OBJECT, Box, Pack, Reference, Some, Special, Value
from corolint.syntax import nodes


def comprehension(following: Following, node: nodes.Comprehension, state: PathState) -> Outcomes:
    """A loop of its own scope. What it gives holds the object if one of its turns gives it."""
    hidden = {name for generator in node.generators for name in _names(generator.target)}
    saved = {name: state.held[name] for name in hidden if name in state.held}
    facts = {name: state.facts[name] for name in hidden if name in state.facts}
    was_made = state.status is not None
    outcomes: Outcomes = []
    for after, produced in _turns(following, node, 0, state):
        if (
            saved
            or facts
            or not hidden.isdisjoint(after.held)
            or not hidden.isdisjoint(after.facts)
        ):
            after = after.copy()
            held = {place: value for place, value in after.held.items() if place not in hidden}
            known = {text: fact for text, fact in after.facts.items() if text not in hidden}
            after.held, after.facts = held | saved, known | facts
        if not was_made and after.status is not None and node.kind == "generator":
            after = after.copy()
            after.is_unborn = True
        outcomes.append(_gather(node, after, produced))
    return outcomes


def _gather(
    node: nodes.Comprehension, state: PathState, produced: tuple[Value, ...]
) -> tuple[PathState, Value]:
    holding = [value for value in produced if holds(state, value)]
    if node.kind == "generator":
        return state, Some(holding[0], len(holding) > 1, True) if holding else None
    are_coroutines = all(value in (OBJECT, Special.COROUTINE) for value in produced)
    content = Box(
        tuple((None, value) for value in holding),
        keyed=node.kind == "dict",
        only_coroutines=are_coroutines,
    )
    return new_box(state, id(node), content)


def _turns(
    following: Following, node: nodes.Comprehension, index: int, state: PathState
) -> list[tuple[PathState, tuple[Value, ...]]]:
    """Runs the generators from `index` on; gives what all the turns together produce."""
    if index == len(node.generators):
        parts = [node.element] if node.key is None else [node.key, node.element]
        return [(after, (values[-1],)) for after, values in evaluate_all(following, parts, state)]
    generator = node.generators[index]
    results: list[tuple[PathState, tuple[Value, ...]]] = []
    for after, value in evaluate(following, generator.iterable, state):
        after = following.observe(
            after,
            generator.iterable,
            value,
            Action.ASYNC_ITERATE if generator.is_async else Action.ITERATE,
        )
        following.may_raise(after)
        after = exhaust(after, value)
        item = as_item(after, value)
        if isinstance(item, Some):
            once = _turn(following, node, index, after, item.item)
            results += _again(following, node, index, once, item.item) if item.many else once
            continue
        if isinstance(value, Pack | Some | Reference) and holds(after, value):
            after = following.escape(after, value)
        if not is_never_empty(generator.iterable):
            results.append((after, ()))
        once = _turn(following, node, index, after, None)
        results += once
        if not is_one(generator.iterable):
            results += _again(following, node, index, once, None)
    if len(results) > _MOST_OUTCOMES:
        following.give_up()
    return results[:_MOST_OUTCOMES]


def _again(
    following: Following,
    node: nodes.Comprehension,
    index: int,
    before: list[tuple[PathState, tuple[Value, ...]]],
    item: Value,
) -> list[tuple[PathState, tuple[Value, ...]]]:
    return [
        (after, (*produced, *more))
        for state, produced in before
        for after, more in _turn(following, node, index, state, item)
    ]


def _turn(
    following: Following, node: nodes.Comprehension, index: int, state: PathState, item: Value
) -> list[tuple[PathState, tuple[Value, ...]]]:
    """One turn of one generator: bind, test the conditions, go on inside."""
    generator = node.generators[index]
    going = _bind_turn(generator.target, item, state)
    results: list[tuple[PathState, tuple[Value, ...]]] = []
    for condition in generator.conditions:
        next_going: list[PathState] = []
        for before in going:
            when_true, when_false = branch(following, condition, before)
            next_going += when_true
            results += [(after, ()) for after in when_false]
        going = next_going
    for before in going:
        results += _turns(following, node, index + 1, before)
    return results


def _bind_turn(target: nodes.Expression, item: Value, state: PathState) -> list[PathState]:
    match target:
        case nodes.Name(name=name):
            return [bind(state, name, item)]
        case nodes.Tuple() | nodes.List():
            parts: list[Value] = [None] * len(target.elements)
            if isinstance(item, Pack) and len(item.items) == len(parts):
                parts = list(item.items)
            states = [state]
            for element, part in zip(target.elements, parts, strict=True):
                states = [after for one in states for after in _bind_turn(element, part, one)]
            return states
    return [state]


def _names(target: nodes.Expression) -> list[str]:
    match target:
        case nodes.Name(name=name):
            return [name]
        case nodes.Tuple() | nodes.List():
            return [name for element in target.elements for name in _names(element)]
        case nodes.Starred(value=value):
            return _names(value)
    return []
