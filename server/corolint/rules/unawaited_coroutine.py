"""## What it does
Finds calls of coroutine functions whose result is dropped without ever being awaited.

## Why is this bad?
Calling a coroutine function runs nothing: it makes a coroutine object, and the body runs when that
object is awaited. What is dropped never ran. CPython says
`RuntimeWarning: coroutine 'send' was never awaited` when the object is collected.

## Example
```python
import asyncio


async def send(text: str) -> None: ...


async def main() -> None:
    send("hello")


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def send(text: str) -> None: ...


async def main() -> None:
    await send("hello")


asyncio.run(main())
```

From plain code, run it with `asyncio.run(send("hello"))`; to run it beside other things, use
`asyncio.create_task(send("hello"))` and keep the task.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Evidence, Finding, Fix, Severity
from corolint.lifecycle.history import EndKind, Life
from corolint.mending.awaiting import await_fixes
from corolint.mending.closing import close_fixes
from corolint.mending.running import run_fixes
from corolint.mending.scheduling import background_fixes
from corolint.reporting import Rule, Subject, finding, lost_here
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule("unawaited-coroutine", Severity.ERROR, "A coroutine object is never awaited.")


def check(subject: Subject) -> Iterator[Finding]:
    """Objects that no path consumes or hands on, unless one is already told to be misused."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.COROUTINE and life.made.result is not Kind.COROUTINE:
            continue
        if isinstance(life.origin, nodes.Parameter):
            continue
        if (
            life.ends
            and not life.is_consumed
            and not life.value_uses(can_await=subject.body.is_async)
            and not _may_be_read_elsewhere(subject, life)
            and not _means_the_plain_one(subject, life)
        ):
            yield finding(
                subject,
                RULE,
                life.origin,
                f"coroutine '{life.made.name}' was never awaited",
                life=life,
                notes=[each for end in life.ends for each in lost_here(subject, life, end)],
                fixes=_fixes(subject, life) if life.made.kind is Kind.COROUTINE else (),
            )


def _means_the_plain_one(subject: Subject, life: Life) -> bool:
    """Whether a value of another type may stand there as well, or nothing but the name tells, or
    the project replaces its functions, and the body could not await: who writes a plain function
    around it means the plain one."""
    if subject.body.function() is None or subject.body.is_async:
        return False
    if not life.made.certain or life.made.evidence is Evidence.CONSENSUS:
        return True
    return subject.semantics.may_be_replaced(life.made)


def _fixes(subject: Subject, life: Life) -> list[Fix]:
    """Await it; else run it, beside other things or at the top level; else tell that it is not
    wanted."""
    assert isinstance(life.origin, nodes.Expression)
    return [
        *await_fixes(subject, life),
        *run_fixes(subject, life.origin),
        *background_fixes(subject, life.origin, is_task=False),
        *close_fixes(subject, life),
    ]


def _may_be_read_elsewhere(subject: Subject, life: Life) -> bool:
    """Whether it is stored in an attribute that a base class in another file may know."""
    if all(end.kind is not EndKind.STORED for end in life.ends):
        return False
    definition = subject.body.enclosing_class()
    return definition is None or bool(definition.bases)
