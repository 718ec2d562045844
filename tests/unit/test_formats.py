"""Formats for other programs: what each writes to the letter, and readers that others wrote."""

from __future__ import annotations

import json
import re

import pytest
from corolint.finding import Edit, Evidence, Finding, Fix, Note, Severity
from corolint.render import FORMATS, render
from corolint.render.fingerprint import fingerprints
from corolint.render.report import Report, RuleHelp
from corolint.text import Span
from junitparser import JUnitXml
from sarif_pydantic import Sarif

TEXT = {
    "/p/a b.py": 'x = "é"; f()\n',
    "/p/sub/c.py": "async def f():\n    ...\n\n\n"
    "def g():\n    for x in (\n        1,\n    ):\n        f()\n",
}
FINDINGS = (
    Finding(
        "/p/a b.py",
        Span(1, 9, 1, 12),
        "unawaited-coroutine",
        Severity.ERROR,
        "coroutine 'f' was never awaited",
        Evidence.DECLARED,
        (
            Note("'f' is declared here", "/p/sub/c.py", Span(1, 0, 1, 11)),
            Note("and seen by", "/elsewhere/d.py", Span(2, 4, 2, 5)),
            Note("somewhere"),
        ),
        (Fix("Add 'await'", (Edit(Span(1, 9, 1, 9), "await "),)),),
    ),
    Finding("/p/sub/c.py", Span(6, 4, 9, 11), "dangling-task", Severity.WARNING, "100%: a,b;c]\nd"),
    Finding("/p/sub/c.py", Span(9, 8, 9, 11), "duplicate-coroutine", Severity.HINT, "<&>\x1b"),
)
RULES = (
    RuleHelp("unawaited-coroutine", Severity.ERROR, "A coroutine is dropped", "# Page\n"),
    RuleHelp("dangling-task", Severity.WARNING, "A task is not kept.", "# Page\n"),
)


def shown(output_format: str, findings: tuple[Finding, ...] = FINDINGS) -> str:
    return render(output_format, Report(findings, "/p", TEXT.get, rules=lambda: RULES))


def test_grouped():
    assert shown("grouped") == (
        "a b.py:\n"
        "  1:10     error[unawaited-coroutine] coroutine 'f' was never awaited\n"
        "\n"
        "sub/c.py:\n"
        "  6:5      warning[dangling-task] 100%: a,b;c]␊d\n"
        "  9:9      hint[duplicate-coroutine] <&>␛\n"
        "\n"
    )


def test_pylint():
    assert shown("pylint") == (
        "a b.py:1: [unawaited-coroutine] coroutine 'f' was never awaited\n"
        "sub/c.py:6: [dangling-task] 100%: a,b;c]␊d\n"
        "sub/c.py:9: [duplicate-coroutine] <&>␛\n"
    )


def test_github():
    assert shown("github") == (
        "::error title=corolint (unawaited-coroutine),file=a b.py,line=1,endLine=1,col=10,"
        "endColumn=13::a b.py:1:10: unawaited-coroutine: coroutine 'f' was never awaited\n"
        "::warning title=corolint (dangling-task),file=sub/c.py,line=6,endLine=9"
        "::sub/c.py:6:5: dangling-task: 100%25: a,b;c]%0Ad\n"
        "::notice title=corolint (duplicate-coroutine),file=sub/c.py,line=9,endLine=9,col=9,"
        "endColumn=12::sub/c.py:9:9: duplicate-coroutine: <&>␛\n"
    )


def test_azure():
    assert shown("azure") == (
        "##vso[task.logissue type=error;sourcepath=a b.py;linenumber=1;columnnumber=10;"
        "code=unawaited-coroutine;]coroutine 'f' was never awaited\n"
        "##vso[task.logissue type=warning;sourcepath=sub/c.py;linenumber=6;columnnumber=5;"
        "code=dangling-task;]100%AZP25: a,b;c]%0Ad\n"
        "##vso[task.logissue type=warning;sourcepath=sub/c.py;linenumber=9;columnnumber=9;"
        "code=duplicate-coroutine;]<&>␛\n"
    )


def test_json_is_the_lines_of_json_lines_in_a_list():
    lines = [json.loads(line) for line in shown("json-lines").splitlines()]
    assert json.loads(shown("json")) == lines
    assert len(lines) == len(FINDINGS)
    assert [note["path"] for note in lines[0]["notes"]] == ["sub/c.py", "/elsewhere/d.py", None]


def test_gitlab():
    entries = json.loads(shown("gitlab"))
    assert entries[0] == {
        "check_name": "unawaited-coroutine",
        "description": "unawaited-coroutine: coroutine 'f' was never awaited",
        "severity": "major",
        "fingerprint": entries[0]["fingerprint"],
        "location": {
            "path": "a b.py",
            "lines": {"begin": 1, "end": 1},
            "positions": {
                "begin": {"line": 1, "column": 10},
                "end": {"line": 1, "column": 13},
            },
        },
    }
    assert [entry["severity"] for entry in entries] == ["major", "minor", "info"]
    assert len({entry["fingerprint"] for entry in entries}) == 3


def test_rdjson_counts_bytes():
    diagnostics = json.loads(shown("rdjson"))["diagnostics"]
    place = {"start": {"line": 1, "column": 11}, "end": {"line": 1, "column": 14}}
    assert diagnostics[0] == {
        "message": "coroutine 'f' was never awaited",
        "location": {"path": "a b.py", "range": place},
        "severity": "ERROR",
        "code": {"value": "unawaited-coroutine"},
        "suggestions": [
            {
                "range": {"start": place["start"], "end": place["start"]},
                "text": "await ",
            }
        ],
    }
    assert [each["severity"] for each in diagnostics] == ["ERROR", "WARNING", "INFO"]


def test_junit_read_by_another_library():
    suites = list(JUnitXml.fromstring(shown("junit").encode()))
    assert [(suite.name, suite.tests, suite.failures) for suite in suites] == [
        ("a b.py", 1, 1),
        ("sub/c.py", 2, 2),
    ]
    case = next(iter(suites[0]))
    assert (case.name, case.classname) == ("corolint.unawaited-coroutine", "a b.py")
    assert case.result[0].message == "coroutine 'f' was never awaited"
    assert case.result[0].type == "error"
    assert next(iter(list(suites[1])[1])).message == "<&> "


def test_junit_without_findings_is_one_passed_test():
    suite = next(iter(JUnitXml.fromstring(shown("junit", ()).encode())))
    assert (suite.tests, suite.failures) == (1, 0)


def test_sarif_read_by_another_library():
    run = Sarif.model_validate_json(shown("sarif")).runs[0]
    assert [rule.id for rule in run.tool.driver.rules] == ["unawaited-coroutine", "dangling-task"]
    first, second, third = run.results
    assert (first.rule_id, first.rule_index, first.level.value) == (RULES[0].name, 0, "error")
    assert (second.level.value, third.level.value) == ("warning", "note")
    place = first.locations[0].physical_location
    assert place.artifact_location.uri == "a%20b.py"
    assert place.artifact_location.uri_base_id == "SRCROOT"
    assert (place.region.start_column, place.region.end_column) == (10, 13)


def test_sarif_in_detail():
    run = json.loads(shown("sarif"))["runs"][0]
    result = run["results"][0]
    assert [note["message"]["text"] for note in result["relatedLocations"]] == [
        "'f' is declared here.",
        "and seen by.",
    ]
    outside = result["relatedLocations"][1]["physicalLocation"]["artifactLocation"]
    assert re.fullmatch(r"file:///(\w:/)?elsewhere/d\.py", outside["uri"])
    change = result["fixes"][0]["artifactChanges"][0]
    assert change["replacements"][0]["insertedContent"] == {"text": "await "}
    assert run["tool"]["driver"]["rules"][0]["help"]["markdown"] == "# Page\n"
    assert run["columnKind"] == "unicodeCodePoints"


def moved(text: str, finding: Finding, lines: int) -> Report:
    span = finding.span._replace(line=finding.span.line + lines)
    other = Finding(finding.path, span, finding.rule, finding.severity, finding.message)
    return Report((other,), "/p", {finding.path: text}.get)


def test_a_fingerprint_survives_moved_and_indented_lines_but_not_changed_ones():
    report = Report(FINDINGS[:1], "/p", TEXT.get)
    line = TEXT["/p/a b.py"]
    assert fingerprints(moved("#\n\n    " + line, FINDINGS[0], 2)) == fingerprints(report)
    assert fingerprints(moved(line.replace("x", "y"), FINDINGS[0], 0)) != fingerprints(report)


def test_findings_alike_have_fingerprints_of_their_own():
    report = Report((FINDINGS[0], FINDINGS[0]), "/p", TEXT.get)
    assert len(set(fingerprints(report))) == 2


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_takes_any_text(output_format):
    finding = Finding(
        "/p/\udcff%:,;]\n<.py", Span(7, 3, 8, 99), "r", Severity.ERROR, "\x00\ud800\uffff]]>\r\n"
    )
    report = Report((finding,), "/p", lambda _: "x")
    text = render(output_format, report)
    assert text.endswith("\n")
    if output_format == "junit":
        JUnitXml.fromstring(text.encode())
    if output_format in ("json", "gitlab", "rdjson", "sarif", "json-lines"):
        assert text.isascii()
        json.loads(text)
