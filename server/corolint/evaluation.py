"""How Python evaluates an expression: its parts in order, and what of it is known beforehand.

For ``f(a, *b)`` the parts in order are ``f``, ``a``, ``b``. Nothing here looks at names or types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corolint.syntax import nodes


def constant_truth(expression: nodes.Expression) -> bool | None:
    """The truth of a literal, `None` for everything else."""
    match expression:
        case nodes.Name(name="True"):
            return True
        case nodes.Name(name="False" | "None"):
            return False
        case nodes.Number() if expression.value is not None:
            return expression.value != 0
        case nodes.String():
            return bool(expression.value)
    return None


def is_irrefutable(pattern: nodes.Pattern) -> bool:
    """Whether a pattern matches everything: ``_``, a name, or an ``|`` that ends in one."""
    if isinstance(pattern, nodes.OrPattern):
        return any(is_irrefutable(one) for one in pattern.patterns)
    if isinstance(pattern, nodes.CapturePattern):
        return pattern.pattern is None or is_irrefutable(pattern.pattern)
    return False


_NEVER_RAISES = (
    nodes.Name,
    nodes.String,
    nodes.Bytes,
    nodes.Number,
    nodes.Ellipsis,
    nodes.Lambda,
)
_RAISES_THROUGH_PARTS = (
    nodes.Tuple,
    nodes.List,
    nodes.BooleanOperation,
    nodes.Conditional,
    nodes.Walrus,
)


def can_raise(expression: nodes.Expression) -> bool:
    """Whether evaluating may raise; names are taken to be bound, and truth tests to be harmless."""
    stack: list[nodes.Expression] = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, _NEVER_RAISES):
            continue
        harmless = (
            isinstance(node, _RAISES_THROUGH_PARTS)
            or (isinstance(node, nodes.UnaryOperation) and node.operator == "not")
            or (isinstance(node, nodes.Comparison) and {"is", "is not"}.issuperset(node.operators))
        )
        if not harmless:
            return True
        stack.extend(children(node))
    return False


def children(node: nodes.Expression) -> list[nodes.Expression]:
    """The direct parts of an expression, in the order in which Python evaluates them.

    A lambda gives its defaults only; a comprehension gives all its parts, of its own scope or not.
    """
    get = _CHILDREN.get(type(node))
    return get(node) if get is not None else []


def _of_call(node: nodes.Call) -> list[nodes.Expression]:
    return [node.callee, *node.arguments]


def _of_dict(node: nodes.Dict) -> list[nodes.Expression]:
    parts: list[nodes.Expression] = []
    for key, value in zip(node.keys, node.values, strict=False):
        if key is not None:
            parts.append(key)
        parts.append(value)
    return parts


def _of_comprehension(node: nodes.Comprehension) -> list[nodes.Expression]:
    parts: list[nodes.Expression] = []
    for generator in node.generators:
        parts += [generator.iterable, generator.target, *generator.conditions]
    if node.key is not None:
        parts.append(node.key)
    parts.append(node.element)
    return parts


def _present(*parts: nodes.Expression | None) -> list[nodes.Expression]:
    return [part for part in parts if part is not None]


_CHILDREN: dict[type, Callable[..., list[nodes.Expression]]] = {
    nodes.Attribute: lambda node: [node.value],
    nodes.Call: _of_call,
    nodes.Await: lambda node: [node.value],
    nodes.FormattedString: lambda node: node.values,
    nodes.Tuple: lambda node: node.elements,
    nodes.List: lambda node: node.elements,
    nodes.Set: lambda node: node.elements,
    nodes.Dict: _of_dict,
    nodes.Subscript: lambda node: [node.value, node.index],
    nodes.Slice: lambda node: _present(node.lower, node.upper, node.step),
    nodes.Starred: lambda node: [node.value],
    nodes.BooleanOperation: lambda node: node.values,
    nodes.UnaryOperation: lambda node: [node.operand],
    nodes.BinaryOperation: lambda node: [node.left, node.right],
    nodes.Comparison: lambda node: [node.left, *node.comparators],
    nodes.Conditional: lambda node: [node.test, node.body, node.orelse],
    nodes.Walrus: lambda node: [node.value, node.target],
    nodes.Lambda: lambda node: _present(*(p.default for p in node.parameters)),
    nodes.Comprehension: _of_comprehension,
    nodes.Yield: lambda node: _present(node.value),
    nodes.YieldFrom: lambda node: [node.value],
}


# --- the expressions of a statement ---------------------------------------------------------------


def pattern_expressions(pattern: nodes.Pattern) -> Iterator[nodes.Expression]:
    """Values and classes that a pattern compares with."""
    match pattern:
        case nodes.ValuePattern(value=value):
            yield value
        case nodes.CapturePattern(pattern=inner) if inner is not None:
            yield from pattern_expressions(inner)
        case nodes.OrPattern(patterns=patterns) | nodes.SequencePattern(patterns=patterns):
            for inner in patterns:
                yield from pattern_expressions(inner)
        case nodes.MappingPattern(keys=keys, patterns=patterns):
            yield from keys
            for inner in patterns:
                yield from pattern_expressions(inner)
        case nodes.ClassPattern(cls=cls, patterns=patterns, keywords=keywords):
            yield cls
            for inner in [*patterns, *(value for _, value in keywords)]:
                yield from pattern_expressions(inner)


def statements_of(block: nodes.Block) -> Iterator[nodes.Statement]:
    """All statements of a body, without those of nested functions and classes."""
    stack: list[nodes.Block | None] = [block]
    while stack:
        current = stack.pop()
        if current is None:
            continue
        for statement in current.statements:
            yield statement
            match statement:
                case nodes.If() | nodes.While() | nodes.For():
                    stack += [statement.body, statement.orelse]
                case nodes.With():
                    stack.append(statement.body)
                case nodes.Try():
                    stack += [statement.body, statement.orelse, statement.finalbody]
                    stack += [handler.body for handler in statement.handlers]
                case nodes.Match():
                    stack += [case.body for case in statement.cases]


def own_expressions(statement: nodes.Statement) -> Iterator[nodes.Expression]:
    """The expressions of a statement itself, without those of the statements inside it."""
    match statement:
        case nodes.ExpressionStatement(value=value):
            yield value
        case nodes.Return(value=optional):
            if optional is not None:
                yield optional
        case nodes.Assign(targets=targets, value=optional):
            if optional is not None:
                yield optional
            yield from targets
        case nodes.AugmentedAssign(target=target, value=value):
            yield from (target, value)
        case nodes.If(test=test) | nodes.While(test=test):
            yield test
        case nodes.For(target=target, iterable=iterable):
            yield from (iterable, target)
        case nodes.With(contexts=contexts, targets=bindings):
            yield from contexts
            yield from (binding for binding in bindings if binding is not None)
        case nodes.Try(handlers=handlers):
            yield from (handler.type for handler in handlers if handler.type is not None)
        case nodes.Match(subject=subject, cases=cases):
            yield subject
            for case in cases:
                yield from pattern_expressions(case.pattern)
                if case.guard is not None:
                    yield case.guard
        case nodes.Raise(exception=exception, cause=cause):
            yield from (part for part in (exception, cause) if part is not None)
        case nodes.Assert(test=test, message=message):
            yield test
            if message is not None:
                yield message
        case nodes.Delete(targets=targets):
            yield from targets
        case nodes.FunctionDef(decorators=decorators, parameters=parameters):
            yield from decorators
            yield from (p.default for p in parameters if p.default is not None)
        case nodes.ClassDef(decorators=decorators, bases=bases, keywords=keywords):
            yield from decorators
            yield from bases
            yield from (value for _, value in keywords)


def yields(function: nodes.FunctionDef) -> bool:
    """Whether a function is a generator function: its body runs when it is iterated over."""
    for statement in statements_of(function.body):
        stack = list(own_expressions(statement))
        while stack:
            node = stack.pop()
            if isinstance(node, nodes.Yield | nodes.YieldFrom):
                return True
            stack.extend(children(node))
    return False
