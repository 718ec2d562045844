"""## What it does
Finds `return f()`, where `f` is a coroutine function, in three places: in a coroutine function that
does not say that it gives a coroutine, in any function that promises the awaited result, and inside
`try` or `with`.

## Why is this bad?
The caller's `await` gives a coroutine object instead of the result, and that never runs. Even where
it is awaited in the end, the handlers and context managers around the `return` are gone when it
runs. Annotate the function with `-> Coroutine[...]` if it is meant.

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
from corolint.known.effects import CASTS
from corolint.lifecycle.history import Action, Life, Use
from corolint.mending.awaiting import await_fixes
from corolint.reporting import Rule, Subject, finding, made_elsewhere
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule(
    "return-without-await",
    Severity.WARNING,
    "A coroutine object is returned where its result is meant, or out of a try or with.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Returned and yielded objects that should have been awaited first."""
    for life in subject.history.lives:
        if not life.made.certain:
            continue
        for use in life.uses:
            problem = _problem(subject, life, use) if use.before else None
            if problem is not None:
                yield finding(
                    subject,
                    RULE,
                    use.node,
                    f"{_THINGS[life.made.kind]} '{life.made.name}' {problem}",
                    life=life,
                    notes=made_elsewhere(subject, life, use.node),
                    fixes=await_fixes(subject, life),
                )


_THINGS = {Kind.COROUTINE: "coroutine", Kind.AWAITABLE: "awaitable"}


def _problem(subject: Subject, life: Life, use: Use) -> str | None:
    function = subject.body.function()
    if function is None:
        return None
    if life.made.kind is Kind.COROUTINE:
        if use.action is Action.YIELD:
            return _problem_of_yield(subject, function, use)
        if use.action is Action.RETURN and not _is_run_elsewhere(life):
            return _problem_of_return(subject, function, use)
    elif life.made.kind is Kind.AWAITABLE and use.action is Action.RETURN and function.is_async:
        # Who asks first what it is may hand on what he did not await.
        if len(life.uses) == 1 and _is_promised_or_useless(subject, function, life, use):
            return _FROM_COROUTINE
    return None


def _is_promised_or_useless(
    subject: Subject, function: nodes.FunctionDef, life: Life, use: Use
) -> bool:
    """Whether an awaitable is not meant to be returned: something else is promised, or, where
    nothing is, it is good for nothing but to be awaited."""
    if function.returns is not None:
        return subject.semantics.promises_plain_result(function, use.portion)
    if use.portion:
        return False  # whoever gets a container may await what is in it
    origin = life.origin
    if subject.semantics.is_result_unclear(function) or not isinstance(origin, nodes.Call):
        return False
    # An object of a class of its own may be the very result, and be sent by whoever gets it.
    return life.made.name == "Awaitable" and not subject.semantics.may_give_receiver(origin)


def _is_run_elsewhere(life: Life) -> bool:
    """``return c if loop.is_running() else loop.run_until_complete(c)``: a function for both kinds
    of callers."""
    return any(use.action is Action.RUN for use in life.uses)


_FROM_COROUTINE = "is returned unawaited; whoever awaits this function gets it instead of a result"


def _problem_of_yield(subject: Subject, function: nodes.FunctionDef, use: Use) -> str | None:
    if subject.semantics.yields_plain(function, use.portion):
        return "is yielded, and its result is promised"
    others = [one.value for one in subject.body.yields if one.value is not use.node]
    if function.is_async and any(map(_is_plain, others)):
        return "is yielded, and other yields give plain values"
    return None


def _problem_of_return(subject: Subject, function: nodes.FunctionDef, use: Use) -> str | None:
    if not function.is_async and (use.portion or _is_cast(subject, use.node)):
        return None
    if subject.semantics.promises_plain_result(function, use.portion):
        return "is returned, and its result is promised"
    if function.is_async and _is_meant(subject, function, use):
        return None
    others = [one.value for one in subject.body.returns if one.value is not use.node]
    if function.is_async and any(map(_is_plain, others)):
        return "is returned, and other paths return plain values"
    if use.portion:
        return None  # whoever gets a container may await what is in it
    if use.is_guarded:
        return "is returned unawaited out of a `try` or `with`, and runs outside of it"
    return _FROM_COROUTINE if function.is_async else None


def _is_cast(subject: Subject, node: nodes.Node) -> bool:
    """``return cast(Node, resolve(node))`` in a function that cannot await: it is on purpose."""
    return isinstance(node, nodes.Call) and subject.semantics.qualified(node.callee) in CASTS


def _is_meant(subject: Subject, function: nodes.FunctionDef, use: Use) -> bool:
    """Whether it may be on purpose. An annotation knows best what the parts of a result are."""
    if use.portion and function.returns is not None:
        return True
    return subject.semantics.is_result_unclear(function)


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
