"""A coroutine object that was made but is not wanted is closed, which runs nothing and warns of
nothing: ``send("hello")`` becomes ``send("hello").close()``, and ``c = send("hello")`` is followed
by ``c.close()``. One that is not wanted on some path is closed where that path parts from the
others:

    sending = send("hello")                sending = send("hello")
    if is_offline():                       if is_offline():
        return                                 sending.close()
    await sending                              return
                                           await sending
"""

from __future__ import annotations

from corolint.finding import Edit, Fix
from corolint.flow import Label
from corolint.lifecycle.history import End, EndKind, Life
from corolint.mending.places import end_of, indentation, statement_around, statements
from corolint.reporting import Subject
from corolint.syntax import nodes
from corolint.text import Span


def close_fixes(subject: Subject, life: Life) -> list[Fix]:
    """For an object that is a statement of its own, or is bound to one name."""
    made = life.origin
    if not isinstance(made, nodes.Call):
        return []
    statement = statement_around(subject.body, made)
    title = "Close it without running it"
    if isinstance(statement, nodes.ExpressionStatement) and statement.value is made:
        return [Fix(title, (Edit(end_of(subject.syntax.span(made)), ".close()"),))]
    if not isinstance(statement, nodes.Assign) or statement.value is not made:
        return []
    indent = indentation(subject.syntax, statement)
    match statement.targets:
        case [nodes.Name(name=name)] if indent is not None:
            line = subject.syntax.lines[subject.syntax.span(statement).end_line - 1]
            span = subject.syntax.span(statement)
            after = span._replace(line=span.end_line, column=len(line), end_column=len(line))
            return [Fix(title, (Edit(after, f"\n{indent}{name}.close()"),))]
    return []


def close_on_path_fixes(subject: Subject, life: Life) -> list[Fix]:
    """For an object in one name that some paths let go: closing it on each, if an ``if`` decides
    for it and its branch has room."""
    edits: dict[Edit, None] = {}
    for end in life.losses():
        edit = _closing_edit(subject, life, end)
        if edit is None:
            return []
        edits[edit] = None
    return [Fix("Close it on the path that drops it", tuple(edits))]


def _closing_edit(subject: Subject, life: Life, end: End) -> Edit | None:
    if end.kind is not EndKind.UNREAD or len(life.names) != 1 or life.captured or not end.path:
        return None
    if not life.names[0].isidentifier():
        return None
    turn = end.path[-1]
    branch = next(
        (
            one.body if turn.label is Label.TRUE else one.orelse
            for one in statements(subject.body)
            if isinstance(one, nodes.If) and one.test is turn.node
        ),
        None,
    )
    if branch is None or not branch.statements or turn.label not in (Label.TRUE, Label.FALSE):
        return None
    first = branch.statements[0]
    indent = indentation(subject.syntax, first)
    line = subject.syntax.first_line(first)
    is_elif = subject.syntax.lines[line - 1].lstrip().startswith("elif")
    if indent is None or is_elif:
        return None
    return Edit(Span(line, 0, line, 0), f"{indent}{life.names[0]}.close()\n")
