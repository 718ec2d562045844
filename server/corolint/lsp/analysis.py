"""Questions to the core, and what must be remembered between them: one project a folder.

All of this runs in the worker's thread. The event loop hands over a `View`, the texts that the
editor has open at that moment; a `Project` made for an earlier view is turned into the one for this
view by the texts that differ. Which folder a file belongs to, which settings apply and where the
environment lies is decided as on the command line.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from corolint.config import ConfigError, Settings
from corolint.config_files import FILE_NAMES, ConfigFiles, read_config
from corolint.environment import PROJECT_MARKERS, Environment, EnvironmentMissing, project_folder
from corolint.files import DiskReader, Listing, discover
from corolint.finding import Finding, Fix
from corolint.lsp.options import Options
from corolint.lsp.view import View
from corolint.paths import NOTEBOOK
from corolint.search import environment_for, search_path
from corolint.syntax import decode
from corolint.text import split_lines

if TYPE_CHECKING:
    from corolint.explaining import Hover
    from corolint.inlay_hints import InlayHint
    from corolint.module_files import SearchPath
    from corolint.project import Project

_log = logging.getLogger(__name__)


class Core(NamedTuple):
    """The functions of the core that the server uses; tests put others in their place."""

    check: Callable[[str, str, Project, Settings], tuple[Finding, ...]]
    hover: Callable[[str, str, Project, int, int], Hover | None]
    inlay_hints: Callable[[str, str, Project, int, int], tuple[InlayHint, ...]]
    explain: Callable[[str], str | None]
    remedies: Callable[[str, str, Project, Finding], tuple[Fix, ...]]
    project: Callable[[SearchPath, DiskReader], Project]
    rules: frozenset[str]


def the_core() -> Core:
    """The real one. Importing it takes a moment, so this is called in the worker's thread."""
    from corolint.check import RULE_NAMES, check, explain, hover, inlay_hints, remedies
    from corolint.project import Project

    project = partial(Project, is_partial=True)
    return Core(check, hover, inlay_hints, explain, remedies, project, RULE_NAMES)


class OpenFiles(DiskReader):
    """The disk, with the files that are open in the editor and were never saved."""

    def __init__(self) -> None:
        super().__init__()
        self._unsaved: dict[str, set[str]] = {}

    def listing(self, directory: str) -> Listing:
        """The folder's listing, with the names of what is only open."""
        found = super().listing(directory)
        unsaved = self._unsaved.get(directory)
        if not unsaved or unsaved <= found.files:
            return found
        return found._replace(names=found.names | unsaved, files=found.files | unsaved)

    def show(self, path: str, is_open: bool) -> None:
        """The file at `path` was opened in the editor, or closed."""
        directory, name = os.path.split(path)
        names = self._unsaved.setdefault(directory, set())
        names.add(name) if is_open else names.discard(name)


class Progress(NamedTuple):
    """So many modules of a project have been read, of so many."""

    done: int
    total: int


@dataclass(slots=True)
class _Reading:
    """The modules of a project that nobody has read yet, the first one last."""

    waiting: list[str]
    total: int
    is_stopped: bool = False


class _Opened(NamedTuple):
    """A project with the texts that it was made for.

    `edition` counts the projects before it; `facts` stays when an edit changed no summary, and with
    it all that other files could see.
    """

    project: Project
    texts: dict[str, str]
    edition: int
    facts: int

    def replaced_by(self, project: Project, texts: dict[str, str]) -> _Opened:
        """The same folder after a change."""
        if project is self.project:
            return self._replace(texts=texts)
        facts = self.facts if project.caches is self.project.caches else self.edition + 1
        return _Opened(project, texts, self.edition + 1, facts)


class Analysis:
    """Answers questions; remembers projects, and findings until anything changes."""

    def __init__(self, make_core: Callable[[], Core] = the_core) -> None:
        self._make_core = make_core
        self._options = Options()
        self._folder_options: Mapping[str, Options] = {}
        self._reader = OpenFiles()
        self._config: dict[str, ConfigFiles] = {}
        self._opened: dict[str, _Opened] = {}
        self._packages: dict[str, dict[str, None]] = {}
        self._environments: dict[str, Environment] = {}
        self._read: set[str] = set()
        self._readings: dict[str, _Reading] = {}
        self._roots: dict[tuple[str, tuple[str, ...]], str] = {}
        self._findings: dict[str, tuple[tuple[str, int, SearchPath], tuple[Finding, ...]]] = {}
        self.problems: dict[str, None] = {}
        """Sentences about settings that cannot be used, in order; whoever tells them empties it."""

    @cached_property
    def core(self) -> Core:
        return self._make_core()

    def prepare(self) -> None:
        """Have the core ready before the first question comes."""
        _ = self.core

    # --- what changed ----------------------------------------------------------------------------

    def set_options(self, options: Options, by_folder: Mapping[str, Options]) -> None:
        """New choices of the editor, and those for some folders: all is looked at afresh."""
        self._options = options
        self._folder_options = by_folder
        self.reset()

    def reset(self) -> None:
        """Forget all that was read from the disk."""
        self._reader = OpenFiles()
        self._config.clear()
        self._opened.clear()
        self._packages.clear()
        self._environments.clear()
        self._roots.clear()
        self._read.clear()
        self._readings.clear()
        self._findings.clear()

    def files_changed(self, paths: Iterable[str]) -> None:
        """Files on the disk came, went or changed."""
        paths = [os.path.normpath(path) for path in paths]
        if any(_changes_everything(path) for path in paths):
            self.reset()
            return
        for path in paths:
            self._reader.forget(os.path.dirname(path))
            for root, opened in self._opened.items():
                if path not in opened.texts:
                    project = opened.project.with_text(path, None)
                    self._opened[root] = opened.replaced_by(project, opened.texts)

    # --- questions -------------------------------------------------------------------------------

    def findings(self, path: str, text: str, view: View) -> tuple[Finding, ...]:
        """The findings of one file as it stands in `text`; none if the settings leave it out."""
        if self.is_excluded(path, view):
            return ()
        opened = self._open(path, view)
        # Findings point to lines of other files. Those of an open file follow every edit; for the
        # others it is enough when what they could see has changed, unless they see into bodies.
        follows = path in view.texts or opened.project.depends_on_bodies(path)
        key = (text, opened.edition if follows else opened.facts, opened.project.search)
        known = self._findings.get(path)
        if known is not None and known[0] == key:
            return known[1]
        settings = self.settings(os.path.dirname(path), view)
        found = self.core.check(path, text, opened.project, settings)
        if opened.project.depends_on_bodies(path):
            key = (text, opened.edition, opened.project.search)
        self._findings[path] = (key, found)
        return found

    def hover(self, path: str, text: str, view: View, line: int, column: int) -> Hover | None:
        """What there is to say about a place; `line` 1-based, `column` in code points."""
        return self.core.hover(path, text, self._open(path, view).project, line, column)

    def inlay_hints(
        self, path: str, text: str, view: View, first: int, last: int
    ) -> tuple[InlayHint, ...]:
        """The hints between two lines, 1-based."""
        project = self._open(path, view).project
        return self.core.inlay_hints(path, text, project, first, last)

    def remedies(self, path: str, text: str, view: View, finding: Finding) -> tuple[Fix, ...]:
        """The fixes of a finding that look at the whole project; none until it has been read."""
        project = self._open(path, view).project
        if project.is_partial:
            return ()
        return self.core.remedies(path, text, project, finding)

    def config_file(self, path: str, view: View) -> str:
        """The file that holds, or could hold, the settings that apply to `path`: the nearest."""
        folder, root = os.path.dirname(path), self._root(os.path.dirname(path), view)
        while True:
            for name in FILE_NAMES:
                if self._reader.has(folder, name):
                    return os.path.join(folder, name)
            parent = os.path.dirname(folder)
            if folder == root or parent == folder:
                return os.path.join(root, FILE_NAMES[0])
            folder = parent

    def explain(self, rule: str) -> str | None:
        """The page of a rule, in Markdown; `None` if there is no such rule."""
        return self.core.explain(rule)

    def workspace_files(self, view: View) -> list[str]:
        """The Python files of the workspace's folders, without those that settings leave out."""
        folders = [folder for folder in view.folders if os.path.isdir(folder)]
        settings = partial(self.settings, view=view)
        # A notebook is shown cell by cell, which the editor must have open for that.
        found = discover(folders, self._reader, settings)
        paths = [path for path in found if not path.endswith(NOTEBOOK)]
        # Known at once, they make one project; met one after the other, they would make many.
        for folder in dict.fromkeys(map(os.path.dirname, paths)):
            self._packages.setdefault(self._root(folder, view), {})[folder] = None
        return paths

    def has_unread(self, path: str, view: View) -> bool:
        """Are there modules in the project of a file that somebody wants to be read?"""
        root = self._root(os.path.dirname(path), view)
        self._open(path, view)
        if root in self._read:
            return False
        return not self._reading_of(root, path, view).is_stopped

    def stop_reading(self, path: str, view: View) -> None:
        """Nobody wants the rest of the project of a file to be read, until all is read anew."""
        self._reading_of(self._root(os.path.dirname(path), view), path, view).is_stopped = True

    def read_on(self, path: str, view: View, seconds: float) -> Progress:
        """Reads modules of the project of a file for about so long; how many are done, of all."""
        root = self._root(os.path.dirname(path), view)
        end = time.monotonic() + seconds
        project = self._open(path, view).project
        if root in self._read:
            return Progress(0, 0)
        reading = self._reading_of(root, path, view)
        while reading.waiting:
            module = reading.waiting.pop()
            try:
                project.read_summary(module)
            except Exception:  # One module that cannot be read is no reason to read no other.
                _log.exception("reading %s", module)
            if time.monotonic() > end:
                break
        if not reading.waiting:
            self._complete(root, path, view)
        return Progress(reading.total - len(reading.waiting), reading.total)

    def _reading_of(self, root: str, path: str, view: View) -> _Reading:
        """What is still to be read of a project."""
        reading = self._readings.get(root)
        if reading is None:
            modules = self._open(path, view).project.all_modules()
            reading = self._readings[root] = _Reading(list(reversed(modules)), len(modules))
        return reading

    def _complete(self, root: str, path: str, view: View) -> None:
        """The project was read to its end: from now on it is asked about all of it."""
        opened = self._open(path, view)
        self._read.add(root)
        del self._readings[root]
        self._opened[root] = opened.replaced_by(opened.project.completed(), opened.texts)

    def text(self, path: str, view: View) -> str | None:
        """The text of a file: unsaved, else from the disk; `None` if there is none."""
        open_text = view.texts.get(path)
        if open_text is not None:
            return open_text
        data = self._reader.read(path)
        return None if data is None else decode(data)

    def lines(self, path: str, view: View) -> Sequence[str]:
        """The lines of a file, unsaved or from the disk."""
        return split_lines(self.text(path, view) or "")

    def settings(self, folder: str, view: View) -> Settings:
        """The settings that apply in a folder. A file that cannot be used is told, and skipped."""
        try:
            settings = self._config_files(folder, view).settings_for(folder)
        except ConfigError as error:
            self.problems[str(error)] = None
            settings = self._options.adjust(Settings())
        return settings if settings.folder else replace(settings, folder=self._root(folder, view))

    def is_excluded(self, path: str, view: View) -> bool:
        """Do the settings leave this file out, open or not?"""
        folder_settings = self.settings(os.path.dirname(path), view)
        allowed = discover([path], self._reader, lambda _: folder_settings, force_exclude=True)
        return next(allowed, None) is None

    # --- projects --------------------------------------------------------------------------------

    def _config_files(self, folder: str, view: View) -> ConfigFiles:
        """Where the settings of `folder` come from: files, and the editor's choices for it."""
        own = [each for each in self._folder_options if _lies_in(folder, each)]
        workspace = max(own, key=len, default="")
        known = self._config.get(workspace)
        if known is not None:
            return known
        options = self._folder_options.get(workspace, self._options)
        only = Settings() if options.configuration_preference == "editorOnly" else None
        if options.configuration is not None:
            top = workspace or (view.folders[0] if view.folders else os.getcwd())
            file = os.path.join(top, options.configuration)
            try:
                only = read_config(file, self._reader, self.core.rules)
            except ConfigError as error:
                self.problems[str(error)] = None
        found = ConfigFiles(self._reader, self.core.rules, options.adjust, only=only)
        self._config[workspace] = found
        return found

    def _open(self, path: str, view: View) -> _Opened:
        """The project that a file belongs to, with the texts of `view`."""
        folder = os.path.dirname(path)
        root = self._root(folder, view)
        packages = self._packages.setdefault(root, {})
        opened = self._opened.get(root)
        if opened is None or folder not in packages:
            packages[folder] = None
            search = self._search_path(root, packages, view)
            if opened is None or search != opened.project.search:
                edition = opened.edition + 1 if opened else 0
                opened = _Opened(self.core.project(search, self._reader), {}, edition, edition)
                self._read.discard(root)
                self._readings.pop(root, None)
        texts = dict(view.texts)
        project = opened.project
        for changed in dict.fromkeys([*opened.texts, *texts]):
            if opened.texts.get(changed) != texts.get(changed):
                # The project must see a file come before the reader does, to look for it anew.
                project = project.with_text(changed, texts.get(changed))
                self._reader.show(changed, changed in texts)
        opened = self._opened[root] = opened.replaced_by(project, texts)
        return opened

    def _search_path(self, root: str, packages: Iterable[str], view: View) -> SearchPath:
        settings = self.settings(root, view)
        environment = self._environments.get(root)
        if environment is None:
            try:
                environment = environment_for(settings, root, os.environ, self._reader)
            except EnvironmentMissing as error:
                self.problems[str(error)] = None
                settings = replace(settings, python=None)
                environment = environment_for(settings, root, os.environ, self._reader)
            self._environments[root] = environment
        files = [os.path.join(folder, "module.py") for folder in sorted(packages)]
        return search_path(settings, environment, root, files, self._reader)

    def _root(self, folder: str, view: View) -> str:
        """The top of the project that `folder` lies in: by markers, else the workspace folder."""
        known = self._roots.get((folder, view.folders))
        if known is not None:
            return known
        found = project_folder(folder)
        if not any(os.path.exists(os.path.join(found, marker)) for marker in PROJECT_MARKERS):
            inside = [each for each in view.folders if _lies_in(folder, each)]
            found = max(inside, key=len, default=found)
        self._roots[folder, view.folders] = found
        return found


_RESETTING = frozenset({*FILE_NAMES, "pyvenv.cfg", ".gitignore"})


def _changes_everything(path: str) -> bool:
    """Is it a file of settings, or something that was installed?"""
    folders = path.split(os.sep)
    return folders[-1] in _RESETTING or "site-packages" in folders


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
