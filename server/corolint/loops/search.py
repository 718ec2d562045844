"""Exploring bodies, one call after the other, for the ways in which they start a loop.

The same body may be explored for several calls: ``fetch(wait=True)`` and ``fetch(wait=False)`` are
two questions. What a body does depends on what the bodies do that it calls; each is explored once,
and again when one of those it looked at turns out to start a loop after all. Bodies that call each
other so end in the least answer: none starts a loop unless some way out of the cycle does.

Under the opposite assumption, that no loop is running, the same search finds what needs one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary, inference
from corolint.known.loops import (
    NEEDS_LOOP,
    NEEDS_LOOP_NAMES,
    NEEDS_LOOP_UNLESS_TOLD,
    NO_RUNNING_LOOP,
)
from corolint.loops.called import called_functions, callee_of, special_method
from corolint.loops.candidates import Candidates
from corolint.loops.code import Callee, Code, Codes, Fact
from corolint.loops.entries import CALLBACK_NAMES
from corolint.loops.events import Event, EventKind
from corolint.loops.guards import Environment, Scene
from corolint.loops.memory import Known, known_of
from corolint.loops.names import Place, frame_of, name_of_call
from corolint.loops.paths import Exploration, Start, explore, literal_fact
from corolint.loops.targets import SPECIAL_METHODS, runs_of
from corolint.paths import is_notebook
from corolint.project import Project
from corolint.spelling import spell
from corolint.syntax import nodes
from corolint.terms import Term
from corolint.values import Function, Instance, Ref, Value, without_none

_DEEPEST = 30  # explorations inside each other, before the rest is put off
_DEEPEST_QUESTION = 2
MOST_EXPLORATIONS = 4_000  # for one file


@dataclass(slots=True)
class World:
    """What is known of one project: `known` from its summaries, the rest from its `texts`.

    `starts` holds for each body that was explored how it starts a loop (or, of `missing`, wants
    one), `users` which explorations looked at that.
    """

    state: Inference
    known: Known
    texts: dict[str, str]
    codes: Codes
    nested: Search = field(init=False)
    missing: Search = field(init=False)
    answers: dict[tuple[Callee, bool], Fact | None] = field(default_factory=dict)
    asks: dict[tuple[Ref, int], bool] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=dict)
    calls: dict[str, dict[str, list[Term]]] = field(default_factory=dict)

    @property
    def candidates(self) -> Candidates:
        return self.known.candidates

    def __post_init__(self) -> None:
        self.nested = Search(self, True)
        self.missing = Search(self, False)


def world_of(project: Project) -> World:
    world: World | None = project.caches.get("loops")
    if world is not None and world.texts == project.texts:
        return world
    state = inference(project)
    known = known_of(state) if world is None else world.known
    world = World(state, known, dict(project.texts), Codes(project))
    project.caches["loops"] = world
    return world


class Search:
    """Explorations under one assumption: with a running loop, which bodies start another; without
    one (`is_running` false), which bodies call what needs one."""

    def __init__(self, world: World, is_running: bool) -> None:
        self.world = world
        self.is_running = is_running
        self.starts: dict[Callee, Start | None] = {}
        self.users: dict[Callee, set[Callee]] = {}
        self.entered: dict[Callee, set[Callee]] = {}
        self.queue: list[Callee] = []
        self.allowed: frozenset[Ref] = frozenset()
        self.depth = 0
        self.left = MOST_EXPLORATIONS

    def explore_root(self, code: Code, only_callbacks: bool) -> Exploration:
        place = Place(self.world.state, code, None)
        root = Callee(Ref(code.module, code.qualname))

        def judge(scene: Scene, event: Event, environment: Environment) -> Start | None:
            if only_callbacks and not _is_callback_call(event):
                return None
            return self.judge(place, root, event, environment, with_callbacks=True)

        graph = self.world.codes.graph(code)
        goes_on = not code.qualname and is_notebook(code.path)
        return explore(self.scene(place), graph, {}, judge, is_root=True, goes_on=goes_on)

    def scene(self, place: Place) -> Scene:
        names: dict[int, str | None] = {}

        def name(call: nodes.Call) -> str | None:
            if id(call) not in names:
                names[id(call)] = name_of_call(place, call)
            return names[id(call)]

        def answer(call: nodes.Call) -> Fact | None:
            return _answer(self.world, place, call, self.is_running)

        def refuses(context: nodes.Expression) -> bool:
            return _refuses(self.world, place, context, self.is_running)

        return Scene(place.code, self.is_running, name, answer, refuses)

    def judge(
        self, place: Place, user: Callee, event: Event, environment: Environment,
        *, with_callbacks: bool = False,
    ) -> Start | None:  # fmt: skip
        if not self.is_running and event.kind is EventKind.CALL:
            wanting = _wants_loop(place, event.node)
            if wanting is not None:
                return wanting
        if not _may_matter(self.world.candidates, event):
            return None
        runs = runs_of(place, event, environment, with_callbacks=with_callbacks)
        if runs is None:
            return None
        if not runs.ways:
            return Start(event.node, runs.message, runs.shown, None) if self.is_running else None
        started = [self.first_start(way, user) for way in runs.ways]
        if None in started:
            return None
        callee, first = started[0] or (None, None)
        return None if first is None else Start(event.node, first.message, runs.shown, callee)

    def first_start(self, way: tuple[Callee, ...], user: Callee) -> tuple[Callee, Start] | None:
        """The first of some bodies, run one after the other, that starts a loop."""
        starting = None
        for callee in way:
            # All of them are asked for, so that `user` hears of every change.
            start = self.start_of(callee, user)
            if start is not None and starting is None:
                starting = callee, start
        return starting

    def start_of(self, callee: Callee, user: Callee) -> Start | None:
        """How a body starts a loop, as far as is known now; `user` will hear if that changes."""
        if callee.ref not in self.world.candidates.functions and callee.ref not in self.allowed:
            return None
        self.users.setdefault(callee, set()).add(user)
        self.entered.setdefault(user, set()).add(callee)
        if callee not in self.starts:
            self.starts[callee] = None
            if self.depth >= _DEEPEST:
                self.queue.append(callee)
            else:
                self.explore(callee)
        return self.starts[callee]

    def explore(self, callee: Callee) -> None:
        if self.left <= 0:
            return
        self.left -= 1
        code = self.world.codes.find(callee.ref)
        if code is None:
            return
        place = Place(self.world.state, code, frame_of(callee))
        start_facts = facts_of(callee, code)

        def judge(scene: Scene, event: Event, environment: Environment) -> Start | None:
            return self.judge(place, callee, event, environment)

        self.depth += 1
        try:
            graph = self.world.codes.graph(code)
            found = explore(self.scene(place), graph, start_facts, judge, is_root=False)
        finally:
            self.depth -= 1
        start = found.first_start()
        if start is not None and self.starts[callee] is None:
            self.starts[callee] = start
            users = self.users.get(callee, set())
            self.queue += [user for user in users if self.starts.get(user, start) is None]
            self.is_changed = True

    is_changed = False

    def drain(self) -> bool:
        """Explores what was put off or has changed; whether any answer changed by that."""
        self.is_changed = False
        while self.queue:
            callee = self.queue.pop()
            if self.starts.get(callee) is None:
                self.explore(callee)
        return self.is_changed


def modules_entered(world: World, module: str) -> frozenset[str]:
    """The other modules into whose bodies the search went, beginning in those of `module`."""
    queue = [root for root in world.nested.entered if root.ref.module == module]
    seen = set(queue)
    modules = {module}
    for callee in queue:  # grows while it is gone through
        modules.add(callee.ref.module)
        new = world.nested.entered.get(callee, set()) - seen
        seen |= new
        queue += new
    asking = list(modules)
    for each in asking:  # grows while it is gone through
        new_modules = world.asked.get(each, set()) - modules
        modules |= new_modules
        asking += new_modules
    return frozenset(modules - {module})


def starts_in(search: Search, code: Code, only_callbacks: bool) -> list[Start]:
    """All starts in a body that runs in a loop, or (`only_callbacks`) in what it hands to one."""
    search.left = MOST_EXPLORATIONS
    while True:
        exploration = search.explore_root(code, only_callbacks)
        if not search.drain():
            return exploration.all_starts()


def _is_callback_call(event: Event) -> bool:
    node = event.node
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.callee, nodes.Attribute)
        and node.callee.attribute in CALLBACK_NAMES
    )


def _may_matter(candidates: Candidates, event: Event) -> bool:
    """A quick look whether an event can run a candidate at all."""
    if event.kind is EventKind.READ:
        node = event.node
        known = isinstance(node, nodes.Attribute) and node.attribute in candidates.attributes
        return known or candidates.computes_attributes
    if event.kind in _OF_CLASSES:
        return bool(candidates.classes)
    return True


_OF_CLASSES = frozenset(
    {EventKind.OPERATE, EventKind.STORE, EventKind.DELETE, EventKind.AWAIT, *SPECIAL_METHODS}
)


def _wants_loop(place: Place, node: nodes.Node) -> Start | None:
    if not isinstance(node, nodes.Call):
        return None
    callee = node.callee
    last = callee.attribute if isinstance(callee, nodes.Attribute) else getattr(callee, "name", "")
    wanting = NEEDS_LOOP if node.arguments else NEEDS_LOOP | NEEDS_LOOP_UNLESS_TOLD
    if last in NEEDS_LOOP_NAMES and name_of_call(place, node) in wanting:
        return Start(node, NO_RUNNING_LOOP, spell(callee), None)
    return None


def calls_any(code: Code, names: frozenset[str]) -> bool:
    """Whether the body calls something that ends in one of `names`."""
    calls = code.reading.summary.calls
    return any(
        caller == code.qualname
        for name in names.intersection(calls)
        for caller, _, _ in calls[name]
    )


def facts_of(callee: Callee, code: Code) -> dict[str, Fact]:
    """What is known of the parameters when a body is entered: what was handed over, or defaults."""
    node = code.node
    if not isinstance(node, nodes.FunctionDef | nodes.Lambda):
        return {"__name__": Fact.OTHER_LOOP} if callee.ref.qualname == "" else {}
    given = dict(callee.given)
    facts: dict[str, Fact] = {}
    for parameter in node.parameters:
        if parameter.name in given:
            fact = given[parameter.name]
        elif "*" in given:
            fact = None
        else:
            fact = literal_fact(parameter.default)
        if fact is not None:
            facts[parameter.name] = fact
    return facts


# --- helpers that ask ----------------------------------------------------------------------------


def _answer(world: World, place: Place, call: nodes.Call, is_running: bool) -> Fact | None:
    """What a helper that asks for the running loop gives back; `None` for every other callee."""
    value = place.value(call.callee)
    return _answer_of(world, place, value, call, is_running)


def _refuses(world: World, place: Place, context: nodes.Expression, is_running: bool) -> bool:
    """Whether the `__enter__` of a context asks for the running loop, and raises here."""
    value = without_none(place.value(context))
    entering = (
        special_method(place.state, value, "__enter__") if isinstance(value, Instance) else None
    )
    return (
        entering is not None and _answer_of(world, place, entering, None, is_running) is Fact.NEVER
    )


def _answer_of(
    world: World, place: Place, value: Value, call: nodes.Call | None, is_running: bool
) -> Fact | None:
    if not isinstance(value, Function) or not _asks(world, value.ref, _DEEPEST_QUESTION):
        return None
    summary = function_summary(world.state, value.ref)
    if summary is None or summary.is_async or summary.is_generator:
        return None
    callee = callee_of(place, value, summary, call, {})
    world.asked.setdefault(place.code.module, set()).add(value.ref.module)
    key = (callee, is_running)
    if key not in world.answers:
        world.answers[key] = Fact.DOUBT  # what a helper that asks itself is told
        world.answers[key] = _explore_answer(world, callee, is_running)
    return world.answers[key]


def _asks(world: World, ref: Ref, depth: int) -> bool:
    """Whether a function asks for the running loop, itself or through helpers so deep."""
    asking = world.candidates.asking
    if ref in asking:
        return True
    if depth == 0 or not asking:
        return False
    known = world.asks.get((ref, depth))
    if known is None:
        world.asks[ref, depth] = False  # what a function that calls itself is told
        known = world.asks[ref, depth] = any(
            _asks(world, called, depth - 1)
            for call in _calls_by(world, ref)
            for called in called_functions(
                world.state, evaluate(world.state, ref.module, call[1], None)
            )
        )
    return known


def _calls_by(world: World, ref: Ref) -> list[Term]:
    """The calls in a first-party function."""
    calls = world.calls.get(ref.module)
    if calls is None:
        calls = world.calls[ref.module] = {}
        file = world.state.project.file(ref.module)
        summary = world.state.project.summary(ref.module)
        if file is not None and file.is_first_party and summary is not None:
            for sites in summary.calls.values():
                for caller, call, _ in sites:
                    calls.setdefault(caller, []).append(call)
    return calls.get(ref.qualname, [])


def _explore_answer(world: World, callee: Callee, is_running: bool) -> Fact | None:
    code = world.codes.find(callee.ref)
    if code is None:
        return Fact.DOUBT
    search = world.nested if is_running else world.missing
    scene = search.scene(Place(world.state, code, frame_of(callee)))
    found = explore(
        scene, world.codes.graph(code), facts_of(callee, code), _no_start, is_root=False
    )
    return _combined(found)


def _no_start(scene: Scene, event: Event, environment: Environment) -> Start | None:
    return None


def _combined(found: Exploration) -> Fact | None:
    if not found.is_complete:
        return Fact.DOUBT
    results = found.results
    if not results:
        return Fact.NEVER
    if len(results) == 1:
        only = next(iter(results))
        return Fact.DOUBT if only is None else only
    truths = {None if fact is None else fact.truth for fact in results}
    if truths == {True}:
        return Fact.TRUTHY
    if truths == {False}:
        return Fact.FALSE
    return Fact.DOUBT
