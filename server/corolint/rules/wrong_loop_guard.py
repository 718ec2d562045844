"""## What it does
Finds handlers of `RuntimeError` that look for the message of another function than the one that
was called, so that they never do what they are there for.

## Why is this bad?
Each way of starting a loop inside a running one has its own words: `asyncio.run` says
"asyncio.run() cannot be called from a running event loop", a loop's `run_until_complete` says "This
event loop is already running". A handler that looks for the wrong ones lets the error through, and
only where a loop is running. Ask `asyncio.get_running_loop()` instead.

## Example
```python
import asyncio


async def fetch() -> None: ...


def fetch_now() -> None:
    try:
        asyncio.run(fetch())
    except RuntimeError as error:
        if "This event loop is already running" in str(error):
            print("use await fetch()")
        else:
            raise


fetch_now()
```

Use instead:
```python
import asyncio


async def fetch() -> None: ...


def fetch_now() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(fetch())
    else:
        print("use await fetch()")


fetch_now()
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corolint.evaluation import children, own_expressions, statements_of
from corolint.finding import Finding, Severity
from corolint.known.loops import (
    ALREADY_RUNNING,
    ANOTHER_IS_RUNNING,
    NO_CURRENT_LOOP,
    NO_RUNNING_LOOP,
    RUNNERS,
)
from corolint.reporting import Rule, Subject, finding, note
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "wrong-loop-guard",
    Severity.WARNING,
    "A handler looks for a message about event loops that cannot come here.",
)

_OF_A_LOOP = frozenset({ALREADY_RUNNING, ANOTHER_IS_RUNNING})
_SAYS: dict[str, frozenset[str]] = {
    "asyncio.run": frozenset({RUNNERS["asyncio.run"].message}),
    "uvloop.run": frozenset({RUNNERS["uvloop.run"].message}),
    "run_until_complete": _OF_A_LOOP,
    "run_forever": _OF_A_LOOP,
    "asyncio.get_running_loop": frozenset({NO_RUNNING_LOOP}),
    "asyncio.get_event_loop": frozenset({NO_CURRENT_LOOP}),
    "asyncio.create_task": frozenset({NO_RUNNING_LOOP}),
}
_MESSAGES = frozenset().union(*_SAYS.values()) | {RUNNERS["asyncio.Runner.run"].message}
_NAMES = frozenset(name.rpartition(".")[2] for name in _SAYS)
_METHODS = frozenset({"run_until_complete", "run_forever"})


def check(subject: Subject) -> Iterator[Finding]:
    """The comparisons in handlers whose text is that of a function which is not called there."""
    body = subject.body.node
    if isinstance(body, nodes.Lambda):
        return
    block = body if isinstance(body, nodes.Block) else body.body
    for statement in statements_of(block):
        if isinstance(statement, nodes.Try):
            for handler in statement.handlers:
                if handler.name is not None and _catches(handler):
                    yield from _check_handler(subject, statement, handler)


def _catches(handler: nodes.Handler) -> bool:
    return isinstance(handler.type, nodes.Name) and handler.type.name in (
        "RuntimeError",
        "Exception",
    )


def _check_handler(
    subject: Subject, statement: nodes.Try, handler: nodes.Handler
) -> Iterator[Finding]:
    texts = list(_texts(handler))
    if not texts:
        return
    said: set[str] = set()
    calls: list[nodes.Call] = []
    for call in _calls(statement.body):
        messages = _messages_of(subject, call)
        if messages:
            said |= messages
            calls.append(call)
    # One that finds its own message may look for those of other versions, too.
    if not calls or any(text.value in message for text in texts for message in said):
        return
    for text in texts:
        if any(text.value in message for message in _MESSAGES):
            called = spell(calls[0].callee)
            yield finding(
                subject,
                RULE,
                text,
                f"`{called}` never says this: its error is {sorted(said)[0]!r}",
                notes=[note(subject, calls[0], f"`{called}` is called here")],
            )


def _messages_of(subject: Subject, call: nodes.Call) -> frozenset[str]:
    if isinstance(call.callee, nodes.Attribute) and call.callee.attribute in _METHODS:
        return _SAYS[call.callee.attribute]
    if spell(call.callee).rpartition(".")[2] not in _NAMES:
        return frozenset()
    return _SAYS.get(subject.semantics.qualified(call.callee) or "", frozenset())


def _texts(handler: nodes.Handler) -> Iterator[nodes.String]:
    """The texts that a handler compares its exception with, or what it made of it:
    ``text = str(error)``."""
    names = {handler.name or ""}
    for statement in statements_of(handler.body):
        if isinstance(statement, nodes.Assign) and statement.value is not None:
            if _mentions(statement.value, names):
                names |= {each.name for each in statement.targets if isinstance(each, nodes.Name)}
        for expression in own_expressions(statement):
            for node in _inside(expression):
                for part in _compared(node) if _mentions(node, names) else ():
                    if isinstance(part, nodes.String) and part.value:
                        yield part


def _compared(node: nodes.Expression) -> Sequence[nodes.Expression]:
    """The operands of a comparison, and what a text is asked to start or end with."""
    if isinstance(node, nodes.Comparison):
        return (node.left, *node.comparators)
    if isinstance(node, nodes.Call) and isinstance(node.callee, nodes.Attribute):
        if node.callee.attribute in ("startswith", "endswith"):
            return node.arguments
    return ()


def _mentions(node: nodes.Expression, names: set[str]) -> bool:
    return any(isinstance(part, nodes.Name) and part.name in names for part in _inside(node))


def _calls(block: nodes.Block) -> Iterator[nodes.Call]:
    for statement in statements_of(block):
        for expression in own_expressions(statement):
            for node in _inside(expression):
                if isinstance(node, nodes.Call):
                    yield node


def _inside(expression: nodes.Expression) -> Iterator[nodes.Expression]:
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))
