"""SARIF 2.1.0, which code scanning services read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
Paths are relative URIs below the base ``SRCROOT``, columns count code points, and fingerprints
survive moved lines, so that a service knows an old finding again.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from corolint import __version__
from corolint.finding import Edit, Evidence, Finding, Fix, Note, Severity
from corolint.render.fingerprint import fingerprints
from corolint.render.report import Report, RuleHelp, one_based
from corolint.text import Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_BASE = "SRCROOT"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_PRECISION = {
    None: "very-high",
    Evidence.DECLARED: "very-high",
    Evidence.INFERRED: "high",
    Evidence.CONSENSUS: "medium",
}


def render(report: Report) -> str:
    rules = report.rules()
    index_of = {rule.name: index for index, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "corolint",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _BASE: {"description": {"text": "The folder that corolint was run in."}}
        },
        "results": [
            _result(finding, fingerprint, index_of.get(finding.rule), report)
            for finding, fingerprint in zip(report.findings, fingerprints(report), strict=True)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: RuleHelp) -> dict[str, Any]:
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": _sentence(rule.summary)},
        "fullDescription": {"text": _sentence(rule.summary)},
        "help": {"text": rule.markdown, "markdown": rule.markdown},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {
            "tags": ["asyncio", "correctness"],
            "problem.severity": {"note": "recommendation"}.get(
                _LEVEL[rule.severity], _LEVEL[rule.severity]
            ),
        },
    }


def _sentence(text: str) -> str:
    """Validators ask for a full stop."""
    text = text.strip() or "No description."
    return text if text.endswith((".", "!", "?")) else text + "."


def _result(
    finding: Finding, fingerprint: str, rule_index: int | None, report: Report
) -> dict[str, Any]:
    evidence = finding.evidence.value if finding.evidence else None
    related = [
        {"id": number, **_location(note.path, note.span, report), "message": _message(note)}
        for number, note in enumerate(finding.notes, 1)
        if note.path is not None and note.span is not None
    ]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVEL[finding.severity],
        "message": {"text": _sentence(finding.message)},
        "locations": [_location(finding.path, finding.span, report)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
        "properties": {"evidence": evidence, "precision": _PRECISION[finding.evidence]},
    }
    if rule_index is not None:
        result["ruleIndex"] = rule_index
    if related:
        result["relatedLocations"] = related
    if finding.fixes:
        result["fixes"] = [_fix(fix, finding.path, report) for fix in finding.fixes]
    return result


def _message(note: Note) -> dict[str, str]:
    return {"text": _sentence(note.message)}


def _location(path: str, span: Span, report: Report) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": _artifact(path, report), "region": _region(span)}
    }


def _artifact(path: str, report: Report) -> dict[str, str]:
    shown = report.shown(path)
    if PurePath(path).is_absolute() and shown == path.replace("\\", "/"):
        return {"uri": PurePath(path).as_uri()}  # It lies outside of the folder.
    return {"uri": quote(shown, errors="surrogateescape"), "uriBaseId": _BASE}


def _region(span: Span) -> dict[str, int]:
    line, column, end_line, end_column = one_based(span)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _fix(fix: Fix, path: str, report: Report) -> dict[str, Any]:
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.path or path, []).append(edit)
    return {
        "description": {"text": _sentence(fix.title)},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(each, report),
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                    for edit in edits
                ],
            }
            for each, edits in by_path.items()
        ],
    }
