"""The paths of a body on which it starts a loop, as long as a loop is running.

`explore` runs a body's control-flow graph with what is known of loops (`corolint.loops.guards`) in
the environment. ::

    def fetch(url):                       explored with a running loop
        if url in cache:                  an ordinary question: either way may be taken
            return cache[url]
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:              never taken
            return asyncio.run(load(url))
        return loop.run_until_complete(load(url))         the start that is found

An ordinary question may turn out either way, so one way to a start is enough. A *doubtful* one (a
parameter ``sync=False``, ``if in_notebook():``) may be the very guard, so that both ways must lead
to a start. A start whose `RuntimeError` is caught here is none: the path goes on in the handler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from corolint.evaluation import is_irrefutable, own_expressions, statements_of
from corolint.flow import Graph, Label, Part, Step, StepKind
from corolint.known.loops import ASKS_OR_RAISES
from corolint.loops.code import Callee, Fact
from corolint.loops.events import Event, events
from corolint.loops.guards import (
    CONSTANTS,
    Environment,
    Scene,
    are_same,
    expects_fault,
    fact_of,
    names_in,
)
from corolint.syntax import nodes


class Start(NamedTuple):
    """Where a body starts a loop: `shown` is what the event at `node` calls, as people write it,
    `message` what the runner at the end says, `callee` the body that leads on to it, if any."""

    node: nodes.Node
    message: str
    shown: str
    callee: Callee | None


Judge = Callable[[Scene, Event, Environment], Start | None]

_MOST_STATES = 1_500
# Marks in the environment; no variable has such a name.
_RAISING = "raise"  # a RuntimeError about loops is on its way
_RETURNING = "return"  # the body has returned, and is on its way out
_ASKING_NAMES = frozenset(
    {"get_running_loop", "get_event_loop", "is_running", "current_task", "_get_running_loop",
     "current_async_library"}
)  # fmt: skip


@dataclass(slots=True)
class _State:
    """One step in one environment. `is_doubtful`: all `successors` must lead to a start."""

    step: int
    environment: dict[str, Fact]
    successors: list[int] = field(default_factory=list)
    is_doubtful: bool = False
    start: Start | None = None


@dataclass(slots=True)
class Exploration:
    """All states that were reached, the entry first; `results`: facts of what is returned (`None`
    among them: something unknown)."""

    states: list[_State]
    results: set[Fact | None]
    is_complete: bool = True
    goes_on: bool = False

    def first_start(self) -> Start | None:
        """The nearest start that the entry leads to."""
        found = self._leading({i for i, state in enumerate(self.states) if state.start})
        return found.get(0)

    def all_starts(self) -> list[Start]:
        """Every start that the entry leads to, each place once."""
        places: dict[int, set[int]] = {}
        for index, state in enumerate(self.states):
            if state.start is not None:
                places.setdefault(id(state.start.node), set()).add(index)
        found = []
        for indexes in places.values():
            start = self._leading(indexes).get(0)
            if start is not None:
                found.append(start)
        return found

    def _leading(self, goals: set[int]) -> dict[int, Start]:
        """For each state that leads to one of `goals`, the start of the nearest."""
        if not self.is_complete:
            return {}
        before: dict[int, list[int]] = {}
        for index, state in enumerate(self.states):
            for successor in state.successors:
                before.setdefault(successor, []).append(index)
        leading: dict[int, Start] = {}
        queue = []
        for goal in sorted(goals):
            start = self.states[goal].start
            if start is not None:
                leading[goal] = start
                queue.append(goal)
        for reached in queue:  # grows while it is gone through
            for index in before.get(reached, ()):
                state = self.states[index]
                if index in leading or (state.start is not None and not self.goes_on):
                    continue
                if state.is_doubtful and not all(s in leading for s in state.successors):
                    continue
                leading[index] = leading[reached]
                queue.append(index)
        return leading


def explore(
    scene: Scene,
    graph: Graph,
    start: dict[str, Fact],
    judge: Judge,
    *,
    is_root: bool,
    goes_on: bool = False,
) -> Exploration:
    """Explores a body from its entry. `is_root`: the body is the one that is checked, whose
    handlers of exceptions in general are no sign that it expects a nested loop. `goes_on`: what
    follows a fault is run nevertheless, as the next cell of a notebook is."""
    return _Explorer(scene, graph, judge, is_root, goes_on).run(start)


class _Explorer:
    """One exploration: the states found so far and those still to be run."""

    def __init__(
        self, scene: Scene, graph: Graph, judge: Judge, is_root: bool, goes_on: bool
    ) -> None:
        self.scene = scene
        self.graph = graph
        self.judge = judge
        self.is_root = is_root
        self.goes_on = goes_on
        self.states: list[_State] = []
        self.known: dict[tuple[int, frozenset[tuple[str, Fact]]], int] = {}
        self.results: set[Fact | None] = set()

    def run(self, environment: dict[str, Fact]) -> Exploration:
        self.arrive(0, environment)
        done = 0
        while done < len(self.states):
            if len(self.states) > _MOST_STATES:
                return Exploration(self.states, {None}, False)
            self.step(self.states[done])
            done += 1
        return Exploration(self.states, self.results, goes_on=self.goes_on)

    def arrive(self, step: int, environment: dict[str, Fact]) -> int:
        key = (step, frozenset(environment.items()))
        index = self.known.get(key)
        if index is None:
            index = self.known[key] = len(self.states)
            self.states.append(_State(step, environment))
        return index

    def step(self, state: _State) -> None:
        step = self.graph.steps[state.step]
        scene, environment = self.scene, state.environment
        start = self.start_of(step, environment)
        if start is not None:
            caught = self.catching(step)
            if caught:
                self.go(state, caught, {**environment, _RAISING: Fact.TRUE})
                return
            state.start = start
            if not self.goes_on:
                return
        if _raises_without_loop(scene, step):
            targets = [edge.target for edge in step.edges if edge.label is Label.EXCEPTION]
            self.go(state, targets, {**environment, _RAISING: Fact.TRUE})
            return
        if _surely_raises(scene, step):
            return
        after = _after(scene, step, environment)
        if step.kind is StepKind.STATEMENT and isinstance(step.node, nodes.Return):
            value = step.node.value
            self.results.add(Fact.NONE if value is None else fact_of(scene, environment, value))
            after = {**after, _RETURNING: Fact.TRUE}
        elif state.step == self.graph.exit and _RETURNING not in environment:
            self.results.add(Fact.NONE)
        labels, state.is_doubtful = self.taken(step, environment)
        targets = [edge.target for edge in step.edges if edge.label in labels]
        self.go(state, targets, after)

    def go(self, state: _State, targets: list[int], environment: dict[str, Fact]) -> None:
        for target in targets:
            index = self.arrive(target, environment)
            if index not in state.successors:
                state.successors.append(index)

    def start_of(self, step: Step, environment: Environment) -> Start | None:
        for event in events(self.scene, environment, step):
            start = self.judge(self.scene, event, environment)
            if start is not None:
                return start
        return None

    # --- edges -----------------------------------------------------------------------------------

    def taken(self, step: Step, environment: dict[str, Fact]) -> tuple[set[Label], bool]:
        """The labels of the edges that may be taken, and whether that is in doubt."""
        if step.kind is StepKind.TEST and isinstance(step.node, nodes.Expression):
            return _of_test(fact_of(self.scene, environment, step.node))
        if step.kind is StepKind.HANDLER and isinstance(step.node, nodes.Handler):
            return self.of_handler(step, step.node, environment), False
        if step.kind is StepKind.CASE and isinstance(step.owner, nodes.Match):
            return _of_case(self.scene, environment, step.owner.subject, step.node)
        raising = _RAISING in environment
        if step.kind is StepKind.LEAVE and raising:
            return {Label.SUPPRESSED} if _expects(step) else {Label.RAISE}, False
        if self.is_root:
            return set(Label), False
        return set(Label) - {Label.EXCEPTION, Label.SUPPRESSED}, False

    def of_handler(
        self, step: Step, handler: nodes.Handler, environment: dict[str, Fact]
    ) -> set[Label]:
        if _RAISING in environment:
            if not _catches(handler, False):
                return {Label.FALSE, Label.UNSURE}
            del environment[_RAISING]
            return {Label.TRUE}
        if isinstance(step.owner, nodes.Try) and _asks(step.owner.body):
            return {Label.FALSE, Label.UNSURE}
        return {Label.TRUE, Label.FALSE, Label.UNSURE}

    def catching(self, step: Step) -> list[int]:
        """Where the step's exception goes, if something here catches it; else nothing."""
        first = [edge.target for edge in step.edges if edge.label is Label.EXCEPTION]
        queue, seen = list(first), set(first)
        for index in queue:  # grows while it is gone through
            passed = self.graph.steps[index]
            labels = {Label.RAISE, Label.NORMAL, Label.UNSURE}
            if passed.kind is StepKind.HANDLER and isinstance(passed.node, nodes.Handler):
                if _catches(passed.node, self.is_root):
                    return first
                labels = {Label.FALSE, Label.UNSURE}
            elif passed.kind is StepKind.LEAVE and _expects(passed):
                return first
            for edge in passed.edges:
                if edge.label in labels and edge.target not in seen:
                    seen.add(edge.target)
                    queue.append(edge.target)
        return []


def _of_test(fact: Fact | None) -> tuple[set[Label], bool]:
    if fact is None:
        return {Label.TRUE, Label.FALSE}, False
    if fact.truth is None:
        return {Label.TRUE, Label.FALSE}, True
    return {Label.TRUE} if fact.truth else {Label.FALSE}, False


def _of_case(
    scene: Scene, environment: Environment, subject: nodes.Expression, case: Part | None
) -> tuple[set[Label], bool]:
    """The ways out of a ``case``: what is known of the subject is compared with the pattern."""
    fact = fact_of(scene, environment, subject)
    if fact is None or not isinstance(case, nodes.Case):
        return set(Label), False
    if is_irrefutable(case.pattern):
        return {Label.TRUE}, False
    pattern = case.pattern
    constant = pattern.value if isinstance(pattern, nodes.ValuePattern) else None
    same = None
    if isinstance(constant, nodes.Name) and constant.name in CONSTANTS:
        same = are_same(fact, CONSTANTS[constant.name])
    if same is None:
        return {Label.TRUE, Label.FALSE}, True
    return {Label.TRUE} if same else {Label.FALSE}, False


def _catches(handler: nodes.Handler, only_by_name: bool) -> bool:
    """Whether a handler catches RuntimeError; `only_by_name`: a more general one does not count."""
    if handler.type is None:
        return not only_by_name
    caught = set(names_in(handler.type))
    if "RuntimeError" in caught or "AsyncLibraryNotFoundError" in caught:
        return True
    return not only_by_name and bool(caught & {"Exception", "BaseException"})


def _expects(step: Step) -> bool:
    """Whether a ``with`` is there to see or to swallow a fault."""
    if not isinstance(step.node, nodes.With):
        return False
    return expects_fault(step.node.contexts[step.item])


def _asks(block: nodes.Block) -> bool:
    """Whether the body of a ``try`` asks for the running loop, so that its handlers are answers."""
    return any(
        name in _ASKING_NAMES
        for statement in statements_of(block)
        for expression in own_expressions(statement)
        for name in names_in(expression)
    )


def _raises_without_loop(scene: Scene, step: Step) -> bool:
    """Whether the step asks for the running loop where there is none, and nothing else."""
    return not scene.is_running and any(scene.name(call) in ASKS_OR_RAISES for call in _calls(step))


def _surely_raises(scene: Scene, step: Step) -> bool:
    """Whether the step calls a helper that refuses to go on here, or enters such a context."""
    if any(scene.answer(call) is Fact.NEVER for call in _calls(step)):
        return True
    node = step.node
    if step.kind is not StepKind.ENTER or not isinstance(node, nodes.With) or node.is_async:
        return False
    return scene.refuses(node.contexts[step.item])


def _calls(step: Step) -> Iterator[nodes.Call]:
    node = step.node
    if step.kind is not StepKind.STATEMENT or not isinstance(node, nodes.Statement):
        return
    for expression in own_expressions(node):
        inner = expression.value if isinstance(expression, nodes.Walrus) else expression
        if isinstance(inner, nodes.Call):
            yield inner


# --- the environment -----------------------------------------------------------------------------


def _after(scene: Scene, step: Step, environment: dict[str, Fact]) -> dict[str, Fact]:
    """The environment after a step: names that it binds hold what is known of their values."""
    node = step.node
    if isinstance(node, nodes.Assign) and node.value is not None:
        fact = fact_of(scene, environment, node.value)
        after = environment
        for target in node.targets:
            for name in _bound(target):
                after = _bind(after, name, fact if isinstance(target, nodes.Name) else None)
        return after
    if isinstance(node, nodes.For) and step.kind is StepKind.NEXT:
        return _unbind(environment, _bound(node.target))
    if isinstance(node, nodes.With) and step.kind is StepKind.ENTER:
        binding = node.targets[step.item]
        return environment if binding is None else _unbind(environment, _bound(binding))
    if isinstance(node, nodes.Walrus) and isinstance(node.target, nodes.Name):
        return _bind(environment, node.target.name, fact_of(scene, environment, node.value))
    return environment


def _bound(target: nodes.Expression) -> list[str]:
    if isinstance(target, nodes.Name):
        return [target.name]
    if isinstance(target, nodes.Collection):
        return [name for element in target.elements for name in _bound(element)]
    if isinstance(target, nodes.Starred):
        return _bound(target.value)
    return []


def _bind(environment: dict[str, Fact], name: str, fact: Fact | None) -> dict[str, Fact]:
    if fact is None:
        return _unbind(environment, [name])
    return {**environment, name: fact}


def _unbind(environment: dict[str, Fact], names: list[str]) -> dict[str, Fact]:
    if not any(name in environment for name in names):
        return environment
    return {name: fact for name, fact in environment.items() if name not in names}


def literal_fact(node: nodes.Expression | None) -> Fact | None:
    """What a literal says: ``True``, ``None``, a string."""
    if isinstance(node, nodes.Name):
        return CONSTANTS.get(node.name)
    if isinstance(node, nodes.String):
        return Fact.TRUTHY if node.value else Fact.FALSE
    return None
