"""Which code starts an event loop inside a running one, and which wants one where none is running.

    async def handler(): sync_fetch()                      # the fault stands here
    def sync_fetch(): return asyncio.run(fetch())          # this is where CPython raises

`loop_faults` looks at one file: at its ``async def`` bodies and at what it hands to the loop to be
called. From a call it goes forward, only into functions that may lead to a runner
(`corolint.loops.candidates`), along the paths of each (`corolint.loops.paths`).
A function that is explored again and again for the same call is explored once; functions that call
each other are explored until nothing new is found, so that a cycle ends in the least answer.

The other question is put the same way with the opposite assumption: from the top level of modules,
where no loop runs, to calls that need one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import corolint.infer.classes as classes
from corolint.answers import public_name
from corolint.infer.arguments import call_sites
from corolint.infer.calls import display_name
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary, inference
from corolint.known.loops import (
    CALLED_IN_LOOP,
    LOOP_CALLBACKS,
    NEEDS_LOOP,
    NEEDS_LOOP_NAMES,
    NO_RUNNING_LOOP,
    STARTING_NAMES,
)
from corolint.loops.arguments import RUNNING_NAMES, refused_arguments
from corolint.loops.candidates import Candidates, called_functions, find_candidates
from corolint.loops.code import Callee, Code, Codes, Fact, codes_of
from corolint.loops.events import Event, EventKind
from corolint.loops.guards import Environment, Scene
from corolint.loops.history import NO_FAULTS, Hop, LoopFault, LoopFaults
from corolint.loops.paths import Exploration, Start, explore, literal_fact
from corolint.loops.targets import Place, callee_of, frame_of, name_of_call, runs_of
from corolint.paths import is_notebook
from corolint.project import Project
from corolint.spelling import spell
from corolint.summarize import Reading
from corolint.syntax import Syntax, nodes
from corolint.terms import IMPORT, Term
from corolint.values import Function, Ref

_DEEPEST = 30  # explorations inside each other, before the rest is put off
_MOST_EXPLORATIONS = 4_000  # for one file
_CALLBACK_NAMES = frozenset(name.rpartition(".")[2] for name in LOOP_CALLBACKS)
_DEEPEST_QUESTION = 2
_MOST_ROOTS = 4
_MOST_CALLERS = 60


@dataclass(slots=True)
class _World:
    """What is known of one project: `candidates` from its summaries, the rest from its `texts`.

    `starts` holds for each body that was explored how it starts a loop (or, of `missing`, wants
    one), `users` which explorations looked at that.
    """

    state: Inference
    candidates: Candidates
    texts: dict[str, str]
    codes: Codes
    nested: _Search = field(init=False)
    missing: _Search = field(init=False)
    answers: dict[tuple[Callee, bool], Fact | None] = field(default_factory=dict)
    asks: dict[tuple[Ref, int], bool] = field(default_factory=dict)
    calls: dict[str, dict[str, list[Term]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nested = _Search(self, True)
        self.missing = _Search(self, False)


def loop_faults(path: str, syntax: Syntax, reading: Reading, project: Project) -> LoopFaults:
    """The faults about loops in one file; a notebook's top level runs in a loop. Never raises."""
    in_loop = is_notebook(path)
    roots = _roots(project, reading, in_loop)
    callbacks = not _CALLBACK_NAMES.isdisjoint(reading.summary.calls)
    wanting = not NEEDS_LOOP_NAMES.isdisjoint(reading.summary.calls) and not in_loop
    running = not RUNNING_NAMES.isdisjoint(reading.summary.calls)
    if not roots and not callbacks and not wanting and not running:
        return NO_FAULTS
    world = _world(project)
    codes = codes_of(reading.summary.name, path, syntax, reading)
    nested: dict[int, tuple[LoopFault, ...]] = {}
    if not world.candidates.nests:
        for qualname in roots:
            found = _faults_of_body(world.nested, codes[qualname], False)
            if found:
                nested[id(codes[qualname].node)] = found
        if callbacks:
            for qualname, code in codes.items():
                if qualname not in roots and _calls_any(code, _CALLBACK_NAMES):
                    found = _faults_of_body(world.nested, code, True)
                    if found:
                        nested[id(code.node)] = found
    missing = _missing(world, codes) if wanting else {}
    return LoopFaults(nested, missing, _refused(world, codes) if running else {})


def _refused(world: _World, codes: dict[str, Code]) -> dict[int, tuple[LoopFault, ...]]:
    found: dict[int, tuple[LoopFault, ...]] = {}
    for code in codes.values():
        if _calls_any(code, RUNNING_NAMES):
            faults = tuple(refused_arguments(world.state, code))
            if faults:
                found[id(code.node)] = faults
    return found


def _world(project: Project) -> _World:
    world: _World | None = project.caches.get("loops")
    if world is not None and world.texts == project.texts:
        return world
    state = inference(project)
    candidates = find_candidates(state) if world is None else world.candidates
    world = _World(state, candidates, dict(project.texts), Codes(project))
    project.caches["loops"] = world
    return world


# --- what runs inside a loop ---------------------------------------------------------------------


def _roots(project: Project, reading: Reading, in_loop: bool) -> list[str]:
    """The bodies of a file that run in a loop, by qualname; `in_loop`: so does its top level."""
    roots = [""] if in_loop else []
    handlers = _handlers(project, reading)
    for qualname, function in reading.summary.functions.items():
        if function.is_async or qualname in handlers:
            roots.append(qualname)
    return roots


def _handlers(project: Project, reading: Reading) -> set[str]:
    """Plain methods that a framework calls inside its loop."""
    names = frozenset().union(*CALLED_IN_LOOP.values())
    found: set[str] = set()
    for qualname, cls in reading.summary.classes.items():
        if not cls.bases or names.isdisjoint(cls.attributes):
            continue
        state = inference(project)
        for one in classes.mro(state, Ref(reading.summary.name, qualname)).classes[1:]:
            methods = CALLED_IN_LOOP.get(public_name(one.cls), frozenset())
            found |= {f"{qualname}.{name}" for name in methods & cls.attributes.keys()}
    return found & reading.summary.functions.keys()


def _calls_any(code: Code, names: frozenset[str]) -> bool:
    """Whether the body calls something that ends in one of `names`."""
    calls = code.reading.summary.calls
    return any(
        caller == code.qualname for name in names & calls.keys() for caller, _, _ in calls[name]
    )


def _faults_of_body(search: _Search, code: Code, only_callbacks: bool) -> tuple[LoopFault, ...]:
    if not only_callbacks and not _is_worth_exploring(search.world, code):
        return ()
    search.left = _MOST_EXPLORATIONS
    while True:
        exploration = search.explore_root(code, only_callbacks)
        if not search.drain():
            break
    return tuple(search.fault(code, start) for start in exploration.all_starts())


def _is_worth_exploring(world: _World, code: Code) -> bool:
    """Whether anything in the body has a name that may lead to a runner."""
    candidates, summary = world.candidates, code.reading.summary
    if _calls_any(code, STARTING_NAMES):
        return True
    if not candidates.functions and not candidates.names:
        return False
    names = candidates.names & summary.calls.keys()
    if any(caller == code.qualname for name in names for caller, _, _ in summary.calls[name]):
        return True
    if _mentions(world, code):
        return True
    return any(
        function.parent == code.qualname and Ref(summary.name, qualname) in candidates.functions
        for qualname, function in summary.functions.items()
    ) or any(
        caller == code.qualname and not candidates.names.isdisjoint(_handed_names(call))
        for sites in summary.calls.values()
        for caller, call, _ in sites
    )


def _mentions(world: _World, code: Code) -> bool:
    """Whether the file has the name of a property or class of interest, or the body imports a
    module of interest."""
    candidates, text = world.candidates, code.syntax.text
    if any("." + name in text for name in candidates.attributes):
        return True
    if any(name in text for name in candidates.classes):
        return True
    function = code.reading.summary.functions.get(code.qualname)
    imported = () if function is None else function.variables.values()
    return any(
        term[0] == IMPORT
        and (
            Ref(term[1], "") in candidates.functions
            or Ref(f"{term[1]}.{term[2]}", "") in candidates.functions
        )
        for term in imported
    )


def _handed_names(call: Term) -> list[str]:
    terms: list[Term] = [*call[2], *(term for _, term in call[3])]
    return [str(term[-1]) for term in terms if term[0] in ("name", "attribute", "import", "local")]


# --- exploring -----------------------------------------------------------------------------------


class _Search:
    """Explorations under one assumption: with a running loop, which bodies start another; without
    one (`is_running` false), which bodies call what needs one."""

    def __init__(self, world: _World, is_running: bool) -> None:
        self.world = world
        self.is_running = is_running
        self.starts: dict[Callee, Start | None] = {}
        self.users: dict[Callee, set[Callee]] = {}
        self.queue: list[Callee] = []
        self.allowed: frozenset[Ref] = frozenset()
        self.depth = 0
        self.left = _MOST_EXPLORATIONS

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

        return Scene(place.code, self.is_running, name, answer)

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
        if not runs.callees:
            return Start(event.node, runs.message, runs.shown, None) if self.is_running else None
        started = [self.start_of(callee, user) for callee in runs.callees]
        first = started[0]
        if first is None or not all(started):
            return None
        return Start(event.node, first.message, runs.shown, runs.callees[0])

    def start_of(self, callee: Callee, user: Callee) -> Start | None:
        """How a body starts a loop, as far as is known now; `user` will hear if that changes."""
        if callee.ref not in self.world.candidates.functions and callee.ref not in self.allowed:
            return None
        self.users.setdefault(callee, set()).add(user)
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

    # --- chains ----------------------------------------------------------------------------------

    def fault(self, code: Code, start: Start) -> LoopFault:
        """A start with the chain of calls that it begins."""
        hops: list[Hop] = []
        caller, following = code, start
        while following.callee is not None:
            hops.append(_hop(caller, following))
            found = self.world.codes.find(following.callee.ref)
            behind = self.starts.get(following.callee)
            if found is None or behind is None or len(hops) > 200:
                break
            caller, following = found, behind
        if hops:
            hops.append(_hop(caller, following))
        return LoopFault(start.node, start.message, start.shown, tuple(hops))


def _hop(code: Code, start: Start) -> Hop:
    name = display_name(Ref(code.module, code.qualname)).replace("<locals>.", "")
    if not code.qualname:
        name = "the notebook" if is_notebook(code.path) else f"module {code.module}"
    verb = "" if start.shown.startswith("import ") else "calls "
    return Hop(code.path, code.syntax.span(start.node), f"{name} {verb}{start.shown}")


def _is_callback_call(event: Event) -> bool:
    node = event.node
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.callee, nodes.Attribute)
        and node.callee.attribute in _CALLBACK_NAMES
    )


def _may_matter(candidates: Candidates, event: Event) -> bool:
    """A quick look whether an event can run a candidate at all."""
    if event.kind is EventKind.READ:
        node = event.node
        return isinstance(node, nodes.Attribute) and node.attribute in candidates.attributes
    if event.kind is EventKind.OPERATE:
        return bool(candidates.classes)
    return True


def _wants_loop(place: Place, node: nodes.Node) -> Start | None:
    if not isinstance(node, nodes.Call):
        return None
    callee = node.callee
    last = callee.attribute if isinstance(callee, nodes.Attribute) else getattr(callee, "name", "")
    if last in NEEDS_LOOP_NAMES and name_of_call(place, node) in NEEDS_LOOP:
        return Start(node, NO_RUNNING_LOOP, spell(callee), None)
    return None


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


def _answer(world: _World, place: Place, call: nodes.Call, is_running: bool) -> Fact | None:
    """What a helper that asks for the running loop gives back; `None` for every other callee."""
    value = place.value(call.callee)
    if not isinstance(value, Function) or not _asks(world, value.ref, _DEEPEST_QUESTION):
        return None
    summary = function_summary(world.state, value.ref)
    if summary is None or summary.is_async or summary.is_generator:
        return None
    callee = callee_of(place, value, summary, call, {})
    key = (callee, is_running)
    if key not in world.answers:
        world.answers[key] = Fact.DOUBT  # what a helper that asks itself is told
        world.answers[key] = _explore_answer(world, callee, is_running)
    return world.answers[key]


def _asks(world: _World, ref: Ref, depth: int) -> bool:
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


def _calls_by(world: _World, ref: Ref) -> list[Term]:
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


def _explore_answer(world: _World, callee: Callee, is_running: bool) -> Fact | None:
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


# --- what needs a loop ---------------------------------------------------------------------------


def _missing(world: _World, codes: dict[str, Code]) -> dict[int, tuple[LoopFault, ...]]:
    """Calls that need a running loop, at a top level or in plain functions that one calls."""
    found: dict[int, tuple[LoopFault, ...]] = {}
    for qualname, code in codes.items():
        function = code.reading.summary.functions.get(qualname)
        if function is not None and (function.is_async or function.is_generator):
            continue
        if not _calls_any(code, NEEDS_LOOP_NAMES):
            continue
        faults = _missing_in(world, code)
        if faults:
            found[id(code.node)] = faults
    return found


def _missing_in(world: _World, code: Code) -> tuple[LoopFault, ...]:
    search = world.missing
    if not code.qualname:
        search.left = _MOST_EXPLORATIONS
        starts = search.explore_root(code, False).all_starts()
        return tuple(search.fault(code, start) for start in starts if start.callee is None)
    above = _callers_up_to_modules(world.state, Ref(code.module, code.qualname))
    roots = [ref for ref in above if not ref.qualname][:_MOST_ROOTS]
    for ref in roots:
        root = world.codes.find(ref)
        if root is None:
            continue
        search.allowed = frozenset(above)
        search.starts.clear()
        search.users.clear()
        search.left = _MOST_EXPLORATIONS
        while True:
            exploration = search.explore_root(root, False)
            if not search.drain():
                break
        for start in exploration.all_starts():
            fault = _ending_in(search, root, start, code)
            if fault is not None:
                return (fault,)
    return ()


def _ending_in(search: _Search, root: Code, start: Start, code: Code) -> LoopFault | None:
    """The fault of `start` told where it ends, if that is in `code`."""
    fault = search.fault(root, start)
    following: Start | None = start
    callee = start.callee
    while following is not None and following.callee is not None:
        callee = following.callee
        following = search.starts.get(callee)
    if following is None or callee is None:
        return None
    if callee.ref != Ref(code.module, code.qualname):
        return None
    node = _same_node(code, search.world.codes.find(callee.ref), following.node)
    if node is None:
        return None
    return LoopFault(node, following.message, following.shown, fault.hops[:-1])


def _same_node(code: Code, found: Code | None, node: nodes.Node) -> nodes.Node | None:
    """The node of `code` that stands where `node` stands in another reading of the same text."""
    if found is None or found.syntax is code.syntax:
        return node
    span = found.syntax.span(node)
    return nodes.Node(node.at) if code.syntax.span(node) == span else None


def _callers_up_to_modules(state: Inference, ref: Ref) -> set[Ref]:
    """Plain functions through which top levels of modules may reach `ref`, and those modules."""
    found = {ref}
    queue = [ref]
    for callee in queue:  # grows while it is gone through
        name = callee.qualname.rpartition(".")[2].partition("@")[0]
        for site in call_sites(state, name):
            caller = Ref(site.module, site.caller)
            if caller in found or len(found) > _MOST_CALLERS:
                continue
            value = evaluate(state, site.module, site.term[1], None)
            if callee not in called_functions(state, value):
                continue
            summary = function_summary(state, caller) if caller.qualname else None
            if summary is not None and summary.is_async:
                continue
            found.add(caller)
            if caller.qualname:
                queue.append(caller)
    return found
