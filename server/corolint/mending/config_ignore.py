"""A rule that nobody in a project wants is written into the ``ignore`` of its configuration.

    [tool.corolint]                       [tool.corolint]
    ignore = ["dangling-task"]      →     ignore = ["dangling-task", "unawaited-test"]

The text around it stays as it is, comments too. A table is looked for as people write it: its
header on a line of its own.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\[tool\.corolint\][ \t]*(?:#.*)?$", re.MULTILINE)
_NEXT_HEADER = re.compile(r"^\[", re.MULTILINE)
_IGNORE = re.compile(r"^ignore[ \t]*=[ \t]*\[([^\]]*)\]", re.MULTILINE)


def ignored_in_config(text: str, rule: str, *, is_own_file: bool) -> str | None:
    """The text of a configuration file with one more rule ignored.

    `is_own_file` for ``corolint.toml``, whose keys stand in no table. `None` where ``ignore`` is
    written in a way that this does not know, or names the rule already.
    """
    start, end = 0, len(text)
    if not is_own_file:
        header = _HEADER.search(text)
        if header is None:
            before = f"{text.rstrip()}\n\n" if text.strip() else ""
            return f'{before}[tool.corolint]\nignore = ["{rule}"]\n'
        start = header.end()
    following = _NEXT_HEADER.search(text, start)
    end = following.start() if following else end
    found = _IGNORE.search(text, start, end)
    if found is None:
        if re.compile(r"^[\"']?ignore\b(?!-)", re.MULTILINE).search(text, start, end):
            return None
        if is_own_file:
            return f'ignore = ["{rule}"]\n{text}'
        return f'{text[:start]}\nignore = ["{rule}"]{text[start:]}'
    names = found[1]
    if "#" in names or rule in re.findall(r"[\w-]+", names):
        return None
    kept = names.rstrip().removesuffix(",")
    space = names[len(names.rstrip()) :]
    separator = ", " if kept.strip() else ""
    if "\n" in kept:
        indent = re.match(r"[ \t]*", kept.rpartition("\n")[2])
        separator = ",\n" + (indent[0] if indent else "")
    return f'{text[: found.start(1)]}{kept}{separator}"{rule}"{space}{text[found.end(1) :]}'
