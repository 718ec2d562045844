"""Lets an editable install run its compiled twin, while that is one.

`compile_hook` puts this file into the environment, the compiled package beside it in
``corolint_twin/``, and in ``corolint_twin.json`` what the sources were when it was compiled. Once
one of them is another, Python imports the sources as if there were no twin. So it does with
``COROLINT_INTERPRETED=1`` in the environment, which tests set.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


def state(folder: str) -> dict[str, list[int]]:
    """Time (ns) and size of every Python file below a folder, by path. Raises `OSError`."""
    found: dict[str, list[int]] = {}
    for top, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".py"):
                path = os.path.join(top, name)
                status = os.stat(path)
                found[os.path.relpath(path, folder)] = [status.st_mtime_ns, status.st_size]
    return found


class Finder:
    """Answers for `corolint`, whose modules are found where the package is, and for the library
    that all machine code of mypyc shares."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        twin = os.path.splitext(__file__)[0]
        if name.endswith("__mypyc"):
            return PathFinder.find_spec(name, [twin])
        if name != "corolint" or os.environ.get("COROLINT_INTERPRETED") == "1":
            return None
        try:
            with open(twin + ".json", encoding="utf-8") as file:
                before = json.load(file)
            if state(before["source"]) != before["state"]:
                return None
        except (OSError, ValueError):
            return None
        return PathFinder.find_spec(name, [twin])


def install() -> None:
    """Called by ``corolint_twin.pth`` when Python starts."""
    sys.meta_path.insert(0, Finder)
