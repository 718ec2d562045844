"""Conditions that decide: in which states a test is true, and in which it is false.

`conditions` knows what a state says of a test by its spelling; here the test is evaluated first,
so that it is seen as a use of the object, and may be a question about it (``isawaitable(c)``).
"""

from __future__ import annotations

from corolint.lifecycle.conditions import assume, decide, place_of
from corolint.lifecycle.evaluation import evaluate
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.questions import answer_about_object
from corolint.lifecycle.state import PathState, read, truth, with_trust
from corolint.lifecycle.values import Pack, Reference, Trust, Value
from corolint.syntax import nodes


def branch(
    following: Following, test: nodes.Expression, state: PathState
) -> tuple[list[PathState], list[PathState]]:
    """The states in which `test` is true, and those in which it is false."""
    match test:
        case nodes.UnaryOperation(operator="not", operand=operand):
            when_true, when_false = branch(following, operand, state)
            return when_false, when_true
        case nodes.BooleanOperation(operator=operator, values=values):
            going = [state]
            decided: list[PathState] = []
            for operand in values:
                next_going: list[PathState] = []
                for before in going:
                    when_true, when_false = branch(following, operand, before)
                    next_going += when_true if operator == "and" else when_false
                    decided += when_false if operator == "and" else when_true
                going = next_going
            return (going, decided) if operator == "and" else (decided, going)
    when_true, when_false = [], []
    for after, value in evaluate(following, test, state):
        after = following.observe(after, test, value, Action.CONDITION)
        decide_branch(following, test, after, value, when_true, when_false)
    return when_true, when_false


def decide_branch(
    following: Following,
    test: nodes.Expression,
    state: PathState,
    value: Value,
    when_true: list[PathState],
    when_false: list[PathState],
) -> None:
    outcome, is_stale = truth(state, value), False
    if outcome is None:
        outcome = answer_about_object(following, test, state)
    if outcome is None:
        outcome = _ask_about_length(test, state)
    if outcome is None:
        outcome, is_stale = decide(test, state)
    if outcome is not False or is_stale:
        doubted = is_stale and outcome is False
        after = with_trust(state, Trust.DOUBTFUL) if doubted else state
        when_true.append(after if outcome is not None else assume(test, state, True))
    if outcome is not True or is_stale:
        doubted = is_stale and outcome is True
        after = with_trust(state, Trust.DOUBTFUL) if doubted else state
        when_false.append(after if outcome is not None else assume(test, state, False))


def _ask_about_length(test: nodes.Expression, state: PathState) -> bool | None:
    """The answer of ``len(cs) > 0`` and kin where `cs` is a container of which something is known.

    A list that holds the object is not empty; one that does not may hold others.
    """
    is_empty = False
    if isinstance(test, nodes.Comparison):
        if len(test.operators) != 1 or not isinstance(test.comparators[0], nodes.Number):
            return None
        asked = (test.operators[0], test.comparators[0].value)
        is_empty = asked in _ASK_FOR_NOTHING
        if not is_empty and asked not in _ASK_FOR_SOMETHING:
            return None
        test = test.left
    match test:
        case nodes.Call(callee=nodes.Name(name="len"), arguments=[counted]):
            place = place_of(counted)
            known = None if place is None else read(state, place)
            if isinstance(known, Reference | Pack):
                outcome = truth(state, known)
                return None if outcome is None else outcome is not is_empty
    return None


_ASK_FOR_SOMETHING = frozenset({(">", 0), ("!=", 0), (">=", 1)})
_ASK_FOR_NOTHING = frozenset({("==", 0), ("<", 1), ("<=", 0)})
