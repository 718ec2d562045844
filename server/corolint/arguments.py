"""The command line: every option, what it takes and what it says about itself in ``--help``.

Names and short forms are ruff's wherever ruff has the same thing, because most people who type them
have typed those before.
"""

from __future__ import annotations

import argparse
import difflib
import re
from typing import NoReturn

from corolint import __version__
from corolint.config import parse_version
from corolint.finding import Severity
from corolint.render import FORMATS

SHELLS = ("bash", "zsh", "fish", "powershell")

_DESCRIPTION = """\
Finds coroutine mistakes in Python programs without running them: coroutines that are never
awaited, coroutines that are awaited twice, and event loops that are started inside a running one.
"""

_EPILOG = """\
Each command has a --help of its own. `corolint check` is the one to begin with.
"""

_CHECK_DESCRIPTION = """\
Report coroutine mistakes in files and folders. Nothing of what is checked is run, and nothing is
changed unless an option says so. Findings go to the standard output, everything else to the
standard error.
"""

_CHECK_EPILOG = """\
examples:
  corolint check                            the current folder
  corolint check src tests/test_api.py      folders and files
  corolint check --diff                     what --fix would change
  corolint check --changed=main             what a branch has touched, and what that may reach
  corolint check --output-format sarif -o corolint.sarif
  cat app.py | corolint check - --stdin-filename app.py

exit status:
  0  nothing to report at or above --fail-on
  1  findings
  2  bad use, a path that does not exist, a broken configuration, or an internal error

configuration:
  [tool.corolint] in pyproject.toml, or corolint.toml; the nearest one counts for each folder.
  What the command line says wins.

environment:
  VIRTUAL_ENV  the environment with the dependencies, unless --python names another
  NO_COLOR, FORCE_COLOR, TERM  whether --color=auto means colour

files:
  .corolint_cache/  results of earlier runs; it may be deleted at any time
"""


def parser() -> argparse.ArgumentParser:
    """The parser for everything but the arguments of ``corolint server``."""
    top = _Parser(prog="corolint", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False)
    top.add_argument("-V", "--version", action="version", version=f"corolint {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_check(commands)
    explain = commands.add_parser(
        "explain",
        help="explain a rule",
        description="Explain a rule: what it finds, why that is wrong, what to write instead.",
        allow_abbrev=False,
    )
    which = explain.add_mutually_exclusive_group(required=True)
    which.add_argument("rule", nargs="?", metavar="RULE", help="the name of a rule")
    which.add_argument("--all", action="store_true", help="explain every rule, as Markdown")
    commands.add_parser("server", help="run the language server", add_help=False)
    completion = commands.add_parser(
        "completion",
        help="print a completion script for a shell",
        description="Print a script that completes corolint's commands and options in a shell.",
        allow_abbrev=False,
    )
    completion.add_argument("shell", choices=SHELLS, help=f"one of {', '.join(SHELLS)}")
    return top


class _Parser(argparse.ArgumentParser):
    """A parser that names the command or option that was probably meant."""

    def parse_known_args(  # type: ignore[override]
        self, args: list[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        parsed, rest = super().parse_known_args(args, namespace)
        unknown = [word for word in rest if word.startswith("-") and word != "-"]
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(rest)}{self._meant(unknown[0])}")
        return parsed, rest

    def error(self, message: str) -> NoReturn:
        wrong = re.match(r"argument COMMAND: invalid choice: '(.*?)'", message)
        super().error(message + (self._meant(wrong[1]) if wrong else ""))

    def _meant(self, word: str) -> str:
        known = [*self._option_string_actions]
        for action in self._actions:
            known += map(str, action.choices or ())
        close = difflib.get_close_matches(word.partition("=")[0], known, n=1, cutoff=0.6)
        return f"; did you mean '{close[0]}'?" if close else ""


def _add_check(commands: argparse._SubParsersAction[_Parser]) -> None:
    check = commands.add_parser(
        "check",
        help="report coroutine mistakes in files and folders",
        description=_CHECK_DESCRIPTION,
        epilog=_CHECK_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    check.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="files and folders; '-' is the standard input (default: the current folder)",
    )
    _add_output(check.add_argument_group("output"))
    _add_selection(check.add_argument_group("which findings"))
    _add_files(check.add_argument_group("which files"))
    _add_changes(check.add_argument_group("changing files"))
    _add_surroundings(check.add_argument_group("the project"))
    _add_work(check.add_argument_group("how the work is done"))


def _add_output(output: argparse._ArgumentGroup) -> None:
    output.add_argument(
        "--output-format",
        choices=FORMATS,
        default="full",
        metavar="FORMAT",
        help=f"one of {', '.join(FORMATS)} (default: full)",
    )
    output.add_argument("-o", "--output-file", metavar="FILE", help="write there, not to stdout")
    output.add_argument(
        "--statistics",
        action="store_true",
        help="only count findings by rule (as text, or with --output-format json)",
    )
    output.add_argument("--show-files", action="store_true", help="only list the files to check")
    output.add_argument("--show-settings", action="store_true", help="only show the settings")
    output.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        metavar="WHEN",
        help="auto (default: on a terminal), always or never",
    )
    volume = output.add_mutually_exclusive_group()
    volume.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    volume.add_argument("-v", "--verbose", action="store_true", help="say what is done and why")


def _add_selection(selection: argparse._ArgumentGroup) -> None:
    selection.add_argument(
        "--select",
        type=_names,
        metavar="RULES",
        help="only these rules, separated by commas; ALL is every rule",
    )
    selection.add_argument("--extend-select", type=_names, metavar="RULES", help="also these rules")
    selection.add_argument("--ignore", type=_names, metavar="RULES", help="not these rules")
    selection.add_argument("--baseline", metavar="FILE", help="do not tell of the findings in FILE")
    selection.add_argument(
        "--fail-on",
        choices=[level.value for level in Severity],
        default=Severity.WARNING.value,
        metavar="SEVERITY",
        help="exit with 1 only for findings this bad: error, warning (default) or hint",
    )
    selection.add_argument(
        "-e", "--exit-zero", action="store_true", help="exit with 0 even if there are findings"
    )


def _add_files(files: argparse._ArgumentGroup) -> None:
    files.add_argument(
        "--exclude",
        type=_patterns,
        metavar="PATTERNS",
        help="leave these out instead of the usual ones; separated by commas, as in .gitignore",
    )
    files.add_argument(
        "--extend-exclude", type=_patterns, metavar="PATTERNS", help="leave these out as well"
    )
    files.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave out excluded files even if they are named",
    )
    files.add_argument(
        "--no-respect-gitignore",
        dest="respect_gitignore",
        action="store_false",
        default=None,
        help="check what git ignores, too",
    )
    files.add_argument(
        "--changed",
        nargs="?",
        const="HEAD",
        metavar="REF",
        help="check only files that git says changed since REF (default: the last commit), those"
        " that import them, and those that they import",
    )
    files.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="check only the I-th of N parts of the files, which together are all of them",
    )
    files.add_argument(
        "--stdin-filename", metavar="PATH", help="where the text of the standard input belongs"
    )


def _add_changes(changes: argparse._ArgumentGroup) -> None:
    changes.add_argument("--fix", action="store_true", help="make the safe fixes")
    changes.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also the fixes that may change what the program does",
    )
    changes.add_argument(
        "--diff", action="store_true", help="show what --fix would do, and change nothing"
    )
    changes.add_argument(
        "--exit-non-zero-on-fix",
        action="store_true",
        help="exit with 1 if --fix changed anything",
    )
    changes.add_argument(
        "--add-ignores",
        nargs="?",
        const="",
        metavar="REASON",
        help="silence every finding by a comment in the code",
    )
    changes.add_argument("--write-baseline", metavar="FILE", help="write all findings to FILE")


def _add_surroundings(project: argparse._ArgumentGroup) -> None:
    project.add_argument(
        "--python",
        metavar="PATH",
        help="the environment with the dependencies: its folder, or an interpreter in it"
        " (default: $VIRTUAL_ENV, else .venv, else the Python that runs corolint)",
    )
    project.add_argument(
        "--python-version",
        "--target-version",
        type=_version,
        metavar="3.X",
        help="the Python version that the code runs on (default: that of the environment)",
    )
    project.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="FILE|KEY=VALUE",
        help="read only this configuration; or, any number of times, set one key as in TOML",
    )
    project.add_argument(
        "--isolated", action="store_true", help="read no configuration file at all"
    )


def _add_work(work: argparse._ArgumentGroup) -> None:
    work.add_argument(
        "-w",
        "--watch",
        action="store_true",
        help="check again whenever a file changes, until Ctrl-C (needs corolint[watch])",
    )
    work.add_argument(
        "--jobs",
        type=_count,
        metavar="N",
        help="check in so many processes at once (default: one for each core)",
    )
    work.add_argument(
        "--executor",
        type=_executor,
        metavar="dask://HOST:PORT",
        help="check on the workers of this dask.distributed scheduler (needs corolint[dask])",
    )
    work.add_argument("-n", "--no-cache", action="store_true", help="keep nothing between runs")
    work.add_argument(
        "--cache-dir",
        metavar="DIR",
        help="keep results there (default: .corolint_cache at the top of the project)",
    )


def _names(text: str) -> frozenset[str]:
    """``a, b`` as a set."""
    return frozenset(_patterns(text))


def _patterns(text: str) -> tuple[str, ...]:
    """``a, b`` in order."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _version(text: str) -> tuple[int, int]:
    version = parse_version(text)
    if version is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not a Python version such as 3.12")
    return version


def _shard(text: str) -> tuple[int, int]:
    """``2/5`` as a pair."""
    index, slash, count = text.partition("/")
    if slash and index.isascii() and count.isascii() and index.isdigit() and count.isdigit():
        if 1 <= int(index) <= int(count):
            return int(index), int(count)
    raise argparse.ArgumentTypeError(f"'{text}' is not a part such as 1/4")


def _count(text: str) -> int:
    """A number of processes."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 512):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of processes")
    return int(text)


def _executor(text: str) -> str:
    """The address of a cluster."""
    if not re.fullmatch(r"dask://(\[[0-9a-fA-F:.]+\]|[^:/\s]+):\d{1,5}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not an address such as dask://10.0.0.1:8786")
    return text
