"""Findings as text, one output format a file.

Every format is a pure function from a `Report` to the text that is written; none prints, and none
reads a file except through `Report.text_of`. A format is imported only when it is asked for.
"""

from __future__ import annotations

from importlib import import_module

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


def render(output_format: str, report: Report) -> str:
    """The whole output in one of `FORMATS`; empty, or ending in a line end."""
    module = import_module("corolint.render." + output_format.replace("-", "_"))
    text: str = module.render(report)
    return text
