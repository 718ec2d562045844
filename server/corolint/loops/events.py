"""What one step of a body may run besides its own operations: calls, and what looks like none.

``with connect() as c: print(c.data[0])`` calls `connect`, enters what that gives, reads an
attribute (perhaps a property), subscribes it (perhaps by `__getitem__`), calls `print`, and leaves
the context. `events` gives these in the order of evaluation, without parts that what is known of
the running loop rules out: ``loop or start()``.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from corolint.evaluation import children, own_expressions
from corolint.flow import Step, StepKind
from corolint.loops.code import Fact
from corolint.loops.guards import Environment, Scene, fact_of
from corolint.syntax import nodes


class EventKind(Enum):
    """What happens; the comment says what `Event.node` is."""

    CALL = "call"  # the Call
    READ = "read"  # the Attribute
    OPERATE = "operate"  # the Subscript, operation or comparison
    ITERATE = "iterate"  # the iterable
    ENTER = "enter"  # the context
    LEAVE = "leave"  # the context
    DECORATE = "decorate"  # the decorator
    IMPORT = "import"  # the statement


class Event(NamedTuple):
    kind: EventKind
    node: nodes.Node


def events(scene: Scene, environment: Environment, step: Step) -> Iterator[Event]:
    """The events of one step, in order."""
    node = step.node
    match step.kind:
        case StepKind.STATEMENT:
            if isinstance(node, nodes.Import | nodes.ImportFrom | nodes.ImportStar):
                yield Event(EventKind.IMPORT, node)
            elif isinstance(node, nodes.Statement):
                yield from _of_statement(scene, environment, node)
        case StepKind.DEFINITION:
            if isinstance(node, nodes.FunctionDef | nodes.ClassDef):
                for expression in own_expressions(node):
                    yield from _of(scene, environment, expression)
                for decorator in reversed(node.decorators):
                    yield Event(EventKind.DECORATE, decorator)
        case StepKind.TEST | StepKind.EVALUATE:
            if isinstance(node, nodes.Expression):
                yield from _of(scene, environment, node)
        case StepKind.ITERABLE:
            if isinstance(node, nodes.For):
                yield from _of(scene, environment, node.iterable)
                if not node.is_async:
                    yield Event(EventKind.ITERATE, node.iterable)
        case StepKind.ENTER | StepKind.LEAVE:
            if isinstance(node, nodes.With):
                yield from _of_context(scene, environment, node, step)


def _of_context(
    scene: Scene, environment: Environment, node: nodes.With, step: Step
) -> Iterator[Event]:
    context = node.contexts[step.item]
    if step.kind is StepKind.ENTER:
        yield from _of(scene, environment, context)
        if not node.is_async:
            yield Event(EventKind.ENTER, context)
    elif not node.is_async:
        yield Event(EventKind.LEAVE, context)


def _of_statement(scene: Scene, environment: Environment, node: nodes.Statement) -> Iterator[Event]:
    if isinstance(node, nodes.Assign | nodes.Delete):
        value = node.value if isinstance(node, nodes.Assign) else None
        if value is not None:
            yield from _of(scene, environment, value)
        for target in node.targets:
            for part in children(target):
                yield from _of(scene, environment, part)
        return
    for expression in own_expressions(node):
        yield from _of(scene, environment, expression)


def _of(scene: Scene, environment: Environment, node: nodes.Expression) -> Iterator[Event]:
    """The events of an expression: those of its parts, then its own."""
    kind = type(node)
    if kind is nodes.Name or kind is nodes.String:
        return
    if isinstance(node, nodes.BooleanOperation):
        yield from _of_boolean(scene, environment, node)
        return
    if isinstance(node, nodes.Conditional):
        yield from _of_conditional(scene, environment, node)
        return
    if isinstance(node, nodes.Comprehension):
        yield from _of_comprehension(scene, environment, node)
        return
    for part in children(node):
        yield from _of(scene, environment, part)
    if isinstance(node, nodes.Call):
        yield Event(EventKind.CALL, node)
    elif isinstance(node, nodes.Attribute):
        yield Event(EventKind.READ, node)
    elif isinstance(node, nodes.Subscript | nodes.BinaryOperation | nodes.Comparison):
        yield Event(EventKind.OPERATE, node)
    elif isinstance(node, nodes.YieldFrom | nodes.Starred):
        yield Event(EventKind.ITERATE, node.value)


def _of_boolean(
    scene: Scene, environment: Environment, node: nodes.BooleanOperation
) -> Iterator[Event]:
    """Later operands run only if the earlier ones let them; in doubt they do not."""
    for value in node.values:
        yield from _of(scene, environment, value)
        fact = fact_of(scene, environment, value)
        if fact is Fact.DOUBT or (fact is not None and fact.truth is (node.operator == "or")):
            return


def _of_conditional(
    scene: Scene, environment: Environment, node: nodes.Conditional
) -> Iterator[Event]:
    yield from _of(scene, environment, node.test)
    fact = fact_of(scene, environment, node.test)
    if fact is Fact.DOUBT:
        return
    if fact is None or fact.truth:
        yield from _of(scene, environment, node.body)
    if fact is None or not fact.truth:
        yield from _of(scene, environment, node.orelse)


def _of_comprehension(
    scene: Scene, environment: Environment, node: nodes.Comprehension
) -> Iterator[Event]:
    """A generator expression runs only its first iterable where it stands."""
    yield from _of(scene, environment, node.generators[0].iterable)
    if not node.generators[0].is_async:
        yield Event(EventKind.ITERATE, node.generators[0].iterable)
    if node.kind == "generator":
        return
    for index, generator in enumerate(node.generators):
        if index:
            yield from _of(scene, environment, generator.iterable)
        for condition in generator.conditions:
            yield from _of(scene, environment, condition)
    if node.key is not None:
        yield from _of(scene, environment, node.key)
    yield from _of(scene, environment, node.element)
