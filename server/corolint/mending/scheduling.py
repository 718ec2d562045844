"""A coroutine object that is dropped becomes a task that is kept until it is done.

The event loop holds tasks weakly, so that the documentation of `asyncio.create_task` keeps them in
a set. For ``send("hello")`` in a coroutine function:

    background_tasks = set()

    async def main():
        task = asyncio.create_task(send("hello"))
        background_tasks.add(task)
        task.add_done_callback(background_tasks.discard)
"""

from __future__ import annotations

from corolint.finding import Edit, Fix
from corolint.mending.places import (
    end_of,
    imported_as,
    indentation,
    start_of,
    statement_around,
    text_of,
)
from corolint.reporting import Subject
from corolint.syntax import nodes
from corolint.text import Span

_SET = "background_tasks"
_TASK = "task"


def background_fixes(subject: Subject, made: nodes.Expression, *, is_task: bool) -> list[Fix]:
    """For a statement that is nothing but `made`, which gives a coroutine object or (`is_task`) a
    task. Offered only where a loop runs, in a coroutine function."""
    statement = statement_around(subject.body, made)
    if not subject.body.is_async or not isinstance(statement, nodes.ExpressionStatement):
        return []
    indent = indentation(subject.syntax, statement)
    if statement.value is not made or indent is None or _is_taken(subject, _TASK):
        return []
    home = _where_the_set_goes(subject)
    if home is None:
        return []
    span = subject.syntax.span(made)
    before, after, edits = f"{_TASK} = ", "", tuple(home)
    if not is_task:
        module, edit = imported_as(subject.syntax, "asyncio")
        before, after, edits = f"{_TASK} = {module}.create_task(", ")", (*edit, *edits)
    after += f"\n{indent}{_SET}.add({_TASK})\n{indent}{_TASK}.add_done_callback({_SET}.discard)"
    edits += (Edit(start_of(span), before), Edit(end_of(span), after))
    title = "Keep the task" if is_task else "Run it as a background task"
    return [Fix(title, _joined(edits))]


def _joined(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Two insertions at one place as one, in their order."""
    joined: dict[Span, str] = {}
    for edit in edits:
        joined[edit.span] = joined.get(edit.span, "") + edit.text
    return tuple(Edit(span, text) for span, text in joined.items())


def _is_taken(subject: Subject, name: str) -> bool:
    """Whether the function has a variable of that name already."""
    node = subject.body.node
    assert isinstance(node, nodes.FunctionDef)
    words = text_of(subject.syntax, subject.syntax.span(node))
    return f"{name} =" in words or any(one.name == name for one in node.parameters)


def _where_the_set_goes(subject: Subject) -> list[Edit] | None:
    """Before the outermost definition that the statement stands in, unless there is one already;
    `None` where that definition shares its line with another statement."""
    tree = subject.syntax.tree
    for statement in tree.statements:
        if isinstance(statement, nodes.Assign) and any(
            isinstance(target, nodes.Name) and target.name == _SET for target in statement.targets
        ):
            return []
    body = subject.body
    while body.outer is not None and body.outer.outer is not None:
        body = body.outer
    assert isinstance(body.node, nodes.FunctionDef | nodes.ClassDef)
    span = subject.syntax.span(body.node)
    first = min([span, *map(subject.syntax.span, body.node.decorators)])
    line = first.line
    if subject.syntax.lines[line - 1][: first.column].strip(" @"):
        return None
    if subject.syntax.lines[line - 1][:1].isspace():
        return None  # Inside an ``if`` or ``try`` of the module.
    return [Edit(Span(line, 0, line, 0), f"{_SET} = set()\n\n\n")]
