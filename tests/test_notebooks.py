"""Notebooks through the real command: told by cell and line, in every format, and never changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import check, corolint
from corolint.render import FORMATS

CELLS = [
    ("markdown", "# Pages"),
    ("code", "%load_ext autoreload\nimport asyncio\n\nfrom pages import fetch, fetch_now"),
    ("code", "await fetch()"),
    ("code", "# now\nfetch_now()\nasyncio.run(fetch())"),
]
PAGES = "import asyncio\nasync def fetch(): ...\ndef fetch_now(): asyncio.run(fetch())\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a module and a notebook that uses it."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "pages.py").write_text(PAGES)
    cells = [{"cell_type": kind, "source": source} for kind, source in CELLS]
    (tmp_path / "my notes.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}))
    return tmp_path


def test_a_finding_names_the_cell_and_its_line(project: Path) -> None:
    first, second = check("my notes.ipynb", folder=project).findings()
    assert (first["path"], first["cell"], first["line"]) == ("my notes.ipynb", 4, 2)
    assert (second["path"], second["cell"], second["line"]) == ("my notes.ipynb", 4, 3)
    here, there = first["notes"]
    assert (here["path"], here["cell"], here["line"]) == ("my notes.ipynb", 4, 2)
    assert (there["path"], there.get("cell"), there["line"]) == ("pages.py", None, 3)
    assert here["message"] == "the notebook calls fetch_now"


def test_the_frame_shows_the_lines_of_the_cell(project: Path) -> None:
    outcome = corolint("check", "my notes.ipynb", folder=project)
    assert " --> my notes.ipynb:cell 4:2:1\n  |\n1 | # now\n2 | fetch_now()\n" in outcome.out


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_format_tells_of_the_cell(project: Path, output_format: str) -> None:
    outcome = corolint("check", "--output-format", output_format, "--no-cache", folder=project)
    assert outcome.status == 1
    assert "ipynb_" not in outcome.out
    assert "cell 4" in outcome.out or '"cell": 4' in outcome.out


def test_the_cache_follows_a_notebook(project: Path) -> None:
    assert len(check(folder=project).findings()) == 3  # with the hint in the module
    assert len(check(folder=project).findings()) == 3
    notebook = project / "my notes.ipynb"
    notebook.write_text(notebook.read_text().replace("asyncio.run(fetch())", "await fetch()"))
    assert [finding["line"] for finding in check(folder=project).findings()] == [2, 3]


def test_a_baseline_covers_notebooks(project: Path) -> None:
    corolint("check", "--write-baseline", "known.json", folder=project)
    assert corolint("check", "--baseline", "known.json", folder=project).status == 0


@pytest.mark.parametrize("option", ["--fix", "--unsafe-fixes", "--diff", "--add-ignores"])
def test_a_notebook_is_never_changed(project: Path, option: str) -> None:
    before = (project / "my notes.ipynb").read_bytes()
    options = ["--fix", option] if option == "--unsafe-fixes" else [option]
    corolint("check", *options, folder=project)
    assert (project / "my notes.ipynb").read_bytes() == before


def test_a_notebook_can_be_left_out(project: Path) -> None:
    settings = '[tool.corolint.per-file-ignores]\n"*.ipynb" = ["nested-event-loop"]\n'
    (project / "pyproject.toml").write_text(settings)
    assert [finding["path"] for finding in check(folder=project).findings()] == ["pages.py"]
    (project / "pyproject.toml").write_text('[tool.corolint]\nextend-exclude = ["*.ipynb"]\n')
    assert check(folder=project).findings() == []


def test_a_notebook_on_standard_input(project: Path) -> None:
    text = (project / "my notes.ipynb").read_bytes()
    outcome = check("-", "--stdin-filename", "new.ipynb", folder=project, stdin=text)
    assert [finding["path"] for finding in outcome.findings()] == ["new.ipynb"] * 2


def test_a_notebook_that_cannot_be_read_is_told(project: Path) -> None:
    (project / "my notes.ipynb").write_text("<<<<<<< HEAD\n{}")
    outcome = check(folder=project)
    assert outcome.status == 2
    assert "my notes.ipynb: cannot be read" in outcome.err


def test_a_notebook_in_another_language_is_passed_over(project: Path) -> None:
    metadata = {"kernelspec": {"language": "R"}}
    document = {"cells": [{"cell_type": "code", "source": "x <- 1"}], "metadata": metadata}
    (project / "my notes.ipynb").write_text(json.dumps(document))
    outcome = check(folder=project)
    assert (outcome.status, outcome.out) == (0, "")
