"""The time that one function of 500 to 2,000 branches takes: it grows with the size, not faster.

    python tests/benchmarks/branches.py

prints for each shape of branch the CPU milliseconds for 500, 1,000 and 2,000 of them in one
function, and how many states were run through steps; and what is reported, because an analysis that
gave up would be quick as well.

What bounds the states: one object is followed at a time; states at a step that agree on where the
object is and what became of it are joined and keep only the facts about conditions that they share
(`corolint.lifecycle.state`), so that conditions which do not concern the object cost nothing; at
most 24 facts a state and 24 states a step; an object is followed only while something that is still
read holds it; and all objects of a function share a budget of 60 state-steps for each of its steps.
When that is used up, nothing is said of the objects that are left.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

import corolint.lifecycle.runs
import plain_semantics

COUNTS = (500, 1_000, 2_000)
# One branch of each shape; what stands before all of them, and after.
SHAPES = {
    "one object through all branches": ("    if a{n}: g()\n", "c = f()", "await c"),
    "an object in each branch": ("    if a{n}:\n        c{n} = f()\n        await c{n}\n", "", ""),
    "correlated with a condition": (
        "    if a{n}: c{n} = f()\n    g()\n    if a{n}: await c{n}\n", "", "",
    ),
    "correlated with a flag": (
        "    m{n} = False\n    if a{n}:\n        c{n} = f()\n        m{n} = True\n"
        "    if m{n}: await c{n}\n", "", "",
    ),
    "awaited on some paths": ("    c{n} = f()\n    if a{n}: await c{n}\n", "", ""),
    "awaited again in each branch": ("    if a{n}: await c\n", "c = f()", "await c"),
    "handlers": ("    try: g()\n    except E{n}: h()\n", "c = f()", "await c"),
}  # fmt: skip


def main() -> None:
    """Prints the table."""
    print(f"{'branches':34}" + "".join(f"{count:>18,}" for count in COUNTS) + "   said")
    for shape, (branch, first, last) in SHAPES.items():
        cells = []
        said = 0
        for count in COUNTS:
            body = [f"    {first or 'pass'}\n", *(branch.format(n=n) for n in range(count))]
            text = "async def f(): ...\nasync def main():\n" + "".join(body)
            milliseconds, steps, said = measure(text + f"    {last or 'pass'}\n")
            cells.append(f"{milliseconds:7.0f} ms {steps:7,}")
        print(f"{shape:34}" + "".join(f"{cell:>18}" for cell in cells) + f"   {said}")


def measure(text: str) -> tuple[float, int, int]:
    """CPU milliseconds, calls of `run_step`, and the number of things said of one program."""
    steps = 0
    original = corolint.lifecycle.runs.run_step

    def counting(*arguments: object) -> object:
        nonlocal steps
        steps += 1
        return original(*arguments)  # type: ignore[arg-type]

    corolint.lifecycle.runs.run_step = counting  # type: ignore[assignment]
    try:
        start = time.process_time()
        said = plain_semantics.told(text)
        return (time.process_time() - start) * 1000, steps, len(said)
    finally:
        corolint.lifecycle.runs.run_step = original


if __name__ == "__main__":
    main()
