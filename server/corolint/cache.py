"""Results kept between runs: one SQLite file in a folder of its own.

A row holds all that one run found out, and every file and folder that it looked at. It is found
again by a key that covers the tool, its options and the search path. Whether a row still holds is
for `incremental` to say; here it is only kept. Beside it, under names, are things that are only
needed where it does not hold as a whole, such as the texts that were checked.

The file is shared by processes that run at once, and it is input: nothing in it is executed, its
content is checked while it is read, and a file that is damaged, or not ours, is replaced. Whatever
goes wrong here, the run goes on without a cache.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corolint.files import Stamp
from corolint.finding import Finding
from corolint.plain_finding import from_plain, to_plain

_FILE = "results.sqlite"
_SCHEMA = (
    "CREATE TABLE results (key TEXT PRIMARY KEY, used INTEGER, data BLOB)",
    "CREATE TABLE parts (key TEXT, name TEXT, data BLOB, PRIMARY KEY (key, name))",
)
_MOST_ROWS = 6
_MOST_BYTES = 256 * 1024 * 1024  # of all rows but the newest
_ENDINGS = ("", "-wal", "-shm", "-journal")  # of the files that SQLite makes
_LARGEST_ROW = 64 * 1024 * 1024  # bytes of JSON; a larger one was not written by us


@dataclass(frozen=True, slots=True)
class Stored:
    """One run: what it looked at, and what it found.

    `files` and `folders` are all that was read, by path; a folder's value is a digest of the names
    in it. `findings` has an entry for every file that was checked. `when` is the time of the run in
    nanoseconds.
    """

    when: int
    files: Mapping[str, Stamp]
    folders: Mapping[str, str]
    findings: Mapping[str, tuple[Finding, ...]]


class ResultCache:
    """The cache in the folder `directory`, which is made when needed. No method raises."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._path = os.path.join(self._directory, _FILE)

    def load(self, key: str) -> Stored | None:
        """What the last run with this key stored; `None` if there is none, or none to trust."""
        try:
            if self._is_elsewhere() or not os.path.isfile(self._path):
                return None
            with self._connection() as connection:
                row = connection.execute(
                    "SELECT data FROM results WHERE key = ?", (key,)
                ).fetchone()
            return None if row is None else _unpacked(row[0])
        except (sqlite3.Error, OSError, ValueError, RecursionError, zlib.error, MemoryError):
            return None

    def part(self, key: str, name: str) -> bytes | None:
        """What was stored under this name with the last run of this key; `None` if nothing was."""
        try:
            with self._connection() as connection:
                row = connection.execute(
                    "SELECT data FROM parts WHERE key = ? AND name = ?", (key, name)
                ).fetchone()
            return None if row is None else inflated(row[0])
        except (sqlite3.Error, OSError, ValueError, zlib.error, MemoryError):
            return None

    def parts(self, key: str, beginning: str) -> dict[str, bytes]:
        """All that was stored with the last run of this key under names that begin so, as it was
        packed: see `inflated`."""
        try:
            with self._connection() as connection:
                rows = connection.execute(
                    "SELECT name, data FROM parts WHERE key = ? AND substr(name, 1, ?) = ?",
                    (key, len(beginning), beginning),
                ).fetchall()
        except (sqlite3.Error, OSError, ValueError, MemoryError):
            return {}
        return {name: data for name, data in rows if type(name) is str and type(data) is bytes}

    def store(
        self, key: str, stored: Stored, parts: Iterable[tuple[str, bytes | None]] = ()
    ) -> None:
        """Keeps the results of a run in the place of those of the last one with this key.

        Of what was stored under names before, what is in `parts` is replaced (or removed), and the
        rest stays.
        """
        try:
            self._prepare()
            with self._connection() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO results VALUES (?, ?, ?)",
                    (key, stored.when, _packed(stored)),
                )
                for name, data in parts:
                    connection.execute(
                        "INSERT OR REPLACE INTO parts VALUES (?, ?, ?)",
                        (key, name, None if data is None else zlib.compress(data, 1)),
                    )
                connection.execute(
                    "DELETE FROM results WHERE key NOT IN (SELECT key FROM (SELECT key,"
                    " row_number() OVER newest AS place, sum(size) OVER newest AS size"
                    " FROM (SELECT key, used, length(data) + (SELECT total(length(parts.data))"
                    " FROM parts WHERE parts.key = results.key) AS size FROM results)"
                    " WINDOW newest AS (ORDER BY used DESC, key))"
                    " WHERE place = 1 OR (place <= ? AND size <= ?))",
                    (_MOST_ROWS, _MOST_BYTES),
                )
                connection.execute("DELETE FROM parts WHERE key NOT IN (SELECT key FROM results)")
        except (sqlite3.Error, OSError, ValueError, RecursionError):
            return

    def _is_elsewhere(self) -> bool:
        """Would a link lead us out of the project? Then it is not our place to read or write."""
        paths = (self._directory, *(self._path + ending for ending in _ENDINGS))
        return any(map(os.path.islink, paths))

    def _prepare(self) -> None:
        """Makes folder and file as they must be; replaces what is not ours. Raises `OSError`."""
        if self._is_elsewhere():
            raise OSError("the cache is a link")
        os.makedirs(self._directory, exist_ok=True)
        ignore = os.path.join(self._directory, ".gitignore")
        if not os.path.lexists(ignore):
            with open(ignore, "x", encoding="utf-8") as file:
                file.write("# Made by corolint.\n*\n")
        if self._is_ours():
            return
        for ending in _ENDINGS:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path + ending)
        with self._connection() as connection, contextlib.suppress(sqlite3.OperationalError):
            for table in _SCHEMA:  # Another process may have been quicker.
                connection.execute(table)

    def _is_ours(self) -> bool:
        try:
            with self._connection() as connection:
                found = connection.execute("SELECT sql FROM sqlite_master").fetchall()
                checked = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError:
            return False
        return {row[0] for row in found} - {None} == {*_SCHEMA} and checked == ("ok",)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that is committed and closed at the end of the block."""
        connection = sqlite3.connect(self._path, timeout=5)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA auto_vacuum = FULL")  # What is deleted leaves the file.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                yield connection
        finally:
            connection.close()


def _packed(stored: Stored) -> bytes:
    document = {
        "when": stored.when,
        "files": {path: list(stamp) for path, stamp in stored.files.items()},
        "folders": dict(stored.folders),
        "findings": {
            path: [to_plain(each) for each in own] for path, own in stored.findings.items()
        },
    }
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 1)


def _unpacked(data: object) -> Stored:
    """The reverse of `_packed`. Raises `ValueError` (or `zlib.error`) for anything else."""
    document = json.loads(inflated(data) or b"")
    if not isinstance(document, dict) or type(document.get("when")) is not int:
        raise ValueError("not a run")
    stored = Stored(
        document["when"],
        {path: _stamp(stamp) for path, stamp in _table(document, "files").items()},
        {path: str(digest) for path, digest in _table(document, "folders").items()},
        {path: _findings(own) for path, own in _table(document, "findings").items()},
    )
    if any(
        _shown(finding) - stored.files.keys() for own in stored.findings.values() for finding in own
    ):
        raise ValueError("a finding about a file that was not read")
    return stored


def inflated(data: object) -> bytes | None:
    """What was packed to be stored; it ends at a limit.

    Raises `ValueError` or `zlib.error` for what `zlib` never compressed.
    """
    if data is None:
        return None
    if not isinstance(data, bytes):
        raise ValueError("not packed")
    return zlib.decompressobj().decompress(data, _LARGEST_ROW)


def _shown(finding: Finding) -> set[str]:
    """The files of which a report on this finding shows lines."""
    return {finding.path, *(note.path for note in finding.notes if note.path is not None)}


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name)
    if not isinstance(table, dict):
        raise ValueError(f"no {name}")
    return table


def _findings(plain: object) -> tuple[Finding, ...]:
    if not isinstance(plain, list):
        raise ValueError("not a list of findings")
    return tuple(map(from_plain, plain))


def _stamp(plain: object) -> Stamp:
    match plain:
        case [int(size), int(changed), str(digest)]:
            return Stamp(size, changed, digest)
    raise ValueError("not a stamp")
