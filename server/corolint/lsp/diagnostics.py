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
from collections.abc import Sequence

from lsprotocol import types as lsp
from lsprotocol.converters import get_converter

from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, Places, to_diagnostic, to_uri
from corolint.lsp.session import Session
from corolint.lsp.view import View

DEBOUNCE = 0.005  # seconds; enough for the edits of one keystroke to arrive together
CALM = 0.5  # seconds without a change before the whole workspace is looked at again

OPTIONS = lsp.DiagnosticOptions(
    identifier="corolint", inter_file_dependencies=True, workspace_diagnostics=True
)

_converter = get_converter()
_log = logging.getLogger(__name__)


def diagnostics_of(
    analysis: Analysis, path: str, uri: str, view: View, client: Abilities
) -> list[lsp.Diagnostic]:
    """The diagnostics of the document `uri`, which shows (a part of) the file `path`.

    To be called in the worker's thread. Empty for a file that cannot be read.
    """
    text = analysis.text(path, view)
    if text is None:
        return []
    places = Places(view, client.encoding, lambda each: analysis.lines(each, view))
    try:
        found = analysis.findings(path, text, view)
    except Exception as error:  # The session outlives every mistake of ours.
        _log.exception("checking %s", path)
        analysis.problems[f"internal error in {path}: {type(error).__name__}: {error}"] = None
        return []
    return [
        to_diagnostic(finding, places, client)
        for finding in found
        if places.location(path, finding.span).uri == uri
    ]


def result_id(items: Sequence[lsp.Diagnostic]) -> str:
    """An id that is equal when the diagnostics are."""
    content = json.dumps(_converter.unstructure(items, list[lsp.Diagnostic]), sort_keys=True)
    return hashlib.blake2b(content.encode(), digest_size=12).hexdigest()


# --- pull ----------------------------------------------------------------------------------------


async def pull_document(
    session: Session, params: lsp.DocumentDiagnosticParams
) -> lsp.DocumentDiagnosticReport:
    """``textDocument/diagnostic``. If the text changes meanwhile, the newest text is answered."""
    items = await current_diagnostics(session, params.text_document.uri)
    identifier = result_id(items)
    if identifier == params.previous_result_id:
        return lsp.RelatedUnchangedDocumentDiagnosticReport(identifier)
    return lsp.RelatedFullDocumentDiagnosticReport(items=items, result_id=identifier)


async def current_diagnostics(session: Session, uri: str) -> list[lsp.Diagnostic]:
    """The diagnostics of an open document as it stands when they are ready."""
    await session.configured.wait()
    while True:
        view = session.view()
        shown = view.document(uri)
        if shown is None:
            return []
        path, client = shown.path, session.client
        items = await session.ask(
            lambda analysis: diagnostics_of(analysis, path, uri, view, client)  # noqa: B023
        )
        if session.view().texts.get(path) == view.texts[path]:
            return items


async def pull_workspace(
    session: Session, params: lsp.WorkspaceDiagnosticParams
) -> lsp.WorkspaceDiagnosticReport:
    """``workspace/diagnostic``: reports of closed files, once at least one of them is news."""
    await session.configured.wait()
    known = {each.uri: each.value for each in params.previous_result_ids}
    while True:
        revision = session.revision
        items = await _workspace_items(session, known)
        if items:
            return lsp.WorkspaceDiagnosticReport(items)
        await session.change(since=revision)
        await _calm(session)


async def _calm(session: Session) -> None:
    """Waits until nothing has changed for a while."""
    revision = None
    while revision != session.revision:
        revision = session.revision
        await asyncio.sleep(CALM)


async def _workspace_items(
    session: Session, known: dict[str, str]
) -> list[lsp.WorkspaceDocumentDiagnosticReport]:
    """What is news to a client that knows `known` (URI -> result id); open files it asks for."""
    view, client = session.view(), session.client
    items: list[lsp.WorkspaceDocumentDiagnosticReport] = []
    wanted: list[str] = []
    if session.options.diagnostic_mode == "workspace":
        wanted = await session.ask(lambda analysis: list(analysis.workspace_files(view)))
    gone = dict(known)
    for path in wanted:
        uri = to_uri(path)
        if view.document(uri) is not None or path in view.texts:
            gone.pop(uri, None)
            continue
        found = await session.ask(
            lambda analysis: diagnostics_of(analysis, path, uri, view, client),  # noqa: B023
            background=True,
        )
        identifier = result_id(found)
        before = gone.pop(uri, None)
        if before != identifier and (found or before):
            items.append(_full(uri, found, identifier))
    items += [_full(uri, [], "") for uri in gone if gone[uri] and view.document(uri) is None]
    return items


def _full(
    uri: str, items: list[lsp.Diagnostic], identifier: str
) -> lsp.WorkspaceFullDocumentDiagnosticReport:
    return lsp.WorkspaceFullDocumentDiagnosticReport(
        uri=uri, items=items, result_id=identifier, version=None
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
            items = await self._diagnostics(uri, view, background=False)
            if session.view().texts == view.texts:
                self._send(uri, items)
            if session.revision != revision:
                return False
        return True

    async def _push_closed(self) -> None:
        """Sends what is news about files that are not open, as far as the mode asks for them."""
        session = self._session
        revision, view = session.revision, session.view()
        wanted: list[str] = []
        if session.options.diagnostic_mode == "workspace":
            wanted = await session.ask(lambda analysis: list(analysis.workspace_files(view)))
        uris = {to_uri(path): path for path in wanted if path not in view.texts}
        for uri in [each for each in self._sent if each not in uris]:
            if view.document(uri) is None:
                self._send(uri, [])
                del self._sent[uri]
        for uri in uris:
            items = await self._diagnostics(uri, view, background=True, path=uris[uri])
            if session.revision != revision:
                return
            self._send(uri, items)

    async def _diagnostics(
        self, uri: str, view: View, *, background: bool, path: str | None = None
    ) -> list[lsp.Diagnostic]:
        shown, client = view.document(uri), self._session.client
        asked = path or (shown and shown.path)
        if not asked:
            return []
        return await self._session.ask(
            lambda analysis: diagnostics_of(analysis, asked, uri, view, client),
            background=background,
        )

    def _send(self, uri: str, items: list[lsp.Diagnostic]) -> None:
        document = self._session.document(uri)
        version = document.version if document else None
        state = (version, result_id(items))
        if self._sent.get(uri, (None, result_id([]))) == state:
            return
        self._sent[uri] = state
        self._session.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=items)
        )
