"""Narrows a run to what has changed since a commit, and to what that may matter to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from corolint.git_changes import is_recorded, recorded_files
from corolint.import_reach import imported_modules, reach
from corolint.session import Session

_PYTHON = (".py", ".pyi")


def narrowed(session: Session, reference: str) -> Session:
    """The session with those of its files that git says changed, and those in their reach.

    Raises `UsageError` if git cannot tell.
    """
    recorded = recorded_files(session.folder, reference)
    edited = {path for path in session.all_files if _has_changed(path, session, recorded)}
    gone = {path for path in recorded if path.endswith(_PYTHON) and not os.path.exists(path)}
    project = session.project()
    paths = {project.module_name(path): path for path in (*gone, *session.all_files)}
    imports = {
        path: imported_modules(
            session.text_of(path) or "",
            project.module_name(path),
            is_package=os.path.basename(path).startswith("__init__."),
        )
        for path in session.all_files
    }
    reached = reach(edited | gone, imports, paths)
    return replace(session, files=tuple(path for path in session.files if path in reached))


def _has_changed(path: str, session: Session, recorded: Mapping[str, str]) -> bool:
    path = session.on_disk(path)
    digest = recorded.get(os.path.realpath(path))
    data = session.reader.read(path)
    return digest is None or data is None or not is_recorded(data, digest)
