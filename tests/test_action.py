"""The GitHub action does what it says: its steps run here as GitHub runs them.

GitHub itself cannot be had in a test. What it does with `action.yml` is little: it fills in what
stands in ``${{ … }}``, leaves out steps whose `if` is not true, and gives every script to bash.
Steps that use somebody else's action are not run; their part here is to bring a Python, and to be
given a file with SARIF.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
BAD = "async def fetch():\n    ...\n\n\nasync def main():\n    fetch()\n"
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]  # What `shell: bash` stands for.
INSTALL = "Install corolint"


def run(temp: Path, workspace: Path, **inputs: str) -> dict[str, tuple[int, str]]:
    """Status and output of each step by its name, up to the first that fails."""
    values = {name: each["default"] for name, each in ACTION["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in inputs.items()}
    known = {f"inputs.{name}": value for name, value in values.items()}
    known |= {
        "steps.python.outputs.python-path": sys.executable,
        "github.action_path": str(ROOT),
        "runner.temp": str(temp),
    }

    def filled(value: str | bool) -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], text)

    def is_wanted(step: dict[str, Any]) -> bool:
        name, equals, value = step.get("if", "inputs.paths != ''").split()
        return (known[name] == value.strip("'")) == (equals == "==")

    done: dict[str, tuple[int, str]] = {}
    for step in filter(is_wanted, ACTION["runs"]["steps"]):
        given = {name: filled(value) for name, value in step.get("with", {}).items()}
        if "uses" in step:
            done[step["uses"]] = 0, json.dumps(given)
            continue
        assert step["shell"] == "bash"
        if step["name"] == INSTALL and (temp / "corolint").exists():
            continue
        script = temp / "step.sh"
        script.write_text(step["run"])
        variables = {name: filled(value) for name, value in step.get("env", {}).items()}
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        ended = subprocess.run(
            [*BASH, script],
            cwd=workspace,
            env={**kept, **pip_settings(), **variables, "RUNNER_TEMP": str(temp), "CI": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        done[step["name"]] = ended.returncode, ended.stdout + ended.stderr
        if ended.returncode:
            break
    return done


def pip_settings() -> dict[str, str]:
    """Where this machine gets its packages from."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_")}


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where GitHub lets actions put things, with the action installed."""
    folder = tmp_path_factory.mktemp("runner temp")
    workspace = tmp_path_factory.mktemp("clean")
    (workspace / "clean.py").write_text("")
    steps = run(folder, workspace)
    assert list(steps) == ["actions/setup-python@v6", INSTALL, "Check"]
    assert steps[INSTALL][0] == 0, steps[INSTALL][1]
    assert steps["Check"][0] == 0, steps["Check"][1]
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bad.py").write_text(BAD)
    (tmp_path / "clean.py").write_text("")
    return tmp_path


def test_findings_fail_the_job_and_are_shown_on_the_lines(temp, workspace):
    status, said = run(temp, workspace)["Check"]
    assert status == 1
    assert re.search(r"^::error .*file=src/bad\.py,line=6,", said, re.MULTILINE), said


def test_paths_and_arguments_are_several_words(temp, workspace):
    steps = run(temp, workspace, paths="clean.py src", args="--ignore unawaited-coroutine -v")
    assert steps["Check"][0] == 0, steps["Check"][1]
    assert run(temp, workspace, paths="clean.py")["Check"][0] == 0


def test_sarif_is_uploaded_whatever_was_found(temp, workspace):
    steps = run(temp, workspace, upload_sarif="true")
    assert list(steps)[1:] == ["Write SARIF", "github/codeql-action/upload-sarif@v4", "Check"]
    upload = json.loads(steps["github/codeql-action/upload-sarif@v4"][1])
    report = json.loads(Path(upload["sarif_file"]).read_text("utf-8"))
    (result,) = report["runs"][0]["results"]
    assert result["ruleId"] == "unawaited-coroutine"
    assert steps["Check"][0] == 1


def test_what_an_input_holds_is_no_script(temp, workspace):
    steps = run(temp, workspace, paths="clean.py;touch${IFS}ran", args='"$(touch ran)"')
    assert steps["Check"][0] == 2
    assert not (workspace / "ran").exists()
