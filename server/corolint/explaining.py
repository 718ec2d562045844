"""What a hover says: the expression under the cursor, put into words for a person.

On ``send`` in ``c.send(None)``, where `c` is a coroutine object, it is the reference text on
`send`; on the name of a coroutine function, what calling it gives and how to run it here; on a
runner, what the runner does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import corolint.infer.calls as calls
from corolint.answers import Answers, known_name
from corolint.evaluation import children, own_expressions, statements_of
from corolint.handing import answers_for
from corolint.hover import (
    Event,
    attribute_hover,
    coroutine_function_hover,
    coroutine_variable_hover,
    runner_hover,
)
from corolint.infer.protocols import awaited
from corolint.infer.state import Inference, function_summary, inference
from corolint.inventory import Body, inventory_of, take_inventory
from corolint.lifecycle import trace
from corolint.lifecycle.history import Action, Use
from corolint.project import Project
from corolint.reporting import verb
from corolint.spelling import spell
from corolint.summary import Parameter
from corolint.syntax import Syntax, nodes
from corolint.text import Span
from corolint.values import (
    NONE,
    UNKNOWN,
    Coroutine,
    Function,
    Instance,
    Integer,
    Text,
    Tuple,
    Union,
    Value,
    members,
)


class Hover(NamedTuple):
    """Markdown about a stretch of text."""

    markdown: str
    span: Span


def hover(path: str, text: str, project: Project, line: int, column: int) -> Hover | None:
    """What there is to say about the place (`line` 1-based, `column` 0-based in code points)."""
    syntax, reading = project.reading(path, text)
    state = inference(project)
    answers = answers_for(state, reading)
    for body in take_inventory(_statements_at(syntax, line)).bodies:
        node = _node_at(syntax, body, line, column)
        if node is not None:
            whole = Body(syntax.tree, None) if body.outer is None else body
            return _hover_on(state, syntax, whole, answers, node, project.search.python_version)
    return None


# --- finding the place ---------------------------------------------------------------------------


def _statements_at(syntax: Syntax, line: int) -> nodes.Block:
    """The statements of the module that may stand in a line."""
    statements = syntax.tree.statements
    after = bisect_right(statements, line, key=syntax.first_line)
    if after == 0:
        return nodes.Block([], False)
    first = bisect_left(statements, syntax.first_line(statements[after - 1]), key=syntax.first_line)
    return nodes.Block(statements[max(first - 1, 0) : after], False)


def _node_at(
    syntax: Syntax, body: Body, line: int, column: int
) -> nodes.Name | nodes.Attribute | nodes.FunctionDef | None:
    """The innermost name, attribute or function header of a body that stands at the place."""
    for definition in body.definitions:
        if isinstance(definition, nodes.FunctionDef):
            if _holds(_name_span(syntax, definition), line, column):
                return definition
    block = body.node.body if not isinstance(body.node, nodes.Block) else body.node
    if isinstance(block, nodes.Expression):
        pending: list[nodes.Expression] = [block]
    else:
        statements = statements_of(block)
        pending = [e for statement in statements for e in own_expressions(statement)]
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Name | nodes.Attribute):
            if _holds(_name_span(syntax, node), line, column):
                return node
        pending.extend(children(node))
    return None


def _name_span(syntax: Syntax, node: nodes.Name | nodes.Attribute | nodes.FunctionDef) -> Span:
    """The span of the name itself: of ``a.b``, that of ``b``; of ``def f``, that of ``f``."""
    span = syntax.span(node)
    if isinstance(node, nodes.Attribute):
        start = span.end_column - len(node.attribute)
        return Span(span.end_line, start, span.end_line, span.end_column)
    if isinstance(node, nodes.FunctionDef):
        text = syntax.lines[span.line - 1]
        start = text.find(node.name, text.find("def", span.column) + 3)
        return Span(span.line, start, span.line, start + len(node.name))
    return span


def _holds(span: Span, line: int, column: int) -> bool:
    return span.line <= line <= span.end_line and span.column <= column <= span.end_column


# --- putting it into words -----------------------------------------------------------------------


def _hover_on(
    state: Inference,
    syntax: Syntax,
    body: Body,
    answers: Answers,
    node: nodes.Name | nodes.Attribute | nodes.FunctionDef,
    version: tuple[int, int],
) -> Hover | None:
    span = _name_span(syntax, node)
    if isinstance(node, nodes.FunctionDef):
        markdown = _function_words(state, answers.function_of(node), None, body, version)
        return None if markdown is None else Hover(markdown, span)
    if isinstance(node, nodes.Attribute):
        holder = answers.value(node.value)
        if any(isinstance(member, Coroutine) for member in members(holder)):
            text = attribute_hover(node.attribute, version)
            return None if text is None else Hover(text, span)
    value = answers.value(node)
    runner = runner_hover(known_name(state, value) or "", version)
    if runner is not None:
        return Hover(runner, span)
    if isinstance(value, Function):
        markdown = _function_words(state, value, spell(node), body, version)
        return None if markdown is None else Hover(markdown, span)
    if isinstance(value, Coroutine) and isinstance(node, nodes.Name):
        return Hover(_variable_words(state, syntax, body, answers, node, value), span)
    return None


def _function_words(
    state: Inference,
    function: Value,
    written: str | None,
    body: Body,
    version: tuple[int, int],
) -> str | None:
    if not isinstance(function, Function):
        return None
    summary = function_summary(state, function.ref)
    if summary is None or not summary.is_async or summary.is_generator:
        return None
    made = calls.call_function(state, function, [], {})
    result = shown(awaited(state, made))
    parameters = ", ".join(_shown_parameter(parameter) for parameter in summary.parameters)
    return coroutine_function_hover(
        calls.display_name(function.ref),
        parameters,
        result,
        call=None if written is None else f"{written}(...)",
        inside_coroutine=body.is_async,
        python_version=version,
    )


_STARS = {nodes.STAR: "*", nodes.DOUBLE_STAR: "**"}


def _shown_parameter(parameter: Parameter) -> str:
    name = _STARS.get(parameter.kind, "") + parameter.name
    return f"{name}=..." if parameter.default is not None else name


def _variable_words(
    state: Inference,
    syntax: Syntax,
    body: Body,
    answers: Answers,
    node: nodes.Name,
    value: Coroutine,
) -> str:
    """The history of the objects that a variable may hold, as far as the hovered line."""
    line = syntax.line(node)
    history = trace(body.node, answers, inventory_of(syntax).attributes)
    events: list[Event] = []
    states: set[str] = set()
    for life in history.lives:
        if node.name not in life.names or syntax.line(life.origin) > line:
            continue
        events.append(Event(syntax.line(life.origin), "created", _when(body, life.origin, node)))
        here = [use for use in life.uses if _object_of(use) is node]
        before = [use for use in life.uses if use not in here and syntax.line(use.node) <= line]
        events.extend(
            Event(syntax.line(use.node), verb(use.action), _when(body, use.node, node))
            for use in before
            if use.action.consumes or use.action is Action.CLOSE
        )
        for use in here:
            states.update(one.value for one in use.before)
        if not here:
            states.add("used" if len(before) else "pending")
    events = list(dict.fromkeys(sorted(events, key=lambda event: event.line)))
    return coroutine_variable_hover(
        node.name, value.name or "coroutine", states, events, result=shown(awaited(state, value))
    )


def _object_of(use: Use) -> nodes.Expression:
    return use.node.value if isinstance(use.node, nodes.Await) else use.node


def _when(body: Body, node: nodes.Node, here: nodes.Node) -> str | None:
    """The innermost condition under which the body comes to `node` but need not come `here`."""
    if isinstance(body.node, nodes.Lambda):
        return None
    block = body.node if isinstance(body.node, nodes.Block) else body.node.body
    found = None
    for statement in statements_of(block):
        if not isinstance(statement, nodes.If):
            continue
        for branch, words in ((statement.body, "{}"), (statement.orelse, "not ({})")):
            if branch is not None and _runs(branch, node) and not _runs(branch, here):
                found = words.format(spell(statement.test))
    return found


def _runs(block: nodes.Block, node: nodes.Node) -> bool:
    """Is the expression part of a statement in this block?"""
    return any(
        part is node
        for statement in statements_of(block)
        for expression in own_expressions(statement)
        for part in _parts(expression)
    )


def _parts(expression: nodes.Expression) -> Iterator[nodes.Expression]:
    yield expression
    for child in children(expression):
        yield from _parts(child)


def shown(value: Value) -> str | None:
    """A type as people write it, `None` where it is not known."""
    if value == NONE:
        return "None"
    if isinstance(value, Instance):
        name = value.cls.qualname
        arguments = [shown(argument) or "Any" for argument in value.arguments]
        return f"{name}[{', '.join(arguments)}]" if arguments else name
    if isinstance(value, Tuple):
        return f"tuple[{', '.join(shown(item) or 'Any' for item in value.items)}]"
    if isinstance(value, Text):
        return "str"
    if isinstance(value, Integer):
        return "int"
    if isinstance(value, Union) and value.members:
        parts = [shown(member) for member in value.members]
        return None if None in parts else " | ".join(part for part in parts if part)
    if isinstance(value, Coroutine):
        return f"Coroutine[Any, Any, {shown(value.result or UNKNOWN) or 'Any'}]"
    return None
