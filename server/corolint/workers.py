"""Many files on many cores: the same check in several processes at once.

Where a process can be forked, the project is read once, before the fork, and every worker starts
with all that is known; elsewhere each worker opens the session anew. A worker takes a few dozen
neighbouring files at a time, because these share what has to be found out. Findings travel as
plain lists, and with them what the worker read, for the cache. If a worker dies, what it left
undone is done here: that costs time and nothing else.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, NamedTuple

from corolint.checking import Checked, Failure, check_files
from corolint.files import RecordingReader, Stamp
from corolint.finding import Finding
from corolint.grounds import Grounds, merged, without
from corolint.plain_finding import Plain, from_plain, to_plain
from corolint.progress import Advance, no_progress
from corolint.rule_names import rule_names
from corolint.session import Session, open_session

if TYPE_CHECKING:
    from corolint.project import Project

_CHUNK = 32
_FIRST = 8  # files checked before the fork, which makes everybody's indexes

# What a worker checks with. Set before the fork, or by `_open` in a process that was not forked.
_shared: tuple[Session, Project] | None = None

# What a worker has told its parent of.
_told = Grounds()


class Result(NamedTuple):
    """What a worker found in its files, and what it read to find it."""

    findings: list[Plain]
    failures: tuple[Failure, ...]
    stamps: dict[str, Stamp]
    folders: dict[str, str]
    grounds: Grounds


def check_in_parallel(
    files: Sequence[str],
    session: Session,
    project: Project,
    options: Namespace,
    jobs: int,
    advance: Advance = no_progress,
) -> Checked:
    """As `check_files`, in `jobs` processes. The order of findings is the same."""
    global _shared
    if jobs < 2 or len(files) <= _FIRST:
        return check_files(files, session, project, {}, advance)
    first = check_files(files[:_FIRST], session, project, {}, advance)
    chunks = [files[start : start + _CHUNK] for start in range(_FIRST, len(files), _CHUNK)]
    forks = sys.platform.startswith("linux")
    context = multiprocessing.get_context("fork" if forks else "spawn")
    _shared = (session, project)
    gc.freeze()  # What is known by now stays; a collector in a worker need not copy it to look.
    findings = list(first.findings)
    failures = list(first.failures)
    undone: list[str] = []
    grounds = first.grounds or Grounds()
    try:
        with ProcessPoolExecutor(jobs, context, _open, (None if forks else options,)) as pool:
            waiting = [(chunk, pool.submit(_check, chunk)) for chunk in chunks]
            for chunk, future in waiting:
                result = _result(future)
                if result is None:
                    undone += chunk
                    continue
                advance(len(chunk))
                findings += map(from_plain, result.findings)
                failures += result.failures
                grounds = merged(grounds, result.grounds)
                if isinstance(session.reader, RecordingReader):
                    session.reader.add(result.stamps, result.folders)
    finally:
        _shared = None
    rest = check_files(undone, session, project, {}, advance)
    in_order = sorted((*findings, *rest.findings), key=Finding.order)
    grounds = merged(grounds, rest.grounds or Grounds())
    return Checked(tuple(in_order), (*failures, *rest.failures), grounds=grounds)


def _result(future: Future[Result]) -> Result | None:
    """`None` if the worker died."""
    try:
        return future.result()
    except BrokenProcessPool:
        return None


def _open(options: Namespace | None) -> None:
    """Runs first in every worker. With `options` it was not forked and has to read for itself."""
    global _shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent hears it and ends us.
    if options is not None:
        session = open_session(options, rule_names())
        _shared = (session, session.project())


def _check(files: Sequence[str]) -> Result:
    """Runs in a worker."""
    assert _shared is not None
    session, project = _shared
    checked = check_files(files, session, project, {})
    plain = [to_plain(finding) for finding in checked.findings]
    new = _news(checked.grounds or Grounds())
    if isinstance(session.reader, RecordingReader):
        return Result(plain, checked.failures, *session.reader.take_new(), new)
    return Result(plain, checked.failures, {}, {}, new)


def _news(grounds: Grounds) -> Grounds:
    """Runs in a worker: what its findings rest on that it has not told of before."""
    global _told
    new = without(grounds, _told)
    _told = grounds
    return new


def default_jobs() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
