"""A summary comes back from a cache as it was, and nothing that somebody else wrote does harm."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import corolint
import pytest
from corolint.cache import ResultCache, Stored
from corolint.files import RecordingReader
from corolint.kept_summary import packed, unpacked
from corolint.module_files import ModuleFile, SearchPath
from corolint.project import Project
from corolint.summarize import summarize
from corolint.summary import ModuleSummary
from corolint.summary_store import SUMMARIES, SummaryStore
from corolint.syntax import decode, parse

PACKAGE = Path(corolint.__file__).parent
RICH = """\
from typing import Literal
from elsewhere import *
__all__ = ["C", "generic"]
class C[T: int](Base, key=make()):
    field: Literal[1, True, "é \\ud800"] = dict(default_factory=list)
    def __init__(self, one=1, /, *rest, key: "C | None" = None, **more):
        self.one, self.rest = one, [*rest]
        def inner(): nonlocal one; one = more["x"]; yield one
        self.later = lambda: inner()
async def generic[**P](f: Callable[P, int]) -> int:
    c = C(1, key=None)
    c.one.two = await f()
    ITEMS.append(c.one[0])
    return c.one if isinstance(c, C) else (1, -2.5, *c)
"""


def summary_of(text: str, name: str = "m") -> ModuleSummary:
    return summarize(parse(text), name, is_package=False, is_stub=False, has_bodies=True).summary


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("infer/*.py")), ids=lambda path: path.name)
def test_it_comes_back_as_it_was(path):
    summary = summary_of(decode(path.read_bytes()))
    again = unpacked(packed(summary))
    assert again == summary
    assert again.lines == summary.lines
    assert repr(again) == repr(summary)  # 1 is equal to `True`.


def test_everything_in_one_module_comes_back():
    summary = summary_of(RICH)
    assert summary.functions["C.__init__"].parameters[0].default is None
    assert repr(unpacked(packed(summary))) == repr(summary)


def test_what_json_has_no_word_for_is_not_kept():
    with pytest.raises(TypeError):
        packed(replace(summary_of(RICH), bindings={"x": (("type-literal", b"a"),)}))


def replaced(plain: Any, number: int, by: Any) -> tuple[Any, int]:
    """`plain` with its part of that number, counted from the outside, replaced by another."""
    if number == 0:
        return by, -1
    number -= 1
    if isinstance(plain, list):
        changed = []
        for each in plain:
            part, number = (each, number) if number < 0 else replaced(each, number, by)
            changed.append(part)
        return changed, number
    if isinstance(plain, dict):
        table = {}
        for key, each in plain.items():
            table[key], number = (each, number) if number < 0 else replaced(each, number, by)
        return table, number
    return plain, number


REFUSED = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError)


@pytest.mark.parametrize("by", [None, 7, "x", [], {}, [[]], {"C": 1}])
def test_anything_else_is_a_summary_or_refused(by):
    honest = json.loads(packed(summary_of(RICH)))
    number, left = 0, -1
    while left < 0:
        plain, left = replaced(honest, number, by)
        try:
            found = unpacked(json.dumps(plain).encode())
        except REFUSED:
            pass
        else:
            assert type(found) is ModuleSummary
        number += 1
    assert number > 500


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b"\x80\x04N.", b"[" * 100_000, b"\xff", b'["m"]']
)
def test_what_is_no_summary_is_refused(data):
    with pytest.raises(REFUSED):
        unpacked(data)


@pytest.mark.parametrize("outer", ["f", "f.g", "other"])
def test_no_function_is_in_itself(outer):
    plain = json.loads(packed(summary_of("def f(): ...\n")))
    plain[7]["f"][11] = outer
    with pytest.raises(ValueError):
        unpacked(json.dumps(plain).encode())


# --- the store -----------------------------------------------------------------------------------


def run(folder: Path, cache: ResultCache, changed: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Asks a new project for the module `a`; gives the files that were read for it."""
    reader = RecordingReader()
    before = cache.load("k")
    files = {} if before is None else before.files
    unchanged = {path: stamp for path, stamp in files.items() if path not in changed}
    store = SummaryStore(cache.parts("k", SUMMARIES), unchanged, reader)
    opened: list[str] = []

    class Reader(RecordingReader):
        def read(self, path: str) -> bytes | None:
            opened.append(path)
            return reader.read(path)

    project = Project(SearchPath((str(folder),)), Reader(), kept=store)
    summary = project.summary("a")
    assert summary is not None
    assert summary.functions.keys() == {"f"}
    assert str(folder / "a.py") in reader.stamps  # Read or not, what comes of it rests on it.
    stored = Stored(5, {**files, **reader.stamps}, {}, {})
    cache.store("k", stored, store.parts())
    return tuple(path for path in opened if path.endswith("a.py"))


def test_a_file_that_has_not_changed_is_not_opened(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("def f(): ...\n")
    cache = ResultCache(str(tmp_path / ".corolint_cache"))
    assert run(tmp_path, cache) == (str(path),)
    assert run(tmp_path, cache) == ()
    assert run(tmp_path, cache, changed=frozenset({str(path)})) == (str(path),)
    assert run(tmp_path, cache) == ()


@pytest.mark.parametrize("damage", [b"", b"0" * 32, b"0" * 32 + b"[]", b"[" * 9_000])
def test_what_is_damaged_is_read_again(damage, tmp_path):
    path = tmp_path / "a.py"
    path.write_text("def f(): ...\n")
    cache = ResultCache(str(tmp_path / ".corolint_cache"))
    run(tmp_path, cache)
    stored = cache.load("k")
    assert stored is not None
    digest = stored.files[str(path)].digest.encode()
    for data in (damage, digest + damage[32:]):
        cache.store("k", stored, [(name, data) for name in cache.parts("k", SUMMARIES)])
        assert run(tmp_path, cache) == (str(path),)
    assert run(tmp_path, cache) == ()


def test_a_summary_of_another_module_is_none(tmp_path):
    (tmp_path / "a.py").write_text("def f(): ...\n")
    cache = ResultCache(str(tmp_path / ".corolint_cache"))
    run(tmp_path, cache)
    stored = cache.load("k")
    assert stored is not None
    store = SummaryStore(cache.parts("k", SUMMARIES), stored.files, RecordingReader())
    path = str(tmp_path / "a.py")
    assert store.find(ModuleFile("a", path, False, False, True), True) is not None
    for other in (
        ModuleFile("b", path, False, False, True),
        ModuleFile("a", path, True, False, True),
        ModuleFile("a", path, False, True, True),
        ModuleFile("a", path + "i", False, False, True),
    ):
        assert store.find(other, True) is None
