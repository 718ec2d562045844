"""How a path is written wherever a person or another program reads it.

Inside corolint a path is absolute and in the system's own spelling. Patterns, reports and caches
see it from some folder, with forward slashes on every system: ``C:\\work\\app\\main.py`` seen from
``C:\\work`` is ``app/main.py``.
"""

from __future__ import annotations

import os
import re


def seen_from(path: str, folder: str) -> str:
    """`path` relative to `folder` if it lies below it, else whole; always with forward slashes."""
    path = path.replace(os.sep, "/")
    folder = folder.replace(os.sep, "/").rstrip("/") + "/"
    return path[len(folder) :] if path.startswith(folder) else path


NOTEBOOK = ".ipynb"


def analysed_path(path: str) -> str:
    """The path under which a text is analysed: only what is named like a module is taken for one.

    The cells of ``notes/n.ipynb`` are analysed together as ``notes/n_ipynb_.py``, which is no name
    that anybody imports.
    """
    if path.endswith((".py", ".pyi")):
        return path
    folder, name = os.path.split(path)
    return os.path.join(folder, re.sub(r"\W", "_", name) + "_.py")


def is_notebook(path: str) -> bool:
    """Whether an analysed path is that of a notebook, whose top level runs inside a loop."""
    return path.endswith("_ipynb_.py")
