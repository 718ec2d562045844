"""Which file a module name means, and which modules there are.

`import fetchers.http` in a checked file is looked for in this order (typing spec, "import
resolution ordering"): first-party folders, the standard library's stubs in typeshed, stub packages
(``fetchers-stubs``), installed packages. Beside each other a stub wins over the code in a library,
and the code in the project itself, since that is what runs.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, field
from typing import Protocol

from corolint.known.told import Known

_NEVER_PACKAGES = frozenset({"node_modules", "__pycache__", "build", "dist"})
_DEEPEST_FOLDER = 12

Versions = dict[str, tuple[tuple[int, int], tuple[int, int] | None]]
"""By module, the first version of Python that has it, and the last one if it went away."""


class Reader(Protocol):
    """Access to files; no method ever raises."""

    def read(self, path: str) -> bytes | None:
        """The content of a regular file, or `None`."""

    def is_file(self, path: str) -> bool:
        """Whether `path` is a file that can be read."""

    def names(self, directory: str) -> frozenset[str]:
        """The names in a directory; empty where there is none."""


@dataclass(frozen=True, slots=True)
class SearchPath:
    """Where modules are looked for, and for which Python. `typeshed` is the folder that holds
    ``VERSIONS``; `told` is what the project says of its own functions."""

    first_party: tuple[str, ...]
    site_packages: tuple[str, ...] = ()
    python_version: tuple[int, int] = (3, 13)
    platform: str = "linux"
    typeshed: str = field(default_factory=lambda: bundled_typeshed())
    told: Known = field(default_factory=Known)


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """Where a module lives. A namespace package has a path that is a folder and `is_namespace`."""

    name: str
    path: str
    is_package: bool
    is_stub: bool
    is_first_party: bool
    is_namespace: bool = False


def module_name(search: SearchPath, path: str) -> str:
    """The dotted module name of the file at `path`; its bare name outside every root."""
    path = os.path.normpath(path)
    best = ""
    for root in search.first_party + search.site_packages:
        root = os.path.normpath(root)
        prefix = "" if root == "." else root.rstrip(os.sep) + os.sep
        if path.startswith(prefix) and len(prefix) >= len(best):
            best = prefix
    relative = (
        path[len(best) :] if best else (path if not os.path.isabs(path) else os.path.basename(path))
    )
    stem = os.path.splitext(relative)[0]
    parts = [part for part in stem.split(os.sep) if part not in ("", ".", "..")]
    if len(parts) > 1 and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def find_file(
    module: str, search: SearchPath, reader: Reader, versions: Versions
) -> ModuleFile | None:
    """The file of a module, or `None` if there is none to be found; `versions` are typeshed's."""
    parts = module.split(".")
    if not all(parts):
        return None
    namespace: ModuleFile | None = None
    for root in search.first_party:
        found = _find_in(reader, root, parts, module, True)
        if found is not None and not found.is_namespace:
            return found
        namespace = namespace or found
    if is_standard(module, versions, search.python_version):
        found = _find_in(reader, search.typeshed, parts, module, False)
        if found is not None and not found.is_namespace:
            return found
    for root in search.site_packages:
        found = _find_in(reader, root, [parts[0] + "-stubs", *parts[1:]], module, False)
        if found is not None and not found.is_namespace:
            return found
    for root in search.site_packages:
        found = _find_in(reader, root, parts, module, False)
        if found is not None and not found.is_namespace:
            return found
        namespace = namespace or found
    return namespace


_ENDINGS = (".pyi", ".py")
# A file that is checked stands for itself: a stub beside it does not tell what it imports.
_FIRST_PARTY_ENDINGS = (".py", ".pyi")


def _find_in(
    reader: Reader, root: str, parts: list[str], module: str, first_party: bool
) -> ModuleFile | None:
    folder = root
    for part in parts[:-1]:
        if part not in reader.names(folder):
            return None
        folder = os.path.join(folder, part)
    last = parts[-1]
    names = reader.names(folder)
    endings = _FIRST_PARTY_ENDINGS if first_party else _ENDINGS
    if last in names:
        inside = os.path.join(folder, last)
        contents = reader.names(inside)
        for ending in endings:
            if "__init__" + ending in contents:
                path = os.path.join(inside, "__init__" + ending)
                return ModuleFile(module, path, True, ending == ".pyi", first_party)
        if contents and last + ".pyi" not in names and last + ".py" not in names:
            return ModuleFile(module, inside, True, False, first_party, True)
    for ending in endings:
        if last + ending in names:
            path = os.path.join(folder, last + ending)
            return ModuleFile(module, path, False, ending == ".pyi", first_party)
    return None


def is_standard(module: str, versions: Versions, target: tuple[int, int]) -> bool:
    """Whether the target Python's standard library has the module."""
    name = module
    while name:
        known = versions.get(name)
        if known is not None:
            first, last = known
            return first <= target and (last is None or target <= last)
        name = name.rpartition(".")[0]
    return False


def collect_modules(
    folder: str, reader: Reader, found: dict[str, None], most: int | None, prefix: str = ""
) -> bool:
    """Adds the modules below `folder` to `found`; `False` if there are too many to go on."""
    if most is not None and len(found) > most:
        return False
    if prefix.count(".") > _DEEPEST_FOLDER:
        return True
    names = reader.names(folder)
    if "pyvenv.cfg" in names:
        return True
    for name in sorted(names):
        stem, ending = os.path.splitext(name)
        if ending in (".py", ".pyi") and stem.isidentifier():
            module = prefix.rstrip(".") if stem == "__init__" else prefix + stem
            if module:
                found.setdefault(module)
        elif not ending and name.isidentifier() and name not in _NEVER_PACKAGES:
            inside = os.path.join(folder, name)
            if not collect_modules(inside, reader, found, most, f"{prefix}{name}."):
                return False
    return True


def read_versions(text: str) -> Versions:
    """typeshed's ``VERSIONS``: module → first and (if it went away) last version. Never raises."""
    versions: Versions = {}
    for line in text.splitlines():
        name, colon, span = line.partition("#")[0].partition(":")
        if not colon:
            continue
        first, _, last = span.strip().partition("-")
        started = _version(first)
        if started is not None:
            versions[name.strip()] = (started, _version(last))
    return versions


def _version(text: str) -> tuple[int, int] | None:
    major, dot, minor = text.strip().partition(".")
    if not dot or not major.isdigit() or not minor.isdigit():
        return None
    return int(major), int(minor)


def bundled_typeshed() -> str:
    """The folder of the standard library's stubs that the package `typeshed_client` brings.

    The package is located, not imported: importing it costs more than checking a small file.
    """
    spec = importlib.util.find_spec("typeshed_client")
    if spec is None or not spec.submodule_search_locations:
        return ""
    return os.path.join(spec.submodule_search_locations[0], "typeshed")
