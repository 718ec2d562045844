"""Where each name is still going to be read: liveness, backwards over the graph of a body.

A name is *live* at a step if some path from there reads it before it is bound again. After
``c = f()``, ``await c``, ``g()`` the name `c` is live at the await and dead at the call of `g`. A
set of names is an integer with a bit for each name, because a long function has many of both.
"""

from __future__ import annotations

from dataclasses import dataclass

from corolint.bindings import names_read_by_step
from corolint.flow import Graph, Label, StepKind


@dataclass(frozen=True, slots=True)
class Liveness:
    """`bits` numbers the names that were asked about; `live` has a set for each step."""

    bits: dict[str, int]
    live: list[int]

    def is_live(self, name: str, step: int) -> bool:
        """Whether `name`, which must be one that was asked about, is live at `step`."""
        bit = self.bits.get(name)
        return bit is not None and bool(self.live[step] >> bit & 1)


def find_liveness(
    graph: Graph,
    names: frozenset[str],
    mentions: list[frozenset[str]],
    stores: list[frozenset[str]],
    *,
    keeps_names: bool,
) -> Liveness:
    """The liveness of `names`. `mentions` and `stores` have the names of each step;
    `keeps_names`: all of them may be read after the body."""
    bits = {name: number for number, name in enumerate(sorted(names))}
    reads: list[int] = []
    kills: list[int] = []
    for step in graph.steps:
        mentioned = mentions[step.index] & names
        stored = stores[step.index] & names
        only_stored = stored - names_read_by_step(step) if stored else stored
        reads.append(_set_of(bits, mentioned - only_stored))
        kills.append(_set_of(bits, only_stored))
    live = [0] * len(graph.steps)
    if keeps_names:
        live[graph.exit] = live[graph.raised] = (1 << len(bits)) - 1
    before: list[list[int]] = [[] for _ in graph.steps]
    for step in graph.steps:
        for edge in step.edges:
            before[edge.target].append(step.index)
    waiting = list(range(len(graph.steps)))
    is_waiting = [True] * len(graph.steps)
    while waiting:
        index = waiting.pop()
        is_waiting[index] = False
        edges = graph.steps[index].edges
        after = raised = 0
        for edge in edges:
            if edge.label in _BIND_NOTHING:
                raised |= live[edge.target]
            else:
                after |= live[edge.target]
        now = reads[index] | (after & ~kills[index]) | raised
        if not edges or now == live[index]:
            continue
        live[index] = now
        for earlier in before[index]:
            if not is_waiting[earlier]:
                is_waiting[earlier] = True
                waiting.append(earlier)
    return Liveness(bits, live)


# Where a step raises, whatever it binds may not be bound yet; a loop binds nothing at its end.
_BIND_NOTHING = (Label.EXCEPTION, Label.EXHAUSTED)


def _set_of(bits: dict[str, int], names: frozenset[str]) -> int:
    found = 0
    for name in names:
        found |= 1 << bits[name]
    return found


def steps_that_only_raise(graph: Graph, passing: frozenset[int]) -> frozenset[int]:
    """The steps from which every way leads to an exception that leaves the body. Exceptions go
    through the LEAVE steps in `passing`."""
    before: list[list[int]] = [[] for _ in graph.steps]
    for step in graph.steps:
        for edge in step.edges:
            if edge.label is not Label.SUPPRESSED or step.index not in passing:
                before[edge.target].append(step.index)
    ends_well = {graph.exit}
    # A loop that is never left does not end in an exception either.
    ends_well.update(s.index for s in graph.steps if s.kind in (StepKind.LOOP, StepKind.NEXT))
    waiting = list(ends_well)
    while waiting:
        for earlier in before[waiting.pop()]:
            if earlier not in ends_well:
                ends_well.add(earlier)
                waiting.append(earlier)
    return frozenset(range(len(graph.steps))) - ends_well
