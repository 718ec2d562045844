"""Plain functions that start a loop, seen from themselves: does anybody come here inside one?

    def fetch_now(): return asyncio.run(fetch())     # a hint stands here,
    async def handler(): fetch_now()                 # because of this call, which has the error

Whoever reads the helper sees why it does not work for all. From a helper the search goes back over
the candidates that may lead to it, to bodies that run in a loop; from these it goes forward again
along their paths, which must end at the helper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corolint.loops.chains import fault_at_end, name_of
from corolint.loops.code import Code, callers_of_any
from corolint.loops.expected import is_expected
from corolint.loops.history import LoopFault
from corolint.loops.roots import roots_in, runs_in_other_loop
from corolint.loops.search import World, starts_in
from corolint.values import Ref

_MOST_ABOVE = 200
_MOST_ROOTS = 6


def reached_helpers(world: World, codes: dict[str, Code]) -> dict[int, tuple[LoopFault, ...]]:
    """The starts of loops in plain functions of one file that some running loop comes to."""
    found: dict[int, tuple[LoopFault, ...]] = {}
    for qualname, code in codes.items():
        ref = Ref(code.module, qualname)
        function = code.reading.summary.functions.get(qualname)
        if function is None or function.is_async or ref not in world.candidates.functions:
            continue
        if qualname in callers_of_any(code.reading.summary, world.candidates.starting):
            faults = {fault.node.at: fault for fault in _faults_ending_in(world, code, ref)}
            if faults:
                found[id(code.node)] = tuple(faults.values())
    return found


def _faults_ending_in(world: World, code: Code, ref: Ref) -> Iterator[LoopFault]:
    for above in _roots_above(world, ref):
        if world.candidates.nests_in(above.module):
            continue
        root = world.codes.find(above)
        if root is None or is_expected(world.codes.of(above.module), above.qualname):
            continue
        in_loop = _runs_in_loop(world, above)
        for start in starts_in(world.nested, root, only_callbacks=not in_loop):
            fault = fault_at_end(world.codes, world.nested.starts, root, start, code)
            summary = root.reading.summary
            if fault is not None and not runs_in_other_loop(
                world.state, summary, root.qualname, start.message
            ):
                message = f"{fault.message}, and `{name_of(root)}` comes here inside one"
                yield replace(fault, message=message)


def _roots_above(world: World, ref: Ref) -> list[Ref]:
    """What runs in a loop, or hands something to one, and may lead to `ref`; near ones first."""
    queue = [ref]
    seen = {ref}
    found: dict[Ref, None] = {}
    for callee in queue:  # grows while it is gone through
        if len(found) >= _MOST_ROOTS:
            break
        found |= dict.fromkeys(world.entering.get(callee, ()))
        if _runs_in_loop(world, callee):
            found[callee] = None
        callers = sorted(world.candidates.callers.get(callee, set()) - seen)
        if len(seen) < _MOST_ABOVE:
            seen.update(callers)
            queue += callers
    return list(found)[:_MOST_ROOTS]


def _runs_in_loop(world: World, ref: Ref) -> bool:
    summary = world.state.project.summary(ref.module)
    if summary is None:
        return False
    roots = world.roots.get(ref.module)
    if roots is None:
        roots = world.roots[ref.module] = roots_in(world.state, summary)
    return ref.qualname in roots
