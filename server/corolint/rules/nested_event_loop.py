"""## What it does
Finds code that runs inside an event loop and starts another one in the same thread: itself, or
through plain functions, methods, constructors, properties, context managers and callbacks, in
other modules too.

## Why is this bad?
Python raises `RuntimeError: asyncio.run() cannot be called from a running event loop` (or `This
event loop is already running`, `Cannot run the event loop while another loop is running`), and the
coroutine that was to be run is never awaited. A plain script never shows it; a notebook, a web
handler or a test does.

## Example
```python
import asyncio


async def fetch() -> str:
    return "page"


def fetch_now() -> str:
    return asyncio.run(fetch())


async def handler() -> None:
    try:
        print(fetch_now())
    except Exception as error:
        print(error)


asyncio.run(handler())
```

Use instead:
```python
import asyncio


async def fetch() -> str:
    return "page"


async def handler() -> None:
    print(await fetch())


asyncio.run(handler())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.evaluation import own_expressions
from corolint.finding import Edit, Finding, Fix, Note, Severity
from corolint.loops.history import LoopFault
from corolint.mending.places import statement_around
from corolint.reporting import Rule, Subject, finding
from corolint.syntax import nodes
from corolint.text import Span

RULE = Rule(
    "nested-event-loop",
    Severity.ERROR,
    "An event loop is started inside a running one.",
)

# Runners that do with a coroutine object what ``await`` does.
_LIKE_AWAIT = frozenset({"asyncio.run", "uvloop.run", "loop.run_until_complete"})


def check(subject: Subject) -> Iterator[Finding]:
    """The calls of this body that lead to a run, each with the chain of calls; and a hint where a
    plain function starts the loop."""
    for fault in subject.loops.nested.get(id(subject.body.node), ()):
        notes = [Note(hop.text, hop.path, hop.span) for hop in fault.hops]
        yield finding(
            subject, RULE, fault.node, fault.message, notes=notes, fixes=_fixes(subject, fault)
        )
    for fault in subject.loops.reached.get(id(subject.body.node), ()):
        notes = [Note(hop.text, hop.path, hop.span) for hop in fault.hops]
        yield finding(subject, RULE, fault.node, fault.message, severity=Severity.HINT, notes=notes)


def _fixes(subject: Subject, fault: LoopFault) -> list[Fix]:
    """``asyncio.run(f())`` in a coroutine function becomes ``await f()``."""
    call = fault.node
    if fault.hops or fault.shown not in _LIKE_AWAIT or not subject.body.is_async:
        return []
    if not isinstance(call, nodes.Call) or len(call.arguments) != 1:
        return []
    argument = call.arguments[0]
    if call.kinds[0] != nodes.POSITIONAL or not isinstance(argument, nodes.Call | nodes.Name):
        return []
    outer, inner = subject.syntax.span(call), subject.syntax.span(argument)
    statement = statement_around(subject.body, call)
    stands_alone = statement is not None and any(one is call for one in own_expressions(statement))
    before = Span(outer.line, outer.column, inner.line, inner.column)
    after = Span(inner.end_line, inner.end_column, outer.end_line, outer.end_column)
    edits = (
        Edit(before, "await " if stands_alone else "(await "),
        Edit(after, "" if stands_alone else ")"),
    )
    return [Fix("Await it instead", edits, preferred=True)]
