"""Time and truth of the search for nested loops in generated projects of 500 to 2,000 modules.

    python tests/benchmarks/nested_loops.py

prints for each size what was found of what was planted, and the CPU seconds of each part; then
what one edit of a leaf module costs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from nested_project import Generated, generate

from corolint.loops.faults import loop_faults
from corolint.project import Project, SearchPath

ROOT = os.path.join(os.sep, "generated")


class MemoryReader:
    """The files of a generated project."""

    def __init__(self, files: dict[str, str]) -> None:
        self._disk: dict[str, bytes] = {}
        self._names: dict[str, set[str]] = {}
        for name, text in files.items():
            path = os.path.join(ROOT, *name.split(".")) + ".py"
            self._disk[path] = text.encode()
            while path != ROOT:
                folder, last = os.path.split(path)
                self._names.setdefault(folder, set()).add(last)
                path = folder

    def read(self, path: str) -> bytes | None:
        if path in self._disk:
            return self._disk[path]
        if path.startswith(ROOT):
            return None
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            return None

    def is_file(self, path: str) -> bool:
        return path in self._disk or (not path.startswith(ROOT) and os.path.isfile(path))

    def names(self, directory: str) -> frozenset[str]:
        if directory.startswith(ROOT):
            return frozenset(self._names.get(directory, ()))
        try:
            return frozenset(os.listdir(directory))
        except OSError:
            return frozenset()


def project_of(generated: Generated) -> Project:
    """A project that lives in memory."""
    return Project(SearchPath((ROOT,)), MemoryReader(generated.files))


def found_in(project: Project, module: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Module, function and chain of modules of every nested loop found in one module."""
    path = os.path.join(ROOT, *module.split(".")) + ".py"
    syntax, reading = project.reading(path)
    faults = loop_faults(path, syntax, reading, project)
    for body in reading.bodies:
        for fault in faults.nested.get(id(body.node), ()):
            chain = [project.module_name(hop.path) for hop in fault.hops]
            yield module, body.qualname, tuple(dict.fromkeys(chain))
    project.forget_reading(path)


def main() -> None:
    """Prints the figures."""
    for size in (500, 1_000, 2_000):
        generated = generate(size)
        project = project_of(generated)
        start = time.process_time()
        for module in generated.files:
            project.summary(module)
        read = time.process_time()
        found = {one for module in generated.files for one in found_in(project, module)}
        done = time.process_time()
        planted = {(p.module, p.function, tuple(dict.fromkeys(p.chain))) for p in generated.faults}
        print(
            f"{size} modules: planted {len(planted)}, found {len(found & planted)} with the right "
            f"chain, false alarms {len(found - planted)}; "
            f"reading {read - start:.2f} s, loops {done - read:.2f} s"
        )
        leaf = generated.faults[0].chain[-1]
        path = os.path.join(ROOT, *leaf.split(".")) + ".py"
        for what, text in (
            ("a comment", generated.files[leaf] + "# edited\n"),
            ("a new function", generated.files[leaf] + "\n\ndef more():\n    return compute(1)\n"),
        ):
            start = time.process_time()
            edited = project.with_text(path, text)
            list(found_in(edited, leaf))
            print(f"    {what} in a leaf: {1000 * (time.process_time() - start):.0f} ms")


if __name__ == "__main__":
    main()
