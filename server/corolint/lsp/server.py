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

from corolint.lsp import diagnostics, hover, options, transport
from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import abilities
from corolint.lsp.processes import is_alive, watch
from corolint.lsp.session import Session


def make_server(analysis: Analysis | None = None) -> Session:
    """A server for one client, with every handler in place."""
    server = Session(analysis or Analysis(), default_converter)

    @server.feature(lsp.INITIALIZE)
    def initialize(session: Session, params: lsp.InitializeParams) -> None:
        session.protocol.use_own_documents()
        encoding = str(session.workspace.position_encoding)
        session.client = abilities(params.capabilities, encoding)
        use_options(session, params.initialization_options)
        # A process id from another machine or container names nobody here, and is not watched.
        if params.process_id is not None and is_alive(params.process_id):
            session.start(watch(params.process_id, lambda: session.protocol.on_exit(1)))
        if session.client.pulls_diagnostics:
            session.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, diagnostics.OPTIONS)(pull_document)
            session.feature(lsp.WORKSPACE_DIAGNOSTIC)(pull_workspace)

    @server.feature(lsp.INITIALIZED)
    def initialized(session: Session, params: lsp.InitializedParams) -> None:
        if not session.client.pulls_diagnostics:
            session.start(diagnostics.Pusher(session).run())

    async def pull_document(
        session: Session, params: lsp.DocumentDiagnosticParams
    ) -> lsp.DocumentDiagnosticReport:
        return await diagnostics.pull_document(session, params)

    async def pull_workspace(
        session: Session, params: lsp.WorkspaceDiagnosticParams
    ) -> lsp.WorkspaceDiagnosticReport:
        return await diagnostics.pull_workspace(session, params)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(session: Session, params: lsp.DidOpenTextDocumentParams) -> None:
        session.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(session: Session, params: lsp.DidChangeTextDocumentParams) -> None:
        session.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(session: Session, params: lsp.DidCloseTextDocumentParams) -> None:
        session.touch()

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def on_hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
        return await hover.hover(session, params)

    return server


def use_options(session: Session, raw: object) -> None:
    """Takes over what the client sent as settings."""
    session.options, problems = options.from_client(raw)
    chosen = session.options
    session.start(session.ask(lambda analysis: analysis.set_options(chosen)))
    for problem in problems:
        session.tell(problem)
    session.touch()


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
