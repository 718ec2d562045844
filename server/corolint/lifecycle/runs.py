"""Runs the abstract domain over the graph of one body: a base run, then one for each object.

An object is followed only while something that is still read holds it. Where that ends, `settle`
records how. The runs of a body share a budget in proportion to its size.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from corolint.flow import Edge, Graph, Label, Step, StepKind, solve
from corolint.lifecycle.containers import collect
from corolint.lifecycle.expressions import HANDLERS
from corolint.lifecycle.following import EffectOnCaptured, Following, LocalEffects
from corolint.lifecycle.history import Action, EndKind, State
from corolint.lifecycle.recording import Recorder
from corolint.lifecycle.state import EMPTY, PathState, holders, join_facts
from corolint.lifecycle.steps import run_step
from corolint.lifecycle.survey import Survey
from corolint.lifecycle.values import OBJECT, Rest, Special
from corolint.semantics import Guard, Kind, Made, Semantics
from corolint.syntax import nodes

_MOST_STATES = 24  # at one step, before an object is given up
_WORK_FOR_ONE = 40  # calls of transfer for one object, for each step of the body
_WORK_FOR_ALL = 60  # the same for all objects together
_LEAST_WORK = 400


class Run:
    """The runs over one body: the base run, then one for each object. They share the budget."""

    def __init__(
        self,
        surveyed: Survey,
        semantics: Semantics,
        mentions: Mapping[str, int],
        effect_on_captured: EffectOnCaptured | None = None,
    ) -> None:
        """`effect_on_captured` tells what calling a local function does to an object in a name that
        it captures; without it, nothing is known of that."""
        self.local_effects = LocalEffects(surveyed, effect_on_captured)
        self.survey = surveyed
        self.semantics = semantics
        self.sure: dict[tuple[int, Action], bool] = {}
        self.left = _WORK_FOR_ALL * len(surveyed.graph.steps) + _LEAST_WORK
        self.raised: dict[int, frozenset[str]] = {}
        self.quiet = _quiet_steps(surveyed)
        self.private = frozenset(
            name for name, count in surveyed.attributes.items() if mentions.get(name, 0) <= count
        )

    def base(
        self, received: list[tuple[nodes.Parameter, Made]]
    ) -> dict[int, dict[Hashable, PathState]] | None:
        """The state before each step whatever the path; `None` if it could not be found."""
        start = EMPTY.copy()
        start.facts = {
            parameter.name: Special.COROUTINE
            for parameter, made in received
            if made.kind is Kind.COROUTINE and made.certain
            if parameter.kind not in (nodes.STAR, nodes.DOUBLE_STAR)
        }
        domain = _BaseDomain(self.following(None, None, Recorder()))
        budget = max(self.left, 1)
        solution = solve(
            self.survey.graph, [(0, start)], domain, budget=budget, most_states=_MOST_STATES
        )
        return solution.before if solution.is_complete else None

    def follow(
        self,
        origin: nodes.Expression | nodes.Parameter,
        made: Made,
        recorder: Recorder,
        starts: list[tuple[int, PathState]],
    ) -> bool:
        """Follows the objects of one origin. Whether all of its history could be found."""
        size = len(self.survey.graph.steps)
        budget = min(self.left, _WORK_FOR_ONE * size + _LEAST_WORK)
        following = self.following(origin, made, recorder)
        domain = _ObjectDomain(following)
        asked = [(step, self.with_asked_facts(state)) for step, state in starts]
        solution = solve(self.survey.graph, asked, domain, budget=budget, most_states=_MOST_STATES)
        self.left -= solution.work
        recorder.caught_uses |= self.expected_at(following, recorder.unexpected())
        return solution.is_complete and not following.gave_up

    def expected_at(self, following: Following, handlers: set[int]) -> set[int]:
        """Those of `handlers` (by their step) that are there for an exception which a function that
        is called in the body says it raises: then nobody expects another one to come there."""
        if not handlers:
            return set()
        return {
            edge.target
            for step in self.survey.graph.steps
            for edge in step.edges
            if edge.label is Label.EXCEPTION and edge.target in handlers
            if self.survey.raises[step.index] and following.raises_itself(step)
        }

    def with_asked_facts(self, state: PathState) -> PathState:
        """`state` without knowledge of names that no condition asks about."""
        tested = self.survey.tested
        facts = {
            text: fact
            for text, fact in state.facts.items()
            if text in tested or not isinstance(fact, Special)
        }
        if len(facts) == len(state.facts):
            return state
        after = state.copy()
        after.facts = facts
        return after

    def following(
        self, site: nodes.Node | None, made: Made | None, recorder: Recorder
    ) -> Following:
        return Following(
            self.survey,
            self.semantics,
            site,
            made,
            recorder,
            HANDLERS,
            self.sure,
            self.private,
            self.quiet,
            self.raised,
            self.local_effects,
        )


class Always:
    """Tells of a use whether no path reaches it with anything but the objects of one life (or
    others in the same case). `fresh` are the consuming uses that some object reaches unused."""

    def __init__(
        self,
        graph: Graph,
        starts: list[int],
        sure: dict[tuple[int, Action], bool],
        fresh: set[tuple[int, Action]],
    ) -> None:
        self.graph = graph
        self.starts = frozenset(starts)
        self.sure = sure
        self.fresh = fresh
        self.avoiding: set[int] | None = None

    def __call__(self, node: nodes.Expression, action: Action, step: int) -> bool:
        key = (id(node), action)
        if key in self.fresh:
            return False
        if self.sure.get(key, False):
            return True
        is_plain = isinstance(node, nodes.Await) and isinstance(node.value, nodes.Name)
        return action.consumes and not is_plain and self.is_after_start(step)

    def is_after_start(self, step: int) -> bool:
        """Whether every path to `step` goes through a place where the object is made."""
        if self.avoiding is None:
            self.avoiding = set()
            waiting = [0]
            while waiting:
                index = waiting.pop()
                if index not in self.avoiding and index not in self.starts:
                    self.avoiding.add(index)
                    waiting.extend(edge.target for edge in self.graph.steps[index].edges)
        return step not in self.avoiding


def _quiet_steps(surveyed: Survey) -> frozenset[int]:
    """The steps in which faults are wanted."""
    expecting = {
        step.index
        for step in surveyed.graph.steps
        if step.kind is StepKind.ENTER
        and surveyed.guards.get((id(step.node), step.item)) is Guard.EXPECTS
    }
    if not expecting:
        return frozenset()
    quiet = [s.index for s in surveyed.graph.steps if not expecting.isdisjoint(s.inside)]
    return frozenset(quiet)


class _BaseDomain:
    """Follows no object: one state for each step (and each turn of a loop over a few values), of
    what holds there on every path."""

    def __init__(self, following: Following) -> None:
        self.following = following

    def key(self, state: PathState) -> Hashable:
        return tuple(one for one in state.held.items() if isinstance(one[1], Rest))

    def join(self, old: PathState, new: PathState) -> PathState:
        joined = join_facts(old, new)
        held = {place: value for place, value in old.held.items() if new.held.get(place) == value}
        boxes = {
            box: content._replace(
                only_coroutines=content.only_coroutines and new.boxes[box].only_coroutines
            )
            for box, content in old.boxes.items()
            if box in new.boxes
        }
        if len(held) == len(old.held) and boxes == old.boxes:
            return joined
        joined = joined.copy() if joined is old else joined
        joined.held, joined.boxes = held, boxes
        return joined

    def transfer(self, step: Step, state: PathState) -> Iterator[tuple[Edge, PathState]]:
        return run_step(self.following, step, state)


class _ObjectDomain:
    """Follows one object until nothing that is still read holds it."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.survey = following.survey
        self.steps = following.survey.graph.steps

    def key(self, state: PathState) -> Hashable:
        return state.key()

    def join(self, old: PathState, new: PathState) -> PathState:
        return join_facts(old, new)

    def transfer(self, step: Step, state: PathState) -> Iterator[tuple[Edge, PathState]]:
        for edge, after in run_step(self.following, step, state):
            if after.status is None:
                continue
            settled = self.settle(step, state, edge, after)
            if settled is not None:
                yield edge, settled

    def settle(
        self, step: Step, before: PathState, edge: Edge, after: PathState
    ) -> PathState | None:
        """The state that goes along `edge`; `None` when the object's story is over."""
        recorder, graph = self.following.recorder, self.survey.graph
        is_pending = after.status is State.PENDING
        if after.status is State.ESCAPED and not self.survey.has_reveal and not _is_named(after):
            return None
        if not holders(after):
            if is_pending:
                recorder.end(after, _end_kind(step, before), step, graph)
            return None
        after = self.without_dead_names(edge.target, after)
        holding = holders(after)
        if not holding:
            if is_pending:
                is_raised = edge.target in self.survey.raising
                recorder.end(after, EndKind.RAISED if is_raised else EndKind.UNREAD, step, graph)
            return None
        if edge.target in (graph.exit, graph.raised):
            if is_pending and holding == [recorder.home]:
                is_raised = edge.target == graph.raised
                recorder.end(after, EndKind.RAISED if is_raised else EndKind.UNREAD, step, graph)
                return None
            is_private = not after.is_exposed and all(_is_nobodys(place) for place in holding)
            if is_pending and is_private:
                recorder.end(after, EndKind.STORED, step, graph)
            else:
                recorder.escapes = recorder.escapes or is_pending
            return None
        return collect(after)

    def without_dead_names(self, target: int, state: PathState) -> PathState:
        """`state` without names that are not read any more from step `target` on."""
        is_live = self.survey.liveness.is_live
        inside = self.steps[target].inside
        dead = [
            place
            for place in state.held
            if not (
                int(place[1:]) == target or int(place[1:]) in inside
                if place[0] == "@"
                else is_live(root := place.partition(".")[0], target)
                or (root != place and root not in self.survey.owned)
            )
        ]
        if not dead:
            return state
        after = state.copy()
        after.held = {place: value for place, value in state.held.items() if place not in dead}
        return after


def _is_named(state: PathState) -> bool:
    """Whether a local name still holds the object itself, so that what fails on it is known to."""
    return any(
        value is OBJECT and "." not in place and place[0] != "@"
        for place, value in state.held.items()
    )


def _is_nobodys(place: str) -> bool:
    """Whether a place that outlives the body is one that nobody else is meant to look at: a
    private attribute (which the rest of the file does not mention, or it would not be held)."""
    head, _, attribute = place.rpartition(".")
    return bool(head) and attribute.startswith("_")


def _end_kind(step: Step, before: PathState) -> EndKind:
    """How a step let go of an object that nothing holds after it."""
    if isinstance(step.node, nodes.Delete):
        return EndKind.DELETED
    if before.status is not None and not isinstance(step.node, nodes.ExpressionStatement):
        return EndKind.OVERWRITTEN
    return EndKind.DROPPED
