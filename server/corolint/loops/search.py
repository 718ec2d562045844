"""Exploring bodies, one call after the other, for the ways in which they start a loop.

The same body may be explored for several calls: ``fetch(wait=True)`` and ``fetch(wait=False)`` are
two questions. What a body does depends on what the bodies do that it calls; each is explored once,
and again when one of those it looked at turns out to start a loop after all. Bodies that call each
other so end in the least answer: none starts a loop unless some way out of the cycle does.

Under the opposite assumption, that no loop is running, the same search finds what needs one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from corolint.infer.state import Inference, inference
from corolint.known.loops import (
    NEEDS_LOOP,
    NEEDS_LOOP_NAMES,
    NEEDS_LOOP_UNLESS_TOLD,
    NO_RUNNING_LOOP,
)
from corolint.loops.answers import Answers, facts_of, scene_of
from corolint.loops.candidates import Candidates
from corolint.loops.code import Callee, Code, Codes
from corolint.loops.entries import CALLBACK_NAMES
from corolint.loops.events import Event, EventKind
from corolint.loops.guards import Environment, Scene
from corolint.loops.memory import Known, known_of
from corolint.loops.names import Place, name_of_call, place_of
from corolint.loops.paths import Exploration, Start, explore
from corolint.loops.targets import SPECIAL_METHODS, runs_of
from corolint.paths import is_notebook
from corolint.project import Project
from corolint.spelling import spell
from corolint.syntax import nodes
from corolint.values import Ref

_DEEPEST = 30  # explorations inside each other, before the rest is put off
MOST_EXPLORATIONS = 4_000  # for one file


@dataclass(slots=True)
class World:
    """What is known of one project: `known` from its summaries, the rest from its `texts`.

    `entering`: by candidate, the functions through which a running loop may come to it. `roots`: by
    module, the bodies that run in a loop.
    """

    state: Inference
    known: Known
    texts: dict[str, str]
    codes: Codes
    nested: Search = field(init=False)
    missing: Search = field(init=False)
    answers: Answers = field(init=False)
    entering: dict[Ref, list[Ref]] = field(default_factory=dict)
    roots: dict[str, set[str]] = field(default_factory=dict)

    @property
    def candidates(self) -> Candidates:
        return self.known.candidates

    def __post_init__(self) -> None:
        self.answers = Answers(self.state, self.codes, self.candidates.asking)
        self.nested = Search(self, True)
        self.missing = Search(self, False)
        for entries in self.known.entries.values():
            for callee, callers in entries.items():
                self.entering.setdefault(callee, []).extend(sorted(callers))


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
    one (`is_running` false), which bodies call what needs one.

    `starts` holds for each body that was explored how it starts a loop, or wants one, `users` which
    explorations looked at that, `entered` the same the other way round and by module."""

    def __init__(self, world: World, is_running: bool) -> None:
        self.world = world
        self.is_running = is_running
        self.starts: dict[Callee, Start | None] = {}
        self.users: dict[Callee, set[Callee]] = {}
        self.entered: dict[str, dict[Callee, set[Callee]]] = {}
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
        scene = scene_of(self.world.answers, place, self.is_running)
        return explore(scene, graph, {}, judge, is_root=True, goes_on=goes_on)

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
        self.entered.setdefault(user.ref.module, {}).setdefault(user, set()).add(callee)
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
        place = place_of(self.world.state, code, callee)
        scene = scene_of(self.world.answers, place, self.is_running)
        start_facts = facts_of(callee, code)

        def judge(scene: Scene, event: Event, environment: Environment) -> Start | None:
            return self.judge(place, callee, event, environment)

        self.depth += 1
        try:
            graph = self.world.codes.graph(code)
            found = explore(scene, graph, start_facts, judge, is_root=False)
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
    entered = world.nested.entered
    queue = list(entered.get(module, ()))
    seen = set(queue)
    modules = {module}
    for callee in queue:  # grows while it is gone through
        modules.add(callee.ref.module)
        new = entered.get(callee.ref.module, {}).get(callee, set()) - seen
        seen |= new
        queue += new
    asking = list(modules)
    for each in asking:  # grows while it is gone through
        new_modules = world.answers.asked.get(each, set()) - modules
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
