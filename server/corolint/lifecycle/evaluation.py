"""Evaluates expressions on an abstract state, in Python's order.

Each evaluation gives *outcomes*: pairs of the state afterwards and the value. There is more than
one when the expression itself decides something: ``x = f() if a else None`` leaves two, one in
which `a` is true and `x` holds the object, and one in which `a` is false and `x` is ``None``.
"""

from __future__ import annotations

from collections.abc import Iterable

from corolint.lifecycle.conditions import is_known_plain
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import State
from corolint.lifecycle.state import Outcomes, PathState
from corolint.lifecycle.values import OBJECT, Special, Trust, Value
from corolint.semantics import Kind
from corolint.syntax import nodes

_MOST_OUTCOMES = 12


def evaluate(following: Following, node: nodes.Expression, state: PathState) -> Outcomes:
    """All outcomes of evaluating `node` in `state`."""
    handler = following.handlers.get(type(node))
    outcomes: Outcomes = [(state, None)]
    if handler is not None:
        outcomes = handler(following, node, state)
    site = following.survey.sites.get(id(node))
    if site is not None:
        outcomes = [_make(following, node, after, value) for after, value in outcomes]
    if len(outcomes) > _MOST_OUTCOMES:
        following.give_up()
        return outcomes[:_MOST_OUTCOMES]
    return outcomes


def _make(
    following: Following, node: nodes.Expression, state: PathState, value: Value
) -> tuple[PathState, Value]:
    """A site was evaluated: it makes the object that is followed, or another one."""
    if node is following.site and state.status is None:
        if isinstance(node, nodes.Call) and is_known_plain(node.callee, state):
            return state, None
        made = state.copy()
        made.status = State.PENDING
        made.trust = Trust.SURE  # an exception before it was made is none of its story
        made.exception = None
        return made, OBJECT
    if value is not None:
        return state, value
    made_here = following.survey.sites[id(node)][1]
    if not made_here.certain:
        return state, None
    return state, Special.COROUTINE if made_here.kind is Kind.COROUTINE else Special.TRUTHY


def evaluate_all(
    following: Following, expressions: Iterable[nodes.Expression], state: PathState
) -> list[tuple[PathState, list[Value]]]:
    """All outcomes of evaluating several expressions in turn."""
    results: list[tuple[PathState, list[Value]]] = [(state, [])]
    for expression in expressions:
        results = [
            (after, [*values, value])
            for before, values in results
            for after, value in evaluate(following, expression, before)
        ]
        if len(results) > _MOST_OUTCOMES:
            following.give_up()
            results = results[:_MOST_OUTCOMES]
    return results


def evaluate_two(
    following: Following, first: nodes.Expression, second: nodes.Expression, state: PathState
) -> list[tuple[PathState, tuple[Value, Value]]]:
    return [
        (after, (values[0], values[1]))
        for after, values in evaluate_all(following, (first, second), state)
    ]
