"""For how long the server's event loop does not answer while the analysis works.

    cd tests && python -m benchmarks.blocked_loop

A request for a method that does not exist is answered by the event loop alone, so that the time to
its answer is the time for which the loop was busy with something else. Such requests are sent every
10 ms: while a folder of 10,000 modules is read, and while a file of 10,000 lines is typed in.
Prints the median, the 99th percentile and the longest, in milliseconds. None should be longer than
50 on an idle machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from benchmarks.latency import Editor
from benchmarks.typing_project import module_text, places_to_type, write_project
from lsp.raw_client import RawClient

MODULES = 10_000
LINES = 10_000
PAUSE = 0.01  # seconds
LONGEST = 120.0  # seconds for one part


def answer_times(client: RawClient, goes_on: Callable[[int], bool]) -> list[float]:
    """Milliseconds to the answer of each question, as long as it `goes_on`."""
    times: list[float] = []
    end = time.monotonic() + LONGEST
    while goes_on(len(times)) and time.monotonic() < end:
        start = time.perf_counter()
        client.request("no/such/method")
        times.append((time.perf_counter() - start) * 1000)
        time.sleep(PAUSE)
    return times


def told(what: str, times: list[float]) -> None:
    """Prints one line of the table."""
    cuts = quantiles(times, n=100, method="inclusive")
    print(f"{what:22}{cuts[49]:>8.1f}{cuts[98]:>8.1f}{max(times):>8.1f}{len(times):>8}", flush=True)


def main() -> int:
    """Prints the table."""
    print(f"{'ms':22}{'p50':>8}{'p99':>8}{'longest':>8}{'asked':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write_project(folder, MODULES)
        path = folder / "typed.py"
        path.write_text(module_text(MODULES, LINES))
        with RawClient() as client:
            root = folder.as_uri()
            capabilities = client.start(
                processId=os.getpid(),
                rootUri=root,
                workspaceFolders=[{"uri": root, "name": "project"}],
                capabilities={
                    "textDocument": {"diagnostic": {}},
                    "workspace": {"diagnostics": {"refreshSupport": True}},
                },
            )
            editor = Editor(client, capabilities, path)
            editor.open()

            def is_reading(asked: int) -> bool:
                return not any("refresh" in str(each.get("method")) for each in client.passed)

            told("reading 10,000 modules", answer_times(client, is_reading))
            line = places_to_type(editor.text, 1)[0]

            def types_on(asked: int) -> bool:
                if asked % 20 == 0:  # The answer to this comes while other questions are asked.
                    editor.insert(line, asked // 20, "x" if asked else "x\n")
                    client.send(
                        id=f"pull {asked}",
                        method="textDocument/diagnostic",
                        params={"textDocument": {"uri": editor.uri}},
                    )
                return asked < 1_000

            told("typing, 10,000 lines", answer_times(client, types_on))
    return 0


if __name__ == "__main__":
    sys.exit(main())
