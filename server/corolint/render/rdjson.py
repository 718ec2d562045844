"""Reviewdog's diagnostic format. https://github.com/reviewdog/reviewdog/tree/master/proto/rdf

Its columns count UTF-8 bytes, from 1.
"""

from __future__ import annotations

import json
from typing import Any

from corolint.finding import Finding, Fix, Severity
from corolint.render.report import Report
from corolint.text import Span, split_lines, to_utf8_column

_LEVEL = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.HINT: "INFO"}


def render(report: Report) -> str:
    lines_of: dict[str, list[str]] = {}

    def lines(path: str) -> list[str]:
        if path not in lines_of:
            lines_of[path] = split_lines(report.text_of(path) or "")
        return lines_of[path]

    document = {
        "source": {"name": "corolint"},
        "diagnostics": [
            _diagnostic(finding, report, lines(finding.path)) for finding in report.findings
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
