"""Long runs: ``python -m fuzz.run 2000 [FIRST]`` in `tests/`, or ``make fuzz N=2000``.

Prints each disagreement, shortened, and at the end how many findings of each rule were confirmed,
and how many faults of each kind were found; Ctrl-C ends it early. Where it is, standard error
tells: the same seed as FIRST goes on from there.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from oracle import Oracle, OracleError

from fuzz.helpers import HEAD
from fuzz.programs import program
from fuzz.shrink import shrink
from fuzz.verdicts import BAD, Verdict, judge, judge_all

Kind = tuple[str, str]
MAX_SHOWN = 3  # of each kind
BATCH = 25  # programs that are analysed at once
MAX_TRIES = 150  # to shorten one program
PROGRESS = 1000  # programs from one line about it to the next


def main(arguments: list[str]) -> int:
    """1 if a program failed. Arguments: how many programs, and the seed of the first."""
    count, first = int(arguments[0]), int(arguments[1]) if arguments[1:] else 0
    table: Counter[Kind] = Counter()
    tried: Counter[str] = Counter()
    with Oracle() as oracle, suppress(KeyboardInterrupt):
        for start in range(first, first + count, BATCH):
            seeds = range(start, min(start + BATCH, first + count))
            texts = [program(seed) for seed in seeds]
            for seed, text, verdicts in zip(seeds, texts, judge_all(texts, oracle), strict=True):
                tried["left out" if verdicts is None else "judged"] += 1
                for kind in {_kind(one) for one in verdicts or () if one.verdict in BAD}:
                    if table[kind] < MAX_SHOWN:
                        _show(seed, kind, text, oracle)
                table.update(map(_kind, verdicts or ()))
            if seeds.stop % PROGRESS == 0:
                rates = "; ".join(_rates(table))
                print(f"up to seed {seeds.stop}: {rates}", file=sys.stderr, flush=True)
    print(f"seeds from {first}: {tried['judged']} programs judged, {tried['left out']} left out")
    for (subject, verdict), number in sorted(table.items()):
        print(f"{subject:32} {verdict:24} {number:6}")
    for line in _rates(table):
        print(line)
    return int(any(Verdict(*kind, 0).is_false_error for kind in table))


def _rates(table: Counter[Kind]) -> Iterator[str]:
    for severity in ("error", "warning"):
        mine = {kind: n for kind, n in table.items() if kind[0].endswith(severity)}
        false = sum(n for kind, n in mine.items() if kind[1] in ("false", "not on every path"))
        total = sum(n for kind, n in mine.items() if kind[1] != "of another rule")
        yield f"{severity}s that CPython refutes: {false} of {total}"
    for kind in ("reused", "never-awaited"):
        found, missed = table[kind, "found"], table[kind, "missed"]
        if found or missed:
            yield f"{kind}: {found} of {found + missed} found, {found / (found + missed):.1%}"


def _kind(verdict: Verdict) -> Kind:
    return verdict.subject, verdict.verdict


def _show(seed: int, kind: Kind, text: str, oracle: Oracle) -> None:
    tries = 0

    def does_the_same(smaller: str) -> bool:
        nonlocal tries
        tries += 1
        if tries > MAX_TRIES:
            return False
        try:
            verdicts = judge(smaller, oracle)
        except OracleError:
            return False
        return any(_kind(verdict) == kind for verdict in verdicts or ())

    print(f"--- seed {seed}: {' '.join(kind)}")
    print(shrink(text, does_the_same)[len(HEAD) :], flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
