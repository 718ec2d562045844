"""What one run of ``corolint check`` works on: its files, their settings, their surroundings.

Everything that is read from the disk before the analysis starts is decided here, in this order:
configuration, files, environment, search path.
"""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from corolint.config import ALL_RULES, Settings, nearest, overrides
from corolint.config_files import ConfigFiles, read_config
from corolint.environment import Environment, project_folder
from corolint.exit_status import UsageError
from corolint.files import DiskReader, OverlayReader, RecordingReader, discover
from corolint.module_files import SearchPath
from corolint.notebook import Notebook, read_notebook
from corolint.paths import NOTEBOOK, analysed_path
from corolint.render.report import printable
from corolint.search import environment_for, source_roots, target_version

if TYPE_CHECKING:
    from corolint.project import KeptSummaries, Project

STDIN = "-"
CACHE = ".corolint_cache"
_DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Session:
    """`folder` is the top of the project, `texts` holds what is not on the disk (standard input).

    `notebooks` holds the notebooks among the files by the path under which they are analysed.

    `files` are to be checked by this run; they may be a part of `all_files`, which belong together.

    `settings`, `environment`, `first_party` and `python_version` hold for the whole run: they are
    those of `folder`. All paths are absolute.
    """

    reader: DiskReader
    config: ConfigFiles
    folder: str
    settings: Settings
    files: tuple[str, ...]
    all_files: tuple[str, ...]
    environment: Environment
    first_party: tuple[str, ...]
    python_version: tuple[int, int]
    texts: Mapping[str, str]
    cache_folder: str
    notebooks: Mapping[str, Notebook] = field(default_factory=dict)

    def text_of(self, path: str) -> str | None:
        """The text of a file as this run sees it; `None` if it cannot be read."""
        from corolint.syntax import decode

        if path in self.texts:
            return self.texts[path]
        if path in self.notebooks:
            return self.notebooks[path].text
        data = self.reader.read(path)
        return None if data is None else decode(data)

    def on_disk(self, path: str) -> str:
        """Where the file lies that is analysed as `path`."""
        notebook = self.notebooks.get(path)
        return path if notebook is None else notebook.path

    def search(self) -> SearchPath:
        """Where modules are looked up."""
        return SearchPath(
            first_party=self.first_party,
            site_packages=self.environment.site_packages,
            python_version=self.python_version,
            platform=sys.platform,
            told=self.settings.known,
        )

    def project(
        self, search: SearchPath | None = None, kept: KeptSummaries | None = None
    ) -> Project:
        """A new project that knows what was `kept`; `search` if it is not this machine's own."""
        from corolint.project import Project

        # What is kept of a large project is millions of small tuples. Looking through them again
        # and again for cycles costs a quarter of the whole run, and finds next to none.
        gc.set_threshold(1_000_000, 1_000, 1_000)
        texts = {path: each.text for path, each in self.notebooks.items() if each.text is not None}
        texts |= self.texts
        reader = OverlayReader(self.reader, texts) if texts else self.reader
        return Project(search or self.search(), reader, None, self.all_files, kept=kept)


def open_session(options: Namespace, rules: Collection[str]) -> Session:
    """The session that the parsed command line asks for; `rules` are the names of all rules.

    Reads standard input if it is to be checked. Raises `UsageError`, `ConfigError` or
    `EnvironmentMissing`.
    """
    keeps_results = not (options.no_cache or STDIN in options.paths or options.fix or options.diff)
    reader = RecordingReader() if keeps_results else DiskReader()
    config = _config(options, rules, reader)
    paths = _existing(options.paths)
    texts = {}
    if STDIN in options.paths:
        if paths:
            raise UsageError("'-' cannot be given together with other paths")
        stdin = os.path.abspath(options.stdin_filename or "stdin.py")
        texts[stdin] = _decoded(sys.stdin.buffer.read())
        paths = [stdin]
    folder = project_folder(paths[0])
    settings = config.settings_for(folder)
    files = tuple(texts) or tuple(
        discover(paths, reader, config.settings_for, force_exclude=options.force_exclude)
    )
    read = {path: _notebook(path, texts, reader) for path in files if path.endswith(NOTEBOOK)}
    notebooks = {analysed_path(path): each for path, each in read.items() if each is not None}
    files = tuple(
        analysed_path(path) if path in read else path
        for path in files
        if read.get(path, path) is not None  # one in another language is no business of ours
    )
    environment = environment_for(settings, folder, os.environ, reader)
    roots = source_roots(settings, folder, files, reader)
    version = target_version(settings, environment)
    part = files
    if options.shard is not None:
        index, count = options.shard
        part = files[index - 1 :: count]
    cache_folder = os.path.join(folder, CACHE)
    if options.cache_dir is not None:  # Of links in what the user named, the user knows.
        cache_folder = os.path.realpath(options.cache_dir)
    return Session(
        reader,
        config,
        folder,
        settings,
        part,
        files,
        environment,
        roots,
        version,
        texts,
        cache_folder,
        notebooks,
    )


def described(session: Session, rules: Collection[str]) -> str:
    """Settings and surroundings, one a line, for a person."""
    settings = session.settings
    packages = session.environment.site_packages
    lines = [
        f"project: {session.folder}",
        f"environment: {session.environment.prefix} (from {session.environment.source})",
        f"python version: {'.'.join(map(str, session.python_version))}",
        f"first party: {', '.join(session.first_party)}",
        f"site-packages: {', '.join(packages) or 'none'}",
        f"rules: {', '.join(rule for rule in rules if settings.applies(rule))}",
    ]
    for each in fields(settings):
        value = getattr(settings, each.name)
        if value != each.default and each.name != "folder":
            lines.append(f"{each.name.replace('_', '-')}: {_plain(value)}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _notebook(path: str, texts: Mapping[str, str], reader: DiskReader) -> Notebook | None:
    data = texts[path].encode("utf-8", "replace") if path in texts else reader.read(path)
    return read_notebook(path, data)


def _decoded(data: bytes) -> str:
    from corolint.syntax import decode

    return decode(data)


def _config(options: Namespace, rules: Collection[str], reader: DiskReader) -> ConfigFiles:
    """Where settings come from, with the choices of the command line on top."""
    for chosen in (options.select, options.extend_select, options.ignore):
        for name in sorted(chosen or ()):
            if name not in rules and name != ALL_RULES:
                raise UsageError(f"there is no rule '{name}'{nearest(name, rules)}")
    files = [each for each in options.config if not _sets_a_key(each)]
    chosen_keys: dict[str, Any] = {}
    for each in options.config:
        if _sets_a_key(each):
            chosen_keys |= overrides(each, "--config", rules)
    only = None
    if files:
        if len(files) > 1 or options.isolated:
            raise UsageError("--config: only one file can be read, and none with --isolated")
        only = read_config(os.path.abspath(files[0]), reader, rules) or Settings()
    elif options.isolated:
        only = Settings()

    def adjust(settings: Settings) -> Settings:
        settings = replace(settings, **chosen_keys)
        # A relative path on the command line means a place seen from where it was typed.
        python = options.python
        if python is not None and (os.path.dirname(python) or os.path.exists(python)):
            python = os.path.abspath(python)
        return replace(
            settings,
            select=settings.select if options.select is None else options.select,
            extend_select=settings.extend_select | (options.extend_select or frozenset()),
            ignore=settings.ignore | (options.ignore or frozenset()),
            exclude=settings.exclude if options.exclude is None else options.exclude,
            extend_exclude=(*settings.extend_exclude, *(options.extend_exclude or ())),
            respect_gitignore=options.respect_gitignore is None and settings.respect_gitignore,
            python=python or settings.python,
            target_version=options.python_version or settings.target_version,
        )

    return ConfigFiles(reader, rules, adjust, only)


def _sets_a_key(text: str) -> bool:
    """Is this ``key = value``, and not the name of a file?"""
    return "=" in text and not os.path.exists(text)


def _existing(paths: Sequence[str]) -> list[str]:
    """The paths made absolute, without ``-``."""
    for path in paths:
        if path != STDIN and not os.path.exists(path):
            raise UsageError(f"{printable(path)}: there is no such file or folder")
    return [os.path.abspath(path) for path in paths if path != STDIN]


def _plain(value: object) -> str:
    if isinstance(value, tuple | frozenset):
        parts = sorted(value) if isinstance(value, frozenset) else value
        return ", ".join(_plain(part) for part in parts)
    return str(getattr(value, "value", value))
