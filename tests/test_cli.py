"""`corolint` as a person or a CI system runs it: real processes, real files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import EXAMPLES, check, corolint
from corolint import __version__

BAD = "async def fetch():\n    ...\n\n\nasync def main():\n    fetch()\n"
GOOD = BAD.replace("    fetch()", "    await fetch()")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one wrong file."""
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    return tmp_path


def test_the_examples_give_one_finding_of_each_family():
    outcome = check("--no-cache")
    assert outcome.status == 1
    assert [(finding["path"], finding["rule"]) for finding in outcome.findings()] == [
        ("newsroom/feed.py", "unawaited-coroutine"),
        ("newsroom/report.py", "nested-event-loop"),
        ("newsroom/report.py", "nested-event-loop"),
        ("newsroom/retry.py", "reused-coroutine"),
    ]


def test_a_record(project):
    (finding,) = check(folder=project).findings()
    notes = finding.pop("notes")
    place = {"line": 6, "column": 5, "end_line": 6, "end_column": 5}
    assert finding.pop("fixes")[0] == {
        "title": "Await 'fetch'",
        "safe": False,
        "edits": [{"path": "a.py", **place, "text": "await "}],
    }
    assert finding == {
        "path": "a.py",
        "line": 6,
        "column": 5,
        "end_line": 6,
        "end_column": 12,
        "rule": "unawaited-coroutine",
        "severity": "error",
        "message": "coroutine 'fetch' was never awaited",
        "evidence": "declared",
    }
    assert {"path": "a.py", "line": 1}.items() <= notes[0].items()


def test_full_output(project):
    outcome = corolint("check", folder=project)
    assert outcome.out.splitlines()[:7] == [
        "error[unawaited-coroutine]: coroutine 'fetch' was never awaited",
        " --> a.py:6:5",
        "  |",
        "5 | async def main():",
        "6 |     fetch()",
        "  |     ^^^^^^^",
        "  |",
    ]
    assert outcome.err == "1 finding (1 error) in 1 file.\n"


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        (GOOD, (), 0),
        (BAD, (), 1),
        (BAD, ("--exit-zero",), 0),
        (BAD, ("--ignore", "unawaited-coroutine"), 0),
        (BAD, ("--select", "reused-coroutine"), 0),
        (BAD, ("--select", "ALL"), 1),
        (BAD, ("--fail-on", "error"), 1),
        (BAD, ("--fail-on", "hint"), 1),
        (BAD, ("--isolated",), 1),
        (BAD, ("--no-cache",), 1),
        (BAD, ("--quiet",), 1),
        (BAD, ("--verbose",), 1),
        (BAD, ("--statistics",), 1),
        (BAD, ("-e",), 0),
        (BAD, ("-n",), 1),
        (BAD, ("--extend-select", "unawaited-coroutine", "--select", "dangling-task"), 1),
    ],
)
def test_exit_status(project, text, options, status):
    (project / "a.py").write_text(text)
    assert corolint("check", *options, folder=project).status == status


def test_fail_on_counts_severity(project):
    (project / "pyproject.toml").write_text(
        '[tool.corolint.severity]\nunawaited-coroutine = "hint"'
    )
    assert [finding["severity"] for finding in check(folder=project).findings()] == ["hint"]
    assert check(folder=project).status == 0
    assert check("--fail-on", "hint", folder=project).status == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "nowhere.py"), "nowhere.py: there is no such file or folder"),
        (("check", "--select", "unawaited-corutine"), "did you mean 'unawaited-coroutine'?"),
        (("check", "--python", "nowhere"), "'nowhere' is neither a Python environment nor"),
        (("check", "--python-version", "four"), "is not a Python version such as 3.12"),
        (("check", "--config", "nowhere.toml"), "cannot be read"),
        (("check", "--baseline", "nowhere.json"), "there is no such baseline"),
        (("check", "--shard", "3/2"), "is not a part such as 1/4"),
        (("check", "--output-format", "html"), "invalid choice: 'html'"),
        (("check", "-o", "no/such/folder"), "cannot be written"),
        (("check", "-", "a.py"), "'-' cannot be given together with other paths"),
        (("check", "--frobnicate"), "unrecognized arguments: --frobnicate"),
        (("check", "--output-fromat", "json"), "did you mean '--output-format'?"),
        (("chekc",), "did you mean 'check'?"),
        (("check", "--config", "ignroe = []"), "unknown key 'ignroe'; did you mean 'ignore'?"),
        (("check", "--config", "a.toml", "--config", "b.toml"), "only one file can be read"),
        (("check", "--config", "a.toml", "--isolated"), "only one file can be read"),
        (("check", "--executor", "127.0.0.1:1"), "is not an address such as dask://10.0.0.1:8786"),
        (("completion", "tcsh"), "invalid choice: 'tcsh'"),
        (("explain", "unawaited-corutine"), "did you mean 'unawaited-coroutine'?"),
        (("explain",), "one of the arguments RULE --all is required"),
        ((), "the following arguments are required: COMMAND"),
    ],
)
def test_bad_use_is_two_with_one_line_of_advice(project, arguments, message):
    outcome = corolint(*arguments, folder=project)
    assert outcome.status == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err
    assert len(re.findall(r"^corolint(?: \w+)?: error: ", outcome.err, re.MULTILINE)) == 1


def test_a_broken_configuration_is_two_with_its_place(project):
    (project / "pyproject.toml").write_text("[tool.corolint]\nselct = []\n")
    outcome = corolint("check", folder=project)
    assert outcome.status == 2
    assert "pyproject.toml:2: unknown key 'selct'; did you mean 'select'?" in outcome.err
    assert corolint("check", "--isolated", folder=project).status == 1


def test_configuration_is_that_of_the_nearest_folder(project):
    (project / "pyproject.toml").write_text('[tool.corolint]\nignore = ["unawaited-coroutine"]\n')
    (project / "sub").mkdir()
    (project / "sub" / "b.py").write_text(BAD)
    (project / "sub" / "corolint.toml").write_text("")
    assert [each["path"] for each in check(folder=project).findings()] == ["sub/b.py"]
    (project / "other.toml").write_text('ignore = ["ALL"]')
    assert check("--config", "other.toml", folder=project).status == 0


def test_per_file_ignores_and_ignore_comments(project):
    (project / "tests").mkdir()
    (project / "tests" / "b.py").write_text(BAD)
    (project / "pyproject.toml").write_text(
        '[tool.corolint.per-file-ignores]\n"tests/**" = ["unawaited-coroutine"]\n'
    )
    (project / "a.py").write_text(BAD.replace("fetch()\n", "fetch()  # corolint: ignore\n"))
    assert check(folder=project).findings() == []


def test_standard_input(project):
    outcome = check("-", folder=project, stdin=BAD.encode())
    assert (outcome.status, [each["path"] for each in outcome.findings()]) == (1, ["stdin.py"])
    named = check("-", "--stdin-filename", "sub/x.py", folder=project, stdin=BAD.encode())
    assert [each["path"] for each in named.findings()] == ["sub/x.py"]
    text = b"import a\n\n\nasync def main():\n    a.fetch()\n"
    importing = check("-", "--stdin-filename", "b.py", folder=project, stdin=text)
    assert importing.rules() == ["unawaited-coroutine"]


def test_output_file(project):
    outcome = check("-o", "found.jsonl", folder=project)
    assert (outcome.status, outcome.out) == (1, "")
    assert json.loads((project / "found.jsonl").read_text())["path"] == "a.py"


def test_services_get_paths_from_the_top_of_the_repository(project):
    (project / ".git").mkdir()
    (project / "sub").mkdir()
    (project / "sub" / "b.py").write_text(BAD)
    (project / "sub" / "corolint.toml").write_text("")

    def shown(output_format: str) -> str:
        return corolint("check", "--output-format", output_format, folder=project / "sub").out

    for output_format in ("azure", "github", "gitlab", "sarif"):
        assert "sub/b.py" in shown(output_format)
    for output_format in ("concise", "json", "rdjson", "junit"):
        assert "sub/b.py" not in shown(output_format)


def test_quiet_says_nothing_but_findings(project):
    assert check("-q", folder=project).err == ""
    assert check("-q", folder=project).out != ""


def test_show_files_and_settings(project):
    assert corolint("check", "--show-files", folder=project).out == f"{project / 'a.py'}\n"
    shown = corolint("check", "--show-settings", "--python-version", "3.12", folder=project).out
    assert "python version: 3.12\n" in shown
    assert f"project: {project}\n" in shown


def test_statistics(project):
    assert (
        corolint("check", "--statistics", folder=project).out == "1  error    unawaited-coroutine\n"
    )


def test_statistics_as_json(project):
    out = corolint("check", "--statistics", "--output-format", "json", folder=project).out
    assert json.loads(out) == [{"rule": "unawaited-coroutine", "severity": "error", "count": 1}]


FAULT = """
import sys
import corolint.check as core
def fail(subject):
    raise ZeroDivisionError("a fault of ours")
core.CHECKS = ((core.CHECKS[0][0], fail), *core.CHECKS[1:])
from corolint.cli import main
sys.exit(main(["check", *sys.argv[1:]]))
"""


def test_a_fault_of_ours_is_two_with_one_line_of_advice(project):
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", FAULT, "--no-cache", *options]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)

    (project / "a.py").write_text(BAD + "    (fetch() if fetch() else 1)\n")
    done = run()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "internal error: ZeroDivisionError: a fault of ours" in done.stderr
    assert "please report it" in done.stderr
    assert "coroutine-in-condition" in done.stdout  # The other rules did their work.
    assert "Traceback" in run("-v").stderr


@pytest.mark.parametrize("command", ["check", "explain", "completion", "server"])
def test_help(command):
    outcome = corolint(command, "--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"usage: corolint {command}")


def test_help_tells_of_examples_statuses_and_variables():
    text = corolint("check", "--help").out
    for heading in ("examples:", "exit status:", "configuration:", "environment:", "files:"):
        assert f"\n{heading}\n" in text


def test_nothing_to_check(tmp_path):
    outcome = corolint("check", folder=tmp_path)
    assert (outcome.status, outcome.out) == (0, "")
    assert "no Python files were found" in outcome.err


def test_a_file_that_is_broken_still_has_findings(project):
    (project / "a.py").write_text(BAD + "\n\ndef broken(:\n")
    assert {"syntax-error", "unawaited-coroutine"} <= set(check(folder=project).rules())


def test_baseline(project):
    assert corolint("check", "--write-baseline", "old.json", folder=project).status == 0
    assert check("--baseline", "old.json", folder=project).status == 0
    (project / "a.py").write_text("# moved\n" + BAD + "    fetch() or 1\n")
    assert [
        each["line"] for each in check("--baseline", "old.json", folder=project).findings()
    ] == [8]
    (project / "pyproject.toml").write_text('[tool.corolint]\nbaseline = "old.json"\n')
    assert len(check(folder=project).findings()) == 1
    (project / "sub").mkdir()
    assert len(check("..", folder=project / "sub").findings()) == 1


def test_add_ignores(project):
    outcome = corolint("check", "--add-ignores", "not yet", folder=project)
    assert outcome.err == "Silenced 1 of 1 finding.\n"
    assert (
        "fetch()  # corolint: ignore[unawaited-coroutine] not yet\n"
        in (project / "a.py").read_text()
    )
    assert check(folder=project).status == 0


def test_fix_and_diff(project):
    (project / "a.py").write_bytes(b"x = 1  # corolint: ignore\r\n")
    shown = corolint("check", "--diff", folder=project)
    assert (shown.status, shown.out.splitlines()[3:]) == (
        1,
        ["-x = 1  # corolint: ignore", "+x = 1"],
    )
    assert (project / "a.py").read_bytes() == b"x = 1  # corolint: ignore\r\n"
    fixed = corolint("check", "--fix", folder=project)
    assert (fixed.status, fixed.err) == (0, "No findings in 1 file. Made 1 fix.\n")
    assert (project / "a.py").read_bytes() == b"x = 1\r\n"
    (project / "a.py").write_bytes(b"x = 1  # corolint: ignore\r\n")
    assert corolint("check", "--fix", "--exit-non-zero-on-fix", folder=project).status == 1
    assert corolint("check", "--fix", "--exit-non-zero-on-fix", folder=project).status == 0


def test_unsafe_fixes_only_when_asked_for(project):
    assert corolint("check", "--fix", folder=project).status == 1
    assert (project / "a.py").read_text() == BAD
    assert "+    await fetch()" in corolint("check", "--diff", "--unsafe-fixes", folder=project).out
    assert corolint("check", "--fix", "--unsafe-fixes", folder=project).status == 0
    assert (project / "a.py").read_text() == GOOD


def test_fix_of_standard_input_comes_out(project):
    stdin = b"x = 1  # corolint: ignore\n"
    assert corolint("check", "--fix", "-q", "-", folder=project, stdin=stdin).out == "x = 1\n"


def test_shards_make_the_whole(project):
    for name in "bcdef":
        (project / f"{name}.py").write_text(BAD)
    whole = check(folder=project).out.splitlines()
    parts = [check("--shard", f"{part}/4", folder=project).out.splitlines() for part in range(1, 5)]
    assert sorted(line for part in parts for line in part) == sorted(whole)
    assert len(whole) == 6


def test_which_files(project):
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("made/\n")
    for name in ("made", "build", "lib"):
        (project / name).mkdir()
        (project / name / "b.py").write_text(BAD)

    def shown(*options: str) -> list[str]:
        out = corolint("check", "--show-files", *options, folder=project).out
        return [Path(line).relative_to(project).as_posix() for line in out.splitlines()]

    assert shown() == ["a.py", "lib/b.py"]
    assert shown("--no-respect-gitignore") == ["a.py", "lib/b.py", "made/b.py"]
    assert shown("--exclude", "lib") == ["a.py", "build/b.py"]
    assert shown("--extend-exclude", "lib, a.py") == []
    assert shown("--extend-exclude", "lib", "lib/b.py") == ["lib/b.py"]
    assert shown("--force-exclude", "--extend-exclude", "lib", "lib/b.py") == []


def test_single_keys_of_the_configuration(project):
    (project / "pyproject.toml").write_text('[tool.corolint]\nextend-exclude = ["a.py"]\n')
    assert check(folder=project).findings() == []
    options = (
        "--config",
        "extend-exclude = []",
        "--config",
        'severity.unawaited-coroutine = "hint"',
    )
    for isolated in ((), ("--isolated",)):
        (finding,) = check(*options, *isolated, folder=project).findings()
        assert finding["severity"] == "hint"


def test_the_cache_can_be_elsewhere(project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("cache") / "new"
    for _ in range(2):
        said = corolint("check", "-v", "--cache-dir", elsewhere, folder=project).err
    assert "known from an earlier run: 1 of 1 files" in said
    assert (elsewhere / "results.sqlite").exists()
    assert not (project / ".corolint_cache").exists()


def test_versions_as_ruff_spells_them(project):
    shown = corolint("check", "--show-settings", "--target-version", "py39", folder=project).out
    assert "python version: 3.9\n" in shown


def test_color(project):
    def colored(**variables: str) -> bool:
        return "\x1b[" in corolint("check", folder=project, variables=variables).out

    assert not colored()
    assert colored(FORCE_COLOR="1")
    assert not colored(FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b[" in corolint("check", "--color", "always", folder=project).out
    never = corolint("check", "--color", "never", folder=project, variables={"FORCE_COLOR": "1"})
    assert "\x1b[" not in never.out


def test_explain():
    one = corolint("explain", "unawaited-coroutine")
    assert one.status == 0
    assert "## Example" in one.out
    everything = corolint("explain", "--all").out
    assert one.out.strip() in everything
    assert "nested-event-loop" in everything


def test_version():
    assert corolint("--version").out == f"corolint {__version__}\n"


def test_the_installed_command():
    name = "corolint.exe" if os.name == "nt" else "corolint"
    command = Path(sys.executable).with_name(name)
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"corolint {__version__}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
def test_a_reader_that_stops_early_is_no_error(project):
    for number in range(300):
        (project / f"m{number}.py").write_text(BAD)
    done = subprocess.run(
        f"'{sys.executable}' -m corolint check --no-cache | head -1",
        shell=True,
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("error[")
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize("arguments", [(), ("--output-format", "sarif")])
def test_the_command_imports_neither_server_nor_terminal_libraries(arguments):
    outcome = corolint("check", "--no-cache", *arguments, options=("-X", "importtime"))
    imported = set(re.findall(r"\| +([\w.]+)$", outcome.err, re.MULTILINE))
    assert "corolint.check" in imported
    assert not {"pygls", "lsprotocol", "rich", "attrs", "cattrs", "asyncio"} & {
        name.split(".")[0] for name in imported
    }


def test_the_examples_say_what_the_demo_promises():
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    for finding in check("--no-cache").findings():
        assert finding["path"] in readme
