"""## What it does
Finds the same coroutine object twice in one call of `gather` or `as_completed`.

## Why is this bad?
Python takes the object once: its body runs once, and its result stands twice in the results. Mostly
two runs were meant.

## Example
```python
import asyncio


async def ping() -> None: ...


async def main() -> None:
    await asyncio.gather(*[ping()] * 3)


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def ping() -> None: ...


async def main() -> None:
    await asyncio.gather(*[ping() for _ in range(3)])


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.lifecycle.history import Action, State
from corolint.reporting import Rule, Subject, finding, made_here
from corolint.semantics import Kind

RULE = Rule(
    "duplicate-coroutine",
    Severity.HINT,
    "The same coroutine object stands twice in one call of gather.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Calls that take one pending object several times."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.COROUTINE:
            continue
        for use in life.uses:
            if use.times > 1 and use.action is Action.SCHEDULE and State.PENDING in use.before:
                yield finding(
                    subject,
                    RULE,
                    use.node,
                    f"coroutine '{life.made.name}' is given twice and runs once",
                    life=life,
                    notes=(made_here(subject, life),),
                )
