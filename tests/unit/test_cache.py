"""Results kept between runs: they come back as they were, and a bad cache is no cache."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from corolint.cache import ResultCache, Stored
from corolint.files import RecordingReader, Stamp, digest, digest_of_listing
from corolint.finding import Definition, Edit, Evidence, Finding, Fix, Note, Severity
from corolint.plain_finding import from_plain, to_plain
from corolint.text import Span
from hypothesis import given
from hypothesis import strategies as st

FOLDER = ".corolint_cache"
FINDING = Finding(
    "/p/a.py",
    Span(1, 2, 3, 4),
    "r",
    Severity.WARNING,
    "é \ud800",
    Evidence.INFERRED,
    (Note("n", "/p/b.py", Span(1, 0, 1, 1)), Note("d", definition=Definition("m", "C.f"))),
    (Fix("f", (Edit(Span(1, 0, 1, 0), "x", "/p/c.py"),), safe=True),),
)
STORED = Stored(
    5,
    {
        "/p/a.py": Stamp(3, 4, "abc"),
        "/p/b.py": Stamp(3, 4, "bcd"),
        "/p/gone.py": Stamp(-1, -1, ""),
    },
    {"/p": "def"},
    {"/p/a.py": (FINDING,), "/p/b.py": ()},
)


def cache_file(folder: Path) -> Path:
    return folder / FOLDER / "results.sqlite"


def test_a_finding_comes_back_whole():
    again = from_plain(to_plain(FINDING))
    assert again == FINDING
    assert again.fixes == FINDING.fixes


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.floats(),
        lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(), inner, max_size=2),
        max_leaves=12,
    )
)
def test_anything_else_is_refused(plain):
    with pytest.raises(ValueError):
        from_plain(plain)


@pytest.mark.parametrize("position", range(8))
@pytest.mark.parametrize("value", [7, "x", [7], [[7]], {}, [1, 2, 3, -4]])
def test_a_finding_with_one_wrong_part_is_refused(position, value):
    plain = to_plain(FINDING)
    plain[position] = value
    if not (isinstance(value, str) and position in (0, 2, 4)):
        with pytest.raises(ValueError):
            from_plain(plain)


def test_a_run_comes_back(tmp_path):
    ResultCache(str(tmp_path / FOLDER)).store("key", STORED)
    again = ResultCache(str(tmp_path / FOLDER))
    assert again.load("key") == STORED
    assert again.load("other") is None
    assert (tmp_path / FOLDER / ".gitignore").read_text().endswith("*\n")


def test_parts_stay_until_they_are_replaced_or_their_run_goes(tmp_path):
    cache = ResultCache(str(tmp_path / FOLDER))
    cache.store("key", STORED, [("/p/a.py", b"a"), ("/p/b.py", b"b"), ("/p/gone.py", None)])
    cache.store("key", STORED, [("/p/b.py", b"c")])
    names = ("/p/a.py", "/p/b.py", "/p/gone.py", "/p/never.py")
    assert [cache.part("key", name) for name in names] == [b"a", b"c", None, None]
    for number in range(6):
        cache.store(f"key{number}", Stored(10 + number, {}, {}, {}))
    assert cache.part("key", "/p/a.py") is None


def test_a_part_that_is_none_of_ours_is_no_part(tmp_path):
    cache = ResultCache(str(tmp_path / FOLDER))
    assert cache.part("key", "name") is None
    cache.store("key", STORED, [("name", b"a")])
    for damage in ("text", b"nonsense"):
        with sqlite3.connect(cache_file(tmp_path)) as connection:
            connection.execute("UPDATE parts SET data = ?", (damage,))
        connection.close()
        assert cache.part("key", "name") is None


def test_nothing_is_made_by_looking(tmp_path):
    assert ResultCache(str(tmp_path / FOLDER)).load("key") is None
    assert list(tmp_path.iterdir()) == []


def test_only_so_many_runs_are_kept(tmp_path):
    cache = ResultCache(str(tmp_path / FOLDER))
    for number in range(20):
        cache.store(f"key{number}", Stored(number, {}, {}, {}))
    kept = [number for number in range(20) if cache.load(f"key{number}")]
    assert kept == list(range(14, 20))


def test_old_runs_make_room_for_large_ones(tmp_path, monkeypatch):
    monkeypatch.setattr("corolint.cache._MOST_BYTES", 60_000)
    cache = ResultCache(str(tmp_path / FOLDER))
    for number in range(4):
        noise = {str(each): digest(b"%d %d" % (number, each)) for each in range(1000)}
        cache.store(f"key{number}", Stored(number, {}, noise, {}))
    assert [number for number in range(4) if cache.load(f"key{number}")] == [2, 3]
    assert cache_file(tmp_path).stat().st_size < 150_000


def test_a_result_that_speaks_of_files_nobody_read_is_refused(tmp_path):
    cache = ResultCache(str(tmp_path / FOLDER))
    elsewhere = Note("look", "/etc/passwd", Span(1, 0, 1, 1))
    for finding in (replace(FINDING, notes=(elsewhere,)), replace(FINDING, path="/etc/passwd")):
        cache.store("key", replace(STORED, findings={"/p/a.py": (finding,)}))
        assert cache.load("key") is None


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE results (key, used, data)")
        connection.execute("CREATE TRIGGER t AFTER INSERT ON results BEGIN SELECT 1; END")
    connection.close()


def packed_nonsense(path: Path) -> None:
    ResultCache(str(path.parent)).store("key", STORED)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE results SET data = ?", (b"nonsense",))
    connection.close()


def wrong_type(path: Path) -> None:
    ResultCache(str(path.parent)).store("key", STORED)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE results SET data = 'text'")
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a database" * 1000),
        lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]) if path.exists() else None,
        foreign,
        packed_nonsense,
        wrong_type,
    ],
)
def test_a_damaged_cache_is_replaced(tmp_path, damage):
    cache_file(tmp_path).parent.mkdir()
    damage(cache_file(tmp_path))
    cache = ResultCache(str(tmp_path / FOLDER))
    assert cache.load("key") is None
    cache.store("key", STORED)
    assert cache.load("key") == STORED


@pytest.mark.parametrize(
    "change",
    [
        {"when": "x"},
        {"files": []},
        {"files": {"a": [1]}},
        {"findings": {"a": 3}},
        {"findings": {"a": [3]}},
        {"folders": None},
    ],
)
def test_a_row_of_another_shape_is_no_result(tmp_path, change, monkeypatch):
    import json

    original = json.dumps
    monkeypatch.setattr(json, "dumps", lambda value, **options: original({**value, **change}))
    ResultCache(str(tmp_path / FOLDER)).store("key", STORED)
    assert ResultCache(str(tmp_path / FOLDER)).load("key") is None


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_a_link_out_of_the_project_is_not_followed(tmp_path):
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (project / FOLDER).symlink_to(outside)
    ResultCache(str(project / FOLDER)).store("key", STORED)
    assert list(outside.iterdir()) == []
    (project / FOLDER).unlink()
    (project / FOLDER).mkdir()
    (outside / "theirs").write_text("theirs")
    cache_file(project).symlink_to(outside / "theirs")
    ResultCache(str(project / FOLDER)).store("key", STORED)
    assert ResultCache(str(project / FOLDER)).load("key") is None
    assert (outside / "theirs").read_text() == "theirs"
    cache_file(project).unlink()
    for ending in ("-wal", "-shm", "-journal"):
        link = Path(f"{cache_file(project)}{ending}")
        link.symlink_to(outside / "theirs")
        ResultCache(str(project / FOLDER)).store("key", STORED)
        assert (outside / "theirs").read_text() == "theirs"
        link.unlink(missing_ok=True)


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    (tmp_path / FOLDER).write_text("a file")
    cache = ResultCache(str(tmp_path / FOLDER))
    cache.store("key", STORED)
    assert cache.load("key") is None


def test_several_processes_at_once(tmp_path):
    program = (
        "import sys; sys.path[:0] = sys.argv[3:]\n"
        "from corolint.cache import *\n"
        "cache = ResultCache(sys.argv[1])\n"
        "for n in range(30):\n"
        "    cache.store(sys.argv[2], Stored(n, {}, {'f': str(n)}, {}))\n"
        "    cache.load(sys.argv[2])\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / FOLDER), str(number), *sys.path],
            stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]
    assert [process.communicate()[1] for process in running] == [b""] * 4
    cache = ResultCache(str(tmp_path / FOLDER))
    assert [cache.load(str(number)) for number in range(4)] == [Stored(29, {}, {"f": "29"}, {})] * 4


def test_a_recording_reader_knows_what_it_was_asked_for(tmp_path):
    (tmp_path / "a.py").write_bytes(b"x")
    reader = RecordingReader()
    reader.read(str(tmp_path / "a.py"))
    reader.read(str(tmp_path / "absent.py"))
    reader.names(str(tmp_path))
    stamps = reader.stamps
    assert stamps[str(tmp_path / "a.py")][::2] == (1, digest(b"x"))
    assert stamps[str(tmp_path / "absent.py")] == Stamp(-1, -1, "")
    assert list(reader.folders()) == [str(tmp_path)]


def test_a_folder_in_the_place_of_a_file_is_another_listing(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    before = digest_of_listing(RecordingReader().listing(str(tmp_path)))
    (tmp_path / "a").unlink()
    (tmp_path / "a").mkdir()
    assert digest_of_listing(RecordingReader().listing(str(tmp_path))) != before


def test_files_of_no_matter_leave_a_folder_as_it_was(tmp_path):
    before = digest_of_listing(RecordingReader().listing(str(tmp_path)))
    for name in (FOLDER, "__pycache__", ".pytest_cache"):
        (tmp_path / name).mkdir()
    (tmp_path / "report.xml").write_bytes(b"")
    assert digest_of_listing(RecordingReader().listing(str(tmp_path))) == before
    (tmp_path / "module.pyi").write_bytes(b"")
    assert digest_of_listing(RecordingReader().listing(str(tmp_path))) != before
