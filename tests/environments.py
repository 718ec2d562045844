"""An environment for every CPython of the machine, with the packages that specs are about.

    python tests/environments.py .interpreters

makes ``.interpreters/3.10`` and so on, one for each supported version but the running one, which
has the packages already, and installs there what specs need: a spec of anyio is then judged by
every CPython that anyio can be installed on. What cannot be had is told and left out, for
`test_specs.py` counts a spec that no interpreter can run. An environment that is complete is left
as it is.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from oracle import Version, find_interpreters, program_in
from spec_format import read_specs

_PATIENCE = 600.0  # seconds for one command


def main(folder: Path) -> None:
    """Makes the environments in `folder`, all at the same time, and prints what is absent."""
    packages = packages_of_specs()
    found = find_interpreters()
    running = sys.version_info[:2]
    others = {version: program for version, program in found.items() if version != running}
    with ThreadPoolExecutor() as threads:
        for version, absent in zip(
            others,
            threads.map(lambda each: make(folder, *each, packages), others.items()),
            strict=True,
        ):
            if absent:
                print(f"ABSENT: CPython {_name(version)} without {', '.join(absent)}")


def packages_of_specs() -> list[str]:
    """The packages that some spec needs, as they are imported."""
    specs = read_specs(Path(__file__).with_name("specs"))
    return sorted({package for spec in specs for package in spec.needs.packages})


def make(folder: Path, version: Version, program: str, packages: list[str]) -> list[str]:
    """Makes the environment of one version; the packages that could not be installed."""
    place = folder / _name(version)
    stamp = place / "packages.txt"
    wanted = "\n".join(packages)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return []
    inside = program_in(place)
    if not inside.is_file() and not _does([program, "-m", "venv", "--without-pip", str(place)]):
        return packages
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    install = [*pip, "--python", str(inside), "install", "--prefer-binary"]
    # Distributions may be named as they are imported: "-" and "_" are the same to an index.
    if _does([*install, *packages]):
        absent = []
    else:
        absent = [package for package in packages if not _does([*install, package])]
    if not absent:
        stamp.write_text(wanted, encoding="utf-8")
    return absent


def _does(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _name(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
