"""How a path is written wherever a person or another program reads it.

Inside corolint a path is absolute and in the system's own spelling. Patterns, reports and caches
see it from some folder, with forward slashes on every system: ``C:\\work\\app\\main.py`` seen from
``C:\\work`` is ``app/main.py``.
"""

from __future__ import annotations

import os


def seen_from(path: str, folder: str) -> str:
    """`path` relative to `folder` if it lies below it, else whole; always with forward slashes."""
    path = path.replace(os.sep, "/")
    folder = folder.replace(os.sep, "/").rstrip("/") + "/"
    return path[len(folder) :] if path.startswith(folder) else path


def is_notebook(path: str) -> bool:
    """Whether a text is that of a notebook's cells, whose top level runs inside a loop.

    Cells of ``notes/n.ipynb`` are analysed together as ``notes/n_ipynb_.py``.
    """
    return path.endswith(("_ipynb_.py", ".ipynb"))
