"""After any edits, what a running server says is what a new one would say.

Edits are random pieces of code put anywhere, undone, saved and closed, so that most states are
broken code, as they are while somebody types.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities
from corolint.lsp.diagnostics import Report, report_on
from corolint.lsp.view import Shown, View

FILES = {
    "app.py": """\
import asyncio
from client import Client, fetch


async def main():
    client = Client("x")
    client.get()
    fetch()
    x = fetch()
    if x:
        await x
    await x


def helper():
    return fetch()


helper()
asyncio.run(main())
""",
    "client.py": """\
from base import Base, make


async def fetch():
    return 1


class Client(Base):
    def __init__(self, url):
        self.inner = make()

    async def get(self):
        self.inner.run()
        self.close()
        return await self.inner.run()
""",
    "base.py": """\
class Base:
    async def close(self): ...


class Inner:
    async def run(self): ...

    def sync(self): ...


def make():
    return Inner()
""",
}
PIECES = (
    *("await ", "async ", "return ", "self.", "lambda: ", "x = ", "fetch()", "make()", "sync"),
    *("def f():\n    ", "class X:\n    ", "try:\n    ", "if x:\n    ", "from base import *\n"),
    *("(", ")", "[", ":", ",", "'", '"""', "\n", "    ", "# corolint: ignore\n", "é𝒳", "\x0c"),
)


def edited(text: str, source: random.Random) -> str:
    start = source.randrange(len(text) + 1)
    end = min(len(text), start + source.choice([0, 0, 0, 1, 2, 8]))
    return text[:start] + source.choice(PIECES) + text[end:]


def reports(analysis: Analysis, view: View) -> dict[str, Report]:
    found = {
        each.uri: report_on(analysis, each.path, each.uri, view, Abilities()) for each in view.shown
    }
    assert not analysis.problems
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_warm_is_cold(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "pyproject.toml").write_text("")
    warm = Analysis()
    texts: dict[str, str] = {}
    undo: dict[str, list[str]] = {name: [] for name in FILES}
    for step in range(60):
        name = source.choice(list(FILES))
        choice = source.random()
        if name not in texts:
            texts[name] = FILES[name]
        elif choice < 0.05:
            del texts[name]
        elif choice < 0.15 and undo[name]:
            texts[name] = undo[name].pop()
        elif choice < 0.25:
            texts[name] = FILES[name]
        else:
            undo[name].append(texts[name])
            texts[name] = edited(texts[name], source)
        paths = {each: str(tmp_path / each) for each in texts}
        view = View(
            {paths[each]: text for each, text in texts.items()},
            tuple(Shown(each, path) for each, path in paths.items()),
            (str(tmp_path),),
        )
        found = reports(warm, view)
        if step % 6 == 0:
            assert found == reports(Analysis(), view), f"after step {step}: {texts}"
