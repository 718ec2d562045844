"""Where output goes: the result to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import sys

from corolint.exit_status import UsageError
from corolint.render.report import printable


def write_result(text: str, file: str | None) -> None:
    """Writes the result of a run to stdout, or to `file`. Raises `UsageError` if it cannot."""
    if file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        with open(file, "w", encoding="utf-8", errors="backslashreplace") as opened:
            opened.write(text)
    except OSError as error:
        raise UsageError(f"{printable(file)} cannot be written: {error.strerror}") from None


def say(text: str) -> None:
    """One line (or several) for the person at the terminal, whatever stdout is connected to."""
    print(text, file=sys.stderr)


def wants_color(when: str, file: str | None) -> bool:
    """`when` is ``always``, ``never``, or ``auto``: on a terminal only, unless the environment says
    otherwise. https://no-color.org"""
    if when != "auto":
        return when == "always"
    if file is not None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
