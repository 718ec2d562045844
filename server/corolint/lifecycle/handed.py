"""Follows an object that a function is handed: in a parameter, an attribute of one, or a name that
it captures.

In ``async def run(c): await c`` a call hands the object over in `c`; in ::

    c = f()
    async def inner(): await c

a call of `inner` does, since `inner` reads the `c` around it. Either way the body starts with the
object in that name, pending.
"""

from __future__ import annotations

from collections.abc import Mapping

from corolint.bindings import declared_elsewhere
from corolint.flow import Graph
from corolint.flow_builder import graph_of_block, graph_of_lambda
from corolint.inventory import BodyNode
from corolint.lifecycle.containers import new_box
from corolint.lifecycle.history import Life, State
from corolint.lifecycle.recording import Recorder
from corolint.lifecycle.runs import Always, Run
from corolint.lifecycle.state import EMPTY, PathState
from corolint.lifecycle.survey import survey
from corolint.lifecycle.values import OBJECT, Box
from corolint.semantics import Effect, Made, Semantics
from corolint.syntax import nodes


def follow_handed(
    function: nodes.FunctionDef | nodes.Lambda,
    parameter: nodes.Parameter,
    made: Made,
    semantics: Semantics,
    mentions: Mapping[str, int],
) -> tuple[Life, Effect | None]:
    """The history of an object that `function` is handed under the name of `parameter` (in
    ``*args``: in each element, in ``**named``: in each value), and what the call gives if the
    function hands the object itself, or something that awaits it, back. An object that could not
    be followed escapes."""
    root = parameter.name.partition(".")[0]
    surveyed = survey(
        graph_of(function),
        semantics,
        declared=declared_in(function),
        received=frozenset({root}),
        keeps_names=False,
    )
    home = parameter.name if parameter.name != root else None
    recorder = Recorder(names={parameter.name: None}, home=home)
    nothing = Life(parameter, made, (), (), True)
    try:
        run = Run(surveyed, semantics, mentions)
        if root in surveyed.captured or run.base([]) is None:
            return nothing, None
        is_told = run.follow(parameter, made, recorder, [(0, state_when_handed(parameter))])
    except RecursionError:
        return nothing, None
    if not is_told:
        return nothing, None
    always = Always(surveyed.graph, [0], run.sure, set(recorder.fresh_uses()))
    life = recorder.finish(parameter, made, always)
    if recorder.escapes or (recorder.returns and recorder.returns_wrapped):
        return life, None
    if recorder.returns:
        return life, Effect.RETURNS
    return life, Effect.WRAPS if recorder.returns_wrapped else None


def state_when_handed(parameter: nodes.Parameter) -> PathState:
    """The state at the start of a function that is handed the object."""
    start = EMPTY.copy()
    start.status = State.PENDING
    start.held = {parameter.name: OBJECT}
    if parameter.kind in (nodes.STAR, nodes.DOUBLE_STAR):
        content = Box(((None, OBJECT),), keyed=parameter.kind == nodes.DOUBLE_STAR)
        start, held = new_box(start, id(parameter), content)
        start.held = {parameter.name: held}
    return start


def graph_of(body: BodyNode) -> Graph:
    if isinstance(body, nodes.Lambda):
        return graph_of_lambda(body)
    return graph_of_block(block_of(body))


def block_of(body: nodes.FunctionDef | nodes.ClassDef | nodes.Block) -> nodes.Block:
    return body if isinstance(body, nodes.Block) else body.body


def declared_in(body: BodyNode) -> frozenset[str]:
    """The names that a body declares ``global`` or ``nonlocal``."""
    return frozenset() if isinstance(body, nodes.Lambda) else declared_elsewhere(block_of(body))
