"""Logging commands of Azure Pipelines.

https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

from corolint.finding import Severity
from corolint.render.report import Report, one_based, printable


def render(report: Report) -> str:
    lines = []
    for finding in report.findings:
        level = "error" if finding.severity is Severity.ERROR else "warning"
        line, column, _, _ = one_based(finding.span)
        properties = (
            f"type={level};sourcepath={_value(report.shown(finding.path))};"
            f"linenumber={line};columnnumber={column};code={_value(finding.rule)};"
        )
        lines.append(f"##vso[task.logissue {properties}]{_data(finding.message)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return printable(text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A"))


def _value(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")
