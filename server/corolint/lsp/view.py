"""What the editor shows at one moment, as a frozen value that the analysis thread can keep.

A document is a file, a text that was never saved, or one cell of a notebook. Notebook cells are
analysed as one text, because a name made in one cell is used in the next:

    first cell   x = fetch()     line 1 of the text, line 1 of the cell
    second cell  await x         line 2 of the text, line 1 of the cell

so every place in a text is shown in the document that holds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from corolint.files import SUFFIXES
from corolint.text import split_lines


class Shown(NamedTuple):
    """The document `uri`, in this version, shows the lines after `first` up to `last` of `path`."""

    uri: str
    path: str
    first: int = 0
    last: int | None = None
    version: int | None = None

    def holds(self, line: int) -> bool:
        """Does the 1-based `line` of the text stand in this document?"""
        return self.first < line and (self.last is None or line <= self.last)


@dataclass(frozen=True, slots=True)
class View:
    """`texts` is path -> text, `shown` lists the documents, `folders` the workspace's folders."""

    texts: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    folders: tuple[str, ...] = ()

    def document(self, uri: str) -> Shown | None:
        """Where the document with this URI lies; `None` if it is not open."""
        return next((each for each in self.shown if each.uri == uri), None)

    def holder(self, path: str, line: int) -> Shown | None:
        """The open document that holds this line of a text; `None` if none does."""
        return next((each for each in self.shown if each.path == path and each.holds(line)), None)


def analysed_path(path: str) -> str:
    """The path under which a text is analysed: only what is named like a module is taken for one.

    ``notes/n.ipynb`` is analysed as ``notes/n_ipynb_.py``, which is no name that anybody imports.
    """
    if path.endswith(SUFFIXES):
        return path
    folder, name = os.path.split(path)
    return os.path.join(folder, re.sub(r"\W", "_", name) + "_.py")


def join_cells(path: str, cells: Iterable[tuple[str, str]]) -> tuple[str, tuple[Shown, ...]]:
    """The cells of a notebook (URI and text, in order) as one text, and where each stands in it."""
    lines: list[str] = []
    shown = []
    for uri, text in cells:
        first = len(lines)
        lines += _without_magics(split_lines(text))
        shown.append(Shown(uri, path, first, len(lines)))
    return "\n".join(lines), tuple(shown)


def _without_magics(lines: Sequence[str]) -> list[str]:
    """IPython's own commands, which are not Python, as statements that do nothing."""
    if any(line.startswith("%%") for line in lines[:1]):
        return [""] * len(lines)
    return [_MAGIC.sub(r"\1pass", line) for line in lines]


_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
