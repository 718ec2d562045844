"""A fixed batch of random programs (see `fuzz`): no false error, no fault that is not told."""

from __future__ import annotations

import pytest
from fuzz.programs import HEAD, program
from fuzz.shrink import shrink
from fuzz.verdicts import judge
from oracle import Oracle

BATCH = 20  # programs in one test


@pytest.mark.parametrize("first", range(0, 200, BATCH))
def test_corolint_says_what_cpython_does(first: int, oracle: Oracle) -> None:
    failures = []
    for seed in range(first, first + BATCH):
        text = program(seed)
        failures += [
            f"seed {seed}: {verdict}\n{text[len(HEAD) :]}"
            for verdict in judge(text, oracle) or ()
            if verdict.fails
        ]
    assert not failures, "\n".join(failures)


def test_most_programs_can_be_judged(oracle: Oracle) -> None:
    verdicts = [judge(program(seed), oracle) for seed in range(BATCH)]
    assert sum(one is not None for one in verdicts) > BATCH * 0.9
    assert sum(len(one or ()) for one in verdicts) > BATCH


def test_the_same_seed_gives_the_same_program() -> None:
    assert program(7) == program(7)
    assert len({program(seed) for seed in range(50)}) == 50


def test_shrinking_keeps_what_matters() -> None:
    text = "async def main():\n    if coin():\n        b = 1\n        a = 2\n    print(3)\n"
    assert shrink(text, lambda smaller: "a = 2" in smaller) == "async def main():\n    a = 2\n"
