"""Changes of files as a unified diff, which ``git apply`` and ``patch`` understand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def difference(changes: Iterable[tuple[str, str, str]]) -> str:
    """The diff of ``(path as shown, text before, text after)``, file by file."""
    parts: list[str] = []
    for path, before, after in changes:
        lines = difflib.unified_diff(_LINE.findall(before), _LINE.findall(after), path, path)
        for line in lines:
            whole = line.endswith(("\n", "\r"))
            parts.append(line if whole else f"{line}\n\\ No newline at end of file\n")
    return "".join(parts)
