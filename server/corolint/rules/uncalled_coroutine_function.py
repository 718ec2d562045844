"""## What it does
Finds coroutine functions that are awaited, run or scheduled without being called.

## Why is this bad?
A coroutine function is not awaitable; what its call makes is. Python raises `TypeError` or
`ValueError: a coroutine was expected`.

## Example
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    try:
        await work
    except TypeError as error:
        print(error)


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    await work()


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Edit, Finding, Fix, Severity
from corolint.reporting import Rule, Subject, finding
from corolint.semantics import Effect, Kind, Portion
from corolint.spelling import spell
from corolint.syntax import nodes
from corolint.text import Span

RULE = Rule(
    "uncalled-coroutine-function",
    Severity.ERROR,
    "A coroutine function is awaited or scheduled without being called.",
)

# The last part of the names of functions that take coroutine objects; the others need not be asked.
_TAKERS = frozenset(
    "as_completed create_task ensure_future gather run run_coroutine_threadsafe "
    "run_until_complete shield wait wait_for".split()
)
_CONSUMING = frozenset({Effect.RUNS, Effect.SCHEDULES, Effect.WRAPS})


def check(subject: Subject) -> Iterator[Finding]:
    """Awaits and calls whose operand or argument is a function instead of an object."""
    for awaiting in subject.body.awaits:
        yield from _check_one(subject, awaiting.value, "awaited")
    for call in subject.body.calls:
        if spell(call.callee).rpartition(".")[2] not in _TAKERS:
            continue
        for index, argument in enumerate(call.arguments):
            within = _elements(argument)
            is_container = within is not None and call.kinds[index] != nodes.STAR
            place: tuple[Portion, ...] = (None,) if is_container else ()
            if subject.semantics.effect(call, index, place) in _CONSUMING:
                for one in [argument] if within is None else within:
                    yield from _check_one(subject, one, f"given to `{spell(call.callee)}`")


def _elements(argument: nodes.Expression) -> list[nodes.Expression] | None:
    """What a display or comprehension puts into its container; `None` for all other arguments."""
    if isinstance(argument, nodes.Collection):
        return argument.elements
    if isinstance(argument, nodes.Comprehension) and argument.kind != "dict":
        return [argument.element]
    return None


def _check_one(subject: Subject, operand: nodes.Expression, how: str) -> Iterator[Finding]:
    if not isinstance(operand, nodes.Name | nodes.Attribute):
        return
    made = subject.semantics.coroutine_function(operand)
    if made is None or made.kind is not Kind.COROUTINE:
        return
    span = subject.syntax.span(operand)
    end = Span(span.end_line, span.end_column, span.end_line, span.end_column)
    yield finding(
        subject,
        RULE,
        operand,
        f"coroutine function '{made.name}' is {how} without being called",
        fixes=(Fix(f"Call '{made.name}'", (Edit(end, "()"),), preferred=True),),
    )
