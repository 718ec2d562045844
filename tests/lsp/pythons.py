"""The CPythons of this machine, one a version: on PATH, of pyenv, and the one running the tests."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

SUPPORTED = tuple((3, minor) for minor in range(10, 16))


def available_pythons() -> dict[tuple[int, int], str]:
    """Python version -> executable, for the versions that corolint supports and that are here."""
    found = {sys.version_info[:2]: sys.executable}
    for version in SUPPORTED:
        on_path = shutil.which(f"python{version[0]}.{version[1]}")
        # A pyenv shim is on PATH for versions that are not switched on; it would only complain.
        if on_path and "shims" not in on_path:
            found.setdefault(version, on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for folder in sorted(pyenv.glob("3.*")):
        match = re.fullmatch(r"3\.(\d+)\.\d+", folder.name)
        executable = folder / "bin" / "python"
        if match and (3, int(match[1])) in SUPPORTED and executable.exists():
            found.setdefault((3, int(match[1])), str(executable))
    return dict(sorted(found.items()))
