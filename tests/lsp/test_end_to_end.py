"""The whole pipe, as editors use it: ``corolint server`` as a process, the real core, real clients.

The clients introduce themselves with the `initialize` parameters that five real ones send; the rest
is pytest-lsp's client.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter
from pytest_lsp import ClientServerConfig, LanguageClient, make_test_lsp_client

from .raw_client import COMMAND, PATIENCE, PROFILES, RawClient, profile

EXAMPLE = """\
import asyncio


async def fetch(url: str) -> bytes:
    return b""


async def main() -> None:
    name = "𝒳𝒴"; fetch(name)
    coroutine = fetch(name)
    coroutine.send(None)
    print(coroutine.cr_await, coroutine.cr_frame, coroutine.__await__)


async def nested() -> None:
    asyncio.run(main())
"""

CLEAN = EXAMPLE.replace("; fetch(name)", "").replace("asyncio.run(main())", "await main()")


def make_client() -> LanguageClient:
    """pytest-lsp's client, which lacks an answer to `client/registerCapability`."""
    client = make_test_lsp_client()

    @client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        """The test client sends every change anyway."""

    return client


# One that pulls diagnostics, and one that has them pushed.
TWO_KINDS = pytest.mark.parametrize("client", ["nvim-0.11.4", "eglot-1.9"], indirect=True)


@pytest.fixture(params=PROFILES)
async def client(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LanguageClient]:
    """A client of each kind, connected to a server for the folder `tmp_path`."""
    (tmp_path / "pyproject.toml").write_text("")
    config = ClientServerConfig(server_command=COMMAND, client_factory=make_client)
    each = await config.start()
    params = get_converter().structure(profile(request.param, tmp_path), lsp.InitializeParams)
    result = await asyncio.wait_for(each.initialize_session(params), PATIENCE)
    counts_bytes = Editor(each, tmp_path).counts_bytes
    encoding = "utf-8" if counts_bytes else "utf-16"
    assert result.capabilities.position_encoding == encoding
    yield each
    await each.shutdown_session()
    await each.stop()


class Editor:
    """One open file, and the diagnostics of it by whichever way the client gets them."""

    def __init__(self, client: LanguageClient, path: Path) -> None:
        self.client = client
        self.uri = path.as_uri()
        self.version = 0
        assert client.capabilities is not None
        text = client.capabilities.text_document
        self.pulls = bool(text and text.diagnostic)
        general = client.capabilities.general
        encodings = (general and general.position_encodings) or ["utf-16"]
        self.counts_bytes = encodings[0] == "utf-8"

    def open(self, text: str) -> None:
        self.version += 1
        item = lsp.TextDocumentItem(self.uri, "python", self.version, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def type(self, text: str) -> None:
        self.version += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def diagnostics(self) -> list[lsp.Diagnostic]:
        """The diagnostics of the newest version."""
        if self.pulls:
            document = lsp.TextDocumentIdentifier(self.uri)
            report = await self.client.text_document_diagnostic_async(
                lsp.DocumentDiagnosticParams(document)
            )
            assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        while True:
            params: Any = await asyncio.wait_for(
                self.client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), PATIENCE
            )
            if params.uri == self.uri and params.version == self.version:
                return list(params.diagnostics)

    async def hover(self, line: int, word: str, text: str) -> str:
        """The hover on `word` in the 0-based `line`, which holds nothing but ASCII before it."""
        position = lsp.Position(line, text.splitlines()[line].index(word) + 1)
        document = lsp.TextDocumentIdentifier(self.uri)
        found = await self.client.text_document_hover_async(lsp.HoverParams(document, position))
        assert found is not None, f"no hover on {word}"
        assert isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value


async def test_a_session_of_every_client(client: LanguageClient, tmp_path: Path) -> None:
    editor = Editor(client, tmp_path / "example.py")
    editor.open(EXAMPLE)
    found = await editor.diagnostics()
    by_rule = {each.code: each for each in found}
    assert {"unawaited-coroutine", "nested-event-loop"} <= set(by_rule)
    unawaited = by_rule["unawaited-coroutine"]
    # Before `fetch` stand two letters that take two UTF-16 units or four bytes each.
    place = (unawaited.range.start.line, unawaited.range.start.character)
    assert place == (8, 23 if editor.counts_bytes else 19)
    assert "'fetch'" in unawaited.message

    texts = [
        ("fetch", 9, "A coroutine function"),
        ("coroutine", 10, "coroutine object"),
        ("send", 10, "coroutine.send(value)"),
        ("cr_await", 11, "coroutine.cr_await"),
        ("cr_frame", 11, "coroutine.cr_frame"),
        ("__await__", 11, "coroutine.__await__()"),
        ("run", 15, "Makes a new event loop"),
    ]
    for word, line, text in texts:
        assert text in await editor.hover(line, word, EXAMPLE)

    # A file that breaks while it is typed keeps the findings of what still stands.
    editor.type(EXAMPLE + "\n\ndef broken(:\n")
    rules = [each.code for each in await editor.diagnostics()]
    assert "syntax-error" in rules
    assert "unawaited-coroutine" in rules

    editor.type(CLEAN)
    rules = [each.code for each in await editor.diagnostics()]
    assert "unawaited-coroutine" not in rules
    assert "nested-event-loop" not in rules
    assert client.error is None
    assert client.messages == [], "nothing is shown in a box"


@TWO_KINDS
async def test_fast_typing_leaves_nothing_stale(client: LanguageClient, tmp_path: Path) -> None:
    editor = Editor(client, tmp_path / "example.py")
    editor.open("")
    for end in range(1, len(EXAMPLE), 7):
        editor.type(EXAMPLE[:end])
    editor.type(CLEAN)
    found = [each.code for each in await editor.diagnostics()]
    assert "unawaited-coroutine" not in found
    editor.type(EXAMPLE)
    found = [each.code for each in await editor.diagnostics()]
    assert "unawaited-coroutine" in found


@TWO_KINDS
async def test_unsaved_text_wins_over_the_disk(client: LanguageClient, tmp_path: Path) -> None:
    library = tmp_path / "library.py"
    library.write_text("def work(): ...\n")
    user = Editor(client, tmp_path / "user.py")
    user.open("import library\n\nlibrary.work()\n")
    assert await user.diagnostics() == []
    edited = Editor(client, library)
    edited.open("async def work(): ...\n")
    assert await edited.diagnostics() == []
    user.type("import library\n\n\nlibrary.work()\n")
    (found,) = await user.diagnostics()
    assert found.code == "unawaited-coroutine"
    edited_document = lsp.TextDocumentIdentifier(edited.uri)
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(edited_document))
    user.type("import library\n\nlibrary.work()\n")
    assert await user.diagnostics() == []


def test_folder_of_10_000_files_is_read_beside_the_answers(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    (folder / "pyproject.toml").write_text("")
    for number in range(100):
        package = folder / f"package{number}"
        package.mkdir()
        for module in range(99):
            (package / f"module{module}.py").write_text(f"VALUE = {module}\n")
        (package / "__init__.py").write_text("")
    text = "async def fetch(): ...\nasync def main():\n    fetch()\n"
    uri = (folder / "opened.py").as_uri()
    with RawClient() as client:
        client.start(
            rootUri=folder.as_uri(),
            capabilities={
                "textDocument": {"diagnostic": {}},
                "workspace": {"diagnostics": {"refreshSupport": True}},
                "window": {"workDoneProgress": True},
            },
        )
        client.open(uri, text)
        question = {"textDocument": {"uri": uri}}
        first = client.request("textDocument/diagnostic", question)["result"]["items"]
        assert [item["code"] for item in first] == ["unawaited-coroutine"]
        created = [each for each in client.passed if each["method"].endswith("Progress/create")]
        create = created[0] if created else client.wait_for("window/workDoneProgress/create")
        client.send(id=create["id"], result=None)
        assert client.wait_for("$/progress")["params"]["value"]["kind"] == "begin"
        for version in range(2, 12):  # All this is answered before the end is told.
            text += "    fetch()\n"
            change = {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"text": text}],
            }
            client.notify("textDocument/didChange", change)
            items = client.request("textDocument/diagnostic", question)["result"]["items"]
            assert len(items) == version
        told = client.wait_for("$/progress")["params"]["value"]
        assert told["kind"] == "report"
        while told["kind"] == "report":
            last, told = told, client.wait_for("$/progress")["params"]["value"]
        assert (last["message"], told["kind"]) == ("10001 of 10001 files", "end")
        client.wait_for("workspace/diagnostic/refresh")
