"""Time and truth of the search for nested loops in generated projects of 500 to 2,000 modules.

    python tests/benchmarks/nested_loops.py

prints for each size what was found of what was planted, and the CPU seconds of each part; then
what one edit of a leaf module costs, where a chain ends in a helper that has a hint. The garbage
collector is set as the command and the server set it.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nested_project import file_of, found_in, generate, planted, project_of

EDITS = {"a comment": "# edited\n", "a new function": "\n\ndef more():\n    return compute(1)\n"}


def main() -> None:
    """Prints the figures."""
    gc.set_threshold(20_000, 20, 10)
    for size in (500, 1_000, 2_000):
        generated = generate(size)
        project = project_of(generated.files)
        start = time.process_time()
        for module in generated.files:
            project.summary(module)
        read = time.process_time()
        found = {one for module in generated.files for one in found_in(project, module)}
        done = time.process_time()
        expected = planted(generated)
        print(
            f"{size} modules: planted {len(expected)}, found {len(found & expected)} with the "
            f"right chain, false alarms {len(found - expected)}; "
            f"reading {read - start:.2f} s, loops {done - read:.2f} s"
        )
        gc.collect()
        gc.freeze()
        leaf = generated.faults[0].chain[-1]
        for what, addition in EDITS.items():
            start = time.process_time()
            edited = project.with_text(file_of(leaf), generated.files[leaf] + addition)
            list(found_in(edited, leaf))
            print(f"    {what} in a leaf: {1000 * (time.process_time() - start):.0f} ms")


if __name__ == "__main__":
    main()
