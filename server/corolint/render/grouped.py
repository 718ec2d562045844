"""Findings under the name of their file, for reading a long list by eye."""

from __future__ import annotations

from itertools import groupby

from corolint.render.report import Report, printable


def render(report: Report) -> str:
    parts = []
    for path, group in groupby(report.findings, key=lambda finding: finding.path):
        parts.append(f"{printable(report.shown(path))}:\n")
        for finding in group:
            cell = "" if finding.cell is None else f"cell {finding.cell}:"
            place = f"{cell}{finding.span.line}:{finding.span.column + 1}"
            level = f"{finding.severity.value}[{finding.rule}]"
            parts.append(f"  {place:<8} {level} {printable(finding.message)}\n")
        parts.append("\n")
    return "".join(parts)
