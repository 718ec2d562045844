"""What the editor sets, from all the places where editors put it, as one frozen value.

Clients differ: some send ``initializationOptions = {"settings": {…}}`` (or a list of them, one a
folder), some the settings themselves, some answer ``workspace/configuration`` for the section
``corolint``, some push ``{"corolint": {…}}``. Keys are written as JSON likes them:
``minEvidence`` is ``min-evidence`` of the configuration file. An unknown key or bad value is told,
and skipped: one slip must not silence the server.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corolint.config import KEYS, ConfigError, Settings, from_mapping, nearest

SECTION = "corolint"

_DEFAULTS = Settings()

PREFERENCES = ("editorFirst", "filesystemFirst", "editorOnly")
DIAGNOSTIC_MODES = ("openFilesOnly", "workspace")

SERVER_KEYS = ("configuration", "configurationPreference", "diagnosticMode", "inlayHints")
"""Settings of the server alone; all others are keys of the configuration file."""

CLIENT_KEYS = frozenset({"enable", "importStrategy", "interpreter", "path", "trace", "logLevel"})
"""Settings that only clients read; the server gets them along with the others."""


@dataclass(frozen=True, slots=True)
class Options:
    """The editor's choices. `given` names the fields of `settings` that the editor set."""

    settings: Settings = _DEFAULTS
    given: frozenset[str] = frozenset()
    configuration: str | None = None
    configuration_preference: str = "editorFirst"
    diagnostic_mode: str = "openFilesOnly"
    inlay_hints: bool = False

    def adjust(self, from_file: Settings) -> Settings:
        """The settings of a file (or the defaults) with the editor's choices put on top.

        With ``filesystemFirst`` the editor only fills in what the file leaves at its default.
        """
        wins = {
            name: getattr(self.settings, name)
            for name in self.given
            if self.configuration_preference != "filesystemFirst"
            or getattr(from_file, name) == getattr(_DEFAULTS, name)
        }
        return replace(from_file, **wins)


def from_client(raw: object, rules: Collection[str] = ()) -> tuple[Options, tuple[str, ...]]:
    """The options in what a client sent, and a sentence for each thing in it that is wrong.

    `rules` are the names that exist; when empty they are not checked. Never raises.
    """
    table = _unwrap(raw)
    problems: list[str] = []
    options = Options()
    for name, value in table.items():
        if name in CLIENT_KEYS or value is None:
            continue
        try:
            options = _with(options, name, value, rules)
        except ConfigError as error:
            problems.append(str(error))
    return options, tuple(problems)


def _unwrap(raw: object) -> Mapping[str, Any]:
    """The table of settings inside the wrappings that clients put around it."""
    for wrapping in (SECTION, "settings", SECTION):
        if isinstance(raw, list):
            raw = raw[0] if raw else None
        if isinstance(raw, Mapping) and isinstance(raw.get(wrapping), Mapping | list):
            raw = raw[wrapping]
    return raw if isinstance(raw, Mapping) else {}


def _with(options: Options, name: str, value: Any, rules: Collection[str]) -> Options:
    """`options` with one more choice. Raises `ConfigError`."""
    if name == "configuration":
        return replace(options, configuration=_text(name, value) or None)
    if name == "configurationPreference":
        return replace(options, configuration_preference=_one_of(name, value, PREFERENCES))
    if name == "diagnosticMode":
        return replace(options, diagnostic_mode=_one_of(name, value, DIAGNOSTIC_MODES))
    if name == "inlayHints":
        return replace(options, inlay_hints=_truth(name, value))
    key = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
    if key not in {each.name for each in KEYS}:
        known = [in_camel_case(each.name) for each in KEYS]
        known += SERVER_KEYS
        raise ConfigError(f"editor settings: unknown setting '{name}'{nearest(name, known)}")
    if value == "":
        return options  # An editor's form gives an empty text for what was not filled in.
    read = from_mapping({key: value}, "editor settings", rules=rules)
    field = key.replace("-", "_")
    return replace(
        options,
        settings=replace(options.settings, **{field: getattr(read, field)}),
        given=options.given | {field},
    )


def in_camel_case(key: str) -> str:
    """``min-evidence`` -> ``minEvidence``: how a key of the configuration is called in editors."""
    first, *others = key.split("-")
    return first + "".join(word.capitalize() for word in others)


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise ConfigError(f"editor settings: '{name}': must be a text, not {value!r}")


def _truth(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ConfigError(f"editor settings: '{name}': must be true or false, not {value!r}")


def _one_of(name: str, value: object, choices: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in choices:
        return value
    wanted = ", ".join(choices)
    raise ConfigError(f"editor settings: '{name}': must be one of {wanted}, not {value!r}")
