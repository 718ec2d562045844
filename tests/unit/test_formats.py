"""Formats for other programs: what each writes to the letter, and readers that others wrote.

The letters stand in `tests/golden/`; `python tests/generated.py` writes them anew.
"""

from __future__ import annotations

import json
import re

import generated
import jsonschema
import pytest
from corolint.finding import Finding, Severity
from corolint.render import FORMATS, render
from corolint.render.fingerprint import fingerprints
from corolint.render.report import Report
from corolint.text import Span
from diff_cover.violationsreporters.violations_reporter import PylintDriver
from junitparser import JUnitXml
from sample_report import FINDINGS, RULES, TEXT, shown
from sarif_pydantic import Sarif


@pytest.mark.parametrize("output_format", FORMATS)
def test_to_the_letter(output_format):
    assert generated.golden_file(output_format).read_text("utf-8") == shown(output_format)


def test_json_is_the_lines_of_json_lines_in_a_list():
    lines = [json.loads(line) for line in shown("json-lines").splitlines()]
    assert json.loads(shown("json")) == lines
    assert len(lines) == len(FINDINGS)
    assert [note["path"] for note in lines[0]["notes"]] == ["sub/c.py", "/elsewhere/d.py", None]


def test_junit_read_by_another_library():
    suites = list(JUnitXml.fromstring(shown("junit").encode()))
    assert [(suite.name, suite.tests, suite.failures) for suite in suites] == [
        ("a b.py", 1, 1),
        ("sub/c.py", 3, 3),
    ]
    case = next(iter(suites[0]))
    assert (case.name, case.classname) == ("corolint.unawaited-coroutine", "a b.py")
    assert case.result[0].message == "coroutine 'f' was never awaited"
    assert case.result[0].type == "error"
    assert next(iter(list(suites[1])[1])).message == "<&> "


def test_junit_without_findings_is_one_passed_test():
    suite = next(iter(JUnitXml.fromstring(shown("junit", ()).encode())))
    assert (suite.tests, suite.failures) == (1, 0)


def test_pylint_read_by_another_library():
    seen = PylintDriver().parse_reports([shown("pylint")])
    assert {path: [each.line for each in found] for path, found in seen.items()} == {
        "a b.py": [1],
        "sub/c.py": [6, 9, 9],
    }
    assert seen["a b.py"][0].message.endswith(": coroutine 'f' was never awaited")


def test_sarif_read_by_another_library():
    run = Sarif.model_validate_json(shown("sarif")).runs[0]
    assert [rule.id for rule in run.tool.driver.rules] == ["unawaited-coroutine", "dangling-task"]
    first, second, third, _ = run.results
    assert (first.rule_id, first.rule_index, first.level.value) == (RULES[0].name, 0, "error")
    assert (second.level.value, third.level.value) == ("warning", "note")
    place = first.locations[0].physical_location
    assert place.artifact_location.uri == "a%20b.py"
    assert place.artifact_location.uri_base_id == "SRCROOT"
    assert (place.region.start_column, place.region.end_column) == (10, 13)


def test_sarif_is_what_the_published_schema_asks_for():
    schema = json.loads(generated.SARIF_SCHEMA.read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(json.loads(shown("sarif")))] == []
    assert list(validator.iter_errors({"version": "2.1.0", "runs": [{"results": [{}]}]}))


def test_sarif_tells_the_way_to_the_fault():
    results = json.loads(shown("sarif"))["runs"][0]["results"]
    assert ["codeFlows" in result for result in results] == [False, False, False, True]
    ((thread,),) = (flow["threadFlows"] for flow in results[3]["codeFlows"])
    steps = [step["location"] for step in thread["locations"]]
    assert [step["physicalLocation"]["region"]["startLine"] for step in steps] == [7, 8, 9]
    assert steps[2]["message"]["text"] == "cannot reuse already awaited coroutine 'f'."


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
