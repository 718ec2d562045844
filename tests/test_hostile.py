"""Repositories that mean harm: none of their code runs, nothing outside is written, none hangs."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import check, corolint
from corolint.import_reach import imported_modules

BAD = "async def fetch():\n    ...\n\n\nasync def main():\n    fetch()\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_text(BAD)
    (folder / "pyproject.toml").write_text("")
    return folder


def test_nothing_of_the_project_is_run(project, tmp_path):
    ran = tmp_path / "ran"
    strike = f"open({str(ran)!r}, 'w').close()\n"
    packages = project / ".venv" / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (project / ".venv" / "bin").mkdir()
    (project / ".venv" / "pyvenv.cfg").write_text("version = 3.12.0\nhome = /nowhere\n")
    for name in ("python", "python3"):
        interpreter = project / ".venv" / "bin" / name
        interpreter.write_text(f"#!/bin/sh\ntouch '{ran}'\n")
        interpreter.chmod(0o755)
    (packages / "evil.pth").write_text(f"import os; {strike}")
    for name in ("sitecustomize", "usercustomize", "conftest", "setup", "corolint", "ast", "json"):
        (project / f"{name}.py").write_text(strike)
        (packages / f"{name}.py").write_text(strike)
    (project / "a.py").write_text("import evil_library\n" + BAD + "\n\nevil_library.run()\n")
    (packages / "evil_library.py").write_text(strike + "def run(): ...\n")
    # As installed commands are run: `python -m` itself would look for `ast` in this folder first.
    outcome = corolint("check", folder=project, isolated=True)
    assert outcome.status == 1, outcome.err
    assert not ran.exists()


def test_the_configuration_names_no_code(project):
    (project / "pyproject.toml").write_text('[tool.corolint]\nplugins = ["evil"]\n')
    assert "unknown key 'plugins'" in corolint("check", folder=project).err


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_links_lead_nowhere(project, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text("password = (\n")
    (project / "secret.py").symlink_to(outside / "secret.py")
    (project / "folder").symlink_to(outside)
    (project / "loop").symlink_to(project)
    (project / ".corolint_cache").symlink_to(outside)
    outcome = corolint("check", folder=project)
    assert "password" not in outcome.out
    assert sorted(os.listdir(outside)) == ["secret.py"]
    assert corolint("check", "--fix", folder=project).status == 1
    assert (outside / "secret.py").read_text() == "password = (\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files in folders")
def test_pipes_are_not_waited_for(project):
    os.mkfifo(project / "pipe.py")
    os.mkfifo(project / ".gitignore")
    (project / "package").mkdir()
    os.mkfifo(project / "package" / "__init__.py")
    (project / "a.py").write_text("import pipe, package\n" + BAD)
    assert check(folder=project).rules() == ["unawaited-coroutine"]
    os.mkfifo(project / "corolint.toml")
    outcome = corolint("check", folder=project)
    assert (outcome.status, "cannot be read" in outcome.err) == (2, True)


@pytest.mark.parametrize(
    "text",
    [
        "x = [" + "1, " * 3_000_000 + "]\n",
        "(" * 50_000 + ")" * 50_000,
        "x = " + "-" * 50_000 + "1\n",
        "x = a" + ".b" * 50_000 + "\n",
        "def f(x):\n" + "".join("    " * n + "if x:\n" for n in range(1, 99)) + "    " * 99 + "x\n",
        "x: " + " | ".join(f"C{n}" for n in range(20_000)) + "\n",
        "\0" * 10_000,
        "class A(A): ...\nclass B(C): ...\nclass C(B): ...\nasync def f(a: A): a.x()\n",
        "from a import *\nimport a\na.a.a.a()\nx = a.x\n",
        "# coding: undefined\nx\n",
        "x = y\ny = x\nx()\nasync def f():\n    f = f\n    f()\n",
    ],
    ids=lambda text: text[:12],
)
def test_strange_files_end_in_findings_or_silence(project, text):
    (project / "a.py").write_text(text)
    (project / "b.py").write_text(BAD)
    outcome = check("--no-cache", folder=project)
    assert outcome.status in (0, 1), outcome.err
    assert "b.py" in outcome.out
    assert "Traceback" not in outcome.err


def test_names_that_steer_a_terminal_are_made_visible(project):
    try:
        (project / "\x1b[31m.py").write_text(BAD)
    except OSError:  # Windows refuses such names, which is fine.
        return
    for output_format in ("full", "concise", "grouped", "github", "pylint"):
        outcome = corolint("check", "--output-format", output_format, folder=project)
        assert "\x1b" not in outcome.out


def test_a_configuration_that_points_outside_writes_nothing_there(project, tmp_path):
    (project / "pyproject.toml").write_text(
        '[tool.corolint]\nbaseline = "../theirs"\nsrc = ["../.."]\npython = "../../nowhere"\n'
    )
    (tmp_path / "theirs").write_text("{}")
    outcome = corolint("check", folder=project)
    assert outcome.status == 2
    assert (tmp_path / "theirs").read_text() == "{}"


LONG = {
    "a line of 100 MB": lambda: "x = '" + "a" * 100_000_000 + "'\n",
    "a union of a million": lambda: "x: " + " | ".join(f"C{n}" for n in range(1_000_000)) + "\n",
    "another union of a million": lambda: (
        "from typing import Union\n"
        f"async def f(x: Union[{', '.join(f'C{n}' for n in range(1_000_000))}]): x.run()\n"
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_long_files_are_checked_or_refused_within_bounds(project, name):
    (project / "b.py").write_text(LONG[name]())
    outcome = check("--no-cache", folder=project, memory=3_000_000_000)
    assert outcome.status in (1, 2)
    assert "unawaited-coroutine" in outcome.rules()
    assert "Traceback" not in outcome.err
    if name == "a line of 100 MB":
        assert "b.py: is larger than 64 MB, and not checked; `exclude` leaves it out" in outcome.err


def test_patterns_and_imports_that_a_search_could_lose_itself_in(project):
    name = "a" * 200
    (project / f"{name}.py").write_text("from" + " " * 50_000 + "x\n" + BAD)
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("*a" * 60 + "*b\n" + "**/" * 60 + "b\n")
    (project / "pyproject.toml").write_text(
        f'[tool.corolint]\nextend-exclude = ["{"*a" * 60}*b"]\n'
        f'[tool.corolint.per-file-ignores]\n"{"*a" * 60}*b" = ["ALL"]\n'
    )
    assert sorted(check(folder=project).rules()) == [
        "syntax-error",
        "unawaited-coroutine",
        "unawaited-coroutine",
    ]
    assert imported_modules("from" + " " * 50_000 + "x", "m", is_package=False) == frozenset()
    assert imported_modules("from a import (" * 5_000, "m", is_package=False) >= {"a"}


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_devices_are_not_read(project):
    (project / "zero.py").symlink_to("/dev/zero")
    (project / "package").symlink_to("/dev")
    (project / "b.py").write_text("import zero, package.zero\n" + BAD)
    assert [each["path"] for each in check(folder=project).findings()] == ["a.py", "b.py"]
    named = check("zero.py", folder=project)
    assert (named.status, "zero.py: cannot be read" in named.err) == (2, True)


def rows(project: Path) -> sqlite3.Connection:
    return sqlite3.connect(project / ".corolint_cache" / "results.sqlite")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files in folders")
def test_a_cache_by_somebody_who_knows_its_format(project, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the password\n")
    os.mkfifo(project / "pipe")
    check(folder=project)
    with closing(rows(project)) as cache, cache:
        ((key, data),) = cache.execute("SELECT key, data FROM results").fetchall()

    def poison(change: Callable[[dict[str, Any]], None]) -> str:
        document = json.loads(zlib.decompress(data))
        change(document)
        packed = zlib.compress(json.dumps(document).encode())
        with closing(rows(project)) as cache, cache:
            cache.execute("UPDATE results SET data = ? WHERE key = ?", (packed, key))
        return corolint("check", folder=project).out

    path = str(project / "a.py")

    def look_elsewhere(document: dict[str, Any]) -> None:
        document["findings"][path][0][6].append(["look", str(secret), [1, 0, 1, 9], None, False])

    def wait_for_a_pipe(document: dict[str, Any]) -> None:
        document["files"][str(project / "pipe")] = [0, 0, "abc"]
        document["files"]["/dev/zero"] = [0, 0, "abc"]

    def climb(document: dict[str, Any]) -> None:
        document["findings"][f"{project}/../secret"] = document["findings"].pop(path)

    honest = corolint("check", "--no-cache", folder=project).out
    for change in (look_elsewhere, wait_for_a_pipe, climb):
        assert poison(change) == honest
    bomb = zlib.compress(b"[" * 200_000_000, 1)
    with closing(rows(project)) as cache, cache:
        cache.execute("UPDATE results SET data = ? WHERE key = ?", (bomb, key))
    assert corolint("check", folder=project, memory=3_000_000_000).out == honest


@pytest.mark.parametrize("part", [*range(4, 14), "terms"])
def test_summaries_by_somebody_who_knows_their_format(project, part):
    (project / "b.py").write_text("import a\nx = a.fetch\ndef f(y=1): return a.fetch()\n")
    check(folder=project)
    with closing(rows(project)) as cache, cache:
        parts = cache.execute("SELECT name, data FROM parts WHERE name LIKE 'summary %'").fetchall()
        for name, data in parts:
            content = zlib.decompress(data)
            plain = json.loads(content[32:])
            if part == "terms":
                text = content[32:].replace(b'["call",', b'["call",5,').replace(b'"name"', b'"?"')
            else:
                plain[part] = {"x": [["definition", "x", 0]], "fetch": [["local", "", "x"], [1]]}
                text = json.dumps(plain).encode()
            packed = zlib.compress(content[:32] + text)
            cache.execute("UPDATE parts SET data = ? WHERE name = ?", (packed, name))
    assert len(parts) == 2
    (project / "a.py").write_text("# moved\n" + BAD)
    outcome = corolint("check", folder=project)
    assert (outcome.status, outcome.err.count("internal error")) in ((0, 0), (1, 0))


def test_a_poisoned_cache_is_data_not_code(project):
    check(folder=project)
    file = project / ".corolint_cache" / "results.sqlite"
    file.write_bytes(file.read_bytes()[:3000] + b"\x80\x04c__builtin__\nexit\n" * 200)
    assert check(folder=project).rules() == ["unawaited-coroutine"]
