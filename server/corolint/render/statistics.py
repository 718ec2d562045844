"""How often each rule spoke, the most frequent first."""

from __future__ import annotations

from collections import Counter

from corolint.render.report import Report


def render(report: Report) -> str:
    counts = Counter((finding.rule, finding.severity) for finding in report.findings)
    widest = len(str(max(counts.values(), default=0)))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][0]))
    return "".join(
        f"{number:>{widest}}  {severity.value:<7}  {rule}\n" for (rule, severity), number in ordered
    )
