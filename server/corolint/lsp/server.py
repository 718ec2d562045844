"""``corolint server``: the handlers, and the start and end of the process.

Each handler says which request it is and who answers it. What the client can do is known when it
sends ``initialize``; features that depend on it are registered then.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import sys
from collections.abc import Sequence
from typing import BinaryIO

from lsprotocol import types as lsp
from pygls.protocol import default_converter

from corolint.lsp import (
    actions,
    configuration,
    definition,
    diagnostics,
    hover,
    inlay_hints,
    transport,
)
from corolint.lsp.analysis import Analysis
from corolint.lsp.configuration import use_options
from corolint.lsp.convert import abilities, encoding_name
from corolint.lsp.garbage import look_only_at_the_young
from corolint.lsp.processes import is_alive, watch
from corolint.lsp.session import Session


def make_server(analysis: Analysis | None = None) -> Session:
    """A server for one client, with every handler in place."""
    server = Session(analysis or Analysis(), default_converter)
    _add_life(server)
    _add_documents(server)
    _add_features(server)
    _add_commands(server)
    return server


def _add_life(server: Session) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(session: Session, params: lsp.InitializeParams) -> None:
        session.protocol.use_own_documents()
        encoding = encoding_name(session.workspace.position_encoding)
        session.client = abilities(params.capabilities, encoding)
        use_options(session, session.plain(params.initialization_options))
        session.start(session.ask(Analysis.prepare))
        if not session.client.configuration:
            session.configured.set()
        if session.client.pulls_diagnostics:
            session.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, diagnostics.OPTIONS)(pull_document)
            session.feature(lsp.WORKSPACE_DIAGNOSTIC)(pull_workspace)
        # A process id from another machine or container names nobody here, and is not watched.
        if params.process_id is not None and is_alive(params.process_id):
            session.start(watch(params.process_id, lambda: session.protocol.on_exit(1)))

    @server.feature(lsp.INITIALIZED)
    async def initialized(session: Session, params: lsp.InitializedParams) -> None:
        if not session.client.pulls_diagnostics:
            session.start(diagnostics.Pusher(session).run())
        await configuration.begin(session)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def options(session: Session, params: lsp.DidChangeConfigurationParams) -> None:
        await configuration.options_changed(session, params)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def files(session: Session, params: lsp.DidChangeWatchedFilesParams) -> None:
        await configuration.files_changed(session, params)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(session: Session, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        session.touch()


def _add_documents(server: Session) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(session: Session, params: lsp.DidOpenTextDocumentParams) -> None:
        session.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(session: Session, params: lsp.DidChangeTextDocumentParams) -> None:
        session.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(session: Session, params: lsp.DidCloseTextDocumentParams) -> None:
        session.touch()

    @server.feature(lsp.NOTEBOOK_DOCUMENT_DID_OPEN)
    def notebook_opened(session: Session, params: lsp.DidOpenNotebookDocumentParams) -> None:
        session.touch()

    @server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def notebook_changed(session: Session, params: lsp.DidChangeNotebookDocumentParams) -> None:
        session.touch()

    @server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def notebook_closed(session: Session, params: lsp.DidCloseNotebookDocumentParams) -> None:
        session.touch()


def _add_features(server: Session) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def on_hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
        return await hover.hover(session, params)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def on_definition(
        session: Session, params: lsp.DefinitionParams
    ) -> list[lsp.Location] | list[lsp.LocationLink] | None:
        return await definition.definition(session, params)

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def on_inlay_hint(session: Session, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        return await inlay_hints.inlay_hints(session, params)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, actions.OPTIONS)
    async def code_action(
        session: Session, params: lsp.CodeActionParams
    ) -> list[lsp.CodeAction | lsp.Command]:
        return await actions.code_actions(session, params)

    @server.feature(lsp.CODE_ACTION_RESOLVE)
    async def resolve(session: Session, params: lsp.CodeAction) -> lsp.CodeAction:
        return await actions.resolve(session, params)


def _add_commands(server: Session) -> None:
    @server.command("corolint.server.explainRule")
    async def explain(session: Session, rule: str) -> str | None:
        return await session.ask(lambda analysis: analysis.explain(rule))

    @server.command("corolint.server.fixAll")
    async def fix_all(session: Session, uri: str) -> str | None:
        return await actions.fix_all(session, uri)

    @server.command("corolint.server.readEverythingAnew")
    async def reset(session: Session) -> None:
        await session.ask(lambda analysis: analysis.reset())
        session.touch()
        await configuration.refresh(session)


async def pull_document(
    session: Session, params: lsp.DocumentDiagnosticParams
) -> lsp.DocumentDiagnosticReport:
    """Registered only for a client that pulls."""
    return await diagnostics.pull_document(session, params)


async def pull_workspace(
    session: Session, params: lsp.WorkspaceDiagnosticParams
) -> lsp.WorkspaceDiagnosticReport:
    """Registered only for a client that pulls."""
    return await diagnostics.pull_workspace(session, params)


# --- the process ---------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """Serves one client; gives 0 after an orderly ``shutdown`` and ``exit``, else 1.

    Source of the codes: LSP 3.17, "Exit Notification".
    """
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=arguments.log_level.upper(), stream=sys.stderr)
    # pygls tells at this level of every message that comes and goes, with all it holds.
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.root.level))
    # The event loop gets its turn after this long even while a file is analysed.
    sys.setswitchinterval(0.001)
    look_only_at_the_young()
    try:
        if arguments.tcp:
            return _serve_tcp(arguments.host, arguments.port)
        return _serve_stdio()
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="corolint server", description="Serve one editor over the Language Server Protocol."
    )
    parser.add_argument("--stdio", action="store_true", help="use stdin and stdout (the default)")
    parser.add_argument("--tcp", action="store_true", help="wait for one connection instead")
    parser.add_argument("--host", default="127.0.0.1", help="address to wait on (%(default)s)")
    parser.add_argument("--port", type=int, default=2087, help="port to wait on (%(default)s)")
    parser.add_argument(
        "--log-level", default="warning", choices=["debug", "info", "warning", "error"]
    )
    return parser


def _serve_stdio() -> int:
    """Keeps the two pipes for the protocol; whatever else prints, prints to the error stream."""
    reading = open(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    writing = open(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr
    return asyncio.run(serve(make_server(), reading, writing))


def _serve_tcp(host: str, port: int) -> int:
    with socket.create_server((host, port)) as listening:
        actual = listening.getsockname()[1]
        print(f"corolint server: waiting on {host}:{actual}", file=sys.stderr, flush=True)
        connection, _ = listening.accept()
    with connection:
        reading = connection.makefile("rb", buffering=0)
        writing = connection.makefile("wb")
        return asyncio.run(serve(make_server(), reading, writing))


async def serve(server: Session, reading: transport.RawReader, writing: BinaryIO) -> int:
    """Serves until the client says ``exit`` or goes away; gives the exit code."""
    finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(code: int) -> None:
        if not finished.done():
            finished.set_result(code)

    server.protocol.on_exit = finish
    server.protocol.set_writer(transport.Writer(writing, on_broken=lambda: finish(1)))
    transport.pump(reading, server.protocol.receive, end=lambda: finish(1))
    return await finished
