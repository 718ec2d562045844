"""Which settings apply to which folder: the nearest file that holds any, as ruff does it.

A folder's settings are those of the first of these that exists, in the folder itself or above it:
``corolint.toml``, or a ``pyproject.toml`` with a ``[tool.corolint]`` table. The nearest one stands
alone; nothing is inherited from files further out. What the command line says goes on top.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping

from corolint.config import ConfigError, Settings, from_toml
from corolint.files import DiskReader

FILE_NAMES = ("corolint.toml", "pyproject.toml")


def _unchanged(settings: Settings) -> Settings:
    return settings


class ConfigFiles:
    """Finds and remembers the settings of folders.

    `rules` are the names of all rules, `adjust` puts the choices of the command line or the editor
    on top. With `only`, no file is looked for: these are the settings everywhere.
    """

    def __init__(
        self,
        reader: DiskReader,
        rules: Collection[str],
        adjust: Callable[[Settings], Settings] = _unchanged,
        only: Settings | None = None,
    ) -> None:
        self._reader = reader
        self._rules = rules
        self._adjust = adjust
        self._only = None if only is None else adjust(only)
        self._known: dict[str, Settings] = {}

    @classmethod
    def told(cls, settings: Mapping[str, Settings]) -> ConfigFiles:
        """With the settings of all folders that will be asked for; no file is read."""
        config = cls(DiskReader(), ())
        config._known.update(settings)
        return config

    def settings_for(self, folder: str) -> Settings:
        """The settings that apply in the absolute `folder`. Raises `ConfigError`."""
        if self._only is not None:
            return self._only
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._look_up(folder)
        return known

    def _look_up(self, folder: str) -> Settings:
        for name in FILE_NAMES:
            if self._reader.has(folder, name):
                found = read_config(os.path.join(folder, name), self._reader, self._rules)
                if found is not None:
                    return self._adjust(found)
        parent = os.path.dirname(folder)
        return self._adjust(Settings()) if parent == folder else self.settings_for(parent)


def read_config(path: str, reader: DiskReader, rules: Collection[str]) -> Settings | None:
    """The settings in the file at the absolute `path`, `None` if it holds none for us.

    Raises `ConfigError`, also when the file cannot be read.
    """
    data = reader.read(path)
    if data is None:
        raise ConfigError(f"{path}: cannot be read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not valid UTF-8, which TOML demands") from None
    return from_toml(text, path, folder=os.path.dirname(path), rules=rules)
