"""CPU seconds and peak memory beside other checkers: ``python tests/benchmarks/compare.py FOLDER``.

    make bench                           # 1.3 million lines, and a package of some thirty files
    make bench PACKAGE=discord.py==2.6.4

A package is downloaded from PyPI as a wheel, without what it depends on, and so are the checkers,
each into an environment of its own below FOLDER. They do different work: type checkers check types,
ruff has only its rules about asyncio switched on. CPU is that of the process and all it started;
memory is that of its largest process, so a checker with several needs more. Each line is one run;
what else the machine does shows in it. The first line of a table says whether the corolint that is
measured is compiled; after an edit it is not, until `make test-compiled`. Needs `os.wait4`, which
Windows has not.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("homeassistant==2026.2.*", "httpcore==1.0.9")
SMALL = 2_000  # bytes of the file that is checked alone
PATIENCE = 900.0  # seconds for one run
PER_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # units of `ru_maxrss`

COROLINT = [sys.executable, "-m", "corolint", "check", "--quiet", "--exit-zero", "--isolated"]
# Distribution, and the command behind the folder of its environment's programs.
OTHERS: dict[str, list[str]] = {
    "ruff": ["ruff", "check", "--no-cache", "--isolated", "--quiet", "--select", "ASYNC,RUF006"],
    "zuban": ["zuban", "check"],
    "ty": ["ty", "check"],
    "pyrefly": ["pyrefly", "check"],
    "mypy": ["mypy", "--no-incremental", "--cache-dir", os.devnull],
    "pyright": ["pyright"],
}


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: seconds of CPU, megabytes, exit status; `None` instead of one that took too long."""

    seconds: float
    megabytes: float
    status: int


def measure(command: list[str], folder: Path) -> Cost | None:
    """Runs a command in a folder; its output is thrown away."""
    running = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # With all that it started: what is waited for may only have started the work.
    late = threading.Timer(PATIENCE, os.killpg, (running.pid, signal.SIGKILL))
    late.start()
    _, status, usage = os.wait4(running.pid, 0)
    is_late = not late.is_alive()
    late.cancel()
    if is_late:
        return None
    running.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    return Cost(seconds, usage.ru_maxrss / PER_MEGABYTE, running.returncode)


def main(arguments: list[str]) -> int:
    """Prints the tables. Arguments: the folder for downloads, and packages if not the usual."""
    tools = Path(arguments[0]).resolve()
    tools.mkdir(parents=True, exist_ok=True)
    for package in arguments[1:] or PACKAGES:
        _compare(tools, package)
    return 0


def _compare(tools: Path, package: str) -> None:
    """Prints the table of one package."""
    code = _unpacked(tools, package)
    files = sorted(code.rglob("*.py"))
    lines = sum(file.read_bytes().count(b"\n") for file in files)
    print(f"\n{package}: {len(files)} files, {lines} lines; corolint is {_form()}")
    print(f"{'':28} {'CPU s':>8} {'peak MB':>8}")
    _print("corolint, cold", measure([*COROLINT, "."], code), fine=(0,))
    _print("corolint, warm", measure([*COROLINT, "."], code), fine=(0,))
    changed = max(files, key=lambda file: (file.stat().st_size, file))
    small = min(files, key=lambda file: (abs(file.stat().st_size - SMALL), file))
    changed.write_bytes(changed.read_bytes() + b"\n\ndef added(one):\n    return one\n")
    _print("corolint, one file changed", measure([*COROLINT, "."], code), fine=(0,))
    alone = [*COROLINT, "--no-cache", str(small)]
    _print("corolint, one small file", measure(alone, code), fine=(0,))
    shutil.rmtree(code / ".corolint_cache", ignore_errors=True)
    for name, command in OTHERS.items():
        programs = installed(tools, name)
        if programs is None:
            print(f"{name:28} could not be installed")
            continue
        run = [str(programs / command[0]), *command[1:], "."]
        if name == "pyright":
            subprocess.run([run[0], "--version"], capture_output=True, check=False)  # Fetches Node.
        _print(name, measure(run, code), fine=(0, 1))


def _form() -> str:
    """Whether the corolint that is measured is compiled."""
    ask = [sys.executable, "-c", "import corolint.check; print(corolint.check.__file__)"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return "interpreted" if answer.endswith(".py") else "compiled"


def _print(name: str, cost: Cost | None, fine: tuple[int, ...]) -> None:
    if cost is None:
        print(f"{name:28} more than {PATIENCE:.0f} s", flush=True)
        return
    note = "" if cost.status in fine else f"  ended with status {cost.status}"
    print(f"{name:28} {cost.seconds:8.2f} {cost.megabytes:8.0f}{note}", flush=True)


def _unpacked(tools: Path, package: str) -> Path:
    """A folder with the files of the package as they were released."""
    wheels = tools / "wheels" / package
    if not any(wheels.glob("*.whl")):
        which = ["--no-deps", "--only-binary=:all:", "--python-version", "3.14"]
        download = [sys.executable, "-m", "pip", "download", "--quiet", *which, "-d", str(wheels)]
        subprocess.run([*download, package], check=True)
    code = tools / "code"
    shutil.rmtree(code, ignore_errors=True)
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as archive:
        archive.extractall(code)
    (code / "pyproject.toml").touch()  # A project of its own, and no part of what lies around it.
    return code


def installed(tools: Path, name: str) -> Path | None:
    """The folder of programs of an environment with this checker; `None` if there is none."""
    environment = tools / name
    programs = environment / "bin"
    if not (environment / "complete").exists():
        venv.create(environment, with_pip=True, clear=True)
        install = [str(programs / "python"), "-m", "pip", "install", "--quiet", name]
        if subprocess.run(install, capture_output=True, check=False).returncode:
            return None
        (environment / "complete").touch()
    return programs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
