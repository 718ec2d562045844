"""What the editor shows at one moment, as a frozen value that the analysis thread can keep.

A document is a file, a text that was never saved, or one cell of a notebook. Notebook cells are
analysed as one text, because a name made in one cell is used in the next:

    first cell   x = fetch()     line 1 of the text, line 1 of the cell
    second cell  await x         line 2 of the text, line 1 of the cell

so every place in a text is shown in the document that holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from corolint.notebook import join_cells
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


def shown_cells(path: str, cells: Iterable[tuple[str, str]]) -> tuple[str, tuple[Shown, ...]]:
    """The cells of a notebook (URI and text, in order) as one text, and where each stands in it."""
    uris_and_texts = list(cells)
    text, firsts = join_cells(each for _, each in uris_and_texts)
    ends = [*(first - 1 for first in firsts[1:]), len(split_lines(text))]
    return text, tuple(
        Shown(uri, path, first - 1, end)
        for (uri, _), first, end in zip(uris_and_texts, firsts, ends, strict=True)
    )
