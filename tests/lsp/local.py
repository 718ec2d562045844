"""A server in the test's own process, with a core that does what the test says.

So a test decides when an analysis ends, and what it finds. In the texts that `StandIn` checks,
every ``BUG`` is a finding, ``WHOLE`` one in a project that was read to its end, ``FIX`` one that
``fixed`` mends, ``CRASH`` a crash of the core, and a
line ``hold`` keeps the analysis waiting until the test lets it go.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from corolint.config import Settings
from corolint.explaining import Hover
from corolint.finding import Edit, Evidence, Finding, Fix, Note, Severity
from corolint.inlay_hints import InlayHint
from corolint.lsp import transport
from corolint.lsp.analysis import Analysis, Core
from corolint.lsp.server import make_server, serve
from corolint.text import Span, split_lines

PATIENCE = 20  # seconds until silence is a failure


@dataclass(frozen=True)
class StandInProject:
    search: Any
    reader: Any
    texts: dict[str, str] = field(default_factory=dict)
    caches: dict[str, Any] = field(default_factory=dict)
    modules: int = 0
    is_partial: bool = True

    def all_modules(self) -> tuple[str, ...]:
        return tuple(f"module{number}" for number in range(self.modules))

    def read_summary(self, module: str) -> None:
        """There is nothing to be read, which takes a while."""
        time.sleep(0.001)

    def completed(self) -> StandInProject:
        return replace(self, is_partial=False)

    def depends_on_bodies(self, path: str) -> bool:
        return False

    def with_text(self, path: str, text: str | None) -> StandInProject:
        texts = {each: self.texts[each] for each in self.texts if each != path}
        return replace(self, caches={}, texts=texts if text is None else {**texts, path: text})


class StandIn:
    """The core: what it was asked, and the gate that holds it."""

    def __init__(self) -> None:
        self.checked: list[tuple[str, str]] = []
        self.settings: list[Settings] = []
        self.modules = 0
        self.holding = threading.Event()
        self.gate = threading.Event()

    def core(self) -> Core:
        rules = frozenset({"bug", "fixable", "unused-ignore"})
        return Core(
            self.check, self.hover, self.hints, self.explain, self.remedies, self.project, rules
        )

    def hints(
        self, path: str, text: str, project: Any, first: int, last: int
    ) -> tuple[InlayHint, ...]:
        lines = split_lines(text)[first - 1 : last]
        return tuple(
            InlayHint(first + number, len(line), ": hint", "why")
            for number, line in enumerate(lines)
        )

    def remedies(self, path: str, text: str, project: Any, finding: Finding) -> tuple[Fix, ...]:
        return ()

    def check(self, path: str, text: str, project: Any, settings: Settings) -> tuple[Finding, ...]:
        self.checked.append((path, text))
        self.settings.append(settings)
        if "hold" in split_lines(text):
            self.holding.set()
            assert self.gate.wait(PATIENCE)
        if "CRASH" in text:
            raise RuntimeError("the core crashed")
        found = []
        words = "BUG|FIX" if project.is_partial else "BUG|FIX|WHOLE"
        for number, line in enumerate(split_lines(text), 1):
            for match in re.finditer(words, line):
                span = Span(number, match.start(), number, match.end())
                rule = "fixable" if match[0] == "FIX" else "bug"
                if f"ignore[{rule}" in line or f", {rule}]" in line or not settings.applies(rule):
                    continue
                note = Note("begins here", path, Span(1, 0, 1, 1))
                fixes = [Fix("Mend it", (Edit(span, "fixed"),), safe=True, preferred=True)]
                found.append(
                    Finding(
                        path,
                        span,
                        rule,
                        Severity.ERROR,
                        f"found in {line}",
                        Evidence.DECLARED,
                        (note, Note("of no place")),
                        tuple(fixes if rule == "fixable" else ()),
                    )
                )
        return tuple(found)

    def project(self, search: Any, reader: Any) -> Any:
        return StandInProject(search, reader, modules=self.modules)

    def explain(self, rule: str) -> str | None:
        return f"# {rule}" if rule == "bug" else None

    def hover(self, path: str, text: str, project: Any, line: int, column: int) -> Hover | None:
        words = split_lines(text)[line - 1]
        if "send" not in words:
            return None
        start = words.index("send")
        return Hover(f"`{words}` at {line}:{column}", Span(line, start, line, start + 4))


class LocalClient:
    """Speaks to the server over pipes, in the same event loop."""

    def __init__(self, write: int, messages: asyncio.Queue[dict[str, Any]]) -> None:
        self._write = write
        self._messages = messages
        self._next_id = 0
        self.seen: list[dict[str, Any]] = []

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        os.write(self._write, b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: Any = None) -> None:
        self.send(method=method, params=params)

    def ask(self, method: str, params: Any = None) -> int:
        """Sends a request; its answer is fetched with `answer`."""
        self._next_id += 1
        self.send(id=self._next_id, method=method, params=params)
        return self._next_id

    async def answer(self, identifier: int) -> dict[str, Any]:
        while True:
            message = await self.receive()
            if message.get("id") == identifier and "method" not in message:
                return message

    async def request(self, method: str, params: Any = None) -> Any:
        answer = await self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    async def receive(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self._messages.get(), PATIENCE)
        self.seen.append(message)
        return message

    async def wait_for(self, method: str) -> dict[str, Any]:
        while True:
            message = await self.receive()
            if message.get("method") == method:
                return message

    async def settle(self) -> None:
        """Returns when the server has taken in everything that was sent so far."""
        await self.answer(self.ask("no/such/method"))

    async def published(self, uri: str) -> dict[str, Any]:
        while True:
            params = (await self.wait_for("textDocument/publishDiagnostics"))["params"]
            if params["uri"] == uri:
                return dict(params)

    async def start(self, capabilities: dict[str, Any] | None = None, **params: Any) -> Any:
        params = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **params}
        result = await self.request("initialize", params)
        self.notify("initialized", {})
        return result["capabilities"]

    def open(self, uri: str, text: str, version: int = 1) -> None:
        item = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, text: str, version: int) -> None:
        params = {
            "textDocument": {"uri": uri, "version": version},
            "contentChanges": [{"text": text}],
        }
        self.notify("textDocument/didChange", params)

    async def pull(self, uri: str, previous: str | None = None) -> Any:
        params: dict[str, Any] = {"textDocument": {"uri": uri}}
        if previous is not None:
            params["previousResultId"] = previous
        return await self.request("textDocument/diagnostic", params)


@asynccontextmanager
async def local_client(
    stand_in: StandIn | None = None, make_core: Callable[[], Core] | None = None
) -> AsyncIterator[LocalClient]:
    """A client with a running server, which ends with the block; its core is a stand-in's, or
    whichever `make_core` makes."""
    to_server, to_client = os.pipe(), os.pipe()
    loop = asyncio.get_running_loop()
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    server = make_server(Analysis(make_core or (stand_in or StandIn()).core))
    with (
        open(to_server[0], "rb", buffering=0) as server_reads,
        open(to_client[1], "wb") as server_writes,
        open(to_client[0], "rb", buffering=0) as client_reads,
    ):
        serving = loop.create_task(serve(server, server_reads, server_writes))

        def read() -> None:
            for body in transport.messages(client_reads):
                loop.call_soon_threadsafe(messages.put_nowait, json.loads(body))

        thread = threading.Thread(target=read)
        thread.start()
        try:
            yield LocalClient(to_server[1], messages)
        finally:
            os.close(to_server[1])
            await asyncio.wait_for(serving, PATIENCE)
            for task in list(server.tasks):
                task.cancel()
            server_writes.close()
            await loop.run_in_executor(None, thread.join)
