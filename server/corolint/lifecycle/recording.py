"""Gathers what happens to one object while its paths are followed.

The same place is met on many paths, and in loops again and again. A recorder keeps one record for
each place and kind of event, and adds up the states in which the object arrives there; `finish`
makes the plain `Life` of it. What only happens on a doubtful path is remembered as a use, so that
the object counts as consumed there, but with no state before: nothing is reported from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from corolint.flow import Graph, Label, Step
from corolint.lifecycle.history import Action, End, EndKind, Life, State, Turn, Use
from corolint.lifecycle.state import First, PathState, Trail, decisions
from corolint.lifecycle.values import Trust
from corolint.semantics import Made, Portion
from corolint.syntax.nodes import Call, Expression, Node, Parameter


@dataclass(slots=True)
class _UseRecord:
    node: Expression
    action: Action
    times: int
    step: int
    call: Call | None
    is_guarded: bool
    portion: tuple[Portion, ...] = ()
    by_callee: bool = False
    before: set[State] = field(default_factory=set)
    first: Node | None = None
    first_action: Action | None = None
    path: tuple[Turn, ...] = ()
    path_to_first: tuple[Turn, ...] = ()


@dataclass(slots=True)
class Recorder:
    """The events of one life so far. `caught_uses`: the steps to which an exception from a use
    leads, or one that a callee says it raises; what is lost there after another exception is not
    told, because nobody expects that one. `returns`, `returns_wrapped`: a ``return`` hands back the
    object, or what awaits it. `home`: the attribute that held it before the body ran, and may hold
    it afterwards."""

    uses: dict[tuple[int, Action], _UseRecord] = field(default_factory=dict)
    ends: dict[tuple[EndKind, int, int | None], End] = field(default_factory=dict)
    caught_uses: set[int] = field(default_factory=set)
    returns: bool = False
    returns_wrapped: bool = False
    names: dict[str, None] = field(default_factory=dict)
    captured: dict[str, None] = field(default_factory=dict)
    revealed: dict[int, set[State]] = field(default_factory=dict)
    escapes: bool = False
    home: str | None = None

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
        portion: tuple[Portion, ...] = (),
        graph: Graph,
    ) -> None:
        """Something is done with the object at `node`, in `step` of `graph`; `state` is the one
        before it."""
        record = self.uses.get((id(node), action))
        if record is None:
            record = self.uses[id(node), action] = _UseRecord(
                node, action, times, step, call, is_guarded, portion
            )
        if state.trust is Trust.DOUBTFUL or state.status is None:
            return
        is_first_reuse = state.first is not None and record.first is None
        record.before.add(state.status)
        if is_first_reuse and state.first is not None:
            first = state.first
            record.first, record.first_action = first.node, first.action
            record.path = _that_decide(graph, decisions(state.trail, first.trail), step)
            start = step if first.node is node else self.step_of(first, step)
            record.path_to_first = _that_decide(graph, decisions(first.trail), start)

    def step_of(self, first: First, otherwise: int) -> int:
        """The step of a use that was recorded before."""
        record = self.uses.get((id(first.node), first.action))
        return otherwise if record is None else record.step

    def use_again(self, node: Expression, action: Action) -> None:
        """The callee at `node` consumes the object a second time."""
        self.uses[id(node), action].by_callee = True

    def end(self, state: PathState, kind: EndKind, step: Step, graph: Graph) -> None:
        """The body lets go of the object, still pending, in `step` of `graph` or right after it."""
        if state.trust is Trust.DOUBTFUL or state.is_wrapped or state.is_unborn:
            return
        caught = state.caught if state.trust is Trust.EXCEPTED else None
        key = (kind, id(step.node), caught)
        if key not in self.ends:
            using = frozenset(record.step for record in self.uses.values())
            path = _to_the_end(graph, decisions(state.trail), step.index, using)
            self.ends[key] = End(kind, step.node, path, state.trust is Trust.EXCEPTED)

    def unexpected(self) -> set[int]:
        """The steps to which exceptions lead, perhaps unexpected, with an object that is lost."""
        places = {caught for (_, _, caught), end in self.ends.items() if end.after_exception}
        return {place for place in places if place is not None} - self.caught_uses

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
                record.by_callee,
                record.portion,
                record.path_to_first,
            )
            for record in self.uses.values()
        )
        ends = tuple(self._finished_ends())
        escapes = self.escapes or self.returns or self.returns_wrapped
        return Life(origin, made, uses, ends, escapes, tuple(self.names), tuple(self.captured))

    def _finished_ends(self) -> Iterator[End]:
        for (_, _, caught), end in self.ends.items():
            if end.after_exception and caught is not None and caught not in self.caught_uses:
                yield replace(end, after_exception=False)
            else:
                yield end


# A story of more decisions is not read, and in a larger graph asking would cost too much.
_MOST_DECISIONS = 8
_MOST_STEPS = 600


def _that_decide(
    graph: Graph, last: list[Trail], target: int, using: frozenset[int] = frozenset()
) -> tuple[Turn, ...]:
    """The decisions, in order, without those after which every way comes to the next one (at last:
    to `target`) as well, and by none of the steps `using` either."""
    if len(graph.steps) > _MOST_STEPS:
        return tuple(Turn(one.label, one.node) for one in reversed(last))
    kept: list[Turn] = []
    for one in last[:_MOST_DECISIONS]:
        if one.label in _UNUSUAL or one.step in using or _leads_past(graph, one, target, using):
            kept.append(Turn(one.label, one.node))
        target = one.step
    return tuple(reversed(kept))


def _to_the_end(
    graph: Graph, last: list[Trail], step: int, using: frozenset[int]
) -> tuple[Turn, ...]:
    """The same for an end in `step`; what is decided in that step itself is what ends it."""
    if not last or last[0].step != step:
        return _that_decide(graph, last, step, using)
    return *_that_decide(graph, last[1:], step, using), Turn(last[0].label, last[0].node)


_UNUSUAL = frozenset({Label.EXCEPTION, Label.SUPPRESSED})


def _leads_past(graph: Graph, decision: Trail, target: int, using: frozenset[int]) -> bool:
    """Whether the other ways out of a decision can come to an end, or to one of the steps `using`,
    without `target`."""
    others = [
        edge.target
        for edge in graph.steps[decision.step].edges
        if edge.label is not decision.label and edge.label is not Label.EXCEPTION
    ]
    seen: set[int] = set()
    while others:
        index = others.pop()
        if index == target or index in seen:
            continue
        if index in (graph.exit, graph.raised, decision.step) or index in using:
            return True
        seen.add(index)
        others.extend(
            edge.target for edge in graph.steps[index].edges if edge.label is not Label.EXCEPTION
        )
    return False
