"""What one keystroke costs the analysis, and which part of it: for whoever mends a slow one.

    cd tests && python -m benchmarks.keystrokes [LINES ...]

Several kinds of code are typed, one character at a time, into a file of so many lines in a project
of 1,000 modules that has been read. There is no client and no event loop: each keystroke is one
report on the new text, with its hover. Prints for each kind the median, the 95th percentile and the
longest in milliseconds of CPU, then the slowest keystrokes with the parts that took the time: the
parser, the summary, what an edit concerns, where loops come to, following objects, and garbage.
Parts include what they cause others to do, so that they may add up to more than the whole.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import corolint.check
import corolint.project
import corolint.reuse
import corolint.syntax.incremental
from benchmarks.latency import MODULES
from benchmarks.typing_project import module_text, places_to_type, write_project
from corolint.lsp import diagnostics
from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities
from corolint.lsp.garbage import Tidier, look_only_at_the_young
from corolint.lsp.view import Shown, View

KINDS = {
    "awaited call": "        await self.read(key)\n",
    "bare call": "        self.read(key)\n",
    "assignment": "        found = await self.fetch(key, 2)\n",
    "string": '        name = "a text (with all) in it"\n',
    "branch": "        if key:\n            self.lock\n        else:\n            pass\n",
    "local function": "        async def inner(one: str) -> None:\n            pass\n",
    "attribute": "        self.last = self.read(key)\n",
    "new function": "async def other(key: str) -> bytes:\n    return await fetch(key)\n\n\n",
    "new import": "import functools\n",
}
PARTS: dict[str, tuple[Any, str]] = {
    "parse": (corolint.project, "parse"),
    "reparse": (corolint.project, "reparse"),
    "problems": (corolint.syntax.incremental, "problems_in"),
    "summary": (corolint.project, "summarize"),
    "inventory": (corolint.check, "inventory_of"),
    "concerned": (corolint.reuse, "_concerned"),
    "loops": (corolint.check, "loop_faults"),
    "trace": (corolint.check, "trace"),
    "report": (diagnostics, "make_report"),
}
SLOWEST = 3  # of each kind


class Keystroke(NamedTuple):
    """Milliseconds of CPU for one character, and for its parts."""

    kind: str
    typed: str
    total: float
    hover: float
    parts: dict[str, float]


class Clock:
    """Adds up the time in parts of the analysis, and how often each was entered."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        for name, (home, function) in PARTS.items():
            setattr(home, function, self._timed(name, getattr(home, function)))
        self._began = 0.0
        gc.callbacks.append(self._collected)

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                self.spent[name] += (time.thread_time() - began) * 1000

        return timed

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            self.spent[f"gc {info['generation']}"] += (time.thread_time() - self._began) * 1000


def type_into(path: Path, folder: Path, clock: Clock) -> list[Keystroke]:
    """Types all kinds into the file at `path`, each in a place of its own."""
    analysis, tidier = Analysis(), Tidier()
    text = path.read_text()
    shown = Shown(path.as_uri(), str(path))

    def report(view: View) -> None:
        diagnostics.report_on(analysis, shown.path, shown.uri, view, Abilities())

    def view_of(text: str) -> View:
        return View({shown.path: text}, (shown,), (str(folder),))

    report(view_of(text))
    analysis.read_on(shown.path, view_of(text), 1000)
    report(view_of(text))
    tidier.tidy()
    strokes: list[Keystroke] = []
    for kind, typed in KINDS.items():
        line = place_of(typed, text)
        at = sum(len(each) + 1 for each in text.split("\n")[:line])
        text = f"{text[:at]}\n{text[at:]}"
        report(view_of(text))
        for place, character in enumerate(typed):
            text = f"{text[: at + place]}{character}{text[at + place :]}"
            clock.spent.clear()
            began = time.thread_time()
            report(view_of(text))
            reported = time.thread_time()
            analysis.hover(shown.path, text, view_of(text), line + 2, 10)
            ended = time.thread_time()
            strokes.append(
                Keystroke(
                    kind,
                    typed[: place + 1].rpartition("\n" if character != "\n" else "\0")[2][-24:],
                    (reported - began) * 1000,
                    (ended - reported) * 1000,
                    dict(clock.spent),
                )
            )
            if tidier.is_due():
                tidier.tidy()
        tidier.tidy()
    return strokes


def place_of(typed: str, text: str) -> int:
    """The 0-based line before which the code may stand."""
    lines = text.split("\n")
    if typed.startswith("import"):
        return lines.index("import asyncio")
    line = places_to_type(text, 3)[1]
    while not typed.startswith(" ") and not lines[line].startswith("async def"):
        line -= 1
    return line


def _cell(times: list[float]) -> str:
    p95 = quantiles(times, n=20, method="inclusive")[18]
    return f"{median(times):>8.1f}{p95:>8.1f}{max(times):>8.1f}"


def main(arguments: list[str]) -> int:
    """Prints the tables. Arguments: the lengths of files."""
    look_only_at_the_young()
    clock = Clock()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write_project(folder, MODULES)
        for size in map(int, arguments or ("100", "1000", "10000")):
            path = folder / f"typed_{size}.py"
            path.write_text(module_text(MODULES, size))
            strokes = type_into(path, folder, clock)
            print(f"{size} lines, CPU ms   {'report':>20}    {'hover':>20}")
            for kind in (*KINDS, ""):
                found = [each for each in strokes if not kind or each.kind == kind]
                report, hover = [each.total for each in found], [each.hover for each in found]
                print(f"{kind or 'all':18}{_cell(report)}{_cell(hover)}")
            by_time = sorted(strokes, key=lambda each: -each.total)
            for kind in KINDS:
                for each in [one for one in by_time if one.kind == kind][:SLOWEST]:
                    parts = sorted(each.parts.items(), key=lambda part: -part[1])
                    told = ", ".join(f"{name} {ms:.1f}" for name, ms in parts if ms >= 0.3)
                    print(f"{each.total:8.1f}  {each.typed!r:28} {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
