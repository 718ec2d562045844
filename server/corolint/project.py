"""The project: which file a module name means, and what every module says of itself.

`corolint.module_files` finds the files. Only what somebody asks for is read, and of libraries only
the declarations.

A `Project` never changes what it says: `with_text` gives another one, which shares every summary
but that of the edited file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from corolint.module_files import (
    ModuleFile,
    Reader,
    SearchPath,
    Versions,
    collect_modules,
    find_file,
    module_name,
    read_versions,
)
from corolint.summarize import Reading, summarize
from corolint.summary import ModuleSummary
from corolint.syntax import Syntax, decode, parse, reparse

# A larger tree is searched for callers and subclasses only as far as its checked files.
_LARGEST_SEARCH = 3_000

# A library file with none of these makes no coroutines, and hands none on.
_COROUTINE_WORDS = (b"async", b"await", b"aio", b"Awaitable", b"Coroutine")

# Readings of first-party files stay in memory until they were checked, up to this much text.
_READINGS_BUDGET = 6_000_000


# Entries of `Project.lasting`: the modules of which bodies were looked into, and those of them of
# which nobody notes what was found. An edit may change that without changing the summary.
_LOOKED_INTO = "looked into"
_ENTERED = "entered"


T = TypeVar("T")


class KeptSummaries(Protocol):
    """Summaries of files as they are on the disk now, from an earlier run and for a later one."""

    def find(self, file: ModuleFile, has_bodies: bool) -> ModuleSummary | None:
        """What was read of a file before, or `None`."""

    def keep(self, file: ModuleFile, has_bodies: bool, summary: ModuleSummary) -> None:
        """Keeps what was read of a file just now."""


class Project:
    """Module names, files and summaries of one project under one target Python.

    `checked` are the paths that a run is going to check, if it knows; a first-party tree of more
    than a few thousand modules is only searched for callers and subclasses as far as these.

    While a project `is_partial`, questions about all of it (who calls this, who overrides it) find
    no modules to look at, so that they have no answer: an editor asks about one file while the rest
    is still being read. What one module says of itself is known at once, also then.

    `caches` is a place for the derived facts of higher layers, by the name of the layer; it lives
    and dies with this value and takes no part in its meaning. `lasting` is another, which all edits
    of a project share: who keeps facts there finds out by itself whether they still hold. For that,
    `editions` counts the edits of each module, and `files_edition` how often files came or went.

    `kept` knows what was read of files by another process; an edit takes nothing from there.
    """

    def __init__(
        self,
        search: SearchPath,
        reader: Reader,
        texts: dict[str, str] | None = None,
        checked: tuple[str, ...] = (),
        *,
        is_partial: bool = False,
        kept: KeptSummaries | None = None,
    ) -> None:
        self.search = search
        self.checked = checked
        self.is_partial = is_partial
        self.reader = reader
        self.texts = texts or {}
        self.caches: dict[str, Any] = {}
        self.lasting: dict[str, Any] = {}
        self._files: dict[str, ModuleFile | None] = {}
        self._summaries: dict[str, ModuleSummary | None] = {}
        self._kept_summaries = kept
        self._readings: dict[str, tuple[str, Syntax, Reading]] = {}
        self._outdated: dict[str, Syntax] = {}
        self.editions: dict[str, int] = {}
        self.files_edition = 0
        self._kept = 0
        self._first_party: tuple[str, ...] | None = None
        self._versions: Versions | None = None

    # --- edits -----------------------------------------------------------------------------------

    def with_text(self, path: str, text: str | None) -> Project:
        """This project with the unsaved `text` of the file at `path`, or (`None`) without one.

        Summaries of all other files are shared; caches of higher layers are shared as well when the
        summary of the edited file stays equal.
        """
        path = os.path.normpath(path)
        texts = dict(self.texts)
        if text is None:
            texts.pop(path, None)
        else:
            texts[path] = text
        edited = Project(self.search, self.reader, texts, self.checked, is_partial=self.is_partial)
        edited.lasting = self.lasting
        edited.editions = dict(self.editions)
        edited.editions[self.module_name(path)] = self.editions.get(self.module_name(path), 0) + 1
        edited.files_edition = self.files_edition
        existed = path in self.texts or self.reader.is_file(path)
        edited._versions = self._versions
        if not existed or text is None:
            # A file that comes or goes can change what any name means.
            edited.files_edition += 1
            edited._summaries = {
                name: summary
                for name, summary in self._summaries.items()
                if summary is not None and name != self.module_name(path)
            }
            return edited
        edited._files = dict(self._files)
        edited._first_party = self._first_party
        edited._summaries = dict(self._summaries)
        edited._readings = {key: value for key, value in self._readings.items() if key != path}
        edited._outdated = dict(self._outdated)
        if path in self._readings:
            edited._outdated[path] = self._readings[path][1]
        edited._kept = sum(len(text) for text, _, _ in edited._readings.values())
        name = self.module_name(path)
        before = edited._summaries.pop(name, None)
        if before is None:
            edited.caches = self.caches if name not in self._summaries else {}
            return edited
        looked_into = self.lasting.get(_LOOKED_INTO, ())
        if edited.summary(name) == before and name not in looked_into:
            edited.caches = self.caches
        return edited

    def completed(self) -> Project:
        """This partial project when all of it has been read: questions about all of it are open."""
        whole = Project(self.search, self.reader, self.texts, self.checked)
        whole._versions = self._versions
        whole._files = self._files
        whole._first_party = self._first_party
        whole._summaries = self._summaries
        whole._readings = self._readings
        whole._kept = self._kept
        whole.editions = self.editions
        whole.files_edition = self.files_edition
        return whole

    def note_bodies(self, path: str, modules: frozenset[str]) -> None:
        """Keeps in mind that the bodies of these modules were gone through for the findings of the
        file at `path`: what stands there matters, not only what their summaries say."""
        self.lasting.setdefault(_BODIES, {})[path] = modules

    def look_into(self, module: str) -> None:
        """Keeps in mind that a body of `module` was gone through for an answer that is noted."""
        self.lasting.setdefault(_LOOKED_INTO, set()).add(module)

    def enter(self, module: str, asker: str) -> None:
        """Keeps in mind that a body of `module` was read for the module `asker`, for an answer that
        nobody notes."""
        self.look_into(module)
        if module != asker:
            self.lasting.setdefault(_ENTERED, set()).add(module)

    def entered_bodies(self) -> frozenset[str]:
        """The modules of which bodies were read for others so far, as `enter` was told."""
        return frozenset(self.lasting.get(_ENTERED, ()))

    def bodies_by_file(self) -> Mapping[str, frozenset[str]]:
        """The modules that `note_bodies` was told of, by the path of the file."""
        known: dict[str, frozenset[str]] = self.lasting.get(_BODIES, {})
        return known

    def depends_on_bodies(self, path: str) -> bool:
        """Whether the findings of a file may change with a body in another one."""
        return bool(self.lasting.get(_BODIES, {}).get(path))

    # --- names and files -------------------------------------------------------------------------

    def module_name(self, path: str) -> str:
        """The dotted module name of the file at `path`; its bare name outside every root."""
        return module_name(self.search, path)

    def file(self, module: str) -> ModuleFile | None:
        """The file of a module, or `None` if there is none to be found."""
        if module in self._files:
            return self._files[module]
        found = find_file(module, self.search, self.reader, self._typeshed_versions())
        self._files[module] = found
        return found

    def _typeshed_versions(self) -> Versions:
        if self._versions is None:
            path = os.path.join(self.search.typeshed, "VERSIONS")
            text = (self.reader.read(path) or b"").decode("utf-8", "replace")
            self._versions = read_versions(text)
        return self._versions

    def first_party_modules(self) -> tuple[str, ...]:
        """The names of all first-party modules below the first-party folders, sorted; none while
        the project is partial."""
        return () if self.is_partial else self.all_modules()

    def all_modules(self) -> tuple[str, ...]:
        """The names of all first-party modules, whether they were read or not, sorted."""
        if self._first_party is None:
            found: dict[str, None] = {}
            most = _LARGEST_SEARCH if self.checked else None
            roots = self.search.first_party
            is_small = all(collect_modules(root, self.reader, found, most) for root in roots)
            for path in self.texts:
                found.setdefault(self.module_name(path))
            if not is_small or (self.checked and len(found) > _LARGEST_SEARCH):
                found = dict.fromkeys(self.module_name(path) for path in self.checked)
            self._first_party = tuple(sorted(found))
        return self._first_party

    # --- summaries -------------------------------------------------------------------------------

    def first_party_summaries(self) -> Mapping[str, ModuleSummary | None]:
        """What all first-party modules say of themselves, by name and sorted; none while the
        project is partial. After an edit only the edited modules are looked up."""
        known: _AllSummaries | None = self.lasting.get(_ALL_SUMMARIES)
        if known is None or known.files_edition != self.files_edition:
            summaries = {module: self.summary(module) for module in self.first_party_modules()}
        elif known.editions == self.editions:
            return known.summaries
        else:
            summaries = dict(known.summaries)
            for module, edition in self.editions.items():
                if module in summaries and known.editions.get(module) != edition:
                    summaries[module] = self.summary(module)
        self.lasting[_ALL_SUMMARIES] = _AllSummaries(self.files_edition, self.editions, summaries)
        return summaries

    def found_in(self, summary: ModuleSummary, key: str, find: Callable[[ModuleSummary], T]) -> T:
        """What `find` makes of a summary; over edits, only of those modules that say something else
        than before. `key` is the name of the question."""
        table: dict[str, tuple[ModuleSummary, T]] = self.lasting.setdefault(key, {})
        kept = table.get(summary.name)
        if kept is None or kept[0] is not summary:
            kept = table[summary.name] = summary, find(summary)
        return kept[1]

    def summary(self, module: str) -> ModuleSummary | None:
        """What `module` says of itself, or `None` if it cannot be found."""
        if module in self._summaries:
            return self._summaries[module]
        self._summaries[module] = None  # what an import cycle sees
        found = self.file(module)
        if found is None:
            return None
        if found.is_namespace:
            summary = summarize(
                parse(""), module, is_package=True, is_stub=False, has_bodies=True
            ).summary
        else:
            is_to_check = found.is_first_party and not found.is_stub
            summary = self._kept_or_read(found, has_bodies=is_to_check)
        self._summaries[module] = summary
        return summary

    def read_summary(self, module: str) -> None:
        """Reads what `module` says of itself, and keeps nothing else of it unless it is open."""
        self.summary(module)
        found = self.file(module)
        if found is not None and os.path.normpath(found.path) not in self.texts:
            self.forget_reading(found.path)

    def known_summaries(self) -> Mapping[str, ModuleSummary | None]:
        """What the modules say of themselves that somebody asked about, while this text stands."""
        return self._summaries

    def summary_with_bodies(self, module: str) -> ModuleSummary | None:
        """Like `summary`, but with what the bodies of a library's functions say, if its text has to
        do with coroutines at all."""
        summary = self.summary(module)
        found = self.file(module)
        if summary is None or summary.has_bodies or found is None or found.is_stub:
            return summary
        key = "bodies of " + module
        if key not in self._summaries:
            text = self.reader.read(found.path) or b""
            if any(word in text for word in _COROUTINE_WORDS):
                self._summaries[key] = self._kept_or_read(found, has_bodies=True)
            else:
                self._summaries[key] = summary
        return self._summaries[key]

    def fullest_summary(self, module: str) -> ModuleSummary | None:
        """The summary with what bodies say, if they were read already; else like `summary`."""
        known = self._summaries.get("bodies of " + module)
        return self.summary(module) if known is None else known

    def _kept_or_read(self, found: ModuleFile, *, has_bodies: bool) -> ModuleSummary:
        kept = None if os.path.normpath(found.path) in self.texts else self._kept_summaries
        summary = None if kept is None else kept.find(found, has_bodies)
        if summary is not None:
            return summary
        if found.is_first_party and not found.is_stub:
            summary = self.reading(found.path)[1].summary
        else:
            summary = self._read_declarations(found, has_bodies=has_bodies)
        if kept is not None:
            kept.keep(found, has_bodies, summary)
        return summary

    def _read_declarations(self, found: ModuleFile, *, has_bodies: bool) -> ModuleSummary:
        text = self.texts.get(os.path.normpath(found.path))
        if text is None:
            text = decode(self.reader.read(found.path) or b"")
        syntax = parse(
            text,
            python_version=self.search.python_version,
            platform=self.search.platform,
            bodies=has_bodies,
        )
        return summarize(
            syntax,
            found.name,
            is_package=found.is_package,
            is_stub=found.is_stub,
            has_bodies=has_bodies or found.is_stub,
        ).summary

    def reading(self, path: str, text: str | None = None) -> tuple[Syntax, Reading]:
        """The syntax and reading of a file that is to be checked; `text` wins over the disk."""
        path = os.path.normpath(path)
        if text is None:
            text = self.texts.get(path)
        known = self._readings.get(path)
        if known is not None and (text is None or known[0] == text):
            return known[1], known[2]
        if text is None:
            text = decode(self.reader.read(path) or b"")
        syntax = self._parsed(path, text)
        reading = summarize(
            syntax,
            self.module_name(path),
            is_package=os.path.basename(path).startswith("__init__."),
            is_stub=path.endswith(".pyi"),
            has_bodies=True,
        )
        if self._kept < _READINGS_BUDGET:
            self._kept += len(text)
            self._readings[path] = (text, syntax, reading)
        return syntax, reading

    def _parsed(self, path: str, text: str) -> Syntax:
        """The syntax of a text, made from that of the text before the last edit where possible."""
        version, platform = self.search.python_version, self.search.platform
        before = self._outdated.pop(path, None)
        edited = None if before is None else reparse(before, text, version, platform)
        return edited or parse(text, python_version=version, platform=platform)

    def forget_reading(self, path: str) -> None:
        """Let go of the syntax of a file that has been checked; its summary stays."""
        known = self._readings.pop(os.path.normpath(path), None)
        if known is not None:
            self._kept -= len(known[0])


_BODIES = "bodies"
_ALL_SUMMARIES = "all summaries"


class _AllSummaries(NamedTuple):
    """See `Project.first_party_summaries`; they hold for this state of the project."""

    files_edition: int
    editions: Mapping[str, int]
    summaries: Mapping[str, ModuleSummary | None]
