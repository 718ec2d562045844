"""What needs a running loop where none is: at the top level of a module, or called from there.

    def main(): asyncio.create_task(work())      # the fault stands here
    main()                                       # because of this call

From a function that calls something of the kind the search goes back, through plain functions only,
to top levels; from these it goes forward again along their paths, which must lead to the call.
"""

from __future__ import annotations

from corolint.infer.arguments import call_sites
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary
from corolint.known.loops import (
    NEEDS_LOOP_NAMES,
)
from corolint.loops.called import called_functions
from corolint.loops.chains import fault_at_end, fault_at_start
from corolint.loops.code import Code, callers_of_any
from corolint.loops.constructing import CONSTRUCTORS
from corolint.loops.history import LoopFault
from corolint.loops.search import MOST_EXPLORATIONS, World
from corolint.summary import ModuleSummary
from corolint.values import Ref

_MOST_ROOTS = 4
_MOST_CALLERS = 60
_MOST_SITES = 300


def missing_loops(
    world: World, codes: dict[str, Code], summary: ModuleSummary
) -> dict[int, tuple[LoopFault, ...]]:
    """Calls that need a running loop, at a top level or in plain functions that one calls."""
    found: dict[int, tuple[LoopFault, ...]] = {}
    callers = callers_of_any(summary, NEEDS_LOOP_NAMES)
    for qualname, code in codes.items():
        if qualname not in callers:
            continue
        function = summary.functions.get(qualname)
        if function is not None and (function.is_async or function.is_generator):
            continue
        faults = _missing_in(world, code)
        if faults:
            found[id(code.node)] = faults
    return found


def _missing_in(world: World, code: Code) -> tuple[LoopFault, ...]:
    search = world.missing
    if not code.qualname:
        search.left = MOST_EXPLORATIONS
        starts = search.explore_root(code, False).all_starts()
        return tuple(
            fault_at_start(world.codes, search.starts, code, start)
            for start in starts
            if start.callee is None
        )
    above = _callers_up_to_modules(world.state, Ref(code.module, code.qualname))
    roots = [ref for ref in above if not ref.qualname][:_MOST_ROOTS]
    for ref in roots:
        root = world.codes.find(ref)
        if root is None:
            continue
        search.allowed = frozenset(above)
        search.starts.clear()
        search.users.clear()
        search.left = MOST_EXPLORATIONS
        while True:
            exploration = search.explore_root(root, False)
            if not search.drain():
                break
        for start in exploration.all_starts():
            fault = fault_at_end(world.codes, search.starts, root, start, code)
            if fault is not None:
                return (fault,)
    return ()


def _callers_up_to_modules(state: Inference, ref: Ref) -> set[Ref]:
    """Plain functions through which top levels of modules may reach `ref`, and those modules."""
    found = {ref}
    queue = [ref]
    for callee in queue:  # grows while it is gone through
        owner, _, name = callee.qualname.rpartition(".")
        name = name.partition("@")[0]
        if name in CONSTRUCTORS:
            name = owner.rpartition(".")[2].partition("@")[0]
        sites = call_sites(state, name)
        if len(sites) > _MOST_SITES:
            continue  # a name like `get`: nobody could follow it either
        for site in sites:
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
