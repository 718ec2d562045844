"""Findings as text, one output format a file.

Every format is a pure function from a `Report` to the text that is written; none prints, and none
reads a file except through `Report.text_of`. A format is imported only when it is asked for.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from corolint.finding import Finding
from corolint.render.report import Report

FORMATS = (
    "full",
    "concise",
    "grouped",
    "json",
    "json-lines",
    "junit",
    "github",
    "gitlab",
    "azure",
    "pylint",
    "rdjson",
    "sarif",
)


# The formats that have a place for the cell of a notebook; in the others the message names it.
_NAMES_CELLS = frozenset({"full", "concise", "grouped", "json", "json-lines", "statistics"})


def render(output_format: str, report: Report) -> str:
    """The whole output in one of `FORMATS`; empty, or ending in a line end."""
    if output_format not in _NAMES_CELLS:
        report = replace(report, findings=tuple(map(_naming_its_cell, report.findings)))
    module = import_module("corolint.render." + output_format.replace("-", "_"))
    text: str = module.render(report)
    return text


def _naming_its_cell(finding: Finding) -> Finding:
    if finding.cell is None:
        return finding
    return replace(finding, message=f"{finding.message} (cell {finding.cell})")
