"""One run of ``corolint check``: from the parsed options to output and an exit status.

    open the session → check (and fix) → leave out what the baseline knows → write → exit status

Each step has a module of its own; here they are only put in line.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace

from corolint import __version__
from corolint.add_ignores import ignored_everywhere
from corolint.baseline import read_baseline, without_known, write_baseline
from corolint.cache import ResultCache
from corolint.check import explain
from corolint.checking import check_files
from corolint.exit_status import CLEAN, FAILED, FOUND, UsageError
from corolint.files import RecordingReader
from corolint.finding import Finding, Severity
from corolint.fixing import fix_all
from corolint.incremental import cache_key, check_incrementally
from corolint.output import say, wants_color, write_result
from corolint.paths import seen_from
from corolint.project import Project
from corolint.render import render
from corolint.render.difference import difference
from corolint.render.report import Report, RuleHelp, counted, printable, summary
from corolint.rewrite import encode_like, replace_content
from corolint.rules import RULES
from corolint.session import Session, described, open_session

RULE_NAMES = tuple(rule.name for rule in RULES)


def run(options: Namespace) -> int:
    """Does what the parsed command line asks. Raises what `cli.main` turns into one line."""
    session = open_session(options, RULE_NAMES)
    tell = _silent if options.quiet else say
    if options.show_files:
        files = "".join(f"{printable(path)}\n" for path in session.files)
        write_result(files, options.output_file)
        return CLEAN
    if options.show_settings:
        write_result(described(session, RULE_NAMES), options.output_file)
        return CLEAN
    if options.verbose:
        say(described(session, RULE_NAMES).rstrip())
    if not session.files:
        say("corolint: no Python files were found below the paths given")

    project = Project(session.search, session.reader)
    failures: dict[str, str] = {}

    def check_all(changed: Mapping[str, str]) -> tuple[Finding, ...]:
        unsaved = {**session.texts, **changed}
        checked = check_files(
            session.files, project, session.config.settings_for, session.text_of, unsaved
        )
        failures.update(checked.failures)
        return checked.findings

    changed: Mapping[str, str] = {}
    made = 0
    if options.fix or options.diff:
        changed, findings, made = fix_all(
            check_all, session.text_of, session.files, unsafe=options.unsafe_fixes
        )
    elif isinstance(session.reader, RecordingReader):
        checked = check_incrementally(
            session.files,
            project,
            session.reader,
            ResultCache(session.folder),
            cache_key(session.search, session.settings, __version__),
            lambda files: check_files(
                files, project, session.config.settings_for, session.text_of, {}
            ),
        )
        failures.update(checked.failures)
        findings = checked.findings
        if options.verbose:
            say(f"known from an earlier run: {checked.kept} of {len(session.files)} files")
    else:
        findings = check_all({})
    report = _report(findings, changed, session, options)
    for path, reason in failures.items():
        say(f"corolint: error: {printable(report.shown(path))}: {reason}")

    if options.write_baseline is not None:
        write_result(write_baseline(_anchored(report, session)), options.write_baseline)
        tell(f"Wrote {counted(len(findings), 'finding')}.")
        return FAILED if failures else CLEAN
    report = replace(report, findings=_unknown_to_baseline(report, session, options))
    if options.add_ignores is not None:
        texts = {path: session.text_of(path) or "" for path in session.files}
        changed, silenced = ignored_everywhere(texts, report.findings, options.add_ignores)
        _save(changed, session)
        tell(f"Silenced {silenced} of {counted(len(report.findings), 'finding')}.")
        return FAILED if failures else CLEAN
    if options.diff:
        changes = [
            (seen_from(path, report.folder), session.text_of(path) or "", text)
            for path, text in changed.items()
        ]
        write_result(difference(changes), options.output_file)
        tell(f"Would make {counted(made, 'fix', 'fixes')}.")
        return _status(bool(changed), failures, options)

    output = render("statistics" if options.statistics else options.output_format, report)
    if options.fix and session.texts:
        # As other formatters do: the text comes out where it would be read on, the rest beside it.
        ((path, text),) = session.texts.items()
        sys.stdout.write(changed.get(path, text))
        say(output.rstrip())
    else:
        if options.fix:
            _save(changed, session)
        write_result(output, options.output_file)
    fixed = f" Made {counted(made, 'fix', 'fixes')}." if made else ""
    tell(summary(report.findings, len(session.files)) + fixed)
    return _status(_fails(report.findings, options.fail_on), failures, options)


def _silent(text: str) -> None:
    pass


def _report(
    findings: tuple[Finding, ...],
    changed: Mapping[str, str],
    session: Session,
    options: Namespace,
) -> Report:
    return Report(
        findings,
        os.getcwd(),
        lambda path: changed[path] if path in changed else session.text_of(path),
        color=wants_color(options.output_file),
        rules=lambda: tuple(
            RuleHelp(rule.name, rule.severity, rule.summary, explain(rule.name) or rule.summary)
            for rule in RULES
        ),
    )


def _anchored(report: Report, session: Session) -> Report:
    """For fingerprints, which must not depend on where the command was typed."""
    return replace(report, folder=session.folder)


def _unknown_to_baseline(
    report: Report, session: Session, options: Namespace
) -> tuple[Finding, ...]:
    """The findings that the baseline, if there is one, does not hold."""
    file = options.baseline
    if file is None and session.settings.baseline is not None:
        file = os.path.join(session.settings.folder or session.folder, session.settings.baseline)
    if file is None:
        return report.findings
    data = session.reader.read(os.path.abspath(file))
    if data is None:
        raise UsageError(f"{printable(file)}: there is no such baseline; see --write-baseline")
    known = read_baseline(data.decode("utf-8", "replace"), file)
    return without_known(_anchored(report, session), known)


def _save(changed: Mapping[str, str], session: Session) -> None:
    """Writes changed files back, each whole or not at all."""
    for path, text in changed.items():
        data = encode_like(text, session.reader.read(path) or b"")
        if data is None:
            say(f"corolint: {printable(path)} is left as it is: its encoding cannot be kept")
            continue
        try:
            replace_content(path, data)
        except OSError as error:
            raise UsageError(f"{printable(path)} cannot be written: {error.strerror}") from None


def _fails(findings: Sequence[Finding], fail_on: str) -> bool:
    """Is any finding at least as severe as `fail_on`?"""
    worst_first = list(Severity)
    limit = worst_first.index(Severity(fail_on))
    return any(worst_first.index(finding.severity) <= limit for finding in findings)


def _status(found: bool, failures: Mapping[str, str], options: Namespace) -> int:
    if failures:
        return FAILED
    return FOUND if found and not options.exit_zero else CLEAN
