"""Ignore comments for all findings of a file, written where `suppress` will find them.

    fetch()                     fetch()  # corolint: ignore[unawaited-coroutine]

The comment goes to the end of the blamed line. Where that cannot be (the line ends inside a string,
or in a backslash), it goes on a line of its own above the statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from corolint.edits import apply_edits
from corolint.finding import Edit, Finding
from corolint.suppress import apply
from corolint.syntax import parse
from corolint.text import Span, split_lines

_OURS = re.compile(r"#\s*corolint\s*:\s*ignore\s*\[(?P<rules>[^\]#]*)\]")


def add_ignores(text: str, findings: Iterable[Finding], reason: str = "") -> tuple[str, int]:
    """`text` with comments that silence `findings`, and how many of these they do silence.

    What cannot be silenced by a comment (a syntax error, say) is left as it is. Never raises.
    """
    by_line: dict[int, list[Finding]] = {}
    for finding in findings:
        by_line.setdefault(finding.span.line, []).append(finding)
    silenced = 0
    for line in sorted(by_line, reverse=True):  # From the bottom up: lines above stay in place.
        group = by_line[line]
        rules = list(dict.fromkeys(finding.rule for finding in group))
        for edit in _candidates(text, line, rules, reason):
            changed = apply_edits(text, [edit])
            if _silences(text, changed, group, edit):
                text = changed
                silenced += len(group)
                break
    return text, silenced


def _candidates(text: str, number: int, rules: list[str], reason: str) -> Iterable[Edit]:
    """Ways to place the comment for line `number`, the nicest first."""
    lines = split_lines(text)
    line = lines[number - 1]
    names = ", ".join(rules)
    if existing := _OURS.search(line):
        start, end = existing.span("rules")
        joined = ", ".join([*existing["rules"].replace(",", " ").split(), *rules])
        yield Edit(Span(number, start, number, end), joined)
    comment = f"# corolint: ignore[{names}]{' ' + reason if reason else ''}"
    end = len(line.rstrip())
    yield Edit(Span(number, end, number, len(line)), f"  {comment}")
    for above in range(number, 0, -1):
        indent = lines[above - 1][: len(lines[above - 1]) - len(lines[above - 1].lstrip())]
        yield Edit(Span(above, 0, above, 0), f"{indent}{comment}\n")
        if number - above > 20:
            return


def _silences(before: str, after: str, group: list[Finding], edit: Edit) -> bool:
    """Does `after` mean the same as `before`, with all of `group` silenced by the new comment?"""
    old, new = parse(before), parse(after)
    if len(new.errors) > len(old.errors):
        return False
    moved = 1 if edit.text.endswith("\n") else 0
    shifted = [_shifted(finding, moved) for finding in group]
    rules = {finding.rule for finding in group}
    return not apply(shifted, new, group[0].path, active=(), rules=rules)


def _shifted(finding: Finding, lines: int) -> Finding:
    span = finding.span
    span = span._replace(line=span.line + lines, end_line=span.end_line + lines)
    return Finding(finding.path, span, finding.rule, finding.severity, finding.message)


def ignored_everywhere(
    texts: Mapping[str, str], findings: Iterable[Finding], reason: str = ""
) -> tuple[dict[str, str], int]:
    """`add_ignores` for many files: the texts that changed, and the number silenced."""
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    changed = {}
    silenced = 0
    for path, group in by_path.items():
        text, number = add_ignores(texts[path], group, reason)
        silenced += number
        if text != texts[path]:
            changed[path] = text
    return changed, silenced
