"""Which code starts an event loop inside a running one, and which wants one where none is running.

    async def handler(): sync_fetch()                      # the fault stands here
    def sync_fetch(): return asyncio.run(fetch())          # this is where CPython raises

`loop_faults` looks at one file: at its ``async def`` bodies and at what it hands to the loop to be
called. From a call it goes forward, only into functions that may lead to a runner
(`corolint.loops.candidates`), along the paths of each (`corolint.loops.paths`).

The other question is put the same way with the opposite assumption (`corolint.loops.missing`).
"""

from __future__ import annotations

import corolint.infer.hierarchy as hierarchy
from corolint.answers import public_name
from corolint.infer.state import inference
from corolint.known.loops import (
    CALLED_IN_LOOP,
    NEEDS_LOOP_NAMES,
    STARTING_NAMES,
)
from corolint.loops.arguments import RUNNING_NAMES, refused_arguments
from corolint.loops.code import Code, codes_of
from corolint.loops.history import NO_FAULTS, LoopFault, LoopFaults
from corolint.loops.mentions import last_name
from corolint.loops.missing import missing_loops
from corolint.loops.search import (
    CALLBACK_NAMES,
    MOST_EXPLORATIONS,
    Search,
    World,
    calls_any,
    world_of,
)
from corolint.paths import is_notebook
from corolint.project import Project
from corolint.summarize import Reading
from corolint.syntax import Syntax
from corolint.terms import IMPORT, Term
from corolint.values import Ref


def loop_faults(path: str, syntax: Syntax, reading: Reading, project: Project) -> LoopFaults:
    """The faults about loops in one file; a notebook's top level runs in a loop. Never raises."""
    in_loop = is_notebook(path)
    roots = _roots(project, reading, in_loop)
    callbacks = not CALLBACK_NAMES.isdisjoint(reading.summary.calls)
    wanting = not NEEDS_LOOP_NAMES.isdisjoint(reading.summary.calls) and not in_loop
    running = not RUNNING_NAMES.isdisjoint(reading.summary.calls)
    if not roots and not callbacks and not wanting and not running:
        return NO_FAULTS
    world = world_of(project)
    codes = codes_of(reading.summary.name, path, syntax, reading)
    nested: dict[int, tuple[LoopFault, ...]] = {}
    if not world.candidates.nests:
        for qualname in roots:
            found = _faults_of_body(world.nested, codes[qualname], False)
            if found:
                nested[id(codes[qualname].node)] = found
        if callbacks:
            for qualname, code in codes.items():
                if qualname not in roots and calls_any(code, CALLBACK_NAMES):
                    found = _faults_of_body(world.nested, code, True)
                    if found:
                        nested[id(code.node)] = found
    missing = missing_loops(world, codes) if wanting else {}
    return LoopFaults(nested, missing, _refused(world, codes) if running else {})


def _refused(world: World, codes: dict[str, Code]) -> dict[int, tuple[LoopFault, ...]]:
    found: dict[int, tuple[LoopFault, ...]] = {}
    for code in codes.values():
        if calls_any(code, RUNNING_NAMES):
            faults = tuple(refused_arguments(world.state, code))
            if faults:
                found[id(code.node)] = faults
    return found


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
        for one in hierarchy.mro(state, Ref(reading.summary.name, qualname)).classes[1:]:
            methods = CALLED_IN_LOOP.get(public_name(one.cls), frozenset())
            found |= {f"{qualname}.{name}" for name in methods.intersection(cls.attributes)}
    return found.intersection(reading.summary.functions)


def _faults_of_body(search: Search, code: Code, only_callbacks: bool) -> tuple[LoopFault, ...]:
    if not only_callbacks and not _is_worth_exploring(search.world, code):
        return ()
    search.left = MOST_EXPLORATIONS
    while True:
        exploration = search.explore_root(code, only_callbacks)
        if not search.drain():
            break
    return tuple(search.fault(code, start) for start in exploration.all_starts())


def _is_worth_exploring(world: World, code: Code) -> bool:
    """Whether anything in the body has a name that may lead to a runner."""
    candidates, summary = world.candidates, code.reading.summary
    if calls_any(code, STARTING_NAMES):
        return True
    names = candidates.names.intersection(summary.calls)
    handed = candidates.names | STARTING_NAMES
    if any(caller == code.qualname for name in names for caller, _, _ in summary.calls[name]):
        return True
    if _mentions(world, code):
        return True
    if any(caller == code.qualname for caller, _, _ in summary.calls.get("", ())):
        return True  # what ``HANDLERS[key]()`` calls has any name
    return any(
        function.parent == code.qualname
        and (
            Ref(summary.name, qualname) in candidates.functions
            or any(last_name(decorator) in candidates.names for decorator in function.decorators)
        )
        for qualname, function in summary.functions.items()
    ) or any(
        caller == code.qualname and not handed.isdisjoint(_handed_names(call))
        for sites in summary.calls.values()
        for caller, call, _ in sites
    )


def _mentions(world: World, code: Code) -> bool:
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
