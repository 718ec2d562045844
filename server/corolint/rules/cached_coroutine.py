"""## What it does
Finds `functools.cache`, `lru_cache` and `cached_property` over a function that gives a coroutine
object, and dictionaries that are used as such a cache by hand.

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

from corolint.bindings import stored_names
from corolint.evaluation import children, own_expressions, statements_of
from corolint.finding import Finding, Severity
from corolint.inventory import Body
from corolint.lifecycle.history import Life
from corolint.mending.caching import uncached_fixes
from corolint.reporting import Rule, Subject, finding, note
from corolint.semantics import Kind
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "cached-coroutine", Severity.ERROR, "A cache keeps coroutine objects and gives them out again."
)

_CACHES = frozenset(
    {"functools.cache", "functools.lru_cache", "functools.cached_property", "cachetools.cached"}
    | {"cachetools.func.lru_cache", "cachetools.func.ttl_cache"}
)
# Methods after which a container does not hold on to what was put into it.
_EMPTYING = frozenset({"pop", "popitem", "clear"})


def check(subject: Subject) -> Iterator[Finding]:
    """Decorators that cache, and containers that a function fills and gives out again."""
    for definition in subject.body.definitions:
        if isinstance(definition, nodes.FunctionDef) and definition.decorators:
            yield from _decorated(subject, definition)
    function = subject.body.function()
    if function is not None:
        for life in subject.history.lives:
            if life.made.kind is Kind.COROUTINE:
                yield from _kept_by_hand(subject, function, life)


def _decorated(subject: Subject, definition: nodes.FunctionDef) -> Iterator[Finding]:
    """The decorator that sees the function itself is the last one."""
    decorator = definition.decorators[-1]
    factory = decorator.callee if isinstance(decorator, nodes.Call) else decorator
    name = subject.semantics.qualified(factory)
    if name not in _CACHES:
        return
    if not definition.is_async and subject.semantics.gives_coroutine(definition) is None:
        return
    yield finding(
        subject,
        RULE,
        definition,
        f"'{name}' keeps the coroutine that '{definition.name}' makes,"
        " and the second caller cannot reuse it",
        notes=(note(subject, decorator, "cached here"),),
        fixes=uncached_fixes(subject, decorator),
    )


# --- caches made by hand -------------------------------------------------------------------------


def _kept_by_hand(subject: Subject, function: nodes.FunctionDef, life: Life) -> Iterator[Finding]:
    """``if key not in CACHE: CACHE[key] = f()``, then ``CACHE[key]``; it is never emptied."""
    container, key = _stored_in(function, life.origin)
    if container is None or key is None or not _outlives(function, container):
        return
    place = spell(container)
    if not _asks_for(function, place, spell(key)) or _is_emptied(subject.body, place):
        return
    given = _given_out(function, place, life.origin)
    if given is not None:
        yield finding(
            subject,
            RULE,
            life.origin,
            f"'{place}' keeps the coroutine '{life.made.name}',"
            " and the second caller cannot reuse it",
            life=life,
            notes=(note(subject, given, "given out again here"),),
        )


def _stored_in(
    function: nodes.FunctionDef, origin: nodes.Node
) -> tuple[nodes.Expression | None, nodes.Expression | None]:
    """The container that the object is put into, and the key."""
    for statement in statements_of(function.body):
        match statement:
            case nodes.Assign(targets=[nodes.Subscript(value=container, index=key)], value=value):
                if value is origin:
                    return container, key
    return None, None


def _outlives(function: nodes.FunctionDef, container: nodes.Expression) -> bool:
    """Whether a container is not the function's own: a global, or an attribute of an object."""
    if isinstance(container, nodes.Attribute):
        return isinstance(container.value, nodes.Name)
    if not isinstance(container, nodes.Name):
        return False
    own = {parameter.name for parameter in function.parameters}
    for statement in statements_of(function.body):
        if isinstance(statement, nodes.Assign):
            own.update(name for target in statement.targets for name in stored_names(target))
    return container.name not in own


def _asks_for(function: nodes.FunctionDef, place: str, key: str) -> bool:
    """Whether the function asks if the container holds the key."""
    for node in _expressions(function):
        match node:
            case nodes.Comparison(operators=["in" | "not in"], comparators=[right]):
                if (spell(node.left), spell(right)) == (key, place):
                    return True
            case nodes.Call(callee=nodes.Attribute(value=holder, attribute="get")):
                if spell(holder) == place and [spell(a) for a in node.arguments[:1]] == [key]:
                    return True
    return False


def _is_emptied(body: Body, place: str) -> bool:
    """Whether anything in the file takes something out of a container of that name."""
    while body.outer is not None:
        body = body.outer
    last = place.rpartition(".")[2]
    waiting = [body]
    while waiting:
        body = waiting.pop()
        waiting += body.inner
        for call in body.calls:
            match call.callee:
                case nodes.Attribute(value=holder, attribute=method) if method in _EMPTYING:
                    if spell(holder).rpartition(".")[2] == last:
                        return True
        block = body.node if isinstance(body.node, nodes.Block) else body.node.body
        for statement in statements_of(block) if isinstance(block, nodes.Block) else ():
            for target in statement.targets if isinstance(statement, nodes.Delete) else ():
                if last in spell(target):
                    return True
    return False


def _given_out(
    function: nodes.FunctionDef, place: str, origin: nodes.Node
) -> nodes.Expression | None:
    """Where the function reads an element, to return or await it."""
    for statement in statements_of(function.body):
        if isinstance(statement, nodes.Assign) and statement.value is origin:
            continue
        for expression in own_expressions(statement):
            stack = [expression]
            while stack:
                node = stack.pop()
                if isinstance(node, nodes.Subscript) and spell(node.value) == place:
                    return node
                stack.extend(children(node))
    return None


def _expressions(function: nodes.FunctionDef) -> Iterator[nodes.Expression]:
    for statement in statements_of(function.body):
        stack = list(own_expressions(statement))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(children(node))
