"""The disk, read only: listings and contents for the analysis, and the files below a folder.

`DiskReader` answers three questions (what is in this folder, is this a file, what does it hold),
remembers listings, and never raises: what cannot be read is not there. `discover` walks from the
paths a user named to the files that will be checked. For

    project/
        app.py
        .venv/pyvenv.cfg      (a virtual environment: left out)
        build/generated.py    (git ignores it: left out)

``discover(["project"], …)`` gives ``project/app.py`` alone, but ``discover(["project/build/
generated.py"], …)`` gives that file: what is named is checked.

Symbolic links met on the way are not followed: their targets either lie below the same folder and
are met under their own name, or are none of the project's business. This also ends every loop.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from corolint.config import Settings, patterns
from corolint.paths import NOTEBOOK, seen_from

SUFFIXES = (".py", ".pyi")

# A longer file is not source code that a person wrote, and reading it helps nobody.
LARGEST_FILE = 64 * 1024 * 1024  # bytes

_NOTHING: frozenset[str] = frozenset()


class Listing(NamedTuple):
    """What a folder holds, by name. `files` counts links to files; `folders` counts no links."""

    names: frozenset[str]
    files: frozenset[str]
    folders: frozenset[str]
    links: frozenset[str]


_EMPTY = Listing(_NOTHING, _NOTHING, _NOTHING, _NOTHING)


class DiskReader:
    """Reads the disk and remembers listings. Never raises; safe to use from several threads.

    Names are compared as they are spelt, on every system, because that is how Python imports.
    """

    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file of at most `LARGEST_FILE` bytes, else `None`."""
        try:
            status = os.stat(path)  # Opening a FIFO would wait for a writer for ever.
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_FILE:
                return None
            with open(path, "rb") as file:
                return file.read()
        except (OSError, ValueError):  # ValueError: a null character in the path.
            return None

    def is_file(self, path: str) -> bool:
        """Is there a regular file, or a link to one, of exactly this name?"""
        directory, name = os.path.split(path)
        return name in self.listing(directory).files

    def names(self, directory: str) -> frozenset[str]:
        """Names of everything in the folder; empty when it is absent or cannot be read."""
        return self.listing(directory).names

    def has(self, directory: str, name: str) -> bool:
        """Is there anything of this name? Asks for one name only unless the listing is known.

        So a folder far above the project, where much comes and goes, is never listed.
        """
        known = self._listings.get(directory)
        if known is not None:
            return name in known.names
        return os.path.lexists(os.path.join(directory, name))

    def listing(self, directory: str) -> Listing:
        """The folder's listing, read once."""
        found = self._listings.get(directory)
        if found is None:
            # Two threads may both read it: the results are equal, so either may be kept.
            found = self._listings[directory] = _list(directory)
        return found

    def listed(self) -> Mapping[str, Listing]:
        """All that has been listed so far."""
        return self._listings

    def forget(self, directory: str) -> None:
        """Read this folder's listing anew when next asked: something in it came or went."""
        self._listings.pop(directory, None)


class Stamp(NamedTuple):
    """How a file looked when it was read: its size, its time of change (ns), what it held.

    `digest` is of the content; it is empty for a file that could not be read.
    """

    size: int
    changed: int
    digest: str


class RecordingReader(DiskReader):
    """A reader that remembers what it was asked for, so that a later run can tell what changed."""

    def __init__(self) -> None:
        super().__init__()
        self.stamps: dict[str, Stamp] = {}
        self._elsewhere: dict[str, str] = {}  # folders that other processes listed
        self._taken = 0, 0

    def read(self, path: str) -> bytes | None:
        size, changed = size_and_time(path)  # Before reading: a later change must show.
        data = super().read(path)
        self.stamps[path] = Stamp(size, changed, digest(data))
        return data

    def folders(self) -> dict[str, str]:
        """Every folder that was listed, with a digest of what was in it."""
        return self._elsewhere | _digests(self._listings.items())

    def take_new(self) -> tuple[dict[str, Stamp], dict[str, str]]:
        """Stamps and folders that came since the last call, for `add` in another process."""
        stamps, listings = self._taken
        self._taken = len(self.stamps), len(self._listings)
        # Both dictionaries only ever grow at their end.
        new_listings = islice(self._listings.items(), listings, None)
        return dict(islice(self.stamps.items(), stamps, None)), _digests(new_listings)

    def add(self, stamps: Mapping[str, Stamp], folders: Mapping[str, str]) -> None:
        """Takes over what a reader in another process was asked for."""
        self.stamps.update(stamps)
        self._elsewhere.update(folders)


class OverlayReader:
    """Another reader's files, and over them texts that are not on the disk. Never raises."""

    def __init__(self, reader: DiskReader, texts: Mapping[str, str]) -> None:
        self._reader = reader
        self._texts = texts
        self._names: dict[str, set[str]] = {}
        for path in texts:
            while (parent := os.path.dirname(path)) != path:
                self._names.setdefault(parent, set()).add(os.path.basename(path))
                path = parent

    def read(self, path: str) -> bytes | None:
        if path in self._texts:
            return self._texts[path].encode("utf-8", "surrogatepass")
        return self._reader.read(path)

    def is_file(self, path: str) -> bool:
        return path in self._texts or self._reader.is_file(path)

    def names(self, directory: str) -> frozenset[str]:
        return self._reader.names(directory) | self._names.get(directory, frozenset())


def size_and_time(path: str) -> tuple[int, int]:
    """Size in bytes and time of change in nanoseconds; ``(-1, -1)`` if there is no such file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return -1, -1
    return status.st_size, status.st_mtime_ns


def digest(data: bytes | None) -> str:
    """A short text that is different for different content; empty for `None`."""
    if data is None:
        return ""
    from hashlib import blake2b  # Only runs that keep a cache need it.

    return blake2b(data, digest_size=16).hexdigest()


def digest_of_listing(listing: Listing) -> str:
    """The same for what a folder holds, as far as it can matter to imports and settings.

    A report written into the project, or another tool's cache, changes nothing.
    """
    parts = "\0\0".join("\0".join(sorted(filter(_matters, names))) for names in listing)
    return digest(parts.encode("utf-8", "surrogateescape"))


def _digests(listings: Iterable[tuple[str, Listing]]) -> dict[str, str]:
    return {path: digest_of_listing(listing) for path, listing in listings}


def _matters(name: str) -> bool:
    """Could this be a module, a package, stubs for one, or something that settings come from?"""
    if name.isidentifier():
        return name != "__pycache__"
    return name.endswith((*SUFFIXES, "-stubs", ".pth", ".toml", ".typed", ".cfg", ".gitignore"))


def _list(directory: str) -> Listing:
    names, files, folders, links = set[str](), set[str](), set[str](), set[str]()
    try:
        with os.scandir(directory or ".") as entries:
            for entry in entries:
                names.add(entry.name)
                try:
                    if entry.is_file():
                        files.add(entry.name)
                    if entry.is_symlink():
                        links.add(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.add(entry.name)
                except OSError:  # A link that leads nowhere, or round in a circle.
                    links.add(entry.name)
    except (OSError, ValueError):
        return _EMPTY
    return Listing(frozenset(names), frozenset(files), frozenset(folders), frozenset(links))


def discover(
    paths: Iterable[str],
    reader: DiskReader,
    settings_for: Callable[[str], Settings],
    *,
    force_exclude: bool = False,
) -> Iterator[str]:
    """The files to check: those named, and the Python files below the folders named.

    `paths` must be absolute and exist. `settings_for` gives the settings of a folder. Each file
    comes once, folders in the order named, their content sorted. With `force_exclude` even a path
    that was named is left out when a pattern excludes it.
    """
    seen: set[str] = set()
    for path in paths:
        if force_exclude and _excluded_above(path, settings_for(os.path.dirname(path))):
            continue
        is_folder = os.path.isdir(path)
        for file in _below(path, reader, settings_for) if is_folder else [path]:
            if file not in seen:
                seen.add(file)
                yield file


def _below(root: str, reader: DiskReader, settings_for: Callable[[str], Settings]) -> Iterator[str]:
    """Python files and notebooks below `root`, sorted within each folder, files before folders."""
    waiting = [(root, _GitIgnore.above(root, reader))]
    while waiting:
        directory, ignored = waiting.pop()
        listing = reader.listing(directory)
        if directory != root and "pyvenv.cfg" in listing.names:
            continue  # A virtual environment, whatever it is called.
        settings = settings_for(directory)
        if settings.respect_gitignore and ".gitignore" in listing.files:
            ignored = ignored.extended(directory, reader)
        names, lines = _exclusions(settings)
        left_out = _LeftOut(names, lines, settings.folder, settings.respect_gitignore, ignored)
        for name in sorted(listing.files - listing.links):
            path = os.path.join(directory, name)
            if name.endswith((*SUFFIXES, NOTEBOOK)) and not left_out.matches(name, path):
                yield path
        for name in sorted(listing.folders, reverse=True):
            path = os.path.join(directory, name)
            if not left_out.matches(name, path + os.sep):
                waiting.append((path, ignored))


class _LeftOut(NamedTuple):
    """Everything that keeps entries of one folder from being checked."""

    names: frozenset[str]
    lines: tuple[str, ...]
    folder: str  # the one that `lines` are relative to
    respect_gitignore: bool
    ignored: _GitIgnore

    def matches(self, name: str, path: str) -> bool:
        """Is the entry `name`, whose whole path is `path`, left out? A folder's ends in a slash."""
        if name in self.names:
            return True
        if self.lines and patterns(self.lines).match_file(seen_from(path, self.folder)):
            return True
        return self.respect_gitignore and self.ignored.matches(path)


def _exclusions(settings: Settings) -> tuple[frozenset[str], tuple[str, ...]]:
    """`exclude` and `extend-exclude` as plain names, which need no pattern engine, and the rest."""
    return _split((*settings.exclude, *settings.extend_exclude))


@lru_cache(maxsize=64)
def _split(lines: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    names = frozenset(line for line in lines if re.fullmatch(r"[\w.-]+", line))
    return names, tuple(line for line in lines if line not in names)


def _excluded_above(path: str, settings: Settings) -> bool:
    """Does a pattern leave out this path, or a folder above it that lies below the settings'?"""
    names, lines = _exclusions(settings)
    relative = seen_from(path, settings.folder)
    if not names.isdisjoint(relative.split("/")):
        return True
    return bool(lines) and patterns(lines).match_file(relative)


class _GitIgnore(NamedTuple):
    """The ``.gitignore`` files in force in one folder, outermost first, as folder and lines."""

    files: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def above(cls, root: str, reader: DiskReader) -> _GitIgnore:
        """Those of the folders above `root`, up to the top of its git repository.

        If they ignore `root` itself, none is in force below it: the user named it all the same.
        """
        folders = [root]
        while not reader.has(folders[-1], ".git"):
            parent = os.path.dirname(folders[-1])
            if parent == folders[-1]:
                return cls()  # No repository: what lies above says nothing about this folder.
            folders.append(parent)
        found = cls()
        exclude = os.path.join(folders[-1], ".git", "info", "exclude")
        if lines := _lines(exclude, reader):
            found = cls(((folders[-1], lines),))
        for folder in reversed(folders[1:]):
            if reader.has(folder, ".gitignore"):
                found = found.extended(folder, reader)
        if any(found.matches(folder + os.sep) for folder in folders[:-1]):
            return cls()
        return found

    def extended(self, folder: str, reader: DiskReader) -> _GitIgnore:
        """With the ``.gitignore`` of `folder`, whose lines win over those from further out."""
        lines = _lines(os.path.join(folder, ".gitignore"), reader)
        return _GitIgnore((*self.files, (folder, lines))) if lines else self

    def matches(self, path: str) -> bool:
        """Does git ignore `path`? A folder's path ends in a slash."""
        for folder, lines in reversed(self.files):
            decision = patterns(lines).check_file(seen_from(path, folder)).include
            if decision is not None:
                return decision
        return False


def _lines(path: str, reader: DiskReader) -> tuple[str, ...]:
    """The lines of a ``.gitignore`` that say something."""
    text = (reader.read(path) or b"").decode("utf-8-sig", "replace")
    return tuple(
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    )
