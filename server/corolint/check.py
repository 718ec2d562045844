"""The façade: one file in, findings or a hover out. Plain values in, plain values out.

    check("app.py", text, project, Settings())   →  findings, sorted, ignore comments applied
    hover("app.py", text, project, 3, 7)          →  Markdown and its span, or None
    remedies("app.py", text, project, finding)    →  fixes that look at the whole project

The way of a file: its reading (syntax, summary, terms) comes from the project; every body whose
calls make objects that are not awaited on the spot is traced; rules query the histories. A rule
that raises is named in the log and costs the others nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from corolint.carrying import carry_answers, keep_answers
from corolint.config import Settings
from corolint.explaining import Hover, hover
from corolint.finding import Finding, Note, Severity
from corolint.handing import answers_for
from corolint.infer.state import inference
from corolint.inlay_hints import inlay_hints
from corolint.inventory import Body, inventory_of
from corolint.lifecycle import is_worth_tracing, trace
from corolint.lifecycle.history import History
from corolint.loops.faults import loop_faults
from corolint.project import Project
from corolint.remedies import remedies
from corolint.reporting import Subject
from corolint.reuse import Reuse, is_kept, units_of
from corolint.rules import CHECKS, RULES, documentation
from corolint.summarize import Reading
from corolint.suppress import UNUSED_IGNORE, apply
from corolint.syntax import Syntax
from corolint.text import Span

__all__ = ["Hover", "check", "explain", "hover", "inlay_hints", "remedies", "reveal"]

SYNTAX_ERROR = "syntax-error"
RULE_NAMES = frozenset({rule.name for rule in RULES} | {UNUSED_IGNORE, SYNTAX_ERROR})
_log = logging.getLogger(__name__)


def check(path: str, text: str, project: Project, settings: Settings) -> tuple[Finding, ...]:
    """The findings of one file, sorted; `text` is its present text.

    Never raises for any text: a rule that fails is logged under its name.
    """
    syntax, reading = project.reading(path, text)
    carry_answers(project)
    found = [*_syntax_errors(path, syntax), *_findings(path, syntax, reading, project)]
    ignored = settings.ignored_in(path)
    kept = [
        finding
        for finding in found
        if settings.applies(finding.rule)
        and settings.shows(finding.evidence)
        and finding.rule not in ignored
        and "ALL" not in ignored
    ]
    active = {name for name in RULE_NAMES if settings.applies(name) and name not in ignored}
    unsuppressed = apply(kept, syntax, path, active=active, rules=RULE_NAMES)
    keep_answers(project)
    if not is_kept(path, project):
        project.forget_reading(path)  # in an editor, hovers ask for it again
    return tuple(
        sorted(
            (_finished(finding, project, settings) for finding in unsuppressed), key=Finding.order
        )
    )


def explain(rule: str) -> str | None:
    """The documentation of a rule as Markdown, `None` if there is no such rule."""
    return documentation(rule)


def reveal(path: str, text: str, project: Project) -> dict[int, frozenset[str]]:
    """For each line (1-based) with a call of `reveal`, the states its argument may be in there."""
    syntax, reading = project.reading(path, text)
    answers = answers_for(inference(project), reading)
    inventory = inventory_of(syntax)
    revealed: dict[int, frozenset[str]] = {}
    for body in inventory.bodies:
        states = trace(body.node, answers, inventory.attributes).revealed or {}
        for call in body.calls:
            if id(call) in states:
                line = syntax.line(call)
                values = frozenset(state.value for state in states[id(call)])
                revealed[line] = revealed.get(line, frozenset()) | values
    return revealed


def _findings(path: str, syntax: Syntax, reading: Reading, project: Project) -> Iterator[Finding]:
    answers = answers_for(inference(project), reading)
    inventory = inventory_of(syntax)
    version = project.search.python_version
    loops = loop_faults(path, syntax, reading, project)
    read_everywhere = not answers.computed_attributes().isdisjoint(inventory.attributes)

    def look_at(bodies: Iterable[Body]) -> Iterator[Finding]:
        for body in bodies:
            history = History()
            if read_everywhere or is_worth_tracing(body, answers):
                history = trace(body.node, answers, inventory.attributes)
            subject = Subject(path, syntax, body, history, answers, version, loops)
            yield from _findings_of_body(subject)

    if not is_kept(path, project):
        yield from look_at(inventory.bodies)
    else:
        reuse = Reuse(path, project, reading, inventory, read_everywhere)
        rest = dict.fromkeys(map(id, inventory.bodies))
        with_faults = loops.bodies()
        for unit in units_of(syntax, reading, inventory):
            for body in unit.bodies:
                del rest[id(body)]
            faulty = bool(with_faults) and any(id(b.node) in with_faults for b in unit.bodies)
            known = None if faulty else reuse.known(unit)
            if known is None:
                known = list(look_at(unit.bodies))
                if not faulty:
                    reuse.keep(unit, known)
            yield from known
        yield from look_at(body for body in inventory.bodies if id(body) in rest)
        reuse.finish()
    inventory.dissolve()


def _findings_of_body(subject: Subject) -> Iterator[Finding]:
    for rule, find in CHECKS:
        try:
            yield from list(find(subject))
        except Exception:
            _log.exception("rule %s failed on %s", rule.name, subject.path)


def _syntax_errors(path: str, syntax: Syntax) -> Iterator[Finding]:
    for problem in syntax.errors:
        span = Span(problem.line, problem.column, problem.line, problem.column + 1)
        yield Finding(path, span, SYNTAX_ERROR, Severity.ERROR, problem.message)


def _finished(finding: Finding, project: Project, settings: Settings) -> Finding:
    """With the severity that the user chose, and notes that know their places."""
    notes = tuple([_placed(note, project) for note in finding.notes])
    severity = settings.severity_of(finding.rule, finding.severity)
    return Finding(
        finding.path,
        finding.span,
        finding.rule,
        severity,
        finding.message,
        finding.evidence,
        notes,
        finding.fixes,
    )


def _placed(note: Note, project: Project) -> Note:
    """A note on a definition, with the place where that stands now."""
    definition = note.definition
    if definition is None or note.path is not None:
        return note
    file = project.file(definition.module)
    summary = project.summary(definition.module)
    if file is None or summary is None:
        return note
    line = summary.lines.get(definition.qualname)
    if line is None:
        return note
    return Note(note.message, file.path, Span(line, 0, line, 0), definition, note.step)
