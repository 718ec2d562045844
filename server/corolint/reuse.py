"""Keeps the findings of functions that an edit did not touch.

While somebody types in one function of a file of hundreds, the findings of all the others stay as
they are, some lines further down. They are kept by the function's name and text, and hold while

- its text is the same, and so are the counts of the private attributes that it names;
- no edit anywhere since can matter to it (see `corolint.locality`);
- nothing about event loops is known of it, since that is asked of the whole project;
- all that they point to in the file stands in the function itself.

Only the editor's open files are kept: a command line looks at each file once. The first time, and
whenever one of these does not hold, the function is looked at; there is no other way to a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from corolint.finding import Edit, Finding, Fix, Note
from corolint.handing import Question, answer
from corolint.infer.state import inference
from corolint.inventory import Body, Inventory
from corolint.locality import changed_functions
from corolint.module_files import SearchPath
from corolint.project import Project
from corolint.summarize import Reading
from corolint.summary import ModuleSummary
from corolint.syntax import Syntax, nodes
from corolint.text import Span

_KEY = "findings of functions"
_FILLS = re.compile(r"\] *= *[\w(]")
_PRIVATE = re.compile(r"\.(_\w+)")


class _Kept(NamedTuple):
    """The findings of one function that begins in line `line`; `private` are the attributes it
    names that begin with an underscore, with how often the file has them."""

    text: str
    line: int
    private: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Memory:
    """All that is kept of one file, and the state of the project that it holds for; `bodies` are
    the questions that anybody asked about bodies of functions, with the answers then."""

    search: SearchPath
    files_edition: int
    editions: Mapping[str, int]
    summaries: Mapping[str, ModuleSummary | None]
    bodies: Mapping[Question, object]
    reads_everywhere: bool
    functions: Mapping[str, _Kept]


class Unit(NamedTuple):
    """An outermost function and all bodies in it, or the body of a class."""

    qualname: str
    text: str
    span: Span
    bodies: tuple[Body, ...]


class Reuse:
    """The findings of one file's functions that hold from the last time, while it is checked."""

    def __init__(
        self,
        path: str,
        project: Project,
        reading: Reading,
        inventory: Inventory,
        reads_everywhere: bool,
    ) -> None:
        self._path = path
        self._project = project
        self._inventory = inventory
        self._reads_everywhere = reads_everywhere
        self._new: dict[str, _Kept] = {}
        memories: dict[str, _Memory] = project.lasting.setdefault(_KEY, {})
        memory = memories.get(path)
        changed = None
        if memory is not None and memory.reads_everywhere == reads_everywhere:
            changed = _concerned(memory, project)
        self._old = memory.functions if memory is not None and changed is not None else {}
        self._changed = (changed or {}).get(reading.summary.name, frozenset())
        self._memories = memories

    def known(self, unit: Unit) -> list[Finding] | None:
        """The findings of a function where it stands now; `None` if it must be looked at."""
        kept = self._old.get(unit.qualname)
        if kept is None or kept.text != unit.text or unit.qualname in self._changed:
            return None
        counts = self._inventory.attributes
        if any(counts.get(name, 0) != count for name, count in kept.private):
            return None
        self._new[unit.qualname] = kept._replace(line=unit.span.line) if kept.findings else kept
        down = unit.span.line - kept.line
        found = [moved(each, down) for each in kept.findings] if down else list(kept.findings)
        if down:
            self._new[unit.qualname] = kept._replace(line=unit.span.line, findings=tuple(found))
        return found

    def keep(self, unit: Unit, findings: Iterable[Finding]) -> None:
        """What was found in a function by looking at it."""
        findings = tuple(findings)
        if _asks_around(unit):
            return
        if not all(_stands_in(each, unit.span, self._path) for each in findings):
            return
        counts = self._inventory.attributes
        names = sorted(set(_PRIVATE.findall(unit.text)))
        private = tuple((name, counts.get(name, 0)) for name in names)
        self._new[unit.qualname] = _Kept(unit.text, unit.span.line, private, findings)

    def finish(self) -> None:
        """Everything was looked at: this is what holds from now on."""
        asked = inference(self._project).asked
        project = self._project
        self._memories[self._path] = _Memory(
            project.search,
            project.files_edition,
            project.editions,
            project.known_summaries(),
            dict(asked.bodies),
            self._reads_everywhere,
            self._new,
        )


def is_kept(path: str, project: Project) -> bool:
    """Is this a file whose findings are worth keeping: one that is open in an editor?"""
    return path in project.texts


def units_of(syntax: Syntax, reading: Reading, inventory: Inventory) -> Iterator[Unit]:
    """The outermost functions of a file, and its classes without them: what a class does with the
    fields that its methods set depends on the whole of its text."""
    if not syntax.chunks:
        yield from _named(_pieces_of(syntax, inventory.bodies), reading, 0)
        return
    for (chunk, line), bodies in zip(syntax.chunks, inventory.by_chunk, strict=True):
        pieces: list[_Piece] | None = chunk.memory.get(_PIECES)
        if pieces is None:
            found = _pieces_of(syntax, bodies)
            pieces = chunk.memory[_PIECES] = [each.lowered(-line) for each in found]
        yield from _named(pieces, reading, line)


class _Piece(NamedTuple):
    """What makes a unit, but for its name, which depends on what else stands in the module."""

    text: str
    span: Span
    bodies: tuple[Body, ...]

    def lowered(self, down: int) -> _Piece:
        """The same so many lines further down."""
        return self._replace(span=_lower(self.span, down))


_PIECES = "pieces"


def _named(pieces: Iterable[_Piece], reading: Reading, down: int) -> Iterator[Unit]:
    for text, span, bodies in pieces:
        node = bodies[0].node
        term = reading.terms.get(id(node))
        if term is not None:
            name = f"class {term[1]}" if isinstance(node, nodes.ClassDef) else str(term[1])
            yield Unit(name, text, _lower(span, down) if down else span, bodies)


def _pieces_of(syntax: Syntax, bodies: Iterable[Body]) -> Iterator[_Piece]:
    for body in bodies:
        if not isinstance(body.node, nodes.FunctionDef | nodes.ClassDef) or not _is_outermost(body):
            continue
        span = syntax.span(body.node)
        text = "\n".join(syntax.lines[span.line - 1 : span.end_line])
        is_class = isinstance(body.node, nodes.ClassDef)
        yield _Piece(text, span, (body,) if is_class else tuple(_within(body)))


def _is_outermost(body: Body) -> bool:
    outer = body.outer
    while outer is not None:
        if isinstance(outer.node, nodes.FunctionDef | nodes.Lambda):
            return False
        outer = outer.outer
    return True


def _within(body: Body) -> Iterator[Body]:
    yield body
    for inner in body.inner:
        yield from _within(inner)


def _concerned(memory: _Memory, after: Project) -> dict[str, frozenset[str]] | None:
    """By module, the functions that edits since then may matter to; `None`: to any."""
    if memory.files_edition != after.files_edition or memory.search != after.search:
        return None
    asked = inference(after).asked
    concerned = {}
    for module, edition in after.editions.items():
        if memory.editions.get(module) == edition:
            continue
        old, new = memory.summaries.get(module), after.summary(module)
        if old is None or new is None:
            return None
        changed = changed_functions(old, new, asked)
        if changed is None:
            return None
        concerned[module] = changed
    state = inference(after)
    for question, told in memory.bodies.items():
        module = question.ref.module
        if module in concerned and answer(state, question) != told:
            return None
    return concerned


def _asks_around(unit: Unit) -> bool:
    """May rules look at other functions of the file for this one: for who calls a function that it
    defines, or who empties a container that it fills?"""
    defines = any(isinstance(body.node, nodes.FunctionDef) for body in unit.bodies[1:])
    return defines or _FILLS.search(unit.text) is not None


# --- places --------------------------------------------------------------------------------------


def _stands_in(finding: Finding, around: Span, path: str) -> bool:
    """Does all that a finding points to in its file stand within the lines of a function?"""
    spans = [finding.span]
    spans += [note.span for note in finding.notes if note.path == path and note.span is not None]
    spans += [edit.span for fix in finding.fixes for edit in fix.edits]
    return all(around.line <= span.line and span.end_line <= around.end_line for span in spans)


def moved(finding: Finding, down: int) -> Finding:
    """A finding, and all that it points to in its file, so many lines further down."""
    path = finding.path

    def note(each: Note) -> Note:
        if each.path != path or each.span is None:
            return each
        return replace(each, span=_lower(each.span, down))

    def fix(each: Fix) -> Fix:
        edits = [Edit(_lower(edit.span, down), edit.text, edit.path) for edit in each.edits]
        return replace(each, edits=tuple(edits))

    return replace(
        finding,
        span=_lower(finding.span, down),
        notes=tuple(map(note, finding.notes)),
        fixes=tuple(map(fix, finding.fixes)),
    )


def _lower(span: Span, down: int) -> Span:
    return Span(span.line + down, span.column, span.end_line + down, span.end_column)
