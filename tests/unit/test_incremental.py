"""What is kept of a syntax over an edit says the same as a new parse."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import corolint.reuse
import pytest
from corolint.inventory import inventory_of
from corolint.summarize import summarize
from corolint.syntax import Syntax, nodes, parse, reparse

VERSION = (3, 13)
PIECES = (
    *("await ", "async ", "return ", "self.", "lambda: ", "x = ", "fetch()", "(", ")", "[", "{"),
    *("'", '"""', "f'", "\\", "\n", "    ", "\t", ":", ",", "# c\n", "é𝒳", "\x0c", "@d\n", "@"),
    *("def f():\n    ", "class X:\n    ", "try:\n", "try:\n    pass\n", "except E:\n    pass\n"),
    *("if x:\n    y\n", "else:\n    z\n", "assert sys.platform == 'win32'\n", "x = 1\n", "; y"),
    *("    pass\n", "async def g():\n    fetch()\n\n\n", "import sys\n", "with a as b:\n", "f(\n"),
)
TEXT = '''\
"""A module."""

import asyncio

LIMIT = 3
NAMES = ["a",
         "b"]


@decorated
# between
@twice(1)
async def main(first, *rest):
    """What it does."""
    await fetch("é", first)
    return sorted({key: 1 for key in rest}, key=lambda each: first(each))


if LIMIT:
    VALUE = f"{LIMIT!r:>3}"
elif NAMES:
    VALUE = 2
else:
    VALUE = 3; OTHER = 4

try:
    import fast
except ImportError:
    fast = None


class Client(Base):
    limit: int = 3

    @property
    def name(self):
        return self._name

    async def get(self):
        async with self.lock as held, other():
            match held:
                case [x, *_] if x:
                    pass


(lambda: main)
main(
    1,
)
# the end
'''


def outline(syntax: Syntax, part: Any) -> Any:
    """All that a node says, with its place."""
    if isinstance(part, list | tuple):
        return [outline(syntax, each) for each in part]
    slots = [s for cls in type(part).__mro__ for s in getattr(cls, "__slots__", ())]
    if not slots or not type(part).__module__.startswith("corolint"):
        return part
    shown = [outline(syntax, getattr(part, slot)) for slot in sorted(slots) if "at" not in slot]
    is_placed = isinstance(part, nodes.Node) and hasattr(part, "at") and part.at
    return [type(part).__name__, syntax.span(part) if is_placed else None, shown]


def said(syntax: Syntax) -> Any:
    """What the summary and the inventory of a module say."""
    reading = summarize(syntax, "a.b", is_package=False, is_stub=False, has_bodies=True)
    inventory = inventory_of(syntax)
    bodies = sorted(
        (syntax.line(body.node), len(body.calls), len(body.awaits), len(body.awaited))
        for body in inventory.bodies[1:]
        if not isinstance(body.node, nodes.Block)
    )
    terms = sorted(map(str, reading.terms.values()))
    names = sorted(body.qualname for body in reading.bodies)
    summary = reading.summary
    module = [len(each) for each in (inventory.bodies[0].calls, inventory.bodies[0].inner)]
    return summary, summary.lines, terms, names, bodies, inventory.attributes, module


def edited(text: str, source: random.Random) -> str:
    choice = source.random()
    start = source.randrange(len(text) + 1)
    if choice < 0.15:
        lines = text.split("\n")
        line = lines.pop(source.randrange(len(lines)))
        if source.random() < 0.5:
            lines.insert(source.randrange(len(lines) + 1), line)
        return "\n".join(lines)
    piece = source.choice(PIECES)
    if piece.endswith("\n") and choice < 0.9:
        start = text.rfind("\n", 0, start) + 1
    return text[:start] + piece + text[min(len(text), start + source.choice([0, 0, 0, 1, 5])) :]


def longer(text: str) -> str:
    return text + Path(corolint.reuse.__file__).read_text("utf-8").partition("\n\n")[2]


@pytest.mark.parametrize("seed", range(3))
def test_syntax_after_random_edits_is_that_of_a_new_parse(seed: int) -> None:
    source = random.Random(seed)
    text = start = longer(TEXT) if seed % 2 else TEXT
    syntax = parse(text, python_version=VERSION)
    shared = 0
    for _ in range(120):
        # Most of what is typed is taken back soon, so that states are not always broken.
        text = start if source.random() < 0.2 else edited(text, source)
        again = reparse(syntax, text, VERSION, "linux")
        new = parse(text, python_version=VERSION)
        if again is None:
            syntax = new
            continue
        shared += 1
        assert sorted(again.errors) == sorted(new.errors), text
        assert outline(again, again.tree) == outline(new, new.tree), text
        assert said(again) == said(new), text
        syntax = again
    assert shared > 20


def test_edit_of_one_function_keeps_the_nodes_of_the_others() -> None:
    text = longer(TEXT)
    before = parse(text, python_version=VERSION)
    after = reparse(
        before, text.replace("await fetch(", "await fetch(await it, "), VERSION, "linux"
    )
    assert after is not None
    kept = set(map(id, before.tree.statements))
    new = [each for each in after.tree.statements if id(each) not in kept]
    assert len(new) < 6
    assert any(isinstance(each, nodes.FunctionDef) and each.name == "main" for each in new)


def test_stream_does_not_grow_for_ever() -> None:
    text = TEXT
    syntax = parse(text, python_version=VERSION)
    longest = 0
    for number in range(400):
        text = TEXT.replace("What it does", f"What it does {number}")
        again = reparse(syntax, text, VERSION, "linux")
        syntax = again or parse(text, python_version=VERSION)
        longest = max(longest, len(syntax.data))
    assert longest < 40 * len(text) + 200_000
