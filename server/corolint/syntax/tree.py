"""A parsed file: the tree, what is wrong with it, its comments, and where each node stands.

The spans of nodes stay encoded in the parser's bytes (see `decode`) until someone asks, because
most nodes are never shown to anyone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from corolint.syntax.comments import Comment, find_comments
from corolint.syntax.nodes import (
    BinaryOperation,
    Block,
    ClassDef,
    ExpressionStatement,
    FunctionDef,
    If,
    Node,
    Statement,
)
from corolint.syntax.stream import LOCATION, read_integer
from corolint.text import Span, split_lines

# What may stand between a decorator and its `def`: its own brackets, blanks, comments, line ends.
_BEFORE_DEF: Final = re.compile(r"(?:[ \t\f)]|\\?(?:\r\n|\r|\n)|#[^\r\n]*)*")


class SyntaxProblem(NamedTuple):
    """An error of the parser; line 1-based, column 0-based in code points."""

    line: int
    column: int
    message: str


@dataclass(slots=True, eq=False)
class Chunk:
    """Some statements of a module, with the text from the first one to the next chunk.

    `at` is the position of the first one in the stream, where the chunk begins in `line`; the lines
    of `errors` are counted from there. `height` is the number of its lines. What higher layers find
    out about these statements alone, they keep in `memory`, by their own names.
    """

    text: str
    height: int
    statements: list[Statement]
    at: int
    line: int
    errors: tuple[SyntaxProblem, ...]
    memory: dict[str, Any] = field(default_factory=dict)


class Syntax:
    """What `parse` gives. `tree` is the body of the module; `errors` is empty for correct code.

    `starts` are the positions of its statements in the stream. After an edit (see `incremental`) it
    consists of `chunks`, pairs of a `Chunk` and the line that it begins in, and their places in the
    stream, in ascending order, have the lines that they moved by. `room` is what reading the stream
    needs, and is handed on from edit to edit.
    """

    __slots__ = (
        "_comments", "_data", "_lines", "_shifted", "_shifts", "chunks", "errors", "room", "starts",
        "text", "tree",
    )  # fmt: skip

    def __init__(
        self, text: str, tree: Block, errors: tuple[SyntaxProblem, ...], data: bytes
    ) -> None:
        self.text = text
        self.tree = tree
        self.errors = errors
        self._data = data
        self.starts: list[int] = []
        self.room: list[int] = []
        self.chunks: tuple[tuple[Chunk, int], ...] = ()
        self._shifted: list[int] = []
        self._shifts: list[int] = []
        self._lines: list[str] | None = None
        self._comments: tuple[Comment, ...] | None = None

    @property
    def lines(self) -> list[str]:
        """The lines without their ends; `lines[i]` is line i + 1."""
        if self._lines is None:
            self._lines = split_lines(self.text)
        return self._lines

    @property
    def comments(self) -> tuple[Comment, ...]:
        """All comments in order, also those in broken code."""
        if self._comments is None:
            self._comments = find_comments(self.text)
        return self._comments

    def span(self, node: Node) -> Span:
        """Where a node of this tree stands. A `FunctionDef` starts at ``def`` or ``async``.

        A binary operator starts where its left part does and ends where its right part does,
        without the parentheses that may stand around those.
        """
        if isinstance(node, FunctionDef) and node.decorators:
            _, _, end_line, end_column = self.span_at(node.at)
            line, column = self._definition(self.span(node.decorators[-1]))
            return _forward(line, column, end_line, end_column)
        if self._data[node.at] == LOCATION:
            return self.span_at(node.at)
        start = end = node
        while self._data[start.at] != LOCATION:
            start = _part(start, left=True)
        while self._data[end.at] != LOCATION:
            end = _part(end, left=False)
        return _forward(*self.span_at(start.at)[:2], *self.span_at(end.at)[2:])

    def line(self, node: Node) -> int:
        """The line that `span` starts in."""
        if isinstance(node, FunctionDef) and node.decorators:
            return self.span(node).line
        while self._data[node.at] != LOCATION:
            node = _part(node, left=True)
        return read_integer(self._data, node.at + 1)[0] + self._shift(node.at)

    def first_line(self, statement: Statement) -> int:
        """The line in which a statement begins, with its decorators."""
        if isinstance(statement, FunctionDef | ClassDef) and statement.decorators:
            return self.line(statement.decorators[0])
        return self.line(statement)

    def span_at(self, at: int) -> Span:
        """The span of a handle that is not a node's own, such as `Handler.name_at`."""
        line, p = read_integer(self._data, at + 1)
        line += self._shift(at)
        column, p = read_integer(self._data, p)
        lines, p = read_integer(self._data, p)
        columns, p = read_integer(self._data, p)
        return _forward(line, column, line + lines, column + columns)

    @property
    def data(self) -> bytes:
        """The parser's stream."""
        return self._data

    def set_chunks(self, chunks: Iterable[tuple[Chunk, int]]) -> None:
        """The tree consists of these, which begin in these lines."""
        self.chunks = tuple(chunks)
        by_place = sorted((chunk.at, line - chunk.line) for chunk, line in self.chunks)
        self._shifted = [at for at, _ in by_place]
        self._shifts = [shift for _, shift in by_place]

    def _shift(self, at: int) -> int:
        """How many lines a place has moved down since it was written to the stream."""
        if not self._shifted:
            return 0
        return self._shifts[bisect_right(self._shifted, at) - 1]

    def _definition(self, decorator: Span) -> tuple[int, int]:
        """Line and column of the ``def`` after its last decorator."""
        line, column = decorator.end_line, decorator.end_column
        while line <= len(self.lines):
            text = self.lines[line - 1]
            found = _BEFORE_DEF.match(text, column)
            end = found.end() if found else len(text)
            if end < len(text) and text[end] != "\\":
                return line, end
            line += 1
            column = 0
        return decorator.line, decorator.column


def _forward(line: int, column: int, end_line: int, end_column: int) -> Span:
    """A span; where the parser lets it end before its start, as in broken code, an empty one."""
    if (end_line, end_column) < (line, column):
        return Span(line, column, line, column)
    return Span(line, column, end_line, end_column)


def _part(node: Node, *, left: bool) -> Node:
    """The part that gives a node without a place of its own its start or its end."""
    if isinstance(node, BinaryOperation):
        return node.left if left else node.right
    if isinstance(node, ExpressionStatement):
        return node.value
    assert isinstance(node, If)
    return node.test
