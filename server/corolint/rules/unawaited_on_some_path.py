"""## What it does
Finds coroutine objects that are awaited on one path through a function and dropped on another.

## Why is this bad?
On the path that drops it, the coroutine never runs, and CPython says
`RuntimeWarning: coroutine 'load' was never awaited`. Only paths that come to a normal end are
counted, not those that an exception ends.

## Example
```python
import asyncio
import sys


async def load() -> str: ...


async def main(cached: str | None) -> str:
    loading = load()
    if cached is not None:
        return cached
    return await loading


asyncio.run(main("text" if len(sys.argv) < 9 else None))
```

Use instead:
```python
import asyncio
import sys


async def load() -> str: ...


async def main(cached: str | None) -> str:
    if cached is not None:
        return cached
    loading = load()
    return await loading


asyncio.run(main("text" if len(sys.argv) < 9 else None))
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corolint.finding import Finding, Note, Severity
from corolint.lifecycle.history import Action, End, Life, Use
from corolint.mending.closing import close_on_path_fixes
from corolint.mending.remaking import late_fixes
from corolint.reporting import Rule, Subject, done, finding, lost_here, note, path_notes
from corolint.semantics import Kind
from corolint.syntax import nodes

RULE = Rule(
    "unawaited-on-some-path",
    Severity.WARNING,
    "A coroutine object is awaited on one path and dropped on another.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Objects that some path consumes, and that another one lets go while they are pending."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.COROUTINE or isinstance(life.origin, nodes.Parameter):
            continue
        ends = life.losses()
        if ends and _is_awaited(life) and not life.value_uses(can_await=subject.body.is_async):
            yield finding(
                subject,
                RULE,
                life.origin,
                f"coroutine '{life.made.name}' is never awaited on some path",
                life=life,
                notes=_notes(subject, life, ends[0]),
                fixes=[*late_fixes(subject, life), *close_on_path_fixes(subject, life)],
            )


def _is_awaited(life: Life) -> bool:
    """Whether some path consumes or hands on the object. Where a value of another type may stand
    as well, that one may be what is handed on."""
    if life.made.certain:
        return life.is_consumed
    return any(use.action.consumes for use in life.uses)


def _notes(subject: Subject, life: Life, end: End) -> Iterator[Note]:
    """The decisions that lead past every use, and where it is used otherwise."""
    way = path_notes(subject, end.path)
    lost = list(lost_here(subject, life, end))
    if way and not lost:
        way[-1] = replace(way[-1], message=f"it is dropped {way[-1].message}")
    yield from way
    yield from lost
    for use in life.uses:
        if use.action.consumes:
            used = f"{done(use.action, use.node)} here"
            if way or lost:
                used = f"otherwise {used}"
            elif _may_skip(use):
                used += ", but not on every path through it"
            yield note(subject, use.node, used)
            return


def _may_skip(use: Use) -> bool:
    """Whether it is the callee that awaits the object on some paths only."""
    return use.action is Action.DELEGATE
