"""JUnit's XML, which every CI system shows: a suite for each file, a failure for each finding."""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree

from corolint.render.report import Report, one_based


def render(report: Report) -> str:
    count = str(len(report.findings))
    root = ElementTree.Element("testsuites", name="corolint", tests=count, failures=count)
    for path, group in groupby(report.findings, key=lambda finding: finding.path):
        findings = list(group)
        name = _xml_text(report.shown(path))
        number = str(len(findings))
        suite = ElementTree.SubElement(
            root, "testsuite", name=name, tests=number, failures=number, errors="0"
        )
        for finding in findings:
            line, column, _, _ = one_based(finding.span)
            case = ElementTree.SubElement(
                suite,
                "testcase",
                name=f"corolint.{finding.rule}",
                classname=name,
                file=name,
                line=str(line),
            )
            message = _xml_text(finding.message)
            failure = ElementTree.SubElement(
                case, "failure", message=message, type=finding.severity.value
            )
            failure.text = f"line {line}, column {column}: {finding.rule}: {message}"
    if not report.findings:
        # Some readers take a report without any test for a broken one.
        suite = ElementTree.SubElement(root, "testsuite", name="corolint", tests="1", failures="0")
        ElementTree.SubElement(suite, "testcase", name="No findings", classname="corolint")
        root.set("tests", "1")
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot hold in any form (its section 2.2)."""
    return "".join(
        character
        if character >= " "
        and not "\ud800" <= character <= "\udfff"
        and character not in "\ufffe\uffff"
        else " "
        for character in text
    )
