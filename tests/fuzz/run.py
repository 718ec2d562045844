"""Long runs: ``python -m fuzz.run 2000 [FIRST]`` in `tests/`, or ``make fuzz N=2000``.

Prints each disagreement that the test suite would not let pass, shortened, and at the end how many
findings of each rule were confirmed, and how many faults of each kind were found; Ctrl-C ends it
early.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress

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
    tried: Counter[str] = Counter()
    with Oracle() as oracle, suppress(KeyboardInterrupt):
        for seed in range(first, first + count):
            text = program(seed)
            verdicts = judge(text, oracle)
            tried["left out" if verdicts is None else "judged"] += 1
            for kind in {_kind(verdict) for verdict in verdicts or () if verdict.fails}:
                if table[kind] < MAX_SHOWN:
                    _show(seed, kind, text, oracle)
            table.update(map(_kind, verdicts or ()))
    print(f"seeds from {first}: {tried['judged']} programs judged, {tried['left out']} left out")
    for (subject, verdict), number in sorted(table.items()):
        print(f"{subject:32} {verdict:20} {number:6}")
    return int(any(Verdict(*kind, 0).fails for kind in table))


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
