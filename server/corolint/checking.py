"""Runs the analysis over many files, so that a fault in one costs the others nothing."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from corolint.files import LARGEST_FILE, RecordingReader, size_and_time
from corolint.finding import Finding
from corolint.grounds import Grounds
from corolint.progress import Advance, no_progress
from corolint.session import Session

if TYPE_CHECKING:
    from corolint.project import Project


class Failure(NamedTuple):
    """A file that could not be checked, or not by every rule. `details` is for who mends it."""

    path: str
    reason: str
    details: str = ""


class Checked(NamedTuple):
    """The findings in order, and the files that could not be checked.

    `kept` is the number of files whose findings were known from an earlier run; `grounds` are what
    the findings rest on, `None` if nobody can tell.
    """

    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]
    kept: int = 0
    grounds: Grounds | None = None


def check_files(
    files: Iterable[str],
    session: Session,
    project: Project,
    changed: Mapping[str, str],
    advance: Advance = no_progress,
) -> Checked:
    """Checks `files`; the texts in `changed` win over those of the session. Never raises.

    `advance` is told of each file that is begun.
    """
    # Loading these costs more than all that a run with nothing new to check does.
    from corolint.check import check
    from corolint.concern import gathered

    findings: list[Finding] = []
    failures: list[Failure] = []
    nets, log = _Nets(), logging.getLogger("corolint.check")
    log.addHandler(nets)
    for path, text in changed.items():
        project = project.with_text(path, text)
    for path in files:
        advance(1)
        current = changed[path] if path in changed else session.text_of(path)
        if current is None:
            failures.append(Failure(path, _why_not(path)))
            continue
        try:
            settings = session.config.settings_for(os.path.dirname(path))
            findings += check(path, current, project, settings)
        except Exception as error:
            failures.append(_fault(path, error))
        failures += nets.failures(path)
    log.removeHandler(nets)
    in_order = tuple(sorted(findings, key=Finding.order))
    grounds = gathered(project) if isinstance(session.reader, RecordingReader) else None
    return Checked(in_order, tuple(failures), grounds=grounds)


class _Nets(logging.Handler):
    """Hears of the rules that failed; the check itself goes on without them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.caught: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.caught.append(record)

    def failures(self, path: str) -> list[Failure]:
        """What was caught since the last call, while the file at `path` was checked."""
        caught, self.caught = self.caught, []
        errors = (record.exc_info[1] for record in caught if record.exc_info)
        return [_fault(path, error) for error in errors if error is not None]


def _why_not(path: str) -> str:
    """Why there is no text of this file."""
    size, _ = size_and_time(path)
    if size > LARGEST_FILE:
        return f"is larger than {LARGEST_FILE >> 20} MB, and not checked; `exclude` leaves it out"
    return "cannot be read"


def _fault(path: str, error: BaseException) -> Failure:
    """A fault of ours, with the place in our code where it happened, and what to do about it."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    what = f"internal error: {type(error).__name__}: {error} ({place})"
    advice = "please report it with the code that caused it; -v tells more"
    return Failure(path, f"{what}; {advice}", "".join(traceback.format_exception(error)))
