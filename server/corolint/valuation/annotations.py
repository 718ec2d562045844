"""Annotations to type terms: ``dict[str, "Client"]`` as it is written, names not yet resolved."""

from __future__ import annotations

from corolint.scope import Scope
from corolint.syntax import nodes
from corolint.terms import (
    DECLARED,
    TYPE_ELLIPSIS,
    TYPE_LIST,
    TYPE_LITERAL,
    TYPE_NAME,
    TYPE_OTHER,
    TYPE_UNION,
    TYPE_UNPACKED,
    Term,
    TypeTerm,
)


def type_term(node: nodes.TypeNode) -> TypeTerm:
    """An annotation as a type term. Never raises."""
    if isinstance(node, nodes.NamedType):
        return (TYPE_NAME, node.name, tuple([type_term(argument) for argument in node.arguments]))
    if isinstance(node, nodes.UnionType):
        return (TYPE_UNION, tuple([type_term(item) for item in node.items]))
    if isinstance(node, nodes.TypeList):
        return (TYPE_LIST, tuple([type_term(item) for item in node.items]))
    if isinstance(node, nodes.LiteralType):
        return (TYPE_LITERAL, node.value)
    if isinstance(node, nodes.EllipsisType):
        return (TYPE_ELLIPSIS,)
    if isinstance(node, nodes.UnpackedType):
        return (TYPE_UNPACKED, type_term(node.value))
    return (TYPE_OTHER,)


def declared(scope: Scope, annotation: nodes.TypeNode) -> Term:
    """An instance of an annotation that stands in `scope`."""
    return (
        DECLARED,
        type_term(annotation),
        scope.cls.qualname if scope.is_class and scope.cls else scope.function,
    )
