"""Edits to text, and files written back."""

from __future__ import annotations

import os
import stat
import sys

import pytest
from corolint.edits import apply_edits, choose_fixes, edits_by_path
from corolint.finding import Edit, Finding, Fix, Severity
from corolint.rewrite import encode_like, remove_leftovers, replace_content
from corolint.text import Span
from hypothesis import given
from hypothesis import strategies as st


def finding(*fixes: Fix) -> Finding:
    return Finding("a.py", Span(1, 0, 1, 1), "r", Severity.ERROR, "m", fixes=fixes)


def fix(line, column, end_line, end_column, text="", safe=True, preferred=False, path=None) -> Fix:
    edit = Edit(Span(line, column, end_line, end_column), text, path)
    return Fix(f"{line}:{column} {text}", (edit,), safe, preferred)


def titles(*findings: Finding, unsafe=False) -> list[str]:
    return [chosen.title for _, chosen in choose_fixes(findings, unsafe=unsafe)]


@pytest.mark.parametrize(
    ("text", "edits", "expected"),
    [
        ("f()\n", [Edit(Span(1, 0, 1, 0), "await ")], "await f()\n"),
        ("a\nb\nc", [Edit(Span(2, 0, 3, 0), "")], "a\nc"),
        ("a\r\nb\r\n", [Edit(Span(2, 0, 2, 0), "x\ny\n")], "a\r\nx\r\ny\r\nb\r\n"),
        ("a\rb", [Edit(Span(2, 0, 2, 1), "c"), Edit(Span(1, 0, 1, 1), "d")], "d\rc"),
        ("x = '😀'; f()", [Edit(Span(1, 9, 1, 9), "await ")], "x = '😀'; await f()"),
        ("a", [Edit(Span(9, 0, 9, 4), "!")], "a!"),
        ("a\nb", [Edit(Span(1, 9, 1, 9), "!")], "a!\nb"),
        ("a # c\n", [Edit(Span(1, 1, 1, 5), "")], "a\n"),
        ("ab", [Edit(Span(1, 0, 1, 1), ""), Edit(Span(1, 1, 1, 2), "")], ""),
    ],
)
def test_apply(text, edits, expected):
    assert apply_edits(text, edits) == expected


def test_overlapping_fixes_wait_for_the_next_round():
    first, second = finding(fix(1, 0, 1, 4)), finding(fix(1, 3, 1, 5))
    assert titles(first, second) == ["1:0 "]
    assert titles(finding(fix(1, 0, 1, 3)), second) == ["1:0 ", "1:3 "]


def test_two_insertions_at_one_place_wait_but_the_same_one_is_made_once():
    first, second = finding(fix(1, 4, 1, 4, "a")), finding(fix(1, 4, 1, 4, "b"))
    assert titles(first, second) == ["1:4 a"]
    chosen = choose_fixes((first, first), unsafe=False)
    assert len(chosen) == 2
    assert len(edits_by_path(chosen)["a.py"]) == 1


def test_an_insertion_inside_a_deletion_waits():
    assert titles(finding(fix(1, 0, 1, 9)), finding(fix(1, 4, 1, 4, "x"))) == ["1:0 "]


def test_safe_before_unsafe_and_preferred_before_others():
    either = finding(
        fix(1, 0, 1, 1, "unsafe", safe=False, preferred=True),
        fix(1, 0, 1, 1, "safe"),
        fix(1, 0, 1, 1, "preferred", preferred=True),
    )
    assert titles(either) == ["1:0 preferred"]
    assert titles(finding(fix(1, 0, 1, 1, "u", safe=False))) == []
    assert titles(finding(fix(1, 0, 1, 1, "u", safe=False)), unsafe=True) == ["1:0 u"]


def test_a_fix_over_two_files_is_made_whole_or_not():
    both = Fix("both", (Edit(Span(1, 0, 1, 4), ""), Edit(Span(1, 0, 1, 4), "", "b.py")), True)
    inside_b = Finding("b.py", Span(1, 0, 1, 1), "r", Severity.ERROR, "m", fixes=(fix(1, 1, 1, 2),))
    assert set(edits_by_path(choose_fixes((finding(both),), unsafe=False))) == {"a.py", "b.py"}
    assert titles(inside_b, finding(both)) == ["1:1 "]


@given(
    st.text(alphabet="ab\n\r", max_size=30),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6), st.integers(0, 3)), max_size=6),
)
def test_chosen_edits_never_overlap(text, places):
    findings = [finding(fix(line, column, line, column + n)) for line, column, n in places]
    edits = edits_by_path(choose_fixes(findings, unsafe=False)).get("a.py", ())
    result = apply_edits(text, edits)
    assert len(result) <= len(text)
    one_by_one = text
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        one_by_one = apply_edits(one_by_one, [edit])
    assert result == one_by_one


@pytest.mark.parametrize(
    ("data", "text", "expected"),
    [
        (b"x\n", "é\n", "é\n".encode()),
        (b"\xef\xbb\xbfx\r\n", "y\r\n", b"\xef\xbb\xbfy\r\n"),
        (b"# coding: latin-1\n'\xe9'", "# coding: latin-1\n'é!'", b"# coding: latin-1\n'\xe9!'"),
        (b"# coding: latin-1\n", "# coding: latin-1\n漢", None),
        (b"'\xff'", "x", None),
        (b"# coding: nonsense\n", "x", None),
        (b"x", "\ud800", None),
    ],
)
def test_the_encoding_is_kept_or_nothing_is_written(data, text, expected):
    assert encode_like(text, data) == expected


def test_replacing_keeps_the_mode_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    path.chmod(0o744)
    before = stat.S_IMODE(path.stat().st_mode)
    replace_content(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == before
    assert os.listdir(tmp_path) == ["a.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.py").write_bytes(b"old")
    (tmp_path / "link.py").symlink_to("real.py")
    replace_content(str(tmp_path / "link.py"), b"new")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.py"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        replace_content(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.py"]


def test_what_a_killed_run_left_goes_away_in_time(tmp_path):
    long_ago = 1_000_000_000
    for name in (".corolint-abcd_123", ".corolint-abcd_123.py", ".corolint-young012", "a.py"):
        (tmp_path / name).write_bytes(b"new")
        if name != ".corolint-young012":
            os.utime(tmp_path / name, (long_ago, long_ago))
    (tmp_path / ".corolint-folder01").mkdir()
    remove_leftovers([str(tmp_path), str(tmp_path / "nowhere")])
    left = {".corolint-abcd_123.py", ".corolint-young012", ".corolint-folder01", "a.py"}
    assert set(os.listdir(tmp_path)) == left
