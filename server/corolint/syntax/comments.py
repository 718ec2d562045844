"""The comments of a text, found without a parser so that broken code cannot stop it.

The scan goes from one quote or ``#`` to the next: a ``#`` outside strings starts a comment. What is
not closed is bounded: a string ends with its line at the latest, a triple-quoted one with the text.

An f-string may hold its own quote in a replacement field (PEP 701). `_formatted_end` follows the
fields of ``f"{d["#"]}"`` to the right end; where that finds none, the f-string is taken for a plain
string. So that broken code cannot run away, a field must close on its line unless the f-string
is triple-quoted. Comments inside a replacement field are not found.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Comment(NamedTuple):
    """A comment with its ``#``; line 1-based, column 0-based in code points."""

    line: int
    column: int
    text: str


_START: Final = re.compile(r"#[^\r\n]*|\"\"\"|'''|[\"']")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_PREFIX: Final = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z]{1,2}\Z")
_ESCAPE: Final = r"\\(?:\r\n|[\s\S])"
_STRING_END: Final = {
    '"': re.compile(rf'(?:[^"\\\r\n]+|{_ESCAPE})*"?'),
    "'": re.compile(rf"(?:[^'\\\r\n]+|{_ESCAPE})*'?"),
    '"""': re.compile(rf'(?:[^"\\]+|{_ESCAPE}|"(?!""))*(?:""")?'),
    "'''": re.compile(rf"(?:[^'\\]+|{_ESCAPE}|'(?!''))*(?:''')?"),
}
_LITERAL_END: Final = {
    # What is more than a plain character in an f-string: an escape, a field, its end, a line end.
    '"': re.compile(rf'{_ESCAPE}|"|\{{|[\r\n]'),
    "'": re.compile(rf"{_ESCAPE}|'|\{{|[\r\n]"),
    '"""': re.compile(rf'{_ESCAPE}|"""|\{{'),
    "'''": re.compile(rf"{_ESCAPE}|'''|\{{"),
}
_FIELD_TOKEN: Final = re.compile(r"#[^\r\n]*|\"\"\"|'''|[\"'\[({})\]:\r\n]")
_DEEPEST: Final = 20


def find_comments(text: str) -> tuple[Comment, ...]:
    """All comments in order. Never raises."""
    if "#" not in text:
        return ()
    comments: list[Comment] = []
    line, line_start, p = 1, 0, 0
    while found := _START.search(text, p):
        start, p = found.span()
        token = found[0]
        if token[0] != "#":
            p = _string_end(text, start, token, 0)
            continue
        for end in _LINE_END.finditer(text, line_start, start):
            line += 1
            line_start = end.end()
        comments.append(Comment(line, start - line_start, token))
    return tuple(comments)


def _string_end(text: str, start: int, quote: str, depth: int) -> int:
    """The end of the string whose opening `quote` is at `start`."""
    prefix = _PREFIX.search(text, max(start - 3, 0), start)
    if prefix is not None and depth < _DEEPEST and set(prefix[0].lower()) & {"f", "t"}:
        end = _formatted_end(text, start, quote, depth)
        if end is not None:
            return end
    found = _STRING_END[quote].match(text, start + len(quote))
    return found.end() if found else start + len(quote)


def _formatted_end(text: str, start: int, quote: str, depth: int) -> int | None:
    """The end of an f-string by the rules of PEP 701, or `None` if it is not closed."""
    p = start + len(quote)
    while found := _LITERAL_END[quote].search(text, p):
        p = found.end()
        if found[0] == "{":
            if text.startswith("{", p):
                p += 1
                continue
            inside = _field_end(text, p, quote, depth)
            if inside is None:
                return None
            p = inside
        elif found[0][0] == "\\":
            continue
        else:
            return p if found[0] == quote else None
    return None


def _field_end(text: str, p: int, quote: str, depth: int) -> int | None:
    """The position after the ``}`` of the replacement field that starts at `p`."""
    nesting = 0
    while found := _FIELD_TOKEN.search(text, p):
        token = found[0]
        p = found.end()
        if token[0] in "\"'":
            p = _string_end(text, found.start(), token, depth + 1)
        elif token in "([{":
            nesting += 1
        elif token == "}" and nesting == 0:
            return p
        elif token in ")]}":
            nesting -= 1
        elif token == ":" and nesting == 0:
            return _format_spec_end(text, p, quote, depth)
        elif token in "\r\n" and len(quote) == 1:
            return None
    return None


def _format_spec_end(text: str, p: int, quote: str, depth: int) -> int | None:
    """The position after the ``}`` that ends a format spec, which may hold fields itself."""
    while p < len(text) and depth < _DEEPEST:
        if text[p] == "}":
            return p + 1
        if text[p] == "{":
            inside = _field_end(text, p + 1, quote, depth + 1)
            if inside is None:
                return None
            p = inside
        elif text.startswith(quote, p) or (len(quote) == 1 and text[p] in "\r\n"):
            return None
        else:
            p += 1
    return None
