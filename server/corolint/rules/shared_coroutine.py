"""## What it does
Finds coroutine objects that are made once and awaited by code that can run again: default
arguments, module constants and class attributes.

## Why is this bad?
A default argument is made when the function is defined, a module constant when the module is
imported. The first call awaits it; the second one gets
`RuntimeError: cannot reuse already awaited coroutine`.

## Example
```python
import asyncio


async def load() -> str: ...


LOADING = load()


async def show() -> None:
    print(await LOADING)


async def main() -> None:
    await show()
    await show()


try:
    asyncio.run(main())
except RuntimeError as error:
    print(error)
```

Use instead:
```python
import asyncio


async def load() -> str: ...


async def show() -> None:
    print(await load())


async def main() -> None:
    await show()
    await show()


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.bindings import free_names
from corolint.finding import Finding, Severity
from corolint.inventory import Body
from corolint.lifecycle.history import Action, Life
from corolint.reporting import Rule, Subject, finding, note
from corolint.semantics import Kind
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "shared-coroutine",
    Severity.WARNING,
    "A coroutine object is made once and awaited by code that can run again.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Default arguments, and objects of a module or class body that functions await."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.COROUTINE:
            continue
        awaiting = _awaited_default(subject, life) or _awaited_elsewhere(subject, life)
        if awaiting is not None:
            yield finding(
                subject,
                RULE,
                life.origin,
                f"coroutine '{life.made.name}' is made once, and awaited by code that can run"
                " again",
                life=life,
                notes=(note(subject, awaiting, "awaited here"),),
            )


def _awaited_default(subject: Subject, life: Life) -> nodes.Await | None:
    """Where a function awaits the parameter whose default the object is."""
    if not any(use.action is Action.DEFAULT for use in life.uses):
        return None
    for inner in subject.body.inner:
        if isinstance(inner.node, nodes.FunctionDef):
            for parameter in inner.node.parameters:
                if parameter.default is life.origin:
                    return _await_of(inner, parameter.name)
    return None


def _awaited_elsewhere(subject: Subject, life: Life) -> nodes.Await | None:
    """Where a function awaits the module constant or class attribute that holds the object."""
    is_class = isinstance(subject.body.node, nodes.ClassDef)
    if not is_class and not isinstance(subject.body.node, nodes.Block):
        return None
    if any(use.action.consumes for use in life.uses):
        return None
    prefixes = ("self.", "cls.") if is_class else ("",)
    names = life.names if is_class else life.captured
    for name in names:
        for inner in subject.body.inner:
            for prefix in prefixes:
                awaiting = _await_of(inner, prefix + name)
                if awaiting is not None and _is_called_again(subject.body, inner):
                    return awaiting
    return None


def _await_of(body: Body, name: str) -> nodes.Await | None:
    """An await of `name` in a function."""
    if not isinstance(body.node, nodes.FunctionDef):
        return None
    head, _, attribute = name.rpartition(".")
    if not head and name not in free_names(body.node) and not _is_parameter(body.node, name):
        return None
    for awaiting in body.awaits:
        match awaiting.value:
            case nodes.Name(name=found) if not head and found == attribute:
                return awaiting
            case nodes.Attribute(value=nodes.Name(name=first), attribute=found):
                if first == head and found == attribute:
                    return awaiting
    return None


def _is_parameter(function: nodes.FunctionDef, name: str) -> bool:
    return any(parameter.name == name for parameter in function.parameters)


def _is_called_again(outermost: Body, function: Body) -> bool:
    """Whether the file itself calls a function of that name more than once."""
    while outermost.outer is not None:
        outermost = outermost.outer
    name = getattr(function.node, "name", "")
    calls = 0
    waiting = [outermost]
    while waiting:
        body = waiting.pop()
        waiting += body.inner
        calls += sum(spell(call.callee).rpartition(".")[2] == name for call in body.calls)
    return calls > 1
