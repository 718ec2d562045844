"""## What it does
Finds coroutine objects that are used where only the awaited result makes sense: compared, added,
formatted, iterated over, subscripted, asked for an attribute that coroutine objects lack, given to
something that wants a value, or assigned to what is declared as something else.

## Why is this bad?
Python raises an exception here, or goes on with an object that is equal to nothing and prints as
`<coroutine object ...>`; and the coroutine never runs. Usually the `await` was forgotten where the
object was made.

## Example
```python
import asyncio


async def count() -> int:
    return 1


async def main() -> None:
    total = count()
    if total == 1:
        print("one")


asyncio.run(main())
```

Use instead:
```python
import asyncio


async def count() -> int:
    return 1


async def main() -> None:
    total = await count()
    if total == 1:
        print("one")


asyncio.run(main())
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from corolint.finding import Evidence, Finding, Severity
from corolint.known.decorators import GENERATOR_BASED
from corolint.lifecycle.history import Action, Life, State, Use
from corolint.mending.awaiting import await_fixes
from corolint.reporting import ASKING_FOR_TRUTH, Rule, Subject, finding, made_elsewhere
from corolint.semantics import Kind
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "coroutine-as-value",
    Severity.ERROR,
    "A coroutine object is used where its result is meant.",
)

# Told by rules of their own.
_OTHERS = frozenset({Action.CONDITION, Action.ENTER, Action.ASYNC_ENTER, Action.ASYNC_ITERATE})


def check(subject: Subject) -> Iterator[Finding]:
    """The first misuse of each object; the others follow from it."""
    for life in subject.history.lives:
        uses = [
            use
            for use in life.value_uses(can_await=subject.body.is_async)
            if _is_ours(subject, life, use)
        ]
        if len(uses) > 1 or any(use not in uses for use in life.value_uses()):
            uses = [use for use in uses if use.action is not Action.STORE] or uses
        if not uses:
            yield from _unusual(subject, life)
            continue
        use = min(uses, key=lambda one: subject.syntax.span(one.node))
        yield finding(
            subject,
            RULE,
            use.node,
            f"coroutine '{life.made.name}' {_what(use)}{_rest(use)}",
            life=life,
            notes=made_elsewhere(subject, life, use.node),
            fixes=await_fixes(subject, life, use.node),
        )


def _unusual(subject: Subject, life: Life) -> Iterator[Finding]:
    """An object that is handed to others, against all custom of the project."""
    made = life.made
    origin = life.origin
    if not subject.body.is_async or made.kind is not Kind.COROUTINE or not made.certain:
        return
    if isinstance(origin, nodes.Parameter):
        return
    if any(use.action.consumes or use.action in _LOOKED_AT for use in life.uses):
        return
    for use in life.uses:
        if _is_handed_on(use) and use.before == {State.PENDING} and not _is_job(subject, use):
            why = subject.semantics.is_against_custom(origin, use.call, use.node)
            if why is None:
                continue
            believed = replace(made, evidence=Evidence.CONSENSUS, because=why)
            to = f"handed to `{spell(use.call.callee if use.call else use.node)}`"
            how = to if use.action is Action.HAND else use.action.value
            yield finding(
                subject,
                RULE,
                use.node,
                f"coroutine '{made.name}' is {how}; it was never awaited",
                life=replace(life, made=believed),
                severity=Severity.WARNING,
                notes=made_elsewhere(subject, life, use.node),
                fixes=await_fixes(subject, life),
            )
            return


# Many write ``callback: Coroutine`` where they are handed a coroutine function. What only one
# annotation calls a coroutine, and is called, or given to what another annotation declares to be
# something else, is as likely to be the function.
_TELL_OF_A_FUNCTION = frozenset({Action.ARGUMENT, Action.CALL})
_LOOKED_AT = frozenset({Action.LOOK, Action.CLOSE})


def _is_job(subject: Subject, use: Use) -> bool:
    """Whether it is one of a list that somebody is given to work off: ``await run_all(jobs)``, or
    ``await run_all(*jobs)``."""
    if use.call is None or id(use.call) not in subject.body.awaited:
        return False
    return use.portion[:1] == (None,) or any(
        argument is use.node and kind == nodes.STAR
        for argument, kind in zip(use.call.arguments, use.call.kinds, strict=True)
    )


def _is_handed_on(use: Use) -> bool:
    """Whether others get it, in a way that no other rule is about."""
    if use.action is Action.RETURN:
        return bool(use.portion)
    return use.action in (Action.HAND, Action.YIELD)


def _is_ours(subject: Subject, life: Life, use: Use) -> bool:
    if use.action in _OTHERS:
        return False
    if isinstance(life.origin, nodes.Parameter) and use.action in _TELL_OF_A_FUNCTION:
        return False
    if use.action is Action.ITERATE and _drives_coroutines(subject):
        return False
    if use.action is Action.ATTRIBUTE and isinstance(use.node, nodes.Attribute):
        return not use.node.attribute.startswith(("__", "gi_", "ag_"))
    if use.call is None:
        return True
    if use.action is Action.ITERATE or spell(use.call.callee) in ASKING_FOR_TRUTH:
        return False  # next(c) and iter(c), bool(c) and kin
    if use.action is Action.ARGUMENT:
        index = next(i for i, one in enumerate(use.call.arguments) if one is use.node)
        return subject.semantics.drops_result(use.call, index) is None
    return True


def _drives_coroutines(subject: Subject) -> bool:
    """Whether the body is a coroutine function in the old manner, where ``yield from`` awaits."""
    function = subject.body.function()
    return function is not None and any(
        subject.semantics.qualified(decorator) in GENERATOR_BASED
        or spell(decorator) in GENERATOR_BASED  # gone from asyncio since Python 3.11
        for decorator in function.decorators
    )


def _rest(use: Use) -> str:
    """What is said of an object that nobody else was handed before."""
    return "" if use.before == {State.ESCAPED} else "; it was never awaited"


_WHAT = {
    Action.SUBSCRIPT: "is subscripted",
    Action.ITERATE: "is iterated over",
    Action.OPERATE: "is an operand",
    Action.CALL: "is called",
    Action.RAISE: "is raised",
    Action.NONE_TEST: "is compared with None",
    Action.COMPARE: "is compared",
    Action.FORMAT: "is formatted",
    Action.MATCH: "is matched",
}


def _what(use: Use) -> str:
    if use.action is Action.ATTRIBUTE and isinstance(use.node, nodes.Attribute):
        return f"has no attribute '{use.node.attribute}'"
    if use.action in (Action.ARGUMENT, Action.FORMAT) and use.call is not None:
        return f"is given to `{spell(use.call.callee)}`, which wants its result"
    if use.action is Action.STORE:
        within = "within a value that is assigned" if use.portion else "is assigned"
        return f"{within} to `{spell(use.node)}`, which is declared as something else"
    return _WHAT.get(use.action, "is used as a value")
