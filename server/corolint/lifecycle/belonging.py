"""What belongs to one body alone, so that nobody else can use a coroutine object behind its back.

In ::

    async def main():
        box = SimpleNamespace()      # `box` is *owned*: only its attributes are ever mentioned
        box.c = fetch()
        async def inner():           # `inner` is a *local function*: it is only ever called
            await box.c
        await inner()

an object in ``box.c`` is lost when `box` is, and what `inner` does to `box` it does where it is
called. Of a function that is handed to others, and of an object that is, nothing of the kind is
known.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.bindings import (
    declared_elsewhere,
    free_names,
    free_names_of_lambda,
    names_stored_by_step,
    step_expressions,
    stored_names,
)
from corolint.evaluation import children, yields
from corolint.flow import Graph, Step, StepKind
from corolint.semantics import Semantics
from corolint.syntax import nodes

LocalFunction = nodes.FunctionDef | nodes.Lambda


def find_local_functions(graph: Graph) -> dict[str, LocalFunction]:
    """The functions that the body defines, and calls by their one name if it mentions them at
    all."""
    found: dict[str, LocalFunction] = {}
    bound: dict[str, int] = {}
    for step in graph.steps:
        defined = _defined_by(step)
        if defined is not None:
            found[defined[0]] = defined[1]
        for name in set(names_stored_by_step(step)):
            bound[name] = bound.get(name, 0) + 1
    found = {name: node for name, node in found.items() if bound.get(name) == 1}
    if not found:
        return found
    for step in graph.steps:
        for name in _names_but_called(step):
            found.pop(name, None)
    return found


def _defined_by(step: Step) -> tuple[str, LocalFunction] | None:
    match step.node:
        case nodes.FunctionDef(name=name, decorators=[]) if step.kind is StepKind.DEFINITION:
            return None if yields(step.node) else (name, step.node)
        case nodes.Assign(targets=[nodes.Name(name=name)], value=nodes.Lambda() as function):
            return name, function
    return None


def _names_but_called(step: Step) -> Iterator[str]:
    """The names that a step mentions as anything but what is called, nested functions included."""
    if step.kind is StepKind.DEFINITION:
        yield from free_names(step.node)
    stack = step_expressions(step)
    if isinstance(step.node, nodes.Assign):
        stack = [one for one in stack if not isinstance(one, nodes.Name)]
        if isinstance(step.node.value, nodes.Name):
            stack.append(step.node.value)
    while stack:
        node = stack.pop()
        match node:
            case nodes.Name(name=name):
                yield name
            case nodes.Call(callee=nodes.Name()):
                stack.extend(node.arguments)
                continue
            case nodes.Lambda():
                yield from free_names_of_lambda(node)
        stack.extend(children(node))


def find_binders(
    graph: Graph, local: dict[str, LocalFunction]
) -> dict[str, tuple[nodes.Assign, ...]]:
    """The local functions that do nothing but bind names of the body around them anew, and how:
    what they do can be done where they are called. Those that are coroutine functions are awaited
    wherever they are called."""
    found = {name: assignments for name, one in local.items() if (assignments := _bindings(one))}
    later = {name for name in found if is_async(local[name])}
    if not later:
        return found
    for step in graph.steps:
        stack = [(expression, False) for expression in step_expressions(step)]
        while stack:
            node, is_awaited = stack.pop()
            match node:
                case nodes.Call(callee=nodes.Name(name=name)) if name in later and not is_awaited:
                    found.pop(name, None)
            awaits = isinstance(node, nodes.Await)
            stack.extend((child, awaits) for child in children(node))
    return found


def is_async(function: LocalFunction) -> bool:
    return isinstance(function, nodes.FunctionDef) and function.is_async


def _bindings(function: LocalFunction) -> tuple[nodes.Assign, ...]:
    if isinstance(function, nodes.Lambda) or function.parameters:
        return ()
    outer = declared_elsewhere(function.body)
    found: list[nodes.Assign] = []
    for statement in function.body.statements:
        match statement:
            case nodes.Nonlocal():
                pass
            case nodes.Assign(targets=[nodes.Name(name=name)], value=value) if name in outer:
                if value is None:
                    return ()
                found.append(statement)
            case _:
                return ()
    return tuple(found)


def captured_by(function: LocalFunction) -> frozenset[str]:
    """The names of the body around it that a function reads."""
    if isinstance(function, nodes.Lambda):
        return free_names_of_lambda(function)
    return free_names(function)


def changed_by(function: LocalFunction) -> frozenset[str]:
    """The names of the body around it that a function may bind to something else."""
    if isinstance(function, nodes.Lambda):
        return frozenset()
    return declared_elsewhere(function.body)


def find_owned_names(graph: Graph, semantics: Semantics, shared: set[str]) -> frozenset[str]:
    """The names that only ever hold a plain object which the body itself makes, and of which only
    attributes are mentioned; `shared` are those that other code may read or bind."""
    owners = {name for step in graph.steps for name in _attributes_set_on(step)} - shared
    if not owners:
        return frozenset()
    made: set[str] = set()
    for step in graph.steps:
        match step.node:
            case nodes.Assign(targets=[nodes.Name(name=name)], value=nodes.Call() as call):
                if semantics.makes_plain_object(call):
                    made.add(name)
                else:
                    owners.discard(name)
            case nodes.Assign(targets=targets):
                for target in targets:
                    owners.difference_update(stored_names(target))
            case _:
                owners.difference_update(names_stored_by_step(step))
        owners.difference_update(_names_but_held_by(step))
    return frozenset(owners & made)


def _attributes_set_on(step: Step) -> Iterator[str]:
    for target in step.node.targets if isinstance(step.node, nodes.Assign) else ():
        match target:
            case nodes.Attribute(value=nodes.Name(name=name)):
                yield name


def _names_but_held_by(step: Step) -> Iterator[str]:
    """The names that a step mentions as anything but the holder of an attribute."""
    if step.kind is StepKind.DEFINITION:
        yield from free_names(step.node)
    stack = step_expressions(step)
    if isinstance(step.node, nodes.Assign) and step.node.value is not None:
        stack = [one for one in stack if not isinstance(one, nodes.Name)] + [step.node.value]
    for expression in stack:
        yield from names_but_held(expression)


def names_but_held(expression: nodes.Expression) -> Iterator[str]:
    """The names that stand for anything but the holder of an attribute in an expression: a method
    may do anything with its own object."""
    stack = [expression]
    while stack:
        node = stack.pop()
        match node:
            case nodes.Name(name=name):
                yield name
            case nodes.Attribute(value=nodes.Name()):
                continue
            case nodes.Call(callee=nodes.Attribute(value=nodes.Name(name=name))):
                yield name
            case nodes.Lambda():
                yield from free_names_of_lambda(node)
        stack.extend(children(node))
