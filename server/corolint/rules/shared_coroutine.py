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

from corolint.bindings import free_names, names_stored_by_step, step_expressions
from corolint.evaluation import children
from corolint.finding import Finding, Severity
from corolint.inventory import Body
from corolint.lifecycle.handed import graph_of
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
    """Default arguments, and objects of a module, class or function that inner functions await."""
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
                notes=(note(subject, awaiting, "awaited here, each time that this runs"),),
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
    """Where a function awaits what the body around it made, if it is called more than once."""
    if isinstance(subject.body.node, nodes.ClassDef):
        return _awaited_by_method(subject.body, life)
    if any(use.action.consumes for use in life.uses):
        return None
    for name in life.captured:
        for inner in subject.body.inner:
            awaiting = _await_of(inner, name)
            if awaiting is not None and _is_called_again(subject.body, inner):
                return awaiting
    return None


def _awaited_by_method(cls: Body, life: Life) -> nodes.Await | None:
    """A class attribute is shared by all objects of the class, a field only by the calls on one."""
    is_field = bool(life.uses)
    for name in life.names:
        for method in cls.inner:
            for prefix in ("self.", "cls."):
                awaiting = _await_of(method, prefix + name)
                if awaiting is None:
                    continue
                if is_field:
                    calls = _calls_by_place(cls, _name_of(method))
                    if any(_is_repeated(body, places) for body, places in calls):
                        return awaiting
                elif _is_called_again(cls, method):
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


def _name_of(function: Body) -> str:
    return getattr(function.node, "name", "")


def _is_called_again(around: Body, function: Body) -> bool:
    """Whether the file itself calls a function of that name more than once. One that is made anew
    by each call of the function around it has to be called twice as one and the same object."""
    name = _name_of(function)
    maker = around.function()
    if maker is None:
        calls = sum(
            spell(call.callee).rpartition(".")[2] == name
            for body in _bodies(around)
            for call in body.calls
        )
        return calls > 1
    return any(
        _is_repeated(body, places)
        for body, places in _calls_by_place(around, name)
        if any(spell(call.callee).rpartition(".")[2] == maker.name for call in body.calls)
    )


def _bodies(body: Body) -> Iterator[Body]:
    """All bodies of the file."""
    while body.outer is not None:
        body = body.outer
    waiting = [body]
    while waiting:
        body = waiting.pop()
        yield body
        waiting += body.inner


def _calls_by_place(around: Body, name: str) -> Iterator[tuple[Body, list[nodes.Call]]]:
    """In each body, the calls of a function of that name in one and the same place (``client.run``,
    ``run``), if there are several or one in a loop."""
    for body in _bodies(around):
        places: dict[str, list[nodes.Call]] = {}
        for call in body.calls:
            place = spell(call.callee)
            if place.rpartition(".")[2] == name and place.replace(".", "").isidentifier():
                places.setdefault(place, []).append(call)
        for calls in places.values():
            yield body, calls


def _is_repeated(body: Body, calls: list[nodes.Call]) -> bool:
    """Whether one path runs two of the calls, or one of them twice, on the same object."""
    root = spell(calls[0].callee).partition(".")[0]
    graph = graph_of(body.node)
    wanted = {id(call) for call in calls}
    found = [
        step.index
        for step in graph.steps
        for expression in step_expressions(step)
        if not wanted.isdisjoint(_calls_in(expression))
    ]
    for first in found:
        waiting = [edge.target for edge in graph.steps[first].edges]
        seen: set[int] = set()
        while waiting:
            index = waiting.pop()
            if index in found:
                return True
            if index in seen or root in names_stored_by_step(graph.steps[index]):
                continue
            seen.add(index)
            waiting.extend(edge.target for edge in graph.steps[index].edges)
    return len(found) > len(set(found))


def _calls_in(expression: nodes.Expression) -> set[int]:
    stack = [expression]
    found: set[int] = set()
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Call):
            found.add(id(node))
        stack.extend(children(node))
    return found
