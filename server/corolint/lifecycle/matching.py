"""``match``: comparing a subject with patterns of literals, and binding what patterns capture."""

from __future__ import annotations

from corolint.flow import Label, Step
from corolint.lifecycle.conditions import assume, constant, decide, place_of
from corolint.lifecycle.evaluation import evaluate
from corolint.lifecycle.following import Following
from corolint.lifecycle.history import Action
from corolint.lifecycle.state import PathState, Results, bind, with_trust
from corolint.lifecycle.values import OBJECT, Trust, Value
from corolint.syntax import nodes


def subject_states(
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


def match_case(following: Following, step: Step, case: nodes.Case, state: PathState) -> Results:
    subject = step.owner.subject if isinstance(step.owner, nodes.Match) else None
    place = place_of(subject) if subject is not None else None
    value = state.held.get(place) if place is not None else None
    outcome: bool | None = None
    matched, refused = state, state
    tests = _tests(subject, case.pattern) if subject is not None else None
    if tests is not None:
        decisions = [decide(test, state) for test in tests]
        answers = [outcome for outcome, _ in decisions]
        outcome = True if True in answers else (None if None in answers else False)
        if outcome is not None and any(is_stale for _, is_stale in decisions):
            outcome = None
            doubted = with_trust(state, Trust.DOUBTFUL)
            matched, refused = (state, doubted) if True in answers else (doubted, state)
        elif outcome is None:
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
    of an enumeration, or are ``True`` and ``False``: then there is probably no other value."""
    cases = step.owner.cases if isinstance(step.owner, nodes.Match) else []
    if len(cases) < 2 or case is not cases[-1]:
        return False
    values = [one.pattern.value for one in cases if isinstance(one.pattern, nodes.ValuePattern)]
    if {"True", "False"} <= {value.name for value in values if isinstance(value, nodes.Name)}:
        return True
    all_named = all(isinstance(value, nodes.Attribute) for value in values)
    return all_named and len(values) == len(cases)


def _tests(subject: nodes.Expression, pattern: nodes.Pattern) -> list[nodes.Expression] | None:
    """The comparisons that a pattern of literals makes; one of them must hold."""
    match pattern:
        case nodes.ValuePattern(value=nodes.Name(name="True")) if _is_boolean(subject):
            return [subject]
        case nodes.ValuePattern(value=nodes.Name(name="False")) if _is_boolean(subject):
            return [nodes.UnaryOperation("not", subject, subject.at)]
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


def _is_boolean(subject: nodes.Expression) -> bool:
    """Whether a subject is a test, and so either ``True`` or ``False``."""
    return isinstance(subject, nodes.UnaryOperation) and subject.operator == "not"


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
