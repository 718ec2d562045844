"""## What it does
Finds `with` on an asynchronous context manager, `async with` on a coroutine object, `for` over an
async generator, `async for` over a coroutine object, `await` of an async generator, and async
generators that are dropped.

## Why is this bad?
The plain and the asynchronous protocols have different methods; Python raises `TypeError` or
`AttributeError`. An async generator that is dropped does nothing, and nobody is warned.

## Example
```python
import asyncio
from collections.abc import AsyncIterator


async def numbers() -> AsyncIterator[int]:
    yield 1


async def main() -> None:
    try:
        for number in numbers():
            print(number)
    except TypeError as error:
        print(error)


asyncio.run(main())
```

Use instead:
```python
import asyncio
from collections.abc import AsyncIterator


async def numbers() -> AsyncIterator[int]:
    yield 1


async def main() -> None:
    async for number in numbers():
        print(number)


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.known.effects import EFFECTS
from corolint.lifecycle.history import Action, Life, Use
from corolint.mending.awaiting import await_fixes
from corolint.mending.protocols import async_fixes
from corolint.reporting import Rule, Subject, finding, made_here
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule(
    "async-protocol-mismatch",
    Severity.ERROR,
    "The plain protocol on an asynchronous object, or the other way round.",
)

_PROBLEMS = {
    (Kind.COROUTINE, Action.ENTER): "coroutine '{}' is not a context manager; await it first",
    (Kind.COROUTINE, Action.ASYNC_ENTER): "coroutine '{}' is no context manager; await it first",
    (Kind.COROUTINE, Action.ASYNC_ITERATE): "coroutine '{}' is no async iterator; await it first",
    (Kind.ASYNC_GENERATOR, Action.ITERATE): "async generator '{}' needs 'async for'",
    (Kind.ASYNC_GENERATOR, Action.ARGUMENT): "async generator '{}' needs 'async for'",
    (Kind.ASYNC_GENERATOR, Action.AWAIT): "async generator '{}' can't be awaited",
    (Kind.ASYNC_CONTEXT_MANAGER, Action.ENTER): "'{}' needs 'async with'",
}


def check(subject: Subject) -> Iterator[Finding]:
    """Uses of an object by the wrong protocol."""
    yield from _other_protocols(subject)
    for life in subject.history.lives:
        if not life.made.certain:
            continue
        yield from _misuses(subject, life)
        if life.made.kind is Kind.ASYNC_GENERATOR and life.ends and not life.is_consumed:
            yield finding(
                subject,
                RULE,
                life.origin,
                f"async generator '{life.made.name}' is never iterated over",
                life=life,
                severity=Severity.WARNING,
            )


_WITH = ("__enter__", "__aenter__", "'async with'")
_ASYNC_WITH = ("__aenter__", "__enter__", "'with'")
_ASYNC_FOR = ("__aiter__", "__iter__", "'for'")


def _other_protocols(subject: Subject) -> Iterator[Finding]:
    """Objects whose class has only the other protocol. Where nothing can be awaited, plain code
    would have to ask about every ``with`` there is."""
    for statement in subject.body.withs:
        if statement.is_async or subject.body.is_async:
            protocol = _ASYNC_WITH if statement.is_async else _WITH
            for context in statement.contexts:
                yield from _other_protocol(subject, context, protocol)
    for iterable in subject.body.async_iterables:
        yield from _other_protocol(subject, iterable, _ASYNC_FOR)
    for awaiting in subject.body.awaits:
        if isinstance(awaiting.value, nodes.Call):
            made = subject.semantics.made(awaiting.value)
            if made is not None and made.kind is Kind.ASYNC_GENERATOR:
                problem = _PROBLEMS[Kind.ASYNC_GENERATOR, Action.AWAIT]
                yield finding(subject, RULE, awaiting, problem.format(made.name))


def _other_protocol(
    subject: Subject, node: nodes.Expression, protocol: tuple[str, str, str]
) -> Iterator[Finding]:
    method, instead, statement = protocol
    type_name = subject.semantics.lacks_method(node, method, instead)
    if type_name is not None:
        yield finding(subject, RULE, node, f"'{type_name}' object needs {statement}")


def _is_walked(subject: Subject, life: Life, use: Use) -> bool:
    """Whether an async generator that is an argument is given to what walks plain iterables, not
    to `anext` or to a parameter that is declared for one."""
    if life.made.kind is not Kind.ASYNC_GENERATOR or use.call is None:
        return True
    return subject.semantics.qualified(use.call.callee) in EFFECTS


def _misuses(subject: Subject, life: Life) -> Iterator[Finding]:
    for use in life.uses:
        problem = _PROBLEMS.get((life.made.kind, use.action))
        if problem is None or not use.before or not _is_walked(subject, life, use):
            continue
        is_coroutine = life.made.kind is Kind.COROUTINE
        yield finding(
            subject,
            RULE,
            use.node,
            problem.format(life.made.name),
            life=life,
            notes=() if use.node is life.origin else (made_here(subject, life),),
            fixes=await_fixes(subject, life) if is_coroutine else async_fixes(subject, use),
        )
