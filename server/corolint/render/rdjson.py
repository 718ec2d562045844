"""Reviewdog's diagnostic format. https://github.com/reviewdog/reviewdog/tree/master/proto/rdf

Its columns count UTF-8 bytes, from 1.
"""

from __future__ import annotations

import json
from typing import Any

from corolint.finding import Finding, Fix, Severity
from corolint.render.report import Report, lines_around
from corolint.text import Span, to_utf8_column

_LEVEL = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.HINT: "INFO"}


def render(report: Report) -> str:
    lines_of: dict[tuple[str, int | None], list[str]] = {}

    def lines(finding: Finding) -> list[str]:
        key = finding.path, finding.cell
        if key not in lines_of:
            lines_of[key] = lines_around(report, finding)
        return lines_of[key]

    document = {
        "source": {"name": "corolint"},
        "diagnostics": [
            _diagnostic(finding, report, lines(finding)) for finding in report.findings
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(finding: Finding, report: Report, lines: list[str]) -> dict[str, Any]:
    return {
        "message": finding.message,
        "location": {"path": report.shown(finding.path), "range": _range(finding.span, lines)},
        "severity": _LEVEL[finding.severity],
        "code": {"value": finding.rule},
        "suggestions": [
            {"range": _range(edit.span, lines), "text": edit.text}
            for fix in finding.fixes
            for edit in _own_edits(fix, finding.path)
        ],
    }


def _own_edits(fix: Fix, path: str) -> list[Any]:
    """A suggestion is one edit in the finding's own file; other fixes have no place here."""
    edits = [edit for edit in fix.edits if edit.path in (None, path)]
    return edits if len(edits) == len(fix.edits) == 1 else []


def _range(span: Span, lines: list[str]) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": span.line, "column": _column(span.line, span.column, lines)},
        "end": {"line": span.end_line, "column": _column(span.end_line, span.end_column, lines)},
    }


def _column(line: int, column: int, lines: list[str]) -> int:
    text = lines[line - 1] if line <= len(lines) else ""
    return to_utf8_column(text, column) + 1 if column <= len(text) else column + 1
