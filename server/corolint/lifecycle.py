"""Follows coroutine objects through a body, and tells the history of each.

`trace` looks at one body. For each expression that makes an object (a *site*), it follows one such
object from there along all paths at once: through names, containers, branches, loops, exceptions
and calls, until nothing reaches it any more. ::

    async def main(a):
        c = f()          # site: the object is pending, `c` holds it
        if a:
            await c      # used; from here on every path is of no interest (`c` is not read again)
        return 1         # where `a` is false, `c` is lost here while pending: an End

Before that, one *base run* without any object learns what holds at each step whatever the path:
constants, fresh containers, and which values are always coroutine objects.

The work is bounded: an object is followed only while something that is still read holds it, through
steps that have to do with it; states are joined as `corolint.lifecycle_state` says; and there is a
budget in proportion to the size of the body. When the budget is used up, nothing is said.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from corolint.bindings import declared_elsewhere
from corolint.flow import Edge, Graph, Step, StepKind, solve
from corolint.flow_builder import graph_of_block, graph_of_lambda
from corolint.inventory import Body, BodyNode
from corolint.lifecycle_effects import Following
from corolint.lifecycle_history import Action, EndKind, History, Life, State
from corolint.lifecycle_recording import Recorder
from corolint.lifecycle_state import (
    EMPTY,
    OBJECT,
    Box,
    PathState,
    Special,
    collect,
    holders,
    join_facts,
    new_box,
)
from corolint.lifecycle_steps import run_step
from corolint.lifecycle_survey import Survey, survey
from corolint.semantics import Effect, Guard, Kind, Made, Semantics
from corolint.syntax import nodes

_MOST_STATES = 24  # at one step, before an object is given up
_WORK_FOR_ONE = 40  # calls of transfer for one object, for each step of the body
_WORK_FOR_ALL = 60  # the same for all objects together
_LEAST_WORK = 400


def trace(body: BodyNode, semantics: Semantics, mentions: Mapping[str, int]) -> History:
    """The history of every object that `body` makes or is handed.

    `body` is a function (its body is looked at, not its decorators), a class body, a lambda, or
    the block of a module. `mentions` says how often each ``.attribute`` is written in the whole
    file (`corolint.inventory`). Never raises on a tree that was parsed.
    """
    graph = _graph(body)
    is_function = isinstance(body, nodes.FunctionDef | nodes.Lambda)
    received = _received(body, semantics)
    surveyed = survey(
        graph,
        semantics,
        declared=frozenset()
        if isinstance(body, nodes.Lambda)
        else declared_elsewhere(_block(body)),
        received=frozenset(parameter.name for parameter, _ in received),
        keeps_names=not is_function,
    )
    if not surveyed.sites and not received:
        return History()
    try:
        return _trace(surveyed, semantics, received, mentions)
    except RecursionError:
        return History()  # an expression deeper than Python's stack; nobody wrote it by hand


def follow_parameter(
    function: nodes.FunctionDef,
    parameter: nodes.Parameter,
    made: Made,
    semantics: Semantics,
    mentions: Mapping[str, int],
) -> tuple[Life, Effect | None]:
    """The history of an object that `function` is handed in `parameter` (in ``*args``: in each
    element), and what the call gives if the function hands the object itself, or something that
    awaits it, back. An object that could not be followed escapes."""
    surveyed = survey(
        _graph(function),
        semantics,
        declared=declared_elsewhere(function.body),
        received=frozenset({parameter.name}),
        keeps_names=False,
    )
    recorder = Recorder(names={parameter.name: None})
    nothing = Life(parameter, made, (), (), True)
    try:
        run = _Run(surveyed, semantics, mentions)
        if parameter.name in surveyed.captured or run.base([]) is None:
            return nothing, None
        is_told = run.follow(parameter, made, recorder, [(0, _handed(parameter))])
    except RecursionError:
        return nothing, None
    if not is_told:
        return nothing, None
    always = _Always(surveyed.graph, [0], run.sure, set(recorder.fresh_uses()))
    life = recorder.finish(parameter, made, always)
    if recorder.escapes or (recorder.returns and recorder.returns_wrapped):
        return life, None
    if recorder.returns:
        return life, Effect.RETURNS
    return life, Effect.WRAPS if recorder.returns_wrapped else None


def _handed(parameter: nodes.Parameter) -> PathState:
    """The state at the start of a function that is handed the object."""
    start = EMPTY.copy()
    start.status = State.PENDING
    start.held = {parameter.name: OBJECT}
    if parameter.kind == nodes.STAR:
        start, held = new_box(start, id(parameter), Box(((None, OBJECT),)))
        start.held = {parameter.name: held}
    return start


def _graph(body: BodyNode) -> Graph:
    if isinstance(body, nodes.Lambda):
        return graph_of_lambda(body)
    return graph_of_block(_block(body))


def _block(body: nodes.FunctionDef | nodes.ClassDef | nodes.Block) -> nodes.Block:
    return body if isinstance(body, nodes.Block) else body.body


def _received(body: BodyNode, semantics: Semantics) -> list[tuple[nodes.Parameter, Made]]:
    if not isinstance(body, nodes.FunctionDef):
        return []
    found: list[tuple[nodes.Parameter, Made]] = []
    for parameter in body.parameters:
        made = semantics.received(parameter)
        if made is not None:
            found.append((parameter, made))
    return found


def is_worth_tracing(body: Body, semantics: Semantics) -> bool:
    """Whether a body has anything to tell a history of: a cheap look before `trace`, which gives
    an empty history where this is false."""
    awaited = body.awaited
    made = semantics.made
    if any(id(call) not in awaited and made(call) is not None for call in body.calls):
        return True
    if any(id(one) not in awaited and made(one) is not None for one in body.awaits):
        return True
    function = body.function()
    return function is not None and bool(_received(function, semantics))


def _trace(
    surveyed: Survey,
    semantics: Semantics,
    received: list[tuple[nodes.Parameter, Made]],
    mentions: Mapping[str, int],
) -> History:
    run = _Run(surveyed, semantics, mentions)
    base = run.base(received)
    if base is None:
        return History()
    lives: list[tuple[Recorder, nodes.Expression | nodes.Parameter, Made, bool]] = []
    for parameter, made in received:
        recorder = Recorder(names={parameter.name: None})
        is_told = run.follow(parameter, made, recorder, [(0, _handed(parameter))])
        lives.append((recorder, parameter, made, is_told))
    for site, made in surveyed.sites.values():
        recorder = Recorder()
        starts = [
            (step, state)
            for step in surveyed.site_steps[id(site)]
            for state in base.get(step, {}).values()
        ]
        is_told = run.follow(site, made, recorder, starts)
        lives.append((recorder, site, made, is_told))
    finished: list[Life] = []
    revealed: dict[int, set[State]] = {}
    fresh = {place for recorder, *_ in lives for place in recorder.fresh_uses()}
    for recorder, origin, made, is_told in lives:
        if not is_told:
            finished.append(Life(origin, made, (), (), True))
            continue
        made_at = surveyed.site_steps.get(id(origin), [0])
        always = _Always(surveyed.graph, made_at, run.sure, fresh)
        finished.append(recorder.finish(origin, made, always))
        for call, states in recorder.revealed.items():
            revealed.setdefault(call, set()).update(states)
    return History(tuple(finished), {call: frozenset(states) for call, states in revealed.items()})


class _Run:
    """The runs over one body: the base run, then one for each object. They share the budget."""

    def __init__(self, surveyed: Survey, semantics: Semantics, mentions: Mapping[str, int]) -> None:
        self.survey = surveyed
        self.semantics = semantics
        self.sure: dict[tuple[int, Action], bool] = {}
        self.left = _WORK_FOR_ALL * len(surveyed.graph.steps) + _LEAST_WORK
        self.guards, self.quiet = _guards(surveyed.graph, semantics)
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
        solution = solve(self.survey.graph, starts, domain, budget=budget, most_states=_MOST_STATES)
        self.left -= solution.work
        return solution.is_complete and not following.gave_up

    def following(
        self, site: nodes.Node | None, made: Made | None, recorder: Recorder
    ) -> Following:
        return Following(
            self.survey,
            self.semantics,
            site,
            made,
            recorder,
            self.sure,
            self.private,
            self.guards,
            self.quiet,
        )


class _Always:
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


def _guards(
    graph: Graph, semantics: Semantics
) -> tuple[dict[tuple[int, int], Guard], frozenset[int]]:
    """What ``with`` items do to exceptions, and the steps in which faults are wanted."""
    guards: dict[tuple[int, int], Guard] = {}
    expecting: set[int] = set()
    for step in graph.steps:
        if step.kind is StepKind.ENTER and isinstance(step.node, nodes.With):
            guard = semantics.guard(step.node.contexts[step.item])
            guards[id(step.node), step.item] = guard
            if guard is Guard.EXPECTS:
                expecting.add(step.index)
    if not expecting:
        return guards, frozenset()
    quiet = [step.index for step in graph.steps if not expecting.isdisjoint(step.inside)]
    return guards, frozenset(quiet)


class _BaseDomain:
    """Follows no object: one state for each step, of what holds there on every path."""

    def __init__(self, following: Following) -> None:
        self.following = following

    def key(self, state: PathState) -> Hashable:
        return None

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
        recorder = self.following.recorder
        is_pending = after.status is State.PENDING
        if after.status is State.ESCAPED and not self.survey.has_reveal:
            return None
        if not holders(after):
            if is_pending:
                recorder.end(after, _end_kind(step, before), step.node)
            return None
        after = self.without_dead_names(edge.target, after)
        holding = holders(after)
        if not holding:
            if is_pending:
                is_raised = edge.target in self.survey.raising
                recorder.end(after, EndKind.RAISED if is_raised else EndKind.UNREAD, step.node)
            return None
        if edge.target in (self.survey.graph.exit, self.survey.graph.raised):
            if is_pending and all(_is_nobodys(place) for place in holding):
                recorder.end(after, EndKind.UNREAD, step.node)
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
                int(place[1:]) in (target, *inside)
                if place[0] == "@"
                else "." in place or is_live(place, target)
            )
        ]
        if not dead:
            return state
        after = state.copy()
        after.held = {place: value for place, value in state.held.items() if place not in dead}
        return after


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
