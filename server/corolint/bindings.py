"""Which names a piece of code binds, which it reads, and which its nested functions share with it.

In ::

    def outer():
        a, b.c = f()             # stores `a`; the root of ``b.c`` is `b`
        return lambda x: x + a   # `a` is free in the lambda: it reads the outer one
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.evaluation import (
    children,
    own_expressions,
    pattern_expressions,
    statements_of,
)
from corolint.flow import Step, StepKind
from corolint.syntax import nodes


def names_in(expression: nodes.Expression) -> set[str]:
    names: set[str] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Name):
            names.add(node.name)
        else:
            stack.extend(children(node))
    return names


def step_expressions(step: Step) -> list[nodes.Expression]:
    """The expressions that a step evaluates or binds."""
    match step.node:
        case nodes.Expression():
            return [step.node]
        case nodes.For() if step.kind is StepKind.ITERABLE:
            return [step.node.iterable]
        case nodes.For():
            return [step.node.target]
        case nodes.With() if step.kind is StepKind.ENTER:
            target = step.node.targets[step.item]
            context = step.node.contexts[step.item]
            return [context] if target is None else [context, target]
        case nodes.With() | nodes.While():
            return []
        case nodes.Handler(type=caught):
            return [caught] if caught is not None else []
        case nodes.Case(pattern=pattern):
            return list(pattern_expressions(pattern))
        case nodes.Statement():
            return list(own_expressions(step.node))
    return []


def names_read_by_step(step: Step) -> set[str]:
    """Names that a step reads, as opposed to only assigning to them."""
    match step.node:
        case nodes.Assign(value=value, targets=targets):
            names = names_in(value) if value is not None else set()
            for target in targets:
                names |= names_in(target) - set(stored_names(target))
            return names
        case nodes.For() if step.kind is StepKind.NEXT:
            return names_in(step.node.target) - set(stored_names(step.node.target))
        case nodes.With() if step.kind is StepKind.ENTER:
            return names_in(step.node.contexts[step.item])
        case nodes.FunctionDef() | nodes.ClassDef():
            return set(free_names(step.node))
        case nodes.Handler() | nodes.Case() | nodes.Import() | nodes.ImportFrom():
            return set()
    names = set()
    for expression in step_expressions(step):
        names |= names_in(expression)
    return names


def names_stored_by_step(step: Step) -> Iterator[str]:
    """Names that a step assigns to, with the roots of attributes and elements."""
    match step.node:
        case nodes.Assign(targets=targets):
            for target in targets:
                yield from stored_names(target)
                yield from root_names(target)
        case nodes.AugmentedAssign(target=target):
            yield from root_names(target)
        case nodes.For(target=target) if step.kind is StepKind.NEXT:
            yield from stored_names(target)
            yield from root_names(target)
        case nodes.With() if step.kind is StepKind.ENTER:
            bound = step.node.targets[step.item]
            if bound is not None:
                yield from stored_names(bound)
        case nodes.Delete(targets=targets):
            for target in targets:
                yield from root_names(target)
        case nodes.Handler(name=name) if name:
            yield name
        case nodes.FunctionDef(name=name) | nodes.ClassDef(name=name):
            yield name
        case nodes.Case(pattern=pattern):
            yield from pattern_names(pattern)
        case nodes.Import(names=names):
            for name, alias in names:
                yield alias or name.split(".")[0]
        case nodes.ImportFrom(names=names):
            for name, alias in names:
                yield alias or name


def stored_names(target: nodes.Expression) -> Iterator[str]:
    """Plain names in a target."""
    match target:
        case nodes.Name(name=name):
            yield name
        case nodes.Collection(elements=elements):
            for element in elements:
                yield from stored_names(element)
        case nodes.Starred(value=value):
            yield from stored_names(value)


def root_names(target: nodes.Expression) -> Iterator[str]:
    """The names at which the attributes and elements in a target start."""
    match target:
        case nodes.Name(name=name):
            yield name
        case nodes.Attribute(value=value) | nodes.Subscript(value=value):
            yield from root_names(value)
        case nodes.Collection(elements=elements):
            for element in elements:
                yield from root_names(element)


def pattern_names(pattern: nodes.Pattern) -> Iterator[str]:
    """Names that a pattern binds."""
    match pattern:
        case nodes.CapturePattern(pattern=inner, name=name):
            if name:
                yield name
            if inner is not None:
                yield from pattern_names(inner)
        case nodes.StarPattern(name=name):
            if name:
                yield name
        case nodes.OrPattern(patterns=patterns) | nodes.SequencePattern(patterns=patterns):
            for inner in patterns:
                yield from pattern_names(inner)
        case nodes.MappingPattern(patterns=patterns, rest=rest):
            if rest:
                yield rest
            for inner in patterns:
                yield from pattern_names(inner)
        case nodes.ClassPattern(patterns=patterns, keywords=keywords):
            for inner in [*patterns, *(value for _, value in keywords)]:
                yield from pattern_names(inner)


def free_names(node: object) -> frozenset[str]:
    """Names of the body around it that a nested function or class may read or change."""
    match node:
        case nodes.FunctionDef(parameters=parameters, body=body):
            return _free_of_block(body, {parameter.name for parameter in parameters})
        case nodes.ClassDef(body=body):
            return _free_of_block(body, set())
    return frozenset()


def free_names_of_lambda(node: nodes.Lambda) -> frozenset[str]:
    free = _names_with_nested(node.body) - {parameter.name for parameter in node.parameters}
    return frozenset(free)


def _free_of_block(block: nodes.Block, bound: set[str]) -> frozenset[str]:
    mentioned: set[str] = set()
    outer: set[str] = set()
    for statement in statements_of(block):
        match statement:
            case nodes.Global(names=names) | nodes.Nonlocal(names=names):
                outer.update(names)
            case nodes.FunctionDef() | nodes.ClassDef():
                bound.add(statement.name)
                mentioned |= free_names(statement)
            case nodes.Assign(targets=targets):
                for target in targets:
                    bound.update(stored_names(target))
            case nodes.AugmentedAssign(target=target) | nodes.For(target=target):
                bound.update(stored_names(target))
            case nodes.With(targets=bindings):
                for binding in bindings:
                    if binding is not None:
                        bound.update(stored_names(binding))
        for expression in own_expressions(statement):
            mentioned |= _names_with_nested(expression)
    return frozenset((mentioned - bound) | outer)


def _names_with_nested(expression: nodes.Expression) -> set[str]:
    """All names in an expression, those in the bodies of lambdas included."""
    names: set[str] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Name):
            names.add(node.name)
            continue
        if isinstance(node, nodes.Lambda):
            names |= free_names_of_lambda(node)
        stack.extend(children(node))
    return names


def outer_names(node: object) -> frozenset[str]:
    """Names of outer bodies that a nested function or class, or one in it, may bind anew."""
    if not isinstance(node, nodes.FunctionDef | nodes.ClassDef):
        return frozenset()
    found = set(declared_elsewhere(node.body))
    for statement in statements_of(node.body):
        found |= outer_names(statement)
    return frozenset(found)


def declared_elsewhere(block: nodes.Block) -> frozenset[str]:
    """Names that a body declares ``global`` or ``nonlocal``."""
    found: set[str] = set()
    for statement in statements_of(block):
        if isinstance(statement, nodes.Global | nodes.Nonlocal):
            found.update(statement.names)
    return frozenset(found)
