"""What every output format is given, and the few things that several of them say alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from corolint.finding import Finding, Note, Severity
from corolint.paths import seen_from
from corolint.text import Span, split_lines


class RuleHelp(NamedTuple):
    """What a report can say of a rule in general; `markdown` is the whole of its page."""

    name: str
    severity: Severity
    summary: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one run, in the order to show them, and what is needed to show them.

    Paths are shown as seen from `folder`. `text_of` gives the text of a file, `None` if there is
    none any more; `text_of_cell` that of a cell of a notebook. `color` is true only where escape
    codes are welcome. `rules` gives all rules.
    """

    findings: tuple[Finding, ...]
    folder: str
    text_of: Callable[[str], str | None]
    color: bool = False
    rules: Callable[[], tuple[RuleHelp, ...]] = tuple
    text_of_cell: Callable[[str, int], str | None] = lambda path, cell: None

    def shown(self, path: str) -> str:
        """The path as every format writes it: relative if possible, with forward slashes."""
        return seen_from(path, self.folder)


def one_based(span: Span) -> tuple[int, int, int, int]:
    """Line, column, end line, end column, all from 1; the end column is exclusive."""
    return span.line, span.column + 1, span.end_line, span.end_column + 1


def place(report: Report, item: Finding | Note) -> str:
    """``path:line:column`` of a finding or note; empty for a note without a place."""
    if item.path is None or item.span is None:
        return ""
    cell = "" if item.cell is None else f"cell {item.cell}:"
    return f"{printable(report.shown(item.path))}:{cell}{item.span.line}:{item.span.column + 1}"


def lines_around(report: Report, item: Finding | Note) -> list[str]:
    """The lines of the file, or of the cell of a notebook, that a finding or note stands in."""
    if item.path is None:
        return []
    if item.cell is None:
        return split_lines(report.text_of(item.path) or "")
    return split_lines(report.text_of_cell(item.path, item.cell) or "")


def counted(number: int, word: str, plural: str = "") -> str:
    """``1 file``, ``2 files``; `plural` where an s is not enough."""
    return f"{number} {word if number == 1 else plural or word + 's'}"


def summary(findings: tuple[Finding, ...], files: int) -> str:
    """One line that closes a run: ``3 findings (2 errors, 1 hint) in 12 files.``"""
    if not findings:
        return f"No findings in {counted(files, 'file')}."
    parts = [
        counted(number, level.value)
        for level in Severity
        if (number := sum(finding.severity is level for finding in findings))
    ]
    total = counted(len(findings), "finding")
    return f"{total} ({', '.join(parts)}) in {counted(files, 'file')}."


_BIDIRECTIONAL = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def printable(text: str) -> str:
    """`text` on one line without anything that could steer a terminal or reorder the line.

    File names and source lines come from strangers: an escape code in them must stay visible.
    Control characters become their pictures (``␛``), the rest of the dangerous ones ``�``.
    """
    if text.isprintable():  # Nearly always; surrogates are not printable either.
        return text
    return "".join(_harmless(character) for character in text)


def _harmless(character: str) -> str:
    if character < "\x20":
        return chr(0x2400 + ord(character))
    if "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return "\ufffd" if character in _BIDIRECTIONAL or character in "\u2028\u2029" else character
