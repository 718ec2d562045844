"""Where in the text a fix may write: whole statements, their indentation, and the imports.

    async def main():
        send("hello")        # a statement that has its line for itself, indented by four

Only such a statement can be replaced by several; after ``if x: send()`` or before a ``;`` there is
no room, and nothing is offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.evaluation import children, own_expressions, statements_of
from corolint.finding import Edit
from corolint.inventory import Body
from corolint.paths import is_notebook
from corolint.reporting import Subject
from corolint.syntax import Syntax, nodes
from corolint.text import Span


def statements(body: Body) -> Iterator[nodes.Statement]:
    """The statements of a body, without those of functions and classes in it."""
    node = body.node
    if not isinstance(node, nodes.Lambda):
        yield from statements_of(node if isinstance(node, nodes.Block) else node.body)


def parts_of(body: Body) -> Iterator[nodes.Expression]:
    """The outermost expressions of a body."""
    if isinstance(body.node, nodes.Lambda):
        yield body.node.body
    for statement in statements(body):
        yield from own_expressions(statement)


def can_await(subject: Subject) -> bool:
    """Whether ``await`` is allowed in the body: also at the top level of a notebook."""
    at_top = isinstance(subject.body.node, nodes.Block)
    return subject.body.is_async or (at_top and is_notebook(subject.path))


def statement_around(body: Body, expression: nodes.Expression) -> nodes.Statement | None:
    """The statement of a body that `expression` is a part of."""
    for statement in statements(body):
        if any(one is expression for part in own_expressions(statement) for one in walk(part)):
            return statement
    return None


def walk(expression: nodes.Expression) -> Iterator[nodes.Expression]:
    """An expression and all its parts."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def is_in_generator(body: Body, expression: nodes.Expression) -> bool:
    """Whether it stands in a generator expression, which an ``await`` would make asynchronous."""
    statement = statement_around(body, expression)
    if statement is None:
        return False
    return any(
        isinstance(one, nodes.Comprehension)
        and one.kind == "generator"
        and any(inner is expression for inner in walk(one))
        and not any(inner is expression for inner in walk(one.generators[0].iterable))
        for part in own_expressions(statement)
        for one in walk(part)
    )


def text_of(syntax: Syntax, span: Span) -> str:
    """The text of a span, with its line ends as ``\\n``."""
    lines = syntax.lines[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return "\n".join(lines)


def start_of(span: Span) -> Span:
    """The empty place before a span."""
    return Span(span.line, span.column, span.line, span.column)


def end_of(span: Span) -> Span:
    """The empty place after a span."""
    return Span(span.end_line, span.end_column, span.end_line, span.end_column)


def indentation(syntax: Syntax, statement: nodes.Statement) -> str | None:
    """What stands before a statement that has its lines for itself; `None` if it shares one."""
    span = syntax.span(statement)
    before = syntax.lines[span.line - 1][: span.column]
    after = syntax.lines[span.end_line - 1][span.end_column :].lstrip()
    if before.strip() or (after and not after.startswith("#")):
        return None
    return before


def whole_lines(syntax: Syntax, statement: nodes.Statement) -> Span:
    """The lines of a statement up to the start of what follows, to be deleted with their ends."""
    span = syntax.span(statement)
    return Span(span.line, 0, span.end_line + 1, 0)


def imported_as(syntax: Syntax, module: str) -> tuple[str, tuple[Edit, ...]]:
    """The name that a module has in a file, and the edit that imports it if none does."""
    for statement in syntax.tree.statements:
        if isinstance(statement, nodes.Import):
            for name, alias in statement.names:
                if name == module:
                    return alias or name, ()
    line = line_for_import(syntax)
    return module, (Edit(Span(line, 0, line, 0), f"import {module}\n"),)


def line_for_import(syntax: Syntax) -> int:
    """The line of the first import that is not of the future; else the one after the docstring."""
    line = 1
    for statement in syntax.tree.statements:
        span = syntax.span(statement)
        if isinstance(statement, nodes.ExpressionStatement):
            if line == 1 and isinstance(statement.value, nodes.String):
                line = span.end_line + 1
                continue
        if isinstance(statement, nodes.ImportFrom) and statement.module == "__future__":
            line = span.end_line + 1
            continue
        if isinstance(statement, nodes.Import | nodes.ImportFrom):
            return span.line
        break
    if line == 1:
        while line <= len(syntax.lines) and syntax.lines[line - 1].startswith("#"):
            line += 1
    return line
