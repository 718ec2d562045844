"""Every option of the command line does something, in the real command.

For each there is a run with it and a run without, in folders that are alike. What is expected must
be seen after the one, and must not be seen after the other: in what it said, or in a file. What an
option means in full is tested where the thing itself is tested; here none can be left out, since
the table must have exactly the options that the parser has.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from command import corolint
from corolint.arguments import parser

PLAIN = "async def fetch():\n    ...\n\n\nasync def main():\n    fetch()\n"
UNUSED = "x = 1  # corolint: ignore\n"
FILES = {
    "pyproject.toml": "",
    "a.py": PLAIN,
    "c.py": UNUSED,
    ".gitignore": "made/\n",
    "made/m.py": PLAIN,
    "build/b.py": PLAIN,
    "quiet/corolint.toml": 'ignore = ["ALL"]\n',
    "quiet/q.py": PLAIN,
    "other.toml": 'ignore = ["unawaited-coroutine"]\n',
    "env/pyvenv.cfg": "version = 3.9.1\nhome = /nowhere\n",
    "env/lib/python3.9/site-packages/far.py": PLAIN,
    "user.py": "import far\n\n\nasync def main():\n    far.fetch()\n",
    "absent/watchfiles.py": "raise ImportError\n",
    "absent/distributed.py": "raise ImportError\n",
}


class Trial(NamedTuple):
    """The arguments with the option, those without it, and a pattern that tells them apart.

    It is looked for in ``status=N``, the output, and every file as ``name: content``. `before` are
    the arguments of a run that comes first, in both folders.
    """

    given: tuple[str, ...]
    without: tuple[str, ...]
    seen: str
    before: tuple[str, ...] = ()


def check(
    option: str, *values: str, seen: str, base: tuple[str, ...] = (), before: tuple[str, ...] = ()
) -> Trial:
    return Trial(("check", *base, option, *values), ("check", *base), seen, before)


def without(text: str) -> str:
    """A pattern for what does not hold `text` anywhere."""
    return rf"\A(?!(?s:.*){text})"


LISTED = ("--show-files",)
HINT = ("--config", 'severity.unawaited-coroutine = "hint"', "a.py")
EVERYTHING = Trial(("explain", "--all"), ("explain", "dangling-task"), r"(?m)^# nested-event-loop$")
VERSION = r"corolint \d"
CHECKED = r"\n\d findings? \("
TRIALS = {
    "-V": Trial(("-V",), ("explain", "--all"), VERSION),
    "--version": Trial(("--version",), ("explain", "--all"), VERSION),
    "--all": EVERYTHING,
    "--output-format": check("--output-format", "concise", seen=r"(?m)^a\.py:6:5: error"),
    "-o": check("-o", "out.txt", seen=r"out\.txt: error\["),
    "--output-file": check("--output-file", "out.txt", seen=r"out\.txt: error\["),
    "--statistics": check("--statistics", seen=r"(?m)^1  error +unawaited-coroutine$"),
    "--show-files": check("--show-files", seen=r"(?m)^\S+a\.py$"),
    "--show-settings": check("--show-settings", seen=r"(?m)^project: "),
    "--color": check("--color", "always", seen="\x1b\\["),
    "-q": check("-q", seen=without(CHECKED)),
    "--quiet": check("--quiet", seen=without(CHECKED)),
    "-v": check("-v", seen="known from an earlier run: 0 of 6 files"),
    "--verbose": check("--verbose", seen="known from an earlier run: 0 of 6 files"),
    "--select": check("--select", "dangling-task", seen="No findings"),
    "--extend-select": check(
        "--extend-select",
        "unawaited-coroutine",
        base=("--select", "dangling-task"),
        seen="never awaited",
    ),
    "--ignore": check("--ignore", "ALL", seen="No findings"),
    "--baseline": check(
        "--baseline", "old.json", before=("check", "--write-baseline", "old.json"), seen="status=0"
    ),
    "--fail-on": check("--fail-on", "hint", base=HINT, seen="status=1"),
    "-e": check("-e", seen="status=0"),
    "--exit-zero": check("--exit-zero", seen="status=0"),
    "--exclude": check("--exclude", "a.py", base=LISTED, seen=r"build.b\.py\n"),
    "--extend-exclude": check("--extend-exclude", "a.py", base=LISTED, seen=without(r"[\\/]a\.py")),
    "--force-exclude": check(
        "--force-exclude", base=(*LISTED, "build/b.py"), seen=without(r"[\\/]b\.py\n")
    ),
    "--no-respect-gitignore": check("--no-respect-gitignore", base=LISTED, seen=r"made.m\.py\n"),
    "--changed": check("--changed", base=LISTED, seen=without(r"[\\/]a\.py")),
    "--shard": check("--shard", "1/4", base=LISTED, seen=without(r"[\\/]user\.py")),
    "--stdin-filename": check(
        "--stdin-filename", "sub/x.py", base=(*LISTED, "-"), seen=r"sub.x\.py\n"
    ),
    "--fix": check("--fix", seen=r"c\.py: x = 1\n"),
    "--unsafe-fixes": check("--unsafe-fixes", base=("--fix",), seen="    await fetch"),
    "--diff": check("--diff", seen=r"(?m)^\+x = 1$"),
    "--exit-non-zero-on-fix": check(
        "--exit-non-zero-on-fix", base=("--fix", "c.py"), seen="status=1"
    ),
    "--add-ignores": check("--add-ignores", "why", seen=r"ignore\[unawaited-coroutine\] why"),
    "--write-baseline": check("--write-baseline", "new.json", seen=r"new\.json: \{"),
    "--python": check("--python", "env", seen=r"user\.py:5:5"),
    "--python-version": check(
        "--python-version", "3.8", base=("--show-settings",), seen=r"version: 3\.8"
    ),
    "--target-version": check(
        "--target-version", "py38", base=("--show-settings",), seen=r"version: 3\.8"
    ),
    "--config": check("--config", "other.toml", seen=without("never awaited")),
    "--isolated": check("--isolated", base=("quiet",), seen="never awaited"),
    "-w": check("-w", seen=r"corolint\[watch\]"),
    "--watch": check("--watch", seen=r"corolint\[watch\]"),
    "--jobs": check("--jobs", "0", seen="'0' is not a number of processes"),
    "--executor": check("--executor", "dask://127.0.0.1:1", seen=r"corolint\[dask\]"),
    "-n": check("-n", seen=without("results.sqlite")),
    "--no-cache": check("--no-cache", seen=without("results.sqlite")),
    "--cache-dir": check("--cache-dir", "kept", seen=r"kept/results\.sqlite: "),
}


def test_no_option_is_left_out():
    commands = next(each for each in parser()._actions if each.dest == "command")
    actions = [*parser()._actions]
    for command in commands.choices.values():
        actions += command._actions
    options = {option for action in actions for option in action.option_strings}
    assert options - {"-h", "--help"} == TRIALS.keys()


@pytest.mark.parametrize("option", TRIALS)
def test_an_option_makes_a_difference(option, tmp_path):
    trial = TRIALS[option]
    with_it = outcome(tmp_path / "with", trial, trial.given)
    without_it = outcome(tmp_path / "without", trial, trial.without)
    assert re.search(trial.seen, with_it), with_it
    assert not re.search(trial.seen, without_it), without_it


def outcome(folder: Path, trial: Trial, arguments: tuple[str, ...]) -> str:
    """All that a run in a new folder says and leaves behind, as one text."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "init", "--quiet")
    git(folder, "add", "a.py")
    git(folder, "commit", "--quiet", "--message", "first")
    if trial.before:
        corolint(*trial.before, folder=folder)
    variables = {"PYTHONPATH": str(folder / "absent")}
    done = corolint(*arguments, folder=folder, variables=variables)
    lines = [f"status={done.status}", done.out, done.err]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".git" not in path.parts:
            content = path.read_bytes().decode("utf-8", "replace")
            lines.append(f"{path.relative_to(folder).as_posix()}: {content}")
    return "\n".join(lines)


def git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True)
