"""What corolint writes, read by programs of others that come from npm.

Where npm is missing, or gives nothing, the readers that are Python packages have to do: they are in
`unit/test_formats.py`, and run everywhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from command import EXAMPLES, corolint
from corolint.finding import Finding, Severity
from generated import ROOT
from sample_report import FINDINGS, shown

SOURCE = ROOT / "tests" / "readers"
HOME = ROOT / ".readers"


@pytest.fixture(scope="module")
def readers() -> Path | None:
    """The folder with the programs, which are installed once; `None` where that is impossible."""
    npm = shutil.which("npm")
    done = HOME / "installed"
    wanted = (SOURCE / "package.json").read_text("utf-8")
    if npm and not (done.exists() and done.read_text("utf-8") == wanted):
        HOME.mkdir(exist_ok=True)
        shutil.copy(SOURCE / "package.json", HOME)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--force")
        installing = subprocess.run(
            [npm, "install", *options], cwd=HOME, capture_output=True, check=False
        )
        if installing.returncode == 0:
            done.write_text(wanted, "utf-8")
    if done.exists():
        shutil.copy(SOURCE / "read.js", HOME)
        return HOME
    warnings.warn("npm gives no readers: only those from PyPI read the formats", stacklevel=1)
    return None


# GitHub's names for what a finding is, and its library's for where it stands.
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def annotation(finding: Finding) -> dict[str, object]:
    """A finding as `@actions/core` is told of it."""
    path, span = finding.path.removeprefix("/p/"), finding.span
    columns = {"startColumn": span.column + 1, "endColumn": span.end_column + 1}
    message = finding.message.replace("\x1b", "␛")
    return {
        "level": LEVELS[finding.severity],
        "message": f"{path}:{span.line}:{span.column + 1}: {finding.rule}: {message}",
        "properties": {
            "title": f"corolint ({finding.rule})",
            "file": path,
            "startLine": span.line,
            "endLine": span.end_line,
            **(columns if span.line == span.end_line else {}),
        },
    }


def test_json_and_lines(readers):
    if readers is None:
        return
    texts = {name: shown(name) for name in ("rdjson", "azure", "concise", "gitlab")}
    done = subprocess.run(
        ["node", "read.js"],
        cwd=readers,
        input=json.dumps({**texts, "annotations": list(map(annotation, FINDINGS))}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    seen = json.loads(done.stdout)
    assert seen["rdjson"] == {"valid": True, "errors": [], "warnings": []}
    places = [("a b.py", 1, 10), ("sub/c.py", 6, 5), ("sub/c.py", 9, 9), ("sub/c.py", 9, 9)]
    rules = [finding.rule for finding in FINDINGS]
    azure = [each["properties"] for each in seen["azure"]]
    assert [
        (each["sourcepath"], int(each["linenumber"]), int(each["columnnumber"])) for each in azure
    ] == places
    assert [each["code"] for each in azure] == rules
    assert seen["azure"][1]["message"] == "100%: a,b;c]\nd"
    assert seen["github"] == shown("github")
    assert seen["gitlab"] == [] != seen["notGitlab"]
    assert [(each["file"], each["line"], each["column"]) for each in seen["concise"]] == places
    assert [each["code"] for each in seen["concise"]] == rules


# corolint has no page on the web that its report could name.
UNHEEDED = {"Warning_ProvideToolnformationUri"}


def test_sarif_by_its_makers_validator(readers, tmp_path):
    if readers is None or not sys.platform.startswith("linux"):
        return
    (tmp_path / "sample.sarif").write_text(shown("sarif"))
    written = ("--output-format", "sarif", "-o", tmp_path / "examples.sarif")
    corolint("check", "--no-cache", *written, folder=EXAMPLES)
    tool = readers / "node_modules" / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    tool.chmod(0o755)
    (tmp_path / "broken.sarif").write_text(shown("sarif").replace('"text"', '"txt"'))
    complaints = {}
    for name in ("sample", "examples", "broken"):
        verdict = tmp_path / f"{name}.verdict.sarif"
        options = ("--rule-kind", "Sarif;Ghas", "--level", "Error;Warning")
        subprocess.run(
            [tool, "validate", tmp_path / f"{name}.sarif", "-o", verdict, *options],
            env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
            capture_output=True,
            check=False,
        )
        (run,) = json.loads(verdict.read_text("utf-8-sig"))["runs"]
        complaints[name] = {result["message"]["id"] for result in run["results"]} - UNHEEDED
    assert (complaints["sample"], complaints["examples"]) == (set(), set())
    assert complaints["broken"]
