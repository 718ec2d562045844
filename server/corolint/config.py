"""Settings: what a `[tool.corolint]` table may say, read from TOML text into one frozen value.

The table `KEYS` is the whole truth: which keys exist, what each may hold, what it means. Parsing,
the error for an unknown key, the JSON schema and the documentation all read it. For example

    [tool.corolint]
    ignore = ["dangling-task"]
    min-evidence = "inferred"

gives ``Settings(ignore=frozenset({"dangling-task"}), min_evidence=Evidence.INFERRED)``, and
``ingore = […]`` raises ``ConfigError: pyproject.toml:2: unknown key 'ingore'; did you mean
'ignore'?``.

Nothing here touches the disk, and no rule is known by name: names of rules are passed in. Which
file applies to which folder is the business of `config_files`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from corolint.finding import Evidence, Severity
from corolint.known.told import Known
from corolint.paths import seen_from

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

ALL_RULES = "ALL"

# What no one means when they name a folder: tools' own folders and what is built or installed.
DEFAULT_EXCLUDE = (
    ".bzr",
    ".corolint_cache",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pyenv",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


class ConfigError(Exception):
    """A configuration that cannot be used; the text says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice that a user can make about findings; the defaults are those without a file.

    `select` is `None` unless given: then the rules that are on by default apply. `folder` is where
    the file lies; relative paths and patterns count from there.
    """

    select: frozenset[str] | None = None
    extend_select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    min_evidence: Evidence = Evidence.CONSENSUS
    target_version: tuple[int, int] | None = None
    python: str | None = None
    src: tuple[str, ...] = (".", "src")
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    baseline: str | None = None
    known: Known = field(default_factory=Known)
    folder: str = ""

    def applies(self, rule: str, on_by_default: bool = True) -> bool:
        """Is this rule to be reported at all (`per-file-ignores` apart)?"""
        if rule in self.ignore or ALL_RULES in self.ignore:
            return False
        if rule in self.extend_select or ALL_RULES in self.extend_select:
            return True
        if self.select is None:
            return on_by_default
        return rule in self.select or ALL_RULES in self.select

    def severity_of(self, rule: str, default: Severity) -> Severity:
        """The severity that the user gave this rule, else `default`."""
        return dict(self.severity).get(rule, default)

    def shows(self, evidence: Evidence | None) -> bool:
        """Is evidence of this tier strong enough to be shown?"""
        if evidence is None:
            return True
        strongest_first = list(Evidence)
        return strongest_first.index(evidence) <= strongest_first.index(self.min_evidence)

    def ignored_in(self, path: str) -> frozenset[str]:
        """Names of the rules (or `ALL`) that `per-file-ignores` silences in the file `path`."""
        if not self.per_file_ignores:
            return frozenset()
        relative = seen_from(path, self.folder)
        silenced: frozenset[str] = frozenset()
        for pattern, rules in self.per_file_ignores:
            if patterns((pattern,)).match_file(relative):
                silenced |= rules
        return silenced


_MANY_STARS = re.compile(r"(?:\*+[^*/]+){3}\*")


@lru_cache(maxsize=64)
def patterns(lines: tuple[str, ...]) -> GitIgnoreSpec:
    """Compiled patterns with the meaning that they have in a ``.gitignore`` file.

    A line with many stars in a row of characters means nothing here: to match it against one long
    name could take hours, and a repository from strangers may hold both.
    """
    from pathspec import GitIgnoreSpec  # Costs 45 ms, and most runs need no pattern.

    return GitIgnoreSpec.from_lines(line for line in lines if not _MANY_STARS.search(line))


# --- the table of keys ---------------------------------------------------------------------------


class Key(NamedTuple):
    """One key of the table: its name in TOML, the kind of its value, and what it means."""

    name: str
    kind: str
    meaning: str

    @property
    def field(self) -> str:
        return self.name.replace("-", "_")


KEYS = (
    Key("select", "rules", 'Rules to report instead of the default ones; "ALL" is every rule.'),
    Key("extend-select", "rules", "Rules to report in addition to those selected."),
    Key("ignore", "rules", "Rules never to report."),
    Key("per-file-ignores", "rules by pattern", "Rules not to report in files that match."),
    Key("severity", "severity by rule", "Another severity for a rule."),
    Key("min-evidence", "evidence", "The weakest evidence that is still shown."),
    Key("target-version", "version", "The Python version the code runs on, such as “3.12”."),
    Key("python", "path", "The environment (folder or interpreter) that holds the dependencies."),
    Key("src", "strings", "Folders that first-party imports are looked up in."),
    Key("exclude", "strings", "Files and folders to leave out, instead of the default ones."),
    Key("extend-exclude", "strings", "Files and folders to leave out in addition."),
    Key("respect-gitignore", "boolean", "Leave out what git ignores."),
    Key("baseline", "path", "The file with the findings that are not to be told of again."),
    Key("known", "known", "What functions of the project do to coroutines and loops."),
)

KNOWN_KEYS = (
    Key("schedulers", "strings", "Functions that run a coroutine given to them and keep the task."),
    Key("consumers", "strings", "Functions that await or close a coroutine given to them."),
    Key("registries", "strings", "Functions that keep a coroutine function to call it later."),
    Key("sync-makers", "strings", "Decorators that turn a coroutine function into a plain one."),
    Key("loop-starters", "strings", "Functions that start an event loop and block."),
)


def from_toml(
    text: str, file: str, *, folder: str = "", rules: Collection[str] = ()
) -> Settings | None:
    """The settings in the TOML `text` of `file`; `None` if a pyproject has no `[tool.corolint]`.

    In a file called ``pyproject.toml`` the table is ``tool.corolint``; in any other it is the whole
    file. `rules` are the names that exist; when empty, names of rules are not checked. Raises
    `ConfigError`.
    """
    document = _document(text, file)
    if not re.split(r"[/\\]", file)[-1] == "pyproject.toml":
        return from_mapping(document, file, folder=folder, rules=rules, text=text)
    tools = document.get("tool", {})
    if not isinstance(tools, dict) or "corolint" not in tools:
        return None
    return from_mapping(tools["corolint"], file, folder=folder, rules=rules, text=text)


def from_mapping(
    table: object,
    file: str,
    *,
    folder: str = "",
    rules: Collection[str] = (),
    text: str = "",
) -> Settings:
    """The settings in a plain mapping, as TOML or an editor gives it. Raises `ConfigError`.

    `file` is named in errors; `text`, where there is one, gives them their line.
    """
    reader = _Reader(file, text, rules)
    found = reader.table(table, KEYS, "")
    return Settings(**found, folder=folder)


def overrides(text: str, source: str, rules: Collection[str] = ()) -> dict[str, Any]:
    """The fields of `Settings` that ``key = value`` lines set; `source` is named in errors.

    Raises `ConfigError`.
    """
    return _Reader(source, "", rules).table(_document(text, source), KEYS, "")


def _document(text: str, file: str) -> Mapping[str, Any]:
    """`text` read as TOML. Raises `ConfigError`."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{file}: not valid TOML: nested too deeply") from None


def json_schema(rules: Collection[str]) -> dict[str, Any]:
    """The JSON schema of the table, for editors; `rules` are the names of all rules."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "corolint",
        "description": "Settings of corolint: [tool.corolint], or the whole of corolint.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _schema_of(key, rules) for key in KEYS},
    }


def nearest(word: str, words: Collection[str]) -> str:
    """``; did you mean 'x'?`` for the word that looks most like `word`, else nothing."""
    import difflib  # Only a mistake needs it.

    matches = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f"; did you mean '{matches[0]}'?" if matches else ""


def parse_version(text: str) -> tuple[int, int] | None:
    """``"3.12"``, ``"3.12.1"`` or ``"py312"`` as a pair; `None` for anything else."""
    match = re.fullmatch(r"(?:py)?(3)\.?(\d{1,2})(?:\.\d+)?", text.strip())
    return (int(match[1]), int(match[2])) if match else None


# --- reading one value of each kind --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns raw values into settings; knows file and text only to say where a mistake stands."""

    file: str
    text: str
    rules: Collection[str]

    def table(self, raw: object, keys: tuple[Key, ...], inside: str) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            raise self.error(inside, "must be a table")
        by_name = {key.name: key for key in keys}
        found: dict[str, Any] = {}
        for name, value in raw.items():
            key = by_name.get(str(name))
            if key is None:
                raise self.error(str(name), "unknown key", nearest(str(name), by_name))
            found[key.field] = self.value(value, key)
        return found

    def value(self, raw: object, key: Key) -> object:
        """`raw` as the kind of `key` demands."""
        match key.kind:
            case "boolean" if isinstance(raw, bool):
                return raw
            case "path" if isinstance(raw, str):
                return raw
            case "version" if isinstance(raw, str) and (version := parse_version(raw)):
                return version
            case "evidence":
                return Evidence(self.one_of(raw, [tier.value for tier in Evidence], key))
            case "strings":
                return tuple(self.strings(raw, key))
            case "rules":
                return self.rule_names(raw, key)
            case "rules by pattern" if isinstance(raw, Mapping):
                return tuple((str(each), self.rule_names(raw[each], key)) for each in raw)
            case "severity by rule" if isinstance(raw, Mapping):
                levels = [level.value for level in Severity]
                return tuple(
                    (rule, Severity(self.one_of(raw[rule], levels, key)))
                    for rule in sorted(self.rule_names(list(raw), key))
                )
            case "known":
                return Known(**self.table(raw, KNOWN_KEYS, key.name))
        raise self.error(key.name, f"must be {_IN_WORDS[key.kind]}, not {raw!r}")

    def strings(self, raw: object, key: Key) -> list[str]:
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            raise self.error(key.name, f"must be {_IN_WORDS[key.kind]}, not {raw!r}")
        return raw

    def rule_names(self, raw: object, key: Key) -> frozenset[str]:
        names = self.strings(raw, key)
        for name in names:
            if self.rules and name not in self.rules and name != ALL_RULES:
                raise self.error(key.name, f"unknown rule '{name}'", nearest(name, self.rules))
        return frozenset(names)

    def one_of(self, raw: object, choices: list[str], key: Key) -> str:
        if raw not in choices:
            raise self.error(key.name, f"must be one of {', '.join(choices)}, not {raw!r}")
        return str(raw)

    def error(self, name: str, problem: str, advice: str = "") -> ConfigError:
        line = _line_of(name, self.text)
        where = f"{self.file}:{line}" if line else self.file
        subject = f"{problem} '{name}'" if problem == "unknown key" else f"'{name}': {problem}"
        return ConfigError(f"{where}: {subject}{advice}")


_IN_WORDS = {
    "boolean": "true or false",
    "path": "a path in quotes",
    "version": "a version such as “3.12”",
    "strings": "a list of strings",
    "rules": "a list of rule names",
    "rules by pattern": "a table from pattern to list of rule names",
    "severity by rule": "a table from rule name to severity",
    "known": "a table",
}


def _line_of(name: str, text: str) -> int | None:
    """The 1-based line where `name` is set, looked for from our own table on; `None` if unclear."""
    header = re.search(r"^\s*\[\s*tool\s*\.\s*corolint\b", text, re.MULTILINE)
    start = header.start() if header else 0
    key = re.compile(rf"^[^#\n]*?(?<![\w-])[\"']?{re.escape(name)}[\"']?\s*[=\].]", re.MULTILINE)
    found = key.search(text, start)
    return text.count("\n", 0, found.end()) + 1 if found else None


def _schema_of(key: Key, rules: Collection[str]) -> dict[str, Any]:
    """The JSON schema of one key's value."""
    rule_list = {
        "type": "array",
        "items": {"enum": [ALL_RULES, *sorted(rules)]},
        "uniqueItems": True,
    }
    shapes: dict[str, dict[str, Any]] = {
        "boolean": {"type": "boolean"},
        "path": {"type": "string"},
        "version": {"type": "string", "pattern": r"^(py)?3\.?\d{1,2}(\.\d+)?$"},
        "evidence": {"enum": [tier.value for tier in Evidence]},
        "strings": {"type": "array", "items": {"type": "string"}},
        "rules": rule_list,
        "rules by pattern": {"type": "object", "additionalProperties": rule_list},
        "severity by rule": {
            "type": "object",
            "propertyNames": {"enum": sorted(rules)},
            "additionalProperties": {"enum": [level.value for level in Severity]},
        },
        "known": {
            "type": "object",
            "additionalProperties": False,
            "properties": {each.name: _schema_of(each, rules) for each in KNOWN_KEYS}
            if key.kind == "known"
            else {},
        },
    }
    return {"description": key.meaning, **shapes[key.kind]}
