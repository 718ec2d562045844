"""Looks again only at what may have changed since the last run.

A finding in a file depends on that file's text and on what the modules of the project say of
themselves (their summaries). So, with the results of the last run at hand:

- nothing that was read has changed: the findings are those of the last run;
- some checked files have changed, but what they say to others is the same (an edit inside a
  function that nobody had to look into, mostly): these files are checked, and those whose notes
  point into them;
- anything else (a changed signature, a new file, another library): everything is checked.

The second case needs the new summaries of the changed files and nothing else of the project.
"""

from __future__ import annotations

import marshal
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

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
from corolint.session import Session

if TYPE_CHECKING:
    from corolint.project import Project
    from corolint.summary import ModuleSummary

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
    project = _Lazily(session)
    kept = {} if stored is None else _still_valid(stored, project, reader)
    to_check = [path for path in session.files if path not in kept]
    checked = Checked((), ())
    if to_check:
        checked = check(to_check, project.get())
    findings = {path: kept.get(path, ()) for path in session.files}
    for finding in checked.findings:
        findings[finding.path] = (*findings[finding.path], finding)
    if to_check or stored is None:
        failed = {failure.path for failure in checked.failures}
        results = {path: own for path, own in {**kept, **findings}.items() if path not in failed}
        before = stored if kept else None
        run = _run(when, before, project.get(), reader, results, checked.entered)
        cache.store(key, run)
    in_order = sorted((each for own in findings.values() for each in own), key=Finding.order)
    return Checked(tuple(in_order), checked.failures, len(session.files) - len(to_check))


class _Lazily:
    """The session's project, made when it is first needed: a run without news never needs it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._project: Project | None = None

    def get(self) -> Project:
        if self._project is None:
            self._project = self._session.project()
        return self._project


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


def _still_valid(
    stored: Stored, project: _Lazily, reader: RecordingReader
) -> dict[str, tuple[Finding, ...]]:
    """The findings of the last run that hold without looking at their files again."""
    for folder, before in stored.folders.items():
        if digest_of_listing(reader.listing(folder)) != before:
            return {}
    changed = {path for path, stamp in stored.files.items() if _has_changed(path, stamp, stored)}
    if not changed:
        return dict(stored.findings)
    if not changed <= stored.facts.keys():
        return {}  # A library, a stub or a configuration file.
    if not all(stored.facts[path] == _facts(path, project.get()) != "" for path in changed):
        return {}
    return {
        path: own
        for path, own in stored.findings.items()
        if path not in changed
        and not any(note.path in changed for finding in own for note in finding.notes)
    }


def _has_changed(path: str, stamp: Stamp, stored: Stored) -> bool:
    size, changed = size_and_time(path)
    if size != stamp.size:
        return True
    if changed == stamp.changed and changed < stored.when - _TIME_IS_COARSE:
        return False
    return digest(DiskReader().read(path)) != stamp.digest


def _run(
    when: int,
    before: Stored | None,
    project: Project,
    reader: RecordingReader,
    findings: Mapping[str, tuple[Finding, ...]],
    entered: frozenset[str] | None,
) -> Stored:
    """This run, to be kept. What the last one read, and this one had no need to, still counts.

    A file whose bodies count for others has no facts that could stay the same.
    """
    known = {} if before is None else before.facts

    def facts_of(path: str) -> str:
        if path in known and (path not in reader.stamps or not known[path]):
            return known[path]
        if entered is None or project.module_name(path) in entered:
            return ""
        return _facts(path, project)

    facts = {path: facts_of(path) for path in findings}
    files = {} if before is None else dict(before.files)
    folders = {} if before is None else dict(before.folders)
    return Stored(when, files | reader.stamps, folders | reader.folders(), findings, facts)


def _facts(path: str, project: Project) -> str:
    """A digest of what the module in the file `path` says of itself."""
    summary = project.summary(project.module_name(path))
    return "" if summary is None else digest_of_summary(summary)


def digest_of_summary(summary: ModuleSummary) -> str:
    """Equal for equal summaries, whatever run they come from; empty if it cannot be told."""
    try:
        # Version 2 of the format writes equal values alike; later ones also write what is shared.
        return digest(marshal.dumps(_plain(summary), 2))
    except ValueError:  # A term of more than 2000 levels.
        return ""


def _plain(value: Any) -> Any:
    """Terms are plain already; what holds them is turned into tuples, without what is no fact."""
    if is_dataclass(value):
        return tuple(_plain(getattr(value, each.name)) for each in fields(value) if each.compare)
    if isinstance(value, Mapping):
        return tuple((key, _plain(item)) for key, item in value.items())
    if isinstance(value, tuple) and any(map(is_dataclass, value)):
        return tuple(map(_plain, value))
    return value


def _own_code() -> str:
    """Changes whenever the code of corolint does: while it is worked on, the version does not."""
    newest, count = 0, 0
    for folder, _, names in os.walk(os.path.dirname(__file__)):
        for name in names:
            if name.endswith(".py"):
                count += 1
                newest = max(newest, size_and_time(os.path.join(folder, name))[1])
    return f"{count}:{newest}"
