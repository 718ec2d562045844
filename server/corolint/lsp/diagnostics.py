"""Findings as diagnostics: pulled where the client can pull, else pushed, and never both.

A client that pulls asks for one document, or for the whole workspace; each report carries an id
made of its content, and a client that still has that content is told just "unchanged". A question
about the workspace is answered when there is news, not before: clients ask again at once.

To a client that cannot pull, every open document is sent after every change, the one edited last
first. While one is analysed more edits may come; then the result is of a text that is gone, and it
is dropped: the newest text is always next.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import NamedTuple

from lsprotocol import types as lsp
from lsprotocol.converters import get_converter

from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, Places, to_diagnostic, to_uri
from corolint.lsp.indexing import read_project, read_project_to_end
from corolint.lsp.progress import Cancelled, progress
from corolint.lsp.session import Session
from corolint.lsp.view import Shown, View

DEBOUNCE = 0.005  # seconds; enough for the edits of one keystroke to arrive together
CALM = 0.5  # seconds without a change before the whole workspace is looked at again

OPTIONS = lsp.DiagnosticOptions(
    identifier="corolint", inter_file_dependencies=True, workspace_diagnostics=True
)

_converter = get_converter()
_log = logging.getLogger(__name__)


class Report(NamedTuple):
    """The diagnostics of one document, and an id that is equal when they are."""

    items: list[lsp.Diagnostic]
    identifier: str


def make_report(items: list[lsp.Diagnostic]) -> Report:
    """Both together; made in the worker's thread, since it takes a while for many."""
    content = json.dumps(_converter.unstructure(items, list[lsp.Diagnostic]), sort_keys=True)
    return Report(items, hashlib.blake2b(content.encode(), digest_size=12).hexdigest())


NOTHING = make_report([])


def report_on(analysis: Analysis, path: str, uri: str, view: View, client: Abilities) -> Report:
    """The diagnostics of the document `uri`, which shows (a part of) the file `path`.

    To be called in the worker's thread. Empty for a file that cannot be read.
    """
    text = analysis.text(path, view)
    if text is None:
        return NOTHING
    places = Places(view, client.encoding, lambda each: analysis.lines(each, view))
    try:
        found = analysis.findings(path, text, view)
    except Exception as error:  # The session outlives every mistake of ours.
        _log.exception("checking %s", path)
        analysis.problems[f"internal error in {path}: {type(error).__name__}: {error}"] = None
        return NOTHING
    return make_report(
        [
            to_diagnostic(finding, places, client)
            for finding in found
            if places.location(path, finding.span).uri == uri
        ]
    )


async def current_report(session: Session, uri: str) -> Report:
    """The diagnostics of an open document as it stands when they are ready."""
    await session.configured.wait()
    while True:
        view, client = session.view(), session.client
        shown = view.document(uri)
        if shown is None:
            return NOTHING
        await read_project(session, shown.path, view)
        report = await session.ask(partial(_report_on_shown, shown, view, client))
        if session.view().texts.get(shown.path) == view.texts[shown.path]:
            return report


def _report_on_shown(shown: Shown, view: View, client: Abilities, analysis: Analysis) -> Report:
    return report_on(analysis, shown.path, shown.uri, view, client)


async def closed_reports(session: Session, view: View) -> AsyncGenerator[tuple[str, Report], None]:
    """URI and report of every file of the workspace that is not open, if the mode asks for them.

    Raises `Cancelled` when the user has no patience for the rest.
    """
    if session.options.diagnostic_mode != "workspace":
        return
    paths = await session.ask(lambda analysis: analysis.workspace_files(view))
    closed = [path for path in paths if path not in view.texts]
    async with progress(session, "corolint: checking the workspace", len(closed)) as bar:
        for done, path in enumerate(closed):
            if bar.is_cancelled:
                raise Cancelled
            uri = to_uri(path)
            await read_project_to_end(session, path, view)
            question = partial(_report_on_shown, Shown(uri, path), view, session.client)
            yield uri, await session.ask(question, background=True)
            bar.tell(done + 1)


# --- pull ----------------------------------------------------------------------------------------


async def pull_document(
    session: Session, params: lsp.DocumentDiagnosticParams
) -> lsp.DocumentDiagnosticReport:
    """``textDocument/diagnostic``. If the text changes meanwhile, the newest text is answered."""
    report = await current_report(session, params.text_document.uri)
    if report.identifier == params.previous_result_id:
        return lsp.RelatedUnchangedDocumentDiagnosticReport(report.identifier)
    return lsp.RelatedFullDocumentDiagnosticReport(report.items, result_id=report.identifier)


async def pull_workspace(
    session: Session, params: lsp.WorkspaceDiagnosticParams
) -> lsp.WorkspaceDiagnosticReport:
    """``workspace/diagnostic``: reports of closed files, once at least one of them is news."""
    await session.configured.wait()
    known = {each.uri: each.value for each in params.previous_result_ids}
    while True:
        revision = session.revision
        news = await _news(session, known)
        if news:
            return lsp.WorkspaceDiagnosticReport(news)
        await session.change(since=revision)
        await _calm(session)


async def _calm(session: Session) -> None:
    """Waits until nothing has changed for a while."""
    revision = None
    while revision != session.revision:
        revision = session.revision
        await asyncio.sleep(CALM)


async def _news(
    session: Session, known: dict[str, str]
) -> list[lsp.WorkspaceDocumentDiagnosticReport]:
    """What a client that knows `known` (URI -> result id) has not heard of closed files."""
    view = session.view()
    news: list[lsp.WorkspaceDocumentDiagnosticReport] = []
    # The client asks for open documents by themselves; of what is gone it must hear once.
    gone = {uri for uri in known if view.document(uri) is None}
    try:
        async with aclosing(closed_reports(session, view)) as reports:
            async for uri, report in reports:
                gone.discard(uri)
                if report.identifier != known.get(uri, NOTHING.identifier):
                    news.append(_full(uri, report))
    except Cancelled:
        return news  # Of the others nothing new is known, also not that they are gone.
    return news + [_full(uri, NOTHING) for uri in gone if known[uri] != NOTHING.identifier]


def _full(uri: str, report: Report) -> lsp.WorkspaceFullDocumentDiagnosticReport:
    return lsp.WorkspaceFullDocumentDiagnosticReport(
        uri=uri, items=report.items, result_id=report.identifier, version=None
    )


# --- push ----------------------------------------------------------------------------------------


class Pusher:
    """Sends diagnostics to a client that cannot ask for them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sent: dict[str, tuple[int | None, str]] = {}

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        await self._session.configured.wait()
        while True:
            revision = self._session.revision
            await asyncio.sleep(DEBOUNCE)
            if await self._push_open() and self._session.revision == revision:
                await self._push_closed()
            await self._session.change(since=revision)

    async def _push_open(self) -> bool:
        """Sends what is news about open documents; false if an edit came in between."""
        session = self._session
        for uri in session.recent_uris():
            revision, view = session.revision, session.view()
            shown = view.document(uri)
            if shown is None:
                continue
            await read_project(session, shown.path, view)
            report = await session.ask(partial(_report_on_shown, shown, view, session.client))
            if session.view().texts.get(shown.path) == view.texts[shown.path]:
                self._send(uri, report)
            if session.revision != revision:
                return False
        return True

    async def _push_closed(self) -> None:
        """Sends what is news about files that are not open, until an edit comes in between."""
        session = self._session
        revision, view = session.revision, session.view()
        gone = {uri for uri in self._sent if view.document(uri) is None}
        try:
            async with aclosing(closed_reports(session, view)) as reports:
                async for uri, report in reports:
                    if session.revision != revision:
                        return
                    gone.discard(uri)
                    self._send(uri, report)
        except Cancelled:
            return
        for uri in gone:
            self._send(uri, NOTHING)
            del self._sent[uri]

    def _send(self, uri: str, report: Report) -> None:
        document = self._session.document(uri)
        version = document.version if document else None
        state = (version, report.identifier)
        if self._sent.get(uri, (None, NOTHING.identifier)) == state:
            return
        self._sent[uri] = state
        self._session.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=report.items)
        )
