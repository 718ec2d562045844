"""The code quality report of GitLab: issues as Code Climate has them, each told in one line.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
https://github.com/codeclimate/platform/blob/master/spec/analyzers/SPEC.md#issues
"""

from __future__ import annotations

import json

from corolint.finding import Severity
from corolint.render.fingerprint import fingerprints
from corolint.render.report import Report, one_based, printable

_LEVEL = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.HINT: "info"}


def render(report: Report) -> str:
    entries = []
    for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True):
        line, column, end_line, end_column = one_based(finding.span)
        entries.append(
            {
                "type": "issue",
                "check_name": finding.rule,
                "categories": ["Bug Risk"],
                "description": printable(f"{finding.rule}: {finding.message}"),
                "severity": _LEVEL[finding.severity],
                "fingerprint": fingerprint,
                "location": {
                    "path": report.shown(finding.path),
                    "lines": {"begin": line, "end": end_line},
                    "positions": {
                        "begin": {"line": line, "column": column},
                        "end": {"line": end_line, "column": end_column},
                    },
                },
            }
        )
    return json.dumps(entries, indent=2) + "\n"
