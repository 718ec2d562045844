"""Starts corolint many times over and kills each run at a random moment.

    python killed.py SEED COUNT FOLDER COMMAND…

Every run is a fork of this process, which has loaded corolint already: so a run takes little time,
and none of its moments is lost in loading. After each kill the files `*.py` of the folder must be
as they were or as they are meant to become, which is what a run makes of them that is left alone.
Goes on until COUNT runs were killed before their end, and one of them after it had changed
something if there is anything to change; gives up after ten times as many. Prints both numbers.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import corolint.check
import corolint.incremental  # noqa: F401
from corolint.cli import main


def start(command: list[str]) -> int:
    child = os.fork()
    if child:
        return child
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    os._exit(main(command))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))}


def restore(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def run() -> None:
    dice = random.Random(int(sys.argv[1]))
    folder, command = Path(sys.argv[3]), sys.argv[4:]
    os.chdir(folder)
    before = contents(folder)
    begun = time.monotonic()
    os.waitpid(start(command), 0)
    longest = time.monotonic() - begun
    after = contents(folder)
    killed = changed = 0
    wanted = int(sys.argv[2])
    for turn in range(10 * wanted):
        if killed >= wanted and (changed or before == after):
            break
        restore(folder, before)
        if before == after:  # Nothing to fix: an edit gives it something to do.
            (folder / "m0.py").write_bytes(before["m0.py"] + b"#" * turn + b"\n")
        expected = contents(folder)
        child = start(command)
        time.sleep(dice.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            longest *= 0.9  # The first run was a slow one.
            continue
        killed += 1
        now = contents(folder)
        changed += now != expected
        if before != after and not changed:
            longest *= 1.05  # Files are written late in a run.
        assert now.keys() == expected.keys()
        for name, data in now.items():
            assert data in (expected[name], after[name]), f"{name} is damaged"
    restore(folder, before)
    print(killed, changed)


run()
