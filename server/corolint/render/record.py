"""A finding as a plain record, the same in every JSON format.

Lines and columns count from 1, columns in code points; ``end_column`` is exclusive.
"""

from __future__ import annotations

from typing import Any

from corolint.finding import Finding, Note
from corolint.render.report import Report, one_based

_PLACE = ("line", "column", "end_line", "end_column")


def record(finding: Finding, report: Report) -> dict[str, Any]:
    """The finding with all its notes; `evidence` is `None` where nothing had to be inferred."""
    return {
        "path": report.shown(finding.path),
        **dict(zip(_PLACE, one_based(finding.span), strict=True)),
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "evidence": finding.evidence.value if finding.evidence else None,
        "notes": [_note(note, report) for note in finding.notes],
    }


def _note(note: Note, report: Report) -> dict[str, Any]:
    """A note without a place has `None` for its path and its numbers."""
    numbers = one_based(note.span) if note.span else (None, None, None, None)
    return {
        "path": report.shown(note.path) if note.path is not None else None,
        **dict(zip(_PLACE, numbers, strict=True)),
        "message": note.message,
    }
