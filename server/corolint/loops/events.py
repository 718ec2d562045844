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
from corolint.known.loops import CONSUMERS
from corolint.loops.code import Fact
from corolint.loops.guards import Environment, Scene, fact_of
from corolint.syntax import nodes


class EventKind(Enum):
    """What happens; the comment says what `Event.node` is."""

    CALL = "call"  # the Call
    READ = "read"  # the Attribute
    STORE = "store"  # the Attribute or Subscript that is assigned to
    DELETE = "delete"  # the Attribute or Subscript that is deleted
    OPERATE = "operate"  # the Subscript, operation, comparison or augmented assignment
    TRUTH = "truth"  # the expression that is asked whether it is true
    FORMAT = "format"  # the expression in an f-string
    AWAIT = "await"  # the expression that is awaited
    ITERATE = "iterate"  # the iterable
    ASYNC_ITERATE = "async iterate"  # the iterable of ``async for``
    ENTER = "enter"  # the context
    LEAVE = "leave"  # the context
    ASYNC_ENTER = "async enter"  # the context of ``async with``
    ASYNC_LEAVE = "async leave"  # the same
    DEFINE = "define"  # the ClassDef
    HASH = "hash"  # the key of a dict, or the element of a set
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
            if isinstance(node, nodes.Statement):
                yield from _of_statement(scene, environment, node)
        case StepKind.DEFINITION:
            if isinstance(node, nodes.FunctionDef | nodes.ClassDef):
                yield from _of_definition(scene, environment, node)
        case StepKind.TEST:
            if isinstance(node, nodes.Expression):
                yield from _of(scene, environment, node)
                yield from _asked(node)
        case StepKind.EVALUATE:
            if isinstance(node, nodes.Expression):
                yield from _of(scene, environment, node)
        case StepKind.ITERABLE:
            if isinstance(node, nodes.For):
                yield from _of(scene, environment, node.iterable)
                yield from _walking(scene, environment, node.iterable, node.is_async)
        case StepKind.NEXT:
            if isinstance(node, nodes.For):
                yield from _of_target(scene, environment, node.target, EventKind.STORE)
        case StepKind.ENTER | StepKind.LEAVE:
            if isinstance(node, nodes.With):
                yield from _of_context(scene, environment, node, step)


def _of_context(
    scene: Scene, environment: Environment, node: nodes.With, step: Step
) -> Iterator[Event]:
    context = node.contexts[step.item]
    if step.kind is StepKind.ENTER:
        yield from _of(scene, environment, context)
        yield Event(EventKind.ASYNC_ENTER if node.is_async else EventKind.ENTER, context)
    else:
        yield Event(EventKind.ASYNC_LEAVE if node.is_async else EventKind.LEAVE, context)


def _of_definition(
    scene: Scene, environment: Environment, node: nodes.FunctionDef | nodes.ClassDef
) -> Iterator[Event]:
    """Decorators, defaults and bases, then (of a class) the body, then the decorators' calls."""
    for expression in own_expressions(node):
        yield from _of(scene, environment, expression)
    if isinstance(node, nodes.ClassDef):
        for statement in node.body.statements:
            if isinstance(statement, nodes.FunctionDef | nodes.ClassDef):
                yield from _of_definition(scene, environment, statement)
            elif isinstance(statement, nodes.Assign | nodes.ExpressionStatement):
                yield from _of_statement(scene, environment, statement)
        yield Event(EventKind.DEFINE, node)
    for decorator in reversed(node.decorators):
        yield Event(EventKind.DECORATE, decorator)


def _of_statement(scene: Scene, environment: Environment, node: nodes.Statement) -> Iterator[Event]:
    match node:
        case nodes.Import() | nodes.ImportFrom() | nodes.ImportStar():
            yield Event(EventKind.IMPORT, node)
        case nodes.Assign(value=value, targets=targets):
            if value is None:
                return
            yield from _of(scene, environment, value)
            for target in targets:
                if isinstance(target, nodes.Collection):
                    yield from _walking(scene, environment, value)
                yield from _of_target(scene, environment, target, EventKind.STORE)
        case nodes.AugmentedAssign(value=value, target=target):
            if not isinstance(target, nodes.Name):
                yield from _of(scene, environment, target)
            yield from _of(scene, environment, value)
            yield Event(EventKind.OPERATE, node)
            yield from _of_target(scene, environment, target, EventKind.STORE)
        case nodes.Delete(targets=targets):
            for target in targets:
                yield from _of_target(scene, environment, target, EventKind.DELETE)
        case _:
            for expression in own_expressions(node):
                yield from _of(scene, environment, expression)


def _of_target(
    scene: Scene, environment: Environment, target: nodes.Expression, kind: EventKind
) -> Iterator[Event]:
    """What binding (or deleting) a target runs; its parts first."""
    if isinstance(target, nodes.Collection):
        for element in target.elements:
            yield from _of_target(scene, environment, element, kind)
    elif isinstance(target, nodes.Starred):
        yield from _of_target(scene, environment, target.value, kind)
    elif isinstance(target, nodes.Attribute | nodes.Subscript):
        for part in children(target):
            yield from _of(scene, environment, part)
        yield Event(kind, target)


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
    yield from _own(scene, environment, node)


def _own(scene: Scene, environment: Environment, node: nodes.Expression) -> Iterator[Event]:
    """What an expression does once its parts are there."""
    match node:
        case nodes.Call():
            for argument, how in zip(node.arguments, node.kinds, strict=True):
                if how == nodes.STAR:
                    yield from _walking(scene, environment, argument)
            walked = node.arguments[0] if node.arguments else None
            if isinstance(walked, nodes.Comprehension) and scene.name(node) in CONSUMERS:
                yield from _walking(scene, environment, walked)
            yield Event(EventKind.CALL, node)
        case nodes.Attribute():
            yield Event(EventKind.READ, node)
        case nodes.Subscript() | nodes.BinaryOperation() | nodes.Comparison():
            yield Event(EventKind.OPERATE, node)
        case nodes.UnaryOperation(operator="not", operand=operand):
            yield from _asked(operand)
        case nodes.UnaryOperation():
            yield Event(EventKind.OPERATE, node)
        case nodes.Set(elements=elements):
            for element in elements:
                yield Event(EventKind.HASH, element)
        case nodes.Dict(keys=keys):
            for key in keys:
                if key is not None:
                    yield Event(EventKind.HASH, key)
        case nodes.FormattedString(values=values):
            for value in values:
                yield Event(EventKind.FORMAT, value)
        case nodes.Await(value=value):
            yield Event(EventKind.AWAIT, value)
        case nodes.YieldFrom(value=value) | nodes.Starred(value=value):
            yield from _walking(scene, environment, value)


def _walking(
    scene: Scene, environment: Environment, iterable: nodes.Expression, is_async: bool = False
) -> Iterator[Event]:
    """Walking an iterable; of a generator expression that stands there, what it does by that."""
    if isinstance(iterable, nodes.Comprehension) and iterable.kind == "generator":
        yield from _of_walked(scene, environment, iterable)
    else:
        yield Event(EventKind.ASYNC_ITERATE if is_async else EventKind.ITERATE, iterable)


def _asked(node: nodes.Expression) -> Iterator[Event]:
    """Being asked whether it is true, unless the parts were, or what it gives is a mere answer."""
    if isinstance(node, nodes.BooleanOperation | nodes.Comparison):
        return
    if not (isinstance(node, nodes.UnaryOperation) and node.operator == "not"):
        yield Event(EventKind.TRUTH, node)


def _of_boolean(
    scene: Scene, environment: Environment, node: nodes.BooleanOperation
) -> Iterator[Event]:
    """Later operands run only if the earlier ones let them; in doubt they do not."""
    for index, value in enumerate(node.values):
        yield from _of(scene, environment, value)
        if index < len(node.values) - 1:
            yield from _asked(value)
        fact = fact_of(scene, environment, value)
        if fact is Fact.DOUBT or (fact is not None and fact.truth is (node.operator == "or")):
            return


def _of_conditional(
    scene: Scene, environment: Environment, node: nodes.Conditional
) -> Iterator[Event]:
    yield from _of(scene, environment, node.test)
    yield from _asked(node.test)
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
    if node.kind == "generator":
        return
    yield from _of_walked(scene, environment, node)


def _of_walked(
    scene: Scene, environment: Environment, node: nodes.Comprehension
) -> Iterator[Event]:
    """The events of walking a comprehension, without evaluating its first iterable."""
    for index, generator in enumerate(node.generators):
        if index:
            yield from _of(scene, environment, generator.iterable)
        yield from _walking(scene, environment, generator.iterable, generator.is_async)
        for condition in generator.conditions:
            yield from _of(scene, environment, condition)
            yield from _asked(condition)
    if node.key is not None:
        yield from _of(scene, environment, node.key)
    yield from _of(scene, environment, node.element)
