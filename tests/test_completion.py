"""Completion in the shells themselves, as far as this machine has them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from command import corolint
from corolint.arguments import SHELLS


def ask(tmp_path: Path, shell: str, *program: str) -> set[str]:
    """What a shell prints that has read the script; the empty set where there is no such shell."""
    if shutil.which(shell) is None:
        return set()
    (tmp_path / "script").write_text(corolint("completion", shell).out)
    done = subprocess.run(
        [shell, *program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    return {line.split("\t")[0] for line in done.stdout.split("\n")}


CASES = {
    ("ch",): {"check"},
    ("explain", "reu"): {"reused-coroutine"},
    ("check", "--output-f"): {"--output-format", "--output-file"},
    ("check", "--output-format", "sa"): {"sarif"},
    ("completion", "fi"): {"fish"},
}


@pytest.mark.parametrize("words", CASES, ids=" ".join)
def test_bash(tmp_path, words):
    line = " ".join(("corolint", *words))
    answer = ask(
        tmp_path,
        "bash",
        "--norc",
        "-c",
        f"source ./script; COMP_WORDS=({line}); COMP_CWORD={len(words)}; COMP_LINE='{line}'\n"
        "_shtab_corolint; printf '%s\\n' \"${COMPREPLY[@]}\"",
    )
    if answer:
        assert answer - {""} == {word for word in CASES[words] if word.startswith(words[-1])}


@pytest.mark.parametrize("words", CASES, ids=" ".join)
def test_fish(tmp_path, words):
    line = " ".join(("corolint", *words))
    answer = ask(tmp_path, "fish", "--no-config", "-c", f"source ./script; complete -C '{line}'")
    if answer:
        assert answer - {""} == {word for word in CASES[words] if word.startswith(words[-1])}


def test_zsh_reads_the_script(tmp_path):
    ask(tmp_path, "zsh", "-f", "-c", "autoload -Uz compinit && compinit -D; source ./script")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_knows_every_command(shell):
    script = corolint("completion", shell).out
    for word in ("check", "explain", "server", "completion", "cache-dir", "nested-event-loop"):
        assert word in script
