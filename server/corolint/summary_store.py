"""What modules say of themselves, kept from run to run, so that a run after an edit reads one file.

A summary is of use as long as its file holds what it held. A run finds out what has changed since
the last one anyway; for all other files the stamps of then are good, and the files are not opened.

    store = SummaryStore(kept, unchanged, reader)     unchanged: {"/p/a.py": its stamp}
    Project(…, kept=store)                            asks it for /p/a.py, reads /p/b.py
    cache.store(key, run, store.parts())              keeps what it was told of /p/b.py

Summaries belong to a key of the cache, and so to one search path and one target version.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

from corolint.cache import inflated
from corolint.files import RecordingReader, Stamp
from corolint.kept_summary import packed, unpacked
from corolint.module_files import ModuleFile
from corolint.summary import ModuleSummary

SUMMARIES = "summary "
"""The beginning of the names of such parts of a cache; those of texts are absolute paths."""

_DIGEST = 32  # bytes before each summary, of the text that it is of


class SummaryStore:
    """See `corolint.project.KeptSummaries`. `is_used` tells whether anything was found in it."""

    def __init__(
        self, kept: Mapping[str, bytes], unchanged: Mapping[str, Stamp], reader: RecordingReader
    ) -> None:
        self._kept = kept
        self._unchanged = unchanged
        self._reader = reader
        self._new: dict[str, tuple[str, ModuleSummary]] = {}
        self.is_used = False

    def find(self, file: ModuleFile, has_bodies: bool) -> ModuleSummary | None:
        data = self._kept.get(_name(file, has_bodies))
        stamp = self._unchanged.get(file.path)
        if data is None or stamp is None:
            return None
        try:
            content = inflated(data) or b""
            if not stamp.digest or content[:_DIGEST] != stamp.digest.encode():
                return None
            summary = unpacked(content[_DIGEST:])
        except _DAMAGED:
            return None
        about = (summary.name, summary.is_package, summary.is_stub)
        if about != (file.name, file.is_package, file.is_stub):
            return None
        self._reader.add({file.path: stamp}, {})  # As if it had been read.
        self.is_used = True
        return summary

    def keep(self, file: ModuleFile, has_bodies: bool, summary: ModuleSummary) -> None:
        stamp = self._reader.stamps.get(file.path)
        if stamp is not None and stamp.digest:
            self._new[_name(file, has_bodies)] = stamp.digest, summary

    def parts(self) -> Iterator[tuple[str, bytes | None]]:
        """What has been kept by this run, for the cache."""
        for name, (digest, summary) in self._new.items():
            try:
                yield name, digest.encode() + packed(summary)
            except (TypeError, ValueError, RecursionError):
                continue  # A literal that JSON has no word for.


_DAMAGED = (
    ValueError, TypeError, AttributeError, LookupError, RecursionError, MemoryError, zlib.error,
)  # fmt: skip


def _name(file: ModuleFile, has_bodies: bool) -> str:
    how = "whole" if has_bodies else "declarations"
    return f"{SUMMARIES}{how} {file.name} {file.path}"
