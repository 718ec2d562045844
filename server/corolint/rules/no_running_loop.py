"""## What it does
Finds calls that need a running event loop, such as `asyncio.create_task`, at the top level of a
module or in plain functions that it calls, where no loop is running.

## Why is this bad?
Python raises `RuntimeError: no running event loop`, and the coroutine that was to become a task is
never awaited.

## Example
```python
import asyncio


async def work() -> None: ...


def main() -> None:
    coroutine = work()
    try:
        task = asyncio.create_task(coroutine)
        print(task)
    except ValueError:
        print("no")
    finally:
        coroutine.close()


if __name__ == "__main__":
    main()
```

Use instead:
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    task = asyncio.create_task(work())
    await task


if __name__ == "__main__":
    asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Note, Severity
from corolint.reporting import Rule, Subject, finding

RULE = Rule(
    "no-running-loop",
    Severity.WARNING,
    "Something that needs a running event loop is called where none is running.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """The calls of this body that need a loop, each with the way that leads to them."""
    for fault in subject.loops.missing.get(id(subject.body.node), ()):
        notes = [Note(hop.text, hop.path, hop.span) for hop in fault.hops]
        message = f"no running event loop where `{fault.shown}` is called"
        yield finding(subject, RULE, fault.node, message, notes=notes)
