"""A name for each finding that stays the same while the code around it moves.

It is made from the path, the rule, the message and the text of the blamed line without its
indentation; findings that are alike in all of these are counted from the top of the file. Inserting
lines elsewhere, or indenting the line, changes no fingerprint; changing the line does.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from corolint.render.report import Report, lines_around


def fingerprints(report: Report) -> tuple[str, ...]:
    """One fingerprint a finding, in the order of the findings: 32 hexadecimal digits each."""
    lines_of: dict[tuple[str, int | None], list[str]] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in report.findings:
        key = finding.path, finding.cell
        if key not in lines_of:
            lines_of[key] = lines_around(report, finding)
        lines = lines_of[key]
        index = finding.span.line - 1
        line = lines[index].strip() if index < len(lines) else ""
        parts = (report.shown(finding.path), finding.rule, finding.message, line)
        identity = "\0".join((*parts, str(seen[parts])))
        seen[parts] += 1
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass"))
        found.append(digest.hexdigest()[:32])
    return tuple(found)
