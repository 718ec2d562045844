"""What is known of loops comes back from a cache as it was, and a run goes on from there."""

from __future__ import annotations

import pytest
from corolint.check import check
from corolint.concern import concerned, digest_of, gathered, loops_of
from corolint.config import Settings
from corolint.files import DiskReader
from corolint.infer.state import inference
from corolint.loops.kept import packed, unpacked
from corolint.loops.memory import Known, known_of
from corolint.module_files import SearchPath
from corolint.project import Project

GUARDED = """\
import asyncio

async def fetch(): ...

class Page:
    @property
    def text(self): return load()
    def __enter__(self): return load()

def load(): return asyncio.run(fetch())

async def main(page):
    Page().text
    with Page(): load()
"""
USING = "from guarded import load\n\n\nasync def serve():\n    load()\n"


def checked(folder) -> Project:
    files = tuple(str(folder / name) for name in ("guarded.py", "using.py", "other.py"))
    project = Project(SearchPath((str(folder),)), DiskReader(), checked=files)
    for path in files:
        with open(path) as file:
            check(path, file.read(), project, Settings())
    return project


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "guarded.py").write_text(GUARDED)
    (tmp_path / "using.py").write_text(USING)
    (tmp_path / "other.py").write_text("def other():\n    return 1\n")
    return tmp_path


def test_it_comes_back(folder):
    project = checked(folder)
    text = loops_of(project)
    assert text is not None
    known = unpacked(text)
    assert isinstance(known, Known)
    assert known == known_of(inference(project))
    assert packed(known) == text
    assert {ref.qualname for ref in known.candidates.functions} >= {"load", "Page.text"}
    assert known.entries.keys() == {"guarded", "using"}


@pytest.mark.parametrize("text", ["", "[]", "{}", "[1,2]", "[[1]" + ",[]" * 13 + "]", '"ab"'])
def test_anything_else_is_refused(text):
    with pytest.raises((ValueError, TypeError)):
        unpacked(text)


@pytest.mark.parametrize("forged", [False, True])
def test_an_edit_is_gone_on_from(folder, forged):
    project = checked(folder)
    grounds, loops = gathered(project), loops_of(project)
    assert loops is not None
    assert digest_of(loops) == grounds.loops
    (folder / "using.py").write_text(USING + "\n\ndef fresh(one):\n    return one\n")
    new = Project(SearchPath((str(folder),)), DiskReader(), checked=project.checked)
    before = {str(folder / "using.py"): USING}
    kept = "[]" if forged else loops
    assert concerned(before, grounds, new, kept) == {str(folder / "using.py")}
    # Only who starts anew has to look at all modules.
    assert ("other" in new.known_summaries()) == forged
