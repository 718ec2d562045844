"""A baseline: the findings that a project has today, so that from now on only new ones are told.

The file holds one line a finding, sorted, so that it can be read, reviewed and merged:

    {
      "version": 1,
      "findings": {
        "5a7b…": "app/feed.py: unawaited-coroutine: coroutine 'post' was never awaited"
      }
    }

Only the fingerprints count (see `corolint.render.fingerprint`); the text is for people.
"""

from __future__ import annotations

import json

from corolint.config import ConfigError
from corolint.finding import Finding
from corolint.render.fingerprint import fingerprints
from corolint.render.report import Report

_VERSION = 1


def write_baseline(report: Report) -> str:
    """The text of a baseline that covers all findings of `report`."""
    findings = {
        fingerprint: f"{report.shown(finding.path)}: {finding.rule}: {finding.message}"
        for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True)
    }
    document = {"version": _VERSION, "findings": dict(sorted(findings.items(), key=_by_text))}
    return json.dumps(document, indent=2) + "\n"


def read_baseline(text: str, file: str) -> frozenset[str]:
    """The fingerprints in the text of a baseline. Raises `ConfigError` if it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: not a baseline: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("findings"), dict):
        raise ConfigError(f"{file}: not a baseline: it holds no findings")
    if document.get("version") != _VERSION:
        raise ConfigError(
            f"{file}: a baseline of version {document.get('version')!r}, which this corolint does"
            " not know; write it anew with --write-baseline"
        )
    return frozenset(document["findings"])


def without_known(report: Report, known: frozenset[str]) -> tuple[Finding, ...]:
    """The findings of `report` that are not in the baseline."""
    if not known:
        return report.findings
    return tuple(
        finding
        for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True)
        if fingerprint not in known
    )


def _by_text(item: tuple[str, str]) -> tuple[str, str]:
    return item[1], item[0]
