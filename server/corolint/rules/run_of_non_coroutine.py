"""## What it does
Finds `asyncio.run` and its kin called with something that is no coroutine object: a future or a
task, an async generator, `None`.

## Why is this bad?
Python raises `ValueError: a coroutine was expected`. A gathering future cannot even be made before
there is a loop. Put the work into a coroutine function and run that.

## Example
```python
import asyncio


def work() -> None: ...


asyncio.run(work())
```

Use instead:
```python
import asyncio


async def work() -> None: ...


asyncio.run(work())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.reporting import Rule, Subject, finding

RULE = Rule(
    "run-of-non-coroutine",
    Severity.ERROR,
    "Something that is no coroutine object is given to asyncio.run.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """The arguments in this body that a runner refuses."""
    for fault in subject.loops.refused.get(id(subject.body.node), ()):
        yield finding(subject, RULE, fault.node, fault.message)
