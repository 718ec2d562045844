"""Quick fixes, ignore comments, and all safe fixes of a file at once.

The fixes themselves come with the findings. An ignore comment is tried before it is offered: the
text with the comment is checked, and only a comment that silences the finding, and breaks nothing,
is shown. Clients that can ask later for an edit get actions without; all others get them complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lsprotocol import types as lsp

from corolint.finding import Edit, Finding, Fix
from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, Places, to_diagnostic
from corolint.lsp.documents import line_starts
from corolint.lsp.session import Session
from corolint.lsp.view import View
from corolint.text import Span, split_lines

FIX_ALL = "source.fixAll.corolint"
FIX_ALL_TITLE = "Apply all safe fixes of corolint"

OPTIONS = lsp.CodeActionOptions(
    code_action_kinds=[lsp.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True
)


async def code_actions(
    session: Session, params: lsp.CodeActionParams
) -> list[lsp.CodeAction | lsp.Command]:
    """``textDocument/codeAction``."""
    view, client = session.view(), session.client
    if not client.action_literals:
        return []
    return await session.ask(lambda analysis: _actions(analysis, params, view, client))


async def resolve(session: Session, action: lsp.CodeAction) -> lsp.CodeAction:
    """``codeAction/resolve``: the action with its edit, if it still applies."""
    view, client = session.view(), session.client
    data = session.plain(action.data)
    if isinstance(data, dict):
        action.edit = await session.ask(lambda analysis: _edit_of(analysis, data, view, client))
    return action


class _Place(NamedTuple):
    """A document, the text it shows a part of, and what leads from one to the other."""

    uri: str
    path: str
    text: str
    view: View
    places: Places


def _place(analysis: Analysis, uri: str, view: View, client: Abilities) -> _Place | None:
    shown = view.document(uri)
    if shown is None:
        return None
    places = Places(view, client.encoding, lambda path: analysis.lines(path, view))
    return _Place(uri, shown.path, view.texts[shown.path], view, places)


def _actions(
    analysis: Analysis, params: lsp.CodeActionParams, view: View, client: Abilities
) -> list[lsp.CodeAction | lsp.Command]:
    place = _place(analysis, params.text_document.uri, view, client)
    if place is None:
        return []
    findings = analysis.findings(place.path, place.text, view)
    only = params.context.only
    found: list[lsp.CodeAction | lsp.Command] = []
    if _asks_for(lsp.CodeActionKind.QuickFix, only):
        for finding in findings:
            location = place.places.location(finding.path, finding.span)
            if location.uri != place.uri or not _touch(location.range, params.range):
                continue
            diagnostic = _same(to_diagnostic(finding, place.places, client), params.context)
            for fix in _fixes(analysis, finding, place):
                action = _action(fix, finding, place, client)
                action.diagnostics = [diagnostic]
                found.append(action)
    if only and _asks_for(FIX_ALL, only):
        safe = _all_safe(findings)
        if safe.edits:
            edit = _workspace_edit(safe, place.path, place, client)
            found.append(lsp.CodeAction(FIX_ALL_TITLE, FIX_ALL, edit=edit))
    return found


def _asks_for(kind: str, only: Sequence[str | lsp.CodeActionKind] | None) -> bool:
    """Is this kind, or one that it is a part of, among those the client wants?"""
    if not only:
        return True
    wanted = [str(getattr(each, "value", each)) for each in only]
    return any(each == "" or f"{kind}.".startswith(f"{each}.") for each in wanted)


def _touch(first: lsp.Range, second: lsp.Range) -> bool:
    return not (_key(first.end) < _key(second.start) or _key(second.end) < _key(first.start))


def _key(position: lsp.Position) -> tuple[int, int]:
    return position.line, position.character


def _same(diagnostic: lsp.Diagnostic, context: lsp.CodeActionContext) -> lsp.Diagnostic:
    """The client's own diagnostic for ours if it sent it, so that it knows what the fix mends."""
    for sent in context.diagnostics:
        if sent.code == diagnostic.code and sent.range == diagnostic.range:
            return sent
    return diagnostic


def _fixes(analysis: Analysis, finding: Finding, place: _Place) -> Iterator[Fix]:
    yield from finding.fixes
    ignore = _ignore(analysis, finding, place)
    if ignore is not None:
        yield ignore


def _action(fix: Fix, finding: Finding, place: _Place, client: Abilities) -> lsp.CodeAction:
    action = lsp.CodeAction(fix.title, lsp.CodeActionKind.QuickFix)
    action.is_preferred = fix.preferred or None
    if client.resolves_edits:
        action.data = {
            "uri": place.uri,
            "rule": finding.rule,
            "span": list(finding.span),
            "title": fix.title,
        }
    else:
        action.edit = _workspace_edit(fix, finding.path, place, client)
    return action


def _edit_of(
    analysis: Analysis, data: dict[str, object], view: View, client: Abilities
) -> lsp.WorkspaceEdit | None:
    """The edit that `_action` left out; `None` if the text has changed since."""
    place = _place(analysis, str(data.get("uri")), view, client)
    if place is None:
        return None
    for finding in analysis.findings(place.path, place.text, view):
        if finding.rule == data.get("rule") and list(finding.span) == data.get("span"):
            for fix in _fixes(analysis, finding, place):
                if fix.title == data.get("title"):
                    return _workspace_edit(fix, finding.path, place, client)
    return None


def _workspace_edit(fix: Fix, path: str, place: _Place, client: Abilities) -> lsp.WorkspaceEdit:
    """The edits by document; with versions, so that a client never edits another text with them."""
    by_uri: dict[str, list[lsp.TextEdit]] = {}
    for edit in fix.edits:
        location = place.places.location(edit.path or path, edit.span)
        by_uri.setdefault(location.uri, []).append(lsp.TextEdit(location.range, edit.text))
    if not client.document_changes:
        return lsp.WorkspaceEdit(changes=dict(by_uri))
    changes = []
    for uri, edits in by_uri.items():
        shown = place.view.document(uri)
        version = shown.version if shown else None
        document = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        changes.append(lsp.TextDocumentEdit(document, list(edits)))
    return lsp.WorkspaceEdit(document_changes=list(changes))


def _all_safe(findings: Sequence[Finding]) -> Fix:
    """The safe fixes of one file that do not get in each other's way, the first ones winning."""
    edits: list[Edit] = []
    for finding in findings:
        fix = next((each for each in finding.fixes if each.safe), None)
        if fix is None or any(edit.path not in (None, finding.path) for edit in fix.edits):
            continue
        if not any(_overlap(edit.span, other.span) for edit in fix.edits for other in edits):
            edits += fix.edits
    return Fix(FIX_ALL_TITLE, tuple(edits), safe=True)


def _overlap(first: Span, second: Span) -> bool:
    """Whether two edits share a character, or insert at the same place."""
    return (first[:2] < second[2:] and second[:2] < first[2:]) or first[:2] == second[:2]


# --- ignore comments -----------------------------------------------------------------------------

_IGNORE = re.compile(r"#\s*corolint\s*:\s*ignore\s*\[([^\]#]*)\]")


def _ignore(analysis: Analysis, finding: Finding, place: _Place) -> Fix | None:
    """The first ignore comment that silences this finding and changes nothing else."""
    if finding.rule == "syntax-error":
        return None
    before = _rules_elsewhere(analysis.findings(place.path, place.text, place.view), finding)
    for edit in _comments(finding, split_lines(place.text)):
        text = apply_edit(place.text, edit)
        after = analysis.core_findings(place.path, text, place.view)
        if sorted(each.rule for each in after) == before:
            return Fix(f"Ignore '{finding.rule}' here", (edit,))
    return None


def _rules_elsewhere(findings: Sequence[Finding], finding: Finding) -> list[str]:
    """The rules of all the other findings, which must still be reported."""
    return sorted(each.rule for each in findings if each is not finding)


def _comments(finding: Finding, lines: Sequence[str]) -> Iterator[Edit]:
    """Edits that may silence the finding, the most usual first."""
    for number in dict.fromkeys((finding.span.end_line, finding.span.line)):
        line = lines[number - 1]
        existing = _IGNORE.search(line)
        if existing:
            column = existing.end(1)
            separator = ", " if existing[1].strip() else ""
            yield Edit(Span(number, column, number, column), f"{separator}{finding.rule}")
        else:
            column = len(line.rstrip())
            comment = f"  # corolint: ignore[{finding.rule}]"
            yield Edit(Span(number, column, number, len(line)), comment)
    number = finding.span.line
    indentation = re.match(r"\s*", lines[number - 1])
    assert indentation is not None
    above = f"{indentation[0]}# corolint: ignore[{finding.rule}]\n"
    yield Edit(Span(number, 0, number, 0), above)


def apply_edit(text: str, edit: Edit) -> str:
    """`text` after one edit."""
    starts = line_starts(text)
    start = starts[edit.span.line - 1] + edit.span.column
    end = starts[edit.span.end_line - 1] + edit.span.end_column
    return text[:start] + edit.text + text[end:]
