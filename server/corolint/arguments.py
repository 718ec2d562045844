"""The command line: every option, what it takes and what it says about itself in ``--help``."""

from __future__ import annotations

import argparse
import re

from corolint import __version__
from corolint.config import parse_version
from corolint.finding import Severity
from corolint.render import FORMATS

_DESCRIPTION = """\
Finds coroutine mistakes in Python programs without running them: coroutines that are never
awaited, coroutines that are awaited twice, and event loops that are started inside a running one.
"""

_CHECK_EPILOG = """\
exit status:
  0  nothing to report at or above --fail-on
  1  findings
  2  bad use, a path that does not exist, a broken configuration, or an internal error
"""


def parser() -> argparse.ArgumentParser:
    """The parser for everything but the arguments of ``corolint server``."""
    top = argparse.ArgumentParser(prog="corolint", description=_DESCRIPTION, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"corolint {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_check(commands)
    explain = commands.add_parser("explain", help="explain a rule", allow_abbrev=False)
    which = explain.add_mutually_exclusive_group(required=True)
    which.add_argument("rule", nargs="?", metavar="RULE", help="the name of a rule")
    which.add_argument("--all", action="store_true", help="explain every rule")
    commands.add_parser("server", help="run the language server", add_help=False)
    return top


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check",
        help="report coroutine mistakes in files and folders",
        description="Report coroutine mistakes in files and folders.",
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
    output = check.add_argument_group("output")
    output.add_argument(
        "--output-format",
        choices=FORMATS,
        default="full",
        metavar="FORMAT",
        help=f"one of {', '.join(FORMATS)} (default: full)",
    )
    output.add_argument("-o", "--output-file", metavar="FILE", help="write there, not to stdout")
    output.add_argument("--statistics", action="store_true", help="only count findings by rule")
    output.add_argument("--show-files", action="store_true", help="only list the files to check")
    output.add_argument("--show-settings", action="store_true", help="only show the settings")
    volume = output.add_mutually_exclusive_group()
    volume.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    volume.add_argument("-v", "--verbose", action="store_true", help="say what is done and why")

    selection = check.add_argument_group("what is reported")
    selection.add_argument("--select", type=_names, metavar="RULES", help="only these rules")
    selection.add_argument("--extend-select", type=_names, metavar="RULES", help="also these rules")
    selection.add_argument("--ignore", type=_names, metavar="RULES", help="not these rules")
    selection.add_argument(
        "--fail-on",
        choices=[level.value for level in Severity],
        default=Severity.WARNING.value,
        metavar="SEVERITY",
        help="exit with 1 only for findings this bad: error, warning (default) or hint",
    )
    selection.add_argument(
        "--exit-zero", action="store_true", help="exit with 0 even if there are findings"
    )

    changes = check.add_argument_group("changing files")
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
        "--add-ignores",
        nargs="?",
        const="",
        metavar="REASON",
        help="silence every finding by a comment in the code",
    )
    changes.add_argument("--baseline", metavar="FILE", help="do not tell of the findings in FILE")
    changes.add_argument("--write-baseline", metavar="FILE", help="write all findings to FILE")

    project = check.add_argument_group("the project")
    project.add_argument(
        "--python",
        metavar="PATH",
        help="the environment with the dependencies: its folder, or an interpreter in it"
        " (default: $VIRTUAL_ENV, else .venv, else the Python that runs corolint)",
    )
    project.add_argument(
        "--python-version",
        type=_version,
        metavar="3.X",
        help="the Python version that the code runs on (default: that of the environment)",
    )
    configuration = project.add_mutually_exclusive_group()
    configuration.add_argument("--config", metavar="FILE", help="read only this configuration")
    configuration.add_argument(
        "--isolated", action="store_true", help="read no configuration file at all"
    )
    project.add_argument(
        "--stdin-filename", metavar="PATH", help="where the text of the standard input belongs"
    )
    project.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave out excluded files even if they are named",
    )
    project.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="check only the I-th of N parts of the files, which together are all of them",
    )
    project.add_argument(
        "--changed",
        nargs="?",
        const="HEAD",
        metavar="REF",
        help="check only files that git says changed since REF (default: the last commit), those"
        " that import them, and those that they import",
    )
    project.add_argument(
        "--jobs",
        type=_count,
        metavar="N",
        help="check in so many processes at once (default: one for each core)",
    )
    project.add_argument(
        "--executor",
        type=_executor,
        metavar="dask://HOST:PORT",
        help="check on the workers of this dask.distributed scheduler (needs corolint[dask])",
    )
    project.add_argument("--no-cache", action="store_true", help="keep nothing between runs")


def _names(text: str) -> frozenset[str]:
    """``a, b`` as a set."""
    return frozenset(name.strip() for name in text.split(",") if name.strip())


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
