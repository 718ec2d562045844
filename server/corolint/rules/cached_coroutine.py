"""## What it does
Finds `functools.cache`, `lru_cache` and `cached_property` over a coroutine function.

## Why is this bad?
What is cached is the coroutine object, not its result. The first caller awaits it; every other
one gets the same object and `RuntimeError: cannot reuse already awaited coroutine`. Use a cache
that was made for coroutine functions, or cache a task.

## Example
```python
import asyncio
import functools


@functools.cache
async def load() -> str: ...


async def main() -> None:
    await load()


asyncio.run(main())
```

Use instead:
```python
import asyncio
import functools


@functools.cache
def load() -> asyncio.Task[str]:
    return asyncio.create_task(read())


async def read() -> str: ...


async def main() -> None:
    await load()
    await load()


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.mending.caching import uncached_fixes
from corolint.reporting import Rule, Subject, finding, note
from corolint.syntax import nodes

RULE = Rule(
    "cached-coroutine", Severity.ERROR, "A cache keeps coroutine objects and gives them out again."
)

_CACHES = frozenset(
    {"functools.cache", "functools.lru_cache", "functools.cached_property", "cachetools.cached"}
    | {"cachetools.func.lru_cache", "cachetools.func.ttl_cache"}
)


def check(subject: Subject) -> Iterator[Finding]:
    """Coroutine functions right under a decorator that caches."""
    for definition in subject.body.definitions:
        if not isinstance(definition, nodes.FunctionDef) or not definition.is_async:
            continue
        if not definition.decorators:
            continue
        decorator = definition.decorators[-1]  # the one that sees the coroutine function itself
        factory = decorator.callee if isinstance(decorator, nodes.Call) else decorator
        name = subject.semantics.qualified(factory)
        if name in _CACHES:
            yield finding(
                subject,
                RULE,
                definition,
                f"'{name}' keeps the coroutine that '{definition.name}' makes,"
                " and the second caller cannot reuse it",
                notes=(note(subject, decorator, "cached here"),),
                fixes=uncached_fixes(subject, decorator),
            )
