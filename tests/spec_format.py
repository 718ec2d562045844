"""Reads specs: Markdown files whose sections are small programs with what is to be said of them.

A spec looks like this (the fence of the inner block is shown with ' instead of a backquote):

    # Dropped at once

    Nobody can await an object that nobody holds.

    '''python
    async def f(): ...

    async def main():
        f()  # error: [unawaited-coroutine] "coroutine 'f' was never awaited"
    '''

- A **header** is a test, named by itself and the headers above it, if it has a Python block of
  its own; else it only groups those below it.
- A **Python block** is a file. A line such as `` `pkg/b.py`: `` above it names it; without one it
  is ``main.py``. Files below ``site-packages/`` are a library's; one in ``.pyi`` is a stub. Those
  below ``not-installed/`` are a library's that CPython finds and the analyser does not.
  ``n_ipynb_.py`` is a notebook as it is analysed, with ``# %%`` between its cells.
- A **toml block** is the configuration of the test.
- A paragraph that begins with **Not run:** and a reason keeps CPython away from the test.
- A paragraph **Needs Python 3.11**, **Needs Python below 3.11**, **Needs the package anyio** or
  **Needs Unix** keeps other interpreters and systems away from it.

Comments in the code, several on a line if need be:

| comment | meaning |
|---|---|
| ``# error: [rule] "text"`` | a finding on this line, its message holds the text, if there is one |
| ``# warning: …``, ``# hint: …`` | the same, of another severity |
| ``# runtime: [rule]`` | CPython faults here, and a finding of that rule elsewhere tells of it |
| ``# missed: [rule] "text" why`` | a finding belongs here and there is none; where only the work |
|  | is to be done, the reason is ``not built yet: error`` (or what severity it will have) |
| ``# false: [rule] why`` | a finding stands here and does not belong: known and counted |
| ``# silent: [rule] why`` | CPython faults here and users want to hear nothing of it |
| ``# raises: ValueError`` | an uncaught exception starts here that no rule is about |
| ``# revealed: pending \\| used`` | the abstract state of ``c`` in ``reveal(c)`` on this line |
| ``# note 2: "text"`` | the second step in the story of a finding stands here and says just that |

A test with one ``note`` has all of them: every step of every finding, and no other.

Anything that looks like one of these and is not well-formed is an error, so that a slip of the pen
cannot turn a test off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

NOT_INSTALLED = "not-installed/"
ELSEWHERE = ("site-packages/", NOT_INSTALLED)
SEVERITIES = ("error", "warning", "hint")
_EXPLAINED = ("missed", "false", "silent")
STATES = frozenset({"pending", "used", "closed", "escaped"})

_FENCE = re.compile(r"^(`{3,})\s*(\w*)\s*$")
_HEADER = re.compile(r"^(#{1,6})\s+(.+?)\s*$")
_FILE_NAME = re.compile(r"^`([^`]+)`:\s*$")
_MARK = re.compile(r"#\s*(error|warning|hint|runtime|missed|false|silent|raises|revealed|note)\b")
_RULE = re.compile(r"""^:\s\[([a-z][a-z0-9-]*)\](?:\s+"([^"]*)")?\s*(.*)$""")
_NOTE = re.compile(r"""^ (\d+): "([^"]+)"$""")
_NEEDS_PYTHON = re.compile(r"^Python (below )?3\.(\d+)$")
_NEEDS_PACKAGE = re.compile(r"^the packages? (\w+(?:(?:, | and )\w+)*)$")


@dataclass(frozen=True, slots=True)
class Mark:
    """One comment: `kind` is the word before the colon; `line` is 1-based within its file."""

    file: str
    line: int
    kind: str
    rule: str
    text: str
    why: str


class Told(NamedTuple):
    """One step in the story of a finding; `number` counts its steps from 1."""

    file: str
    line: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Needs:
    """Where a test can run: from `lowest` up to but without `below`, with these packages."""

    lowest: tuple[int, int] = (3, 0)
    below: tuple[int, int] = (4, 0)
    packages: tuple[str, ...] = ()
    unix: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """One test. `files` are path and text in the order of the page; `line` is its header's."""

    page: str
    title: str
    line: int
    files: tuple[tuple[str, str], ...]
    config: str
    not_run: str
    needs: Needs
    marks: tuple[Mark, ...]
    states: tuple[tuple[str, int, frozenset[str]], ...]
    notes: tuple[Told, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.page}: {self.title}"


class SpecError(ValueError):
    """A page that breaks the format; the message begins with page and line."""


def read_specs(folder: Path) -> list[Spec]:
    """All tests of all pages below `folder`, sorted by page. Raises `SpecError`."""
    specs: list[Spec] = []
    for path in sorted(folder.rglob("*.md")):
        specs += parse_page(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
    return specs


def parse_page(page: str, text: str) -> list[Spec]:
    """The tests of one page in order. Raises `SpecError`."""
    specs: list[Spec] = []
    titles: list[str] = []
    seen: set[str] = set()
    for line, level, title, body in _sections(page, text):
        if level > len(titles) + 1:
            raise SpecError(f"{page}:{line}: header skips a level")
        titles[level - 1 :] = [title]
        spec = _parse_section(page, line, " / ".join(titles), body)
        if spec is None:
            continue
        if spec.title in seen:
            raise SpecError(f"{page}:{line}: two tests of this name")
        seen.add(spec.title)
        specs.append(spec)
    return specs


_Body = list[tuple[int, str]]


def _sections(page: str, text: str) -> Iterator[tuple[int, int, str, _Body]]:
    """Line, level, title and numbered lines of each header; a ``#`` inside a fence is no header."""
    fence = ""
    current: tuple[int, int, str, _Body] | None = None
    number = 0
    for number, line in enumerate(text.splitlines(), start=1):
        fenced = _FENCE.match(line)
        if fenced and not fence:
            fence = fenced[1]
        elif line.rstrip() == fence:
            fence = ""
        header = None if fence or fenced else _HEADER.match(line)
        if header:
            if current:
                yield current
            current = (number, len(header[1]), header[2], [])
        elif current:
            current[3].append((number, line))
        elif line.strip():
            raise SpecError(f"{page}:{number}: text before the first header")
    if fence:
        raise SpecError(f"{page}:{number}: a block is not closed")
    if current:
        yield current


def _parse_section(page: str, header: int, title: str, body: _Body) -> Spec | None:
    files: dict[str, str] = {}
    config, not_run, needs, name = "", "", Needs(), "main.py"
    marks: list[Mark] = []
    states: list[tuple[str, int, frozenset[str]]] = []
    notes: list[Told] = []
    lines = iter(body)
    for number, line in lines:
        fenced = _FENCE.match(line)
        if fenced:
            block = _block(lines, fenced[1])
            if fenced[2] == "toml":
                config = block
            elif fenced[2] == "python":
                if name in files:
                    raise SpecError(f"{page}:{number}: second block for {name}")
                files[name] = block
                for at, code in enumerate(block.split("\n"), start=1):
                    place = f"{page}:{number + at}"
                    for kind, rest in _comments(code):
                        if kind == "revealed":
                            states.append((name, at, _states(place, rest)))
                        elif kind == "note":
                            notes.append(Told(name, at, *_numbered(place, rest)))
                        else:
                            marks.append(_mark(place, name, at, kind, rest))
                name = "main.py"
        elif named := _FILE_NAME.match(line):
            name = named[1]
        elif line.startswith("Not run:"):
            not_run = line.removeprefix("Not run:").strip() or "no reason given"
        elif line.startswith("Needs "):
            needs = _needs(f"{page}:{number}", needs, line)
    if not files:
        return None
    return Spec(
        page,
        title,
        header,
        tuple(files.items()),
        config,
        not_run,
        needs,
        tuple(marks),
        tuple(states),
        tuple(notes),
    )


def _block(lines: Iterator[tuple[int, str]], fence: str) -> str:
    block: list[str] = []
    for _, line in lines:
        if line.rstrip() == fence:
            break
        block.append(line + "\n")
    return "".join(block)


def _comments(code: str) -> Iterator[tuple[str, str]]:
    """The marks of one line: the word, and everything behind it up to the next mark; last first."""
    end = len(code)
    for mark in reversed(list(_MARK.finditer(code))):
        yield mark[1], code[mark.end() : end].rstrip()
        end = mark.start()


def _mark(place: str, file: str, line: int, kind: str, rest: str) -> Mark:
    if kind == "raises":
        if not re.fullmatch(r": \w+", rest):
            raise SpecError(f"{place}: expected '# raises: Name'")
        return Mark(file, line, kind, rest[2:], "", "")
    parsed = _RULE.match(rest)
    if parsed is None:
        raise SpecError(f"{place}: expected '# {kind}: [rule]'")
    rule, text, why = parsed[1], parsed[2] or "", parsed[3]
    if kind in _EXPLAINED and not why:
        raise SpecError(f"{place}: '# {kind}: [{rule}]' does not say why")
    if kind not in _EXPLAINED and why:
        raise SpecError(f"{place}: do not know what {why!r} is to mean")
    return Mark(file, line, kind, rule, text, why)


def _numbered(place: str, rest: str) -> tuple[int, str]:
    parsed = _NOTE.match(rest)
    if parsed is None:
        raise SpecError(f"{place}: expected '# note 1: \"text\"'")
    return int(parsed[1]), parsed[2]


def _states(place: str, rest: str) -> frozenset[str]:
    states = frozenset(state.strip() for state in rest.removeprefix(":").split("|"))
    if not rest.startswith(":") or not states <= STATES:
        raise SpecError(f"{place}: states are {', '.join(sorted(STATES))}")
    return states


def _needs(place: str, needs: Needs, line: str) -> Needs:
    wanted = line.removeprefix("Needs ").rstrip(". ")
    lowest, below, packages, unix = needs.lowest, needs.below, needs.packages, needs.unix
    if python := _NEEDS_PYTHON.match(wanted):
        version = (3, int(python[2]))
        lowest, below = (lowest, version) if python[1] else (version, below)
    elif package := _NEEDS_PACKAGE.match(wanted):
        packages += tuple(re.split(r", | and ", package[1]))
    elif wanted == "Unix":
        unix = True
    else:
        raise SpecError(f"{place}: cannot tell what this needs")
    return Needs(lowest, below, packages, unix)
