"""`corolint check --changed`: what git says changed, and what that may matter to."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from command import check, corolint
from corolint.import_reach import imported_modules, reach

BAD = "async def fetch():\n    ...\n\n\nasync def main():\n    fetch()\n"
PERSON = ["-c", "user.name=A", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *PERSON, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """`user` imports `edited`, which imports `used`; `other` is alone. Each has a fault."""
    files = {
        "used.py": BAD,
        "edited.py": f"import used\n\n{BAD}",
        "user.py": f"from edited import (\n    fetch as load,\n)\n\n{BAD}",
        "other.py": BAD,
        "pyproject.toml": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "First")
    return tmp_path


def found(folder: Path, *arguments: str) -> set[str]:
    outcome = check(*arguments, folder=folder)
    assert outcome.status in (0, 1), outcome.err
    return {finding["path"] for finding in outcome.findings()}


def append(path: Path) -> None:
    path.write_text(path.read_text() + "\n# edited\n")


def test_nothing_has_changed(repository: Path) -> None:
    assert found(repository, "--changed") == set()
    assert len(found(repository)) == 4


def test_an_edited_file_and_those_around_it(repository: Path) -> None:
    append(repository / "edited.py")
    assert found(repository, "--changed") == {"used.py", "edited.py", "user.py"}
    git(repository, "commit", "-a", "-m", "Second")
    assert found(repository, "--changed") == set()
    assert found(repository, "--changed=HEAD~1") == {"used.py", "edited.py", "user.py"}


def test_what_happened_on_the_other_branch_does_not_count(repository: Path) -> None:
    git(repository, "checkout", "-b", "work")
    git(repository, "checkout", "main")
    append(repository / "other.py")
    git(repository, "commit", "-a", "-m", "Elsewhere")
    git(repository, "checkout", "work")
    append(repository / "used.py")
    assert found(repository, "--changed=main") == {"used.py", "edited.py", "user.py"}


def test_new_files_count_and_ignored_ones_do_not(repository: Path) -> None:
    (repository / ".gitignore").write_text("ignored.py\n")
    (repository / "ignored.py").write_text(BAD)
    (repository / "new ä.py").write_text(BAD)
    assert found(repository, "--changed") == {"new ä.py"}


def test_a_deleted_file_matters_to_those_that_import_it(repository: Path) -> None:
    (repository / "edited.py").unlink()
    assert found(repository, "--changed") == {"user.py"}


def test_from_a_folder_below(repository: Path) -> None:
    (repository / "below").mkdir()
    (repository / "below" / "one.py").write_text(BAD)
    append(repository / "other.py")
    assert found(repository / "below", "--changed") == {"one.py"}


def test_git_cannot_tell(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    for folder, argument, message in [
        (repository, "--changed=nosuchbranch", "git knows no 'nosuchbranch'"),
        (repository, "--changed=--output=x", "git knows no '--output=x'"),
        (tmp_path_factory.mktemp("no-repository"), "--changed", "not a git repository"),
    ]:
        outcome = corolint("check", argument, folder=folder)
        assert outcome.status == 2
        assert message in outcome.err
        assert outcome.err.count("\n") == 1


def test_no_git(repository: Path) -> None:
    outcome = corolint("check", "--changed", folder=repository, variables={"PATH": ""})
    assert outcome.status == 2
    assert "git is not installed" in outcome.err


def test_the_repository_runs_nothing(repository: Path) -> None:
    """Its monitor, its filter and its external diff leave no trace."""
    trace = repository / "trace"
    program = f"touch '{trace.as_posix()}'"
    for name in ("core.fsmonitor", "filter.own.clean", "filter.own.process", "diff.external"):
        git(repository, "config", name, program)
    (repository / ".git" / "info" / "attributes").write_text("*.py filter=own diff=own\n")
    append(repository / "edited.py")
    assert "edited.py" in found(repository, "--changed")
    assert not trace.exists()


def test_imports_are_found_however_they_are_written() -> None:
    text = (
        "import a, b.c as d\n"
        "from e import (  # comment\n    f,\n    g as h,\n)\n"
        "def one():\n    from i.j import \\\n        k; import m\n"
        "from . import n\n"
        "from ..o import p\n"
    )
    names = imported_modules(text, "top.sub.own", is_package=False)
    expected = "a b b.c e e.f e.g i i.j i.j.k m top top.sub top.sub.n top.o top.o.p"
    assert set(expected.split()) <= names
    assert "top.sub.own.n" in imported_modules(text, "top.sub.own", is_package=True)


def test_reach_goes_through_others_and_both_ways() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"a", "elsewhere"}, "d": {"a"}, "e": {"f"}, "f": set()}
    paths = {name: name for name in imports}
    assert reach({"a"}, imports, paths) == {"a", "b", "c", "d"}
    assert reach({"f"}, imports, paths) == {"e", "f"}
