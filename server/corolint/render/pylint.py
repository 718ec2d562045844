"""The format of Pylint and Flake8, which many tools read: ``path:line: [rule] message``."""

from __future__ import annotations

from corolint.render.report import Report, printable


def render(report: Report) -> str:
    return "".join(
        f"{printable(report.shown(finding.path))}:{finding.span.line}: "
        f"[{finding.rule}] {printable(finding.message)}\n"
        for finding in report.findings
    )
