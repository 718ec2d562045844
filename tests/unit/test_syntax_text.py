"""Any bytes give a text, any text a tree; and where its comments are."""

from __future__ import annotations

import pytest
from corolint.syntax import decode, nodes, parse, parse_annotation
from corolint.syntax.ascii import to_ascii
from corolint.text import split_lines
from hypothesis import example, given, settings
from hypothesis import strategies as st

PIECES = [
    "async def f():", "await ", "x", "é", "𝒳", "\ufeff", "\x00", "\x0c", "\r", "\n", "\r\n", " ",
    "    ", "(", ")", "[", "]", "{", "}", "'", '"', "'''", '"""', 'f"', "t'", "#", "\\", ":", "=",
    ":=", "lambda", "if ", "else", "match ", "case ", "\ud800", "\u2028", "1", "1e9", "@", "->",
    "type ", "except*", "…", "#a", "%", ",", ".", "*", "**", "1_0", "0x", "\\N{", "!r", "global ",
]  # fmt: skip


def look_at_everything(text: str) -> None:
    syntax = parse(text)
    lines = split_lines(text)
    assert syntax.lines == lines
    for comment in syntax.comments:
        line = lines[comment.line - 1]
        assert line[comment.column : comment.column + len(comment.text)] == comment.text
        assert comment.text.startswith("#")
    for statement in syntax.tree.statements:
        span = syntax.span(statement)
        assert syntax.line(statement) == span.line
        assert 1 <= span.line <= span.end_line <= len(lines) + 1
        assert span.column >= 0
        assert span.end_column >= 0
    for error in syntax.errors:
        assert error.line >= 1
        assert error.column >= 0
    parse_annotation(text)


@given(st.binary(max_size=200))
@example(b"\xff\xfe\x00x=1")
@example(b"# coding: latin-1\nx = '\xe9'\n")
@example(b"# coding: hex\n00")
@example(b"# coding: undefined\nx")
@settings(max_examples=400, deadline=None)
def test_any_bytes(data: bytes) -> None:
    look_at_everything(decode(data))


@given(st.text(max_size=100))
@settings(max_examples=400, deadline=None)
def test_any_text(text: str) -> None:
    look_at_everything(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=1500, deadline=None)
def test_anything_that_looks_like_python(text: str) -> None:
    look_at_everything(text)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_ascii_keeps_every_place(text: str) -> None:
    replaced, _ = to_ascii(text)
    assert replaced.isascii()
    assert len(replaced) == len(text)
    for old, new in zip(text, replaced, strict=True):
        if old.isascii() and not (old.isalnum() or old == "_"):
            assert old == new


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1\r\n", "x = 1\r\n"),
        (b"\xef\xbb\xbfx", "x"),
        ("é".encode(), "é"),
        (b"# -*- coding: latin-1 -*-\n\xe9", "# -*- coding: latin-1 -*-\né"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n\x80", None),
        (b"x = 1\n# coding: latin-1\n\xc3\xa9", "x = 1\n# coding: latin-1\né"),
        (b"\n# coding: latin-1\n\xe9", "\n# coding: latin-1\né"),
        (b"# coding: no-such-codec\n\xc3\xa9", "# coding: no-such-codec\né"),
        (b"# coding: base64\nx", "# coding: base64\nx"),
        (b"# coding: utf-8\n\xff", "# coding: utf-8\n\ufffd"),
        (b"a\xffb", "a\ufffdb"),
        (b"\x00", "\x00"),
    ],
)
def test_decode(data: bytes, text: str | None) -> None:
    if text is None:
        text = data[:-1].decode() + "€"
    assert decode(data) == text


def comments(text: str) -> list[tuple[int, int, str]]:
    return [tuple(comment) for comment in parse(text).comments]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("# a", [(1, 0, "# a")]),
        ("x  # a\r\ny # b\rz # c\n", [(1, 3, "# a"), (2, 2, "# b"), (3, 2, "# c")]),
        ("'#' # a", [(1, 4, "# a")]),
        ('"\\"#" # a', [(1, 6, "# a")]),
        ("'''\n# no\n''' # a", [(3, 4, "# a")]),
        ('"""a""""# no" # a', [(1, 14, "# a")]),
        ("r'\\' # no' # a", [(1, 11, "# a")]),
        ("f'{x}#' # a", [(1, 8, "# a")]),
        ('f"{d["#"]}" # a', [(1, 12, "# a")]),
        ('f"{d["#"]:{w}} # {{" # a', [(1, 21, "# a")]),
        ("f'''{\nx # inside\n}''' # a", [(3, 5, "# a")]),
        ('rf"{x!r:{f"#"}}" # a', [(1, 17, "# a")]),
        ("x = 1 + \\\n  2 # a", [(2, 4, "# a")]),
        ("'a\\\n# no' # a", [(2, 6, "# a")]),
        ("f(  # a\n  b,  # b\n", [(1, 4, "# a"), (2, 6, "# b")]),
        ("x = 'open # no\ny # a", [(2, 2, "# a")]),
        ('f"{x # no\ny # a', [(2, 2, "# a")]),
        ('x = """open # no\n# no', []),
        ("def f(: ]) # a\n  it's # no\n# b", [(1, 11, "# a"), (3, 0, "# b")]),
        ('"é" # ü\n', [(1, 4, "# ü")]),
        ("x # a # b\x0c\u2028c\ny", [(1, 2, "# a # b\x0c\u2028c")]),
    ],
)
def test_comments(text: str, found: list[tuple[int, int, str]]) -> None:
    assert comments(text) == found


def test_long_chains_neither_raise_nor_kill() -> None:
    for text in (
        "x" + ".f()" * 5_000,
        "x = " + "a + " * 20_000 + "b",
        "x = (\n" + "a +\n" * 5_000 + "b)",
        "x" + "[0]" * 5_000,
        "x: " + "a | " * 5_000 + "b",
        "x: '" + "a | " * 5_000 + "b'",
        "if a: pass\n" + "elif b + c: pass\n" * 3_000,
    ):
        syntax = parse(text)
        assert syntax.errors == ()
        assert len(syntax.tree.statements) == 1
        span = syntax.span(syntax.tree.statements[0])
        assert span.end_line == len(syntax.lines) - text.endswith("\n")
        assert span.end_column == len(text.splitlines()[-1])


def test_deep_nesting_is_an_error_and_no_more() -> None:
    for text in ("x = " + "(" * 5_000, "x = " + "-" * 5_000 + "1", "f(" * 5_000, "[" * 5_000):
        syntax = parse(text)
        assert "Source is too deeply nested" in [error.message for error in syntax.errors]
        assert len(syntax.tree.statements) >= 1


def test_a_caller_near_the_recursion_limit() -> None:
    def dive(depth: int) -> int:
        if depth:
            return dive(depth - 1)
        return len(parse("f(" * 150 + ")" * 150).tree.statements)

    assert dive(850) == 1


def test_huge_texts_are_refused() -> None:
    syntax = parse("a" * 100_000_000)
    assert [error.message for error in syntax.errors] == ["the file is too large"]
    assert syntax.tree.statements == []


def test_places_on_long_lines_and_far_down() -> None:
    # Here the integers of a place hold the byte that ends a node, so that the quick search for it
    # would go wrong.
    text = "\n" * 16_250 + "x = (\n" + " " * 1_900 + "a\n)\n" + "y = 1; " * 2_600 + "await_ = z"
    syntax = parse(text)
    last = syntax.tree.statements[-1]
    assert isinstance(last, nodes.Assign)
    assert syntax.span(last) == (16_254, 18_200, 16_254, 18_210)
    assert len(syntax.tree.statements) == 2_602
    assert syntax.span(syntax.tree.statements[0]) == (16_251, 0, 16_253, 1)
