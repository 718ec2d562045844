"""Runs one after another: a warm run says what a cold one says, and looks only where it must."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from command import check, corolint

LIBRARY = "async def fetch():\n    return 1\n\n\ndef plain():\n    return 2\n"
USER = "import library\n\n\nasync def main():\n    library.fetch()\n    library.plain()\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "library.py").write_text(LIBRARY)
    (tmp_path / "user.py").write_text(USER)
    # Files of this very moment are read again, because a second change might have the same time.
    age(tmp_path)
    return tmp_path


def age(folder: Path) -> None:
    """Dates all files an hour back, each a second apart."""
    for number, path in enumerate(sorted(folder.rglob("*.*"))):
        past = time.time() - 3600 + number
        if path.is_file() and ".corolint_cache" not in path.parts:
            os.utime(path, (past, past))


def known(project: Path, *options: str) -> int:
    """How many files a run with these options did not look at again."""
    said = corolint("check", "-v", *options, folder=project).err
    match = re.search(r"known from an earlier run: (\d+) of", said)
    assert match, said
    return int(match[1])


def assert_warm_is_cold(project: Path) -> None:
    assert check(folder=project).findings() == check("--no-cache", folder=project).findings()


def test_nothing_changed(project):
    assert known(project) == 0
    assert known(project) == 2
    assert check(folder=project).rules() == ["unawaited-coroutine"]


GUARDED = """\
import asyncio


def is_free():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return True
    return False


async def fetch():
    pass


def start():
    if is_free():
        asyncio.run(fetch())


def drop(coroutine):
    coroutine.close()
"""
ASKING = """\
import guarded


async def main():
    guarded.start()
    made = guarded.fetch()
    guarded.drop(made)
"""


@pytest.mark.parametrize("others", [0, 210])
def test_an_edit_inside_a_body_that_others_look_into(project, others):
    (project / "guarded.py").write_text(GUARDED)
    (project / "asking.py").write_text(ASKING)
    for number in range(others):  # So many files are checked by several processes.
        (project / f"other_{number}.py").write_text("")
    age(project)
    assert "nested-event-loop" not in check(folder=project).rules()
    age(project)
    assert_warm_is_cold(project)
    unguarded = GUARDED.replace("if is_free():\n    ", "if is_free():\n        pass\n")
    (project / "guarded.py").write_text(unguarded)
    assert_warm_is_cold(project)
    assert "nested-event-loop" in check(folder=project).rules()
    age(project)
    assert_warm_is_cold(project)
    undecided = unguarded.replace(
        "    coroutine.close()", "    if None:\n        coroutine.close()"
    )
    (project / "guarded.py").write_text(undecided)
    assert_warm_is_cold(project)


def test_an_edit_inside_a_function_costs_one_file(project):
    assert known(project) == 0
    (project / "user.py").write_text("# moved\n" + USER)
    assert known(project) == 1
    assert_warm_is_cold(project)
    (finding,) = check(folder=project).findings()
    assert finding["line"] == 6


@pytest.mark.parametrize(
    ("use", "kept"),
    [
        ("", 2),
        ("# added\n", 2),
        ('"""What is added."""\n', 2),
        ("def f(x):\n    added = x\n    return g(added, added=x)\n", 2),
        ("added = 1\nprint(added)\n", 2),
        ("def f(x):\n    return x.added\n", 0),
        ("def f(x):\n    x.added()\n", 0),
        ("from library import added\n", 0),
        ("from library import *\nadded()\n", 0),
        ("class C:\n    async def added(self): ...\n", 0),
        ('def f(x):\n    getattr(x, "added")()\n', 0),
    ],
)
def test_a_new_function_is_of_interest_where_its_name_may_mean_it(project, use, kept):
    (project / "user.py").write_text("import library\n")
    (project / "other.py").write_text(use)
    age(project)
    known(project)
    (project / "library.py").write_text(LIBRARY + "\n\ndef added(one):\n    return one\n")
    assert known(project) == kept
    assert_warm_is_cold(project)


def test_a_note_into_an_edited_file_moves(project):
    check(folder=project)
    (project / "library.py").write_text("# moved\n\n" + LIBRARY)
    assert_warm_is_cold(project)
    (finding,) = check(folder=project).findings()
    assert finding["notes"][-1]["line"] == 3


def test_a_changed_signature_reaches_the_other_file(project):
    check(folder=project)
    (project / "library.py").write_text(LIBRARY.replace("async def fetch", "def fetch"))
    assert check(folder=project).findings() == []
    (project / "library.py").write_text(LIBRARY.replace("def plain", "async def plain"))
    assert [finding["line"] for finding in check(folder=project).findings()] == [5, 6]


def test_a_file_that_comes_or_goes(project):
    check(folder=project)
    # A package goes before a module of its name.
    package = project / "library"
    package.mkdir()
    (package / "__init__.py").write_text("def fetch(): ...\ndef plain(): ...\n")
    assert check(folder=project).findings() == []
    shutil.rmtree(package)
    assert check(folder=project).rules() == ["unawaited-coroutine"]
    (project / "library.py").unlink()
    assert_warm_is_cold(project)


def test_settings_and_options_are_part_of_what_is_known(project):
    check(folder=project)
    assert check("--ignore", "unawaited-coroutine", folder=project).findings() == []
    assert known(project) == 2
    (project / "pyproject.toml").write_text('[tool.corolint]\nignore = ["ALL"]\n')
    assert check(folder=project).findings() == []


def test_a_change_without_a_new_time_is_seen_by_size_or_by_age(project):
    check(folder=project)
    before = (project / "user.py").stat()
    (project / "user.py").write_text(USER.replace("library.fetch()", "library.plain(1)"))
    os.utime(project / "user.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert check(folder=project).findings() == []


def test_a_subset_of_the_files(project):
    check(folder=project)
    assert len(check("user.py", folder=project).findings()) == 1
    assert check("library.py", folder=project).findings() == []


def test_a_damaged_cache_changes_nothing(project):
    expected = check(folder=project).findings()
    for damage in (b"", b"x" * 10_000):
        (project / ".corolint_cache" / "results.sqlite").write_bytes(damage)
        assert check(folder=project).findings() == expected


def test_no_cache_leaves_no_trace(project):
    check("--no-cache", folder=project)
    check("-", folder=project, stdin=USER.encode())
    assert not (project / ".corolint_cache").exists()


def test_random_edits_warm_equals_cold(project):
    """Whatever is edited in whatever order, the warm run says what the cold one says."""
    dice = random.Random(7)
    variants = [
        LIBRARY,
        LIBRARY.replace("async ", ""),
        LIBRARY + "\n\nasync def more():\n    await fetch()\n",
        LIBRARY.replace("return 2", "return fetch()"),
        "from user import main as fetch\n\n\ndef plain():\n    fetch()\n",
    ]
    users = [
        USER,
        USER + "    library.more()\n",
        USER.replace("library.fetch()", "pass"),
        "x = (\n",
    ]
    for _ in range(8):
        name, texts = dice.choice([("library.py", variants), ("user.py", users)])
        (project / name).write_text(dice.choice(texts))
        assert_warm_is_cold(project)


def many_files(project: Path, number: int = 230) -> None:
    for index in range(number):
        (project / f"m{index}.py").write_text(USER)


def test_many_processes_find_the_same(project):
    many_files(project)
    alone = check("--jobs", "1", "--no-cache", folder=project)
    assert len(alone.findings()) == 231
    assert check("--jobs", "3", "--no-cache", folder=project).out == alone.out
    assert check("--jobs", "2", folder=project).out == alone.out
    assert known(project) == 232
    assert check(folder=project).out == alone.out


def killed(project: Path, *command: str) -> list[int]:
    """How many runs were killed before their end, and how many of them had changed a file."""
    script = Path(__file__).with_name("killed.py")
    done = subprocess.run(
        [sys.executable, script, "11", "25", project, "check", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [int(number) for number in done.stdout.split()]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_killed_at_any_moment_the_cache_stays_valid(project):
    many_files(project, 40)
    expected = check("--no-cache", folder=project).out
    ended, changed = killed(project)
    assert ended >= 25
    assert changed == 0
    with closing(sqlite3.connect(project / ".corolint_cache" / "results.sqlite")) as cache:
        assert cache.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert check(folder=project).out == expected
    assert check(folder=project).out == expected


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_killed_at_any_moment_a_fix_is_made_or_not_made(project):
    for number in range(15):  # Long, so that writing them takes a good part of the run.
        text = f"x = {number}  # corolint: ignore\ny = '{'z' * 200_000}'\n"
        (project / f"m{number}.py").write_text(text)
    ended, changed = killed(project, "--fix")
    assert ended >= 25
    assert changed > 0
    assert "corolint" in (project / "m7.py").read_text()
    assert corolint("check", "--fix", folder=project).status == 1  # user.py cannot be fixed safely
    assert "corolint" not in "".join(path.read_text() for path in project.glob("m*.py"))
