"""From settings to a search path: which Python, which environment, which first-party roots.

The target version is the first that is known of: the setting (`target-version`, or
``--python-version``), the version of the environment, the version of the Python that runs corolint.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

from corolint.config import Settings
from corolint.environment import Environment, find_environment, first_party_roots
from corolint.files import DiskReader
from corolint.module_files import SearchPath


def environment_for(
    settings: Settings, project: str, variables: Mapping[str, str], reader: DiskReader
) -> Environment:
    """The environment that `settings.python` names, else the one found; see `find_environment`.

    A relative path counts from the folder of the settings. Raises `EnvironmentMissing`.
    """
    python = settings.python
    if python is not None:
        inside = os.path.join(settings.folder or project, python)
        if os.path.dirname(python) or os.path.isdir(inside):
            python = os.path.normpath(inside)
    return find_environment(python, project, variables, reader)


def source_roots(
    settings: Settings, project: str, files: Iterable[str], reader: DiskReader
) -> tuple[str, ...]:
    """Where the first-party modules of `files` (absolute) start; see `first_party_roots`."""
    base = settings.folder or project
    source_folders = [os.path.normpath(os.path.join(base, folder)) for folder in settings.src]
    return first_party_roots(files, project, source_folders, reader)


def target_version(settings: Settings, environment: Environment) -> tuple[int, int]:
    """The Python version that the code is written for."""
    return settings.target_version or environment.python_version or sys.version_info[:2]


def search_path(
    settings: Settings,
    environment: Environment,
    project: str,
    files: Iterable[str],
    reader: DiskReader,
) -> SearchPath:
    """Where modules are looked up when `files` (absolute), of the project at `project`, import."""
    return SearchPath(
        first_party=source_roots(settings, project, files, reader),
        site_packages=environment.site_packages,
        python_version=target_version(settings, environment),
        platform=sys.platform,
        told=settings.known,
    )
