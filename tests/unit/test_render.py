"""Output formats, from findings made by hand."""

from __future__ import annotations

import json
import re

import pytest
from corolint.finding import Definition, Evidence, Finding, Fix, Note, Severity
from corolint.paths import seen_from
from corolint.render import FORMATS, render
from corolint.render.report import Report, printable, summary
from corolint.text import Span

TEXT = "async def fetch():\n    ...\n\nasync def main():\n    fetch()\n"
FINDING = Finding(
    "/p/a.py",
    Span(5, 4, 5, 11),
    "unawaited-coroutine",
    Severity.ERROR,
    "coroutine 'fetch' was never awaited",
    Evidence.DECLARED,
    (Note("'fetch' is declared here", "/p/a.py", Span(1, 0, 1, 17)),),
)


def shown(text: str, finding: Finding = FINDING, output_format: str = "full", color=False) -> str:
    report = Report((finding,), "/p", {"/p/a.py": text}.get, color)
    return render(output_format, report)


def underlined(text: str, span: Span) -> list[str]:
    """The lines of a frame from the blamed one on, without the gutter."""
    finding = Finding("/p/a.py", span, "r", Severity.ERROR, "m")
    return [line.partition("| ")[2] for line in shown(text, finding).splitlines()[3:-2]]


def test_full():
    assert shown(TEXT) == (
        "error[unawaited-coroutine]: coroutine 'fetch' was never awaited\n"
        " --> a.py:5:5\n"
        "  |\n"
        "4 | async def main():\n"
        "5 |     fetch()\n"
        "  |     ^^^^^^^\n"
        "  |\n"
        "note: 'fetch' is declared here\n"
        " --> a.py:1:1\n"
        "  |\n"
        "1 | async def fetch():\n"
        "  | -----------------\n"
        "  |\n"
        "\n"
    )


def test_full_says_what_supports_a_weaker_finding_and_what_would_help():
    finding = Finding(
        "/p/a.py",
        Span(5, 4, 5, 11),
        "r",
        Severity.HINT,
        "m",
        Evidence.CONSENSUS,
        (Note("somewhere", definition=Definition("lib", "f")),),
        (Fix("Add 'await'", ()),),
    )
    assert shown(TEXT, finding).splitlines()[-4:] == [
        "  = evidence: consensus",
        "note: somewhere",
        "help: Add 'await'",
        "",
    ]


def test_color_is_only_escape_codes_around_the_same_text():
    painted = shown(TEXT, color=True)
    assert "\x1b[1;31m^^^^^^^\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == shown(TEXT)


@pytest.mark.parametrize(
    ("line", "start", "end", "expected"),
    [
        ("f()", 0, 3, ["f()", "^^^"]),
        ("\tf()", 1, 4, ["    f()", "    ^^^"]),
        ("x\tf()", 2, 5, ["x   f()", "    ^^^"]),
        ('x = "漢字"; f()', 10, 13, ['x = "漢字"; f()', "            ^^^"]),
        ("漢字()", 0, 4, ["漢字()", "^^^^^^"]),
        ("e\u0301 = f()", 5, 8, ["e\u0301 = f()", "    ^^^"]),
        ("\U0001f600; f()", 3, 6, ["\U0001f600; f()", "    ^^^"]),
        ('"\x1b[31m"; f()', 9, 12, ['"␛[31m"; f()', "         ^^^"]),
        ("f()", 1, 1, ["f()", " ^"]),
        ("    f() ", 0, 0, ["    f()", "    ^^^"]),
        ("f()", 2, 99, ["f()", "  ^"]),
    ],
)
def test_the_underline_stands_below_what_it_means(line, start, end, expected):
    assert underlined(line, Span(1, start, 1, end)) == expected


def test_a_span_of_several_lines():
    text = "f(\n    1,\n    2,\n)\n"
    assert underlined(text, Span(1, 0, 3, 5)) == [
        "f(",
        "^^",
        "    1,",
        "    ^^",
        "    2,",
        "    ^",
        ")",
    ]


def test_a_long_span_shows_its_ends():
    text = "f(\n" + "    1,\n" * 50 + ")\n"
    lines = shown(text, Finding("/p/a.py", Span(1, 0, 52, 1), "r", Severity.ERROR, "m"))
    assert lines.splitlines()[2:-2] == [
        "   |",
        " 1 | f(",
        "   | ^^",
        "...",
        "52 | )",
        "   | ^",
    ]


def test_a_very_long_line_is_cut_around_the_span():
    line = "x = [" + "1, " * 1_000_000 + "f(), " + "2, " * 1000 + "]"
    start = line.index("f()")
    frame, marks = underlined(line, Span(1, start, 1, start + 3))[:2]
    assert len(frame) < 300
    assert frame[marks.index("^") :].startswith("f(), 2")
    assert marks.strip() == "^^^"


@pytest.mark.parametrize("text", [None, "", "x\n"])
def test_a_file_that_changed_meanwhile_has_no_frame(text):
    report = Report((FINDING,), "/p", lambda _: text)
    assert render("full", report).splitlines()[1:3] == [
        " --> a.py:5:5",
        "note: 'fetch' is declared here",
    ]


def test_concise():
    assert shown(TEXT, output_format="concise") == (
        "a.py:5:5: error[unawaited-coroutine] coroutine 'fetch' was never awaited\n"
    )


def test_json_lines():
    assert json.loads(shown(TEXT, output_format="json-lines")) == {
        "path": "a.py",
        "line": 5,
        "column": 5,
        "end_line": 5,
        "end_column": 12,
        "rule": "unawaited-coroutine",
        "severity": "error",
        "message": "coroutine 'fetch' was never awaited",
        "evidence": "declared",
        "notes": [
            {
                "path": "a.py",
                "line": 1,
                "column": 1,
                "end_line": 1,
                "end_column": 18,
                "message": "'fetch' is declared here",
            }
        ],
        "fixes": [],
    }


def test_json_lines_is_one_ascii_line_a_finding():
    finding = Finding("/p/\udcff\n.py", Span(1, 0, 1, 1), "r", Severity.ERROR, "é\n\u2028x")
    lines = shown("", finding, "json-lines").splitlines()
    assert len(lines) == 1
    assert lines[0].isascii()
    assert json.loads(lines[0])["message"] == "é\n\u2028x"


@pytest.mark.parametrize("output_format", FORMATS)
def test_no_findings_no_output_of_lines(output_format):
    assert isinstance(render(output_format, Report((), "/p", lambda _: None)), str)


@pytest.mark.parametrize("output_format", ["full", "concise"])
def test_a_stranger_cannot_steer_the_terminal(output_format):
    evil = "\x1b]0;title\x07\r\x9b31m\u202e"
    finding = Finding(f"/p/{evil}.py", Span(1, 0, 1, 3), "r", Severity.ERROR, f"'{evil}'")
    report = Report((finding,), "/p", lambda _: evil)
    text = render(output_format, report)
    assert not set("\x1b\x07\r\x9b\u202e") & set(text)


def test_printable_keeps_what_is_harmless():
    assert printable("äöü 漢字 😀 e\u0301") == "äöü 漢字 😀 e\u0301"
    assert printable("a\tb\x00\ud800") == "a␉b␀�"


def test_paths_are_seen_from_the_folder():
    assert seen_from("/src/app/a.py", "/src") == "app/a.py"
    assert seen_from("/src/app/a.py", "/src/") == "app/a.py"
    assert seen_from("/workshop/a.py", "/work") == "/workshop/a.py"
    assert seen_from("/a.py", "/") == "a.py"


def test_the_closing_line():
    other = Finding("/p/a.py", Span(1, 0, 1, 1), "r", Severity.HINT, "m")
    assert summary((), 1) == "No findings in 1 file."
    assert summary((FINDING, FINDING, other), 12) == "3 findings (2 errors, 1 hint) in 12 files."


def test_findings_come_in_the_order_given():
    spans = [Span(line, 0, line, 1) for line in (3, 1, 2)]
    findings = tuple(Finding("/p/a.py", span, "r", Severity.ERROR, "m") for span in spans)
    text = render("concise", Report(findings, "/p", lambda _: None))
    assert [line.split(":")[1] for line in text.splitlines()] == ["3", "1", "2"]
