"""What runners are given that they cannot run: ``asyncio.run(None)``, ``asyncio.run(gather(…))``.

`asyncio.run` wants a coroutine object (from Python 3.14 on, anything that can be awaited), a loop's
`run_until_complete` anything that can be awaited. Only what surely is something else is told; a
coroutine function that is not called is another rule's business.
"""

from __future__ import annotations

from collections.abc import Iterator

import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
from corolint.answers import public_name
from corolint.evaluation import children, own_expressions, statements_of
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference
from corolint.loops.called import called_functions
from corolint.loops.code import Code
from corolint.loops.history import LoopFault
from corolint.loops.names import Place, name_of_call, summary_with_body
from corolint.spelling import spell
from corolint.syntax import nodes
from corolint.values import (
    NEVER,
    NONE,
    Coroutine,
    Function,
    Instance,
    Partial,
    Unknown,
    Value,
    members,
)

RUNNING_NAMES = frozenset({"run", "run_until_complete"})
_WANT_COROUTINES = frozenset({"asyncio.run", "asyncio.Runner.run", "uvloop.run"})
_WANT_AWAITABLES = frozenset(
    {"asyncio.AbstractEventLoop.run_until_complete", "asyncio.BaseEventLoop.run_until_complete"}
)
_TAKES_AWAITABLES = (3, 14)


def refused_arguments(state: Inference, code: Code) -> Iterator[LoopFault]:
    """The arguments in one body that a runner refuses, each with what it says."""
    place = Place(state, code, None)
    for call in _calls(code):
        callee = call.callee
        last = callee.attribute if isinstance(callee, nodes.Attribute) else spell(callee)
        if last not in RUNNING_NAMES or not call.arguments or call.kinds[0] != nodes.POSITIONAL:
            continue
        name = name_of_call(place, call)
        if name not in _WANT_COROUTINES and name not in _WANT_AWAITABLES:
            continue
        version = state.project.search.python_version
        any_awaitable = name in _WANT_AWAITABLES or version >= _TAKES_AWAITABLES
        argument = call.arguments[0]
        got = _what_else(place, argument, any_awaitable)
        if got is not None:
            said = (
                "a coroutine was expected"
                if name in _WANT_COROUTINES
                else "An asyncio.Future, a coroutine or an awaitable is required"
            )
            yield LoopFault(argument, f"{said}, got {got}", spell(callee), ())


def _calls(code: Code) -> Iterator[nodes.Call]:
    node = code.node
    if isinstance(node, nodes.Lambda):
        stack: list[nodes.Expression] = [node.body]
    else:
        block = node if isinstance(node, nodes.Block) else node.body
        stack = [e for statement in statements_of(block) for e in own_expressions(statement)]
    while stack:
        part = stack.pop()
        if isinstance(part, nodes.Call):
            yield part
        stack.extend(children(part))


def _what_else(place: Place, argument: nodes.Expression, any_awaitable: bool) -> str | None:
    """What the argument is, if it surely is nothing that can be run; doubt counts as can."""
    value = place.value(argument)
    is_unknown = isinstance(value, Unknown)
    if is_unknown and isinstance(argument, nodes.Call) and _returns_nothing(place, argument):
        value = NONE
    elif value == NONE and isinstance(argument, nodes.Call) and not _surely_none(place, argument):
        return None
    found = [_refused(place.state, member, any_awaitable) for member in members(value)]
    if value == NEVER or not found or None in found:
        return None
    return found[0]


def _refused(state: Inference, value: Value, any_awaitable: bool) -> str | None:
    if isinstance(value, Unknown | Coroutine):
        return None
    if value == NONE:
        return "None"
    if isinstance(value, Partial):
        return None
    if isinstance(value, Function):
        summary = summary_with_body(state, value.ref)
        if summary is None or summary.is_async or summary.decorators:
            return None
        return "a function"
    if isinstance(value, Instance):
        names = {public_name(one.cls) for one in hierarchy.mro(state, value.cls).classes}
        if "asyncio.Task" in names:
            return None if any_awaitable else "a task"
        if "asyncio.Future" in names:
            return None if any_awaitable else "a future"
        if value.cls.qualname == "AsyncGenerator":
            return "an async generator"
    if protocols.is_awaitable(state, value) is False:
        named = value.cls.qualname if isinstance(value, Instance) else type(value).__name__.lower()
        return f"an object of `{named}`"
    return None


def _surely_none(place: Place, call: nodes.Call) -> bool:
    """Whether all that the called functions return is known, and is `None`: a value of which
    nothing is known does not show beside one that is."""
    for ref in called_functions(place.state, place.value(call.callee)):
        summary = summary_with_body(place.state, ref)
        for term in () if summary is None else summary.results:
            if evaluate(place.state, ref.module, term, None) != NONE:
                return False
    return True


def _returns_nothing(place: Place, call: nodes.Call) -> bool:
    """Whether the call is of a plain function whose body is empty."""
    value = place.value(call.callee)
    if not isinstance(value, Function) or value.receiver is not None:
        return False
    summary = summary_with_body(place.state, value.ref)
    if summary is None or not summary.is_stub or summary.is_async or summary.returns is not None:
        return False
    if summary.owner or summary.decorators or value.ref.module != place.code.module:
        return False
    for body in place.code.reading.bodies:
        if body.qualname == value.ref.qualname and isinstance(body.node, nodes.FunctionDef):
            return not any(isinstance(s, nodes.Raise) for s in body.node.body.statements)
    return False
