"""Gathers what happens to one object while its paths are followed.

The same place is met on many paths, and in loops again and again. A recorder keeps one record for
each place and kind of event, and adds up the states in which the object arrives there; `finish`
makes the plain `Life` of it. What only happens on a doubtful path is remembered as a use, so that
the object counts as consumed there, but with no state before: nothing is reported from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from corolint.flow import Part
from corolint.lifecycle_history import Action, End, EndKind, Life, State, Turn, Use
from corolint.lifecycle_state import PathState, Trust, turns
from corolint.semantics import Made
from corolint.syntax.nodes import Call, Expression, Node, Parameter


@dataclass(slots=True)
class _UseRecord:
    node: Expression
    action: Action
    times: int
    step: int
    call: Call | None
    is_guarded: bool
    before: set[State] = field(default_factory=set)
    first: Node | None = None
    first_action: Action | None = None
    path: tuple[Turn, ...] = ()


@dataclass(slots=True)
class Recorder:
    """The events of one life so far. `is_lazy`: a generator expression makes the object, so that
    dropping it drops nothing."""

    uses: dict[tuple[int, Action], _UseRecord] = field(default_factory=dict)
    ends: dict[tuple[EndKind, int], End] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    captured: dict[str, None] = field(default_factory=dict)
    revealed: dict[int, set[State]] = field(default_factory=dict)
    escapes: bool = False
    is_lazy: bool = False

    def use(
        self,
        state: PathState,
        node: Expression,
        action: Action,
        *,
        times: int,
        step: int,
        call: Call | None,
        is_guarded: bool,
    ) -> None:
        """Something is done with the object at `node`, in `step`; `state` is the one before it."""
        record = self.uses.get((id(node), action))
        if record is None:
            record = self.uses[id(node), action] = _UseRecord(
                node, action, times, step, call, is_guarded
            )
        if state.trust is Trust.DOUBTFUL or state.status is None:
            return
        is_first_reuse = state.first is not None and record.first is None
        record.before.add(state.status)
        if is_first_reuse and state.first is not None:
            record.first, record.first_action = state.first
            record.path = turns(state)

    def end(self, state: PathState, kind: EndKind, node: Part | None) -> None:
        """The body lets go of the object, which is still pending."""
        if state.trust is Trust.DOUBTFUL or state.is_wrapped:
            return
        after_exception = state.trust is Trust.EXCEPTED
        known = self.ends.get((kind, id(node)))
        if known is None or (known.after_exception and not after_exception):
            self.ends[kind, id(node)] = End(kind, node, turns(state), after_exception)

    def fresh_uses(self) -> list[tuple[int, Action]]:
        """The consuming uses that the object reaches while it is pending."""
        return [
            place
            for place, record in self.uses.items()
            if record.action.consumes and State.PENDING in record.before
        ]

    def reveal(self, call: Expression, status: State) -> None:
        self.revealed.setdefault(id(call), set()).add(status)

    def finish(
        self,
        origin: Expression | Parameter,
        made: Made,
        is_always: Callable[[Expression, Action, int], bool],
    ) -> Life:
        """The history so far. `is_always` tells whether no path reaches a place with anything but
        such an object."""
        uses = tuple(
            Use(
                record.node,
                record.action,
                frozenset(record.before),
                record.first,
                record.first_action,
                record.path,
                is_always(record.node, record.action, record.step),
                record.times,
                record.call,
                record.is_guarded,
            )
            for record in self.uses.values()
        )
        ends = () if self.is_lazy else tuple(self.ends.values())
        return Life(origin, made, uses, ends, self.escapes, tuple(self.names), tuple(self.captured))
