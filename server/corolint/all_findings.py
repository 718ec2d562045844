"""All findings of a run, by the way that costs least.

What an earlier run found and still holds comes from the cache. The rest is checked on the cluster
that the user named, or in several processes if there is much of it, or else right here. Every way
gives the same findings.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from corolint import __version__
from corolint.checking import Checked, check_files
from corolint.files import RecordingReader
from corolint.output import say
from corolint.progress import progress
from corolint.session import Session

if TYPE_CHECKING:
    from corolint.project import Project

# With fewer files than this, starting processes costs more than it saves.
MANY_FILES = 200


def find(session: Session, options: Namespace) -> Checked:
    """The findings of all files of the session. Raises `UsageError` for a cluster that is none."""

    def check(files: Sequence[str], project: Project) -> Checked:
        return _check(files, project, session, options)

    if not isinstance(session.reader, RecordingReader):
        return check(session.files, session.project())
    from corolint.incremental import check_incrementally

    checked = check_incrementally(session, session.reader, __version__, check)
    if options.verbose:
        say(f"known from an earlier run: {checked.kept} of {len(session.files)} files")
    return checked


def _check(files: Sequence[str], project: Project, session: Session, options: Namespace) -> Checked:
    total = 0 if options.quiet else len(files)
    if options.executor is not None:
        from corolint.cluster import check_on_cluster

        with progress(total) as advance:
            return check_on_cluster(files, session, project, options.executor, advance)
    if len(files) < MANY_FILES:
        return check_files(files, session, project, {})
    from corolint.workers import check_in_parallel, default_jobs

    jobs = options.jobs or default_jobs()
    with progress(total) as advance:
        return check_in_parallel(files, session, project, options, jobs, advance)
