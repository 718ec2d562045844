"""Edits as a change of text: which of many can be made together, and what comes out.

Two fixes that touch the same characters cannot both be made; the earlier one is, and the later one
gets its turn when the result has been checked again. For example, of the two fixes *insert
``await `` at 3:4* and *delete 3:0-3:9*, only the first is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from corolint.finding import Edit, Finding, Fix
from corolint.text import Span

_LINE_END = re.compile(r"\r\n|\r|\n")


def choose_fixes(findings: Iterable[Finding], *, unsafe: bool) -> tuple[tuple[Finding, Fix], ...]:
    """For each finding the fix to make, if it has one that is allowed and fits with those before.

    A safe fix goes before an unsafe one, a preferred one before the others; without `unsafe` only
    safe ones are made.
    """
    taken: dict[str, set[tuple[Span, str]]] = {}
    chosen = []
    for finding in findings:
        allowed = [fix for fix in finding.fixes if (fix.safe or unsafe) and fix.edits]
        for fix in sorted(allowed, key=lambda fix: (not fix.safe, not fix.preferred)):
            edits = [(edit.path or finding.path, (edit.span, edit.text)) for edit in fix.edits]
            if all(_fits(edit, taken.get(path, set())) for path, edit in edits):
                for path, edit in edits:
                    taken.setdefault(path, set()).add(edit)
                chosen.append((finding, fix))
                break
    return tuple(chosen)


def edits_by_path(chosen: Iterable[tuple[Finding, Fix]]) -> dict[str, tuple[Edit, ...]]:
    """The edits of the chosen fixes, file by file; an edit that two fixes share comes once."""
    found: dict[str, dict[tuple[Span, str], Edit]] = {}
    for finding, fix in chosen:
        for edit in fix.edits:
            found.setdefault(edit.path or finding.path, {})[edit.span, edit.text] = edit
    return {path: tuple(edits.values()) for path, edits in found.items()}


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all `edits` made; they must not overlap. New lines end as those of `text` do.

    A place after the end of its line, or of the text, counts as that end.
    """
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    first_end = _LINE_END.search(text)
    line_end = first_end[0] if first_end else "\n"

    def offset(line: int, column: int) -> int:
        if line > len(starts):
            return len(text)
        start = starts[line - 1]
        end = _LINE_END.search(text, start)
        return min(start + column, end.start() if end else len(text))

    parts = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        span = edit.span
        parts.append(text[position : offset(span.line, span.column)])
        parts.append(_LINE_END.sub(line_end, edit.text))
        position = offset(span.end_line, span.end_column)
    return "".join(parts) + text[position:]


def _fits(edit: tuple[Span, str], taken: set[tuple[Span, str]]) -> bool:
    """Can this edit be made beside those taken? The very same edit is one, not two."""
    if edit in taken:
        return True
    return all(_apart(edit[0], other) for other, _ in taken)


def _apart(one: Span, other: Span) -> bool:
    """Do two spans share no character, and not both insert at one place?"""
    first, second = sorted((one, other))
    end = (first.end_line, first.end_column)
    start = (second.line, second.column)
    return end < start or (end == start and first[:2] != second[:2])
