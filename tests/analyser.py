"""Asks corolint about a spec: its files exist in memory only, typeshed and packages on disk.

    said = analyse(spec)
    said.findings  # Counter({("main.py", 4, "error", "unawaited-coroutine"): 1})

`check` logs a rule that raises and goes on; here that is an exception again.
"""

from __future__ import annotations

import inspect
import logging
import os
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from corolint.check import check, reveal
from corolint.config import Settings, from_toml
from corolint.files import DiskReader
from corolint.finding import Finding
from corolint.module_files import ModuleFile, SearchPath
from corolint.project import Project
from corolint.summary import ModuleSummary
from spec_format import ELSEWHERE, NOT_INSTALLED, Spec, Told

ROOT = os.path.join(os.sep, "spec")
SITE_PACKAGES = os.path.join(os.sep, "spec-site-packages")


@dataclass(frozen=True, slots=True)
class Said:
    """All findings by file, and the states that `reveal` showed by file and line. `notes` are the
    steps of all findings that stand in the spec's files."""

    findings: tuple[tuple[str, Finding], ...]
    states: Mapping[tuple[str, int], frozenset[str]]
    notes: tuple[Told, ...]


def analyse(spec: Spec) -> Said:
    """What corolint says of every first-party file of a spec."""
    logger = logging.getLogger("corolint")
    logger.addHandler(_RAISE)
    try:
        return _analyse(spec)
    finally:
        logger.removeHandler(_RAISE)


def _analyse(spec: Spec) -> Said:
    settings = (from_toml(spec.config, "pyproject.toml") if spec.config else None) or Settings()
    project = project_of(spec, settings)
    findings: list[tuple[str, Finding]] = []
    states: dict[tuple[str, int], frozenset[str]] = {}
    for name, text in spec.files:
        if name.endswith(".py") and not name.startswith(ELSEWHERE):
            path = path_of(name)
            findings += [(name, finding) for finding in check(path, text, project, settings)]
            for line, found in reveal(path, text, project).items():
                states[name, line] = found
    return Said(tuple(findings), states, tuple(_steps(spec, findings)))


def _steps(spec: Spec, findings: list[tuple[str, Finding]]) -> Iterator[Told]:
    names = {path_of(name): name for name, _ in spec.files}
    for _, finding in findings:
        steps = [note for note in finding.notes if note.step]
        for number, note in enumerate(steps, start=1):
            if note.span is not None and note.path in names:
                yield Told(names[note.path], note.span.line, number, note.message)


class _Raise(logging.Handler):
    """The safety net taken away: what is logged as an error is one."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            raise AssertionError(record.getMessage()) from (record.exc_info or (0, None))[1]


_RAISE = _Raise()


def project_of(spec: Spec, settings: Settings) -> Project:
    """A project whose files are those of the spec; installed packages only if it needs some."""
    site_packages = [SITE_PACKAGES]
    if spec.needs.packages:
        site_packages.append(sysconfig.get_paths()["purelib"])
    search = SearchPath(
        first_party=(ROOT,),
        site_packages=tuple(site_packages),
        python_version=settings.target_version or (3, 13),
        platform="linux",
    )
    texts = {path_of(name): text for name, text in spec.files if not is_missing(name)}
    return _PROJECT(search, MemoryReader(texts))


def is_missing(name: str) -> bool:
    """Whether the file is of a library that only CPython finds."""
    return name.startswith(NOT_INSTALLED)


class SharingProject(Project):
    """A project that reads each file of the disk once for all specs: it is the same for all."""

    shared: ClassVar[dict[object, ModuleSummary]] = {}

    def _read_declarations(self, found: ModuleFile, *, has_bodies: bool) -> ModuleSummary:
        if _is_ours(found.path):
            return super()._read_declarations(found, has_bodies=has_bodies)
        key = (found, self.search.python_version, has_bodies)
        if key not in self.shared:
            self.shared[key] = super()._read_declarations(found, has_bodies=has_bodies)
        return self.shared[key]


# A compiled class has no interpreted subclass: on machine code each spec reads the disk itself.
_PROJECT = SharingProject if inspect.isfunction(Project.file) else Project


def path_of(name: str) -> str:
    if name.startswith("site-packages/"):
        return os.path.join(SITE_PACKAGES, *name.split("/")[1:])
    return os.path.join(ROOT, *name.split("/"))


class MemoryReader:
    """Files by path below the two folders of specs; everything else is on disk."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._names: dict[str, set[str]] = {}
        for path in texts:
            while path not in (ROOT, SITE_PACKAGES):
                directory, name = os.path.split(path)
                self._names.setdefault(directory, set()).add(name)
                path = directory
        self._disk = DiskReader()

    def read(self, path: str) -> bytes | None:
        if not _is_ours(path):
            return self._disk.read(path)
        text = self._texts.get(os.path.normpath(path))
        return None if text is None else text.encode()

    def is_file(self, path: str) -> bool:
        return os.path.normpath(path) in self._texts if _is_ours(path) else self._disk.is_file(path)

    def names(self, directory: str) -> frozenset[str]:
        if not _is_ours(directory):
            return self._disk.names(directory)
        return frozenset(self._names.get(os.path.normpath(directory), ()))


def _is_ours(path: str) -> bool:
    path = os.path.normpath(path) + os.sep
    return path.startswith((ROOT + os.sep, SITE_PACKAGES + os.sep))
