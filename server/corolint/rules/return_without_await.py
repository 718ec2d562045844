"""## What it does
Finds `return f()`, where `f` is a coroutine function, in three places: inside `try` or `with`, in a
function that promises the awaited result, and in a coroutine function that returns plain values or
awaited results on other paths.

## Why is this bad?
The coroutine has not run yet when the function returns: the handlers and context managers around
the `return` are gone when it does. And the caller's `await` gives a coroutine object instead of the
result.

## Example
```python
import asyncio


async def load() -> str: ...


async def load_or_default() -> str:
    try:
        return load()
    except OSError:
        return "default"


async def main() -> None:
    print(await load_or_default())


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def load() -> str: ...


async def load_or_default() -> str:
    try:
        return await load()
    except OSError:
        return "default"


async def main() -> None:
    print(await load_or_default())


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.lifecycle.history import Action, Use
from corolint.reporting import Rule, Subject, await_fixes, finding
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule(
    "return-without-await",
    Severity.WARNING,
    "A coroutine object is returned where its result is promised, or out of a try or with.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Returned objects that should have been awaited first."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.COROUTINE or not life.made.certain:
            continue
        for use in life.uses:
            problem = _problem(subject, use)
            if problem is not None:
                yield finding(
                    subject,
                    RULE,
                    use.node,
                    f"coroutine '{life.made.name}' {problem}",
                    life=life,
                    fixes=await_fixes(subject, life),
                )


def _problem(subject: Subject, use: Use) -> str | None:
    function = subject.body.function()
    if function is None or not use.before:
        return None
    if use.action is Action.YIELD:
        is_wanted = subject.semantics.yields_plain(function, use.portion)
        return "is yielded, and its result is promised" if is_wanted else None
    if use.action is not Action.RETURN:
        return None
    if use.portion and not function.is_async:
        return None
    if subject.semantics.promises_plain_result(function, use.portion):
        return "is returned, and its result is promised"
    if use.portion:
        return None
    if function.is_async and any(_is_plain(one.value) for one in subject.body.returns):
        return "is returned, and other paths return plain values"
    if use.is_guarded:
        return "is returned unawaited out of a `try` or `with`, and runs outside of it"
    return None


def _is_plain(returned: nodes.Expression | None) -> bool:
    """Whether a return gives something that nobody awaits."""
    match returned:
        case nodes.Name(name="True" | "False"):
            return True
        case nodes.String() | nodes.Number() | nodes.Bytes() | nodes.FormattedString():
            return True
        case nodes.Collection() | nodes.Dict() | nodes.Comprehension() | nodes.Await():
            return True
    return False
