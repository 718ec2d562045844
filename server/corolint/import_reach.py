"""Which files an edit may matter to, judged by `import` statements alone.

A finding may stand in a file that was not edited: in one that imports the edited file and now drops
what has become a coroutine, or in one that the edited file imports and now calls where a loop is
running. Given, by file, the modules that it may import::

    reach({"a.py"}, {"a.py": {"b"}, "b.py": set(), "c.py": {"a"}, "d.py": set()},
          {"a": "a.py", "b": "b.py", "c": "c.py", "d": "d.py"})
    # {"a.py", "b.py", "c.py"}

Imports are found by a pattern, not by parsing, since every file of the project has to be looked at.
What only looks like an import (in a string) makes the answer larger, never smaller.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

# No two parts that follow each other can match the same character, and what stands in brackets is
# bounded: whatever the text, the search takes time in proportion to its length.
_FROM = re.compile(
    r"\bfrom\s+(?=[.\w])(\.*)(?:\s*(?!import\b)(\w[\w.]*))?\s*\bimport\b\s*"
    r"(\([^)]{0,20000}\)|(?:[^\n\\;]|\\\r?\n)*)"
)
_IMPORT = re.compile(r"\bimport\s+((?:[^\n\\;(]|\\\r?\n)+)")
_NAME = re.compile(r"[\w.]+")


def imported_modules(text: str, module: str, *, is_package: bool) -> frozenset[str]:
    """Dotted names of the modules that a file may import; `module` is its own name.

    Of ``from a.b import c`` these are ``a``, ``a.b`` and ``a.b.c``: which of them exist is not
    asked here. Never raises.
    """
    found: set[str] = set()
    for dots, name, members in _FROM.findall(text):
        base = _absolute(len(dots), name, module, is_package)
        found.add(base)
        found.update(f"{base}.{member}".lstrip(".") for member in _NAME.findall(members))
    for names in _IMPORT.findall(text):
        found.update(_NAME.findall(names))
    return frozenset(parent for name in found for parent in _with_parents(name))


def _absolute(dots: int, name: str, module: str, is_package: bool) -> str:
    if not dots:
        return name
    parts = module.split(".")
    kept = parts[: len(parts) - dots + is_package]
    return ".".join([*kept, name] if name else kept)


def _with_parents(name: str) -> list[str]:
    parts = name.strip(".").split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def reach(
    edited: Collection[str],
    imports: Mapping[str, Collection[str]],
    paths: Mapping[str, str],
) -> frozenset[str]:
    """`edited`, all that import them and all that they import, directly or through others.

    `imports` holds the names of modules by path, `paths` the path of each module of the project.
    """
    uses = {
        path: {paths[name] for name in names if name in paths} for path, names in imports.items()
    }
    used_by: dict[str, set[str]] = {}
    for path, others in uses.items():
        for other in others:
            used_by.setdefault(other, set()).add(path)
    return _closure(edited, uses) | _closure(edited, used_by)


def _closure(start: Collection[str], edges: Mapping[str, Collection[str]]) -> frozenset[str]:
    seen = set(start)
    waiting = list(start)
    while waiting:
        for path in edges.get(waiting.pop(), ()):
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    return frozenset(seen)
