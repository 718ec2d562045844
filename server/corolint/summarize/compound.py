"""Statements that have blocks inside: ``if``, loops, ``with``, ``try``, ``match``.

Each reader leaves the environment in which the code after the statement runs, and says whether that
code is reached at all.
"""

from __future__ import annotations

import corolint.summarize.blocks as blocks
from corolint.scope import Scope, bind_name, keep, meet
from corolint.summary import OBJECT
from corolint.syntax import nodes
from corolint.terms import (
    ASYNC_ELEMENT,
    ASYNC_ENTER,
    ATTRIBUTE,
    CALL,
    ELEMENT,
    ENTER,
    IS_INSTANCE,
    TUPLE,
    UNKNOWN_TERM,
    Term,
    either,
)
from corolint.valuation.expressions import value_of
from corolint.valuation.narrowing import apply_narrowings, narrowings
from corolint.valuation.paths import last_name
from corolint.valuation.targets import bind_target
from corolint.valuation.uses import note_use


def if_statement(scope: Scope, node: nodes.If) -> bool:
    value_of(scope, node.test)
    if node.orelse is None and _is_for_type_checkers(node.test):
        blocks.read_block(scope, node.body)
        return False
    if node.body.unreachable:
        return node.orelse is not None and not blocks.read_block(scope, node.orelse)
    if node.orelse is not None and node.orelse.unreachable:
        return not blocks.read_block(scope, node.body)
    when_true = narrowings(scope, node.test, True)
    when_false = narrowings(scope, node.test, False)
    return not blocks.read_branches(scope, [(node.body, when_true), (node.orelse, when_false)])


def _is_for_type_checkers(test: nodes.Expression) -> bool:
    """``if TYPE_CHECKING: assert isinstance(child, Client)`` tells what is true afterwards."""
    return last_name(test) == "TYPE_CHECKING"


def match_statement(scope: Scope, node: nodes.Match) -> bool:
    subject = keep(scope, value_of(scope, node.subject))
    before = scope.environment
    ends = [before]
    for case in node.cases:
        scope.environment = dict(before)
        _bind_pattern(scope, case.pattern, subject)
        if case.guard is not None:
            value_of(scope, case.guard)
            apply_narrowings(scope, narrowings(scope, case.guard, True))
        if blocks.read_block(scope, case.body):
            ends.append(scope.environment)
    scope.environment = before
    meet(scope, before, ends)
    return False


def _bind_pattern(scope: Scope, pattern: nodes.Pattern, subject: Term) -> None:
    if isinstance(pattern, nodes.CapturePattern):
        inner = pattern.pattern
        if isinstance(inner, nodes.ClassPattern):
            subject = keep(scope, (IS_INSTANCE, subject, value_of(scope, inner.cls), True))
        if inner is not None:
            _bind_pattern(scope, inner, subject)
        if pattern.name is not None:
            bind_name(scope, pattern.name, subject)
    elif isinstance(pattern, nodes.ClassPattern):
        value_of(scope, pattern.cls)
        for part in pattern.patterns:
            _bind_pattern(scope, part, UNKNOWN_TERM)
        for attribute, part in pattern.keywords:
            _bind_pattern(scope, part, (ATTRIBUTE, subject, attribute))
    elif isinstance(pattern, nodes.OrPattern):
        for part in pattern.patterns:
            _bind_pattern(scope, part, subject)
    elif isinstance(pattern, nodes.SequencePattern):
        for part in pattern.patterns:
            _bind_pattern(scope, part, (ELEMENT, subject))
    elif isinstance(pattern, nodes.MappingPattern):
        for key in pattern.keys:
            value_of(scope, key)
        for part in pattern.patterns:
            _bind_pattern(scope, part, UNKNOWN_TERM)
        if pattern.rest is not None:
            bind_name(scope, pattern.rest, UNKNOWN_TERM)
    elif isinstance(pattern, nodes.StarPattern):
        if pattern.name is not None:
            bind_name(scope, pattern.name, UNKNOWN_TERM)
    elif isinstance(pattern, nodes.ValuePattern):
        value_of(scope, pattern.value)


def for_statement(scope: Scope, node: nodes.For) -> bool:
    iterable = value_of(scope, node.iterable)
    if node.is_async:
        note_use(scope, node.iterable, OBJECT)
    step = (ASYNC_ELEMENT if node.is_async else ELEMENT, iterable)
    blocks.read_loop(
        scope, node.body, node.orelse, lambda: bind_target(scope, node.target, step), []
    )
    return False


def while_statement(scope: Scope, node: nodes.While) -> bool:
    narrowed: list[tuple[str, Term]] = []

    def test() -> None:
        value_of(scope, node.test)
        narrowed.extend(narrowings(scope, node.test, True))

    endless = type(node.test) is nodes.Name and node.test.name == "True"
    blocks.read_loop(scope, node.body, node.orelse, test, narrowed)
    return endless and not blocks.has_break(node.body)


def with_statement(scope: Scope, node: nodes.With) -> bool:
    tag = ASYNC_ENTER if node.is_async else ENTER
    for context, target in zip(node.contexts, node.targets, strict=True):
        term = (tag, value_of(scope, context))
        note_use(scope, context, OBJECT)
        if target is not None:
            bind_target(scope, target, term)
    # A context manager may swallow an exception, so code after a body that ends in one is reached
    # as far as we know; what the body bound before is what counts.
    return not blocks.read_block(scope, node.body) and not _may_suppress(node)


def _may_suppress(node: nodes.With) -> bool:
    return not any(isinstance(statement, nodes.Return) for statement in node.body.statements)


def try_statement(scope: Scope, node: nodes.Try) -> bool:
    before = dict(scope.environment)
    body_ends = blocks.read_block(scope, node.body)
    after = scope.environment
    ends: list[dict[str, Term]] = []
    meet(scope, before, [before, after])
    in_handlers = scope.environment
    for handler in node.handlers:
        scope.environment = dict(in_handlers)
        if handler.type is not None:
            exception = value_of(scope, handler.type)
            if handler.name is not None:
                bind_name(scope, handler.name, _caught(exception))
        if blocks.read_block(scope, handler.body):
            ends.append(scope.environment)
    scope.environment = after
    if body_ends and node.orelse is not None:
        body_ends = blocks.read_block(scope, node.orelse)
    if body_ends:
        ends.append(scope.environment)
    scope.environment = in_handlers
    meet(scope, in_handlers, ends)
    reached = bool(ends)
    if node.finalbody is not None:
        reached = blocks.read_block(scope, node.finalbody) and reached
    return not reached


def _caught(exception: Term) -> Term:
    if exception[0] == TUPLE:
        return either([(CALL, member, (), ()) for member in exception[1]])
    return (CALL, exception, (), ())
