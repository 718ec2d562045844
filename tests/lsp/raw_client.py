"""A client that speaks bytes: for everything that a well-behaved client would never do.

It starts ``corolint server`` as a process of its own and reads in a thread, so that a server that
says nothing is a clear failure after `PATIENCE` seconds and not a test that hangs.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

PATIENCE = 30  # seconds until silence counts as a failure; nothing measured takes nearly as long
COMMAND = [sys.executable, "-m", "corolint", "server"]


class RawClient:
    def __init__(self, command: list[str] | None = None) -> None:
        self.process = subprocess.Popen(
            command or COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.errors = bytearray()
        self.passed: list[dict[str, Any]] = []
        """What came while the answer to a request was waited for."""
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._next_id = 0
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._drain)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            try:
                stream.close()
            except OSError:
                assert self.process.returncode is not None, "only a dead server breaks the pipe"

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: Any = None) -> None:
        self.send(method=method, params=params)

    def request(self, method: str, params: Any = None) -> dict[str, Any]:
        """Sends a request and gives its response, passing over what comes before it."""
        self._next_id += 1
        self.send(id=self._next_id, method=method, params=params)
        while True:
            message = self.receive()
            if "method" not in message and message.get("id") == self._next_id:
                return message
            self.passed.append(message)

    def receive(self) -> dict[str, Any]:
        message = self._messages.get(timeout=PATIENCE)
        assert message is not None, f"the server ended: {self.errors.decode()}"
        return message

    def wait_for(self, method: str) -> dict[str, Any]:
        """The next notification or request of this name from the server."""
        while True:
            message = self.receive()
            if message.get("method") == method:
                return message

    def start(self, **params: Any) -> dict[str, Any]:
        """initialize and initialized; gives the server's capabilities."""
        params = {"processId": None, "rootUri": None, "capabilities": {}, **params}
        response = self.request("initialize", params)
        self.notify("initialized", {})
        capabilities: dict[str, Any] = response["result"]["capabilities"]
        return capabilities

    def open(self, uri: str, text: str, version: int = 1) -> None:
        item = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def exit_code(self) -> int:
        return self.process.wait(timeout=PATIENCE)

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        length = 0
        while line := stream.readline():
            name, _, value = line.decode("ascii").partition(":")
            if name == "Content-Length":
                length = int(value)
            if not line.strip():
                self._messages.put(json.loads(stream.read(length)))
        self._messages.put(None)

    def _drain(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        while chunk := stream.read1(65536):  # type: ignore[attr-defined]
            self.errors += chunk


def profile(name: str, root: Path) -> dict[str, Any]:
    """The `initialize` parameters that the client `name` really sends, for the folder `root`."""
    file = Path(__file__).parent / "clients" / f"{name}.json"
    params: dict[str, Any] = json.loads(file.read_text("utf-8"))
    params.pop("initializationOptions", None)  # They were meant for another server.
    params["processId"] = os.getpid()
    params["rootPath"], params["rootUri"] = str(root), root.as_uri()
    if "workspaceFolders" in params:
        params["workspaceFolders"] = [{"name": root.name, "uri": root.as_uri()}]
    return params


PROFILES = sorted(file.stem for file in (Path(__file__).parent / "clients").glob("*.json"))
