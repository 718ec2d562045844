"""One run of ``corolint check``: from the parsed options to output and an exit status.

    open the session → find → leave out what the baseline knows → write → exit status

Each step has a module of its own; here they are only put in line. What changes files has a way of
its own, in `change_command`.
"""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from corolint.all_findings import find
from corolint.exit_status import CLEAN
from corolint.outcome import chosen_format, exit_status, new_findings, report_on, tell_failures
from corolint.output import say, write_result
from corolint.render import render
from corolint.render.report import printable, summary
from corolint.rule_names import rule_names
from corolint.session import described, open_session


def run(options: Namespace) -> int:
    """Does what the parsed command line asks. Raises what `cli.main` turns into one line."""
    session = open_session(options, rule_names())
    if options.changed is not None:
        from corolint.narrowing import narrowed

        session = narrowed(session, options.changed)
    if options.show_files:
        files = "".join(f"{printable(session.on_disk(path))}\n" for path in session.files)
        write_result(files, options.output_file)
        return CLEAN
    if options.show_settings:
        write_result(described(session, rule_names()), options.output_file)
        return CLEAN
    if options.verbose:
        say(described(session, rule_names()).rstrip())
    if not session.all_files:
        say("corolint: no Python files were found below the paths given")
    if options.fix or options.diff or options.add_ignores is not None or options.write_baseline:
        from corolint.change_command import run as change

        return change(options, session)

    checked = find(session, options)
    report = report_on(checked.findings, session, options)
    report = replace(report, findings=new_findings(report, session, options))
    tell_failures(checked, report, session, options)
    write_result(render(chosen_format(options), report), options.output_file)
    if not options.quiet:
        say(summary(report.findings, len(session.files)))
    return exit_status(report.findings, checked, options)
