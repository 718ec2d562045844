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
from corolint.semantics import Effect, Kind
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "run-of-non-coroutine",
    Severity.ERROR,
    "Something that is no coroutine object is given to asyncio.run.",
)

# From 3.14 on, `asyncio.run` takes whatever can be awaited.
_TAKES_AWAITABLES = (3, 14)
_FUTURES = frozenset({Kind.FUTURE, Kind.TASK})


def check(subject: Subject) -> Iterator[Finding]:
    """The calls of runners whose first argument surely is no coroutine object."""
    for call in subject.body.calls:
        last = spell(call.callee).rpartition(".")[2]
        if last not in ("run", "run_until_complete") or not call.arguments:
            continue
        if call.kinds[0] != nodes.POSITIONAL:
            continue
        if subject.semantics.effect(call, 0, False) is not Effect.RUNS:
            continue
        argument = call.arguments[0]
        got = _what_else(subject, argument, last == "run")
        if got is None:
            continue
        if last == "run":
            message = f"a coroutine was expected, got {got}"
        else:
            message = f"An asyncio.Future, a coroutine or an awaitable is required, got {got}"
        yield finding(subject, RULE, argument, message)


def _what_else(subject: Subject, argument: nodes.Expression, wants_coroutine: bool) -> str | None:
    """What the argument is, if it surely is nothing that can be run."""
    if isinstance(argument, nodes.Lambda):
        return "a function"
    if subject.semantics.coroutine_function(argument) is not None:
        return None  # not called: another rule tells
    made = subject.semantics.made(argument)
    if made is not None and made.certain and made.kind in _FUTURES:
        if wants_coroutine and subject.python_version < _TAKES_AWAITABLES:
            return "a future"
        return None
    name = subject.semantics.not_awaitable(argument)
    if name is None:
        return None
    return "None" if name == "NoneType" else f"an object of `{name}`"
