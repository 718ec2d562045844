"""A parser stream as nodes: the way into the readers.

`stream` explains the format, `expressions`, `statements`, `annotations` and `patterns` read it.
"""

from __future__ import annotations

from corolint.syntax.annotations import read_type
from corolint.syntax.nodes import Statement, TypeNode
from corolint.syntax.statements import STATEMENTS
from corolint.syntax.stream import Stream, UnexpectedStream, read_integer


def decode_module(data: bytes, originals: dict[str, str], plain: bool) -> list[Statement]:
    """The statements of a module's stream. `originals`: see `ascii`; `plain`: see `Stream`.

    Raises `UnexpectedStream`, `IndexError` or the like when the stream is not of our format.
    """
    s = Stream(data, originals, plain)
    count, p = read_integer(s.codes, 1)
    statements: list[Statement] = []
    for _ in range(count):
        statement, p = STATEMENTS[s.codes[p]](s, p + 1)
        statements.append(statement)
    if p != len(data):
        raise UnexpectedStream("bytes after the end of the module")
    return statements


def decode_type(data: bytes, originals: dict[str, str], plain: bool) -> TypeNode:
    """The type node of a stream that holds just one type. Raises as `decode_module`."""
    return read_type(Stream(data, originals, plain), 0)[0]
