"""## What it does
Finds coroutine objects whose truth is tested: in `if`, `while`, `assert`, `not`, `and`, `or`, a
conditional expression, or the condition of a comprehension or a `match` case.

## Why is this bad?
A coroutine object is always true, whatever awaiting it would give. So the test decides nothing, and
the coroutine never runs.

## Example
```python
import asyncio


async def is_allowed(name: str) -> bool: ...


async def main() -> None:
    if is_allowed("guest"):
        print("come in")


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def is_allowed(name: str) -> bool: ...


async def main() -> None:
    if await is_allowed("guest"):
        print("come in")


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.lifecycle.history import Action, Use
from corolint.mending.awaiting import await_fixes
from corolint.reporting import ASKING_FOR_TRUTH, Rule, Subject, finding, made_elsewhere
from corolint.spelling import spell

RULE = Rule(
    "coroutine-in-condition",
    Severity.ERROR,
    "The truth of a coroutine object is tested; it is always true.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Tests of an object that always is a coroutine object and that nothing awaits."""
    yield from _filters(subject)
    for life in subject.history.lives:
        for use in life.value_uses(can_await=subject.body.is_async):
            if _is_condition(use):
                yield finding(
                    subject,
                    RULE,
                    use.node,
                    f"coroutine '{life.made.name}' is always true; it was never awaited",
                    life=life,
                    notes=made_elsewhere(subject, life, use.node),
                    fixes=await_fixes(subject, life),
                )


def _filters(subject: Subject) -> Iterator[Finding]:
    """``filter(f, xs)`` tests what the coroutine function `f` gives, and lets everything pass."""
    for call in subject.body.calls:
        if spell(call.callee) != "filter" or len(call.arguments) != 2:
            continue
        function = call.arguments[0]
        made = subject.semantics.coroutine_function(function)
        if made is not None and subject.semantics.qualified(call.callee) == "builtins.filter":
            yield finding(
                subject,
                RULE,
                function,
                f"coroutine '{made.name}' is always true; `filter` never awaits it",
            )


def _is_condition(use: Use) -> bool:
    if use.action is Action.ARGUMENT and use.call is not None:
        return spell(use.call.callee) in ASKING_FOR_TRUTH
    return use.action is Action.CONDITION
