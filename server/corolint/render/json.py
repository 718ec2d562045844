"""All findings as one JSON array of the records of `record`."""

from __future__ import annotations

import json

from corolint.render.record import record
from corolint.render.report import Report


def render(report: Report) -> str:
    return json.dumps([record(finding, report) for finding in report.findings], indent=2) + "\n"
