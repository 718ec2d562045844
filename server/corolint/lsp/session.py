"""What one session with a client knows: the server object that every feature is given.

It holds what the client can do, what the editor set, and the worker with the analysis. `changed` is
the heartbeat: whatever may alter a finding (an edit, a saved file, a setting) calls `touch`, and
whoever shows findings waits for it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote

from lsprotocol import types as lsp

from corolint import __version__
from corolint.files import SUFFIXES
from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, to_path
from corolint.lsp.documents import Document
from corolint.lsp.options import Options
from corolint.lsp.protocol import Protocol, Server
from corolint.lsp.view import Shown, View, shown_cells
from corolint.lsp.worker import Worker
from corolint.paths import analysed_path

Result = TypeVar("Result")

NOTEBOOKS = lsp.NotebookDocumentSyncOptions(
    notebook_selector=[
        lsp.NotebookDocumentFilterWithCells(
            notebook="*", cells=[lsp.NotebookCellLanguage(language="python")]
        )
    ]
)


class Session(Server):
    """The language server of one client."""

    def __init__(self, analysis: Analysis, converter_factory: Callable[[], Any]) -> None:
        super().__init__(
            "corolint",
            __version__,
            lsp.TextDocumentSyncKind.Incremental,
            NOTEBOOKS,
            protocol_cls=Protocol,
            converter_factory=converter_factory,
        )
        self.analysis = analysis
        self.client = Abilities()
        self.options = Options()
        self.revision = 0
        self._edited: dict[str, None] = {}
        self.configured = asyncio.Event()
        self.reading = asyncio.Lock()
        self.tasks: set[asyncio.Task[None]] = set()
        self._worker = Worker()
        self._waiting: set[asyncio.Future[None]] = set()

    # --- documents -------------------------------------------------------------------------------

    def document(self, uri: str) -> Document | None:
        """The open document with this URI."""
        found = self.workspace.text_documents.get(unquote(uri))
        return found if isinstance(found, Document) else None

    def view(self) -> View:
        """What the editor shows at this moment."""
        texts: dict[str, str] = {}
        shown: list[Shown] = []
        in_notebooks: set[str] = set()
        for uri, notebook in self.workspace.notebook_documents.items():
            path = self.path_of(uri)
            cells = [each.document for each in notebook.cells]
            in_notebooks.update(cells)
            python = [(cell, each.source) for cell in cells if (each := self._python(cell))]
            texts[path], places = shown_cells(path, python)
            shown += places
        for document in self.workspace.text_documents.values():
            if document.uri not in in_notebooks and self._python(document.uri):
                texts[self.path_of(document.uri)] = document.source
                path = self.path_of(document.uri)
                shown.append(Shown(document.uri, path, version=document.version))
        return View(texts, tuple(shown), self._folders())

    def recent_uris(self) -> list[str]:
        """The URIs of all that is shown, what was edited last first."""
        last = {uri: place for place, uri in enumerate(self._edited)}
        return sorted((each.uri for each in self.view().shown), key=lambda uri: -last.get(uri, -1))

    def edited(self, uri: str) -> None:
        """The document was opened or edited just now."""
        self._edited.pop(uri, None)
        self._edited[uri] = None
        self.touch()

    def _python(self, uri: str) -> Document | None:
        """The open document with this URI if it is Python."""
        document = self.document(uri)
        if document is None:
            return None
        if document.language_id in (None, "", "python") or uri.endswith(SUFFIXES):
            return document
        return None

    def path_of(self, uri: str) -> str:
        """The absolute path under which a document is analysed.

        What is no file counts as one in the first folder, so that its imports are found there.
        """
        path = to_path(uri)
        if path is None:
            folders = self._folders()
            name = unquote(uri).rpartition(":")[2].strip("/").replace("/", "_")
            path = os.path.join(folders[0] if folders else os.getcwd(), name)
        return analysed_path(os.path.normpath(path))

    def _folders(self) -> tuple[str, ...]:
        folders = [folder_path(uri) for uri in self.workspace.folders]
        if not folders and self.workspace.root_path:
            folders = [os.path.normpath(self.workspace.root_path)]
        return tuple(folder for folder in folders if folder)

    # --- work ------------------------------------------------------------------------------------

    async def ask(
        self, question: Callable[[Analysis], Result], *, background: bool = False
    ) -> Result:
        """Asks the analysis in its thread, and tells the user what it found wrong with settings."""
        result = await self._worker.run(lambda: question(self.analysis), background=background)
        for problem in list(self.analysis.problems):
            del self.analysis.problems[problem]
            self.tell(problem)
        return result

    def start(self, work: Any) -> None:
        """Runs a coroutine beside everything else, until the session ends."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def touch(self) -> None:
        """Something changed that findings may depend on."""
        self.revision += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    async def change(self, since: int) -> None:
        """Waits until `revision` is no longer `since`."""
        while self.revision == since:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.add(waiting)
            await waiting

    async def refresh_diagnostics(self) -> None:
        """Asks a client that pulls diagnostics to do it again, where it takes such wishes."""
        if self.client.pulls_diagnostics and self.client.refreshes_diagnostics:
            await self.workspace_diagnostic_refresh_async(None)

    def plain(self, value: object) -> object:
        """A value of the type "any" of the protocol as plain dictionaries, lists and texts."""
        return json.loads(json.dumps(value, default=self.protocol._serialize_message))

    def tell(self, message: str, kind: lsp.MessageType = lsp.MessageType.Warning) -> None:
        """A line in the client's log, for things that the user should mend."""
        self.window_log_message(lsp.LogMessageParams(kind, message))


def folder_path(uri: str) -> str:
    """The path of a workspace folder; empty for one that is on no disk."""
    path = to_path(uri)
    return os.path.normpath(path) if path else ""
