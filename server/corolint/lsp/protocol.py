"""The manners of the protocol, where they are not those of pygls.

pygls brings messages to handlers. What the specification demands around them is here: errors for
requests that come before ``initialize`` (-32002) or after ``shutdown`` (-32600), an answer to
every request even if its parameters make no sense, an exit code that says whether ``shutdown`` came
first. And what people demand: an error goes to the log, never into a box on the screen.

An example. ``{"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": 3}`` gets
``{"id": 1, "error": {"code": -32602, …}}`` and nothing else happens.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Generator
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import (
    FeatureRequestError,
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from corolint.lsp.documents import Documents

_log = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """One session with one client. `on_exit` is called once with the exit code."""

    def __init__(self, server: LanguageServer, converter: Any) -> None:
        self._initialize_seen = False
        self.on_exit: Callable[[int], None] = lambda code: None
        super().__init__(server, converter)

    def receive(self, body: bytes) -> None:
        """Handles one message. Never raises."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            self._refuse(None, JsonRpcParseError(f"not JSON: {error}"))
            return
        if not isinstance(message, dict) or not isinstance(message.get("method", ""), str):
            self._refuse(None, JsonRpcInvalidRequest("not a JSON-RPC message"))
        elif "method" not in message:
            self._receive_response(message)
        elif "id" in message:
            self._receive_request(message)
        else:
            self._receive_notification(message)

    def _receive_request(self, message: dict[str, Any]) -> None:
        method, identifier = message["method"], message["id"]
        if not isinstance(identifier, (str, int)):
            self._refuse(None, JsonRpcInvalidRequest("the id must be a string or a number"))
        elif self._shutdown:
            self._refuse(identifier, JsonRpcInvalidRequest("the server is shutting down"))
        elif method == lsp.INITIALIZE and self._initialize_seen:
            self._refuse(identifier, JsonRpcInvalidRequest("already initialized"))
        elif method != lsp.INITIALIZE and not self._initialize_seen:
            self._refuse(identifier, JsonRpcServerNotInitialized("not initialized yet"))
        else:
            try:
                structured = self.structure_message({"params": None, **message})
            except JsonRpcException as error:
                reason = error.__cause__ or error
                self._refuse(identifier, JsonRpcInvalidParams(f"{method}: {reason}"))
                return
            self._initialize_seen = True
            self._tell_of(message)
            self.handle_message(structured)

    def _receive_notification(self, message: dict[str, Any]) -> None:
        method = message["method"]
        if method == lsp.EXIT:
            self.on_exit(0 if self._shutdown else 1)
            return
        if self._shutdown or not self._initialize_seen:
            return  # "Notifications should be dropped, except for the exit notification."
        try:
            structured = self.structure_message({"params": None, **message})
        except JsonRpcException as error:
            _log.warning("%s: %s", method, error.__cause__ or error)
            return
        self._tell_of(message)
        self.handle_message(structured)

    def _tell_of(self, message: dict[str, Any]) -> None:
        """``$/logTrace``: what came in, to a client that set its trace to that, by ``initialize``
        or ``$/setTrace``."""
        if message["method"] == lsp.INITIALIZE:
            params = message.get("params") or {}
            self.trace = lsp.TraceValue(params.get("trace") or "off")
        elif self.trace != lsp.TraceValue.Off:
            is_verbose = self.trace == lsp.TraceValue.Verbose
            verbose = json.dumps(message.get("params")) if is_verbose else None
            self.notify(lsp.LOG_TRACE, lsp.LogTraceParams(f"received {message['method']}", verbose))

    def _receive_response(self, message: dict[str, Any]) -> None:
        """A response that makes no sense fails what waits for it, instead of leaving it waiting."""
        try:
            self.handle_message(self.structure_message(message))
        except Exception as error:
            waiting = self._request_futures.pop(message.get("id", ""), None)
            if waiting is not None and not waiting.done():
                waiting.set_exception(JsonRpcInvalidParams(f"unexpected response: {error}"))

    def _refuse(self, identifier: str | int | None, error: JsonRpcException) -> None:
        """Answers with `error`; a message without a readable id is answered with the id null."""
        details = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": identifier, "error": details})

    def use_own_documents(self) -> None:
        """To be called while `initialize` is handled, before any document is open."""
        self._workspace = Documents.like(self.workspace)

    @lsp_method(lsp.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Cancels what is under way and refuses what comes later; `exit` is still to come."""
        handler = self.fm.features.get(lsp.SHUTDOWN)
        if handler is not None:
            yield handler, args, None
        for identifier, future in list(self._request_futures.items()):
            if identifier != self.msg_id and not future.done():
                future.cancel()
        self._shutdown = True


class Server(LanguageServer):
    """pygls' server without its boxes on the screen; errors go to the log."""

    protocol: Protocol

    def report_server_error(self, error: Exception, source: Any) -> None:
        if source is not FeatureRequestError:  # Whose answer has told the client already.
            _log.error("%s", error, exc_info=error)

    def shutdown(self) -> None:
        """Nothing to stop: the threads that read and analyse are daemons."""
