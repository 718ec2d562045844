"""One JSON object a line, one line a finding: the format for scripts and for very long lists."""

from __future__ import annotations

import json

from corolint.render.record import record
from corolint.render.report import Report


def render(report: Report) -> str:
    return "".join(json.dumps(record(finding, report)) + "\n" for finding in report.findings)
