"""A finding as a plain record, the same in every JSON format.

Lines and columns count from 1, columns in code points; ``end_column`` is exclusive. In a notebook
lines are those of the ``cell``, a key that other files do not have.
"""

from __future__ import annotations

from typing import Any

from corolint.finding import Finding, Fix, Note
from corolint.render.report import Report, one_based

_PLACE = ("line", "column", "end_line", "end_column")


def record(finding: Finding, report: Report) -> dict[str, Any]:
    """The finding with its notes and fixes; `evidence` is `None` where nothing was inferred."""
    return {
        "path": report.shown(finding.path),
        **_cell(finding),
        **dict(zip(_PLACE, one_based(finding.span), strict=True)),
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "evidence": finding.evidence.value if finding.evidence else None,
        "notes": [_note(note, report) for note in finding.notes],
        "fixes": [_fix(fix, finding.path, report) for fix in finding.fixes],
    }


def _note(note: Note, report: Report) -> dict[str, Any]:
    """A note without a place has `None` for its path and its numbers."""
    numbers = one_based(note.span) if note.span else (None, None, None, None)
    return {
        "path": report.shown(note.path) if note.path is not None else None,
        **_cell(note),
        **dict(zip(_PLACE, numbers, strict=True)),
        "message": note.message,
    }


def _fix(fix: Fix, path: str, report: Report) -> dict[str, Any]:
    """A fix, with the edits that belong together; each puts `text` in the place of a span."""
    return {
        "title": fix.title,
        "safe": fix.safe,
        "edits": [
            {
                "path": report.shown(edit.path or path),
                **dict(zip(_PLACE, one_based(edit.span), strict=True)),
                "text": edit.text,
            }
            for edit in fix.edits
        ],
    }


def _cell(item: Finding | Note) -> dict[str, int]:
    return {} if item.cell is None else {"cell": item.cell}
