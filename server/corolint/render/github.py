"""Commands that GitHub Actions turns into annotations in a pull request.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from corolint.finding import Severity
from corolint.render.report import Report, one_based, printable

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def render(report: Report) -> str:
    lines = []
    for finding in report.findings:
        line, column, end_line, end_column = one_based(finding.span)
        path = report.shown(finding.path)
        place = f"file={_value(path)},line={line},endLine={end_line}"
        if line == end_line:  # Columns are only understood within one line.
            place += f",col={column},endColumn={end_column}"
        title = f"title={_value(f'corolint ({finding.rule})')}"
        text = f"{path}:{line}:{column}: {finding.rule}: {finding.message}"
        lines.append(f"::{_LEVEL[finding.severity]} {title},{place}::{_data(text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
