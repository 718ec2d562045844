"""## What it does
Finds tasks that nobody keeps: `create_task` or `ensure_future` as a statement, or bound to a name
that is never read.

## Why is this bad?
The event loop holds tasks by weak references only. A task that nothing else refers to may be
collected before it is done, and nobody sees its exception. Keep it (in a set, with a callback that
removes it), await it, or start it in an `asyncio.TaskGroup`.

## Example
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    asyncio.create_task(work())
    await asyncio.sleep(0)


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(work())


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Fix, Severity
from corolint.lifecycle.history import Life
from corolint.mending.scheduling import background_fixes
from corolint.reporting import Rule, Subject, finding
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule("dangling-task", Severity.WARNING, "No reference to a task is kept.")


def check(subject: Subject) -> Iterator[Finding]:
    """Tasks that are dropped where they are made, or that no path ever looks at."""
    yield from _in_lambdas(subject)
    for life in subject.history.lives:
        if life.made.kind is not Kind.TASK or not life.ends or life.is_consumed:
            continue
        if not _is_given_function(subject, life.origin):
            yield finding(
                subject,
                RULE,
                life.origin,
                f"no reference to the task that '{life.made.name}' gives is kept",
                life=life,
                fixes=_fixes(subject, life),
            )


def _fixes(subject: Subject, life: Life) -> list[Fix]:
    assert isinstance(life.origin, nodes.Expression)
    return background_fixes(subject, life.origin, is_task=True)


def _in_lambdas(subject: Subject) -> Iterator[Finding]:
    """``call_soon(lambda: create_task(f()))``: the lambda's caller drops the task."""
    for call in subject.body.calls:
        for index, argument in enumerate(call.arguments):
            if not isinstance(argument, nodes.Lambda):
                continue
            made = subject.semantics.made(argument.body)
            if made is None or made.kind is not Kind.TASK:
                continue
            callee = subject.semantics.drops_result(call, index)
            if callee is not None:
                message = (
                    f"`{callee}` drops the task that '{made.name}' gives; no reference is kept"
                )
                yield finding(subject, RULE, argument.body, message)


def _is_given_function(subject: Subject, origin: nodes.Node) -> bool:
    """``create_task(f)``: that call fails, and is told by a rule of its own."""
    if not isinstance(origin, nodes.Call):
        return False
    return any(
        isinstance(argument, nodes.Name | nodes.Attribute)
        and subject.semantics.coroutine_function(argument) is not None
        for argument in origin.arguments
    )
