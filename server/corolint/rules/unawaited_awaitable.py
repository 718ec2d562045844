"""## What it does
Finds calls whose result is an awaitable (declared `Awaitable[...]`, or an object with `__await__`)
and is dropped.

## Why is this bad?
What the awaitable stands for may never happen. It is a warning and a rule of its own, because an
awaitable may be something that runs anyway, and then dropping it is no fault.

## Example
```python
import asyncio
from collections.abc import Awaitable, Callable


async def run(callback: Callable[[], Awaitable[None]]) -> None:
    callback()


async def work() -> None: ...


asyncio.run(run(work))
```

Use instead:
```python
import asyncio
from collections.abc import Awaitable, Callable


async def run(callback: Callable[[], Awaitable[None]]) -> None:
    await callback()


async def work() -> None: ...


asyncio.run(run(work))
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Evidence, Finding, Severity
from corolint.lifecycle.history import Action, Life, State, Use
from corolint.mending.awaiting import await_fixes
from corolint.reporting import Rule, Subject, finding, made_elsewhere
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule("unawaited-awaitable", Severity.WARNING, "An awaitable is dropped.")


def check(subject: Subject) -> Iterator[Finding]:
    """Awaitables that nothing looks at after they were made, or that are taken for the result."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.AWAITABLE:
            continue
        if life.made.evidence is Evidence.CONSENSUS and not subject.body.is_async:
            continue  # what may be awaitable is for callers without a loop, too
        misuse = _misuse(subject, life)
        if misuse is None and (not life.ends or life.is_consumed):
            continue
        origin = life.origin
        if isinstance(origin, nodes.Call) and subject.semantics.may_give_receiver(origin):
            continue
        if misuse is None:
            said = "was never awaited"
        else:
            said = f"is {_SAID[misuse.action]} as if it were the result; it was never awaited"
        yield finding(
            subject,
            RULE,
            life.origin if misuse is None else misuse.node,
            f"awaitable '{life.made.name}' {said}",
            life=life,
            notes=() if misuse is None else made_elsewhere(subject, life, misuse.node),
            fixes=await_fixes(subject, life),
        )


def _misuse(subject: Subject, life: Life) -> Use | None:
    """The first place that takes an object for its result, of which nothing is known but that it is
    an ``Awaitable``; an object of a class of its own may be good for anything."""
    if life.made.name != "Awaitable" or not life.made.certain or not subject.body.is_async:
        return None
    if any(use.action.consumes for use in life.uses):
        return None
    found = [
        use for use in life.uses if use.before == {State.PENDING} and _is_misuse(subject, life, use)
    ]
    return min(found, key=lambda one: subject.syntax.span(one.node), default=None)


def _is_misuse(subject: Subject, life: Life, use: Use) -> bool:
    if use.action is Action.ARGUMENT and use.call is not None:
        return not subject.semantics.asks_for_awaitable(use.call, use.node)
    if use.action is Action.ATTRIBUTE and isinstance(use.node, nodes.Attribute):
        name = use.node.attribute
        return not name.startswith("__") and name not in _OF_FUTURES
    if use.action.fails:
        return use.action in _SAID
    return use.action in _SAID and use.node is life.origin  # else it may be awaited after all


_SAID = {
    Action.ATTRIBUTE: "asked for an attribute",
    Action.SUBSCRIPT: "subscripted",
    Action.ITERATE: "iterated over",
    Action.OPERATE: "an operand",
    Action.COMPARE: "compared",
    Action.CONDITION: "a condition",
    Action.ARGUMENT: "an argument",
}
# An awaitable may well be a future or a coroutine object.
_OF_FUTURES = frozenset(
    {"add_done_callback", "cancel", "cancelled", "close", "cr_await", "done", "exception",
     "get_coro", "get_name", "remove_done_callback", "result", "send", "set_exception",
     "set_name", "set_result", "throw"}
)  # fmt: skip
