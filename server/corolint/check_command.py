"""One run of ``corolint check``: from the options to findings on screen and an exit status.

The order is: settings, files, environment, project, findings, output. Each step has a module of
its own; here they are only put in line.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import fields, replace

from corolint.check import check, explain
from corolint.config import ALL_RULES, Settings, nearest
from corolint.config_files import ConfigFiles, read_config
from corolint.environment import Environment, project_folder
from corolint.exit_status import CLEAN, FAILED, FOUND, UsageError
from corolint.files import DiskReader, discover
from corolint.finding import Finding, Severity
from corolint.project import Project, Reader, SearchPath
from corolint.render import render
from corolint.render.report import Report, RuleHelp, printable, summary
from corolint.rules import RULES
from corolint.search import environment_for, search_path
from corolint.syntax import decode

STDIN = "-"


def run(options: Namespace) -> int:
    """Does what the parsed command line asks. Raises what `cli.main` turns into one line."""
    reader = DiskReader()
    working_directory = os.getcwd()
    config = _config(options, reader)
    stdin_path = os.path.abspath(options.stdin_filename or "stdin.py")
    paths = _existing(options.paths)
    from_stdin = STDIN in options.paths
    if from_stdin and paths:
        raise UsageError("'-' cannot be given together with other paths")

    project = project_folder(stdin_path if from_stdin else paths[0])
    settings = config.settings_for(project)
    files = (
        [stdin_path]
        if from_stdin
        else list(discover(paths, reader, config.settings_for, force_exclude=options.force_exclude))
    )
    if options.show_files:
        return _write("".join(f"{printable(path)}\n" for path in files), options)
    environment = environment_for(settings, project, os.environ, reader)
    search = search_path(settings, environment, project, files, reader)
    if options.show_settings:
        return _write(_described(settings, environment, search, project), options)
    if options.verbose:
        _say(_described(settings, environment, search, project).rstrip())
    if not files:
        _say("corolint: no Python files were found below the paths given")

    texts = {stdin_path: decode(sys.stdin.buffer.read())} if from_stdin else {}
    findings, failed = _check_files(files, texts, Project(search, reader), config, options)
    report = Report(
        findings,
        working_directory,
        lambda path: texts[path] if path in texts else _text(path, reader),
        color=_wants_color(options),
        rules=lambda: tuple(
            RuleHelp(rule.name, rule.severity, rule.summary, explain(rule.name) or rule.summary)
            for rule in RULES
        ),
    )
    if options.statistics:
        _write(_statistics(findings), options)
    else:
        _write(render(options.output_format, report), options)
    if not options.quiet:
        _say(summary(findings, len(files)))
    if failed:
        return FAILED
    return FOUND if not options.exit_zero and _fails(findings, options.fail_on) else CLEAN


def _check_files(
    files: Sequence[str],
    texts: dict[str, str],
    project: Project,
    config: ConfigFiles,
    options: Namespace,
) -> tuple[tuple[Finding, ...], bool]:
    """The findings of all files, and whether checking any of them failed."""
    findings: list[Finding] = []
    failed = False
    for path, unsaved in texts.items():
        project = project.with_text(path, unsaved)
    for path in files:
        text = texts[path] if path in texts else _text(path, project.reader)
        if text is None:
            _say(f"corolint: error: {printable(path)} cannot be read")
            failed = True
            continue
        try:
            settings = config.settings_for(os.path.dirname(path))
            findings += check(path, text, project, settings)
        except Exception as error:
            if options.verbose:
                raise
            _say(
                f"corolint: error: internal error in {printable(path)}: "
                f"{type(error).__name__}: {error}; run it again with -v and report the output"
            )
            failed = True
    return tuple(sorted(findings, key=Finding.order)), failed


def _text(path: str, reader: Reader) -> str | None:
    data = reader.read(path)
    return None if data is None else decode(data)


# --- options and settings ------------------------------------------------------------------------


def _config(options: Namespace, reader: DiskReader) -> ConfigFiles:
    """Where settings come from, with the choices of the command line on top."""
    names = [rule.name for rule in RULES]
    for chosen in (options.select, options.extend_select, options.ignore):
        _known_rules(chosen or (), names)
    only = None
    if options.isolated:
        only = Settings()
    elif options.config is not None:
        only = read_config(os.path.abspath(options.config), reader, names) or Settings()

    def adjust(settings: Settings) -> Settings:
        # A relative path means a place seen from where the command was typed.
        python = options.python
        if python is not None and (os.path.dirname(python) or os.path.exists(python)):
            python = os.path.abspath(python)
        return replace(
            settings,
            select=settings.select if options.select is None else options.select,
            extend_select=settings.extend_select | (options.extend_select or frozenset()),
            ignore=settings.ignore | (options.ignore or frozenset()),
            python=python or settings.python,
            target_version=options.python_version or settings.target_version,
        )

    return ConfigFiles(reader, names, adjust, only)


def _known_rules(chosen: Collection[str], names: Collection[str]) -> None:
    for name in sorted(chosen):
        if name not in names and name != ALL_RULES:
            raise UsageError(f"there is no rule '{name}'{nearest(name, names)}")


def _existing(paths: Sequence[str]) -> list[str]:
    """The paths made absolute, without ``-``."""
    for path in paths:
        if path != STDIN and not os.path.exists(path):
            raise UsageError(f"{printable(path)}: there is no such file or folder")
    return [os.path.abspath(path) for path in paths if path != STDIN]


def _fails(findings: Sequence[Finding], fail_on: str) -> bool:
    """Is any finding at least as severe as `fail_on`?"""
    worst_first = list(Severity)
    limit = worst_first.index(Severity(fail_on))
    return any(worst_first.index(finding.severity) <= limit for finding in findings)


# --- output --------------------------------------------------------------------------------------


def _write(text: str, options: Namespace) -> int:
    """Writes the result to stdout or to the file asked for."""
    if options.output_file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return CLEAN
    try:
        with open(options.output_file, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{options.output_file} cannot be written: {error.strerror}") from None
    return CLEAN


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _wants_color(options: Namespace) -> bool:
    """Colour on a terminal only, unless the environment says otherwise. https://no-color.org"""
    if options.output_file is not None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _statistics(findings: Sequence[Finding]) -> str:
    """How often each rule spoke, the most frequent first."""
    counts = Counter((finding.rule, finding.severity) for finding in findings)
    widest = len(str(max(counts.values(), default=0)))
    return "".join(
        f"{number:>{widest}}  {severity.value:<7}  {rule}\n"
        for (rule, severity), number in sorted(
            counts.items(), key=lambda item: (-item[1], item[0][0])
        )
    )


def _described(
    settings: Settings, environment: Environment, search: SearchPath, project: str
) -> str:
    """Settings and surroundings, one a line."""
    version = ".".join(map(str, search.python_version))
    lines = [
        f"project: {project}",
        f"environment: {environment.prefix} (from {environment.source})",
        f"python version: {version}",
        f"first party: {', '.join(search.first_party)}",
        f"site-packages: {', '.join(search.site_packages) or 'none'}",
        f"rules: {', '.join(rule.name for rule in RULES if settings.applies(rule.name))}",
    ]
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value != field.default:
            lines.append(f"{field.name.replace('_', '-')}: {_plain(value)}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _plain(value: object) -> str:
    if isinstance(value, tuple | frozenset):
        parts = sorted(value) if isinstance(value, frozenset) else value
        return ", ".join(_plain(part) for part in parts)
    return str(getattr(value, "value", value))
