"""Discovery and reading, on real folders."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest
from corolint.config import ConfigError, Settings
from corolint.config_files import ConfigFiles, read_config
from corolint.files import DiskReader, discover


def write(folder: Path, *names: str, text: str = "x = 1\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(folder: Path, *paths: str, settings: Settings | None = None, force=False) -> list[str]:
    chosen = settings or Settings(folder=str(folder))
    named = [str(folder / path) for path in paths or (".",)]
    named = [os.path.abspath(path) for path in named]
    files = discover(named, DiskReader(), lambda _: chosen, force_exclude=force)
    return [Path(file).relative_to(folder).as_posix() for file in files]


def test_python_files_below_a_folder_in_order(tmp_path):
    write(tmp_path, "b.py", "a.pyi", "c/d.py", "c/data.txt", "a/__init__.py", "Makefile", "e.pyc")
    assert found(tmp_path) == ["a.pyi", "b.py", "a/__init__.py", "c/d.py"]


def test_a_named_file_is_checked_whatever_it_is_called(tmp_path):
    write(tmp_path, "script", "build/x.py", "a.py")
    assert found(tmp_path, "script", "build/x.py", ".") == ["script", "build/x.py", "a.py"]


def test_usual_folders_and_environments_are_left_out(tmp_path):
    write(tmp_path, "node_modules/x.py", ".git/x.py", "dist/x.py", "myenv/lib/x.py", "ok/x.py")
    write(tmp_path, "myenv/pyvenv.cfg")
    assert found(tmp_path) == ["ok/x.py"]
    assert found(tmp_path, "myenv/lib") == ["myenv/lib/x.py"]
    assert found(tmp_path, "myenv") == ["myenv/lib/x.py"]


def test_exclude_replaces_and_extend_exclude_adds(tmp_path):
    write(tmp_path, "dist/x.py", "gen/x.py", "a_pb2.py", "a.py", "deep/only/x.py", "deep/x.py")
    base = str(tmp_path)
    settings = Settings(exclude=("gen",), folder=base)
    assert "dist/x.py" in found(tmp_path, settings=settings)
    assert "gen/x.py" not in found(tmp_path, settings=settings)
    settings = Settings(extend_exclude=("*_pb2.py", "deep/only/"), folder=base)
    assert found(tmp_path, settings=settings) == ["a.py", "deep/x.py", "gen/x.py"]


def test_force_exclude_leaves_out_what_is_named(tmp_path):
    write(tmp_path, "dist/deep/x.py", "a.py", "a_pb2.py")
    settings = Settings(extend_exclude=("*_pb2.py",), folder=str(tmp_path))
    names = ("dist/deep/x.py", "a.py", "a_pb2.py")
    assert found(tmp_path, *names, settings=settings) == list(names)
    assert found(tmp_path, *names, settings=settings, force=True) == ["a.py"]


def test_gitignore(tmp_path):
    write(tmp_path, "a.py", "local.py", "out/x.py", "sub/local.py", "sub/keep.py", "sub/out/x.py")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("# a comment\nlocal.py\nout/\n")
    (tmp_path / "sub" / ".gitignore").write_text("!local.py\n")
    assert found(tmp_path) == ["a.py", "sub/keep.py", "sub/local.py"]
    everything = Settings(folder=str(tmp_path), respect_gitignore=False)
    assert len(found(tmp_path, settings=everything)) == 6


def test_gitignore_above_the_folder_named(tmp_path):
    write(tmp_path, "sub/local.py", "sub/a.py", "out/x.py", "out/deep/y.py")
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("a.py\n")
    (tmp_path / ".gitignore").write_text("/sub/local.py\nout/\n")
    assert found(tmp_path, "sub") == []
    # What is named is checked, even if git ignores all of it.
    assert found(tmp_path, "out") == ["out/x.py", "out/deep/y.py"]


def test_each_file_once(tmp_path):
    write(tmp_path, "a/b.py")
    assert found(tmp_path, "a", "a/b.py", ".") == ["a/b.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_links_are_not_followed_but_may_be_named(tmp_path):
    write(tmp_path, "project/a.py", "outside/secret.py")
    project = tmp_path / "project"
    (project / "loop").symlink_to(project)
    (project / "elsewhere").symlink_to(tmp_path / "outside")
    (project / "link.py").symlink_to(tmp_path / "outside" / "secret.py")
    (project / "broken.py").symlink_to("nowhere.py")
    (project / "circle.py").symlink_to("circle.py")
    assert found(project) == ["a.py"]
    assert found(project, "link.py", "elsewhere") == ["link.py", "elsewhere/secret.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files in folders")
def test_a_fifo_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    assert found(tmp_path) == []
    assert DiskReader().read(str(tmp_path / "pipe.py")) is None
    assert DiskReader().read(os.devnull) is None


def test_reading_never_raises(tmp_path):
    reader = DiskReader()
    write(tmp_path, "a.py")
    assert reader.read(str(tmp_path / "a.py")) == b"x = 1\n" or os.linesep != "\n"
    for path in ("nowhere.py", ".", "a\0b", "a.py/b.py", "x" * 5000):
        assert reader.read(str(tmp_path / path)) is None
        assert reader.names(str(tmp_path / path / "below")) == frozenset()
        assert not reader.is_file(str(tmp_path / path / "below.py"))
    assert reader.names(str(tmp_path)) == {"a.py"}
    assert reader.is_file(str(tmp_path / "a.py"))
    assert not reader.is_file(str(tmp_path / "A.py"))
    assert not reader.is_file(str(tmp_path))


def test_listings_are_remembered_until_forgotten(tmp_path):
    reader = DiskReader()
    assert reader.names(str(tmp_path)) == frozenset()
    write(tmp_path, "a.py")
    assert reader.names(str(tmp_path)) == frozenset()
    reader.forget(str(tmp_path))
    assert reader.names(str(tmp_path)) == {"a.py"}


def test_many_threads_see_the_same(tmp_path):
    write(tmp_path, *(f"{number}/x.py" for number in range(50)))
    reader = DiskReader()
    seen = []

    def walk() -> None:
        seen.append(list(discover([str(tmp_path)], reader, lambda _: Settings())))

    threads = [threading.Thread(target=walk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(seen[0]) == 50
    assert all(each == seen[0] for each in seen)


def test_the_nearest_configuration_wins_alone(tmp_path):
    write(tmp_path, "pyproject.toml", text='[tool.corolint]\nsrc = ["a"]\n')
    write(tmp_path, "other/pyproject.toml", text="[project]\nname = 'x'\n")
    write(tmp_path, "own/corolint.toml", text='ignore = ["x"]\n')
    write(tmp_path, "own/pyproject.toml", text='[tool.corolint]\nsrc = ["b"]\n')
    write(tmp_path, "own/deep/x.py")
    config = ConfigFiles(DiskReader(), ())
    assert config.settings_for(str(tmp_path)).src == ("a",)
    assert config.settings_for(str(tmp_path / "other")).src == ("a",)
    deep = config.settings_for(str(tmp_path / "own" / "deep"))
    assert deep == Settings(ignore=frozenset({"x"}), folder=str(tmp_path / "own"))


def test_one_configuration_for_all(tmp_path):
    write(tmp_path, "pyproject.toml", text='[tool.corolint]\nsrc = ["a"]\n')
    only = Settings(src=("z",))
    assert ConfigFiles(DiskReader(), (), only=only).settings_for(str(tmp_path)) == only


def test_a_configuration_that_cannot_be_read(tmp_path):
    reader = DiskReader()
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(str(tmp_path / "absent.toml"), reader, ())
    (tmp_path / "corolint.toml").write_bytes(b"src = ['\xff']")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(str(tmp_path / "corolint.toml"), reader, ())
