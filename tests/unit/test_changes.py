"""Fixing until stable, baselines, and ignore comments written by the tool."""

from __future__ import annotations

import json
import re

import pytest
from corolint.add_ignores import add_ignores, ignored_everywhere
from corolint.baseline import read_baseline, without_known, write_baseline
from corolint.config import ConfigError
from corolint.finding import Edit, Finding, Fix, Severity
from corolint.fixing import fix_all
from corolint.render.difference import difference
from corolint.render.report import Report
from corolint.text import Span, split_lines

RULE = "unawaited-coroutine"


def findings_in(text: str, path: str = "a.py", rule: str = RULE) -> tuple[Finding, ...]:
    """A finding at every ``bad``, whose fix makes it ``good``; ``worse`` first becomes ``bad``."""
    return tuple(
        Finding(
            path,
            span := Span(number, match.start(), number, match.end()),
            rule,
            Severity.ERROR,
            match[0],
            fixes=(Fix("fix", (Edit(span, BETTER[match[0]]),), safe=match[0] != "unsafe"),),
        )
        for number, line in enumerate(split_lines(text), 1)
        for match in re.finditer(r"\b(bad|worse|broken|unsafe|flip|flop)\b", line)
    )


BETTER = {
    "bad": "good",
    "worse": "bad",
    "broken": "(((",
    "unsafe": "good",
    "flip": "flop",
    "flop": "flip",
}


def fixed(files: dict[str, str], unsafe: bool = False, editable=None):
    def check_all(changed):
        texts = {**files, **changed}
        return tuple(each for path in texts for each in findings_in(texts[path], path))

    return fix_all(check_all, files.get, editable or set(files), unsafe=unsafe)


def test_fixing_goes_on_until_nothing_is_left():
    result = fixed({"a.py": "worse\nbad\n", "b.py": "fine\n"})
    assert result.texts == {"a.py": "good\ngood\n"}
    assert result.findings == ()
    assert result.made == 3


def test_unsafe_fixes_only_on_demand():
    assert fixed({"a.py": "unsafe\n"}).texts == {}
    assert fixed({"a.py": "unsafe\n"}, unsafe=True).texts == {"a.py": "good\n"}


def test_a_fix_that_breaks_the_syntax_is_not_made_and_the_other_file_is_fixed():
    result = fixed({"a.py": "broken\n", "b.py": "bad\n"})
    assert result.texts == {"b.py": "good\n"}
    assert [finding.message for finding in result.findings] == ["broken"]


def test_fixes_that_undo_each_other_end():
    assert fixed({"a.py": "flip\n"}).texts["a.py"] in ("flip\n", "flop\n")


def test_other_files_are_not_touched():
    assert fixed({"a.py": "bad\n", "lib.py": "bad\n"}, editable={"a.py"}).texts == {
        "a.py": "good\n"
    }


def report(text: str) -> Report:
    return Report(findings_in(text, "/p/a.py"), "/p", {"/p/a.py": text}.get)


def test_a_baseline_hides_old_findings_wherever_they_moved():
    written = write_baseline(report("bad\nbad\n"))
    assert list(json.loads(written)["findings"].values()) == [f"a.py: {RULE}: bad"] * 2
    known = read_baseline(written, "baseline.json")
    assert without_known(report("x\n  bad\n\nbad\n"), known) == ()
    assert [each.span.line for each in without_known(report("bad\nbad\nbad\n"), known)] == [3]
    assert len(without_known(report("bad; x\nbad\n"), known)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "b.json: not a baseline: "),
        ("[]", "b.json: not a baseline: it holds no findings"),
        ('{"findings": {}}', "a baseline of version None"),
        ('{"findings": {}, "version": 9}', "a baseline of version 9"),
        ("[" * 100_000, "not a baseline"),
    ],
)
def test_a_damaged_baseline_is_an_error(text, message):
    with pytest.raises(ConfigError) as caught:
        read_baseline(text, "b.json")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("bad()\n", f"bad()  # corolint: ignore[{RULE}]\n"),
        ("bad()  # why\n", f"bad()  # why  # corolint: ignore[{RULE}]\n"),
        ("bad, bad", f"bad, bad  # corolint: ignore[{RULE}]"),
        (
            "bad()  # corolint: ignore[other-rule] x\n",
            f"bad()  # corolint: ignore[other-rule, {RULE}] x\n",
        ),
        ("x = \\\n    bad()\n", f"x = \\\n    bad()  # corolint: ignore[{RULE}]\n"),
        (
            "if x:\n    y = bad + \\\n 1\n",
            f"if x:\n    # corolint: ignore[{RULE}]\n    y = bad + \\\n 1\n",
        ),
        ('f"""{bad}\n"""\n', f'# corolint: ignore[{RULE}]\nf"""{{bad}}\n"""\n'),
        ('f"""\n{bad}\n"""\n', f'# corolint: ignore[{RULE}]\nf"""\n{{bad}}\n"""\n'),
        ("bad()\r\nbad()\r\n", f"bad()  # corolint: ignore[{RULE}]\r\n" * 2),
    ],
)
def test_ignores_are_added_where_they_count(before, after):
    text, silenced = add_ignores(before, findings_in(before))
    assert text == after
    assert silenced == len(findings_in(before))


def test_ignores_with_a_reason_for_two_rules():
    both = (*findings_in("bad()"), *findings_in("bad()", rule="dangling-task"))
    assert add_ignores("bad()", both, "known since spring") == (
        f"bad()  # corolint: ignore[{RULE}, dangling-task] known since spring",
        2,
    )


def test_ignores_in_many_files():
    texts = {"a.py": "bad\n", "b.py": "bad\n", "c.py": "fine\n"}
    findings = [each for path, text in texts.items() for each in findings_in(text, path)]
    changed, silenced = ignored_everywhere(texts, findings)
    assert (set(changed), silenced) == ({"a.py", "b.py"}, 2)


def test_a_difference_that_patch_understands():
    assert difference([("a.py", "a\nb", "a\nc"), ("b.py", "x\r\n", "y\r\n")]) == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n a\n"
        "-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
        "--- b.py\n+++ b.py\n@@ -1 +1 @@\n-x\r\n+y\r\n"
    )
