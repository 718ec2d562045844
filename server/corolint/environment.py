"""Where imports are looked up: the environment with the dependencies, and the first-party roots.

Nothing is executed, not even the environment's own interpreter: an environment is its folders and
one small text file. A virtual environment is

    .venv/pyvenv.cfg                     home = /usr/bin, version = 3.12.1, …
    .venv/lib/python3.12/site-packages   (Windows: .venv/Lib/site-packages)

and any other installation has the same folders without the file. ``.pth`` files in them are read
as data: a line that names a folder counts, a line of code does not.
https://docs.python.org/3/library/site.html tells what they mean to Python itself.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corolint.config import parse_version
from corolint.files import DiskReader

# A file of one of these names in a folder makes it the top of a project.
PROJECT_MARKERS = ("corolint.toml", "pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg")

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Environment:
    """`prefix` is the folder of the environment, `source` says in a few words who chose it."""

    prefix: str
    site_packages: tuple[str, ...]
    python_version: Version | None
    source: str


class EnvironmentMissing(Exception):
    """What the user named is no environment; the text says what was looked for."""


def find_environment(
    python: str | None, project: str, variables: Mapping[str, str], reader: DiskReader
) -> Environment:
    """The environment to use: `python`, else ``VIRTUAL_ENV``, else ``.venv``, else our own.

    `python` is the absolute path of a folder or interpreter, or the plain name of a command;
    `project` the top folder of the project; `variables` the process environment. Raises
    `EnvironmentMissing` only for `python`: what is merely found and turns out broken is skipped.
    """
    if python is not None:
        chosen = _from_option(python, reader)
        if chosen is None:
            raise EnvironmentMissing(
                f"'{python}' is neither a Python environment nor an interpreter in one"
                " (no site-packages folder belongs to it)"
            )
        return chosen
    active = variables.get("VIRTUAL_ENV")
    if active and (found := _at(os.path.abspath(active), "VIRTUAL_ENV", None, reader)):
        return found
    if found := _at(os.path.join(project, ".venv"), ".venv", None, reader):
        return found
    version = sys.version_info[:2]
    own = _at(sys.prefix, "the Python that runs corolint", version, reader)
    return own or Environment(sys.prefix, (), version, "the Python that runs corolint")


def _from_option(python: str, reader: DiskReader) -> Environment | None:
    """The environment meant by ``--python``."""
    source = "--python"
    if os.path.isdir(python):
        return _at(python, source, None, reader)
    command: str | None = python
    if not os.path.dirname(python):
        import shutil  # Costs 6 ms, and most runs name no command.

        command = shutil.which(python)
    # First as it is named: in a virtual environment the interpreter is a link to another one.
    for interpreter in (command, os.path.realpath(command)) if command else ():
        if not os.path.isfile(interpreter):
            continue
        folder = os.path.dirname(os.path.abspath(interpreter))
        name = os.path.basename(os.path.realpath(interpreter))
        version = parse_version(name.removesuffix(".exe").removeprefix("python"))
        for prefix in (folder, os.path.dirname(folder)):
            if found := _at(prefix, source, version, reader):
                return found
    return None


def _at(
    prefix: str, source: str, version: Version | None, reader: DiskReader
) -> Environment | None:
    """The environment in the folder `prefix`; `None` if there is none."""
    settings = _pyvenv(prefix, reader)
    version = (
        parse_version(settings.get("version", ""))
        or parse_version(".".join(settings.get("version_info", "").split(".")[:2]))
        or version
    )
    found = _site_packages(prefix, version, reader)
    if found is None:
        return None
    folders, folder_version = found
    version = version or folder_version or _version_of_library(prefix, reader)
    if settings.get("include-system-site-packages", "").lower() == "true":
        home = settings.get("home", "")
        for base in (os.path.dirname(home), home):
            if outer := _site_packages(base, version, reader):
                folders = (*folders, *outer[0])
                break
    return Environment(prefix, _with_pth(folders, reader), version, source)


def _pyvenv(prefix: str, reader: DiskReader) -> dict[str, str]:
    """``pyvenv.cfg`` as a dictionary; keys in lower case. https://peps.python.org/pep-0405/"""
    text = (reader.read(os.path.join(prefix, "pyvenv.cfg")) or b"").decode("utf-8", "replace")
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _site_packages(
    prefix: str, version: Version | None, reader: DiskReader
) -> tuple[tuple[str, ...], Version | None] | None:
    """The folders for packages below `prefix`, and the version that their path tells."""
    windows = os.path.join(prefix, "Lib", "site-packages")
    if "site-packages" in reader.names(os.path.dirname(windows)):
        return (windows,), None
    by_version: dict[Version, list[str]] = {}
    for lib in ("lib", "lib64"):
        for name in reader.names(os.path.join(prefix, lib)):
            match = re.fullmatch(r"(?:python|pypy)(3\.\d+)t?", name)
            each = parse_version(match[1]) if match else None
            folder = os.path.join(prefix, lib, name)
            if each is None:
                continue
            for packages in ("site-packages", "dist-packages"):
                if packages in reader.names(folder):
                    by_version.setdefault(each, []).append(os.path.join(folder, packages))
    # Debian keeps what it packages itself in one folder for all versions.
    debian = os.path.join(prefix, "lib", "python3")
    if version is None and by_version:
        version = max(by_version)
    found = by_version.get(version, []) if version else []
    if "dist-packages" in reader.names(debian):
        found = [*found, os.path.join(debian, "dist-packages")]
    return (_distinct(found), version) if found else None


def _distinct(folders: Iterable[str]) -> tuple[str, ...]:
    """Without those that another spelling names too: ``lib64`` is often a link to ``lib``."""
    by_target: dict[str, str] = {}
    for folder in folders:
        by_target.setdefault(os.path.realpath(folder), folder)
    return tuple(by_target.values())


def _version_of_library(prefix: str, reader: DiskReader) -> Version | None:
    """On Windows the version of an installation shows in the name of ``python312.dll``."""
    for name in sorted(reader.names(prefix)):
        if match := re.fullmatch(r"python(3)(\d{1,2})\.dll", name.lower()):
            return int(match[1]), int(match[2])
    return None


def _with_pth(folders: tuple[str, ...], reader: DiskReader) -> tuple[str, ...]:
    """`folders`, and after them those that their ``.pth`` files name."""
    found = list(folders)
    for folder in folders:
        for name in sorted(reader.names(folder)):
            if not name.endswith(".pth") or name.startswith("."):
                continue
            text = (reader.read(os.path.join(folder, name)) or b"").decode("utf-8-sig", "replace")
            for line in text.splitlines():
                # Python would execute a line that starts with `import`; here it is no path.
                if not line.strip() or line.startswith(("#", "import ", "import\t")):
                    continue
                path = os.path.normpath(os.path.join(folder, line.rstrip()))
                if "\0" not in path and path not in found and os.path.isdir(path):
                    found.append(path)
    return tuple(found)


def repository_folder(path: str) -> str | None:
    """The top of the git repository that holds the absolute `path`; `None` outside of any."""
    folder = path
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def project_folder(path: str) -> str:
    """The top of the project that the absolute `path` lies in: the nearest folder with a marker.

    Without any marker it is the folder itself (of a file: the folder that holds it).
    """
    start = path if os.path.isdir(path) else os.path.dirname(path)
    folder = start
    while True:
        if any(os.path.exists(os.path.join(folder, marker)) for marker in PROJECT_MARKERS):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return start
        folder = parent


def first_party_roots(
    files: Iterable[str], project: str, source_folders: Iterable[str], reader: DiskReader
) -> tuple[str, ...]:
    """The folders that absolute imports of the project's own modules start from.

    First `source_folders` (absolute) that exist and the project's top, deeper ones first, so that
    ``src/app`` is the module ``app``; then the folder above the top-most package of each file. A
    folder inside a package is no root, also when the run was started there.
    """
    above: dict[str, str] = {}
    roots = dict.fromkeys(
        _above_package(folder, above, reader)
        for folder in sorted(filter(os.path.isdir, source_folders), reverse=True)
    )
    roots.setdefault(_above_package(project, above, reader))
    for file in files:
        roots.setdefault(_above_package(os.path.dirname(file), above, reader))
    return tuple(roots)


def _above_package(folder: str, known: dict[str, str], reader: DiskReader) -> str:
    """The nearest folder at or above `folder` without ``__init__``; `known` keeps the answers."""
    passed = []
    current = folder
    while current not in known:
        passed.append(current)
        names = reader.names(current)
        parent = os.path.dirname(current)
        if parent == current or not ("__init__.py" in names or "__init__.pyi" in names):
            known[current] = current
        else:
            current = parent
    for each in passed:
        known[each] = known[current]
    return known[folder]
