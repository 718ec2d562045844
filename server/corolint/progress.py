"""A bar on the terminal while a run of many files goes on.

It stands on stderr, only if that is a terminal, and is gone when the run ends. Drawing libraries
are loaded only where there is something to draw, and no thread redraws the bar: a thread would not
outlive the fork of the workers.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

# A run over fewer files is over before anybody wonders.
_MANY_FILES = 200

Advance = Callable[[int], None]


@contextmanager
def progress(total: int, stream: TextIO | None = None) -> Iterator[Advance]:
    """Gives a function to be told how many of `total` files have been checked since last time."""
    stream = stream or sys.stderr
    if total < _MANY_FILES or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(file=stream),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task("", total=total)

        def advance(count: int) -> None:
            bar.advance(task, count)
            bar.refresh()

        yield advance


def no_progress(count: int) -> None:
    """Nobody is looking."""
