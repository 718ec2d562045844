"""Runs one step of the graph on one state: which edges can be taken, and in which state.

A step that has nothing to do with the object or with a condition is *passed over*: its edges are
taken all the same, because the path may branch there. What an edge itself says (an exception
happened, a condition was true) is applied in `_cross`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from corolint.flow import Edge, Label, Step, StepKind
from corolint.lifecycle_conditions import assume, constant, decide, place_of
from corolint.lifecycle_effects import Following, elements, exhaust, extend
from corolint.lifecycle_evaluation import (
    assign,
    branch,
    default_arguments,
    delete,
    evaluate,
    evaluate_all,
    is_never_empty,
)
from corolint.lifecycle_history import Action, State
from corolint.lifecycle_state import (
    COROUTINE,
    OBJECT,
    Fact,
    PathState,
    Reference,
    Trust,
    Turning,
    Value,
    Wrapper,
    age,
    bind,
    each,
    forget,
    holds,
    read,
    with_fact,
    with_trust,
    with_turn,
    without_fact,
)
from corolint.lifecycle_survey import is_harmless
from corolint.semantics import Guard
from corolint.syntax import nodes

Taken = Iterator[tuple[Edge, PathState]]

_TOLD = frozenset(
    {
        Label.TRUE,
        Label.FALSE,
        Label.ITEM,
        Label.EXHAUSTED,
        Label.EXCEPTION,
        Label.SUPPRESSED,
    }
)


def run_step(following: Following, step: Step, state: PathState) -> Taken:
    """The edges that can be taken out of `step` from `state`, each with the state after it."""
    if not following.survey.matters[step.index]:
        after = age(state) if following.survey.runs_code[step.index] else state
        for edge in step.edges:
            if edge.label is Label.EXCEPTION and not following.survey.raises[step.index]:
                continue
            crossed = _cross(following, step, edge, after)
            if crossed is not None:
                yield edge, crossed
        return
    following.step = step.index
    following.is_quiet = step.index in following.quiet_steps
    raises = any(edge.label is Label.EXCEPTION for edge in step.edges)
    following.raising = [] if raises else None
    results = _evaluate_step(following, step, state)
    raising = following.raising or []
    following.raising = None
    for edge in step.edges:
        states = raising if edge.label is Label.EXCEPTION else results.get(edge.label)
        if states is None:
            states = results.get(Label.NORMAL, [])
        for after in states:
            crossed = _cross(following, step, edge, after)
            if crossed is not None:
                yield edge, crossed


def _cross(following: Following, step: Step, edge: Edge, state: PathState) -> PathState | None:
    """What taking `edge` says; `None` if the program cannot go this way."""
    label = edge.label
    if label is Label.NORMAL:
        return state
    if label is Label.SUPPRESSED:
        guard = following.guards.get((id(step.node), step.item), Guard.PASSES)
        if guard is Guard.PASSES:
            return None
    if label is Label.EXCEPTION:
        state = with_trust(state, Trust.EXCEPTED).copy()
        state.caught = edge.target
        if state.status is not State.PENDING and state.status is not None:
            following.recorder.caught_uses.add(edge.target)
    elif label is Label.UNSURE:
        state = with_trust(state, Trust.DOUBTFUL)
    elif label is Label.RAISE and isinstance(step.node, nodes.Raise):
        state = _with_exception(state, _exception_name(step.node.exception))
    elif label is Label.FALSE and isinstance(step.owner, nodes.Assert):
        state = with_trust(state, Trust.EXCEPTED)
    if label in _TOLD and state.status is not None and step.node is not None:
        state = with_turn(state, label, step.node)
    return state


Results = dict[Label, list[PathState]]


def _evaluate_step(following: Following, step: Step, state: PathState) -> Results:
    """The states after a step by the label of the edge to take; NORMAL stands for all others."""
    node = step.node
    match step.kind:
        case StepKind.TEST if isinstance(node, nodes.Expression):
            when_true, when_false = branch(following, node, state)
            return {Label.TRUE: when_true, Label.FALSE: when_false}
        case StepKind.EVALUATE if isinstance(node, nodes.Expression):
            return {Label.NORMAL: _subject(following, step, node, state)}
        case StepKind.ITERABLE if isinstance(node, nodes.For):
            return {Label.NORMAL: _start_loop(following, step, node, state)}
        case StepKind.NEXT if isinstance(node, nodes.For):
            return _next_item(following, step, node, state)
        case StepKind.ENTER if isinstance(node, nodes.With):
            return {Label.NORMAL: _enter(following, step, node, state)}
        case StepKind.HANDLER if isinstance(node, nodes.Handler):
            return _handle(node, state)
        case StepKind.CASE if isinstance(node, nodes.Case):
            return _match_case(following, step, node, state)
        case StepKind.DEFINITION:
            return {Label.NORMAL: _define(following, node, state)}
        case StepKind.STATEMENT if isinstance(node, nodes.Statement):
            return {Label.NORMAL: _statement(following, node, state)}
    return {Label.NORMAL: [state]}


# --- statements ----------------------------------------------------------------------------------


def _statement(
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
        after = following.observe(after, returned, value, Action.RETURN)
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


def _define(following: Following, node: object, state: PathState) -> list[PathState]:
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


# --- loops and contexts --------------------------------------------------------------------------


def _start_loop(
    following: Following, step: Step, statement: nodes.For, state: PathState
) -> list[PathState]:
    following_step = next(edge.target for edge in step.edges if edge.label is Label.NORMAL)
    place = f"@{following_step}"
    action = Action.ASYNC_ITERATE if statement.is_async else Action.ITERATE
    states: list[PathState] = []
    for after, value in evaluate(following, statement.iterable, state):
        after = following.observe(after, statement.iterable, value, action)
        following.may_raise(after)
        if isinstance(value, Wrapper):  # ``for _ in c.__await__()``
            after = following.consume(after, statement.iterable, value, Action.DRIVE)
            value = None
        after = exhaust(after, value)
        after = forget(forget(after, place), f"{place} item")
        items = elements(after, value)
        if items and all(item == items[0] for item in items):
            after = bind(after, place, Turning(items[0], min(len(items), 2)))
        elif holds(after, value):
            after = following.escape(after, value)
        if each(after, value) is not None:
            after = bind(after, f"{place} item", COROUTINE)
        if not items and is_never_empty(statement.iterable):
            after = with_fact(after, place, Fact.TRUE)
        states.append(after)
    return states


def _next_item(following: Following, step: Step, statement: nodes.For, state: PathState) -> Results:
    place = f"@{step.index}"
    following.may_raise(state)
    turning = state.held.get(place)
    other = read(state, f"{place} item")
    if not isinstance(turning, Turning) or not holds(state, turning):
        has_item = state.facts.get(place) is Fact.TRUE
        after = without_fact(state, place)
        item = assign(following, statement.target, other, age(after))
        return {Label.ITEM: item, Label.EXHAUSTED: [] if has_item else [after]}
    others = assign(following, statement.target, other, state)
    if turning.left == 0:
        return {Label.ITEM: others, Label.EXHAUSTED: [forget(state, place)]}
    rest = bind(state, place, Turning(turning.item, turning.left - 1))
    item = assign(following, statement.target, turning.item, rest)
    return {Label.ITEM: item + others, Label.EXHAUSTED: []}


def _enter(
    following: Following, step: Step, statement: nodes.With, state: PathState
) -> list[PathState]:
    context = statement.contexts[step.item]
    target = statement.targets[step.item]
    action = Action.ASYNC_ENTER if statement.is_async else Action.ENTER
    states: list[PathState] = []
    for after, value in evaluate(following, context, state):
        after = following.observe(after, context, value, action)
        if value is not OBJECT:
            after = following.escape(after, value)
        after = age(after)
        if not (isinstance(context, nodes.Call) and is_harmless(following.semantics, context)):
            following.may_raise(after)
        states += [after] if target is None else assign(following, target, None, after)
    return states


# --- exceptions ----------------------------------------------------------------------------------


def _with_exception(state: PathState, name: str | None) -> PathState:
    after = state.copy()
    after.exception = name
    return after


def _exception_name(exception: nodes.Expression | None) -> str | None:
    """The class in ``raise Class`` and ``raise Class(…)``."""
    if isinstance(exception, nodes.Call):
        exception = exception.callee
    return place_of(exception) if exception is not None else None


def _handle(handler: nodes.Handler, state: PathState) -> Results:
    """Whether a handler catches the exception that is on its way, as far as both are known."""
    catches = _catches(handler.type, state.exception)
    caught = _with_exception(state, None) if state.exception is not None else state
    if handler.name is not None:
        caught = forget(caught, handler.name)
    return {
        Label.TRUE: [caught] if catches is not False else [],
        Label.FALSE: [state] if catches is not True else [],
    }


def _catches(types: nodes.Expression | None, raised: str | None) -> bool | None:
    if types is None:
        return True
    if isinstance(types, nodes.Tuple):
        answers = [_catches(element, raised) for element in types.elements]
        return True if True in answers else (None if None in answers else False)
    name = place_of(types)
    if name in ("Exception", "BaseException") or (name is not None and name == raised):
        return True
    if name is None or raised is None:
        return None
    handled_class = getattr(builtins, name, None)
    raised_class = getattr(builtins, raised, None)
    if isinstance(handled_class, type) and isinstance(raised_class, type):
        return issubclass(raised_class, handled_class)
    return None


# --- match ---------------------------------------------------------------------------------------


def _subject(
    following: Following, step: Step, node: nodes.Expression, state: PathState
) -> list[PathState]:
    states: list[PathState] = []
    for after, value in evaluate(following, node, state):
        if isinstance(step.owner, nodes.Match):
            after = following.observe(after, node, value, Action.MATCH)
            if place_of(node) is None:
                after = following.escape(after, value) if value is not OBJECT else after
        states.append(after)
    return states


def _match_case(following: Following, step: Step, case: nodes.Case, state: PathState) -> Results:
    subject = step.owner.subject if isinstance(step.owner, nodes.Match) else None
    place = place_of(subject) if subject is not None else None
    value = state.held.get(place) if place is not None else None
    outcome: bool | None = None
    matched, refused = state, state
    tests = _tests(subject, case.pattern) if subject is not None else None
    if tests is not None:
        answers = [decide(test, state)[0] for test in tests]
        outcome = True if True in answers else (None if None in answers else False)
        if outcome is None:
            if len(tests) == 1:
                matched = assume(tests[0], state, True)
            for test in tests:
                refused = assume(test, refused, False)
    for name, bound in _captures(case.pattern, value):
        matched = bind(matched, name, bound)
    if value is not None and isinstance(case.pattern, nodes.SequencePattern | nodes.MappingPattern):
        matched = following.escape(matched, value)
    if _is_last_of_constants(step, case):
        refused = with_trust(refused, Trust.DOUBTFUL)
    return {
        Label.TRUE: [matched] if outcome is not False else [],
        Label.FALSE: [refused] if outcome is not True else [],
    }


def _is_last_of_constants(step: Step, case: nodes.Case) -> bool:
    """Whether this is the last of several cases that are all named constants, such as the members
    of an enumeration: then there is probably no other value."""
    cases = step.owner.cases if isinstance(step.owner, nodes.Match) else []
    return (
        len(cases) > 1
        and case is cases[-1]
        and all(
            isinstance(one.pattern, nodes.ValuePattern)
            and isinstance(one.pattern.value, nodes.Attribute)
            for one in cases
        )
    )


def _tests(subject: nodes.Expression, pattern: nodes.Pattern) -> list[nodes.Expression] | None:
    """The comparisons that a pattern of literals makes; one of them must hold."""
    match pattern:
        case nodes.ValuePattern(value=value) if constant(value) is not None:
            operator = "is" if isinstance(value, nodes.Name) else "=="
            return [nodes.Comparison(subject, [operator], [value], subject.at)]
        case nodes.OrPattern(patterns=patterns):
            found: list[nodes.Expression] = []
            for one in patterns:
                tests = _tests(subject, one)
                if tests is None:
                    return None
                found += tests
            return found
    return None


def _captures(pattern: nodes.Pattern, value: Value) -> list[tuple[str, Value]]:
    """Names that a pattern binds; only one that takes the whole subject is known."""
    match pattern:
        case nodes.CapturePattern(pattern=inner, name=name):
            found = _captures(inner, value) if inner is not None else []
            return [*found, (name, value)] if name else found
        case nodes.OrPattern(patterns=patterns):
            return [pair for one in patterns for pair in _captures(one, value)]
        case nodes.SequencePattern(patterns=patterns):
            return [pair for one in patterns for pair in _captures(one, None)]
        case nodes.MappingPattern(patterns=patterns, rest=rest):
            inside = [pair for one in patterns for pair in _captures(one, None)]
            return [*inside, (rest, None)] if rest else inside
        case nodes.ClassPattern(patterns=patterns, keywords=keywords):
            parts = [*patterns, *(part for _, part in keywords)]
            return [pair for one in parts for pair in _captures(one, None)]
        case nodes.StarPattern(name=name) if name:
            return [(name, None)]
    return []
