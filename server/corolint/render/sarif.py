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
from corolint.text import Span, split_lines

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_BASE = "SRCROOT"
_MOST_LINES = 20  # of a snippet
_LONGEST_LINE = 1000
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
            _BASE: {
                "description": {
                    "text": "The top of the repository, or the folder that corolint was run in."
                }
            }
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
        "locations": [_location_with_snippet(finding, report)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
        "properties": {"evidence": evidence, "precision": _PRECISION[finding.evidence]},
    }
    if rule_index is not None:
        result["ruleIndex"] = rule_index
    if related:
        result["relatedLocations"] = related
    if flow := _flow(finding, report):
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if finding.fixes:
        result["fixes"] = [_fix(fix, finding.path, report) for fix in finding.fixes]
    return result


def _flow(finding: Finding, report: Report) -> list[dict[str, Any]]:
    """The way to the fault, step by step, with the place of the finding where it belongs; empty
    where there is no way to tell of."""
    steps = [note for note in finding.notes if note.step and note.path and note.span]
    if not steps:
        return []
    itself = Note(finding.message, finding.path, finding.span)
    first = steps[0]
    if (first.path, first.span) != (itself.path, itself.span):
        # What an object meets after it was made stands below the place where it was made.
        is_first = first.path == itself.path and first.span > itself.span  # type: ignore[operator]
        steps = [itself, *steps] if is_first else [*steps, itself]
    return [
        {"location": {**_location(step.path, step.span, report), "message": _message(step)}}
        for step in steps
        if step.path is not None and step.span is not None
    ]


def _message(note: Note) -> dict[str, str]:
    return {"text": _sentence(note.message)}


def _location(path: str, span: Span, report: Report) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": _artifact(path, report), "region": _region(span)}
    }


def _location_with_snippet(finding: Finding, report: Report) -> dict[str, Any]:
    """The place of a finding, with its lines for readers that do not have the file."""
    location = _location(finding.path, finding.span, report)
    lines = split_lines(report.text_of(finding.path) or "")
    shown = lines[finding.span.line - 1 : finding.span.end_line]
    if 0 < len(shown) <= _MOST_LINES and max(map(len, shown)) <= _LONGEST_LINE:
        location["physicalLocation"]["contextRegion"] = {
            "startLine": finding.span.line,
            "endLine": finding.span.end_line,
            "snippet": {"text": "\n".join(shown)},
        }
    return location


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
