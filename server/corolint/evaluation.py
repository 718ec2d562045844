"""How Python evaluates an expression: its parts in order, and what of it is known beforehand.

For ``f(a, *b)`` the parts in order are ``f``, ``a``, ``b``. Nothing here looks at names or types.
"""

from __future__ import annotations

from collections.abc import Callable

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
