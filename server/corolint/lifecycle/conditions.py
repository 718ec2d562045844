"""Conditions: what a state says about a test, and what a test says about the state after it.

Conditions are compared by their spelling. After ``if mode == "a": c = f()`` the state in which `c`
is held knows ``mode`` to be ``"a"``; a later ``if mode == "a":`` is therefore true there, and
``if mode == "b":`` false, as long as nothing assigns to `mode`. A condition on an attribute grows
stale when other code ran in between: then the contradicting path is not cut off but *doubted*, as
is the one on which something true is not ``True``. A condition that calls a method was never more
than probable; one that calls a plain function (``coin()``) says nothing about the next call.
"""

from __future__ import annotations

from corolint.evaluation import children
from corolint.lifecycle.state import LASTING_QUESTIONS, PathState, read, truth, with_fact
from corolint.lifecycle.values import OBJECT, Fact, Known, Special, Value
from corolint.spelling import is_exact, spell
from corolint.syntax import nodes

_NEGATED = {"is not": "is", "!=": "==", "not in": "in", ">=": "<", ">": "<="}
_MOST_FACTS = 24


def constant(expression: nodes.Expression) -> Known | None:
    """The value of a literal."""
    match expression:
        case nodes.Name(name="None"):
            return Known("None", None)
        case nodes.Name(name="True" | "False"):
            return Known("bool", expression.name == "True")
        case nodes.Number() if expression.value is not None:
            return Known("int", expression.value)
        case nodes.String():
            return Known("str", expression.value)
        case nodes.UnaryOperation(operator="-", operand=nodes.Number() as number):
            return Known("int", -number.value) if number.value is not None else None
    return None


def place_of(expression: nodes.Expression) -> str | None:
    """``a`` and ``a.b.c`` as text, `None` for everything else."""
    depth = 0
    node = expression
    while isinstance(node, nodes.Attribute):
        node = node.value
        depth += 1
    if isinstance(node, nodes.Name) and depth <= 3:
        return spell(expression)
    return None


def decide(test: nodes.Expression, state: PathState) -> tuple[bool | None, bool]:
    """Whether an atomic test is true in `state` (`None`: either), and whether that is stale."""
    if isinstance(test, nodes.Walrus):
        test = test.target
    if isinstance(test, nodes.UnaryOperation) and test.operator == "not":
        outcome, is_stale = decide(test.operand, state)
        return None if outcome is None else not outcome, is_stale
    place = place_of(test)
    if place is not None:
        value = read(state, place)
        if value is not None:
            return truth(state, value), False
        for constant_truth in (True, False):  # what is not ``True`` is false, most likely
            if state.facts.get(f"{place} is {constant_truth}") is Fact.FALSE:
                return not constant_truth, True
    elif isinstance(test, nodes.Comparison):
        found = _compare(test, state)
        if found is not None:
            return found, False
        likely = _compare_with_truth(test, state)
        if likely is not None:
            return likely, True
    key, positive = _key(test)
    fact = state.facts.get(key) if key else None
    if isinstance(fact, Fact):
        stale = fact in (Fact.STALE_TRUE, Fact.STALE_FALSE)
        return (fact in (Fact.TRUE, Fact.STALE_TRUE)) is positive, stale
    return None, False


def assume(test: nodes.Expression, state: PathState, outcome: bool) -> PathState:
    """`state` where the atomic `test` turned out to be `outcome`."""
    if len(state.facts) >= _MOST_FACTS:
        return state
    if isinstance(test, nodes.Walrus):
        test = test.target
    if isinstance(test, nodes.UnaryOperation) and test.operator == "not":
        return assume(test.operand, state, not outcome)
    key, positive = _key(test)
    if not key:
        return state
    if place_of(test) is not None:
        if state.held.get(key) is not None or isinstance(state.facts.get(key), Known):
            return state
        if outcome and state.facts.get(key) is Special.COROUTINE:
            return state
        return with_fact(state, key, Fact.TRUE if outcome else Fact.FALSE)
    holds = outcome is positive
    if holds and isinstance(test, nodes.Comparison) and test.operators[0] in _EQUALITY:
        place = place_of(test.left)
        value = constant(test.comparators[0])
        if place is not None and value is not None:
            return state if place in state.held else with_fact(state, place, value)
    if _is_passing(test):
        return with_fact(state, key, Fact.STALE_TRUE if holds else Fact.STALE_FALSE)
    return with_fact(state, key, Fact.TRUE if holds else Fact.FALSE)


_EQUALITY = frozenset({"is", "is not", "==", "!="})


def _key(test: nodes.Expression) -> tuple[str, bool]:
    """The spelling under which a test is remembered, and whether the test is that or its
    opposite. "" when nothing can be remembered of it."""
    positive = True
    text = spell(test)
    if isinstance(test, nodes.Comparison):
        if len(test.operators) != 1:
            return "", True
        operator = test.operators[0]
        if operator in _NEGATED:
            positive = False
            right = spell(test.comparators[0])
            text = f"{spell(test.left)} {_NEGATED[operator]} {right}"
    if not is_exact(text) or not _is_repeatable(test):
        return "", True
    return text, positive


def _is_repeatable(test: nodes.Expression) -> bool:
    """Whether asking again can be expected to give the same answer."""
    stack = [test]
    while stack:
        node = stack.pop()
        match node:
            case nodes.Await() | nodes.Walrus() | nodes.Yield() | nodes.YieldFrom():
                return False
            case nodes.Call(callee=nodes.Name(name=name)) if name not in LASTING_QUESTIONS:
                return False
            case nodes.Call(callee=nodes.Name() | nodes.Attribute()):
                pass
            case nodes.Call():
                return False
        stack.extend(children(node))
    return True


def _is_passing(test: nodes.Expression) -> bool:
    """Whether the answer comes from a method, which may answer differently at any time."""
    stack = [test]
    while stack:
        node = stack.pop()
        if (
            isinstance(node, nodes.Call)
            and isinstance(node.callee, nodes.Attribute)
            and node.callee.attribute not in LASTING_QUESTIONS
        ):
            return True
        stack.extend(children(node))
    return False


def _compare(test: nodes.Comparison, state: PathState) -> bool | None:
    """A comparison with a constant, where the other side is known well enough."""
    if len(test.operators) != 1:
        return None
    operator = test.operators[0]
    left = _value(test.left, state)
    if operator in ("in", "not in"):
        return _contains(left, test.comparators[0], operator == "in")
    right = _value(test.comparators[0], state)
    if left is None or right is None:
        return None
    if isinstance(left, Known) and isinstance(right, Known):
        return _compare_constants(operator, left, right)
    known, other = (right, left) if isinstance(right, Known) else (left, right)
    if not isinstance(known, Known) or operator not in _EQUALITY:
        return None
    is_none = known.value is None
    if other is OBJECT or other is Special.COROUTINE or (is_none and truth(state, other)):
        return operator in ("is not", "!=")
    if other in (Special.TRUTHY, Special.FALSY) and truth(state, other) is not bool(known.value):
        return operator in ("is not", "!=")
    return None


def _compare_with_truth(test: nodes.Comparison, state: PathState) -> bool | None:
    """A comparison of something true with ``True``, or of something false with ``False``: who asks
    that has a boolean at hand, most likely."""
    operator = test.operators[0] if len(test.operators) == 1 else ""
    if operator not in _EQUALITY:
        return None
    known = constant(test.comparators[0])
    other = _value(test.left, state)
    if known is None or known.type != "bool" or not isinstance(other, Special):
        return None
    if truth(state, other) is not known.value:
        return None
    return operator in ("is", "==")


def is_known_plain(callee: nodes.Expression, state: PathState) -> bool:
    """Whether ``iscoroutinefunction(callee)`` was asked on this path, and was false."""
    asked = f"iscoroutinefunction({spell(callee)})"
    return any(fact is Fact.FALSE and text.endswith(asked) for text, fact in state.facts.items())


def _value(expression: nodes.Expression, state: PathState) -> Value:
    if isinstance(expression, nodes.Walrus):
        expression = expression.target
    value = constant(expression)
    if value is not None:
        return value
    place = place_of(expression)
    return read(state, place) if place is not None else None


def _contains(left: Value, right: nodes.Expression, wanted: bool) -> bool | None:
    if not isinstance(left, Known) or not isinstance(right, nodes.Collection):
        return None
    values = [constant(element) for element in right.elements]
    if left in values:
        return wanted
    return None if None in values else not wanted


def _compare_constants(operator: str, left: Known, right: Known) -> bool | None:
    if operator in ("is", "=="):
        return left.value == right.value
    if operator in ("is not", "!="):
        return left.value != right.value
    if isinstance(left.value, int) and isinstance(right.value, int):
        return {
            "<": left.value < right.value,
            "<=": left.value <= right.value,
            ">": left.value > right.value,
            ">=": left.value >= right.value,
        }.get(operator)
    return None
