"""## What it does
Finds coroutine functions given to something that calls them and drops the result, and coroutine
objects given where a function is wanted.

## Why is this bad?
`call_soon`, `Thread`, `signal.signal`, `sorted(key=)` and their like call the function and know
nothing of coroutines: each call makes an object that nobody awaits. A call in its place makes the
object at once, and what is called later is not even a function.

## Example
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    asyncio.get_running_loop().call_soon(work)
    await asyncio.sleep(0)


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def work() -> None: ...


async def main() -> None:
    await asyncio.create_task(work())


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.known.decorators import DROPPING, PASSING
from corolint.lifecycle.history import Action
from corolint.reporting import Rule, Subject, finding
from corolint.semantics import Kind, Made
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "async-callback",
    Severity.ERROR,
    "A coroutine function is given to something that drops what it returns.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Arguments that are coroutine functions, or that a coroutine object stands in for."""
    for call in subject.body.calls:
        for index, argument in enumerate(call.arguments):
            made = _coroutine_function(subject, argument)
            callee = subject.semantics.drops_result(call, index) if made is not None else None
            if made is not None and callee is not None:
                yield finding(
                    subject,
                    RULE,
                    argument,
                    f"`{callee}` drops the coroutine that '{made.name}' makes; it is never awaited",
                )
    yield from _eager_calls(subject)
    for definition in subject.body.definitions:
        if isinstance(definition, nodes.FunctionDef) and definition.is_async:
            yield from _dropped_by_decorator(subject, definition)


def _dropped_by_decorator(subject: Subject, definition: nodes.FunctionDef) -> Iterator[Finding]:
    """``@click.command() async def main()``"""
    for decorator in reversed(definition.decorators):
        name = subject.semantics.callee_name(decorator)
        if name in DROPPING:
            message = (
                f"`{spell(decorator)}` drops the coroutine that '{definition.name}' makes;"
                " it is never awaited"
            )
            yield finding(subject, RULE, definition, message)
        if name not in PASSING:
            return


def _coroutine_function(subject: Subject, argument: nodes.Expression) -> Made | None:
    made = None
    if isinstance(argument, nodes.Name | nodes.Attribute | nodes.Call):
        made = subject.semantics.coroutine_function(argument)
    elif isinstance(argument, nodes.Lambda):
        made = subject.semantics.made(argument.body)
    return made if made is not None and made.kind is Kind.COROUTINE else None


def _eager_calls(subject: Subject) -> Iterator[Finding]:
    """``call_later(1, f())``"""
    for life in subject.history.lives:
        for use in life.value_uses(can_await=subject.body.is_async):
            if use.action is not Action.ARGUMENT or use.call is None:
                continue
            index = next(i for i, one in enumerate(use.call.arguments) if one is use.node)
            callee = subject.semantics.drops_result(use.call, index)
            if callee is not None:
                yield finding(
                    subject,
                    RULE,
                    use.node,
                    f"`{callee}` wants a function, not the coroutine '{life.made.name}';"
                    " it is never awaited",
                    life=life,
                )
