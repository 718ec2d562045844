"""Which code starts an event loop inside a running one, and which wants one where none is running.

    async def handler(): sync_fetch()                      # the fault stands here
    def sync_fetch(): return asyncio.run(fetch())          # this is where CPython raises

`loop_faults` looks at one file: at its ``async def`` bodies and at what it hands to the loop to be
called. From a call it goes forward, only into functions that may lead to a runner
(`corolint.loops.candidates`), along the paths of each (`corolint.loops.paths`).

The other question is put the same way with the opposite assumption (`corolint.loops.missing`).
"""

from __future__ import annotations

import re
from collections.abc import Container

from corolint.infer.state import inference
from corolint.known.loops import (
    NEEDS_LOOP_NAMES,
    STARTING_NAMES,
)
from corolint.loops.arguments import RUNNING_NAMES, refused_arguments
from corolint.loops.chains import fault_at_start
from corolint.loops.code import Code, callers_of_any, codes_of
from corolint.loops.entries import CALLBACK_NAMES
from corolint.loops.expected import is_expected
from corolint.loops.helpers import reached_helpers
from corolint.loops.history import NO_FAULTS, LoopFault, LoopFaults
from corolint.loops.leads import bodies_that_lead_on
from corolint.loops.missing import missing_loops
from corolint.loops.roots import roots_in, runs_in_other_loop
from corolint.loops.search import (
    World,
    modules_entered,
    starts_in,
    world_of,
)
from corolint.paths import is_notebook
from corolint.project import Project
from corolint.summarize import Reading
from corolint.syntax import Syntax


def loop_faults(path: str, syntax: Syntax, reading: Reading, project: Project) -> LoopFaults:
    """The faults about loops in one file. Never raises."""
    calls = reading.summary.calls
    roots = roots_in(inference(project), reading.summary)
    callbacks = not CALLBACK_NAMES.isdisjoint(calls)
    wanting = not NEEDS_LOOP_NAMES.isdisjoint(calls) and not is_notebook(path)
    running = not RUNNING_NAMES.isdisjoint(calls)
    starting = not STARTING_NAMES.isdisjoint(calls)
    if not (roots or callbacks or wanting or running or starting):
        return NO_FAULTS
    world = world_of(project)
    codes = codes_of(reading.summary.name, path, syntax, reading)
    nests = world.candidates.nests_in(reading.summary.name)
    faults = LoopFaults(
        {} if nests else _nested(world, codes, roots, reading, syntax.text),
        {} if world.candidates.nests else reached_helpers(world, codes),
        missing_loops(world, codes, reading.summary) if wanting else {},
        _refused(world, codes, reading) if running else {},
    )
    project.note_bodies(path, modules_entered(world, reading.summary.name))
    return faults


def _nested(
    world: World, codes: dict[str, Code], roots: set[str], reading: Reading, text: str
) -> dict[int, tuple[LoopFault, ...]]:
    found: dict[int, tuple[LoopFault, ...]] = {}
    worth = _worth_exploring(world, reading, text)
    arranging = callers_of_any(reading.summary, CALLBACK_NAMES)
    for qualname, code in codes.items():
        in_loop = qualname in roots
        is_worth = qualname in (worth if in_loop else arranging)
        if is_worth and not is_expected(codes, qualname):
            starts = [
                start
                for start in starts_in(world.nested, code, only_callbacks=not in_loop)
                if not runs_in_other_loop(world.state, reading.summary, qualname, start.message)
            ]
            if starts:
                found[id(code.node)] = tuple(
                    fault_at_start(world.codes, world.nested.starts, code, start)
                    for start in starts
                )
    return found


def _refused(
    world: World, codes: dict[str, Code], reading: Reading
) -> dict[int, tuple[LoopFault, ...]]:
    found: dict[int, tuple[LoopFault, ...]] = {}
    callers = callers_of_any(reading.summary, RUNNING_NAMES)
    for code in codes.values():
        if code.qualname in callers:
            faults = tuple(refused_arguments(world.state, code))
            if faults:
                found[id(code.node)] = faults
    return found


def _worth_exploring(world: World, reading: Reading, text: str) -> Container[str]:
    """The bodies of a file in which anything has a name that may lead to a runner, by qualname."""
    if _mentions(world, text):
        return reading.summary.functions.keys() | {""}

    return bodies_that_lead_on(world.state.project.lasting, world.candidates, reading)


_WORD = re.compile(r"\.?[^\W\d]\w*")


def _mentions(world: World, text: str) -> bool:
    """Whether a file has the name of a property or class of interest."""
    candidates = world.candidates
    if not candidates.attributes and not candidates.classes:
        return False
    return any(
        word.lstrip(".") in candidates.classes
        or (word[0] == "." and word[1:] in candidates.attributes)
        for word in set(_WORD.findall(text))
    )
