"""Blocks of statements: read in order, in branches that meet again, and in loops.

    client = None
    while True:
        client = client or Client()     # at the head of the loop: `None`, or what the body leaves

A reader of a statement says whether it ends its block, so that nothing behind a ``return`` is read.
"""

from __future__ import annotations

from collections.abc import Callable

import corolint.summarize.statements as statements
from corolint.scope import Scope, meet
from corolint.syntax import nodes
from corolint.terms import (
    DEFINITION,
    UNKNOWN_TERM,
    Term,
    either,
)
from corolint.valuation.narrowing import apply_narrowings


def read_block(scope: Scope, block: nodes.Block) -> bool:
    """Read the statements in order; whether the end of the block can be reached."""
    if block.unreachable:
        return False
    for statement in block.statements:
        try:
            if statements.STATEMENT_READERS[type(statement)](scope, statement):
                return False
        except RecursionError:
            continue  # an expression deeper than Python's stack; nobody wrote it by hand
    return True


def read_branches(
    scope: Scope,
    branches: list[tuple[nodes.Block | None, list[tuple[str, Term]]]],
) -> bool:
    """Read alternatives that start from here, each with what was narrowed; is the end reached?"""
    before = scope.environment
    ends: list[dict[str, Term]] = []
    for block, narrowed in branches:
        scope.environment = dict(before)
        apply_narrowings(scope, narrowed)
        if block is None or read_block(scope, block):
            ends.append(scope.environment)
    scope.environment = before
    meet(scope, before, ends)
    return bool(ends)


def read_loop(
    scope: Scope,
    body: nodes.Block,
    orelse: nodes.Block | None,
    head: Callable[[], None],
    narrowed: list[tuple[str, Term]],
) -> None:
    """Read a loop: names that its body binds are, at its head, what they were or what it leaves."""
    carried: list[tuple[str, int, Term]] = []
    if scope.function:
        for name in assigned_names(body):
            if name in scope.globals or name in scope.nonlocals:
                continue
            known = scope.environment.get(name)
            if known is None:
                continue
            scope.definitions.append(UNKNOWN_TERM)
            number = len(scope.definitions) - 1
            carried.append((name, number, known))
            scope.environment[name] = (DEFINITION, scope.function, number)
    before = scope.environment
    scope.environment = dict(before)
    head()
    apply_narrowings(scope, narrowed)
    jumps_around = scope.jumps
    scope.jumps = []
    ends = [scope.environment] if read_block(scope, body) else []
    ends.extend(scope.jumps)
    scope.jumps = jumps_around
    if ends:
        meet(scope, before, ends)
    after = scope.environment
    for name, number, known in carried:
        left = after.get(name, UNKNOWN_TERM)
        itself = (DEFINITION, scope.function, number)
        scope.definitions[number] = known if left == itself else either([known, left])
    scope.environment = before
    meet(scope, before, [before, after])
    if orelse is not None:
        read_block(scope, orelse)


def assigned_names(block: nodes.Block) -> list[str]:
    """Names that statements of `block` bind, without nested functions and classes; each once."""
    names: dict[str, None] = {}
    blocks = [block]
    while blocks:
        for statement in blocks.pop().statements:
            for target in _targets(statement):
                _collect_names(target, names)
            blocks.extend(_blocks(statement))
    return list(names)


def _targets(statement: nodes.Statement) -> list[nodes.Expression]:
    if isinstance(statement, nodes.Assign):
        return statement.targets
    if isinstance(statement, nodes.For):
        return [statement.target]
    if isinstance(statement, nodes.With):
        return [target for target in statement.targets if target is not None]
    if isinstance(statement, nodes.AugmentedAssign):
        return [statement.target]
    if isinstance(statement, nodes.If | nodes.While) and type(statement.test) is nodes.Walrus:
        return [statement.test.target]
    return []


def _blocks(statement: nodes.Statement) -> list[nodes.Block]:
    """The blocks inside a compound statement that belong to the same scope."""
    if isinstance(statement, nodes.If | nodes.For | nodes.While):
        return [statement.body] if statement.orelse is None else [statement.body, statement.orelse]
    if isinstance(statement, nodes.With):
        return [statement.body]
    if isinstance(statement, nodes.Try):
        blocks = [statement.body, *[handler.body for handler in statement.handlers]]
        return blocks + [b for b in (statement.orelse, statement.finalbody) if b is not None]
    if isinstance(statement, nodes.Match):
        return [case.body for case in statement.cases]
    return []


def _collect_names(target: nodes.Expression, names: dict[str, None]) -> None:
    if isinstance(target, nodes.Name):
        names[target.name] = None
    elif isinstance(target, nodes.Collection):
        for element in target.elements:
            _collect_names(element, names)
    elif isinstance(target, nodes.Starred):
        _collect_names(target.value, names)


def has_break(block: nodes.Block) -> bool:
    """Whether a ``break`` in `block` leaves the loop around it."""
    for statement in block.statements:
        if isinstance(statement, nodes.Break):
            return True
        if isinstance(statement, nodes.For | nodes.While):
            if statement.orelse is not None and has_break(statement.orelse):
                return True
        elif any(has_break(inner) for inner in _blocks(statement)):
            return True
    return False
