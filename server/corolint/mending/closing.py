"""A coroutine object that was made but is not wanted is closed, which runs nothing and warns of
nothing: ``send("hello")`` becomes ``send("hello").close()``, and ``c = send("hello")`` is followed
by ``c.close()``.
"""

from __future__ import annotations

from corolint.finding import Edit, Fix
from corolint.lifecycle.history import Life
from corolint.mending.places import end_of, indentation, statement_around
from corolint.reporting import Subject
from corolint.syntax import nodes


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
