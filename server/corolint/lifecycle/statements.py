"""The states after one statement, or one part of a compound statement."""

from __future__ import annotations

from corolint.flow import Label, Step
from corolint.lifecycle.binding import assign, delete
from corolint.lifecycle.containers import each, elements, exhaust, extend
from corolint.lifecycle.evaluation import evaluate, evaluate_all
from corolint.lifecycle.expressions import default_arguments
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.iteration import (
    MOST_ITEMS,
    is_never_empty,
    iterated_place,
    numbers_of,
    written_out,
)
from corolint.lifecycle.state import (
    Outcomes,
    PathState,
    Results,
    age,
    bind,
    forget,
    holds,
    read,
    with_fact,
    without_fact,
)
from corolint.lifecycle.values import (
    COROUTINE,
    OBJECT,
    Fact,
    Known,
    Pack,
    Reference,
    Rest,
    Turning,
    Value,
    Wrapper,
)
from corolint.syntax import nodes


def statement_states(
    following: Following, statement: nodes.Statement, state: PathState
) -> list[PathState]:
    match statement:
        case nodes.ExpressionStatement(value=value):
            return [after for after, _ in evaluate(following, value, state)]
        case nodes.Assign():
            return _assignment(following, statement, state)
        case nodes.AugmentedAssign():
            return _augmented(following, statement, state)
        case nodes.Return(value=returned):
            return [state] if returned is None else _return(following, returned, state)
        case nodes.Raise():
            return _raise(following, statement, state)
        case nodes.Delete(targets=targets):
            states = [state]
            for target in targets:
                states = [after for one in states for after in delete(following, target, one)]
            return states
        case nodes.Import(names=names):
            for name, alias in names:
                state = forget(state, alias or name.split(".")[0])
        case nodes.ImportFrom(names=names):
            for name, alias in names:
                state = forget(state, alias or name)
    following.may_raise(state)
    return [state]


def _assignment(following: Following, statement: nodes.Assign, state: PathState) -> list[PathState]:
    if statement.value is None:
        return [state]
    states: list[PathState] = []
    for after, value in evaluate(following, statement.value, state):
        going = [after]
        for target in statement.targets:
            going = [done for one in going for done in assign(following, target, value, one)]
        states += going
    return states


def _augmented(
    following: Following, statement: nodes.AugmentedAssign, state: PathState
) -> list[PathState]:
    """``x += y``; adding to a list is the only form that keeps an object."""
    states: list[PathState] = []
    target = statement.target
    for after, values in evaluate_all(following, (target, statement.value), state):
        old, value = values
        after = following.observe(after, target, old, Action.OPERATE)
        following.may_raise(after)
        if isinstance(old, Reference) and old.box in after.boxes:
            states.append(extend(after, old, value))
            continue
        after = following.observe(after, statement.value, value, Action.OPERATE)
        if value is not OBJECT:
            after = following.escape(after, value)
        states += assign(following, target, None, after)
    return states


def _return(following: Following, returned: nodes.Expression, state: PathState) -> list[PathState]:
    states: list[PathState] = []
    for after, value in evaluate(following, returned, state):
        after = following.observe_inside(after, returned, value, Action.RETURN)
        states.append(following.hand_back(after, value))
    return states


def _raise(following: Following, statement: nodes.Raise, state: PathState) -> list[PathState]:
    parts = [part for part in (statement.exception, statement.cause) if part is not None]
    states: list[PathState] = []
    for after, values in evaluate_all(following, parts, state):
        for part, value in zip(parts, values, strict=True):
            after = following.observe(after, part, value, Action.RAISE)
            if value is not OBJECT:
                after = following.escape(after, value)
        states.append(after)
    return states


def define(following: Following, node: object, state: PathState) -> list[PathState]:
    """A nested function or class: decorators, defaults and bases run now, the body later."""
    match node:
        case nodes.FunctionDef(name=name, decorators=decorators, parameters=parameters):
            defaults = [p.default for p in parameters if p.default is not None]
            others = decorators
        case nodes.ClassDef(name=name, decorators=decorators, bases=bases, keywords=keywords):
            defaults = []
            others = [*decorators, *bases, *(value for _, value in keywords)]
        case _:
            return [state]
    states: list[PathState] = []
    for before, values in evaluate_all(following, others, state):
        for value in values:
            before = following.escape(before, value)
        for after, default_values in evaluate_all(following, defaults, before):
            after = default_arguments(following, defaults, default_values, after)
            states.append(bind(after, name, None))
    return states


def start_loop(
    following: Following, step: Step, statement: nodes.For, state: PathState
) -> list[PathState]:
    following_step = next(edge.target for edge in step.edges if edge.label is Label.NORMAL)
    place = f"@{following_step}"
    action = Action.ASYNC_ITERATE if statement.is_async else Action.ITERATE
    states: list[PathState] = []
    for after, value in _iterable(following, statement, state):
        after = following.observe(after, statement.iterable, value, action)
        following.may_raise(after)
        if isinstance(value, Wrapper):  # ``for _ in c.__await__()``
            after = following.consume(after, statement.iterable, value, Action.DRIVE)
            value = None
        after = exhaust(after, value)
        after = forget(forget(after, place), f"{place} item")
        items = elements(after, value)
        if isinstance(value, Pack) and _tells_turns_apart(following, statement, after, value):
            states.append(bind(after, place, Rest(value.items)))
            continue
        if items and all(item == items[0] for item in items):
            after = bind(after, place, Turning(items[0], min(len(items), 2)))
        elif holds(after, value):
            after = following.escape(after, value)
        if each(after, value) is not None:
            after = bind(after, f"{place} item", COROUTINE)
        if not items and (is_never_empty(statement.iterable) or _has_items(after, statement)):
            after = with_fact(after, place, Fact.TRUE)
        states.append(after)
    return states


def _iterable(following: Following, statement: nodes.For, state: PathState) -> Outcomes:
    """What a loop goes through; a few items that are written out are a `Pack`."""
    parts = written_out(statement.iterable)
    if parts is not None:
        return [(after, Pack(tuple(v))) for after, v in evaluate_all(following, parts, state)]
    numbers = numbers_of(statement.iterable)
    if numbers:
        return [(state, Pack(numbers))]
    return evaluate(following, statement.iterable, state)


def _tells_turns_apart(
    following: Following, statement: nodes.For, state: PathState, items: Pack
) -> bool:
    """Whether a loop gives the object, or constants and is in no other such loop."""
    if statement.is_async or not 1 < len(items.items) <= MOST_ITEMS:
        return False
    if holds(state, items) or (following.site is None and COROUTINE in items.items):
        return True
    if any(isinstance(value, Rest) for value in state.held.values()):
        return False
    return all(isinstance(item, Known) for item in items.items)


def next_item(following: Following, step: Step, statement: nodes.For, state: PathState) -> Results:
    place = f"@{step.index}"
    following.may_raise(state)
    turning = state.held.get(place)
    if isinstance(turning, Rest):
        return _next_in_order(following, statement, turning.items, place, state)
    other = read(state, f"{place} item")
    if not isinstance(turning, Turning) or not holds(state, turning):
        has_item = state.facts.get(place) is Fact.TRUE
        after = without_fact(state, place)
        turned = age(_with_items(following, statement, after))
        item = assign(following, statement.target, other, turned)
        return {Label.ITEM: item, Label.EXHAUSTED: [] if has_item else [after]}
    others = assign(following, statement.target, other, state)
    if turning.left == 0:
        return {Label.ITEM: others, Label.EXHAUSTED: [forget(state, place)]}
    rest = bind(state, place, Turning(turning.item, turning.left - 1))
    item = assign(following, statement.target, turning.item, rest)
    return {Label.ITEM: item + others, Label.EXHAUSTED: []}


def _has_items(state: PathState, statement: nodes.For) -> bool:
    """Whether the container has items: an earlier loop over it had a turn, or it was asked for."""
    place = iterated_place(statement.iterable)
    if place is None:
        return False
    return Fact.TRUE in (state.facts.get(place), state.facts.get(f"len({place})"))


def _with_items(following: Following, statement: nodes.For, state: PathState) -> PathState:
    """`state` in a turn of a loop: what it goes through is not empty, as another loop may find."""
    place = iterated_place(statement.iterable)
    if place is None or following.survey.walked[place] < 2:
        return state
    return with_fact(state, f"len({place})", Fact.TRUE)


def _next_in_order(
    following: Following,
    statement: nodes.For,
    items: tuple[Value, ...],
    place: str,
    state: PathState,
) -> Results:
    if not items:
        return {Label.ITEM: [], Label.EXHAUSTED: [forget(state, place)]}
    rest = age(bind(state, place, Rest(items[1:])))
    item = assign(following, statement.target, items[0], rest)
    return {Label.ITEM: item, Label.EXHAUSTED: []}


def enter(
    following: Following, step: Step, statement: nodes.With, state: PathState
) -> list[PathState]:
    context = statement.contexts[step.item]
    target = statement.targets[step.item]
    action = Action.ASYNC_ENTER if statement.is_async else Action.ENTER
    closed = _closed_at_the_end(following, context)
    states: list[PathState] = []
    for after, value in evaluate(following, context if closed is None else closed, state):
        entered: Value = None
        if closed is not None and value in (OBJECT, COROUTINE):
            after, entered = bind(after, f"@{step.index}", value), value
        else:
            after = following.observe(after, context, value, action)
            after = following.escape(after, value) if value is not OBJECT else after
        after = age(after)
        following.may_raise(after)
        states += [after] if target is None else assign(following, target, entered, after)
    return states


def _closed_at_the_end(following: Following, context: nodes.Expression) -> nodes.Expression | None:
    """The object in ``with contextlib.closing(object)``."""
    if isinstance(context, nodes.Call) and len(context.arguments) == 1:
        if following.semantics.qualified(context.callee) == "contextlib.closing":
            return context.arguments[0]
    return None


def leave(following: Following, step: Step, statement: nodes.With, state: PathState) -> PathState:
    """Closes what ``with contextlib.closing(…)`` is to close."""
    place = f"@{step.inside[-1]}"
    value = state.held.get(place)
    if value is None:
        return age(state)
    after = following.observe(state, statement.contexts[step.item], value, Action.CLOSE)
    return age(forget(after, place))
