"""What an event runs: a runner of loops, or bodies of the project and its libraries.

For ``with client.connected():`` the events are the call (of a generator function made a context
manager by `contextlib`, whose body does not run yet), the entering and the leaving (which run it).
`runs_of` gives for each what is run; where that is one of several, all of them. What cannot be
resolved runs nothing that is known of, and neither do functions that are handed to another thread.
"""

from __future__ import annotations

from corolint.known.loops import (
    ALREADY_RUNNING,
    ANOTHER_IS_RUNNING,
    CALLS_AT_EXIT,
    CALLS_AT_ONCE,
    CALLS_SPECIAL,
    CONSUMERS,
    ENTERS_ARGUMENT,
    GENERATOR_METHODS,
    LOOP_CALLBACKS,
    RUNNER_MAKERS,
    RUNNERS,
)
from corolint.loops.bodies import Runs
from corolint.loops.called import may_be_overridden, runs_of_value, with_overrides
from corolint.loops.code import Fact
from corolint.loops.constructing import runs_of_definition
from corolint.loops.events import Event, EventKind
from corolint.loops.guards import Environment
from corolint.loops.implicit import (
    generator_of,
    is_left_here,
    runs_of_context,
    runs_of_import,
    runs_of_iteration,
    runs_of_walking,
)
from corolint.loops.names import (
    Place,
    declared_function,
    is_made_new,
    is_transparent,
    public_names,
    runner_maker,
)
from corolint.loops.special import (
    runs_of_operator,
    runs_of_read,
    runs_of_special,
    runs_of_write,
)
from corolint.spelling import spell
from corolint.syntax import nodes


def runs_of(
    place: Place, event: Event, environment: Environment, *, with_callbacks: bool
) -> Runs | None:
    """What an event runs, as far as it is known; `None` when it runs nothing of interest.

    `with_callbacks`: what is handed to the loop to be called later counts as run here.
    """
    node = event.node
    if event.kind is EventKind.IMPORT:
        return runs_of_import(place, node)
    if event.kind is EventKind.DEFINE:
        return runs_of_definition(place, node) if isinstance(node, nodes.ClassDef) else None
    if event.kind is EventKind.OPERATE:
        return runs_of_operator(place, node)
    if event.kind in (EventKind.STORE, EventKind.DELETE):
        return runs_of_write(place, node, event.kind is EventKind.DELETE)
    if not isinstance(node, nodes.Expression):
        return None
    if event.kind in SPECIAL_METHODS:
        return runs_of_special(place, node, SPECIAL_METHODS[event.kind], spell(node))
    match event.kind:
        case EventKind.CALL if isinstance(node, nodes.Call):
            return _of_call(place, node, environment, with_callbacks)
        case EventKind.READ if isinstance(node, nodes.Attribute):
            return runs_of_read(place, node)
        case EventKind.AWAIT:
            return runs_of_walking(place, node, ("__await__",))
        case EventKind.ITERATE:
            return runs_of_iteration(place, node)
        case EventKind.ASYNC_ITERATE:
            # `__aiter__` is a plain method, and `__anext__` may be one.
            return runs_of_walking(place, node, ("__aiter__", "__anext__"))
        case EventKind.ENTER | EventKind.LEAVE:
            return runs_of_context(place, node, event.kind is EventKind.ENTER)
        case EventKind.DECORATE:
            return runs_of_value(place, place.value(node), spell(node))
    return None


# The special methods that an event may run: the first one that there is.
SPECIAL_METHODS = {
    EventKind.TRUTH: ("__bool__", "__len__"),
    EventKind.HASH: ("__hash__",),
    EventKind.FORMAT: ("__format__", "__str__", "__repr__"),
    EventKind.ASYNC_ENTER: ("__aenter__",),
    EventKind.ASYNC_LEAVE: ("__aexit__",),
}


def _of_call(
    place: Place, call: nodes.Call, environment: Environment, with_callbacks: bool
) -> Runs | None:
    names = public_names(place.state, place.code.module, place.term(call.callee), place.frame)
    shown = spell(call.callee)
    if len(names) == 1:
        name = next(iter(names))
        if name in place.state.project.search.told.loop_starters:
            return Runs(shown, ANOTHER_IS_RUNNING)
        runner = RUNNERS.get(name)
        if runner is not None:
            return Runs(_short(name), runner.message or _message(place, call, environment))
        function = _function_argument(place, call, name, with_callbacks)
        if function is not None:
            return runs_of_value(place, place.value(function), spell(function))
        if name in ENTERS_ARGUMENT and call.arguments:
            return runs_of_context(place, call.arguments[0], entering=True)
        if name in CONSUMERS and call.arguments:
            return runs_of_iteration(place, call.arguments[0])
        if name in CALLS_SPECIAL and call.arguments:
            return runs_of_special(place, call.arguments[0], CALLS_SPECIAL[name], shown)
    if isinstance(call.callee, nodes.Attribute) and call.callee.attribute in GENERATOR_METHODS:
        generator = generator_of(place, place.term(call.callee.value))
        if generator is not None:
            return Runs(shown, "", ((generator,),))
    maker = runner_maker(place.state, place.code.module, place.term(call.callee), place.frame)
    if maker is not None:
        return Runs(_short(maker), RUNNER_MAKERS[maker].message)
    term = place.term(call.callee)
    value = place.value(call.callee)
    if may_be_overridden(term):
        value = with_overrides(place, value, term)
    found = runs_of_value(place, value, shown, call, environment)
    if found is not None:
        return found
    declared = declared_function(place.state, place.code.module, term, place.frame)
    if declared is None or not is_transparent(place.state, declared):
        return None
    return runs_of_value(place, declared, shown, call, environment)


def _short(name: str) -> str:
    """``asyncio.run``, ``loop.run_forever``, ``async_to_sync``."""
    parts = name.split(".")
    if len(parts) == 3 and parts[1].endswith("EventLoop"):
        return f"loop.{parts[2]}"
    return parts[-1] if parts[0] == "asgiref" else name


def _message(place: Place, call: nodes.Call, environment: Environment) -> str:
    """What a loop says that is asked to run while a loop runs: the same one, or another?"""
    if not isinstance(call.callee, nodes.Attribute):
        return ALREADY_RUNNING
    receiver = call.callee.value
    if isinstance(receiver, nodes.Name):
        fact = environment.get(receiver.name)
        if fact is not None:
            return ANOTHER_IS_RUNNING if fact is Fact.OTHER_LOOP else ALREADY_RUNNING
    if is_made_new(place.state, place.code.module, place.term(receiver), place.frame, 0):
        return ANOTHER_IS_RUNNING
    return ALREADY_RUNNING


def _function_argument(
    place: Place, call: nodes.Call, name: str, with_callbacks: bool
) -> nodes.Expression | None:
    """The function that a known callee calls at once, or later inside the running loop."""
    row: tuple[int | None, str] | None = CALLS_AT_ONCE.get(name)
    if row is None and with_callbacks:
        row = LOOP_CALLBACKS.get(name)
    if row is None and name in CALLS_AT_EXIT and is_left_here(place, call):
        row = CALLS_AT_EXIT[name]
    if row is None:
        return None
    position, keyword = row
    for index, argument in enumerate(call.arguments):
        if call.keywords[index] == keyword:
            return argument
    if position is None or len(call.arguments) <= position:
        return None
    if any(kind != nodes.POSITIONAL for kind in list(call.kinds)[: position + 1]):
        return None
    return call.arguments[position]
