"""Whatever is edited in whatever order, a run with a cache says what a run without one says.

The runs are calls of the command's `main` in this process, so that there is time for many; now and
then an edit is undone, or a function is added that nobody knows.
"""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest
from corolint.cli import main
from lsp.random_edits import FILES, edited

ADDED = (
    "\n\ndef added_{0}(one):\n    return one\n",
    "\n\nasync def added_{0}(one):\n    await one\n",
    "\n\ndef added_{0}(client):\n    keep(client, fetch)\n    client.get()\n",
    "\n\ndef added_{0}():\n    return now(fetch)\n",
    "\n\nasync def added_{0}(client):\n    now(fetch)\n    client.kept = fetch()\n",
    "\n\ndef x(one):\n    return one\n",
    "\n\nasync def one(two):\n    return two\n",
    "\n\nasync def last(one):\n    return one\n",
    "\n\ndef run(one):\n    return one\n",
)


def said(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[str, int]:
    """What a run finds, and of how many files it knew the findings."""
    main(["check", "-v", "--output-format", "json-lines", *options])
    out, err = capsys.readouterr()
    known = re.search(r"known from an earlier run: (\d+)", err)
    return out, int(known[1]) if known else 0


@pytest.mark.parametrize("seed", range(2))
def test_random_edits(seed, tmp_path, monkeypatch, capsys):
    kept = compared(seed, 25, tmp_path, monkeypatch, capsys)
    assert kept > 5  # Otherwise nothing is shown.


def compared(
    seed: int,
    steps: int,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> int:
    """How many findings of files were kept over all edits of which the result was the same."""
    dice = random.Random(seed)
    monkeypatch.chdir(folder)
    (folder / "pyproject.toml").write_text("")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    texts = dict(FILES)
    kept = 0
    said(capsys)
    for step in range(steps):
        name = dice.choice(sorted(FILES))
        match dice.randrange(5):
            case 0:
                texts[name] = FILES[name]
            case 1:
                texts[name] += dice.choice(ADDED).format(step)
            case _:
                texts[name] = edited(texts[name], dice)
        (folder / name).write_text(texts[name], "utf-8")
        past = time.time() - 3600 + step
        os.utime(folder / name, (past, past))
        warm, known = said(capsys)
        cold, _ = said(capsys, "--no-cache")
        assert warm == cold, f"after edit {step} of {name}"
        kept += known
    return kept
