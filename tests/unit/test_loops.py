"""The search for nested loops in a generated project: all that is planted, warm as cold."""

from __future__ import annotations

import os

import pytest
from analyser import ROOT, MemoryReader
from corolint.loops.faults import loop_faults
from corolint.module_files import SearchPath
from corolint.project import Project
from nested_project import Generated, Told, file_of, found_in, generate, planted, project_of


@pytest.fixture(scope="module")
def generated() -> Generated:
    return generate(32)


def _all_found(project: Project, generated: Generated) -> set[Told]:
    return {one for module in generated.files for one in found_in(project, module)}


@pytest.mark.parametrize("seed", [1, 2])
def test_all_that_is_planted_is_found_and_nothing_that_is_legal(seed: int) -> None:
    generated = generate(30, seed)
    assert planted(generated)
    assert _all_found(project_of(generated.files), generated) == planted(generated)


def test_the_order_of_the_files_does_not_matter(generated: Generated) -> None:
    project = project_of(generated.files)
    backwards = {one for module in reversed(generated.files) for one in found_in(project, module)}
    assert backwards == planted(generated)


@pytest.mark.parametrize("most_text", [0, 1_000])
def test_trees_that_went_away_are_read_again(
    generated: Generated, most_text: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corolint.loops.code._MOST_TEXT", most_text)
    project = project_of(generated.files)
    assert _all_found(project, generated) == planted(generated)
    assert len(project.lasting["codes"]) < len(generated.files) / 2


def test_after_edits_the_findings_are_those_of_a_new_project(generated: Generated) -> None:
    """Edits that take a run away, bring it back elsewhere, and put a guard before it."""
    project = project_of(generated.files)
    assert _all_found(project, generated) == planted(generated)
    files = dict(generated.files)
    first, second = generated.faults[0], generated.faults[1]
    below = first.chain[-1]
    calling = f"\n\nasync def late():\n    import {below}\n    {below}.extra()\n"
    edits = [
        (first.chain[-1], lambda text: text.replace("asyncio.run(fetch(number))", "number")),
        (
            second.chain[0],
            lambda text: text + "\n\nasync def more():\n    asyncio.run(fetch(1))\n",
        ),
        (first.chain[-1], lambda text: generated.files[first.chain[-1]]),
        (
            second.chain[-1],
            lambda text: text.replace(
                "return asyncio.run(fetch(number))",
                "return None if has_loop() else asyncio.run(fetch(number))",
            ),
        ),
        (second.chain[0], lambda text: "# one line more\n" + text),
        (second.chain[0], lambda text: text + calling),
        (first.chain[-1], lambda text: text + "\n\ndef extra():\n    return fetch_more()\n"),
        (
            first.chain[-1],
            lambda text: text + "\n\ndef fetch_more():\n    return asyncio.run(fetch(1))\n",
        ),
        (first.chain[-1], lambda text: text.replace("def extra", "def extras")),
    ]
    for module, edit in edits:
        files[module] = edit(files[module])
        project = project.with_text(file_of(module), files[module])
        assert _all_found(project, generated) == _all_found(project_of(files), generated)


CLASSES = """import asyncio
async def fetch(): ...
class Base:
    def __init__(self): ...
class Loader(Base):
    def __init__(self):
        self.data = asyncio.run(fetch())
class Named(Base):
    def __init__(self):
        super().__init__()
"""


@pytest.mark.parametrize("bases", ["Loader", "Named, Loader"])
def test_a_new_class_may_inherit_what_starts_a_loop(bases: str) -> None:
    files = {"classes": CLASSES, "page": "from classes import Loader, Named\n"}
    project = project_of(files)
    assert not list(found_in(project, "page"))
    files["page"] += f"class Page({bases}): ...\nasync def main():\n    Page()\n"
    warm = project.with_text(file_of("page"), files["page"])
    assert list(found_in(warm, "page")) == list(found_in(project_of(files), "page"))
    assert list(found_in(warm, "page"))


NOTEBOOK = """import asyncio
async def fetch(): ...
def fetch_now():
    return asyncio.run(fetch())
fetch_now()
asyncio.run(fetch())
task = asyncio.create_task(fetch())
await fetch()
"""


@pytest.mark.parametrize(("name", "nested", "missing"), [("n_ipynb_.py", 2, 0), ("n.py", 0, 1)])
def test_the_top_level_of_a_notebook_runs_in_a_loop(name: str, nested: int, missing: int) -> None:
    path = os.path.join(ROOT, name)
    project = Project(SearchPath((ROOT,)), MemoryReader({path: NOTEBOOK}))
    syntax, reading = project.reading(path)
    faults = loop_faults(path, syntax, reading, project)
    assert sum(map(len, faults.nested.values())) == nested
    assert sum(map(len, faults.missing.values())) == missing
