"""Runs the analysis over many files, so that a fault in one costs the others nothing."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from corolint.finding import Finding
from corolint.progress import Advance, no_progress
from corolint.session import Session

if TYPE_CHECKING:
    from corolint.project import Project


class Checked(NamedTuple):
    """The findings in order, and for each file that could not be checked the reason.

    `kept` is the number of files whose findings were known from an earlier run.
    """

    findings: tuple[Finding, ...]
    failures: tuple[tuple[str, str], ...]
    kept: int = 0


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
    # Loading it costs more than all that a run with nothing new to check does.
    from corolint.check import check

    # What is kept of a large project is millions of small tuples. Looking through them again and
    # again for cycles costs a quarter of the whole run, and finds next to none.
    gc.set_threshold(1_000_000, 1_000, 1_000)
    findings: list[Finding] = []
    failures: list[tuple[str, str]] = []
    for path, text in changed.items():
        project = project.with_text(path, text)
    for path in files:
        advance(1)
        current = changed[path] if path in changed else session.text_of(path)
        if current is None:
            failures.append((path, "cannot be read"))
            continue
        try:
            settings = session.config.settings_for(os.path.dirname(path))
            findings += check(path, current, project, settings)
        except Exception as error:
            failures.append((path, _advice(error)))
    return Checked(tuple(sorted(findings, key=Finding.order)), tuple(failures))


def _advice(error: Exception) -> str:
    """What to do about a fault of ours, with the place in our code where it happened."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    what = f"internal error: {type(error).__name__}: {error} ({place})"
    return f"{what}; please report it with the code that caused it"
