"""A coroutine object made by plain code is run to its end: ``main()`` becomes
``asyncio.run(main())``.

Only at the top level of a program: nobody knows who calls a plain function, and inside a running
loop that would be a mistake of another kind.
"""

from __future__ import annotations

from corolint.finding import Edit, Fix
from corolint.mending.places import can_await, end_of, imported_as, start_of, statement_around
from corolint.reporting import Subject
from corolint.syntax import nodes


def run_fixes(subject: Subject, made: nodes.Expression) -> list[Fix]:
    """For a statement of the module that is nothing but `made`."""
    if not isinstance(subject.body.node, nodes.Block) or can_await(subject):
        return []
    statement = statement_around(subject.body, made)
    if not isinstance(statement, nodes.ExpressionStatement) or statement.value is not made:
        return []
    module, edit = imported_as(subject.syntax, "asyncio")
    span = subject.syntax.span(made)
    edits = (*edit, Edit(start_of(span), f"{module}.run("), Edit(end_of(span), ")"))
    return [Fix("Run it with asyncio.run", edits, preferred=True)]
