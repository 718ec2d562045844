"""One line a finding: ``path:line:column: severity[rule] message``."""

from __future__ import annotations

from corolint.render.report import Report, place, printable


def render(report: Report) -> str:
    return "".join(
        f"{place(report, finding)}: {finding.severity.value}[{finding.rule}] "
        f"{printable(finding.message)}\n"
        for finding in report.findings
    )
