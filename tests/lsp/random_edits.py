"""Random edits of a small project, and whether what is remembered over them stays true.

    cd tests && python -m lsp.random_edits 5000

Pieces of code are put anywhere, undone, saved and closed, lines are moved, files are renamed on the
disk, so that most states are broken code, as they are while somebody types. Now and then, what the
analysis that followed says is compared with what a new one says. Prints how much memory the process
has from time to time; ends with status 1 at the first difference.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities
from corolint.lsp.diagnostics import Report, report_on
from corolint.lsp.view import Shown, View

FILES = {
    "app.py": """\
import asyncio
from client import Client, fetch
from tools import each, keep, retry


async def main():
    client = Client("x")
    client.get()
    fetch()
    x = fetch()
    if x:
        await x
    await x
    await retry(fetch(), 3)
    keep(client, fetch)


def helper():
    return fetch()


async def shown(client):
    client.get()
    for one in each([client.get(), fetch()]):
        one
    return client.last.run()


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
        self.waiting = []
        self._made = fetch()

    async def get(self):
        self.inner.run()
        self.close()
        self.waiting.append(fetch())
        return await self.inner.run()

    @property
    def last(self):
        return self.inner

    def count(self, what):
        return what.run()
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
    "tools.py": """\
import asyncio


async def retry(work, times):
    for _ in range(times):
        return await work


def each(things):
    found = []
    for thing in things:
        found.append(thing)
    return found


def keep(holder, work):
    holder.kept = work()
    holder.count(work)


def now(work):
    return asyncio.run(work())
""",
}
PIECES = (
    *("await ", "async ", "return ", "self.", "lambda: ", "x = ", "fetch()", "make()", "sync"),
    *("def f():\n    ", "class X:\n    ", "try:\n    ", "if x:\n    ", "from base import *\n"),
    *("(", ")", "[", ":", ",", "'", '"""', "\n", "    ", "# corolint: ignore\n", "é𝒳", "\x0c"),
    *("    fetch()\n", "    self.get()\n", "    client.get()\n", "    x = fetch()\n"),
    *(
        "    await x\n",
        "    await work\n",
        "    now(fetch)\n",
        "    keep(x, fetch)\n",
        "    pass\n",
    ),
    *("    self._made\n", "    self.inner = fetch()\n", "async def g():\n    fetch()\n\n\n"),
)
NEW_NAMES = ("app.py", "client.py", "other.py", "base.py", "tools.py")


def edited(text: str, source: random.Random) -> str:
    """`text` with a piece put somewhere, at the start of a line if the piece is one."""
    start = source.randrange(len(text) + 1)
    piece = source.choice(PIECES)
    if piece.endswith("\n"):
        start = text.rfind("\n", 0, start) + 1
        return text[:start] + piece + text[start:]
    end = min(len(text), start + source.choice([0, 0, 0, 1, 2, 8]))
    return text[:start] + piece + text[end:]


def without_a_line(text: str, source: random.Random) -> str:
    """`text` with one line taken out, which may be put in elsewhere."""
    lines = text.split("\n")
    line = lines.pop(source.randrange(len(lines)))
    if source.random() < 0.5:
        lines.insert(source.randrange(len(lines) + 1), line)
    return "\n".join(lines)


class Editing:
    """A folder, an editor with some of its files open, and an analysis that follows."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.analysis = Analysis()
        self._source = random.Random(seed)
        self._texts: dict[str, str] = {}
        self._undo: dict[str, list[str]] = {}
        (folder / "pyproject.toml").write_text("")
        for name, text in FILES.items():
            (folder / name).write_text(text)

    def step(self) -> None:
        """One more edit."""
        source = self._source
        on_disk = sorted(each.name for each in self.folder.glob("*.py"))
        name = source.choice(on_disk or ["app.py"])
        choice = source.random()
        path = self.folder / name
        if choice < 0.03 and len(self._texts) < len(on_disk) and name not in self._texts:
            self._rename(path, self.folder / source.choice(NEW_NAMES))
        elif name not in self._texts:
            self._texts[name] = path.read_text("utf-8") if path.exists() else ""
        elif choice < 0.08:
            del self._texts[name]
        elif choice < 0.20 and self._undo.get(name):
            self._texts[name] = self._undo[name].pop()
        elif choice < 0.27:
            self._texts[name] = FILES.get(name, "")
        elif choice < 0.30:
            path.write_text(self._texts[name], "utf-8")
            self.analysis.files_changed([str(path)])
        else:
            self._undo.setdefault(name, []).append(self._texts[name])
            del self._undo[name][:-20]
            change = without_a_line if source.random() < 0.2 else edited
            self._texts[name] = change(self._texts[name], source)[:4000]

    def _rename(self, before: Path, after: Path) -> None:
        if before.exists() and after.name not in self._texts:
            before.replace(after)
            self.analysis.files_changed([str(before), str(after)])

    def view(self) -> View:
        """What the editor shows."""
        paths = {each: str(self.folder / each) for each in self._texts}
        return View(
            {paths[each]: text for each, text in self._texts.items()},
            tuple(Shown(each, path) for each, path in paths.items()),
            (str(self.folder),),
        )

    def difference(self) -> str | None:
        """What a new analysis says otherwise than the one that followed; `None`: nothing."""
        view = self.view()
        warm, cold = reports(self.analysis, view), reports(Analysis(), view)
        if warm == cold:
            return None
        names = [name for name in warm if warm[name] != cold[name]]
        told = "\n".join(
            f"{name}: warm {_words(warm[name])}\n{' ' * len(name)}  cold {_words(cold[name])}"
            for name in names
        )
        return f"{told}\n{dict(self._texts)!r}"


def reports(analysis: Analysis, view: View) -> dict[str, Report]:
    """The report of each open file, once the project has been read."""
    for each in view.shown:
        analysis.read_on(each.path, view, seconds=60)
    found = {
        each.uri: report_on(analysis, each.path, each.uri, view, Abilities()) for each in view.shown
    }
    assert not analysis.problems, analysis.problems
    return found


def _words(report: Report) -> list[str]:
    return [f"{each.range.start.line + 1}: {each.message}" for each in report.items]


def differences(
    folder: Path, seed: int, steps: int, every: int
) -> Iterator[tuple[int, str | None]]:
    """Makes so many edits; compares after every few, and gives the step with what is different."""
    editing = Editing(folder, seed)
    for step in range(1, steps + 1):
        editing.step()
        reports(editing.analysis, editing.view())
        if step % every == 0:
            yield step, editing.difference()


def _megabytes() -> float:
    """The memory of this process; 0 where ``/proc`` does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 2**20


def main(arguments: list[str]) -> int:
    """Arguments: the number of edits, the seed, and after how many edits to compare."""
    steps, seed, every = (int(each) for each in (*arguments, *("1", "20")[len(arguments) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        for step, difference in differences(Path(name), seed, steps, every):
            if difference is not None:
                print(f"seed {seed}, after edit {step}:\n{difference}")
                return 1
            if step % 500 == 0:
                gc.collect()
                print(f"after edit {step}: {_megabytes():.0f} MB", flush=True)
    print(f"seed {seed}: warm is cold after {steps} edits")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
