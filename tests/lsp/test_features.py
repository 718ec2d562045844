"""What the server does with findings, whatever finds them: a stand-in core decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .local import StandIn, local_client

URI = "file:///nowhere/example.py"
PULL: dict[str, Any] = {"textDocument": {"diagnostic": {"relatedInformation": True}}}


def lines_of(diagnostics: list[dict[str, Any]]) -> list[int]:
    return [each["range"]["start"]["line"] for each in diagnostics]


# --- push ----------------------------------------------------------------------------------------


async def test_push_sends_what_is_open_and_takes_it_back() -> None:
    async with local_client() as client:
        capabilities = await client.start()
        assert "diagnosticProvider" not in capabilities
        client.open(URI, "x\nBUG\n")
        published = await client.published(URI)
        assert (published["version"], lines_of(published["diagnostics"])) == (1, [1])
        client.change(URI, "fine\n", 2)
        published = await client.published(URI)
        assert (published["version"], published["diagnostics"]) == (2, [])
        client.change(URI, "BUG\n", 3)
        await client.published(URI)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        assert (await client.published(URI))["diagnostics"] == []


async def test_push_drops_results_of_a_text_that_is_gone() -> None:
    stand_in = StandIn()
    async with local_client(stand_in) as client:
        await client.start()
        client.open(URI, "hold\nBUG\n")
        # The analysis of version 1 is under way while versions 2 to 20 come in.
        while not stand_in.holding.is_set():
            await client.settle()
        for version in range(2, 21):
            client.change(URI, "\n" * version + "BUG\n", version)
        await client.settle()
        stand_in.gate.set()
        published = await client.published(URI)
        assert (published["version"], lines_of(published["diagnostics"])) == (20, [20])
        await client.settle()
        methods = [message.get("method") for message in client.seen]
        assert methods.count("textDocument/publishDiagnostics") == 1
        assert len(stand_in.checked) == 2, "versions nobody will see are not analysed"


async def test_push_sends_other_open_files_only_when_they_change() -> None:
    other = "file:///nowhere/other.py"
    async with local_client() as client:
        await client.start()
        client.open(other, "BUG")
        await client.published(other)
        for version in range(2, 5):
            client.open(URI, "BUG" * version, version)
            await client.published(URI)
        about_other = [each for each in client.seen if str(each).count("other.py")]
        assert len(about_other) == 1


async def test_push_of_the_whole_workspace_and_back(tmp_path: Path) -> None:
    (tmp_path / "closed.py").write_text("BUG\n")
    (tmp_path / "clean.py").write_text("fine\n")
    closed = (tmp_path / "closed.py").as_uri()
    folders = [{"uri": tmp_path.as_uri(), "name": "it"}]
    async with local_client() as client:
        settings = {"settings": {"diagnosticMode": "workspace"}}
        await client.start(workspaceFolders=folders, initializationOptions=settings)
        assert lines_of((await client.published(closed))["diagnostics"]) == [0]
        client.open(closed, "fine")
        assert (await client.published(closed))["diagnostics"] == []
        client.notify("textDocument/didClose", {"textDocument": {"uri": closed}})
        assert lines_of((await client.published(closed))["diagnostics"]) == [0]
        client.notify("workspace/didChangeConfiguration", {"settings": {"corolint": {}}})
        assert (await client.published(closed))["diagnostics"] == []
        assert "clean.py" not in str(client.seen)


async def test_a_crash_of_the_core_is_told_and_survived() -> None:
    async with local_client() as client:
        await client.start()
        client.open(URI, "BUG")
        await client.published(URI)
        client.change(URI, "CRASH", 2)
        assert (await client.published(URI))["diagnostics"] == []
        client.change(URI, "BUG", 3)
        assert len((await client.published(URI))["diagnostics"]) == 1
        assert "the core crashed" in str(client.seen)
        assert "window/showMessage" not in str(client.seen)


# --- pull ----------------------------------------------------------------------------------------


async def test_a_client_that_pulls_is_never_pushed() -> None:
    async with local_client() as client:
        capabilities = await client.start(PULL)
        assert capabilities["diagnosticProvider"]["interFileDependencies"] is True
        client.open(URI, "BUG")
        report = await client.pull(URI)
        assert (report["kind"], lines_of(report["items"])) == ("full", [0])
        again = await client.pull(URI, report["resultId"])
        assert again == {"kind": "unchanged", "resultId": report["resultId"]}
        client.change(URI, "fine", 2)
        report = await client.pull(URI, report["resultId"])
        assert (report["kind"], report["items"]) == ("full", [])
        assert "publishDiagnostics" not in str(client.seen)


async def test_pull_answers_for_the_text_that_is_there_when_it_answers() -> None:
    stand_in = StandIn()
    async with local_client(stand_in) as client:
        await client.start(PULL)
        client.open(URI, "hold\nBUG")
        pulled = client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})
        while not stand_in.holding.is_set():
            await client.settle()
        client.change(URI, "\n\n\nBUG", 2)
        await client.settle()
        stand_in.gate.set()
        assert lines_of((await client.answer(pulled))["result"]["items"]) == [3]


async def test_a_cancelled_pull_is_answered_at_once_while_analysis_goes_on() -> None:
    stand_in = StandIn()
    async with local_client(stand_in) as client:
        await client.start(PULL)
        client.open(URI, "hold")
        pulled = client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})
        while not stand_in.holding.is_set():
            await client.settle()
        client.notify("$/cancelRequest", {"id": pulled})
        assert (await client.answer(pulled))["error"]["code"] == -32800
        stand_in.gate.set()


async def test_pull_of_the_workspace_answers_when_there_is_news(tmp_path: Path) -> None:
    closed = tmp_path / "closed.py"
    closed.write_text("BUG\n")
    (tmp_path / "clean.py").write_text("fine\n")
    async with local_client() as client:
        await client.start(
            PULL,
            rootUri=tmp_path.as_uri(),
            initializationOptions={"diagnosticMode": "workspace"},
        )
        report = await client.request("workspace/diagnostic", {"previousResultIds": []})
        (item,) = report["items"]
        assert (item["uri"], lines_of(item["items"])) == (closed.as_uri(), [0])
        known = [{"uri": item["uri"], "value": item["resultId"]}]
        waiting = client.ask("workspace/diagnostic", {"previousResultIds": known})
        await client.settle()
        closed.write_text("fine\n")
        changes = [{"uri": closed.as_uri(), "type": 2}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        (item,) = (await client.answer(waiting))["result"]["items"]
        assert (item["uri"], item["items"]) == (closed.as_uri(), [])


async def test_pull_of_the_workspace_leaves_open_files_to_the_other_pull(tmp_path: Path) -> None:
    opened = tmp_path / "opened.py"
    opened.write_text("BUG\n")
    (tmp_path / "closed.py").write_text("BUG\n")
    async with local_client() as client:
        await client.start(
            PULL,
            rootUri=tmp_path.as_uri(),
            initializationOptions={"diagnosticMode": "workspace"},
        )
        client.open(opened.as_uri(), "BUG\n")
        report = await client.request("workspace/diagnostic", {"previousResultIds": []})
        assert [item["uri"] for item in report["items"]] == [(tmp_path / "closed.py").as_uri()]


async def test_reading_a_large_project_shows_a_bar_once() -> None:
    stand_in = StandIn()
    stand_in.modules = 200
    async with local_client(stand_in) as client:
        await client.start({**PULL, "window": {"workDoneProgress": True}})
        client.open(URI, "BUG")
        pulled = client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})
        create = await client.wait_for("window/workDoneProgress/create")
        client.send(id=create["id"], result=None)
        assert len((await client.answer(pulled))["result"]["items"]) == 1
        client.change(URI, "BUG BUG", 2)
        assert len((await client.pull(URI))["items"]) == 2
        bars = [
            each["params"]["value"] for each in client.seen if each.get("method") == "$/progress"
        ]
        kinds = [bar["kind"] for bar in bars]
        assert kinds == ["begin", *["report"] * (len(bars) - 2), "end"]
        assert bars[-2]["message"] == "200 of 200 files"


REFRESH = {**PULL, "workspace": {"diagnostics": {"refreshSupport": True}}}


async def test_first_answer_does_not_wait_for_the_project() -> None:
    stand_in = StandIn()
    stand_in.modules = 200
    async with local_client(stand_in) as client:
        await client.start(REFRESH)
        client.open(URI, "BUG WHOLE")
        assert len((await client.pull(URI))["items"]) == 1
        client.change(URI, "BUG BUG WHOLE", 2)
        assert len((await client.pull(URI))["items"]) == 2
        refresh = await client.wait_for("workspace/diagnostic/refresh")
        client.send(id=refresh["id"], result=None)
        assert len((await client.pull(URI))["items"]) == 3


async def test_diagnostics_are_pushed_again_when_the_project_was_read() -> None:
    stand_in = StandIn()
    stand_in.modules = 200
    async with local_client(stand_in) as client:
        await client.start({})
        client.open(URI, "BUG WHOLE")
        counts = []
        while counts[-1:] != [2]:
            pushed = await client.wait_for("textDocument/publishDiagnostics")
            counts.append(len(pushed["params"]["diagnostics"]))
        assert counts == [1, 2]


async def test_small_project_is_read_before_the_first_answer() -> None:
    stand_in = StandIn()
    stand_in.modules = 20
    async with local_client(stand_in) as client:
        await client.start(REFRESH)
        client.open(URI, "BUG WHOLE")
        assert len((await client.pull(URI))["items"]) == 2
        assert "workspace/diagnostic/refresh" not in str(client.seen)


async def test_reading_the_project_can_be_cancelled() -> None:
    stand_in = StandIn()
    stand_in.modules = 5_000
    async with local_client(stand_in) as client:
        await client.start({**REFRESH, "window": {"workDoneProgress": True}})
        client.open(URI, "BUG WHOLE")
        assert len((await client.pull(URI))["items"]) == 1
        create = await client.wait_for("window/workDoneProgress/create")
        client.send(id=create["id"], result=None)
        begin = await client.wait_for("$/progress")
        assert begin["params"]["value"]["cancellable"] is True
        token = {"token": create["params"]["token"]}
        client.send(method="window/workDoneProgress/cancel", params=token)
        told = await client.wait_for("$/progress")
        while told["params"]["value"]["kind"] != "end":
            told = await client.wait_for("$/progress")
        client.change(URI, "BUG BUG WHOLE", 2)
        assert len((await client.pull(URI))["items"]) == 2
        messages = [
            str(each["params"]["value"].get("message"))
            for each in client.seen
            if each.get("method") == "$/progress"
        ]
        assert "5000 of 5000 files" not in messages


async def test_checking_the_workspace_can_be_cancelled(tmp_path: Path) -> None:
    names = [f"module_{number}.py" for number in range(1_000)]
    for name in names:
        (tmp_path / name).write_text("BUG\n")
    async with local_client() as client:
        await client.start(
            {**PULL, "window": {"workDoneProgress": True}},
            rootUri=tmp_path.as_uri(),
            initializationOptions={"diagnosticMode": "workspace"},
        )
        pulled = client.ask("workspace/diagnostic", {"previousResultIds": []})
        create = await client.wait_for("window/workDoneProgress/create")
        client.send(id=create["id"], result=None)
        told = await client.wait_for("$/progress")
        while told["params"]["value"]["kind"] != "report":
            told = await client.wait_for("$/progress")
        token = {"token": create["params"]["token"]}
        client.send(method="window/workDoneProgress/cancel", params=token)
        while told["params"]["value"]["kind"] != "end":
            told = await client.wait_for("$/progress")
        report = await client.answer(pulled)
        # What was looked at by then is told, and of the others nothing.
        assert 0 < len(report["result"]["items"]) < len(names)
        assert all(lines_of(item["items"]) == [0] for item in report["result"]["items"])


async def test_trace_tells_of_messages_as_long_as_it_is_wanted() -> None:
    async with local_client() as client:
        await client.start(PULL, trace="messages")
        client.open(URI, "BUG")
        await client.pull(URI)
        client.notify("$/setTrace", {"value": "verbose"})
        await client.pull(URI)
        client.notify("$/setTrace", {"value": "off"})
        await client.pull(URI)
        traces = [each["params"] for each in client.seen if each.get("method") == "$/logTrace"]
    pulls = [each for each in traces if each["message"] == "received textDocument/diagnostic"]
    assert [URI in each.get("verbose", "") for each in pulls] == [False, True]


async def test_no_bar_for_a_client_that_shows_none() -> None:
    stand_in = StandIn()
    stand_in.modules = 200
    async with local_client(stand_in) as client:
        await client.start(PULL)
        client.open(URI, "BUG")
        assert len((await client.pull(URI))["items"]) == 1
        assert "rogress" not in str(client.seen)


# --- what a diagnostic holds ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "start", "end"), [("utf-8", 9, 12), ("utf-16", 5, 8), ("utf-32", 4, 7)]
)
async def test_columns_are_counted_as_agreed(encoding: str, start: int, end: int) -> None:
    capabilities = {**PULL, "general": {"positionEncodings": [encoding]}}
    async with local_client() as client:
        answer = await client.start(capabilities)
        assert answer["positionEncoding"] == encoding
        client.open(URI, "é𝒳é BUG"[:2] + "é BUG")
        (item,) = (await client.pull(URI))["items"]
        place = item["range"]
        assert (place["start"]["character"], place["end"]["character"]) == (start, end)


async def test_notes_become_related_information_or_words() -> None:
    async with local_client() as client:
        await client.start(PULL)
        client.open(URI, "\nBUG")
        (item,) = (await client.pull(URI))["items"]
        (related,) = item["relatedInformation"]
        assert (related["message"], related["location"]["uri"]) == ("begins here", URI)
        assert item["message"] == "found in BUG\nnote: of no place"
        assert (item["code"], item["source"], item["severity"]) == ("bug", "corolint", 1)
        assert item["data"] == {"rule": "bug", "evidence": "declared"}
    async with local_client() as client:
        await client.start()
        client.open(URI, "\nBUG")
        (item,) = (await client.published(URI))["diagnostics"]
        assert "relatedInformation" not in item
        assert "note: begins here (example.py:1)" in item["message"]


async def test_edits_land_where_the_client_means(tmp_path: Path) -> None:
    # A form feed and U+2028 end no line; the character before BUG takes two UTF-16 units.
    async with local_client() as client:
        await client.start(PULL)
        client.open(URI, "a\x0cb\u2028c\r\n𝒳 x\rend")
        insert = {"line": 1, "character": 3}
        change = {"range": {"start": insert, "end": insert}, "text": "BUG"}
        params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]}
        client.notify("textDocument/didChange", params)
        (item,) = (await client.pull(URI))["items"]
        assert item["range"]["start"] == insert
        assert item["message"].startswith("found in 𝒳 BUGx")
        behind = {"line": 99, "character": 99}
        change = {"range": {"start": behind, "end": behind}, "text": "BUG"}
        params = {"textDocument": {"uri": URI, "version": 3}, "contentChanges": [change]}
        client.notify("textDocument/didChange", params)
        items = (await client.pull(URI))["items"]
        assert [each["range"]["start"]["line"] for each in items] == [1, 2]
        assert items[1]["range"]["start"]["character"] == 3


# --- hover ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("formats", "kind"), [(["markdown"], "markdown"), ([], "plaintext")])
async def test_hover_in_the_format_of_the_client(formats: list[str], kind: str) -> None:
    async with local_client() as client:
        await client.start({"textDocument": {"hover": {"contentFormat": formats}}})
        client.open(URI, "\n𝒳.send")
        params = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 4}}
        hover = await client.request("textDocument/hover", params)
        assert hover["contents"]["kind"] == kind
        mark = "`" if kind == "markdown" else ""
        assert hover["contents"]["value"] == f"{mark}𝒳.send{mark} at 2:3"
        assert hover["range"]["start"] == {"line": 1, "character": 3}
        nowhere = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
        assert await client.request("textDocument/hover", nowhere) is None


async def test_hover_on_a_rule_in_an_ignore_comment() -> None:
    async with local_client() as client:
        await client.start({"textDocument": {"hover": {"contentFormat": ["markdown"]}}})
        line = "𝒳  # corolint: ignore[other, bug]"
        client.open(URI, line)
        for character, page in ((31, "# bug"), (25, None), (3, None)):
            position = {"line": 0, "character": character}
            params = {"textDocument": {"uri": URI}, "position": position}
            hover = await client.request("textDocument/hover", params)
            assert (hover and hover["contents"]["value"]) == page


# --- code actions --------------------------------------------------------------------------------

INLINE = {
    "textDocument": {
        "diagnostic": {},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    }
}
RESOLVING = {
    "workspace": {"workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "diagnostic": {},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
}


def at(line: int, character: int, only: list[str] | None = None) -> dict[str, Any]:
    place = {"line": line, "character": character}
    context: dict[str, Any] = {"diagnostics": []}
    if only is not None:
        context["only"] = only
    return {
        "textDocument": {"uri": URI},
        "range": {"start": place, "end": place},
        "context": context,
    }


async def test_fixes_come_complete_to_a_client_that_cannot_ask_later() -> None:
    async with local_client() as client:
        await client.start(INLINE)
        client.open(URI, "x = FIX\n")
        mend, ignore = await client.request("textDocument/codeAction", at(0, 5))
        assert (mend["title"], mend["kind"], mend["isPreferred"]) == ("Mend it", "quickfix", True)
        assert mend["edit"]["changes"][URI][0]["newText"] == "fixed"
        assert mend["diagnostics"][0]["code"] == "fixable"
        assert ignore["edit"]["changes"][URI][0]["newText"] == "  # corolint: ignore[fixable]"
        assert await client.request("textDocument/codeAction", at(0, 0)) == []


async def test_fixes_come_later_to_a_client_that_asks() -> None:
    async with local_client() as client:
        await client.start(RESOLVING)
        client.open(URI, "x = FIX\n", 7)
        mend, _ = await client.request("textDocument/codeAction", at(0, 5))
        assert "edit" not in mend
        resolved = await client.request("codeAction/resolve", mend)
        (change,) = resolved["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": URI, "version": 7}
        assert change["edits"][0]["newText"] == "fixed"
        client.change(URI, "y\nx = FIX\n", 8)
        assert "edit" not in await client.request("codeAction/resolve", mend)


async def test_an_ignore_comment_joins_an_existing_one() -> None:
    async with local_client() as client:
        await client.start(INLINE)
        client.open(URI, "BUG FIX  # corolint: ignore[bug] because\n")
        _, ignore = await client.request("textDocument/codeAction", at(0, 5))
        (edit,) = ignore["edit"]["changes"][URI]
        assert edit["newText"] == ", fixable"
        assert edit["range"]["start"] == {"line": 0, "character": 31}


async def test_all_safe_fixes_at_once_only_when_asked_for() -> None:
    async with local_client() as client:
        await client.start(INLINE)
        client.open(URI, "FIX\nBUG\nFIX\n")
        (action,) = await client.request("textDocument/codeAction", at(0, 0, ["source.fixAll"]))
        assert action["kind"] == "source.fixAll.corolint"
        assert [edit["range"]["start"]["line"] for edit in action["edit"]["changes"][URI]] == [0, 2]
        kinds = {each["kind"] for each in await client.request("textDocument/codeAction", at(0, 0))}
        assert kinds == {"quickfix"}
        for only in (["quickfix"], [""]):
            found = await client.request("textDocument/codeAction", at(0, 0, only))
            assert "quickfix" in {each["kind"] for each in found}
        assert await client.request("textDocument/codeAction", at(0, 0, ["refactor"])) == []


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"ignore": ["bug"]},
        {"settings": {"ignore": ["bug"]}},
        {"settings": [{"ignore": ["bug"]}], "globalSettings": {}},
        {"corolint": {"ignore": ["bug"]}},
        {"settings": {"corolint": {"ignore": ["bug"]}}},
    ],
)
async def test_settings_in_initialization_options(options: dict[str, Any]) -> None:
    async with local_client() as client:
        await client.start(PULL, initializationOptions=options)
        client.open(URI, "BUG FIX")
        assert [each["code"] for each in (await client.pull(URI))["items"]] == ["fixable"]


async def test_settings_by_question_before_anything_is_shown() -> None:
    async with local_client() as client:
        await client.start({**PULL, "workspace": {"configuration": True}})
        client.open(URI, "BUG FIX")
        pulled = client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})
        question = await client.wait_for("workspace/configuration")
        assert question["params"]["items"] == [{"section": "corolint"}]
        client.send(id=question["id"], result=[{"ignore": ["bug"], "minEvidence": "declared"}])
        items = (await client.answer(pulled))["result"]["items"]
        assert [each["code"] for each in items] == ["fixable"]
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        question = await client.wait_for("workspace/configuration")
        client.send(id=question["id"], result=[{"ignore": ["fixable"]}])
        await client.settle()
        assert [each["code"] for each in (await client.pull(URI))["items"]] == ["bug"]


async def test_each_folder_may_have_settings_of_its_own(tmp_path: Path) -> None:
    paths = [tmp_path / "one", tmp_path / "two"]
    for path in paths:
        path.mkdir()
    folders = [{"uri": path.as_uri(), "name": path.name} for path in paths]
    async with local_client() as client:
        abilities = {**PULL, "workspace": {"configuration": True, "workspaceFolders": True}}
        await client.start(abilities, workspaceFolders=folders)
        question = await client.wait_for("workspace/configuration")
        scopes = [item.get("scopeUri") for item in question["params"]["items"]]
        assert scopes == [None, *(path.as_uri() for path in paths)]
        answers = [{"ignore": []}, {"ignore": ["bug"]}, {"ignore": ["fixable"]}]
        client.send(id=question["id"], result=answers)
        codes = []
        for path in (*paths, tmp_path):
            uri = (path / "example.py").as_uri()
            client.open(uri, "BUG FIX")
            codes.append([each["code"] for each in (await client.pull(uri))["items"]])
        assert codes == [["fixable"], ["bug"], ["bug", "fixable"]]


@pytest.mark.parametrize("answer", [None, [], [None], {"wrong": "kind"}, [3]])
async def test_a_useless_answer_about_settings_leaves_the_defaults(answer: Any) -> None:
    async with local_client() as client:
        await client.start({**PULL, "workspace": {"configuration": True}})
        client.open(URI, "BUG")
        question = await client.wait_for("workspace/configuration")
        client.send(id=question["id"], result=answer)
        assert len((await client.pull(URI))["items"]) == 1


async def test_a_mistake_in_settings_is_told_and_the_rest_counts() -> None:
    async with local_client() as client:
        options = {"ingore": ["bug"], "ignore": ["bug"], "minEvidence": "some", "python": ""}
        await client.start(PULL, initializationOptions=options)
        client.open(URI, "BUG")
        assert (await client.pull(URI))["items"] == []
        told = " ".join(
            each["params"]["message"]
            for each in client.seen
            if each.get("method") == "window/logMessage"
        )
        assert "unknown setting 'ingore'; did you mean 'ignore'?" in told
        assert "'min-evidence': must be one of declared, inferred, consensus" in told


async def test_files_of_settings_and_who_wins(tmp_path: Path) -> None:
    config = tmp_path / "corolint.toml"
    config.write_text('ignore = ["bug"]\n')
    uri = (tmp_path / "example.py").as_uri()

    async def codes(options: dict[str, Any]) -> list[str]:
        async with local_client() as client:
            root = tmp_path.as_uri()
            await client.start(PULL, rootUri=root, initializationOptions=options)
            client.open(uri, "BUG FIX")
            return [each["code"] for each in (await client.pull(uri))["items"]]

    editor = {"ignore": ["fixable"]}
    assert await codes({}) == ["fixable"]
    assert await codes(editor) == ["bug"]
    assert await codes({**editor, "configurationPreference": "filesystemFirst"}) == ["fixable"]
    assert await codes({"configurationPreference": "editorOnly"}) == ["bug", "fixable"]
    (tmp_path / "other.toml").write_text('ignore = ["bug", "fixable"]\n')
    assert await codes({"configuration": "other.toml"}) == []


async def test_a_changed_configuration_file_counts_and_a_broken_one_is_told(tmp_path: Path) -> None:
    config = tmp_path / "corolint.toml"
    config.write_text("")
    uri = (tmp_path / "example.py").as_uri()
    async with local_client() as client:
        await client.start(PULL, rootUri=tmp_path.as_uri())
        client.open(uri, "BUG")
        assert len((await client.pull(uri))["items"]) == 1
        config.write_text('ignore = ["bug"]\n')
        changes = [{"uri": config.as_uri(), "type": 2}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        assert (await client.pull(uri))["items"] == []
        config.write_text("ignore = [\n")
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        assert len((await client.pull(uri))["items"]) == 1
        assert "not valid TOML" in str(client.seen)


async def test_watches_and_refreshes_where_the_client_can() -> None:
    abilities = {
        **PULL,
        "workspace": {
            "diagnostics": {"refreshSupport": True},
            "didChangeWatchedFiles": {"dynamicRegistration": True},
            "didChangeConfiguration": {"dynamicRegistration": True},
        },
    }
    async with local_client() as client:
        await client.start(abilities)
        registration = await client.wait_for("client/registerCapability")
        methods = {each["method"] for each in registration["params"]["registrations"]}
        assert methods == {
            "workspace/didChangeWatchedFiles",
            "workspace/didChangeConfiguration",
        }
        client.send(id=registration["id"], result=None)
        client.notify("workspace/didChangeWatchedFiles", {"changes": []})
        refresh = await client.wait_for("workspace/diagnostic/refresh")
        client.send(id=refresh["id"], result=None)


async def test_files_that_settings_leave_out_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "node_modules"
    folder.mkdir()
    inside, outside = (folder / "a.py").as_uri(), (tmp_path / "a.py").as_uri()
    async with local_client() as client:
        await client.start(PULL, rootUri=tmp_path.as_uri())
        client.open(inside, "BUG")
        client.open(outside, "BUG")
        assert (await client.pull(inside))["items"] == []
        assert len((await client.pull(outside))["items"]) == 1


# --- commands ------------------------------------------------------------------------------------


async def test_commands() -> None:
    async with local_client() as client:
        capabilities = await client.start()
        commands = capabilities["executeCommandProvider"]["commands"]
        assert commands == [
            "corolint.server.explainRule",
            "corolint.server.fixAll",
            "corolint.server.readEverythingAnew",
        ]
        for rule, page in (("bug", "# bug"), ("nothing", None)):
            params = {"command": commands[0], "arguments": [rule]}
            assert await client.request("workspace/executeCommand", params) == page
        params = {"command": commands[2], "arguments": []}
        assert await client.request("workspace/executeCommand", params) is None


async def test_the_command_that_makes_all_safe_fixes() -> None:
    async with local_client() as client:
        await client.start({"workspace": {"applyEdit": True}})
        client.open(URI, "FIX\nBUG\nFIX\n")
        params = {"command": "corolint.server.fixAll", "arguments": [URI]}
        asked = client.ask("workspace/executeCommand", params)
        request = await client.wait_for("workspace/applyEdit")
        edits = request["params"]["edit"]["changes"][URI]
        assert [each["range"]["start"]["line"] for each in edits] == [0, 2]
        client.send(id=request["id"], result={"applied": False, "failureReason": "no"})
        assert (await client.answer(asked))["result"] == "no"
        client.change(URI, "BUG", 2)
        assert await client.request("workspace/executeCommand", params) is None
    async with local_client() as client:
        await client.start()
        client.open(URI, "FIX")
        assert "does not let" in await client.request("workspace/executeCommand", params)


# --- inlay hints and definitions -----------------------------------------------------------------


async def test_inlay_hints_only_where_they_are_wanted() -> None:
    whole = {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}
    params = {"textDocument": {"uri": URI}, "range": whole}
    async with local_client() as client:
        await client.start(PULL)
        client.open(URI, "a\n𝒳\nc\nd\n")
        assert await client.request("textDocument/inlayHint", params) == []
    async with local_client() as client:
        await client.start(PULL, initializationOptions={"inlayHints": True})
        client.open(URI, "a\n𝒳\nc\nd\n")
        first, second = await client.request("textDocument/inlayHint", params)
        assert (first["label"], first["tooltip"]) == (": hint", "why")
        assert first["position"] == {"line": 1, "character": 2}
        assert second["position"] == {"line": 2, "character": 1}


@pytest.mark.parametrize("links", [False, True])
async def test_a_finding_leads_to_the_places_of_its_notes(links: bool) -> None:
    async with local_client() as client:
        await client.start({"textDocument": {"definition": {"linkSupport": links}}})
        client.open(URI, "x\n𝒳 BUG")
        position = {"line": 1, "character": 4}
        params = {"textDocument": {"uri": URI}, "position": position}
        (found,) = await client.request("textDocument/definition", params)
        place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
        if links:
            assert (found["targetUri"], found["targetSelectionRange"]) == (URI, place)
            assert found["originSelectionRange"]["start"] == {"line": 1, "character": 3}
        else:
            assert found == {"uri": URI, "range": place}
        params["position"] = {"line": 0, "character": 0}
        assert await client.request("textDocument/definition", params) is None


# --- documents that are no files -----------------------------------------------------------------


async def test_a_text_that_was_never_saved() -> None:
    async with local_client() as client:
        await client.start(PULL)
        client.open("untitled:Untitled-1", "BUG")
        assert len((await client.pull("untitled:Untitled-1"))["items"]) == 1


async def test_cells_of_a_notebook_are_one_text_shown_in_parts() -> None:
    notebook = "file:///nowhere/n.ipynb"
    first, second, note = (f"vscode-notebook-cell:/nowhere/n.ipynb#{n}" for n in "abc")

    def cell(uri: str, text: str) -> dict[str, Any]:
        return {"uri": uri, "languageId": "python", "version": 1, "text": text}

    stand_in = StandIn()
    async with local_client(stand_in) as client:
        capabilities = await client.start({**PULL, "notebookDocument": {"synchronization": {}}})
        assert capabilities["notebookDocumentSync"]["notebookSelector"]
        cells = [{"kind": 2, "document": uri} for uri in (first, second)]
        client.notify(
            "notebookDocument/didOpen",
            {
                "notebookDocument": {
                    "uri": notebook,
                    "notebookType": "jupyter-notebook",
                    "version": 1,
                    "cells": [{"kind": 1, "document": note}, *cells],
                },
                "cellTextDocuments": [cell(first, "%magic BUG\nBUG"), cell(second, "𝒳\n𝒳 BUG")],
            },
        )
        assert lines_of((await client.pull(first))["items"]) == [1]
        (item,) = (await client.pull(second))["items"]
        assert item["range"]["start"] == {"line": 1, "character": 3}
        assert item["relatedInformation"][0]["location"]["uri"] == first
        assert stand_in.checked[-1][1] == "pass\nBUG\n𝒳\n𝒳 BUG"
        change = {
            "document": {"uri": first, "version": 2},
            "changes": [{"text": "one\ntwo\nthree"}],
        }
        client.notify(
            "notebookDocument/didChange",
            {
                "notebookDocument": {"uri": notebook, "version": 2},
                "change": {"cells": {"textContent": [change]}},
            },
        )
        assert (await client.pull(first))["items"] == []
        assert lines_of((await client.pull(second))["items"]) == [1]
        hover = {"textDocument": {"uri": second}, "position": {"line": 0, "character": 0}}
        assert await client.request("textDocument/hover", hover) is None
