"""Quick fixes, ignore comments, and all safe fixes of a file at once.

The fixes themselves come with the findings. An ignore comment is tried before it is offered: only
one that silences the finding, and breaks nothing, is shown. Clients that can ask later for an edit
get actions without one; all others get them complete.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from lsprotocol import types as lsp

from corolint.add_ignores import add_ignores
from corolint.edits import choose_fixes, edits_by_path
from corolint.finding import Edit, Finding, Fix
from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, Places, to_diagnostic, touches
from corolint.lsp.documents import position_of
from corolint.lsp.session import Session
from corolint.lsp.view import View
from corolint.mending.config_ignore import ignored_in_config
from corolint.text import Span

QUICK_FIX = lsp.CodeActionKind.QuickFix.value
FIX_ALL = "source.fixAll.corolint"
FIX_ALL_TITLE = "Apply all safe fixes of corolint"

OPTIONS = lsp.CodeActionOptions(code_action_kinds=[QUICK_FIX, FIX_ALL], resolve_provider=True)


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
    if _asks_for(QUICK_FIX, only):
        for finding in findings:
            location = place.places.location(finding.path, finding.span)
            if location.uri != place.uri or not touches(location.range, params.range):
                continue
            diagnostic = _same(to_diagnostic(finding, place.places, client), params.context)
            for fix in _fixes(finding, place, analysis):
                action = _action(fix, finding, place, client)
                action.diagnostics = [diagnostic]
                found.append(action)
    if only and _asks_for(FIX_ALL, only):
        safe = _all_safe(findings)
        if safe.edits:
            edit = _workspace_edit(safe, place.path, place, client)
            found.append(lsp.CodeAction(FIX_ALL_TITLE, FIX_ALL, edit=edit))
    return found


async def fix_all(session: Session, uri: str) -> str | None:
    """The command that makes all safe fixes of an open document; gives what stopped it."""
    view, client = session.view(), session.client
    if not client.applies_edits:
        return "the editor does not let servers edit"
    edit = await session.ask(lambda analysis: _fix_all(analysis, uri, view, client))
    if edit is None:
        return None
    label = FIX_ALL_TITLE
    done = await session.workspace_apply_edit_async(lsp.ApplyWorkspaceEditParams(edit, label))
    return None if done.applied else done.failure_reason or "the editor did not apply the edit"


def _fix_all(
    analysis: Analysis, uri: str, view: View, client: Abilities
) -> lsp.WorkspaceEdit | None:
    place = _place(analysis, uri, view, client)
    if place is None:
        return None
    safe = _all_safe(analysis.findings(place.path, place.text, view))
    return _workspace_edit(safe, place.path, place, client) if safe.edits else None


def _asks_for(kind: str, only: Sequence[str | lsp.CodeActionKind] | None) -> bool:
    """Is this kind, or one that it is a part of, among those the client wants?"""
    if not only:
        return True
    wanted = [str(getattr(each, "value", each)) for each in only]
    return any(each == "" or f"{kind}.".startswith(f"{each}.") for each in wanted)


def _same(diagnostic: lsp.Diagnostic, context: lsp.CodeActionContext) -> lsp.Diagnostic:
    """The client's own diagnostic for ours if it sent it, so that it knows what the fix mends."""
    for sent in context.diagnostics:
        if sent.code == diagnostic.code and sent.range == diagnostic.range:
            return sent
    return diagnostic


def _fixes(finding: Finding, place: _Place, analysis: Analysis) -> Iterator[Fix]:
    yield from finding.fixes
    yield from analysis.remedies(finding.path, place.text, place.view, finding)
    ignore = _ignore(finding, place.text)
    if ignore is not None:
        yield ignore
    ignore = _ignore_in_config(finding, place, analysis)
    if ignore is not None:
        yield ignore


def _action(fix: Fix, finding: Finding, place: _Place, client: Abilities) -> lsp.CodeAction:
    action = lsp.CodeAction(fix.title, QUICK_FIX)
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
            for fix in _fixes(finding, place, analysis):
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
    """The safe fixes of one file that do not get in each other's way, as one."""
    chosen = choose_fixes(findings, unsafe=False)
    own = [each for each in chosen if all(edit.path is None for edit in each[1].edits)]
    edits = [edit for edits in edits_by_path(own).values() for edit in edits]
    return Fix(FIX_ALL_TITLE, tuple(sorted(edits, key=lambda edit: edit.span)), safe=True)


def _ignore(finding: Finding, text: str) -> Fix | None:
    """An ignore comment for this finding alone; `None` where no comment can silence it."""
    silenced, count = add_ignores(text, [finding])
    return Fix(f"Ignore '{finding.rule}' here", (difference(text, silenced),)) if count else None


def _ignore_in_config(finding: Finding, place: _Place, analysis: Analysis) -> Fix | None:
    """The rule among the ignored ones of the project's configuration file, if it has one."""
    file = analysis.config_file(finding.path, place.view)
    before = analysis.text(file, place.view)
    if before is None:
        return None
    name = os.path.basename(file)
    after = ignored_in_config(before, finding.rule, is_own_file=name != "pyproject.toml")
    if after is None:
        return None
    edit = replace(difference(before, after), path=file)
    return Fix(f"Ignore '{finding.rule}' in {name}", (edit,))


def difference(before: str, after: str) -> Edit:
    """The smallest single edit that turns one text into the other."""
    shortest = min(len(before), len(after))
    start = next((n for n in range(shortest) if before[n] != after[n]), shortest)
    tail = next(
        (n for n in range(shortest - start) if before[-1 - n] != after[-1 - n]), shortest - start
    )
    first, last = position_of(before, start), position_of(before, len(before) - tail)
    span = Span(first[0] + 1, first[1], last[0] + 1, last[1])
    return Edit(span, after[start : len(after) - tail])
