"""The same counts as `statistics`, for programs."""

from __future__ import annotations

import json
from collections import Counter

from corolint.render.report import Report


def render(report: Report) -> str:
    counts = Counter((finding.rule, finding.severity.value) for finding in report.findings)
    rows = [
        {"rule": rule, "severity": severity, "count": number}
        for (rule, severity), number in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]
    return json.dumps(rows, indent=2) + "\n"
