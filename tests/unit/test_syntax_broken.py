"""Broken code keeps every function that is complete above the break, and nothing raises.

Ten files of the standard library are cut at every 97th byte, and each of their brackets is removed
once.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from corolint.syntax import Syntax, decode, nodes, parse

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
FILES = [
    "abc.py", "asyncio/locks.py", "asyncio/queues.py", "asyncio/runners.py", "bisect.py",
    "contextlib.py", "copy.py", "fnmatch.py", "json/decoder.py", "queue.py",
]  # fmt: skip

Function = tuple[str, int, int]


def blocks(statement: nodes.Statement) -> Iterator[nodes.Block]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if block is not None:
            yield block
    for part in chain(getattr(statement, "handlers", ()), getattr(statement, "cases", ())):
        yield part.body


def functions(syntax: Syntax, block: nodes.Block, outer: str = "") -> Iterator[Function]:
    """Qualified name, first and last line of each function."""
    for statement in block.statements:
        name = outer
        if isinstance(statement, nodes.FunctionDef | nodes.ClassDef):
            name = f"{outer}.{statement.name}"
            if isinstance(statement, nodes.FunctionDef):
                span = syntax.span(statement)
                yield name, span.line, span.end_line
        for inner in blocks(statement):
            yield from functions(syntax, inner, name)


def lost(whole: set[Function], broken: str, line: int) -> set[Function]:
    """The functions that end above that line of the text and are not in its tree any more."""
    syntax = parse(broken)
    kept = set(functions(syntax, syntax.tree))
    return {function for function in whole if function[2] < line} - kept


@pytest.mark.parametrize("name", FILES)
def test_cut_at_every_97th_byte(name: str) -> None:
    data = (LIBRARY / name).read_bytes()
    text = decode(data)
    syntax = parse(text)
    whole = set(functions(syntax, syntax.tree))
    assert whole
    for end in range(0, len(data), 97):
        part = decode(data[:end])
        assert not lost(whole, part, part.count("\n") + 1), f"cut at {end}"


@pytest.mark.parametrize("name", FILES)
def test_one_bracket_removed(name: str) -> None:
    text = decode((LIBRARY / name).read_bytes())
    syntax = parse(text)
    whole = set(functions(syntax, syntax.tree))
    brackets = [i for i, character in enumerate(text) if character in "()[]{}"]
    for i in brackets:
        line = text.count("\n", 0, i) + 1
        assert not lost(whole, text[:i] + text[i + 1 :], line), f"line {line}"


def test_what_stands_below_the_break_is_kept_too() -> None:
    syntax = parse("async def f(:\n  await g(\n\nasync def h():\n    await i()\n")
    assert [function[0] for function in functions(syntax, syntax.tree)] == [".f", ".h"]
    assert syntax.errors[0].line == 1
