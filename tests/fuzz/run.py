"""Long runs: ``python -m fuzz.run 2000 [FIRST]`` in `tests/`, or ``make fuzz N=2000``.

Prints each disagreement that the test suite would not let pass, shortened, and at the end how many
findings of each rule were confirmed, and how many faults of each kind were found.
"""

from __future__ import annotations

import sys
from collections import Counter

from oracle import Oracle, OracleError

from fuzz.programs import HEAD, program
from fuzz.shrink import shrink
from fuzz.verdicts import Verdict, judge

Kind = tuple[str, str]
MAX_SHOWN = 3  # of each kind


def main(arguments: list[str]) -> int:
    """1 if a program failed. Arguments: how many programs, and the seed of the first."""
    count, first = int(arguments[0]), int(arguments[1]) if arguments[1:] else 0
    table: Counter[Kind] = Counter()
    shown: Counter[Kind] = Counter()
    left_out = 0
    with Oracle() as oracle:
        for seed in range(first, first + count):
            text = program(seed)
            verdicts = judge(text, oracle)
            if verdicts is None:
                left_out += 1
                continue
            table.update((verdict.subject, verdict.verdict) for verdict in verdicts)
            for kind in dict.fromkeys(_kind(verdict) for verdict in verdicts if verdict.fails):
                shown[kind] += 1
                if shown[kind] <= MAX_SHOWN:
                    _show(seed, kind, text, oracle)
    print(f"{count} programs from seed {first}, {left_out} left out")
    for (subject, verdict), number in sorted(table.items()):
        print(f"{subject:32} {verdict:20} {number:6}")
    return int(bool(shown))


def _kind(verdict: Verdict) -> Kind:
    return verdict.subject, verdict.verdict


def _show(seed: int, kind: Kind, text: str, oracle: Oracle) -> None:
    def does_the_same(smaller: str) -> bool:
        try:
            verdicts = judge(smaller, oracle)
        except OracleError:
            return False
        return any(_kind(verdict) == kind for verdict in verdicts or ())

    print(f"--- seed {seed}: {' '.join(kind)}")
    print(shrink(text, does_the_same)[len(HEAD) :], flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
