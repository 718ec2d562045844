"""What a file holds that rules ask about, gathered in one walk over its tree.

A file is a tree of *bodies*: the module, and each function, class and lambda in it. The inventory
lists for every body the calls and awaits that run in it and the functions and classes that it
defines, so that no rule walks the tree again. For ::

    async def main():
        await f(g())
        run = lambda: h()

the module's body defines `main`; `main` has the awaits ``await f(g())`` and the calls ``f(g())``
and ``g()``, of which the first is awaited; the lambda's body has the call ``h()``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from corolint.evaluation import children, own_expressions, statements_of
from corolint.syntax import Syntax, nodes

BodyNode = nodes.FunctionDef | nodes.ClassDef | nodes.Lambda | nodes.Block


@dataclass(slots=True)
class Body:
    """One body. `outer` is the body that defines it, `None` for the module. `awaited` holds the
    `id` of every expression that is the operand of an ``await`` here, `async_iterables` what
    ``async for`` goes through."""

    node: BodyNode
    outer: Body | None
    calls: list[nodes.Call] = field(default_factory=list)
    awaits: list[nodes.Await] = field(default_factory=list)
    awaited: set[int] = field(default_factory=set)
    definitions: list[nodes.FunctionDef | nodes.ClassDef] = field(default_factory=list)
    withs: list[nodes.With] = field(default_factory=list)
    returns: list[nodes.Return] = field(default_factory=list)
    yields: list[nodes.Yield] = field(default_factory=list)
    async_iterables: list[nodes.Expression] = field(default_factory=list)
    inner: list[Body] = field(default_factory=list)

    @property
    def is_async(self) -> bool:
        """Whether ``await`` is allowed in this body."""
        return isinstance(self.node, nodes.FunctionDef) and self.node.is_async

    def function(self) -> nodes.FunctionDef | None:
        """The function that this is the body of."""
        return self.node if isinstance(self.node, nodes.FunctionDef) else None

    def enclosing_class(self) -> nodes.ClassDef | None:
        """The class whose method this is the body of."""
        outer = self.outer
        if outer is not None and isinstance(outer.node, nodes.ClassDef):
            return outer.node
        return None


@dataclass(frozen=True, slots=True)
class Inventory:
    """All bodies of a file, outer ones first, and how often each ``.attribute`` is written."""

    bodies: list[Body]
    attributes: dict[str, int]
    own: list[Body]
    """The bodies that no other inventory has."""
    by_chunk: tuple[list[Body], ...] = ()
    """The bodies in each chunk of a syntax that has chunks, without that of the module."""

    def dissolve(self) -> None:
        """Take the bodies apart when nobody needs them any more.

        Each knows the bodies around and in it; without that cycle the whole tree dies at once.
        """
        for body in self.own:
            body.inner.clear()
            body.outer = None


def take_inventory(tree: nodes.Block) -> Inventory:
    """Walks the tree of a module once. Never raises on a tree that was parsed."""
    bodies = [Body(tree, None)]
    attributes: dict[str, int] = {}
    for body in bodies:  # grows while it is gone through
        for expression in _expressions(body.node):
            _walk(body, expression, bodies, attributes)
        if isinstance(body.node, nodes.Lambda):
            continue
        block = body.node if isinstance(body.node, nodes.Block) else body.node.body
        for statement in statements_of(block):
            for expression in own_expressions(statement):
                _walk(body, expression, bodies, attributes)
            if isinstance(statement, nodes.With):
                body.withs.append(statement)
            elif isinstance(statement, nodes.For):
                if statement.is_async:
                    body.async_iterables.append(statement.iterable)
            elif isinstance(statement, nodes.Return):
                body.returns.append(statement)
            elif isinstance(statement, nodes.FunctionDef | nodes.ClassDef):
                body.definitions.append(statement)
                _open(body, statement, bodies)
    return Inventory(bodies, attributes, bodies)


def inventory_of(syntax: Syntax) -> Inventory:
    """The inventory of a file; what an edit did not touch is not gone through again."""
    if not syntax.chunks:
        return take_inventory(syntax.tree)
    module = Body(syntax.tree, None)
    bodies = [module]
    attributes: dict[str, int] = {}
    by_chunk = []
    for chunk, _ in syntax.chunks:
        part: Inventory | None = chunk.memory.get(_KEY)
        if part is None:
            part = take_inventory(nodes.Block(chunk.statements, False))
            chunk.memory[_KEY] = part
        _add(module, part.bodies[0])
        by_chunk.append(part.bodies[1:])
        bodies += by_chunk[-1]
        for name, count in part.attributes.items():
            attributes[name] = attributes.get(name, 0) + count
    return Inventory(bodies, attributes, [module], tuple(by_chunk))


_KEY = "inventory"


def _add(module: Body, part: Body) -> None:
    """Adds to the body of a module the part of it that one chunk holds."""
    module.calls += part.calls
    module.awaits += part.awaits
    module.awaited |= part.awaited
    module.definitions += part.definitions
    module.withs += part.withs
    module.returns += part.returns
    module.yields += part.yields
    module.async_iterables += part.async_iterables
    module.inner += part.inner
    for inner in part.inner:
        inner.outer = module


def _expressions(node: BodyNode) -> list[nodes.Expression]:
    return [node.body] if isinstance(node, nodes.Lambda) else []


def _open(outer: Body, node: BodyNode, bodies: list[Body]) -> None:
    body = Body(node, outer)
    outer.inner.append(body)
    bodies.append(body)


def _walk(
    body: Body, expression: nodes.Expression, bodies: list[Body], attributes: dict[str, int]
) -> None:
    stack = [expression]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is nodes.Name:
            continue
        if kind is nodes.Attribute:
            assert isinstance(node, nodes.Attribute)
            attributes[node.attribute] = attributes.get(node.attribute, 0) + 1
            stack.append(node.value)
            continue
        if kind is nodes.Call:
            assert isinstance(node, nodes.Call)
            body.calls.append(node)
        elif kind is nodes.Await:
            assert isinstance(node, nodes.Await)
            body.awaits.append(node)
            body.awaited.add(id(node.value))
        elif kind is nodes.Comprehension:
            assert isinstance(node, nodes.Comprehension)
            body.async_iterables += [one.iterable for one in node.generators if one.is_async]
        elif kind is nodes.Yield:
            assert isinstance(node, nodes.Yield)
            body.yields.append(node)
        elif kind is nodes.Lambda:
            assert isinstance(node, nodes.Lambda)
            _open(body, node, bodies)
        stack.extend(children(node))
