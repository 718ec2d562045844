"""What following coroutine objects costs, beside telling of bare calls alone.

    python tests/benchmarks/lifecycle_cost.py src/package

checks the folder in two ways, in turn and each time in a process of its own: as it is, and with
nothing followed but coroutine objects that are the whole of a statement, for which no inference is
asked besides. It prints the least CPU seconds of both; the difference is all that the rules on
reuse and on lost objects cost, with the inference that they ask for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping

import corolint.check
from corolint.cli import main
from corolint.evaluation import statements_of
from corolint.inventory import Body, BodyNode
from corolint.lifecycle.handed import block_of
from corolint.lifecycle.history import End, EndKind, History, Life
from corolint.semantics import Semantics
from corolint.syntax import nodes

ROUNDS = 3  # of both; other programs on the machine only ever make one slower


def _dropped(node: BodyNode, semantics: Semantics) -> Iterator[Life]:
    if isinstance(node, nodes.Lambda):
        return
    for statement in statements_of(block_of(node)):
        match statement:
            case nodes.ExpressionStatement(value=nodes.Call() as call):
                made = semantics.made(call)
                if made is not None:
                    end = End(EndKind.DROPPED, statement, (), False)
                    yield Life(call, made, (), (end,), False)


def _is_worth_tracing(body: Body, semantics: Semantics) -> bool:
    return any(_dropped(body.node, semantics))


def _trace(body: BodyNode, semantics: Semantics, mentions: Mapping[str, int]) -> History:
    return History(tuple(_dropped(body, semantics)))


def _run(folder: str, follows: bool) -> int:
    if not follows:
        corolint.check.is_worth_tracing = _is_worth_tracing
        corolint.check.trace = _trace
    return main(
        ["check", "--no-cache", "--jobs", "1", "--exit-zero", "-q", "-o", os.devnull, folder]
    )


def _measure(folder: str, follows: bool) -> float:
    before = os.times()
    subprocess.run([sys.executable, __file__, folder, str(int(follows))], check=True)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


if __name__ == "__main__":
    if sys.argv[2:]:
        sys.exit(_run(sys.argv[1], sys.argv[2] == "1"))
    rounds = [[_measure(sys.argv[1], follows) for follows in (False, True)] for _ in range(ROUNDS)]
    bare, full = map(min, zip(*rounds, strict=True))
    print(f"bare calls only {bare:.2f} s, all objects {full:.2f} s: {full / bare - 1:+.0%}")
