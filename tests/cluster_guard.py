"""Loaded by a dask worker before it starts: it may not see the project, and dies when told to.

``FORBIDDEN`` is a folder that nothing in this process may look into. ``DEATH`` is a file: as soon
as it exists, this process ends in the middle of its next piece of work, as if it were killed.
"""

from __future__ import annotations

import os
import sys
from typing import Any

FORBIDDEN = os.environ["FORBIDDEN"]
DEATH = os.environ["DEATH"]


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir") and arguments:
        path = arguments[0]
        if isinstance(path, str | bytes) and os.fsdecode(path).startswith(FORBIDDEN):
            raise PermissionError(f"a worker looked at {path!r}")


def dask_setup(worker: Any) -> None:
    """Called by dask."""
    import corolint.cluster as cluster

    check_files = cluster.check_files

    def check_or_die(*arguments: Any, **keywords: Any) -> Any:
        if os.path.exists(DEATH):
            os._exit(9)
        return check_files(*arguments, **keywords)

    cluster.check_files = check_or_die
    sys.addaudithook(guard)
