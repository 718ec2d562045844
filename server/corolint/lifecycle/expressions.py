"""The evaluation of each kind of expression, but for displays and comprehensions.

`HANDLERS` has one function for each kind. An expression that is not in it evaluates nothing and is
unknown.
"""

from __future__ import annotations

from collections.abc import Callable

from corolint.flow import Label
from corolint.lifecycle.binding import assign
from corolint.lifecycle.branches import branch, decide_branch
from corolint.lifecycle.calls import apply_call, bind_anew
from corolint.lifecycle.comprehensions import comprehension
from corolint.lifecycle.conditions import constant, place_of
from corolint.lifecycle.containers import copied, new_box
from corolint.lifecycle.displays import dict_display, display, repeat, slice_of, subscript
from corolint.lifecycle.evaluation import evaluate, evaluate_all, evaluate_two
from corolint.lifecycle.following import COROUTINE_ATTRIBUTES, Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.state import Outcomes, PathState, age, read, with_turn
from corolint.lifecycle.survey import is_harmless
from corolint.lifecycle.values import (
    OBJECT,
    Kept,
    Known,
    Pack,
    Reference,
    Some,
    Special,
    Value,
    Wrapper,
)
from corolint.syntax import nodes


def _name(following: Following, node: nodes.Name, state: PathState) -> Outcomes:
    return [(state, constant(node) or read(state, node.name))]


def _literal(following: Following, node: nodes.Expression, state: PathState) -> Outcomes:
    return [(state, constant(node))]


def _attribute(following: Following, node: nodes.Attribute, state: PathState) -> Outcomes:
    place = place_of(node)
    known = read(state, place) if place is not None else None
    outcomes: Outcomes = []
    for after, receiver in evaluate(following, node.value, state):
        if receiver is OBJECT and node.attribute not in COROUTINE_ATTRIBUTES:
            after = following.observe(after, node, receiver, Action.ATTRIBUTE)
            following.may_raise(after)
        elif receiver is OBJECT and node.attribute.startswith(("cr_", "__")):
            after = following.observe(after, node, receiver, Action.LOOK)
        elif isinstance(receiver, Kept) and receiver.attribute == node.attribute:
            outcomes.append((after, receiver.inner))
            continue
        elif isinstance(receiver, Reference | Some | Pack | Kept):
            after = following.escape(after, receiver)
        elif receiver is OBJECT:
            after = following.escape(after, receiver)
        outcomes.append((after, known))
    return outcomes


def _call(following: Following, node: nodes.Call, state: PathState) -> Outcomes:
    callee = node.callee
    first = callee.value if isinstance(callee, nodes.Attribute) else callee
    outcomes: Outcomes = []
    can_raise = following.raising is not None and not is_harmless(following.semantics, node)
    for before, values in evaluate_all(following, [first, *node.arguments], state):
        is_driven = isinstance(callee, nodes.Attribute) and values[0] is OBJECT
        if can_raise and not is_driven:
            following.may_raise(before)
        for after, result in apply_call(following, before, node, values[0], values[1:]):
            if can_raise and not is_driven and _has_run(before, after):
                following.may_raise(after)
            outcomes.append((age(after), result))
    return outcomes


def _has_run(before: PathState, after: PathState) -> bool:
    """Whether a call ran the object to its end, which may be an exception. Who schedules or closes
    an object does that last."""
    first = after.first
    return before.status is not after.status and first is not None and first.action is Action.RUN


def _await(following: Following, node: nodes.Await, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
    match node.value:
        case nodes.Call(callee=nodes.Name(name=name)) if name in following.survey.binders:
            return [(age(after), None) for after in bind_anew(following, name, state)]
    for before, value in evaluate(following, node.value, state):
        after = age(following.consume(before, node, value, Action.AWAIT))
        following.may_raise(after)
        outcomes.append((after, None))
        if isinstance(value, Wrapper) and value.maybe:
            outcomes.append((age(before), None))
    return outcomes


def _formatted(following: Following, node: nodes.FormattedString, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
    for after, values in evaluate_all(following, node.values, state):
        for part, value in zip(node.values, values, strict=True):
            if value is OBJECT or value is Special.COROUTINE:
                after = following.observe(after, part, value, Action.FORMAT)
        following.may_raise(after)
        outcomes.append((after, None))
    return outcomes


def _starred(following: Following, node: nodes.Starred, state: PathState) -> Outcomes:
    return evaluate(following, node.value, state)


def _boolean(following: Following, node: nodes.BooleanOperation, state: PathState) -> Outcomes:
    """``a and b`` as a value: the first operand that decides, else the last."""
    outcomes: Outcomes = []
    going = [state]
    stops_at = node.operator == "or"
    for operand in node.values[:-1]:
        goes_on: list[PathState] = []
        for before in going:
            for after, value in evaluate(following, operand, before):
                after = following.observe(after, operand, value, Action.CONDITION)
                when_true: list[PathState] = []
                when_false: list[PathState] = []
                decide_branch(following, operand, after, value, when_true, when_false)
                when_true, when_false = _told(following, operand, when_true, when_false)
                stopped, continued = (
                    (when_true, when_false) if stops_at else (when_false, when_true)
                )
                outcomes += [(one, _as_decided(value, stops_at)) for one in stopped]
                goes_on += continued
        going = goes_on
    for before in going:
        outcomes += evaluate(following, node.values[-1], before)
    return outcomes


def _told(
    following: Following,
    test: nodes.Expression,
    when_true: list[PathState],
    when_false: list[PathState],
) -> tuple[list[PathState], list[PathState]]:
    """The same states with the decision in their stories: within an expression no edge tells it."""
    told = [
        [one if one.status is None else with_turn(one, label, test, following.step) for one in ways]
        for label, ways in ((Label.TRUE, when_true), (Label.FALSE, when_false))
    ]
    return told[0], told[1]


def _as_decided(value: Value, is_true: bool) -> Value:
    if value is not None:
        return value
    return Special.TRUTHY if is_true else Special.FALSY


def _unary(following: Following, node: nodes.UnaryOperation, state: PathState) -> Outcomes:
    if node.operator == "not":
        when_true, when_false = branch(following, node.operand, state)
        return [
            *((after, Known("bool", False)) for after in when_true),
            *((after, Known("bool", True)) for after in when_false),
        ]
    outcomes: Outcomes = []
    for after, value in evaluate(following, node.operand, state):
        after = following.observe(after, node.operand, value, Action.OPERATE)
        following.may_raise(after)
        outcomes.append((after, constant(node)))
    return outcomes


def _binary(following: Following, node: nodes.BinaryOperation, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
    for after, (left, right) in evaluate_two(following, node.left, node.right, state):
        if node.operator == "*" and isinstance(left, Reference):
            outcomes.append(repeat(after, node, left, right))
            continue
        if node.operator == "+" and isinstance(left, Reference) and isinstance(right, Reference):
            outcomes.append(new_box(after, id(node), copied(after, left, right)))
            continue
        if node.operator == "%" and isinstance(node.left, nodes.String):
            after = _format_with(following, after, node.right, right)
        else:
            for part, value in ((node.left, left), (node.right, right)):
                after = following.observe(after, part, value, Action.OPERATE)
                after = following.escape(after, value) if value is not OBJECT else after
        following.may_raise(after)
        outcomes.append((after, None))
    return outcomes


def _format_with(
    following: Following, state: PathState, operand: nodes.Expression, value: Value
) -> PathState:
    """``"%s %s" % operand``"""
    if not isinstance(operand, nodes.Tuple) or not isinstance(value, Pack):
        return following.observe(state, operand, value, Action.FORMAT)
    for part, item in zip(operand.elements, value.items, strict=False):
        state = following.observe(state, part, item, Action.FORMAT)
    return state


_LOOKS = frozenset({"is", "is not", "==", "!="})


def _comparison(following: Following, node: nodes.Comparison, state: PathState) -> Outcomes:
    operands = [node.left, *node.comparators]
    outcomes: Outcomes = []
    for after, values in evaluate_all(following, operands, state):
        for index, operator in enumerate(node.operators):
            pair = (operands[index], operands[index + 1])
            after = _compare(following, after, operator, pair, (values[index], values[index + 1]))
        if not _LOOKS.issuperset(node.operators):
            following.may_raise(after)
        outcomes.append((after, None))
    return outcomes


def _compare(
    following: Following,
    state: PathState,
    operator: str,
    operands: tuple[nodes.Expression, nodes.Expression],
    values: tuple[Value, Value],
) -> PathState:
    left, right = operands
    if operator in ("in", "not in"):
        state = following.observe(state, left, values[0], Action.COMPARE)
        return following.observe(state, right, values[1], Action.ITERATE)
    for operand, value, other in ((left, values[0], right), (right, values[1], left)):
        if operator in _LOOKS and isinstance(other, nodes.Name) and other.name == "None":
            state = following.observe(state, operand, value, Action.NONE_TEST)
        elif operator in ("==", "!="):
            state = following.observe(state, operand, value, Action.COMPARE)
        elif operator not in ("is", "is not"):
            state = following.observe(state, operand, value, Action.OPERATE)
    return state


def _conditional(following: Following, node: nodes.Conditional, state: PathState) -> Outcomes:
    when_true, when_false = _told(following, node.test, *branch(following, node.test, state))
    outcomes: Outcomes = []
    for before in when_true:
        outcomes += evaluate(following, node.body, before)
    for before in when_false:
        outcomes += evaluate(following, node.orelse, before)
    return outcomes


def _walrus(following: Following, node: nodes.Walrus, state: PathState) -> Outcomes:
    return [
        (bound, value)
        for after, value in evaluate(following, node.value, state)
        for bound in assign(following, node.target, value, after)
    ]


def _lambda(following: Following, node: nodes.Lambda, state: PathState) -> Outcomes:
    defaults = [p.default for p in node.parameters if p.default is not None]
    return [
        (default_arguments(following, defaults, values, after), None)
        for after, values in evaluate_all(following, defaults, state)
    ]


def default_arguments(
    following: Following, defaults: list[nodes.Expression], values: list[Value], state: PathState
) -> PathState:
    """Stores default values in a function: it is made once, and used at any call."""
    for default, value in zip(defaults, values, strict=True):
        state = following.observe(state, default, value, Action.DEFAULT)
        state = following.escape(state, value)
    return state


def _yield(following: Following, node: nodes.Yield, state: PathState) -> Outcomes:
    if node.value is None:
        following.may_raise(state)
        return [(age(state), None)]
    outcomes: Outcomes = []
    for after, value in evaluate(following, node.value, state):
        after = following.observe_inside(after, node.value, value, Action.YIELD)
        after = age(following.give_out(after, value))
        following.may_raise(after)
        outcomes.append((after, None))
    return outcomes


def _yield_from(following: Following, node: nodes.YieldFrom, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
    for after, value in evaluate(following, node.value, state):
        after = following.observe(after, node.value, value, Action.ITERATE)
        if value is not OBJECT:
            after = following.escape(after, value)
        after = age(after)
        following.may_raise(after)
        outcomes.append((after, None))
    return outcomes


HANDLERS: dict[type, Callable[..., Outcomes]] = {
    nodes.Name: _name,
    nodes.Number: _literal,
    nodes.String: _literal,
    nodes.Attribute: _attribute,
    nodes.Call: _call,
    nodes.Await: _await,
    nodes.FormattedString: _formatted,
    nodes.Tuple: display,
    nodes.List: display,
    nodes.Set: display,
    nodes.Dict: dict_display,
    nodes.Subscript: subscript,
    nodes.Slice: slice_of,
    nodes.Starred: _starred,
    nodes.BooleanOperation: _boolean,
    nodes.UnaryOperation: _unary,
    nodes.BinaryOperation: _binary,
    nodes.Comparison: _comparison,
    nodes.Conditional: _conditional,
    nodes.Walrus: _walrus,
    nodes.Lambda: _lambda,
    nodes.Comprehension: comprehension,
    nodes.Yield: _yield,
    nodes.YieldFrom: _yield_from,
}
