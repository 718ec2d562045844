"""Text in, `Syntax` out: the only place that calls the parser library.

The library (`ast_serialize`, ruff's parser in Rust) recovers from errors and gives the rest of the
tree. Here stands what it cannot be trusted with: texts that are not ASCII (see `ascii`), and
versions of it that write another format than `decode` reads (`IncompatibleParser`).
"""

from __future__ import annotations

import ast_serialize

from corolint.syntax.ascii import to_ascii
from corolint.syntax.decode import decode_module, decode_type
from corolint.syntax.nodes import (
    Block,
    LiteralType,
    TypeNode,
)
from corolint.syntax.stream import FORMAT_VERSION
from corolint.syntax.tree import Syntax, SyntaxProblem


class IncompatibleParser(Exception):
    """The installed `ast-serialize` does not write the format that corolint reads."""


def parse(
    text: str,
    *,
    python_version: tuple[int, int] = (3, 13),
    platform: str = "linux",
    bodies: bool = True,
) -> Syntax:
    """The syntax of a text, broken or not. `python_version` and `platform` decide which blocks are
    `unreachable`; without `bodies`, functions whose body has no effect outside are empty.

    Never raises, except `IncompatibleParser` when the installed parser library is of no use.
    """
    source = text
    originals: dict[str, str] = {}
    if not text.isascii():
        if text.startswith("\ufeff"):
            source = "\f" + text[1:]  # a form feed also takes one column and no indentation
        source, originals = to_ascii(source)
    try:
        data, errors, _, _, _ = ast_serialize.parse(
            "",
            source,
            skip_function_bodies=not bodies,
            python_version=python_version,
            platform=platform,
            always_true=[],
            always_false=[],
            cache_version=FORMAT_VERSION,
        )
    except ValueError as error:
        problem = SyntaxProblem(1, 0, str(error))
        return Syntax(text, Block([], False), (problem,), b"")
    statements = decode_module(data, originals, _is_plain(source))
    problems = tuple(
        SyntaxProblem(error["line"], max(error["column"] - 1, 0), error["message"])
        for error in errors
    )
    return Syntax(text, Block(statements, False), problems, data)


def parse_annotation(text: str) -> TypeNode | None:
    """The type that a quoted annotation says, or `None` if it is not one. Never raises.

    The node's place is meaningless: it belongs to no tree.
    """
    source = text
    originals: dict[str, str] = {}
    if not text.isascii():
        source, originals = to_ascii(text)
    try:
        data = ast_serialize.parse_type_string(
            source, (1, 0, 1, len(source)), cache_version=FORMAT_VERSION
        )
    except ValueError:
        return None
    node = decode_type(data, originals, _is_plain(source))
    return None if isinstance(node, LiteralType) else node


def _is_plain(source: str) -> bool:
    """Whether lines are few and short enough for `decode.location_end_finder`."""
    lines = source.split("\n")
    return len(lines) < 16_000 - source.count("\r") and len(max(lines, key=len)) < 1_800
