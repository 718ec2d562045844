"""## What it does
Finds coroutine objects that are awaited, run or scheduled a second time.

## Why is this bad?
A coroutine object is for one use. The second one raises
`RuntimeError: cannot reuse already awaited coroutine`, also when the first ended in an exception or
a timeout, and also when the object was closed. Call the function again to get a new object, or make
a task of it: tasks may be awaited any number of times.

## Example
```python
import asyncio


async def load() -> str: ...


async def main() -> None:
    loading = load()
    await loading
    await loading


try:
    asyncio.run(main())
except RuntimeError as error:
    print(error)
```

Use instead:
```python
import asyncio


async def load() -> str: ...


async def main() -> None:
    await load()
    await load()


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Note, Severity
from corolint.flow import Label
from corolint.lifecycle.history import Life, Use
from corolint.mending.remaking import again_fixes
from corolint.reporting import (
    Rule,
    Subject,
    covers,
    done,
    finding,
    made_here,
    note,
    path_notes,
)
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule("reused-coroutine", Severity.ERROR, "A coroutine object is used a second time.")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each place that some object reaches used; a warning if not always."""
    reuses: dict[int, tuple[Life, Use]] = {}
    for life in subject.history.lives:
        for use in life.reuses():
            known = reuses.get(id(use.node))
            if known is None or (use.is_always_reuse and not known[1].is_always_reuse):
                reuses[id(use.node)] = life, use
    for life, use in reuses.values():
        always = use.is_always_reuse
        yield finding(
            subject,
            RULE,
            use.node,
            f"cannot reuse already awaited coroutine '{life.made.name}'"
            + ("" if always else " (it may be used up here)"),
            life=life,
            severity=Severity.ERROR if always else Severity.WARNING,
            notes=_notes(subject, life, use),
            fixes=again_fixes(subject, life, use),
        )


def _notes(subject: Subject, life: Life, use: Use) -> Iterator[Note]:
    """The path to the second use: where the object is made, first used, and what led on."""
    if not covers(subject, use.node, life.origin):
        yield made_here(subject, life)
    if use.by_callee:
        yield note(subject, use.node, f"{_callee(use)} awaits it again after it was used up")
        yield from _callee_note(subject, use.node)
        return
    if use.first is None or use.first_action is None:
        return
    failed = any(
        turn.label is Label.EXCEPTION
        and isinstance(turn.node, nodes.Node)
        and covers(subject, turn.node, use.first)
        for turn in use.path
    )
    how = f"{done(use.first_action, use.first)} here{', ending in an exception' if failed else ''}"
    if use.first is use.node:
        conditions = [turn for turn in use.path_to_first if turn.label is not Label.ITEM]
        yield from path_notes(subject, conditions)
        yield note(subject, use.node, f"{how}, and again in the next turn of the loop")
        return
    yield from path_notes(subject, use.path_to_first)
    yield note(subject, use.first, how)
    path = [turn for turn in use.path if not (failed and turn.label is Label.EXCEPTION)]
    yield from path_notes(subject, path, after=use.first)


def _callee(use: Use) -> str:
    call = use.node.value if isinstance(use.node, nodes.Await) else use.node
    return f"`{spell(call.callee)}`" if isinstance(call, nodes.Call) else "the callee"


def _callee_note(subject: Subject, node: nodes.Expression) -> Iterator[Note]:
    """Where the function stands that awaits the object again."""
    call = node.value if isinstance(node, nodes.Await) else node
    if isinstance(call, nodes.Call):
        made = subject.semantics.made(call)
        if made is not None and made.definition is not None:
            name = made.name.rpartition(".")[2]
            yield Note(f"'{name}' is defined here", definition=made.definition)
