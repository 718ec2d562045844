"""What is found about loops in one body, as rules query it: plain values.

For ``fetch_now()`` in ``async def main``, where `fetch_now` calls `asyncio.run`, there is a
`LoopFault` at the call, whose hops are "main calls fetch_now" and "fetch_now calls asyncio.run".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from corolint.syntax import nodes
from corolint.text import Span


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a chain of calls: where it stands, and what calls what."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class LoopFault:
    """At `node`, CPython will say `message`, by way of `hops` (empty: right here)."""

    node: nodes.Node
    message: str
    shown: str
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class LoopFaults:
    """The faults of one file, by the `id` of the body's node (of the module: its block).

    `nested`: a loop is started inside another. `reached`: plain functions start a loop, and some
    running loop comes to them; the hops are those that lead there. `missing`: something needs a
    loop where none runs. `refused`: a runner is given what it cannot run.
    """

    nested: dict[int, tuple[LoopFault, ...]] = field(default_factory=dict)
    reached: dict[int, tuple[LoopFault, ...]] = field(default_factory=dict)
    missing: dict[int, tuple[LoopFault, ...]] = field(default_factory=dict)
    refused: dict[int, tuple[LoopFault, ...]] = field(default_factory=dict)

    def bodies(self) -> frozenset[int]:
        """The bodies, by `id`, of which anything is known."""
        return frozenset().union(self.nested, self.reached, self.missing, self.refused)


NO_FAULTS = LoopFaults()
