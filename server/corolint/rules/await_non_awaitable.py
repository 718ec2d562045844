"""## What it does
Finds `await` on something that is known not to be awaitable.

## Why is this bad?
Python raises `TypeError: object list can't be used in 'await' expression`.

## Example
```python
import asyncio


def names() -> list[str]:
    return ["a"]


async def main() -> None:
    try:
        await names()
    except TypeError as error:
        print(error)


asyncio.run(main())
```

Use instead:
```python
import asyncio


def names() -> list[str]:
    return ["a"]


async def main() -> None:
    names()


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.reporting import Rule, Subject, finding
from corolint.syntax import nodes

RULE = Rule("await-non-awaitable", Severity.ERROR, "Something is awaited that cannot be awaited.")


def check(subject: Subject) -> Iterator[Finding]:
    """Awaits of values whose type has no `__await__`."""
    for awaiting in subject.body.awaits:
        type_name = subject.semantics.not_awaitable(awaiting.value)
        if type_name is not None and not _is_unset(awaiting.value, type_name):
            yield finding(
                subject,
                RULE,
                awaiting,
                f"object {type_name} can't be used in 'await' expression",
            )


def _is_unset(operand: nodes.Expression, type_name: str) -> bool:
    """A name that is ``None`` now is mostly set before somebody awaits it."""
    return type_name in ("None", "NoneType") and isinstance(operand, nodes.Name | nodes.Attribute)
