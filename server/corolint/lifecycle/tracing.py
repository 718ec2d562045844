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

from corolint.inventory import Body, BodyNode
from corolint.lifecycle.fields import field_lives
from corolint.lifecycle.handed import declared_in, graph_of, state_when_handed
from corolint.lifecycle.history import End, EndKind, History, Life, State
from corolint.lifecycle.parameters import effect_on_captured
from corolint.lifecycle.recording import Recorder
from corolint.lifecycle.runs import Always, Run
from corolint.lifecycle.survey import Survey, survey
from corolint.semantics import Made, Semantics
from corolint.syntax import nodes


def trace(body: BodyNode, semantics: Semantics, mentions: Mapping[str, int]) -> History:
    """The history of every object that `body` makes or is handed.

    `body` is a function (its body is looked at, not its decorators), a class body, a lambda, or
    the block of a module. `mentions` says how often each ``.attribute`` is written in the whole
    file (`corolint.inventory`). Never raises on a tree that was parsed.
    """
    graph = graph_of(body)
    is_function = isinstance(body, nodes.FunctionDef | nodes.Lambda)
    received = _received(body, semantics)
    surveyed = survey(
        graph,
        semantics,
        declared=declared_in(body),
        received=frozenset(parameter.name for parameter, _ in received),
        keeps_names=not is_function,
    )
    try:
        fields: tuple[Life, ...] = ()
        if isinstance(body, nodes.ClassDef):
            fields = tuple(field_lives(body, semantics, mentions))
        if not surveyed.sites and not received:
            return History(fields)
        history = _trace(surveyed, semantics, received, mentions)
        return History((*history.lives, *fields), history.revealed)
    except RecursionError:
        return History()  # an expression deeper than Python's stack; nobody wrote it by hand


def _received(body: BodyNode, semantics: Semantics) -> list[tuple[nodes.Parameter, Made]]:
    if not isinstance(body, nodes.FunctionDef):
        return []
    found: list[tuple[nodes.Parameter, Made]] = []
    for parameter in body.parameters:
        made = semantics.received(body, parameter)
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
    if isinstance(body.node, nodes.ClassDef):
        return any(_keeps_something(inner, semantics) for inner in body.inner)
    function = body.function()
    return function is not None and bool(_received(function, semantics))


def _keeps_something(method: Body, semantics: Semantics) -> bool:
    """Whether a method may put an object into a field."""
    if method.function() is None:
        return False
    awaited = method.awaited
    return any(
        id(call) not in awaited and semantics.made(call) is not None for call in method.calls
    )


def _trace(
    surveyed: Survey,
    semantics: Semantics,
    received: list[tuple[nodes.Parameter, Made]],
    mentions: Mapping[str, int],
) -> History:
    run = Run(
        surveyed,
        semantics,
        mentions,
        lambda function, name: effect_on_captured(function, name, semantics, mentions),
    )
    base = run.base(received)
    if base is None:
        return History(tuple(_dropped_lives(surveyed, run)))
    lives: list[tuple[Recorder, nodes.Expression | nodes.Parameter, Made, bool]] = []
    for parameter, made in received:
        recorder = Recorder(names={parameter.name: None})
        is_told = run.follow(parameter, made, recorder, [(0, state_when_handed(parameter))])
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
