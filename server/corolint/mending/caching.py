"""A cache that keeps coroutine objects is taken off the function."""

from __future__ import annotations

from corolint.finding import Edit, Fix
from corolint.reporting import Subject
from corolint.syntax import nodes
from corolint.text import Span


def uncached_fixes(subject: Subject, decorator: nodes.Expression) -> list[Fix]:
    """Deletes the line of a decorator that has it for itself."""
    span = subject.syntax.span(decorator)
    before = subject.syntax.lines[span.line - 1][: span.column]
    after = subject.syntax.lines[span.end_line - 1][span.end_column :].lstrip()
    if before.strip() != "@" or (after and not after.startswith("#")):
        return []
    lines = Span(span.line, 0, span.end_line + 1, 0)
    return [Fix("Remove the cache", (Edit(lines, ""),))]
