"""The Python code of a notebook: its cells one after the other as one text, IPython's own lines
made Python, and the way back from a line of the text to a cell.

    cell 1   %matplotlib inline          line 1   pass
             x = await fetch()           line 2   x = await fetch()
    cell 2   # Results                   (Markdown: no lines)
    cell 3   files = !ls                 line 3   files = get_ipython()
             await x                     line 4   await x

A name made in one cell is used in the next, so all cells are one module. Cells count from 1, with
those that are not code, as in the order on the screen. Lines that are kept keep their columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corolint.text import split_lines


@dataclass(frozen=True, slots=True)
class Notebook:
    """`path` is that of the notebook itself; `text` is `None` if it cannot be read as one.

    `cells` holds for each cell of code its number, its first line in the text (1-based), and its
    own text.
    """

    path: str
    text: str | None
    cells: tuple[tuple[int, int, str], ...] = ()

    def place(self, line: int) -> tuple[int, int]:
        """Cell and 1-based line in it of a 1-based line of the text."""
        for number, first, _ in reversed(self.cells):
            if first <= line:
                return number, line - first + 1
        return 1, line

    def cell_text(self, number: int) -> str | None:
        """The text of a cell as the author wrote it."""
        return next((text for cell, _, text in self.cells if cell == number), None)


def read_notebook(path: str, data: bytes | None) -> Notebook | None:
    """The notebook in the bytes of a file; `None` if it is written in another language.

    Knows the formats 3 and 4 of Jupyter (https://nbformat.readthedocs.io). Never raises.
    """
    try:
        document = json.loads(data or b"")
        cells = document["cells"] if "cells" in document else document["worksheets"][0]["cells"]
        if _language(document) != "python":
            return None
        sources = [
            (number, _source(cell))
            for number, cell in enumerate(cells, 1)
            if cell["cell_type"] == "code"
        ]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return Notebook(path, None)
    text, firsts = join_cells(source for _, source in sources)
    return Notebook(
        path,
        text,
        tuple(
            (number, first, source) for (number, source), first in zip(sources, firsts, strict=True)
        ),
    )


def _language(document: dict[str, Any]) -> str:
    metadata = document.get("metadata", {})
    spec, info = metadata.get("kernelspec", {}), metadata.get("language_info", {})
    return str(spec.get("language") or info.get("name") or "python").lower()


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"] if "source" in cell else cell["input"]
    return source if isinstance(source, str) else "".join(source)


def join_cells(sources: Iterable[str]) -> tuple[str, list[int]]:
    """The cells as one text of Python, and the first line of each in it, from 1."""
    lines: list[str] = []
    firsts: list[int] = []
    for source in sources:
        firsts.append(len(lines) + 1)
        lines += _python_lines(split_lines(source))
    return "\n".join(lines), firsts


# Cell magics whose cell is Python that the kernel runs itself, inside its loop.
_RUN_HERE = frozenset({"time", "timeit", "capture", "prun", "debug", "heat", "memray_flamegraph"})
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
# A whole line that is IPython's: a magic, a shell command, a question (``%time`` apart).
_COMMAND = re.compile(r"(\s*)(?:[%!?].*|[\w.%]+\?{1,2}\s*)$")
_TIMED = re.compile(r"%time (?=\s*\S)")
# ``files = !ls`` and ``found = %sql …``
_ASSIGNED = re.compile(r"(\s*[\w., ]+=\s*)[%!](?!=).*$")


def _python_lines(lines: Sequence[str]) -> list[str]:
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    magic = _CELL_MAGIC.match(lines[first]) if lines else None
    if magic is None:
        return list(_without_commands(lines))
    if magic[1] not in _RUN_HERE:
        return [""] * len(lines)
    return [""] * (first + 1) + list(_without_commands(lines[first + 1 :]))


def _without_commands(lines: Sequence[str]) -> Iterator[str]:
    """IPython's lines as statements of Python; inside brackets and strings there are none."""
    inside = _Inside()
    for line in lines:
        if not inside.anything:
            line = _without_command(line)
        inside.read(line)
        yield line


def _without_command(line: str) -> str:
    if _TIMED.match(line):
        return "if 1:" + line[5:]  # of the same width as ``%time``
    if _COMMAND.match(line):
        return _COMMAND.sub(r"\1pass", line)
    return _ASSIGNED.sub(r"\1get_ipython()", line)


_TOKEN = re.compile(
    r"(?P<comment>\#.*)|(?P<long>'''|\"\"\")|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<on>\\$)"
)


class _Inside:
    """Whether the next line goes on with a string, a bracket or a line that a backslash ended."""

    def __init__(self) -> None:
        self._quotes = ""
        self._depth = 0
        self._goes_on = False

    @property
    def anything(self) -> bool:
        return bool(self._quotes) or self._depth > 0 or self._goes_on

    def read(self, line: str) -> None:
        at = 0
        self._goes_on = False
        while at <= len(line):
            if self._quotes:
                end = line.find(self._quotes, at)
                if end < 0:
                    return
                at, self._quotes = end + 3, ""
                continue
            token = _TOKEN.search(line, at)
            if token is None:
                return
            at = max(token.end(), at + 1)
            self._quotes = token["long"] or ""
            self._depth = max(0, self._depth + bool(token["open"]) - bool(token["close"]))
            self._goes_on = bool(token["on"])
