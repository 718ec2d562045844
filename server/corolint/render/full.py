"""The format for people: each finding with the lines it speaks of, underlined.

    error[unawaited-coroutine]: coroutine 'fetch' was never awaited
     --> server.py:4:5
      |
    3 | async def main():
    4 |     fetch()
      |     ^^^^^^^
      |
    note: 'fetch' is declared here
     --> client.py:1:1
      |
    1 | async def fetch():
      | ------------------
      |

Underlines count what a terminal shows: a tab reaches to the next stop, an East Asian wide
character takes two cells, a combining one none. Very long lines are cut around the span.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from corolint.finding import Evidence, Finding, Note, Severity
from corolint.render.report import Report, lines_around, place, printable
from corolint.text import Span

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_FRAME = "\x1b[1;34m"
_SEVERITY = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.HINT: "\x1b[1;36m",
}
_NOTE = "\x1b[1;32m"

_TAB_STOP = 4
_CONTEXT = 2  # lines before and after the blamed ones
_MOST_LINES = 4  # of one span that are shown whole
_WIDEST_LINE = 240  # code points; a longer line is cut
_LEAD = 80  # code points kept before the span in a line that is cut


def render(report: Report) -> str:
    """All findings, each followed by an empty line."""
    lines_of = _Lines(report)
    return "".join(
        "\n".join(_finding(finding, report, lines_of)) + "\n\n" for finding in report.findings
    )


class _Lines:
    """The lines of the files that findings speak of, split once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._known: dict[tuple[str | None, int | None], list[str]] = {}

    def __call__(self, item: Finding | Note) -> list[str]:
        key = item.path, item.cell
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = lines_around(self._report, item)
        return found


def _finding(finding: Finding, report: Report, lines_of: _Lines) -> Iterator[str]:
    paint = _painted if report.color else _plain
    style = _SEVERITY[finding.severity]
    placed = [note for note in finding.notes if note.path is not None and note.span is not None]
    last_lines = [finding.span.end_line + _CONTEXT, *(n.span.end_line for n in placed if n.span)]
    gutter = len(str(max(last_lines)))
    level = paint(f"{finding.severity.value}[{finding.rule}]", style)
    yield f"{level}{paint(': ' + printable(finding.message), _BOLD)}"
    yield f"{' ' * gutter}{paint('-->', _FRAME)} {place(report, finding)}"
    lines = lines_of(finding)
    yield from _frame(lines, finding.span, gutter, _CONTEXT, "^", style, paint)
    if finding.evidence in (Evidence.INFERRED, Evidence.CONSENSUS):
        yield f"{' ' * gutter} {paint('=', _FRAME)} evidence: {finding.evidence.value}"
    for note in finding.notes:
        yield f"{paint('note', _NOTE)}{paint(': ' + printable(note.message), _BOLD)}"
        if note.path is not None and note.span is not None:
            yield f"{' ' * gutter}{paint('-->', _FRAME)} {place(report, note)}"
            lines = lines_of(note)
            yield from _frame(lines, note.span, gutter, 0, "-", _NOTE, paint)
    for fix in finding.fixes:
        yield f"{paint('help', _SEVERITY[Severity.HINT])}: {printable(fix.title)}"


def _painted(text: str, style: str) -> str:
    return f"{style}{text}{_RESET}"


def _plain(text: str, style: str) -> str:
    return text


def _frame(
    lines: list[str],
    span: Span,
    gutter: int,
    context: int,
    mark: str,
    style: str,
    paint: Callable[[str, str], str],
) -> Iterator[str]:
    """The lines around `span`, those in it underlined with `mark`. Nothing if they are gone."""
    if not 1 <= span.line <= len(lines):
        return
    end_line = min(span.end_line, len(lines))
    first = max(1, span.line - context)
    last = min(len(lines), end_line + context)
    bar = paint("|", _FRAME)
    empty = f"{' ' * gutter} {bar}"
    yield empty
    for number in range(first, last + 1):
        line = lines[number - 1]
        if number > span.line and number < end_line and end_line - span.line >= _MOST_LINES:
            if number == span.line + 1:
                yield f"{'.' * min(3, gutter + 1)}"
            continue
        if number in (first, last) and not line.strip() and not span.line <= number <= end_line:
            continue  # An empty line at the edge shows nothing.
        start, end = 0, 0
        if span == (number, 0, number, 0):  # Only the line is known.
            start, end = len(line) - len(line.lstrip()), len(line.rstrip())
        elif span.line <= number <= end_line:
            start = span.column if number == span.line else len(line) - len(line.lstrip())
            end = span.end_column if number == end_line else len(line.rstrip())
        shown, left, width = _cells(line, start, end)
        yield f"{number:>{gutter}} {bar} {shown}".rstrip()
        if span.line <= number <= end_line:
            yield f"{empty} {' ' * left}{paint(mark * max(1, width), style)}"
    yield empty


def _cells(line: str, start: int, end: int) -> tuple[str, int, int]:
    """`line` as shown, and in terminal cells where the code points `start` to `end` stand in it."""
    if len(line) > _WIDEST_LINE:
        cut = max(0, min(start - _LEAD, len(line) - _WIDEST_LINE))
        before, after = "…" if cut else "", "…" if cut + _WIDEST_LINE < len(line) else ""
        line = before + line[cut : cut + _WIDEST_LINE] + after
        start, end = start - cut + len(before), end - cut + len(before)
    start, end = max(0, min(start, len(line))), max(0, min(end, len(line)))
    if line.isascii() and line.isprintable():
        return line, start, end - start
    shown: list[str] = []
    edges = [0]  # cells before each code point
    for character in line:
        if character == "\t":
            cell = " " * (_TAB_STOP - edges[-1] % _TAB_STOP)
            width = len(cell)
        else:
            cell = printable(character)
            width = _width(cell)
        shown.append(cell)
        edges.append(edges[-1] + width)
    return "".join(shown), edges[start], edges[end] - edges[start]


def _width(character: str) -> int:
    """Terminal cells of one code point. https://www.unicode.org/reports/tr11/"""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
