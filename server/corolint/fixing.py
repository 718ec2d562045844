"""Makes the fixes that findings offer, round after round, until nothing is left to fix.

After each round the result is checked again: a fix may uncover another finding, and of two fixes
that overlapped the second gets its turn. A round that would break a file's syntax is not made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

from corolint.edits import apply_edits, choose_fixes, edits_by_path
from corolint.finding import Edit, Finding, Fix
from corolint.syntax import parse

_MOST_ROUNDS = 20  # Two fixes that undo each other must not keep us for ever.


class Fixed(NamedTuple):
    """The texts that changed, the findings that are left, and how many fixes were made."""

    texts: dict[str, str]
    findings: tuple[Finding, ...]
    made: int


def fix_all(
    check_all: Callable[[Mapping[str, str]], tuple[Finding, ...]],
    text_of: Callable[[str], str | None],
    files: Collection[str],
    *,
    unsafe: bool,
) -> Fixed:
    """Fixes what can be fixed in `files`; nothing is written, and no other file is changed.

    `check_all` gives the findings of all files when some have other texts than on disk, `text_of`
    the text of a file on disk.
    """
    texts: dict[str, str] = {}
    spoiled: set[str] = set()  # files whose fixes broke their syntax
    made = 0
    findings = check_all(texts)
    for _ in range(_MOST_ROUNDS):
        editable = set(files) - spoiled
        offered = [
            replace(
                finding,
                fixes=tuple(fix for fix in finding.fixes if _within(fix, finding, editable)),
            )
            for finding in findings
        ]
        chosen = choose_fixes(offered, unsafe=unsafe)
        if not chosen:
            break
        changed, broken = _one_round(edits_by_path(chosen), texts, text_of)
        if broken:
            spoiled |= broken  # Choose again, without these files.
            continue
        made += len(chosen)
        texts.update(changed)
        findings = check_all(texts)
    return Fixed(texts, findings, made)


def _within(fix: Fix, finding: Finding, files: set[str]) -> bool:
    return all((edit.path or finding.path) in files for edit in fix.edits)


def _one_round(
    edits: Mapping[str, tuple[Edit, ...]],
    texts: Mapping[str, str],
    text_of: Callable[[str], str | None],
) -> tuple[dict[str, str], set[str]]:
    """The texts after these edits, and the files that the edits would break."""
    changed: dict[str, str] = {}
    broken: set[str] = set()
    for path, own in edits.items():
        before = texts[path] if path in texts else text_of(path)
        if before is None:
            broken.add(path)
            continue
        after = apply_edits(before, own)
        if len(parse(after).errors) > len(parse(before).errors):
            broken.add(path)
        else:
            changed[path] = after
    return changed, broken
