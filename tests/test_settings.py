"""Every key of the configuration does something, in the real command."""

from __future__ import annotations

from command import check, corolint
from corolint.config import KEYS, KNOWN_KEYS

BAD = "async def fetch():\n    ...\n\n\nasync def main():\n    fetch()\n"
KNOWN = {
    "schedulers": ("app.spawn", 'def spawn(c):\n    print("x")\n\n\nspawn(fetch())\n'),
    "consumers": ("app.drop", 'def drop(c):\n    print("x")\n\n\ndrop(fetch())\n'),
    "registries": (
        "app.on",
        "from typing import Callable\n\n\ndef on(f: Callable[[], None]): ...\n\n\non(fetch)\n",
    ),
    "sync-makers": (
        "app.sync",
        "def sync(f):\n    return f\n\n\n@sync\nasync def f():\n    ...\n\n\nf()\n",
    ),
}
STARTER = "async def main():\n    start()\n\n\ndef start(): ...\n"

# Key: what its folder's corolint.toml says, its file, and the rules that are reported then.
IN_A_FOLDER = {
    "select": ('select = ["dangling-task"]', BAD, []),
    "extend-select": (
        'select = ["dangling-task"]\nextend-select = ["unawaited-coroutine"]',
        BAD,
        ["unawaited-coroutine"],
    ),
    "ignore": ('ignore = ["unawaited-coroutine"]', BAD, []),
    "per-file-ignores": ('[per-file-ignores]\n"a*.py" = ["unawaited-coroutine"]', BAD, []),
    "severity": ('[severity]\nunawaited-coroutine = "hint"', BAD, ["unawaited-coroutine"]),
    "min-evidence": (
        'min-evidence = "declared"',
        BAD + "\n\ndef make():\n    return fetch()\n\n\nasync def more():\n    make()\n",
        ["unawaited-coroutine"],
    ),
    "exclude": ('exclude = ["a.py"]', BAD, []),
    "extend-exclude": ('extend-exclude = ["a.py"]', BAD, []),
}


def test_keys_that_hold_for_a_folder(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    for key, (text, code, _) in IN_A_FOLDER.items():
        folder = tmp_path / key
        folder.mkdir()
        (folder / "corolint.toml").write_text(text)
        (folder / "a.py").write_text(code)
    found: dict[str, list[str]] = {}
    for finding in check("--no-cache", folder=tmp_path).findings():
        found.setdefault(finding["path"].split("/")[0], []).append(finding["rule"])
    for key, (_, _, rules) in IN_A_FOLDER.items():
        assert found.get(key, []) == rules, key


def test_what_a_project_tells_of_its_functions(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    assert {*KNOWN, "loop-starters"} == {key.name for key in KNOWN_KEYS}
    for key, (name, code) in KNOWN.items():
        (tmp_path / "app.py").write_text("async def fetch():\n    ...\n\n\n" + code)
        assert len(check("--no-cache", folder=tmp_path).findings()) == 1, key
        told = ("--config", f'known.{key} = ["{name}"]')
        assert check("--no-cache", *told, folder=tmp_path).findings() == [], key
    (tmp_path / "app.py").write_text(STARTER)
    (tmp_path / "user.py").write_text("import app\n\n\nasync def main():\n    app.start()\n")
    told = ("--config", 'known.loop-starters = ["app.start"]')
    assert check("--no-cache", folder=tmp_path).findings() == []
    found = check("--no-cache", *told, folder=tmp_path).findings()
    assert [(each["path"], each["rule"]) for each in found] == [
        ("app.py", "nested-event-loop"),
        ("user.py", "nested-event-loop"),
    ]


def test_keys_that_hold_for_the_whole_run(tmp_path):
    packages = tmp_path / "env" / "lib" / "python3.9" / "site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("version = 3.9.1\nhome = /nowhere\n")
    (packages / "far.py").write_text(BAD)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "near.py").write_text(BAD)
    (tmp_path / ".gitignore").write_text("other/\n")
    (tmp_path / ".git").mkdir()
    user = "import far, near\n\n\nasync def main():\n    far.fetch()\n    near.fetch()\n"
    (tmp_path / "a.py").write_text(user)

    def lines(*settings: str) -> list[int]:
        (tmp_path / "corolint.toml").write_text("\n".join(settings))
        return [each["line"] for each in check("--no-cache", folder=tmp_path).findings()]

    assert lines() == []
    assert lines('python = "env"') == [5]
    assert lines('src = ["other"]') == [6]
    assert lines("respect-gitignore = false") == [6, 6]  # In `other`, and because it is known now.
    shown = corolint("check", "--show-settings", "--config", 'target-version = "3.8"')
    assert "python version: 3.8\n" in shown.out
    lines('python = "env"')
    corolint("check", "--write-baseline", "old.json", folder=tmp_path)
    assert lines('python = "env"', 'baseline = "old.json"') == []


def test_no_key_is_left_out():
    whole_run = {"python", "src", "respect-gitignore", "target-version", "baseline", "known"}
    assert {*IN_A_FOLDER, *whole_run} == {key.name for key in KEYS}
