"""``--watch``: checks, and again whenever something changes that may matter.

The watching begins before the first check, so that no edit in between is missed. What an edit does
not reach is known from the check before, by way of the cache.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from corolint.environment import project_folder
from corolint.exit_status import UsageError
from corolint.files import SUFFIXES
from corolint.output import say

# Also what settings, packages and exclusions come from.
_ENDINGS = (*SUFFIXES, ".toml", ".cfg", ".pth", ".gitignore", "py.typed")
_NOISE = frozenset({"__pycache__", ".git", ".hg", ".corolint_cache"})
_TURN = 100  # milliseconds after which we look up although nothing has changed


def watch(options: Namespace, check: Callable[[], int]) -> int:
    """Calls `check` now and after every change, for ever; `KeyboardInterrupt` is the way out.

    Raises `UsageError` if there is nothing to watch, or nothing to watch with.
    """
    if "-" in options.paths:
        raise UsageError("--watch: the standard input cannot be watched")
    for path in options.paths:
        if not os.path.exists(path):
            raise UsageError(f"--watch: {path}: there is no such file or folder")
    status = 0
    for _ in _rounds(options.paths):
        if sys.stdout.isatty():
            print("\x1b[2J\x1b[H", end="", flush=True)  # An empty screen, from the top.
        status = check()
        say(f"[{datetime.now():%H:%M:%S}] Watching for changes. Ctrl-C ends it.")
    return status


def _rounds(paths: Iterable[str]) -> Iterator[None]:
    """Gives `None` at once, and whenever something at `paths`, or in their project, changed."""
    try:
        from watchfiles import watch as changes
    except ImportError:
        raise UsageError(
            "--watch: watchfiles is not installed; pip install 'corolint[watch]'"
        ) from None

    roots = {os.path.abspath(path) for path in paths}
    roots |= {project_folder(root) for root in roots}
    begun = False
    for changed in changes(
        *sorted(roots),
        watch_filter=lambda _, path: _matters(path),
        rust_timeout=_TURN,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        if changed or not begun:
            begun = True
            yield


def _matters(path: str) -> bool:
    return path.endswith(_ENDINGS) and _NOISE.isdisjoint(path.split(os.sep))
