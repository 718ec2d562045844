"""``await`` put where it was forgotten: where the object is made.

    total = count()          total = await count()
    fetch().decode()         (await fetch()).decode()

``await`` binds tighter than every operator, but not than an attribute, a subscript or a call.
"""

from __future__ import annotations

import re

from corolint.finding import Edit, Fix
from corolint.lifecycle.history import Life
from corolint.mending.places import can_await, end_of, is_in_generator, start_of
from corolint.reporting import Subject
from corolint.syntax import Syntax, nodes
from corolint.text import Span

# A bracket that is not that of a call's arguments.
_LONE_BRACKET = re.compile(
    r"(?:^|[^\w\])]|\b(?:and|assert|await|elif|else|for|if|in|is|not|or|return|while|yield))\s*\($"
)


def await_fixes(subject: Subject, life: Life, use: nodes.Expression | None = None) -> list[Fix]:
    """Inserting ``await`` where the object is made, if that is allowed there and does no harm.

    `use` is the attribute, subscript or call on the object, which binds tighter than ``await``. An
    object that is also awaited elsewhere would be awaited twice. Where other expressions make the
    objects that meet in this use, all of them are awaited.
    """
    if not can_await(subject):
        return []
    if use is not None and id(use) in subject.body.awaited:
        return []  # ``await f().x``: there is one already, at the wrong place
    edits: list[Edit] = []
    for one in _meeting(subject, life, use):
        if not isinstance(one.origin, nodes.Expression) or _is_consumed(one):
            return []
        if is_in_generator(subject.body, one.origin):
            return []
        edits += await_edits(subject.syntax, one.origin, use)
    return [Fix(f"Await '{life.made.name}'", tuple(edits), preferred=True)]


def await_edits(
    syntax: Syntax, made: nodes.Expression, use: nodes.Expression | None = None
) -> list[Edit]:
    """The edits that put ``await`` before an expression, in brackets if `use` needs them."""
    span = syntax.span(made)
    if use is not None and _binds_tighter(use, made) and not _has_brackets(syntax, span):
        return [Edit(start_of(span), "(await "), Edit(end_of(span), ")")]
    return [Edit(start_of(span), "await ")]


def _meeting(subject: Subject, life: Life, use: nodes.Expression | None) -> list[Life]:
    if use is None or use is life.origin:
        return [life]
    others = [
        one
        for one in subject.history.lives
        if one is not life and any(other.node is use for other in one.uses)
    ]
    return [life, *others]


def _has_brackets(syntax: Syntax, span: Span) -> bool:
    before = syntax.lines[span.line - 1][: span.column].rstrip()
    after = syntax.lines[span.end_line - 1][span.end_column :].lstrip()
    return _LONE_BRACKET.search(before) is not None and after.startswith(")")


def _is_consumed(life: Life) -> bool:
    return any(use.action.consumes for use in life.uses)


def _binds_tighter(use: nodes.Expression, made: nodes.Expression) -> bool:
    match use:
        case nodes.Attribute(value=value) | nodes.Subscript(value=value):
            return value is made
        case nodes.Call(callee=callee):
            return callee is made
    return False
