"""Ignore comments: what each form silences, and what is said of those that silence nothing."""

from __future__ import annotations

import pytest
from corolint.finding import Finding, Severity
from corolint.suppress import apply
from corolint.syntax import parse
from corolint.text import Span, split_lines

RULES = ("unawaited-coroutine", "reused-coroutine", "dangling-task", "unused-ignore")
PATH = "a.py"


def findings_in(text: str) -> list[Finding]:
    """A finding at every ``bad()`` and, of another rule, at every ``worse()``."""
    found = []
    for number, line in enumerate(split_lines(text), 1):
        for call, rule in (("bad()", RULES[0]), ("worse()", RULES[1])):
            start = line.find(call)
            if start >= 0:
                span = Span(number, start, number, start + len(call))
                found.append(Finding(PATH, span, rule, Severity.ERROR, call))
    return found


def silenced(text: str, active=RULES) -> list[tuple[int, str]]:
    """Line and message of what is left."""
    left = apply(findings_in(text), parse(text), PATH, active=active, rules=RULES)
    return [(finding.span.line, finding.message) for finding in left]


@pytest.mark.parametrize(
    "text",
    [
        "bad()  # corolint: ignore[unawaited-coroutine] the answer does not matter",
        "bad()  #corolint:ignore[unawaited-coroutine]",
        "bad()  # corolint: ignore",
        "bad(), worse()  # corolint: ignore[reused-coroutine, unawaited-coroutine]",
        "bad()  # noqa: X1  # corolint: ignore[unawaited-coroutine]  # other",
        "# corolint: ignore[unawaited-coroutine]\nbad()",
        "# corolint: ignore[unawaited-coroutine]\n# More words.\nbad()",
        "if x:\n    # corolint: ignore[unawaited-coroutine]\n    bad()",
        "f(\n    bad(),\n    1,\n)  # corolint: ignore[unawaited-coroutine]",
        "f(  # corolint: ignore[unawaited-coroutine]\n    1,\n    bad(),\n)",
        "f(\n    1,\n    bad(),  # corolint: ignore[unawaited-coroutine]\n)",
        "# corolint: ignore[unawaited-coroutine]\nf(\n    1,\n    bad(),\n)",
        "if (  # corolint: ignore[unawaited-coroutine]\n    bad()\n):\n    pass",
        "try:\n    pass\nexcept E:\n    f(\n        bad()\n    )  # corolint: ignore",
        "match x:\n    case 1:\n        f(\n            bad()\n        )  # corolint: ignore",
        "# corolint: ignore-file\n\nbad()\nworse()",
        "bad()\n# corolint: ignore-file[unawaited-coroutine]",
    ],
)
def test_silenced(text):
    assert silenced(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "bad()  # type: ignore",
        "bad()  # noqa",
        "'# corolint: ignore'; bad()",
        "bad()  # see corolint",
    ],
)
def test_not_ours(text):
    assert silenced(text) == [(1, "bad()")]


def test_the_comment_of_one_statement_says_nothing_of_the_next():
    text = "bad()  # corolint: ignore\nbad()\n\n# corolint: ignore\nbad()\nbad()\n"
    assert silenced(text) == [(2, "bad()"), (6, "bad()")]


def test_the_head_of_a_block_says_nothing_of_its_body():
    text = "for x in bad():  # corolint: ignore\n    bad()\n"
    assert silenced(text) == [(2, "bad()")]


def test_only_the_rules_named():
    text = "bad(), worse()  # corolint: ignore[reused-coroutine]"
    assert silenced(text) == [(1, "bad()")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1  # corolint: ignore", "this comment silences nothing"),
        ("x = 1  # corolint: ignore[]", "this comment names no rule and silences nothing"),
        (
            "x = 1  # corolint: ignore[dangling-task]",
            "nothing here is reported as 'dangling-task'",
        ),
        (
            "bad()  # corolint: ignore[unawaited-coroutine, dangling-task]",
            "nothing here is reported as 'dangling-task'",
        ),
        (
            "x = 1  # corolint: ignore[dangling-tusk]",
            "unknown rule 'dangling-tusk'; did you mean 'dangling-task'?",
        ),
        (
            "x = 1  # corolint: ingore[dangling-task]",
            "unknown comment 'corolint: ingore'; did you mean 'ignore'?",
        ),
        ("# corolint: ignore-file", "this comment silences nothing"),
    ],
)
def test_an_unused_comment_is_reported(text, message):
    assert silenced(text) == [(1, message)]


def test_an_ignore_of_a_rule_that_did_not_run_is_not_called_unused():
    text = "x = 1  # corolint: ignore[dangling-task]"
    assert silenced(text, active=("unused-ignore",)) == []
    assert silenced(text, active=("dangling-task",)) == []


def test_unused_ignore_can_itself_be_ignored():
    assert silenced("x = 1  # corolint: ignore[dangling-task, unused-ignore]") == []


def after_fix(text: str) -> str:
    """`text` with the first edit of every finding about a comment applied, last one first."""
    found = apply(findings_in(text), parse(text), PATH, active=RULES, rules=RULES)
    lines = text.splitlines(keepends=True)
    for finding in reversed([each for each in found if each.fixes]):
        span = finding.fixes[0].edits[0].span
        tail = lines[span.end_line - 1][span.end_column :] if span.end_line <= len(lines) else ""
        kept = lines[span.line - 1][: span.column]
        lines[span.line - 1 : span.end_line] = [kept + tail]
    return "".join(lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # corolint: ignore[dangling-task] why\ny\n", "x = 1\ny\n"),
        ("x = 1\n# corolint: ignore\ny\n", "x = 1\ny\n"),
        ("x = 1  # corolint: ignore  # noqa\n", "x = 1  # noqa\n"),
        (
            "bad()  # corolint: ignore[dangling-task, unawaited-coroutine] why\n",
            "bad()  # corolint: ignore[unawaited-coroutine] why\n",
        ),
        (
            "bad()  # corolint: ignore[unawaited-coroutine, dangling-task]\n",
            "bad()  # corolint: ignore[unawaited-coroutine]\n",
        ),
    ],
)
def test_the_fix_takes_away_what_is_unused(before, after):
    assert after_fix(before) == after


def test_broken_code_still_has_its_comments():
    assert silenced("def f(:\n    bad()  # corolint: ignore\n") == []
