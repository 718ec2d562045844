"""A parser stream as nodes: the way into the readers.

`stream` explains the format, `expressions`, `statements`, `annotations` and `patterns` read it.
"""

from __future__ import annotations

from typing import NamedTuple

from corolint.syntax.annotations import read_type
from corolint.syntax.nodes import Statement, TypeNode
from corolint.syntax.statements import STATEMENTS
from corolint.syntax.stream import Stream, UnexpectedStream, read_integer


class Decoded(NamedTuple):
    """The statements of a module, where each starts in the stream, and the stream."""

    statements: list[Statement]
    starts: list[int]
    data: bytes


def decode_module(
    data: bytes, originals: dict[str, str], plain: bool, before: bytes, room: list[int]
) -> Decoded:
    """The statements of a module's stream.

    `originals`: see `ascii`; `plain`, `before` and `room`: see `Stream`. Raises `UnexpectedStream`,
    `IndexError` or the like when the stream is not of our format.
    """
    s = Stream(data, originals, plain, before, room)
    count, p = read_integer(s.codes, len(before) + 1)
    statements: list[Statement] = []
    starts: list[int] = []
    for _ in range(count):
        starts.append(p)
        statement, p = STATEMENTS[s.codes[p]](s, p + 1)
        statements.append(statement)
    if p != len(s.data):
        raise UnexpectedStream("bytes after the end of the module")
    return Decoded(statements, starts, s.data)


def decode_type(data: bytes, originals: dict[str, str], plain: bool) -> TypeNode:
    """The type node of a stream that holds just one type. Raises as `decode_module`."""
    return read_type(Stream(data, originals, plain, b"", []), 0)[0]
