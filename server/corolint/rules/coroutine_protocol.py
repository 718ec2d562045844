"""## What it does
Finds operations that coroutine objects do not have, or not in their present state: `next(c)`,
`iter(c)`, the attributes of generators, `c.send(x)` with a value before the first `send(None)`,
`throw` with three arguments, `cr_suspended` before Python 3.11.

## Why is this bad?
Coroutine objects look much like generators, but are not iterators: Python raises `TypeError` or
`AttributeError`. What can be iterated is the object that `c.__await__()` gives.

## Example
```python
async def fetch() -> None: ...


def main() -> None:
    fetching = fetch()
    try:
        next(fetching)
    except TypeError as error:
        print(error)
    finally:
        fetching.close()


main()
```

Use instead:
```python
async def fetch() -> None: ...


def main() -> None:
    fetching = fetch()
    try:
        fetching.send(None)
    except StopIteration:
        print("done")


main()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.lifecycle.history import Action, State, Use
from corolint.reporting import Rule, Subject, finding, made_here
from corolint.semantics import Kind
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "coroutine-protocol",
    Severity.ERROR,
    "An operation that coroutine objects do not have, or not in this state.",
)


def check(subject: Subject) -> Iterator[Finding]:
    """Uses of the protocol of coroutine objects that fail."""
    for life in subject.history.lives:
        if life.made.kind is not Kind.COROUTINE or not life.made.certain:
            continue
        for use in life.uses:
            problem = _problem(subject, use) if use.before else None
            if problem is not None:
                yield finding(
                    subject, RULE, use.node, problem, life=life, notes=(made_here(subject, life),)
                )


def _problem(subject: Subject, use: Use) -> str | None:
    """What CPython says about this use, if it complains."""
    node = use.node
    match node:
        case nodes.Attribute(attribute=attribute):
            if use.action is Action.ATTRIBUTE and attribute.startswith(("__", "gi_", "ag_")):
                return f"'coroutine' object has no attribute '{attribute}'"
            if attribute == "cr_suspended" and subject.python_version < (3, 11):
                return "'coroutine' object has no attribute 'cr_suspended' before Python 3.11"
        case nodes.Call(callee=nodes.Attribute(attribute="send"), arguments=[value]):
            is_none = isinstance(value, nodes.Name) and value.name == "None"
            is_literal = isinstance(value, nodes.Number | nodes.String | nodes.Collection)
            if use.before == {State.PENDING} and is_literal and not is_none:
                return "can't send non-None value to a just-started coroutine"
        case nodes.Call(callee=nodes.Attribute(attribute="throw"), arguments=[_, _, *_]):
            if subject.python_version >= (3, 12):
                return "the three-argument form of throw() is deprecated since Python 3.12"
        case nodes.Call(callee=callee) if use.action is Action.ITERATE and use.call is node:
            what = "an iterator" if spell(callee) == "next" else "iterable"
            return f"'coroutine' object is not {what}"
    return None
