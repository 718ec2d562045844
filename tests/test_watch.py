"""``--watch``: it checks again after an edit, and looks only at what the edit reaches."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import corolint
from corolint.rewrite import replace_content

BAD = "async def fetch():\n    ...\n\n\nasync def main():\n    fetch()\n"


def hear_interrupts() -> None:
    """Whoever runs the tests in the background may have told all below to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Watcher:
    """A running ``corolint check --watch``, and what it prints."""

    def __init__(self, folder: Path) -> None:
        flags = subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0
        command = [sys.executable, "-m", "corolint", "check", "-v", "--watch"]
        self.process = subprocess.Popen(
            [*command, "--output-format", "concise"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            creationflags=flags,
            preexec_fn=None if sys.platform == "win32" else hear_interrupts,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def round(self) -> str:
        """What is printed until the next wait for changes."""
        said = ""
        while "Watching for changes" not in said:
            said += self.lines.get(timeout=120)
        return said


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    for name in "abc":
        (tmp_path / f"{name}.py").write_text(BAD)
    past = time.time() - 3600  # Files of this very moment are always read again.
    for path in tmp_path.iterdir():
        os.utime(path, (past, past))
    return tmp_path


@pytest.fixture
def watcher(project: Path) -> Iterator[Watcher]:
    running = Watcher(project)
    yield running
    running.process.kill()
    running.process.wait()


def test_an_edit_is_seen_and_costs_no_more_than_it_reaches(project, watcher):
    assert "3 findings (3 errors) in 3 files." in watcher.round()
    replace_content(str(project / "b.py"), b"# moved\n" + BAD.encode())
    said = watcher.round()
    assert "b.py:7:5: error[unawaited-coroutine]" in said
    assert "known from an earlier run: 2 of 3 files" in said
    (project / "notes.txt").write_text("no matter")
    (project / "pyproject.toml").write_text("[tool.corolint]\nignroe = []\n")
    assert "unknown key 'ignroe'" in watcher.round()
    (project / "pyproject.toml").write_text("")
    assert "b.py:7:5" in watcher.round()
    watcher.process.send_signal(
        signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGINT
    )
    assert watcher.process.wait(timeout=60) not in (0, 1, 2)


def test_what_cannot_be_watched(project):
    assert "standard input cannot be watched" in corolint("check", "-w", "-", folder=project).err
    missing = corolint("check", "-w", "nowhere", folder=project)
    assert (missing.status, "there is no such file" in missing.err) == (2, True)
    (project / "watchfiles.py").write_text("raise ImportError")
    variables = {"PYTHONPATH": str(project)}
    outcome = corolint("check", "--watch", folder=project, variables=variables)
    assert (outcome.status, "pip install 'corolint[watch]'" in outcome.err) == (2, True)
