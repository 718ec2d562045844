"""## What it does
Finds futures that are dropped: the results of `gather`, `shield`, `wrap_future`,
`run_in_executor`, `create_future` and `run_coroutine_threadsafe`.

## Why is this bad?
What the future stands for goes on without anyone waiting for it. Its result is lost, and so is its
exception, which the loop at best logs long afterwards.

## Example
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    asyncio.gather(work(), work())


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    await asyncio.gather(work(), work())


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.mending.awaiting import await_fixes
from corolint.reporting import Rule, Subject, finding
from corolint.semantics import Kind

RULE = Rule("unawaited-future", Severity.WARNING, "A future is dropped.")


def check(subject: Subject) -> Iterator[Finding]:
    """Futures that nothing looks at after they were made."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.FUTURE or life.made.result is Kind.COROUTINE:
            continue  # what is lost with it is a coroutine object, which is worse
        if life.ends and not life.is_consumed:
            yield finding(
                subject,
                RULE,
                life.origin,
                f"the future that '{life.made.name}' gives was never awaited",
                life=life,
                fixes=await_fixes(subject, life),
            )
