"""Work for a machine that sees none of our files: what it is to check, and all that it may read.

    here                                   there
    ----                                   -----
    Contents of the project's files   →    `ParcelReader` answers from them, never from a disk
    Order: session, search path       →    the same check as here
                                      ←    findings, or the files that were asked for in vain
    Contents of those, and again      →

What is asked for in vain costs a second try, so what looks needed is sent at once: the project, the
stubs of the standard library, and the libraries that `import` statements name.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from corolint.config_files import ConfigFiles
from corolint.files import SUFFIXES, DiskReader, Listing
from corolint.import_reach import imported_modules
from corolint.session import Session

if TYPE_CHECKING:
    from corolint.module_files import SearchPath

_PART = 4_000_000  # bytes of one `Contents`, so that no single message is huge
_MOST_FILES = 5_000  # of libraries that are sent before anybody asks for them
_NOTHING = Listing(frozenset(), frozenset(), frozenset(), frozenset())


class Contents(NamedTuple):
    """Files by path, `None` where there is none that can be read, and the listings of folders."""

    files: dict[str, bytes | None]
    folders: dict[str, Listing]


class Order(NamedTuple):
    """How to check. `tools` are the versions that decide about findings; `session` has no reader
    of its own yet, and `search` is that of the machine where the code lies."""

    tools: tuple[str, ...]
    session: Session
    search: SearchPath


class ParcelReader(DiskReader):
    """Reads what has travelled. What has not is absent, and is remembered as lacking, unless the
    listing of its folder says that there is no such thing anyway."""

    def __init__(self, parts: Iterable[Contents] = ()) -> None:
        super().__init__()
        self._files: dict[str, bytes | None] = {}
        for part in parts:
            self._files |= part.files
            self._listings |= part.folders
        self.lacking: set[str] = set()

    def read(self, path: str) -> bytes | None:
        if path not in self._files and self._may_be(path):
            self.lacking.add(path)
        return self._files.get(path)

    def has(self, directory: str, name: str) -> bool:
        return name in self.listing(directory).names

    def listing(self, directory: str) -> Listing:
        found = self._listings.get(directory, _NOTHING)
        if directory not in self._listings and self._may_be(directory):
            parent, name = os.path.split(directory)
            if name not in self._listings.get(parent, _NOTHING).files:
                self.lacking.add(directory)
        return found

    def _may_be(self, path: str) -> bool:
        """Whether there may be something of this name."""
        parent, name = os.path.split(path)
        return parent not in self._listings or name in self._listings[parent].names


def tools() -> tuple[str, ...]:
    """The versions here of everything that can change a finding."""
    return tuple(
        f"{name} {version(name)}" for name in ("corolint", "ast-serialize", "typeshed-client")
    )


def order_for(session: Session) -> Order:
    """The order to check the files of `session` somewhere else."""
    folders = {os.path.dirname(path) for path in session.files}
    settings = {folder: session.config.settings_for(folder) for folder in folders}
    bare = replace(session, reader=ParcelReader(), config=ConfigFiles.told(settings))
    return Order(tools(), bare, session.search())


class Packer:
    """Reads here what is needed there, everything once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._reader = session.reader
        self._roots = frozenset(session.environment.site_packages)
        self._sent: set[str] = set()

    def first(self, search: SearchPath) -> list[Contents]:
        """What is sure to be asked for (the project, and the standard library's stubs), and what is
        likely to be: libraries that are imported, those that they import, and so on."""
        own = dict.fromkeys(self._session.all_files)
        for root in search.first_party:
            own |= dict.fromkeys(self._below(root))
        versions = os.path.join(search.typeshed, "VERSIONS")
        folders = [*self._reader.listed(), *sorted(self._roots)]
        sure = [*folders, *own, versions, *self._below(search.typeshed)]
        return list(self._parts([*sure, *self._libraries(own)]))

    def more(self, lacking: Collection[str]) -> list[Contents]:
        """What was lacking, and all below it; nothing if it was sent before."""
        return list(self._parts(each for path in sorted(lacking) for each in self._below(path)))

    def _libraries(self, own: Iterable[str]) -> Iterator[str]:
        """What the files `own` import from site-packages, nearest first, within bounds."""
        known: set[str] = set()
        files = [path for path in own if path.endswith(SUFFIXES)]
        count = 0
        while files and count < _MOST_FILES:
            names = self._imported(files) - known
            known |= names
            files = []
            for name in sorted(names):
                for root, ending in product(sorted(self._roots), ("", "-stubs", ".py", ".pyi")):
                    if name + ending in self._reader.names(root):
                        files += self._below(os.path.join(root, name + ending))
            count += len(files)
            yield from files

    def _imported(self, files: Iterable[str]) -> set[str]:
        """The first part of the name of every module that these files may import."""
        return {
            name
            for path in files
            for name in imported_modules(self._session.text_of(path) or "", "", is_package=False)
            if "." not in name
        }

    def _below(self, path: str) -> Iterator[str]:
        """`path`, and if it is a folder, the folders and Python files in it, however deep; of
        site-packages itself only the files."""
        waiting = [path]
        while waiting:
            current = waiting.pop()
            listing = self._reader.listing(current)
            if current != path and "pyvenv.cfg" in listing.names:
                continue  # Another environment; what is wanted of it will be asked for.
            yield current
            for name in sorted(listing.files):
                if name.endswith(SUFFIXES):
                    yield os.path.join(current, name)
            if current not in self._roots:
                folders = sorted(filter(str.isidentifier, listing.folders), reverse=True)
                waiting += (os.path.join(current, name) for name in folders)

    def _parts(self, paths: Iterable[str]) -> Iterator[Contents]:
        part, size = Contents({}, {}), 0
        for path in paths:
            if path in self._sent:
                continue
            self._sent.add(path)
            # It may be asked for as a file or as a folder, and answers as both.
            part.folders[path] = self._reader.listing(path)
            data = part.files[path] = self._reader.read(path)
            size += len(data or b"")
            if size > _PART:
                yield part
                part, size = Contents({}, {}), 0
        if part.files:
            yield part
