"""Coroutine objects that a class keeps on `self`, followed into its methods.

In ::

    class Client:
        def __init__(self):
            self.greeting = fetch()      # the field: set here and nowhere else

        async def run(self):
            await self.greeting          # a use of that object, and of no other

the object is made in one method and used in others. Which of them run, how often and in what
order is not known, so each is followed for itself, as if it were handed the object: what one of
them does twice is a reuse. That `run` may be called twice is for a rule to find out. Where another
method sets the field, again and again perhaps, only uses that fail anyway are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corolint.evaluation import children, own_expressions, statements_of
from corolint.lifecycle.belonging import names_but_held
from corolint.lifecycle.handed import follow_handed
from corolint.lifecycle.history import Life, Use
from corolint.semantics import Kind, Made, Semantics
from corolint.syntax import nodes


def field_lives(
    cls: nodes.ClassDef, semantics: Semantics, mentions: Mapping[str, int]
) -> Iterator[Life]:
    """The lives of the objects that `__init__` puts into attributes of `self` and no other method
    replaces, as far as the methods use them. They end nowhere: others may use an attribute, too."""
    for name, made, origin in _fields(cls, semantics):
        uses: list[Use] = []
        for method in cls.body.statements:
            if isinstance(method, nodes.FunctionDef) and method.name != "__init__":
                uses += _uses_in(method, name, made, semantics, mentions)
        if uses:
            yield Life(origin, made, tuple(uses), (), True, (name,))
    yield from _late_lives(cls, semantics, mentions)


def _late_lives(
    cls: nodes.ClassDef, semantics: Semantics, mentions: Mapping[str, int]
) -> Iterator[Life]:
    """The lives of those that another method puts there, where the attribute was ``None`` before.
    That may happen any number of times, so only what fails with each of them counts, and only where
    nobody consumes one."""
    methods = [one for one in cls.body.statements if isinstance(one, nodes.FunctionDef)]
    for setter in methods:
        if setter.name == "__init__":
            continue
        for name, made, origin in _set_by(setter, methods, semantics):
            uses = [
                use
                for method in methods
                if method is not setter
                for use in _uses_in(method, name, made, semantics, mentions)
            ]
            failing = tuple([use for use in uses if use.action.fails])
            if failing and not any(use.action.consumes for use in uses):
                yield Life(origin, made, failing, (), True, (name,))


def _set_by(
    setter: nodes.FunctionDef, methods: list[nodes.FunctionDef], semantics: Semantics
) -> Iterator[tuple[str, Made, nodes.Expression]]:
    """The attributes of `self` that `setter` alone sets to something, a new coroutine object."""
    for statement in statements_of(setter.body):
        match statement:
            case nodes.Assign(
                targets=[nodes.Attribute(value=nodes.Name(name="self"), attribute=name)],
                value=nodes.Call() as call,
            ):
                made = semantics.made(call)
                if made is None or made.kind is not Kind.COROUTINE or not made.certain:
                    continue
                if sum(_times_set(method, name) for method in methods) == 1:
                    yield name, made, call


def _times_set(method: nodes.FunctionDef, name: str) -> int:
    """How often a method sets an attribute to anything but ``None``."""
    empty = 0
    for statement in statements_of(method.body):
        match statement:
            case nodes.Assign(
                targets=[nodes.Attribute(attribute=target)], value=nodes.Name(name="None")
            ):
                empty += target == name
    return list(attributes_set_in(method)).count(name) - empty


def _fields(
    cls: nodes.ClassDef, semantics: Semantics
) -> Iterator[tuple[str, Made, nodes.Expression]]:
    methods = [one for one in cls.body.statements if isinstance(one, nodes.FunctionDef)]
    setup = next((method for method in methods if method.name == "__init__"), None)
    if setup is None:
        return
    found: dict[str, tuple[Made, nodes.Expression]] = {}
    for statement in setup.body.statements:
        match statement:
            case nodes.Assign(
                targets=[nodes.Attribute(value=nodes.Name(name="self"), attribute=name)],
                value=nodes.Call() as call,
            ):
                made = semantics.made(call)
                if made is not None and made.kind is Kind.COROUTINE and made.certain:
                    found[name] = made, call
    if not found:
        return
    stored = [name for method in methods for name in attributes_set_in(method)]
    for name, (made, origin) in found.items():
        if stored.count(name) == 1:
            yield name, made, origin


def _uses_in(
    method: nodes.FunctionDef,
    name: str,
    made: Made,
    semantics: Semantics,
    mentions: Mapping[str, int],
) -> Iterator[Use]:
    if not method.parameters or method.decorators:
        return
    if not mentions_attribute(method, name) or hands_on_self(method):
        return
    place = f"{method.parameters[0].name}.{name}"
    handed = nodes.Parameter(place, nodes.POSITIONAL, None, None, False, method.at)
    life, _ = follow_handed(method, handed, made, semantics, mentions)
    yield from life.uses


def hands_on_self(method: nodes.FunctionDef) -> bool:
    """Whether a method mentions `self` for anything but attributes of it."""
    owner = method.parameters[0].name
    for statement in statements_of(method.body):
        if isinstance(statement, nodes.FunctionDef | nodes.ClassDef):
            return True
        if any(
            owner in set(names_but_held(expression)) for expression in own_expressions(statement)
        ):
            return True
    return False


def mentions_attribute(method: nodes.FunctionDef, name: str) -> bool:
    """Whether a method mentions an attribute, whatever object it is of."""
    return any(
        _has_attribute(expression, name)
        for statement in statements_of(method.body)
        for expression in own_expressions(statement)
    )


def _has_attribute(expression: nodes.Expression, name: str) -> bool:
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Attribute) and node.attribute == name:
            return True
        stack.extend(children(node))
    return False


def attributes_set_in(method: nodes.FunctionDef) -> Iterator[str]:
    """The attributes that a method assigns to or deletes, whatever object they are of."""
    for statement in statements_of(method.body):
        match statement:
            case nodes.Assign(targets=targets) | nodes.Delete(targets=targets):
                stack = list(targets)
            case nodes.AugmentedAssign(target=target) | nodes.For(target=target):
                stack = [target]
            case nodes.With(targets=bound):
                stack = [target for target in bound if target is not None]
            case _:
                continue
        while stack:
            one = stack.pop()
            if isinstance(one, nodes.Attribute):
                yield one.attribute
            elif isinstance(one, nodes.Collection):
                stack.extend(one.elements)
