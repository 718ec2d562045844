"""The server with the real core in one process: fixes that mend, and texts that are no files."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from corolint.lsp.analysis import Analysis, the_core
from corolint.lsp.documents import Document
from corolint.lsp.view import View
from corolint.rules import RULES, documentation
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter
from pygls.workspace import PositionCodec

from .local import LocalClient, local_client

ABILITIES: dict[str, Any] = {
    "notebookDocument": {"synchronization": {}},
    "textDocument": {
        "diagnostic": {"relatedInformation": True},
        "hover": {"contentFormat": ["markdown"]},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    },
}


async def codes(client: LocalClient, uri: str) -> list[str]:
    return [each["code"] for each in (await client.pull(uri))["items"]]


async def actions_for(client: LocalClient, uri: str, item: dict[str, Any]) -> list[dict[str, Any]]:
    params = {
        "textDocument": {"uri": uri},
        "range": item["range"],
        "context": {"diagnostics": [item]},
    }
    found: list[dict[str, Any]] = await client.request("textDocument/codeAction", params)
    return [each for each in found if each["diagnostics"][0]["code"] == item["code"]]


def edited(text: str, action: dict[str, Any], uri: str) -> str:
    """`text` after the edits of an action, made as a client makes them: from the end."""
    document = Document(uri, text, position_codec=PositionCodec("utf-16"))
    edits = get_converter().structure(action["edit"]["changes"][uri], list[lsp.TextEdit])
    starts = [(edit.range.start.line, edit.range.start.character) for edit in edits]
    for _, edit in sorted(zip(starts, edits, strict=True), key=lambda pair: pair[0], reverse=True):
        document.apply_change(lsp.TextDocumentContentChangePartial(edit.range, edit.new_text))
    return document.source


async def test_every_action_on_the_example_of_a_rule_mends_it(tmp_path: Path) -> None:
    broken: list[str] = []
    tried = 0
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        for rule in (rule.name for rule in RULES):
            uri = (tmp_path / f"{rule.replace('-', '_')}.py").as_uri()
            number, problems = await try_actions(client, rule, uri)
            tried += number
            broken += [f"{rule}: {each}" for each in problems]
    assert broken == []
    assert tried > 20


async def try_actions(client: LocalClient, rule: str, uri: str) -> tuple[int, list[str]]:
    """How many actions are offered on the example in a rule's page, and what is wrong with them."""
    page = documentation(rule) or ""
    example = re.search(r"## Example\s*```python\n(.*?)```", page, re.DOTALL)
    assert example is not None, rule
    text = example[1]
    client.open(uri, text)
    found = (await client.pull(uri))["items"]
    items = [each for each in found if each["code"] == rule]
    if not items:
        return 0, []  # Which is the business of the test of the pages.
    actions = await actions_for(client, uri, items[0])
    problems = []
    if actions[-1]["title"] != f"Ignore '{rule}' here":
        problems.append("no ignore comment is offered")
    for version, action in enumerate(actions, 2):
        client.change(uri, edited(text, action, uri), version)
        after = Counter(await codes(client, uri))
        if after[rule] >= len(items):
            problems.append(f"{action['title']} leaves {rule}")
        new = after - Counter(each["code"] for each in found)
        problems += [f"{action['title']} gives {each}" for each in new]
    return len(actions), problems


async def test_one_fix_edits_several_files(tmp_path: Path) -> None:
    library, user = tmp_path / "library.py", tmp_path / "user.py"
    library.write_text("async def fetch(): ...\n\n\ndef page():\n    fetch()\n")
    user.write_text("import library\n\nlibrary.page()\n")
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.open(library.as_uri(), library.read_text())
        (item,) = (await client.pull(library.as_uri()))["items"]
        actions = await actions_for(client, library.as_uri(), item)
        action = next(each for each in actions if "async" in each["title"])
        changed = edited(user.read_text(), action, user.as_uri())
        assert changed == "import asyncio\nimport library\n\nasyncio.run(library.page())\n"
        changed = edited(library.read_text(), action, library.as_uri())
        assert changed.endswith("\n\n\nasync def page():\n    await fetch()\n")


async def test_a_rule_is_ignored_in_the_configuration_file(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text("[project]\nname = 'x'\n")
    source = (tmp_path / "app.py").as_uri()
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.open(source, "async def fetch(): ...\n\n\nfetch()\n")
        (item,) = (await client.pull(source))["items"]
        action = (await actions_for(client, source, item))[-1]
        assert action["title"] == "Ignore 'unawaited-coroutine' in pyproject.toml"
        config.write_text(edited(config.read_text(), action, config.as_uri()))
        changes = [{"uri": config.as_uri(), "type": 2}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        assert await codes(client, source) == []


async def test_inlay_hints_tell_what_is_made_and_how_it_is(tmp_path: Path) -> None:
    uri = (tmp_path / "app.py").as_uri()
    text = (
        "async def fetch() -> bytes: ...\n\n\n"
        "async def main(early):\n"
        "    page = fetch()\n"
        "    if early:\n"
        "        await page\n"
        "    print(await fetch(), await page)\n"
    )
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 8, "character": 0}}
    async with local_client(make_core=the_core) as client:
        options = {"inlayHints": True}
        await client.start(ABILITIES, rootUri=tmp_path.as_uri(), initializationOptions=options)
        client.open(uri, text)
        params = {"textDocument": {"uri": uri}, "range": whole}
        hints = await client.request("textDocument/inlayHint", params)
        assert [(hint["position"]["line"], hint["label"]) for hint in hints] == [
            (4, ": coroutine of bytes"),
            (6, ": pending"),
            (7, ": pending or used"),
        ]


async def test_a_hover_tells_the_history_of_a_variable(tmp_path: Path) -> None:
    text = (
        "async def fetch() -> bytes: ...\n\n\n"
        "async def main(early):\n"
        "    page = fetch()\n"
        "    if early:\n"
        "        await page\n"
        "    await page\n"
    )
    uri = (tmp_path / "app.py").as_uri()
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.open(uri, text)
        told = []
        for line, character in ((6, 14), (7, 10)):
            position = {"line": line, "character": character}
            hover = {"textDocument": {"uri": uri}, "position": position}
            found = await client.request("textDocument/hover", hover)
            told.append(found["contents"]["value"].split("```")[-1].strip())
        assert told == [
            "Not awaited yet.\n\nCreated at line 5.",
            "Awaited on some paths that lead here, not on others.\n\n"
            "Created at line 5, awaited at line 7 when `early`.",
        ]


async def test_what_is_installed_counts_at_once(tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.11.0\n")
    (tmp_path / "pyproject.toml").write_text("")
    uri = (tmp_path / "app.py").as_uri()
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.open(uri, "import sender\n\nsender.send()\n")
        assert await codes(client, uri) == []
        (packages / "sender.py").write_text("async def send(): ...\n")
        changes = [{"uri": (packages / "sender.py").as_uri(), "type": 1}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        assert await codes(client, uri) == ["unawaited-coroutine"]


async def test_a_file_of_20_000_lines_is_edited(tmp_path: Path) -> None:
    uri = (tmp_path / "long.py").as_uri()
    text = "async def fetch(): ...\n" + "value = 1\n" * 20_000 + "\n\ndef late():\n    pass\n"
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.open(uri, text)
        assert await codes(client, uri) == []
        place = {"line": 20_004, "character": 4}
        change = {"range": {"start": place, "end": place}, "text": "fetch()\n    "}
        document = {"uri": uri, "version": 2}
        params = {"textDocument": document, "contentChanges": [change]}
        client.notify("textDocument/didChange", params)
        (item,) = (await client.pull(uri))["items"]
        assert (item["code"], item["range"]["start"]) == ("unawaited-coroutine", place)


def _notebook(folder: Path, texts: dict[str, str]) -> dict[str, object]:
    """What an editor sends when a notebook with these cells, by URI, is opened."""
    notebook = {
        "uri": (folder / "n.ipynb").as_uri(),
        "notebookType": "jupyter-notebook",
        "version": 1,
        "cells": [{"kind": 2, "document": uri} for uri in texts],
    }
    cells = [
        {"uri": uri, "languageId": "python", "version": 1, "text": text}
        for uri, text in texts.items()
    ]
    return {"notebookDocument": notebook, "cellTextDocuments": cells}


async def test_a_loop_that_a_cell_starts_is_told_with_links_to_cells_and_modules(
    tmp_path: Path,
) -> None:
    (tmp_path / "helper.py").write_text(
        "import asyncio\nasync def fetch(): ...\ndef load():\n    asyncio.run(fetch())\n"
    )
    first, second = (f"vscode-notebook-cell:{tmp_path}/n.ipynb#{n}" for n in "ab")
    texts = {
        first: "%autoawait asyncio\n!pip install helper\nimport helper\ndef go(): helper.load()",
        second: "%matplotlib inline\nawait helper.fetch()\ngo()",
    }
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.notify("notebookDocument/didOpen", _notebook(tmp_path, texts))
        assert await codes(client, first) == []
        (item,) = (await client.pull(second))["items"]
        assert (item["code"], item["range"]["start"]) == (
            "nested-event-loop",
            {"line": 2, "character": 0},
        )
        assert item["message"] == "asyncio.run() cannot be called from a running event loop"
        links = [each["location"] for each in item["relatedInformation"]]
        places = [(link["uri"], link["range"]["start"]["line"]) for link in links]
        assert places == [(second, 2), (first, 3), ((tmp_path / "helper.py").as_uri(), 3)]


async def test_a_notebook_is_one_program(tmp_path: Path) -> None:
    first, second, third = (f"vscode-notebook-cell:{tmp_path}/n.ipynb#{n}" for n in "abc")
    texts = {
        first: "async def fetch(): ...\n!ls",
        second: "x = await fetch()\n%timeit fetch()\nfetch()",
        third: "[await fetch() for _ in range(3)]",
    }
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.notify("notebookDocument/didOpen", _notebook(tmp_path, texts))
        assert await codes(client, first) == []
        (item,) = (await client.pull(second))["items"]
        assert (item["code"], item["range"]["start"]["line"]) == ("unawaited-coroutine", 2)
        assert item["relatedInformation"][0]["location"]["uri"] == first
        assert await codes(client, third) == []
        position = {"line": 0, "character": 11}
        hover = {"textDocument": {"uri": second}, "position": position}
        found = await client.request("textDocument/hover", hover)
        assert "A coroutine function" in found["contents"]["value"]
        assert found["range"]["start"] == {"line": 0, "character": 10}


@pytest.mark.parametrize("name", ["untitled:Untitled-1", "script", "new_module.py"])
async def test_a_text_that_is_on_no_disk_is_understood(name: str, tmp_path: Path) -> None:
    uri = name if ":" in name else (tmp_path / name).as_uri()
    (tmp_path / "library.py").write_text("async def work(): ...\n")
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.open(uri, "import library\nasync def own(): ...\nown()\nlibrary.work()\n")
        lines = [each["range"]["start"]["line"] for each in (await client.pull(uri))["items"]]
        assert lines == [2, 3]


async def test_a_new_file_is_found_by_those_that_import_it(tmp_path: Path) -> None:
    user, library = ((tmp_path / name).as_uri() for name in ("user.py", "library.py"))
    async with local_client(make_core=the_core) as client:
        await client.start(ABILITIES, rootUri=tmp_path.as_uri())
        client.open(user, "import library\nlibrary.work()\n")
        assert await codes(client, user) == []
        client.open(library, "async def work(): ...\n")
        assert await codes(client, user) == ["unawaited-coroutine"]
        client.change(library, "def work(): ...\n", 2)
        assert await codes(client, user) == []
        client.notify("textDocument/didClose", {"textDocument": {"uri": library}})
        assert await codes(client, user) == []
        (tmp_path / "library.py").write_text("async def work(): ...\n")
        changes = [{"uri": library, "type": 1}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        assert await codes(client, user) == ["unawaited-coroutine"]
        (tmp_path / "library.py").unlink()
        changes = [{"uri": library, "type": 3}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        assert await codes(client, user) == []


HELPERS = """import asyncio
async def fetch(): ...
def fetch_now():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        FIRST
    else:
        SECOND
"""


def test_a_guard_in_another_file_matters_although_its_summary_stays(tmp_path: Path) -> None:
    helpers, pages = str(tmp_path / "helpers.py"), str(tmp_path / "pages.py")
    right = HELPERS.replace("FIRST", "asyncio.run(fetch())").replace("SECOND", "print(fetch)")
    wrong = HELPERS.replace("FIRST", "print(fetch)").replace("SECOND", "asyncio.run(fetch())")
    text = "from helpers import fetch_now\nasync def page():\n    fetch_now()\n"
    Path(pages).write_text(text)
    analysis = Analysis(the_core)
    for guard, expected in [(right, 0), (wrong, 1), (right, 0)]:
        view = View({helpers: guard}, (), (str(tmp_path),))
        analysis.read_on(pages, view, seconds=60)
        assert len(analysis.findings(pages, text, view)) == expected
