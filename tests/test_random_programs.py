"""A fixed batch of random programs (see `fuzz`): no false error, and hardly a fault untold."""

from __future__ import annotations

from collections import Counter

import pytest
from fuzz.helpers import HEAD
from fuzz.programs import program
from fuzz.shrink import shrink
from fuzz.verdicts import Verdict, calls_of_functions, judge_all
from oracle import Oracle

BATCH = 25  # programs that are analysed at once
COUNT = 200


@pytest.fixture(scope="module")
def verdicts(oracle: Oracle) -> list[list[Verdict] | None]:
    """The verdicts on the first programs, each with its seed as index."""
    return [
        one
        for first in range(0, COUNT, BATCH)
        for one in judge_all([program(seed) for seed in range(first, first + BATCH)], oracle)
    ]


def test_corolint_says_what_cpython_does(verdicts: list[list[Verdict] | None]) -> None:
    """No error is false; of the faults and the warnings, the few exceptions are of known kinds:
    a name that an inner function binds anew, an exception that only some arguments raise."""
    told: Counter[tuple[str, str]] = Counter()
    for seed, of_program in enumerate(verdicts):
        for one in of_program or ():
            told[one.subject, one.verdict] += 1
            assert not one.is_false_error, f"seed {seed}: {one}\n{program(seed)[len(HEAD) :]}"
    for kind in ("reused", "never-awaited"):
        assert told[kind, "found"] >= 0.95 * (told[kind, "found"] + told[kind, "missed"]), told
    warnings = [(what, count) for what, count in told.items() if what[0].endswith("warning")]
    false = sum(count for (_, verdict), count in warnings if verdict == "false")
    assert false <= 0.005 * sum(count for _, count in warnings) + 1, told


def test_most_programs_can_be_judged(verdicts: list[list[Verdict] | None]) -> None:
    assert sum(one is not None for one in verdicts) > COUNT * 0.9
    assert sum(len(one or ()) for one in verdicts) > COUNT


def test_the_same_seed_gives_the_same_program() -> None:
    assert program(7) == program(7)
    assert len({program(seed) for seed in range(50)}) == 50


def test_a_fault_inside_a_function_belongs_to_its_calls() -> None:
    text = "def f():\n    1\ndef g():\n    f()\ndef main():\n    g()\n"
    assert calls_of_functions(text)[2] >= {4, 6}


def test_shrinking_keeps_what_matters() -> None:
    text = "async def main():\n    if coin():\n        b = 1\n        a = 2\n    print(3)\n"
    assert shrink(text, lambda smaller: "a = 2" in smaller) == "async def main():\n    a = 2\n"
