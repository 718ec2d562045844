"""Makes a program shorter for as long as it still does what is looked for.

    shrink(text, is_interesting)  # a text for which no line can go and no block can be unwrapped

Tries to delete each statement with all that is below it, then to put the body of a block in its
place; starts again after each success. Texts that are no Python are not tried, and neither are
those that use a name which no line above binds: they would fail for a reason of their own.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from textwrap import dedent, indent


def shrink(text: str, is_interesting: Callable[[str], bool]) -> str:
    """The shortest text found; `text` itself must be interesting."""
    while True:
        smaller = next((one for one in _smaller(text) if is_interesting(one)), None)
        if smaller is None:
            return text
        text = smaller


def _smaller(text: str) -> Iterator[str]:
    main = ast.parse(text).body[-1]
    lines = text.split("\n")
    for node in ast.walk(main):
        if not isinstance(node, ast.stmt) or node is main:
            continue
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        margin = " " * node.col_offset
        candidates = [[], [f"{margin}pass"]] if not isinstance(node, ast.Pass) else [[]]
        body = getattr(node, "body", None)
        if body:
            inner = "\n".join(lines[body[0].lineno - 1 : body[-1].end_lineno])
            candidates.append(indent(dedent(inner), margin).split("\n"))
        for candidate in candidates:
            smaller = "\n".join([*lines[:first], *candidate, *lines[last:]])
            if _is_sound(smaller):
                yield smaller


def _is_sound(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    first: dict[str, int] = {}
    used: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.append((name, node.lineno))
            case ast.Name(id=name) | ast.arg(arg=name) | ast.alias(name=name):
                first[name] = min(node.lineno, first.get(name, node.lineno))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                first[node.name] = min(node.lineno, first.get(node.name, node.lineno))
    return all(first.get(name, 0 if name in _GIVEN else line + 1) <= line for name, line in used)


_GIVEN = frozenset({*dir(builtins), "coin"})
