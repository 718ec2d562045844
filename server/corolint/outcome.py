"""What a run has to tell once all files are checked, and with which status it ends.

Both kinds of runs need it: those that only report, and those that change files.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corolint.checking import Checked
from corolint.config import ALL_RULES
from corolint.environment import repository_folder
from corolint.exit_status import CLEAN, FAILED, FOUND, UsageError
from corolint.finding import Finding, Note, Severity
from corolint.notebook import Notebook
from corolint.output import say, wants_color
from corolint.paths import analysed_path
from corolint.render.report import Report, RuleHelp, printable
from corolint.session import Session
from corolint.text import Span


def report_on(
    findings: tuple[Finding, ...],
    session: Session,
    options: Namespace,
    changed: Mapping[str, str] | None = None,
) -> Report:
    """What formats are given; `changed` are texts that win over those of the session."""
    texts = changed or {}
    return Report(
        in_cells(findings, session) if session.notebooks else findings,
        _paths_from(session, options),
        lambda path: texts[path] if path in texts else session.text_of(path),
        color=wants_color(options.color, options.output_file),
        rules=_rule_pages,
        text_of_cell=lambda path, cell: session.notebooks[analysed_path(path)].cell_text(cell),
    )


# What reads these looks files up from the top of the repository, wherever the command was typed.
_FOR_SERVICES = frozenset({"azure", "github", "gitlab", "sarif"})


def _paths_from(session: Session, options: Namespace) -> str:
    """The folder that the paths of a report are relative to."""
    if options.output_format in _FOR_SERVICES:
        return repository_folder(session.folder) or os.getcwd()
    return os.getcwd()


def in_cells(findings: Iterable[Finding], session: Session) -> tuple[Finding, ...]:
    """Findings in notebooks as their authors see them: in the file, the cell and its line.

    They come without fixes, which only an editor can make in a notebook.
    """
    found = []
    for finding in findings:
        notes = tuple(_note_in_cell(note, session) for note in finding.notes)
        notebook = session.notebooks.get(finding.path)
        if notebook is None:
            found.append(replace(finding, notes=notes))
            continue
        settings = session.config.settings_for(os.path.dirname(notebook.path))
        ignored = settings.ignored_in(notebook.path)
        if finding.rule not in ignored and ALL_RULES not in ignored:
            cell, span = _cell_and_span(notebook, finding.span)
            found.append(
                replace(finding, path=notebook.path, span=span, cell=cell, notes=notes, fixes=())
            )
    return tuple(sorted(found, key=Finding.order))


def _note_in_cell(note: Note, session: Session) -> Note:
    notebook = session.notebooks.get(note.path or "")
    if notebook is None or note.span is None:
        return note
    cell, span = _cell_and_span(notebook, note.span)
    return replace(note, path=notebook.path, span=span, cell=cell)


def _cell_and_span(notebook: Notebook, span: Span) -> tuple[int, Span]:
    cell, line = notebook.place(span.line)
    moved = span.line - line
    return cell, span._replace(line=line, end_line=span.end_line - moved)


def chosen_format(options: Namespace) -> str:
    """How the findings are written out: each of them, or only their numbers."""
    if not options.statistics:
        return str(options.output_format)
    return "statistics-json" if options.output_format == "json" else "statistics"


def _rule_pages() -> tuple[RuleHelp, ...]:
    from corolint.check import explain
    from corolint.rules import RULES

    return tuple(
        RuleHelp(rule.name, rule.severity, rule.summary, explain(rule.name) or rule.summary)
        for rule in RULES
    )


def anchored(report: Report, session: Session) -> Report:
    """For fingerprints, which must not depend on where the command was typed."""
    return replace(report, folder=session.folder)


def new_findings(report: Report, session: Session, options: Namespace) -> tuple[Finding, ...]:
    """The findings that the baseline, if there is one, does not hold. Raises `UsageError`."""
    file = options.baseline
    if file is None and session.settings.baseline is not None:
        file = os.path.join(session.settings.folder or session.folder, session.settings.baseline)
    if file is None:
        return report.findings
    from corolint.baseline import read_baseline, without_known

    data = session.reader.read(os.path.abspath(file))
    if data is None:
        raise UsageError(f"{printable(file)}: there is no such baseline; see --write-baseline")
    known = read_baseline(data.decode("utf-8", "replace"), file)
    return without_known(anchored(report, session), known)


def tell_failures(checked: Checked, report: Report, session: Session, options: Namespace) -> None:
    """A line for each file that could not be checked, and all that is known of it if asked for."""
    for failure in checked.failures:
        shown = report.shown(session.on_disk(failure.path))
        say(f"corolint: error: {printable(shown)}: {failure.reason}")
        if options.verbose and failure.details:
            say(failure.details.rstrip())


def exit_status(findings: Sequence[Finding], checked: Checked, options: Namespace) -> int:
    """Failure before findings, and findings only if one is at least as severe as asked for."""
    if checked.failures:
        return FAILED
    worst_first = list(Severity)
    limit = worst_first.index(Severity(options.fail_on))
    found = any(worst_first.index(finding.severity) <= limit for finding in findings)
    return FOUND if found and not options.exit_zero else CLEAN
