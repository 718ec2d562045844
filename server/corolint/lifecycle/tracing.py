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

from collections.abc import Iterator, Mapping

from corolint.bindings import declared_elsewhere
from corolint.flow import Graph
from corolint.flow_builder import graph_of_block, graph_of_lambda
from corolint.inventory import Body, BodyNode
from corolint.lifecycle.containers import new_box
from corolint.lifecycle.history import End, EndKind, History, Life, State
from corolint.lifecycle.recording import Recorder
from corolint.lifecycle.runs import Always, Run
from corolint.lifecycle.state import EMPTY, PathState
from corolint.lifecycle.survey import Survey, survey
from corolint.lifecycle.values import OBJECT, Box
from corolint.semantics import Effect, Made, Semantics
from corolint.syntax import nodes


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
        run = Run(surveyed, semantics, mentions)
        if parameter.name in surveyed.captured or run.base([]) is None:
            return nothing, None
        is_told = run.follow(parameter, made, recorder, [(0, _handed(parameter))])
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
    run = Run(surveyed, semantics, mentions)
    base = run.base(received)
    if base is None:
        return History(tuple(_dropped_lives(surveyed, run)))
    lives: list[tuple[Recorder, nodes.Expression | nodes.Parameter, Made, bool]] = []
    for parameter, made in received:
        recorder = Recorder(names={parameter.name: None})
        is_told = run.follow(parameter, made, recorder, [(0, _handed(parameter))])
        lives.append((recorder, parameter, made, is_told))
    dropped = {id(life.origin): life for life in _dropped_lives(surveyed, run)}
    for site, made in surveyed.sites.values():
        if id(site) in dropped:
            continue
        recorder = Recorder()
        starts = [
            (step, state)
            for step in surveyed.site_steps[id(site)]
            for state in base.get(step, {}).values()
        ]
        is_told = run.follow(site, made, recorder, starts)
        lives.append((recorder, site, made, is_told))
    # Also in a handler that no exception reaches: where the ``try`` body only makes a coroutine
    # object by mistake, awaiting that brings the handler to life.
    finished = list(dropped.values())
    revealed: dict[int, set[State]] = {}
    fresh = {place for recorder, *_ in lives for place in recorder.fresh_uses()}
    for recorder, origin, made, is_told in lives:
        if not is_told:
            finished.append(Life(origin, made, (), (), True))
            continue
        made_at = surveyed.site_steps.get(id(origin), [0])
        always = Always(surveyed.graph, made_at, run.sure, fresh)
        finished.append(recorder.finish(origin, made, always))
        for call, states in recorder.revealed.items():
            revealed.setdefault(call, set()).update(states)
    return History(tuple(finished), {call: frozenset(states) for call, states in revealed.items()})


def _dropped_lives(surveyed: Survey, run: Run) -> Iterator[Life]:
    """The lives of objects that are the whole value of a statement: nothing is left to follow."""
    for site, made in surveyed.sites.values():
        steps = surveyed.site_steps[id(site)]
        if any(step in run.quiet for step in steps):
            continue  # where a fault is expected, it is no fault
        nodes_of_steps = [surveyed.graph.steps[step].node for step in steps]
        if all(
            isinstance(node, nodes.ExpressionStatement) and node.value is site
            for node in nodes_of_steps
        ):
            ends = tuple(End(EndKind.DROPPED, node, (), False) for node in nodes_of_steps[:1])
            yield Life(site, made, (), ends, False)
