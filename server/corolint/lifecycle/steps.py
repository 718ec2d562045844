"""Runs one step of the graph on one state: which edges can be taken, and in which state.

A step that has nothing to do with the object or with a condition is *passed over*: its edges are
taken all the same, because the path may branch there. What an edge itself says (an exception
happened, a condition was true) is applied in `_cross`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from corolint.flow import Edge, Label, Step, StepKind
from corolint.lifecycle.branches import branch
from corolint.lifecycle.conditions import place_of
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import State
from corolint.lifecycle.matching import match_case, subject_states
from corolint.lifecycle.state import (
    EMPTY,
    PathState,
    Results,
    age,
    forget,
    with_fact,
    with_trust,
    with_turn,
)
from corolint.lifecycle.statements import (
    define,
    enter,
    leave,
    next_item,
    start_loop,
    statement_states,
)
from corolint.lifecycle.values import Fact, Trust, Value
from corolint.semantics import Guard
from corolint.spelling import spell
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
            if edge.label is Label.EXCEPTION:
                if not following.survey.raises[step.index]:
                    continue
                yield from _raised_by_callee(following, step, edge, after)
            crossed = _cross(following, step, edge, after)
            if crossed is not None:
                yield edge, crossed
        return
    following.step = step.index
    following.is_quiet = step.index in following.quiet_steps
    following.raising = [] if following.survey.raises[step.index] else None
    results = _evaluate_step(following, step, state)
    raising = following.raising or []
    following.raising = None
    is_used = _has_used(results)
    for edge in step.edges:
        if edge.label is Label.EXCEPTION and is_used:
            _note_caught_use(following, edge.target)
        states = raising if edge.label is Label.EXCEPTION else results.get(edge.label)
        if states is None:
            states = results.get(Label.NORMAL, [])
        for after in states:
            if edge.label is Label.EXCEPTION and not is_used:
                yield from _raised_by_callee(following, step, edge, after)
            crossed = _cross(following, step, edge, after)
            if crossed is not None:
                yield edge, crossed


def _cross(following: Following, step: Step, edge: Edge, state: PathState) -> PathState | None:
    """What taking `edge` says; `None` if the program cannot go this way."""
    label = edge.label
    if label is Label.NORMAL:
        return state
    if step.kind is StepKind.LEAVE and label in (Label.SUPPRESSED, Label.RAISE):
        if state.status is not State.PENDING and state.status is not None:
            _note_caught_use(following, edge.target)
        suppresses = _suppresses(following, step, state)
        if suppresses is (label is not Label.SUPPRESSED):
            return None
        if label is Label.SUPPRESSED and state.exception is not None:
            state = _with_exception(state, None)
    if label is Label.EXCEPTION:
        state = with_trust(state, Trust.EXCEPTED).copy()
        state.caught = edge.target
        state.facts = _without_refusals(state.facts)
        if state.status is not State.PENDING and state.status is not None:
            _note_caught_use(following, edge.target)
    elif label is Label.UNSURE:
        state = with_trust(state, Trust.DOUBTFUL)
    elif label is Label.RAISE and isinstance(step.node, nodes.Raise):
        state = _with_exception(state, _exception_name(step.node.exception))
        state.facts = _without_refusals(state.facts)
    elif label is Label.FALSE and isinstance(step.owner, nodes.Assert):
        state = with_trust(state, Trust.EXCEPTED)
    elif state.caught is not None and _passes_on(step, label):
        state = state.copy()
        state.caught = edge.target
    if label in _TOLD and state.status is not None and step.node is not None:
        state = with_turn(state, label, step.node, step.index)
    return state


def _raised_by_callee(
    following: Following, step: Step, edge: Edge, state: PathState
) -> Iterator[tuple[Edge, PathState]]:
    """The exceptions for which a function that is called here has a ``raise``: they are part of
    what the program does, as opposed to those that any call may end in."""
    if state.status is not State.PENDING or state.trust is not Trust.SURE:
        return
    for name in sorted(following.raises_itself(step))[:_MOST_EXCEPTIONS]:
        if not _is_caught(following, edge.target, name):
            continue  # it leaves the body, and what is lost then is no mistake
        raised = _with_exception(state, name)
        yield (
            edge,
            (raised if step.node is None else with_turn(raised, edge.label, step.node, step.index)),
        )


def _is_caught(following: Following, target: int, exception: str) -> bool:
    """Whether an exception of that class, on its way to the step `target`, surely ends there or
    further out in the body."""
    graph = following.survey.graph
    steps = graph.steps
    raised = _with_exception(EMPTY, exception)
    seen: set[int] = set()
    while target not in seen:
        if target == graph.exit:
            return True  # a ``return`` in a ``finally``
        seen.add(target)
        step = steps[target]
        onward = [edge.target for edge in step.edges if edge.label is not Label.EXCEPTION]
        if isinstance(step.node, nodes.Handler):
            catches = _catches(step.node.type, exception)
            if catches is not False:
                return catches is True
            onward = [edge.target for edge in step.edges if _passes_on(step, edge.label)]
        elif step.kind is StepKind.LEAVE:
            if _suppresses(following, step, raised) is True:
                return True
            onward = [edge.target for edge in step.edges if _passes_on(step, edge.label)]
        if not onward:
            return False
        target = onward[0]
    return False


def _has_used(results: Results) -> bool:
    """Whether a step used the object: then a handler around it is there for that."""
    return any(
        state.status is not State.PENDING and state.status is not None
        for states in results.values()
        for state in states
    )


_MOST_EXCEPTIONS = 3  # of one step that are told apart


def _note_caught_use(following: Following, target: int) -> None:
    """Remembers all handlers that an exception which leads to `target` may reach."""
    steps = following.survey.graph.steps
    reached = following.recorder.caught_uses
    waiting = [target]
    while waiting:
        index = waiting.pop()
        if index in reached:
            continue
        reached.add(index)
        step = steps[index]
        waiting.extend(
            edge.target
            for edge in step.edges
            if step.kind not in (StepKind.HANDLER, StepKind.LEAVE) or _passes_on(step, edge.label)
        )


def _passes_on(step: Step, label: Label) -> bool:
    """Whether an exception goes past a handler or out of a ``with``."""
    if step.kind is StepKind.HANDLER:
        return label is Label.FALSE
    return step.kind is StepKind.LEAVE and label is Label.RAISE


def _suppresses(following: Following, step: Step, state: PathState) -> bool | None:
    """Whether the context manager that is left swallows the exception on its way."""
    if following.survey.guards.get((id(step.node), step.item), Guard.PASSES) is Guard.PASSES:
        return False
    context = step.node.contexts[step.item] if isinstance(step.node, nodes.With) else None
    if state.exception is None or not isinstance(context, nodes.Call):
        return None
    name = following.semantics.qualified(context.callee)
    if name != "contextlib.suppress":
        return None
    answers = [_catches(argument, state.exception) for argument in context.arguments]
    return True if True in answers else (None if None in answers else False)


def _evaluate_step(following: Following, step: Step, state: PathState) -> Results:
    """The states after a step by the label of the edge to take; NORMAL stands for all others."""
    node = step.node
    match step.kind:
        case StepKind.TEST if isinstance(node, nodes.Expression):
            when_true, when_false = branch(following, node, state)
            return {Label.TRUE: when_true, Label.FALSE: when_false}
        case StepKind.EVALUATE if isinstance(node, nodes.Expression):
            return {Label.NORMAL: subject_states(following, step, node, state)}
        case StepKind.ITERABLE if isinstance(node, nodes.For):
            return {Label.NORMAL: start_loop(following, step, node, state)}
        case StepKind.NEXT if isinstance(node, nodes.For):
            return next_item(following, step, node, state)
        case StepKind.ENTER if isinstance(node, nodes.With):
            return {Label.NORMAL: enter(following, step, node, state)}
        case StepKind.LEAVE if isinstance(node, nodes.With):
            return {Label.NORMAL: [leave(following, step, node, state)]}
        case StepKind.HANDLER if isinstance(node, nodes.Handler):
            return _handle(node, state)
        case StepKind.CASE if isinstance(node, nodes.Case):
            return match_case(following, step, node, state)
        case StepKind.DEFINITION:
            return {Label.NORMAL: define(following, node, state)}
        case StepKind.STATEMENT if isinstance(node, nodes.Statement):
            return {Label.NORMAL: statement_states(following, node, state)}
    return {Label.NORMAL: [state]}


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
    """Whether a handler catches the exception that is on its way, as far as both are known. What
    one has refused, another for the same class refuses as well."""
    catches = _catches(handler.type, state.exception)
    classes = handler.type.elements if isinstance(handler.type, nodes.Tuple) else [handler.type]
    refusals = [f"{_EXCEPT}{spell(one)}" for one in classes if one is not None]
    if refusals and all(refusal in state.facts for refusal in refusals):
        catches = False
    if state.exception is not None and catches is None:
        state = with_trust(state, Trust.EXCEPTED)
    caught, refused = state.copy(), state
    caught.exception = None
    caught.facts = _without_refusals(state.facts)
    if handler.name is not None:
        caught = forget(caught, handler.name)
    for refusal in refusals:
        refused = with_fact(refused, refusal, Fact.FALSE)
    return {
        Label.TRUE: [caught] if catches is not False else [],
        Label.FALSE: [refused] if catches is not True else [],
    }


_EXCEPT = "except "  # begins the fact that a handler for a class refused the present exception


def _without_refusals(facts: dict[str, Fact | Value]) -> dict[str, Fact | Value]:
    if not any(text.startswith(_EXCEPT) for text in facts):
        return facts
    return {text: fact for text, fact in facts.items() if not text.startswith(_EXCEPT)}


def _catches(types: nodes.Expression | None, raised: str | None) -> bool | None:
    if types is None:
        return True
    if isinstance(types, nodes.Tuple):
        answers = [_catches(element, raised) for element in types.elements]
        return True if True in answers else (None if None in answers else False)
    name = place_of(types)
    if name in ("Exception", "BaseException"):
        return True
    if name is None or raised is None:
        return None
    if name.rpartition(".")[2] == raised.rpartition(".")[2]:
        return True
    handled_class = getattr(builtins, name, None)
    raised_class = getattr(builtins, raised, None)
    if isinstance(handled_class, type) and isinstance(raised_class, type):
        return issubclass(raised_class, handled_class)
    return None
