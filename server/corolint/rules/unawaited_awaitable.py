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

from corolint.finding import Finding, Severity
from corolint.mending.awaiting import await_fixes
from corolint.reporting import Rule, Subject, finding
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule("unawaited-awaitable", Severity.WARNING, "An awaitable is dropped.")


def check(subject: Subject) -> Iterator[Finding]:
    """Awaitables that nothing looks at after they were made."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.AWAITABLE or not life.ends or life.is_consumed:
            continue
        origin = life.origin
        if not isinstance(origin, nodes.Call) or not subject.semantics.may_give_receiver(origin):
            yield finding(
                subject,
                RULE,
                life.origin,
                f"awaitable '{life.made.name}' was never awaited",
                life=life,
                fixes=await_fixes(subject, life),
            )
