"""How long the editor waits after a keystroke, beside other servers: ``make bench-latency``.

    cd tests && python -m benchmarks.latency ../.bench [SERVER ...]

A line is typed, one character at a time, into files of 100, 1,000 and 10,000 lines in a project of
1,000 modules. Measured over stdio, in milliseconds: from ``textDocument/didChange`` to the
diagnostics of that version, and from a hover request to its answer; and the CPU milliseconds that
one keystroke with its hover costs. Servers that can be asked for diagnostics are asked at once, as
editors do; the others push. Typing begins when the server has come to rest. Also: seconds from the
start of the process to the first diagnostics of a file of 1,000 lines, and the most memory that the
process and its children had. Other servers check types, which is other work; each is installed from
PyPI into an environment of its own below the folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.compare import installed
from benchmarks.typing_project import module_text, places_to_type, write_project
from lsp.raw_client import RawClient

MODULES = 1_000
SIZES = (100, 1_000, 10_000)
# Half of what is typed is a mistake, so that the answers differ.
TYPED = ("        await self.read(key)\n", "        self.read(key)\n") * 2

OTHERS: dict[str, list[str]] = {
    "zuban": ["zuban", "server"],
    "ty": ["ty", "server"],
    "pyrefly": ["pyrefly", "lsp"],
    "basedpyright": ["basedpyright-langserver", "--stdio"],
}


@dataclass
class Samples:
    """What was measured of one server with one file, in milliseconds."""

    diagnostics: list[float] = field(default_factory=list)
    hover: list[float] = field(default_factory=list)


class Editor:
    """One file open in one server."""

    def __init__(self, client: RawClient, capabilities: dict[str, Any], path: Path) -> None:
        self.client = client
        self.uri = path.as_uri()
        self.version = 1
        self.pulls = bool(capabilities.get("diagnosticProvider"))
        self.text = path.read_text()

    def open(self) -> None:
        self.client.open(self.uri, self.text)
        self.wait_for_diagnostics()

    def insert(self, line: int, column: int, text: str) -> None:
        self.version += 1
        place = {"line": line, "character": column}
        self.client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self.version},
                "contentChanges": [{"range": {"start": place, "end": place}, "text": text}],
            },
        )

    def wait_for_diagnostics(self) -> list[Any]:
        """The diagnostics of this version."""
        if self.pulls:
            params = {"textDocument": {"uri": self.uri}}
            items: list[Any] = self.client.request("textDocument/diagnostic", params)["result"][
                "items"
            ]
            return items
        while True:
            found = self.client.wait_for("textDocument/publishDiagnostics")["params"]
            if found["uri"] == self.uri and found.get("version", self.version) == self.version:
                return list(found["diagnostics"])

    def hover(self, line: int, column: int) -> None:
        position = {"line": line, "character": column}
        self.client.request(
            "textDocument/hover", {"textDocument": {"uri": self.uri}, "position": position}
        )


def type_into(editor: Editor) -> Samples:
    """Types all lines, each in another place."""
    samples = Samples()
    places = places_to_type(editor.text, len(TYPED))
    for already, (line, typed) in enumerate(zip(sorted(places), TYPED, strict=True)):
        for column, character in enumerate(typed):
            # The last character is the line end, after which the rest of the line would stand.
            start = time.perf_counter()
            editor.insert(line + already, column, character if column else character + "\n")
            if column == len(typed) - 1:
                break
            editor.wait_for_diagnostics()
            samples.diagnostics.append((time.perf_counter() - start) * 1000)
            start = time.perf_counter()
            editor.hover(line + already + 2, 10)
            samples.hover.append((time.perf_counter() - start) * 1000)
    return samples


def measure(name: str, command: list[str], folder: Path) -> None:
    """Prints the lines of the table for one server."""
    for size in SIZES:
        path = folder / f"typed_{size}.py"
        start = time.perf_counter()
        with RawClient(command) as client:
            abilities = {
                "textDocument": {"diagnostic": {}, "publishDiagnostics": {"versionSupport": True}},
                "workspace": {"diagnostics": {"refreshSupport": True}},
            }
            root = folder.as_uri()
            folders = [{"uri": root, "name": "project"}]
            capabilities = client.start(
                processId=os.getpid(),
                rootUri=root,
                workspaceFolders=folders,
                capabilities=abilities,
            )
            editor = Editor(client, capabilities, path)
            editor.open()
            first = time.perf_counter() - start
            pids = list(with_children(client.process.pid))
            rest(pids)
            busy = sum(map(cpu_seconds, pids))
            samples = type_into(editor)
            busy = sum(map(cpu_seconds, pids)) - busy
            memory = sum(peak_megabytes(pid) for pid in with_children(client.process.pid))
        diagnostics, hover = percentiles(samples.diagnostics), percentiles(samples.hover)
        busy_each = busy * 1000 / len(samples.diagnostics)
        way = "pull" if editor.pulls else "push"
        print(
            f"{name:14}{size:>7}{way:>6}{diagnostics}{hover}"
            f"{busy_each:>8.1f}{first:>8.2f} s{memory:>7.0f} MB",
            flush=True,
        )


def rest(pids: list[int]) -> None:
    """Waits until the server has done what it does behind its first answer, reading the project:
    until it has needed nearly no time for some seconds, since on a busy machine it may get none."""
    before, calm = -1.0, 0
    while calm < 4:
        now = sum(map(cpu_seconds, pids))
        calm = calm + 1 if now <= before + 0.02 else 0
        before = now
        time.sleep(1)


def percentiles(values: list[float]) -> str:
    """p50, p95 and p99 as one cell of the table."""
    cuts = quantiles(values, n=100, method="inclusive")
    return "".join(f"{cuts[place - 1]:>8.1f}" for place in (50, 95, 99))


def with_children(pid: int) -> Iterator[int]:
    """A process and all below it. Needs ``/proc``; elsewhere there are none."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from with_children(int(child))


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process so far, which other load hardly changes; 0 without ``/proc``."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(pid: int) -> float:
    """The most memory that a process had at once; 0 where that cannot be known."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return sum(map(int, found)) / 1024


def main(arguments: list[str]) -> int:
    """Prints the table. Arguments: the folder for downloads, and servers if not all."""
    tools = Path(arguments[0]).resolve()
    wanted = arguments[1:] or ["corolint", *OTHERS]
    print(
        f"{'':27}{'to diagnostics, ms':>24}{'hover, ms':>24}{'CPU ms':>8}{'first':>10}{'peak':>10}"
    )
    print(
        f"{'server':14}{'lines':>7}{'':>6}"
        + "".join(f"{each:>8}" for each in ("p50", "p95", "p99") * 2)
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write_project(folder, MODULES)
        for size in SIZES:
            (folder / f"typed_{size}.py").write_text(module_text(MODULES, size))
        for server in wanted:
            if server == "corolint":
                measure(server, [sys.executable, "-m", "corolint", "server"], folder)
                continue
            programs = installed(tools, server)
            if programs is None:
                print(f"{server:14} could not be installed")
                continue
            measure(server, [str(programs / OTHERS[server][0]), *OTHERS[server][1:]], folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
