"""The runs of ``corolint check`` that change something: fixes, ignore comments, a baseline."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace

from corolint.add_ignores import ignored_everywhere
from corolint.all_findings import find
from corolint.baseline import write_baseline
from corolint.checking import Checked, check_files
from corolint.exit_status import CLEAN, FAILED, FOUND, UsageError
from corolint.finding import Finding
from corolint.fixing import fix_all
from corolint.outcome import (
    anchored,
    chosen_format,
    exit_status,
    new_findings,
    report_on,
    tell_failures,
)
from corolint.output import say, write_result
from corolint.paths import seen_from
from corolint.render import render
from corolint.render.difference import difference
from corolint.render.report import counted, printable, summary
from corolint.rewrite import encode_like, remove_leftovers, replace_content
from corolint.session import Session

Tell = Callable[[str], None]


def run(options: Namespace, session: Session) -> int:
    """Does the one of these things that the options ask for, and returns the exit status."""
    tell: Tell = _silent if options.quiet else say
    if not options.write_baseline:
        # What is written into a notebook needs an editor that knows how.
        files = tuple(path for path in session.files if path not in session.notebooks)
        session = replace(session, files=files)
    if options.fix or options.diff:
        return _fix(options, session, tell)
    checked = find(session, options)
    report = report_on(checked.findings, session, options)
    tell_failures(checked, report, session, options)
    if options.write_baseline:
        write_result(write_baseline(anchored(report, session)), options.write_baseline)
        tell(f"Wrote {counted(len(report.findings), 'finding')}.")
    else:
        findings = new_findings(report, session, options)
        texts = {path: session.text_of(path) or "" for path in session.files}
        changed, silenced = ignored_everywhere(texts, findings, options.add_ignores)
        _save(changed, session)
        tell(f"Silenced {silenced} of {counted(len(findings), 'finding')}.")
    return FAILED if checked.failures else CLEAN


def _fix(options: Namespace, session: Session, tell: Tell) -> int:
    project = session.project()
    last = Checked((), ())

    def check_all(changed: Mapping[str, str]) -> tuple[Finding, ...]:
        nonlocal last
        if changed:
            last = check_files(session.files, session, project, changed)
        else:
            last = find(session, options)
        return last.findings

    fixed = fix_all(check_all, session.text_of, session.files, unsafe=options.unsafe_fixes)
    report = report_on(fixed.findings, session, options, fixed.texts)
    tell_failures(last, report, session, options)
    if options.diff:
        changes = [
            (seen_from(path, report.folder), session.text_of(path) or "", text)
            for path, text in fixed.texts.items()
        ]
        write_result(difference(changes), options.output_file)
        tell(f"Would make {counted(fixed.made, 'fix', 'fixes')}.")
        return FOUND if fixed.texts and not options.exit_zero else CLEAN

    report = replace(report, findings=new_findings(report, session, options))
    output = render(chosen_format(options), report)
    if session.texts:
        # As formatters do: the text comes out where it would be read on, the rest beside it.
        ((path, text),) = session.texts.items()
        sys.stdout.write(fixed.texts.get(path, text))
        tell(output.rstrip())
    else:
        _save(fixed.texts, session)
        write_result(output, options.output_file)
    made = f" Made {counted(fixed.made, 'fix', 'fixes')}." if fixed.made else ""
    tell(summary(report.findings, len(session.files)) + made)
    status = exit_status(report.findings, last, options)
    return FOUND if status == CLEAN and fixed.made and options.exit_non_zero_on_fix else status


def _silent(text: str) -> None:
    """What ``--quiet`` says."""


def _save(changed: Mapping[str, str], session: Session) -> None:
    """Writes changed files back, each whole or not at all. Raises `UsageError`."""
    folders = {os.path.dirname(path) for path in session.files}
    remove_leftovers(folders | {os.path.dirname(os.path.realpath(path)) for path in changed})
    for path, text in changed.items():
        data = encode_like(text, session.reader.read(path) or b"")
        if data is None:
            say(f"corolint: {printable(path)} is left as it is: its encoding cannot be kept")
            continue
        try:
            replace_content(path, data)
        except OSError as error:
            raise UsageError(f"{printable(path)} cannot be written: {error.strerror}") from None
