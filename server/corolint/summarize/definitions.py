"""Functions and classes: their headers where they stand, the bodies of functions afterwards.

    class Session:
        async def open(self): ...       # header now, so that `Session.open` can be named
    main(Session())                     # read before the body of `open`

A class body is read in place, since it runs there.
"""

from __future__ import annotations

import corolint.summarize.blocks as blocks
from corolint.bindings import outer_names
from corolint.scope import ClassFacts, Scope, bind_name, narrowed_names
from corolint.summarize.simple import NONE
from corolint.summary import FunctionSummary, TypeParameter
from corolint.syntax import Syntax, nodes
from corolint.terms import (
    CLASS,
    CLS,
    FUNCTION,
    LOCAL,
    NAME,
    PARAMETER,
    SELF,
    TYPE_NAME,
    Term,
    either,
)
from corolint.valuation.annotations import type_term
from corolint.valuation.expressions import read_parameters, value_of


def function_definition(scope: Scope, node: nodes.FunctionDef) -> bool:
    facts = scope.facts
    qualname = scope.prefix + node.name
    if qualname in facts.functions:
        number = 2
        while f"{qualname}@{number}" in facts.functions:
            number += 1
        qualname = f"{qualname}@{number}"
    facts.functions[qualname] = FunctionSummary(
        qualname=qualname,
        is_async=node.is_async,
        is_generator=node.is_generator,
        is_stub=False,
        parameters=read_parameters(scope, node.parameters),
        returns=None if node.returns is None else type_term(node.returns),
        results=(),
        yields=(),
        decorators=tuple([value_of(scope, decorator) for decorator in node.decorators]),
        type_parameters=type_parameters(node.type_parameters),
        owner=scope.cls.qualname if scope.is_class and scope.cls is not None else "",
        parent=scope.function,
        definitions=(),
        variables={},
    )
    if scope.function:
        for name in outer_names(node).intersection(scope.every):
            # From here on the inner function may bind it at any time.
            scope.environment[name] = (LOCAL, scope.function, name)
    bind_name(scope, node.name, (FUNCTION, qualname))
    facts.terms[id(node)] = (FUNCTION, qualname)
    facts.bodies.append((node, qualname))
    facts.pending.append((node, scope, qualname, narrowed_names(scope)))
    return False


def type_parameters(parameters: list[nodes.TypeParameter]) -> tuple[TypeParameter, ...]:
    return tuple(
        TypeParameter(
            parameter.name,
            parameter.kind,
            None if parameter.bound is None else type_term(parameter.bound),
            None if parameter.default is None else type_term(parameter.default),
        )
        for parameter in parameters
    )


def read_function_body(
    node: nodes.FunctionDef, outer: Scope, qualname: str, narrowed: dict[str, Term], syntax: Syntax
) -> None:
    """Read the body of a function. `narrowed` is what was known around it of names out there."""
    facts = outer.facts
    header = facts.functions[qualname]
    scope = Scope(facts, qualname, f"{qualname}.<locals>.", outer)
    scope.is_async = node.is_async
    scope.cls = outer.cls
    for name, term in narrowed.items():
        if len(outer.every.get(name, ())) == 1:
            scope.environment[name] = term
    _bind_parameters(scope, node, header)
    reached = blocks.read_block(scope, node.body)
    if reached and not (node.is_async and node.is_generator):
        scope.results.append(NONE)
    is_stub = _is_stub_body(node.body)
    facts.functions[qualname] = FunctionSummary(
        qualname=qualname,
        is_async=header.is_async,
        is_generator=node.is_generator,
        is_stub=is_stub,
        parameters=header.parameters,
        returns=header.returns,
        results=tuple(dict.fromkeys(scope.results)) if _results_tell(header) else (),
        yields=tuple(dict.fromkeys(scope.yields)) if header.returns is None else (),
        decorators=header.decorators,
        type_parameters=header.type_parameters,
        owner=header.owner,
        parent=header.parent,
        definitions=tuple(scope.definitions),
        variables=variables_of(scope),
    )


def variables_of(scope: Scope) -> dict[str, Term]:
    """What each name that a function binds is, wherever in its body."""
    return {name: either(terms) for name, terms in scope.every.items()}


def _results_tell(header: FunctionSummary) -> bool:
    """Whether what is returned says more than the annotation: ``async def f() -> Coroutine[…]`` may
    be meant for the call or for its result, a property may make the object or have kept it, an
    ``Awaitable`` may be a future, and `__await__` may be that of another object."""
    returns = header.returns
    if returns is None or header.qualname.endswith(".__await__"):
        return True
    return bool(returns[0] == TYPE_NAME and returns[1].endswith(_VAGUE_TYPES))


_VAGUE_TYPES = ("Coroutine", "Awaitable")


def _bind_parameters(scope: Scope, node: nodes.FunctionDef, header: FunctionSummary) -> None:
    for index, parameter in enumerate(node.parameters):
        term: Term = (PARAMETER, header.qualname, parameter.name)
        if index == 0 and header.owner and parameter.kind in (nodes.POSITIONAL, nodes.OPTIONAL):
            receiver = _receiver(header)
            if receiver is not None and parameter.annotation is None:
                term = receiver
                scope.in_class_method = receiver[0] == CLS
        scope.environment[parameter.name] = term
        scope.every[parameter.name] = [term]


def _receiver(header: FunctionSummary) -> Term | None:
    """What the first parameter of a method is: `self`, `cls`, or (static) an ordinary parameter."""
    names = {term[1] for term in header.decorators if term[0] == NAME}
    if "staticmethod" in names:
        return None
    base = header.qualname.rpartition(".")[2].partition("@")[0]
    if "classmethod" in names or base in {"__new__", "__init_subclass__", "__class_getitem__"}:
        return (CLS, header.owner)
    return (SELF, header.owner)


def _is_stub_body(body: nodes.Block) -> bool:
    for statement in body.statements:
        if isinstance(statement, nodes.Pass):
            continue
        if isinstance(statement, nodes.ExpressionStatement):
            if isinstance(statement.value, nodes.String | nodes.Ellipsis):
                continue
            return False
        if isinstance(statement, nodes.Raise) and statement.exception is not None:
            raised = statement.exception
            if isinstance(raised, nodes.Call):
                raised = raised.callee
            if isinstance(raised, nodes.Name) and raised.name == "NotImplementedError":
                continue
        return False
    return True


def class_definition(scope: Scope, node: nodes.ClassDef) -> bool:
    facts = scope.facts
    qualname = scope.prefix + node.name
    if qualname in facts.classes:
        number = 2
        while f"{qualname}@{number}" in facts.classes:
            number += 1
        qualname = f"{qualname}@{number}"
    cls = ClassFacts(qualname, node, scope.function)
    cls.bases = tuple([value_of(scope, base) for base in node.bases])
    cls.keywords = tuple([(name, value_of(scope, value)) for name, value in node.keywords])
    cls.decorators = tuple([value_of(scope, decorator) for decorator in node.decorators])
    facts.classes[qualname] = cls
    facts.bodies.append((node, qualname))
    bind_name(scope, node.name, (CLASS, qualname))
    facts.terms[id(node)] = (CLASS, qualname)
    inner = Scope(facts, scope.function, f"{qualname}.", scope)
    inner.cls = cls
    inner.is_class = True
    # What the class body binds is numbered among the definitions of the function around it.
    inner.definitions = scope.definitions
    inner.environment = scope.environment
    blocks.read_block(inner, node.body)
    return False
