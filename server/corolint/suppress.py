"""Ignore comments: which findings a source file itself asks not to hear of.

    fetch()  # corolint: ignore[unawaited-coroutine] the server answers anyway

    # corolint: ignore[unawaited-coroutine]
    fetch()

    # corolint: ignore-file

A comment with brackets speaks of the rules named, one without of all rules. A comment behind code
governs the findings that touch its line, and those of a statement that starts or ends there, since
formatters move a comment to either end of a long statement. A comment on a line of its own governs
the statement below. A comment that silences nothing is itself reported as `unused-ignore`, so that
it cannot outlive its reason; comments of other tools mean nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from corolint.config import nearest
from corolint.finding import Edit, Finding, Fix, Severity
from corolint.syntax import Comment, Syntax, nodes
from corolint.text import Span

UNUSED_IGNORE = "unused-ignore"

_DIRECTIVE = re.compile(
    r"#\s*corolint\s*:\s*(?P<verb>[\w-]+)(?:\s*\[(?P<rules>[^\]#]*)\])?(?P<reason>[^#]*)"
)


@dataclass(frozen=True, slots=True)
class Directive:
    """One ignore comment. `rules` pairs each name with its columns; `None` stands for all rules.

    `governs` is the line whose findings it silences, `None` for the whole file.
    """

    verb: str
    span: Span
    rules: tuple[tuple[str, Span], ...] | None
    governs: int | None


def apply(
    findings: Iterable[Finding],
    syntax: Syntax,
    path: str,
    *,
    active: Collection[str],
    rules: Collection[str],
) -> tuple[Finding, ...]:
    """`findings` without those that a comment silences, with one for each comment that is unused.

    `active` are the rules that were asked for in this file: an ignore of another rule is not called
    unused, and `unused-ignore` is reported only when it is among them. `rules` are all rules there
    are. Order is kept; new findings come last. Never raises.
    """
    findings = tuple(findings)
    if "corolint" not in syntax.text:
        return findings
    directives = tuple(_directives(syntax))
    if not directives:
        return findings
    statements = tuple(_statement_lines(syntax.tree, syntax)) if findings else ()
    used: set[tuple[Directive, str | None]] = set()
    kept = []
    for finding in findings:
        lines = _lines_of(finding.span, statements)
        silencers = [
            (directive, name)
            for directive in directives
            if directive.governs is None or directive.governs in lines
            for name in _names(directive)
            if name in (None, finding.rule)
        ]
        used.update(silencers)
        if not silencers:
            kept.append(finding)
    if UNUSED_IGNORE not in active:
        return tuple(kept)
    unused = (
        finding
        for directive in directives
        for finding in _unused(directive, used, syntax, path, active, rules)
    )
    return (*kept, *unused)


def _directives(syntax: Syntax) -> Iterator[Directive]:
    """The ignore comments of a file, in order."""
    lines = syntax.lines
    alone = {
        comment.line
        for comment in syntax.comments
        if not lines[comment.line - 1][: comment.column].strip()
    }
    for comment in syntax.comments:
        for match in _DIRECTIVE.finditer(comment.text):
            is_alone = comment.line in alone
            governs = comment.line
            while is_alone and governs in alone:
                governs += 1
            verb = match["verb"]
            yield Directive(
                verb,
                _span(comment, match.start(), match.end() - _trailing_space(match[0])),
                tuple(_rule_names(comment, match)) if match["rules"] is not None else None,
                None if verb == "ignore-file" else governs,
            )


def _trailing_space(text: str) -> int:
    return len(text) - len(text.rstrip())


def _rule_names(comment: Comment, match: re.Match[str]) -> Iterator[tuple[str, Span]]:
    for name in re.finditer(r"[^,\s]+", match["rules"]):
        start = match.start("rules") + name.start()
        yield name[0], _span(comment, start, start + len(name[0]))


def _span(comment: Comment, start: int, end: int) -> Span:
    return Span(comment.line, comment.column + start, comment.line, comment.column + end)


def _names(directive: Directive) -> tuple[str | None, ...]:
    """The rules that a directive silences; `None` is every rule, no name at all is a slip."""
    if directive.verb not in ("ignore", "ignore-file"):
        return ()
    if directive.rules is None:
        return (None,)
    return tuple(name for name, _ in directive.rules)


# --- which lines belong together -----------------------------------------------------------------


def _lines_of(span: Span, statements: tuple[tuple[int, int], ...]) -> frozenset[int]:
    """The lines on which a comment speaks of a finding at `span`."""
    around = [
        (last - first, first, last) for first, last in statements if first <= span.line <= last
    ]
    lines = set(range(span.line, span.end_line + 1))
    if around:
        _, first, last = min(around)
        lines |= {first, last}
    return frozenset(lines)


def _statement_lines(block: nodes.Block, syntax: Syntax) -> Iterator[tuple[int, int]]:
    """First and last line of every statement; of a compound one, of its head only."""
    waiting = [block]
    while waiting:
        for statement in waiting.pop().statements:
            span = syntax.span(statement)
            blocks = tuple(_blocks(statement))
            waiting.extend(blocks)
            last = span.end_line
            if blocks and blocks[0].statements:
                body = syntax.line(blocks[0].statements[0])
                last = max(span.line, body - 1)
            yield span.line, last


def _blocks(statement: nodes.Statement) -> Iterator[nodes.Block]:
    """The blocks directly inside a statement, in order."""
    for part in ("body", "handlers", "cases", "orelse", "finalbody"):
        value = getattr(statement, part, None)
        if isinstance(value, nodes.Block):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, nodes.Handler | nodes.Case):
                    yield item.body


# --- comments that silence nothing ---------------------------------------------------------------


def _unused(
    directive: Directive,
    used: set[tuple[Directive, str | None]],
    syntax: Syntax,
    path: str,
    active: Collection[str],
    rules: Collection[str],
) -> Iterator[Finding]:
    def report(span: Span, message: str, fixes: tuple[Fix, ...] = ()) -> Finding:
        return Finding(path, span, UNUSED_IGNORE, Severity.WARNING, message, fixes=fixes)

    verbs = ("ignore", "ignore-file")
    if directive.verb not in verbs:
        advice = nearest(directive.verb, verbs)
        yield report(directive.span, f"unknown comment 'corolint: {directive.verb}'{advice}")
        return
    removal = (_removal(directive, syntax),)
    if directive.rules is None:
        if (directive, None) not in used:
            yield report(directive.span, "this comment silences nothing", removal)
        return
    if not directive.rules:
        yield report(directive.span, "this comment names no rule and silences nothing", removal)
    named = [name for name, _ in directive.rules]
    if UNUSED_IGNORE in named:
        return
    idle = [name for name in named if (directive, name) not in used]
    for name, span in directive.rules:
        if name not in idle:
            continue
        if name not in rules:
            yield report(span, f"unknown rule '{name}'{nearest(name, rules)}")
        elif name in active:
            fix = removal if idle == named else (_removal_of_name(directive, name, syntax),)
            yield report(span, f"nothing here is reported as '{name}'", fix)


_TITLE = "Remove the unused ignore comment"


def _removal(directive: Directive, syntax: Syntax) -> Fix:
    """Takes the comment away, with the space before it, or its line if nothing else is on it."""
    line = syntax.lines[directive.span.line - 1]
    before = line[: directive.span.column].rstrip()
    if not before and not line[directive.span.end_column :].strip():
        whole = Span(directive.span.line, 0, directive.span.line + 1, 0)
        return Fix(_TITLE, (Edit(whole, ""),), safe=True, preferred=True)
    span = directive.span._replace(column=len(before))
    return Fix(_TITLE, (Edit(span, ""),), safe=True, preferred=True)


def _removal_of_name(directive: Directive, name: str, syntax: Syntax) -> Fix:
    """Takes one name out of the brackets and leaves the others."""
    assert directive.rules is not None
    spans = [span for _, span in directive.rules]
    index = [each for each, _ in directive.rules].index(name)
    if index + 1 < len(spans):
        span = spans[index]._replace(end_column=spans[index + 1].column)
    else:
        span = spans[index]._replace(column=spans[index - 1].end_column)
    return Fix(f"Remove '{name}' from the ignore comment", (Edit(span, ""),), True, True)
