"""Evaluates expressions on an abstract state, in Python's order.

Each evaluation gives *outcomes*: pairs of the state afterwards and the value. There is more than
one when the expression itself decides something: ``x = f() if a else None`` leaves two, one in
which `a` is true and `x` holds the object, and one in which `a` is false and `x` is ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from corolint.lifecycle_conditions import assume, constant, decide, is_known_plain, place_of
from corolint.lifecycle_effects import (
    COROUTINE_ATTRIBUTES,
    Following,
    Outcomes,
    apply_call,
    as_item,
    copied,
    elements,
    exhaust,
    take,
)
from corolint.lifecycle_history import Action, State
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
    age,
    bind,
    each,
    forget,
    holds,
    new_box,
    read,
    truth,
    with_box,
    with_trust,
)
from corolint.lifecycle_survey import is_harmless
from corolint.semantics import Kind
from corolint.syntax import nodes

_MOST_OUTCOMES = 12

_ALWAYS_TRUE_OF_COROUTINES = frozenset(
    {"inspect.isawaitable", "inspect.iscoroutine", "asyncio.iscoroutine"}
    | {"asyncio.coroutines.iscoroutine"}
)
_NEVER_TRUE_OF_COROUTINES = frozenset(
    {"asyncio.isfuture", "asyncio.iscoroutinefunction", "inspect.iscoroutinefunction"}
    | {"builtins.callable", "inspect.isgenerator", "inspect.isasyncgen"}
)
_TYPES_OF_COROUTINES = frozenset(
    {"Awaitable", "Coroutine", "CoroutineType", "object", "Hashable", "Any"}
)


def evaluate(following: Following, node: nodes.Expression, state: PathState) -> Outcomes:
    """All outcomes of evaluating `node` in `state`."""
    handler = _HANDLERS.get(type(node))
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


# --- conditions ----------------------------------------------------------------------------------


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
        _decide(following, test, after, value, when_true, when_false)
    return when_true, when_false


def _decide(
    following: Following,
    test: nodes.Expression,
    state: PathState,
    value: Value,
    when_true: list[PathState],
    when_false: list[PathState],
) -> None:
    outcome, is_stale = truth(state, value), False
    if outcome is None:
        outcome = _ask_about_object(following, test, state)
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


def _ask_about_object(
    following: Following, test: nodes.Expression, state: PathState
) -> bool | None:
    """The answer of ``inspect.isawaitable(c)`` and kin where `c` holds the object."""
    if not isinstance(test, nodes.Call) or not test.arguments or state.status is None:
        return None
    place = place_of(test.arguments[0])
    if place is None or read(state, place) is not OBJECT:
        return None
    name = following.semantics.qualified(test.callee)
    if name in _ALWAYS_TRUE_OF_COROUTINES:
        return True if following.is_coroutine or name == "inspect.isawaitable" else None
    if not following.is_coroutine:
        return None
    if name in _NEVER_TRUE_OF_COROUTINES:
        return False
    if name == "builtins.isinstance" and len(test.arguments) == 2:
        return _is_instance(following, test.arguments[1])
    if name == "builtins.hasattr" and len(test.arguments) == 2:
        attribute = test.arguments[1]
        if isinstance(attribute, nodes.String):
            return attribute.value in COROUTINE_ATTRIBUTES
    return None


def _is_instance(following: Following, types: nodes.Expression) -> bool | None:
    """Whether a coroutine object is an instance of `types`."""
    if isinstance(types, nodes.Tuple):
        answers = [_is_instance(following, element) for element in types.elements]
        return True if True in answers else (None if None in answers else False)
    if isinstance(types, nodes.BinaryOperation):
        answers = [_is_instance(following, types.left), _is_instance(following, types.right)]
        return True if True in answers else (None if None in answers else False)
    name = following.semantics.qualified(types)
    if name is None:
        return None
    return name.rpartition(".")[2] in _TYPES_OF_COROUTINES


# --- binding -------------------------------------------------------------------------------------


def assign(
    following: Following, target: nodes.Expression, value: Value, state: PathState
) -> list[PathState]:
    """Binds `target` to `value`."""
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
        return forget(following.escape(state, value), name)
    lost = [place for place in state.held if place.startswith(name + ".")]
    for place in lost:
        state = following.escape(state, state.held[place])
    if name in following.survey.interesting:
        if holds(state, value):
            following.recorder.names[name] = None
        return bind(state, name, value)
    return forget(following.escape(state, value), name)


def _assign_attribute(
    following: Following, target: nodes.Attribute, value: Value, state: PathState
) -> list[PathState]:
    states: list[PathState] = []
    for after, receiver in evaluate(following, target.value, state):
        after = following.observe(after, target, receiver, Action.ATTRIBUTE)
        place = place_of(target)
        if place is None:
            states.append(following.escape(after, value))
            continue
        if holds(after, value) or isinstance(value, Reference | Pack | Some):
            if target.attribute not in following.private_attributes:
                states.append(forget(following.escape(after, value), place))
                continue
            following.recorder.names[place] = None
        states.append(bind(after, place, value))
    return states


def _assign_element(
    following: Following, target: nodes.Subscript, value: Value, state: PathState
) -> list[PathState]:
    states: list[PathState] = []
    for after, (receiver, _) in _pairs(following, target.value, target.index, state):
        after = following.observe(after, target, receiver, Action.SUBSCRIPT)
        if isinstance(receiver, Reference) and receiver.box in after.boxes:
            states.append(add(after, receiver, _key_of(target.index), value))
        else:
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
            for after, (receiver, _) in _pairs(following, target.value, target.index, state):
                if isinstance(receiver, Reference) and receiver.box in after.boxes:
                    after = _delete_element(after, receiver, _key_of(target.index))
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


def _key_of(expression: nodes.Expression) -> Key:
    known = constant(expression)
    return known.value if isinstance(known, Known) else None


# --- one kind of expression each -----------------------------------------------------------------


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
        elif isinstance(receiver, Reference | Some | Pack):
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
            if can_raise and not is_driven and after is not before:
                following.may_raise(after)
            outcomes.append((age(after), result))
    return outcomes


def _await(following: Following, node: nodes.Await, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
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


def _display(following: Following, node: nodes.Collection, state: PathState) -> Outcomes:
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


def _dict(following: Following, node: nodes.Dict, state: PathState) -> Outcomes:
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
                    items.append((_key_of(key), value))
            are_coroutines = all(value in (OBJECT, Special.COROUTINE) for value in values)
            content = Box(tuple(items), keyed=True, only_coroutines=are_coroutines)
            outcomes.append(new_box(last, id(node), content))
    return outcomes


def _pairs(
    following: Following, first: nodes.Expression, second: nodes.Expression, state: PathState
) -> list[tuple[PathState, tuple[Value, Value]]]:
    return [
        (after, (values[0], values[1]))
        for after, values in evaluate_all(following, (first, second), state)
    ]


def _subscript(following: Following, node: nodes.Subscript, state: PathState) -> Outcomes:
    outcomes: Outcomes = []
    for after, (receiver, index) in _pairs(following, node.value, node.index, state):
        after = following.observe(after, node, receiver, Action.SUBSCRIPT)
        after = following.observe(after, node.index, index, Action.COMPARE)
        following.may_raise(after)
        if isinstance(node.index, nodes.Slice):
            outcomes.append((following.escape(after, receiver), None))
        elif isinstance(receiver, Pack) or holds(after, receiver):
            outcomes += take(after, receiver, _key_of(node.index), removes=False)
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


def _slice(following: Following, node: nodes.Slice, state: PathState) -> Outcomes:
    parts = [part for part in (node.lower, node.upper, node.step) if part is not None]
    return [(after, None) for after, _ in evaluate_all(following, parts, state)]


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
                _decide(following, operand, after, value, when_true, when_false)
                stopped, continued = (
                    (when_true, when_false) if stops_at else (when_false, when_true)
                )
                outcomes += [(one, _as_decided(value, stops_at)) for one in stopped]
                goes_on += continued
        going = goes_on
    for before in going:
        outcomes += evaluate(following, node.values[-1], before)
    return outcomes


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
    for after, (left, right) in _pairs(following, node.left, node.right, state):
        if node.operator == "*" and isinstance(left, Reference):
            outcomes.append(_repeat(after, node, left, right))
            continue
        if node.operator == "+" and isinstance(left, Reference) and isinstance(right, Reference):
            outcomes.append(new_box(after, id(node), copied(after, left, right)))
            continue
        is_format = node.operator == "%" and isinstance(node.left, nodes.String)
        for part, value in ((node.left, left), (node.right, right)):
            for item in value.items if isinstance(value, Pack) and is_format else (value,):
                action = Action.FORMAT if is_format else Action.OPERATE
                after = following.observe(after, part, item, action)
            if not is_format:
                after = following.escape(after, value) if value is not OBJECT else after
        following.may_raise(after)
        outcomes.append((after, None))
    return outcomes


def _repeat(
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
    when_true, when_false = branch(following, node.test, state)
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
        after = age(following.escape(after, value))
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


# --- comprehensions ------------------------------------------------------------------------------


def _comprehension(following: Following, node: nodes.Comprehension, state: PathState) -> Outcomes:
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


def is_never_empty(iterable: nodes.Expression) -> bool:
    """Whether a loop over `iterable` surely has a turn: ``range(3)``, ``[a, b]``, ``"abc"``."""
    match iterable:
        case nodes.Collection(elements=parts):
            return any(not isinstance(part, nodes.Starred) for part in parts)
        case nodes.Dict(keys=keys):
            return any(key is not None for key in keys)
        case nodes.String(value=value):
            return bool(value)
        case nodes.Call(callee=nodes.Name(name="range"), arguments=[nodes.Number(value=count)]):
            return count is None or count > 0
        case nodes.Call(callee=nodes.Name(name="enumerate" | "reversed"), arguments=[first, *_]):
            return is_never_empty(first)
    return False


def is_one(iterable: nodes.Expression) -> bool:
    """Whether a loop over `iterable` has exactly one turn."""
    match iterable:
        case nodes.Collection(elements=[part]):
            return not isinstance(part, nodes.Starred)
        case nodes.Call(callee=nodes.Name(name="range"), arguments=[nodes.Number(value=1)]):
            return True
    return False


_HANDLERS: dict[type, Callable[..., Outcomes]] = {
    nodes.Name: _name,
    nodes.Number: _literal,
    nodes.String: _literal,
    nodes.Attribute: _attribute,
    nodes.Call: _call,
    nodes.Await: _await,
    nodes.FormattedString: _formatted,
    nodes.Tuple: _display,
    nodes.List: _display,
    nodes.Set: _display,
    nodes.Dict: _dict,
    nodes.Subscript: _subscript,
    nodes.Slice: _slice,
    nodes.Starred: _starred,
    nodes.BooleanOperation: _boolean,
    nodes.UnaryOperation: _unary,
    nodes.BinaryOperation: _binary,
    nodes.Comparison: _comparison,
    nodes.Conditional: _conditional,
    nodes.Walrus: _walrus,
    nodes.Lambda: _lambda,
    nodes.Comprehension: _comprehension,
    nodes.Yield: _yield,
    nodes.YieldFrom: _yield_from,
}
