"""Compiles the analysis while corolint is installed with ``COROLINT_COMPILE=1`` in the environment.

The wheel that ``pip install .`` then builds holds, beside every module of the analysis, the same
module as machine code (https://mypyc.readthedocs.io), which Python prefers. The Python files stay
the source and the fallback: without a C compiler the wheel is a plain one, and works the same at
half the speed.

An editable install has to run what is edited. It gets the machine code as well, but apart from the
sources and only until one of them is edited; see `corolint_twin`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "corolint"

# What runs for every file that is checked. What reads the command line, talks to an editor or
# writes output waits for others, not for the processor.
FOLDERS = ("answers", "syntax", "valuation", "summarize", "infer", "lifecycle", "loops")
MODULES = (
    "bindings", "check", "evaluation", "expansion", "finding", "flow", "flow_builder", "handing",
    "inventory", "liveness", "module_files", "practice", "project", "refusal", "reporting", "scope",
    "semantics", "spelling", "standard_names", "summary", "terms", "text", "values",
)  # fmt: skip

# Run by the Python that builds; its arguments are the modules.
BUILD = """
import sys
from mypyc.build import mypycify
from setuptools import setup
options = ["--strict", "--ignore-missing-imports", "--follow-imports=silent"]
modules, sys.argv[1:] = sys.argv[1:], ["build_ext", "--inplace"]
compiled = mypycify([*options, *modules], opt_level="1", debug_level="0", multi_file=True)
setup(name="corolint", packages=[], ext_modules=compiled)
"""


class CompileHook(BuildHookInterface[Any]):
    """See https://hatch.pypa.io/latest/plugins/build-hook/reference/."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What compiling needs; a plain build downloads none of it."""
        return ["mypy[mypyc]~=2.4.1", "setuptools"] if _is_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the machine code to the wheel that is about to be built."""
        if not _is_wanted():
            return
        self._folder = Path(tempfile.mkdtemp())
        compiled = _compiled(self._folder)
        if not compiled:
            return
        if version == "editable":
            build_data["force_include_editable"].update(_twin(self._folder, compiled))
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for path in compiled:
            build_data["force_include"][str(path)] = path.relative_to(self._folder).as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes what was only needed to build."""
        if hasattr(self, "_folder"):
            shutil.rmtree(self._folder, ignore_errors=True)


def _is_wanted() -> bool:
    is_cpython = sys.implementation.name == "cpython"  # mypyc is for no other
    return is_cpython and os.environ.get("COROLINT_COMPILE") == "1"


def _compiled(folder: Path) -> list[Path]:
    """The machine code, built in a copy of the package in `folder`; empty where it cannot be."""
    copy = folder / "corolint"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    modules = [path for name in FOLDERS for path in sorted((copy / name).glob("*.py"))]
    modules += [copy / f"{name}.py" for name in MODULES]
    command = [sys.executable, "-c", BUILD, *(str(path.relative_to(folder)) for path in modules)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"corolint is not compiled: {(done.stderr or done.stdout)[-2000:]}", file=sys.stderr)
        return []
    found = [*folder.glob("*"), *copy.rglob("*")]
    return sorted(path for path in found if path.suffix in (".so", ".pyd"))


def _twin(folder: Path, compiled: list[Path]) -> dict[str, str]:
    """The files of the twin in `folder`, with their places in the environment."""
    sys.path.insert(0, str(HERE))
    from corolint_twin import state

    record = folder / "corolint_twin.json"
    record.write_text(json.dumps({"source": str(PACKAGE), "state": state(str(PACKAGE))}), "utf-8")
    start = folder / "corolint_twin.pth"
    start.write_text("import corolint_twin; corolint_twin.install()\n", "utf-8")
    files = {str(HERE / "corolint_twin.py"): "corolint_twin.py"}
    files |= {str(path): path.name for path in (record, start)}
    # What all modules share stands above the package: mypyc looks for packages from there.
    files |= {str(path): f"corolint_twin/{path.name}" for path in compiled if path.parent == folder}
    for path in (folder / "corolint").rglob("*"):
        if path.is_file():
            files[str(path)] = f"corolint_twin/{path.relative_to(folder).as_posix()}"
    return files
