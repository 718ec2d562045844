"""CPython as the judge of small programs: which coroutine faults does this program really have?

    with Oracle() as oracle:
        for version, outcome in oracle.explore({"main.py": text}).items():
            outcome.faults

The program is run on every CPython of the machine that corolint supports, each a long-lived
process (`oracle_worker.py`), all at the same time, over all outcomes of ``coin()``. What the
program may use beyond Python itself are ``coin()``, a free boolean, and ``reveal(value)``, which
tells the state of a coroutine object and gives the value back. A file of the program is a module;
``main.py``, or every file if there is none, is run: its body, then its ``main``, awaited if it is
async. A file that asks for ``__name__`` is run as a script instead, and ``main`` is left to it. A
file ``n_ipynb_.py`` is a notebook: its cells, parted by lines ``# %%``, are run inside a loop.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from spec_format import ELSEWHERE

VERSIONS = ((3, 10), (3, 11), (3, 12), (3, 13))
MAX_PATHS = 256
MAX_COINS = 12
MAX_STEPS = 20_000
PATIENCE = 60.0  # seconds for all paths of one program; then its process is ended

_WORKER = Path(__file__).with_name("oracle_worker.py")
# Where `environments.py` makes the interpreters that have the packages of specs.
_ENVIRONMENTS = Path(__file__).parents[1] / ".interpreters"
_TELL_VERSION = "import sys; print(sys.implementation.name, *sys.version_info[:2])"

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that CPython complained of, on `paths` of the paths; the kinds are the worker's.

    `file` and `line` (1-based) are the innermost of the program; `None` where only library code
    took part. `name` is the coroutine's qualified name for ``never-awaited``, else the class of
    the exception. `caught`: the program caught it on every path. `normal`: some path with it came
    to a normal end. `script`: the answers of ``coin()`` on the first such path. `definition`:
    file and line of the ``async def`` of a coroutine that was never awaited.
    """

    kind: str
    file: str | None
    line: int | None
    name: str
    message: str
    caught: bool
    normal: bool
    paths: int
    script: tuple[bool, ...]
    definition: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all paths of one program showed on one interpreter.

    `cut`: paths that were ended because they were too long. `complete`: every path was tried.
    `lines`: for each (file, line), on how many paths it was run. `states`: (file, line, state) of
    each `reveal`, the state in the words of `inspect.getcoroutinestate`, lower case.
    """

    paths: int
    cut: int
    complete: bool
    faults: tuple[Fault, ...]
    states: frozenset[tuple[str, int, str]]
    lines: Mapping[tuple[str, int], int]


class OracleError(Exception):
    """An interpreter did not answer: it hangs, or the program brought it down."""


class Oracle:
    """The interpreters of this machine; each is started when it is first asked."""

    def __init__(self, executables: Mapping[Version, str] | None = None) -> None:
        self.executables = dict(find_interpreters() if executables is None else executables)
        self._workers: dict[Version, _Worker] = {}

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop(list(self._workers))

    def _stop(self, versions: list[Version]) -> None:
        for version in versions:
            if version in self._workers:
                self._workers.pop(version).stop()

    @property
    def absent(self) -> list[Version]:
        return [version for version in VERSIONS if version not in self.executables]

    def explore(
        self,
        files: Mapping[str, str],
        versions: list[Version] | None = None,
        max_paths: int = MAX_PATHS,
        lasting: bool = False,
    ) -> dict[Version, Outcome]:
        """Run one program on `versions` (default: all). Raises `OracleError`.

        `lasting`: it may change the interpreter for good (some packages replace parts of asyncio),
        so that the processes must not be used again.
        """
        python_files = {path: text for path, text in files.items() if path.endswith(".py")}
        first_party = [path for path in python_files if not path.startswith(ELSEWHERE)]
        request = {
            "files": python_files,
            "run": ["main.py"] if "main.py" in python_files else first_party,
            "max_paths": max_paths,
            "max_coins": MAX_COINS,
            "max_steps": MAX_STEPS,
        }
        if versions is None:
            versions = sorted(self.executables)
        answers = self._ask(versions, request)
        if lasting:
            self._stop(versions)
        return {version: _outcome(answer) for version, answer in answers.items()}

    def has_package(self, name: str) -> list[Version]:
        """The versions whose interpreter can import the top-level package `name`."""
        answers = self._ask(sorted(self.executables), {"import": name})
        return [version for version, answer in answers.items() if answer["found"]]

    def _ask(self, versions: list[Version], request: dict[str, Any]) -> dict[Version, Any]:
        for version in versions:
            if version not in self._workers:
                self._workers[version] = _Worker(self.executables[version])
            self._workers[version].send(request)
        answers = {}
        for version in versions:
            answer = self._workers[version].receive()
            if answer is None or "error" in answer:
                self._stop(versions)  # Answers to this question may be under way.
                problem = answer["error"] if answer else "gave no answer"
                raise OracleError(f"CPython {version[0]}.{version[1]}: {problem}")
            answers[version] = answer
        return answers


class _Worker:
    """One process; a thread reads its answers, so that waiting for one can have an end."""

    def __init__(self, executable: str) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        }
        self._process = subprocess.Popen(
            [executable, "-X", "utf8", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**environment, "PYTHONHASHSEED": "0"},
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("null")

    def send(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:
            self._answers.put("null")

    def receive(self) -> Any:
        """The next answer, or `None` if the process is dead or too slow."""
        try:
            return json.loads(self._answers.get(timeout=PATIENCE))
        except queue.Empty:
            return None

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._process.stdin.close()


def _outcome(answer: dict[str, Any]) -> Outcome:
    lines: dict[tuple[str, int], int] = {}
    for place, count in answer["lines"].items():
        file, _, line = place.rpartition(":")
        lines[file, int(line)] = count
    return Outcome(
        answer["paths"],
        answer["cut"],
        answer["complete"],
        tuple(_fault(fault) for fault in answer["faults"]),
        frozenset((file, line, state) for file, line, state in answer["states"]),
        lines,
    )


def _fault(fault: dict[str, Any]) -> Fault:
    definition = fault.get("definition")
    return Fault(
        **{name: value for name, value in fault.items() if name not in ("script", "definition")},
        script=tuple(fault["script"]),
        definition=definition and (definition[0], definition[1]),
    )


@cache
def find_interpreters() -> dict[Version, str]:
    """A CPython for each supported version: the running one first, then environments made for
    specs, then pyenv, uv and PATH."""
    found: dict[Version, str] = {}
    for candidate in _candidates():
        version = _version_of(candidate)
        if version in VERSIONS:
            found.setdefault(version, candidate)
        if len(found) == len(VERSIONS):
            break
    return dict(sorted(found.items()))


def _candidates() -> list[str]:
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python")
    program = "python.exe" if sys.platform == "win32" else "bin/python"
    candidates = [sys.executable]
    made = [program_in(_ENVIRONMENTS / f"3.{minor}") for _, minor in VERSIONS]
    candidates += [str(path) for path in made if path.is_file()]
    for folder in (pyenv, uv):
        for _, minor in VERSIONS:
            candidates += map(str, sorted(folder.glob(f"*3.{minor}.*/{program}"), reverse=True))
    on_path = [shutil.which(f"python3.{minor}") for _, minor in VERSIONS]
    return candidates + [path for path in on_path if path]


def program_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _version_of(executable: str) -> Version | None:
    try:
        asked = subprocess.run(
            [executable, "-c", _TELL_VERSION], capture_output=True, text=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = asked.stdout.split()
    if asked.returncode or words[:1] != ["cpython"]:
        return None
    return (int(words[1]), int(words[2]))
