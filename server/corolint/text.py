"""Where things stand in a text: spans, lines, and the one conversion between column units.

Inside corolint every position is a *code point* position: lines are 1-based, columns are 0-based
and count code points. Nothing but this module converts to another unit. An example: in the line
``x = "é𝒳"; f(y)`` the name ``f`` stands in column 10 (code points), 14 (UTF-8) and 11 (UTF-16).

A line ends at ``\\n``, ``\\r\\n`` or a lone ``\\r``, as Python's own tokenizer and the LSP say; a
form feed or U+2028 does not end a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")


class Span(NamedTuple):
    """A stretch of text; lines 1-based, columns 0-based in code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file after decoding. `path` is what findings show; it need not exist."""

    path: str
    text: str

    def lines(self) -> list[str]:
        """The lines without their ends; a text that ends in a line end has a last empty line."""
        return split_lines(self.text)


def split_lines(text: str) -> list[str]:
    """Lines of `text` without their ends. Never raises; `split_lines("")` is `[""]`."""
    if "\r" not in text:
        return text.split("\n")
    return _LINE_END.split(text)


def to_utf8_column(line: str, column: int) -> int:
    """0-based UTF-8 column of the code point column `column` in `line`; clamped to the line."""
    return len(line[:column].encode("utf-8", "surrogatepass"))


def to_utf16_column(line: str, column: int) -> int:
    """0-based UTF-16 column of the code point column `column` in `line`; clamped to the line."""
    prefix = line[:column]
    return len(prefix) + sum(character > "\uffff" for character in prefix)


def from_utf8_column(line: str, column: int) -> int:
    """0-based code point column of a UTF-8 column; inside a character it rounds down."""
    if line.isascii():
        return min(column, len(line))
    return len(line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


def from_utf16_column(line: str, column: int) -> int:
    """0-based code point column of a UTF-16 column; inside a surrogate pair it rounds down."""
    units = 0
    for index, character in enumerate(line):
        width = 2 if character > "\uffff" else 1
        if units + width > column:
            return index
        units += width
    return len(line)
