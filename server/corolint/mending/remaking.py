"""A coroutine object is for one use; who wants another one calls the function again.

    loading = load()                       loading = load()
    await loading                          await loading
    await loading                          await load()

In a loop, the line that makes the object moves into the loop:

    loading = load()                       for _ in range(3):
    for _ in range(3):                         loading = load()
        await loading                          await loading

Where only some paths want it, the call moves to where it is awaited:

    loading = load()                       if is_cached():
    if is_cached():                            return cached
        return cached                      await load()
    await loading

Only calls whose arguments are names, attributes and literals are written again: to evaluate
anything else a second time may do something a second time.
"""

from __future__ import annotations

from corolint.evaluation import own_expressions
from corolint.finding import Edit, Fix
from corolint.lifecycle.history import Life, Use
from corolint.mending.names import names_in, rebound_in
from corolint.mending.places import (
    indentation,
    statement_around,
    statements,
    text_of,
    walk,
    whole_lines,
)
from corolint.reporting import Subject
from corolint.syntax import nodes
from corolint.text import Span

_PLAIN = nodes.Name | nodes.Attribute | nodes.String | nodes.Number | nodes.Bytes


def again_fixes(subject: Subject, life: Life, use: Use) -> list[Fix]:
    """For the second use of an object that is held by one name."""
    made = life.origin
    held = use.node.value if isinstance(use.node, nodes.Await) else use.node
    if not isinstance(made, nodes.Call) or not isinstance(held, nodes.Name):
        return []
    if not all(isinstance(one, _PLAIN) for one in walk(made) if one is not made):
        return []
    statement = statement_around(subject.body, made)
    if not isinstance(statement, nodes.Assign) or statement.value is not made:
        return []
    if not _is_named_alone(statement, held.name):
        return []
    if use.first is use.node:
        return _moved_into_loop(subject, statement, held)
    call = text_of(subject.syntax, subject.syntax.span(made))
    edit = Edit(subject.syntax.span(held), call)
    return [Fix(f"Call '{life.made.name}' again here", (edit,), preferred=True)]


def _is_named_alone(statement: nodes.Assign, name: str) -> bool:
    match statement.targets:
        case [nodes.Name(name=found)]:
            return found == name
    return False


def _moved_into_loop(subject: Subject, statement: nodes.Assign, held: nodes.Name) -> list[Fix]:
    """Deletes the statement, and writes it as the first one of the outermost loop that the use
    stands in and the statement does not."""
    loop = _loop_between(subject, statement, held)
    if loop is None or indentation(subject.syntax, statement) is None:
        return []
    if _is_used_outside(subject, statement, loop, held):
        return []
    first = loop.body.statements[0]
    indent = indentation(subject.syntax, first)
    if indent is None:
        return []
    text = text_of(subject.syntax, subject.syntax.span(statement))
    line = subject.syntax.span(first).line
    edits = (
        Edit(whole_lines(subject.syntax, statement), ""),
        Edit(Span(line, 0, line, 0), f"{indent}{text}\n"),
    )
    return [Fix("Make it anew in each turn of the loop", edits, preferred=True)]


def _loop_between(
    subject: Subject, statement: nodes.Assign, held: nodes.Name
) -> nodes.For | nodes.While | None:
    at = subject.syntax.span(statement)
    place = subject.syntax.span(held)
    loops = [
        one
        for one in statements(subject.body)
        if isinstance(one, nodes.For | nodes.While)
        and _contains(subject.syntax.span(one), place)
        and not _contains(subject.syntax.span(one), at)
    ]
    return min(loops, key=lambda one: subject.syntax.span(one), default=None)


def _is_used_outside(
    subject: Subject, statement: nodes.Assign, loop: nodes.For | nodes.While, held: nodes.Name
) -> bool:
    """Whether the name is read or bound anywhere but in the loop's body."""
    within = subject.syntax.span(loop)
    for one in statements(subject.body):
        if one is statement:
            continue
        for part in own_expressions(one):
            for node in walk(part):
                if isinstance(node, nodes.Name) and node.name == held.name:
                    if one is loop or not _contains(within, subject.syntax.span(node)):
                        return True
    return False


def _contains(outer: Span, inner: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


# --- made where it is awaited --------------------------------------------------------------------


def late_fixes(subject: Subject, life: Life) -> list[Fix]:
    """For an object in one name that is read in one place only, by an ``await`` outside of loops;
    what the call names must still be the same there."""
    made = life.origin
    function = subject.body.function()
    if function is None or not isinstance(made, nodes.Call) or life.captured:
        return []
    statement = statement_around(subject.body, made)
    if not isinstance(statement, nodes.Assign) or statement.value is not made:
        return []
    if statement not in function.body.statements or indentation(subject.syntax, statement) is None:
        return []
    match statement.targets, [use.node for use in life.uses]:
        case [nodes.Name(name=name)], [nodes.Await(value=nodes.Name() as held)] if (
            held.name == name
        ):
            pass
        case _:
            return []
    if _loop_between(subject, statement, held) is not None:
        return []
    names = _names_in(subject)
    if names.count(name) != 2 or not _stays_the_same(subject, made):
        return []
    call = text_of(subject.syntax, subject.syntax.span(made))
    edits = (
        Edit(whole_lines(subject.syntax, statement), ""),
        Edit(subject.syntax.span(held), call),
    )
    return [Fix("Make it where it is awaited", edits, preferred=True)]


def _names_in(subject: Subject) -> list[str]:
    """The names in the expressions of a body, those of nested functions included."""
    bodies = [subject.body]
    for body in bodies:  # grows while it is gone through
        bodies += body.inner
    return [node.name for body in bodies for node in names_in(body)]


def _stays_the_same(subject: Subject, made: nodes.Call) -> bool:
    """Are the callee and the arguments of a call literals, and names that the body never binds?"""
    parts = [part for part in walk(made) if part is not made]
    if not isinstance(made.callee, nodes.Name):
        return False
    if not all(
        isinstance(p, nodes.Name | nodes.String | nodes.Number | nodes.Bytes) for p in parts
    ):
        return False
    named = {part.name for part in parts if isinstance(part, nodes.Name)}
    return named.isdisjoint(rebound_in(subject.body))
