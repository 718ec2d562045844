"""Environments are found by their folders alone; nothing in them is run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from corolint.config import Settings
from corolint.environment import (
    EnvironmentMissing,
    find_environment,
    first_party_roots,
    project_folder,
)
from corolint.files import DiskReader
from corolint.search import environment_for, search_path


def make(folder: Path, *files: str, **texts: str) -> Path:
    for name in files:
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts.get(path.name.replace(".", "_"), ""))
    return folder


def posix_venv(folder: Path, cfg: str = "version = 3.12.1\n") -> Path:
    return make(
        folder,
        "pyvenv.cfg",
        "bin/python",
        "lib/python3.12/site-packages/",
        pyvenv_cfg=cfg,
    )


def find(python, project=".", **variables):
    return find_environment(python, str(project), variables, DiskReader())


def test_a_folder_or_an_interpreter_in_it(tmp_path):
    venv = posix_venv(tmp_path / "env")
    by_folder = find(str(venv))
    assert by_folder.site_packages == (str(venv / "lib/python3.12/site-packages"),)
    assert by_folder.python_version == (3, 12)
    assert find(str(venv / "bin" / "python")) == by_folder


def test_windows_layout(tmp_path):
    make(
        tmp_path,
        "pyvenv.cfg",
        "Scripts/python.exe",
        "Lib/site-packages/",
        pyvenv_cfg="version_info = 3.13.0.final.0",
    )
    found = find(str(tmp_path / "Scripts" / "python.exe"))
    assert found.site_packages == (str(tmp_path / "Lib" / "site-packages"),)
    assert found.python_version == (3, 13)
    make(tmp_path / "base", "python.exe", "python311.dll", "python3.dll", "Lib/site-packages/")
    assert find(str(tmp_path / "base")).python_version == (3, 11)
    assert find(str(tmp_path / "base" / "python.exe")).python_version == (3, 11)


def test_the_order_is_option_variable_folder_own(tmp_path):
    option, active = posix_venv(tmp_path / "option"), posix_venv(tmp_path / "active")
    project = posix_venv(tmp_path / "project" / ".venv").parent
    assert find(str(option), project, VIRTUAL_ENV=str(active)).prefix == str(option)
    assert find(None, project, VIRTUAL_ENV=str(active)).prefix == str(active)
    assert find(None, project, VIRTUAL_ENV=str(tmp_path / "gone")).prefix == str(project / ".venv")
    assert find(None, project).source == ".venv"
    own = find(None, tmp_path)
    assert own.prefix == sys.prefix
    assert own.python_version == sys.version_info[:2]


@pytest.mark.parametrize("python", ["nowhere", "empty", "file", "no-such-command-anywhere"])
def test_an_option_that_names_no_environment(tmp_path, python):
    make(tmp_path, "empty/", "file")
    named = python if "command" in python else str(tmp_path / python)
    with pytest.raises(EnvironmentMissing, match="is neither a Python environment"):
        find(named)


def test_pth_files_are_data(tmp_path):
    venv = posix_venv(tmp_path / "env")
    packages = venv / "lib/python3.12/site-packages"
    make(tmp_path, "editable/", "relative/", "hidden/")
    ran = tmp_path / "ran"
    (packages / "a.pth").write_text(
        f"# comment\n{tmp_path / 'editable'}\nimport os; open({str(ran)!r}, 'w')\n"
        f"import\tsys\n\n../../../../relative\n{tmp_path / 'absent'}\nbad\0path\n"
    )
    (packages / ".hidden.pth").write_text(str(tmp_path / "hidden"))
    (packages / "b.txt").write_text(str(tmp_path / "hidden"))
    assert find(str(venv)).site_packages == (
        str(packages),
        str(tmp_path / "editable"),
        str(tmp_path / "relative"),
    )
    assert not ran.exists()


def test_system_packages_only_when_asked_for(tmp_path):
    base = make(
        tmp_path / "usr",
        "bin/python3",
        "lib/python3.12/site-packages/",
        "lib/python3/dist-packages/",
    )
    home = base / "bin"
    cfg = "home = {}\nversion = 3.12.1\ninclude-system-site-packages = {}\n"
    closed = posix_venv(tmp_path / "closed", cfg.format(home, "false"))
    opened = posix_venv(tmp_path / "open", cfg.format(home, "true"))
    assert len(find(str(closed)).site_packages) == 1
    assert find(str(opened)).site_packages[1:] == (
        str(base / "lib/python3.12/site-packages"),
        str(base / "lib/python3/dist-packages"),
    )


def test_several_versions_in_one_prefix(tmp_path):
    make(tmp_path, *(f"lib/python3.{minor}/site-packages/" for minor in (9, 12)), "bin/python3.9")
    assert find(str(tmp_path)).python_version == (3, 12)
    assert find(str(tmp_path / "bin" / "python3.9")).python_version == (3, 9)


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_links(tmp_path):
    make(tmp_path / "base", "bin/python3.12", "lib/python3.12/site-packages/")
    venv = posix_venv(tmp_path / "env", "")
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(tmp_path / "base" / "bin" / "python3.12")
    (venv / "lib64").symlink_to("lib")
    found = find(str(venv / "bin" / "python"))
    assert found.prefix == str(venv)
    assert found.site_packages == (str(venv / "lib/python3.12/site-packages"),)
    command = tmp_path / "commands" / "python"
    command.parent.mkdir()
    command.symlink_to(tmp_path / "base" / "bin" / "python3.12")
    assert find(str(command)).prefix == str(tmp_path / "base")


@pytest.mark.skipif(sys.platform == "win32", reason="the trap is a shell script")
def test_no_interpreter_is_started(tmp_path):
    ran = tmp_path / "ran"
    venv = posix_venv(tmp_path / ".venv")
    script = venv / "bin" / "python"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    assert find(str(script)).prefix == str(venv)
    assert find(None, tmp_path).prefix == str(venv)
    assert not ran.exists()


def test_the_environment_of_this_test_as_python_itself_sees_it():
    found = find(sys.executable)
    asked = subprocess.run(
        [sys.executable, "-I", "-c", "import site; print(*site.getsitepackages(), sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    existing = {os.path.realpath(line) for line in asked.stdout.split("\n") if os.path.isdir(line)}
    assert existing <= {os.path.realpath(folder) for folder in found.site_packages}
    assert found.python_version == sys.version_info[:2]


def test_project_folder(tmp_path):
    make(tmp_path, "a/pyproject.toml", "a/b/c/x.py", "a/b/.git/")
    assert project_folder(str(tmp_path / "a" / "b" / "c" / "x.py")) == str(tmp_path / "a" / "b")
    assert project_folder(str(tmp_path / "a")) == str(tmp_path / "a")


def test_first_party_roots(tmp_path):
    make(
        tmp_path,
        "src/app/__init__.py",
        "src/app/sub/__init__.pyi",
        "src/app/sub/x.py",
        "scripts/run.py",
        "tests/__init__.py",
        "tests/unit/test_x.py",
    )
    files = [str(path) for path in tmp_path.rglob("*.py")]
    roots = first_party_roots(
        sorted(files),
        str(tmp_path),
        [str(tmp_path), str(tmp_path / "src"), str(tmp_path / "absent")],
        DiskReader(),
    )
    assert roots == (
        str(tmp_path / "src"),
        str(tmp_path),
        str(tmp_path / "scripts"),
        str(tmp_path / "tests" / "unit"),
    )


def test_search_path_and_relative_settings(tmp_path):
    posix_venv(tmp_path / "env")
    make(tmp_path, "lib/x.py")
    settings = Settings(python="env", src=("lib",), folder=str(tmp_path))
    reader = DiskReader()
    environment = environment_for(settings, str(tmp_path), {}, reader)
    assert environment.prefix == str(tmp_path / "env")
    search = search_path(settings, environment, str(tmp_path), [], reader)
    assert search.first_party == (str(tmp_path / "lib"), str(tmp_path))
    assert search.site_packages == environment.site_packages
    assert search.python_version == (3, 12)
    chosen = Settings(target_version=(3, 9))
    assert search_path(chosen, environment, str(tmp_path), [], reader).python_version == (3, 9)
