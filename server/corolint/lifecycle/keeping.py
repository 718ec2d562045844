"""Objects that keep what their constructor is handed, for a method to use.

In ::

    class Job:
        def __init__(self, work):
            self.work = work         # kept, and nothing else is done with it

        async def run(self):
            await self.work

    await Job(f()).run()

the coroutine object in `work` is used when `run` is. That can only be said of a class whose parts
are all in sight: one without bases, of which no method puts something else into the attribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corolint.bindings import free_names_of_lambda
from corolint.evaluation import children, own_expressions, statements_of, yields
from corolint.lifecycle.fields import attributes_set_in, hands_on_self, mentions_attribute
from corolint.lifecycle.parameters import effect_on_captured
from corolint.semantics import Effect, Semantics
from corolint.syntax import nodes

# With one of these, a class does more with an attribute than its methods say.
_MEDDLING = frozenset({"__del__", "__getattribute__", "__new__", "__setattr__"})


def kept_parameters(cls: nodes.ClassDef) -> Mapping[str, str]:
    """The attributes in which ``__init__`` keeps parameters, by their names. Never raises."""
    methods = [one for one in cls.body.statements if isinstance(one, nodes.FunctionDef)]
    setup = next((method for method in methods if method.name == "__init__"), None)
    names = {method.name for method in methods}
    if setup is None or cls.bases or cls.keywords or cls.decorators or names & _MEDDLING:
        return {}
    if setup.decorators or not setup.parameters or hands_on_self(setup):
        return {}
    mentioned = list(_names_in(setup))
    stored = [name for method in methods for name in attributes_set_in(method)]
    parameters = {one.name for one in setup.parameters[1:] if one.kind not in _COLLECTING}
    kept: dict[str, str] = {}
    for statement in setup.body.statements:
        match statement:
            case nodes.Assign(
                targets=[nodes.Attribute(value=nodes.Name(name=owner), attribute=attribute)],
                value=nodes.Name(name=name),
            ) if owner == setup.parameters[0].name and name in parameters:
                if mentioned.count(name) == 1 and stored.count(attribute) == 1:
                    kept[name] = attribute
    return kept


_COLLECTING = (nodes.STAR, nodes.DOUBLE_STAR)


def _names_in(function: nodes.FunctionDef) -> Iterator[str]:
    """The names in a body without nested functions, as often as they are mentioned."""
    for statement in statements_of(function.body):
        stack = list(own_expressions(statement))
        while stack:
            node = stack.pop()
            if isinstance(node, nodes.Name):
                yield node.name
            elif isinstance(node, nodes.Lambda):
                yield from free_names_of_lambda(node)
            stack.extend(children(node))


def effect_on_field(
    method: nodes.FunctionDef, attribute: str, semantics: Semantics, mentions: Mapping[str, int]
) -> Effect:
    """The effect of calling a method on a coroutine object in an attribute of its receiver. Never
    raises."""
    if method.decorators or not method.parameters or (method.is_async and yields(method)):
        return Effect.ESCAPES
    if hands_on_self(method):
        return Effect.ESCAPES
    if not mentions_attribute(method, attribute):
        return Effect.INSPECTS
    return effect_on_captured(
        method, f"{method.parameters[0].name}.{attribute}", semantics, mentions
    )
