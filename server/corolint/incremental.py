"""Looks again only at what may have changed since the last run.

A finding in a file depends on that file's text and on what is asked about others while it is
checked (see `corolint.grounds`). So, with the results of the last run at hand:

- nothing that was read has changed: the findings are those of the last run;
- some checked files have changed, and nobody asked for what is different in them (an edit inside a
  function, mostly, or a new function): these files are checked, those for which their bodies were
  gone through, and those whose notes or fixes point into them;
- anything else (a changed signature, a new file, another library): everything is checked.

For the second case the last texts of all checked files are kept with the results, and for the last
two what modules say of themselves (see `summary_store`), so that files are read only to be checked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from corolint.cache import ResultCache, Stored
from corolint.checking import Checked
from corolint.files import (
    DiskReader,
    RecordingReader,
    Stamp,
    digest,
    digest_of_listing,
    size_and_time,
)
from corolint.finding import Finding
from corolint.grounds import Grounds, merged, packed, unpacked
from corolint.session import Session
from corolint.summary_store import SUMMARIES, SummaryStore

if TYPE_CHECKING:
    from corolint.project import Project

# The names of parts; those of texts are absolute paths.
_GROUNDS = "grounds"
_LOOPS = "loops"

# A file written this shortly before a run may have been written again without a new time.
_TIME_IS_COARSE = 2_000_000_000  # nanoseconds


def check_incrementally(
    session: Session,
    reader: RecordingReader,
    version: str,
    check: Callable[[Sequence[str], Project], Checked],
) -> Checked:
    """The findings of the session's files, and a cache that knows them for the next run.

    `reader` is the session's; `version` is that of corolint; `check` checks the files it is given.
    """
    when = time.time_ns()
    cache = ResultCache(session.cache_folder)
    key = _key(session, version)
    stored = cache.load(key)
    last = None if stored is None else _Last(stored, cache, key)
    changed = frozenset() if last is None else _changed(last.stored)
    project = _Lazily(session, reader, last, changed)
    kept = {} if last is None else _still_valid(last, changed, project, reader)
    to_check = [path for path in session.files if path not in kept]
    checked = Checked((), ())
    if to_check:
        checked = check(to_check, project.get())
        if any(failure.details for failure in checked.failures) and project.forget_kept():
            checked = check(to_check, project.get())
    findings = {path: kept.get(path, ()) for path in session.files}
    for finding in checked.findings:
        findings[finding.path] = (*findings[finding.path], finding)
    if to_check or stored is None:
        failed = {failure.path for failure in checked.failures}
        results = {path: own for path, own in {**kept, **findings}.items() if path not in failed}
        before = last if kept else None
        cache.store(
            key,
            _run(when, before, reader, results),
            [
                *_texts(to_check, reader),
                (_GROUNDS, _grounds(before, checked)),
                *project.loops(),
                *project.summaries(),
            ],
        )
    in_order = sorted((each for own in findings.values() for each in own), key=Finding.order)
    return Checked(tuple(in_order), checked.failures, len(session.files) - len(to_check))


class _Lazily:
    """The session's project, made when it is first needed: a run without news never needs it.

    It takes from the last run what files say that have not `changed` since. What is kept may have
    been written by anybody, so whoever meets a fault can have a project that reads for itself.
    """

    def __init__(
        self,
        session: Session,
        reader: RecordingReader,
        last: _Last | None,
        changed: frozenset[str],
    ) -> None:
        self._session = session
        self._reader = reader
        self._last = last
        self._changed = changed
        self._store: SummaryStore | None = None
        self._project: Project | None = None

    def get(self) -> Project:
        if self._project is None:
            self._store = self._new_store(self._last)
            self._project = self._session.project(kept=self._store)
        return self._project

    def forget_kept(self) -> bool:
        """Makes the next project one that reads for itself; `False` if it does that already."""
        was_used = self._store is not None and self._store.is_used
        self._last = self._project = self._store = None
        return was_used

    def loops(self) -> Iterator[tuple[str, bytes | None]]:
        """What is known of loops, if that had to be found out."""
        if self._project is not None:
            from corolint.concern import loops_of

            loops = loops_of(self._project)
            if loops is not None:
                yield _LOOPS, loops.encode("utf-8", "surrogatepass")

    def summaries(self) -> Iterator[tuple[str, bytes | None]]:
        """What files say that were read by this run, for the next one."""
        return iter(()) if self._store is None else self._store.parts()

    def _new_store(self, last: _Last | None) -> SummaryStore:
        kept, unchanged = dict[str, bytes](), dict[str, Stamp]()
        if last is not None:
            files = last.stored.files.items()
            unchanged = {path: stamp for path, stamp in files if path not in self._changed}
            kept = last.cache.parts(last.key, SUMMARIES)
        return SummaryStore(kept, unchanged, self._reader)


def _key(session: Session, version: str) -> str:
    """The name under which runs with the same tool, options and search path find each other."""
    settings = session.settings
    choices = [(each.name, _ordered(getattr(settings, each.name))) for each in fields(settings)]
    surroundings = (session.first_party, session.environment.site_packages, session.python_version)
    key = repr((version, _own_code(), surroundings, choices))
    return digest(key.encode("utf-8", "surrogatepass"))


def _ordered(value: Any) -> Any:
    """Sets in a fixed order: their own differs from process to process."""
    if isinstance(value, frozenset):
        return sorted(value)
    return tuple(map(_ordered, value)) if isinstance(value, tuple) else value


class _Last(NamedTuple):
    """The last run, and where more is kept of it."""

    stored: Stored
    cache: ResultCache
    key: str

    def text(self, path: str) -> str | None:
        """The text of a file that was checked then."""
        from corolint.syntax import decode

        data = self.cache.part(self.key, path)
        if data is None or digest(data) != self.stored.files[path].digest:
            return None
        return decode(data)

    def grounds(self) -> Grounds | None:
        data = self.cache.part(self.key, _GROUNDS)
        try:
            return None if data is None else unpacked(data)
        except (ValueError, TypeError, AttributeError, RecursionError):
            return None

    def loops(self) -> str | None:
        data = self.cache.part(self.key, _LOOPS)
        return None if data is None else data.decode("utf-8", "surrogatepass")


def _changed(stored: Stored) -> frozenset[str]:
    """The files that are not any more what they were in a run."""
    return frozenset(
        path for path, stamp in stored.files.items() if _has_changed(path, stamp, stored)
    )


def _still_valid(
    last: _Last, changed: frozenset[str], project: _Lazily, reader: RecordingReader
) -> dict[str, tuple[Finding, ...]]:
    """The findings of the last run that hold without looking at their files again."""
    stored = last.stored
    for folder, before in stored.folders.items():
        if digest_of_listing(reader.listing(folder)) != before:
            return {}
    if not changed:
        return dict(stored.findings)
    if not changed <= stored.findings.keys():
        return {}  # A library, a stub or a configuration file.
    concerned = _concerned(changed, last, project)
    if concerned is None:
        return {}
    return {
        path: own
        for path, own in stored.findings.items()
        if path not in concerned and not any(map(changed.__contains__, _pointed_to(own)))
    }


def _concerned(changed: frozenset[str], last: _Last, project: _Lazily) -> set[str] | None:
    """The files that the changed ones may matter to; `None` if these may be any."""
    grounds = last.grounds()
    texts = {path: last.text(path) for path in changed}
    known = {path: text for path, text in texts.items() if text is not None}
    if grounds is None or known.keys() != changed:
        return None
    from corolint.concern import concerned

    try:
        return concerned(known, grounds, project.get(), last.loops())
    except Exception:  # Whatever a summary may lead to that nobody has read from a file.
        if not project.forget_kept():
            raise
        return None


def _pointed_to(findings: Iterable[Finding]) -> Iterator[str | None]:
    """The files that findings have notes on or edits for."""
    for finding in findings:
        yield from (note.path for note in finding.notes)
        yield from (edit.path for fix in finding.fixes for edit in fix.edits)


def _has_changed(path: str, stamp: Stamp, stored: Stored) -> bool:
    size, changed = size_and_time(path)
    if size != stamp.size:
        return True
    if changed == stamp.changed and changed < stored.when - _TIME_IS_COARSE:
        return False
    return digest(DiskReader().read(path)) != stamp.digest


def _run(
    when: int,
    before: _Last | None,
    reader: RecordingReader,
    findings: Mapping[str, tuple[Finding, ...]],
) -> Stored:
    """This run, to be kept. What the last one read, and this one had no need to, still counts."""
    files = {} if before is None else dict(before.stored.files)
    folders = {} if before is None else dict(before.stored.folders)
    return Stored(when, files | reader.stamps, folders | reader.folders(), findings)


def _texts(paths: Iterable[str], reader: RecordingReader) -> Iterator[tuple[str, bytes | None]]:
    """What is in the files that were checked, unless it has changed since."""
    for path in paths:
        data = DiskReader().read(path)
        stamp = reader.stamps.get(path)
        yield path, data if stamp is not None and digest(data) == stamp.digest else None


def _grounds(before: _Last | None, checked: Checked) -> bytes | None:
    """What the findings rest on that are kept after this run; `None` if nobody can tell."""
    grounds = checked.grounds
    if grounds is not None and before is not None:
        known = before.grounds()
        grounds = None if known is None else merged(known, grounds)
    try:
        return None if grounds is None else packed(grounds)
    except (ValueError, TypeError, RecursionError):
        return None


def _own_code() -> str:
    """Changes whenever the code of corolint does: while it is worked on, the version does not."""
    newest, count = 0, 0
    for folder, _, names in os.walk(os.path.dirname(__file__)):
        for name in names:
            if name.endswith(".py"):
                count += 1
                newest = max(newest, size_and_time(os.path.join(folder, name))[1])
    return f"{count}:{newest}"
