"""One reader for each kind of expression: its term, and the facts that reading it leaves.

    xs.append(Client(host))

is a call of attribute `append` of `xs`; it leaves two call sites, `append` and `Client`, and that a
call of `Client` is put into what stands at `xs`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import corolint.valuation.calls as calls
import corolint.valuation.targets as targets
from corolint.scope import Scope, bind_name, read_name
from corolint.summary import AWAITED, OBJECT, FunctionSummary, Parameter
from corolint.syntax import nodes
from corolint.terms import (
    ASYNC_ELEMENT,
    ATTRIBUTE,
    AWAIT,
    CONTAINER,
    ELEMENT,
    FUNCTION,
    GENERATOR,
    INTEGER,
    ITEM,
    LITERAL,
    OPERATION,
    PARAMETER,
    RECORD,
    STAR,
    STRING,
    TUPLE,
    UNKNOWN_TERM,
    Term,
    either,
)
from corolint.valuation.annotations import type_term
from corolint.valuation.narrowing import apply_narrowings, narrowings
from corolint.valuation.paths import dotted_path
from corolint.valuation.uses import note_use

_CONSTANTS: dict[str, Term] = {
    "None": (LITERAL, "NoneType"),
    "True": (LITERAL, "True"),
    "False": (LITERAL, "False"),
}


_SPECIAL_METHODS = {
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "//": "__floordiv__",
    "%": "__mod__", "**": "__pow__", "@": "__matmul__", "&": "__and__", "|": "__or__",
    "^": "__xor__", "<<": "__lshift__", ">>": "__rshift__",
}  # fmt: skip


def value_of(scope: Scope, node: nodes.Expression) -> Term:
    """Read one expression: its term. Never raises."""
    term = _READERS[type(node)](scope, node)
    scope.facts.terms[id(node)] = term
    return term


def _name(scope: Scope, node: nodes.Name) -> Term:
    constant = _CONSTANTS.get(node.name)
    if constant is not None:
        return constant
    return read_name(scope, node.name)


def _attribute(scope: Scope, node: nodes.Attribute) -> Term:
    value = value_of(scope, node.value)
    note_use(scope, node.value, OBJECT)
    if scope.has_paths:
        path = dotted_path(node)
        if path is not None and path in scope.environment:
            return scope.environment[path]
    return (ATTRIBUTE, value, node.attribute)


def _call(scope: Scope, node: nodes.Call) -> Term:
    return calls.call_term(scope, node)


def _await(scope: Scope, node: nodes.Await) -> Term:
    value = value_of(scope, node.value)
    scope.awaits += 1
    note_use(scope, node.value, AWAITED)
    return (AWAIT, value)


def _string(scope: Scope, node: nodes.String) -> Term:
    return (STRING, node.value)


def _bytes(scope: Scope, node: nodes.Bytes) -> Term:
    return (LITERAL, "bytes")


def _number(scope: Scope, node: nodes.Number) -> Term:
    if node.value is None:
        return (LITERAL, "float")
    return (INTEGER, node.value)


def _ellipsis(scope: Scope, node: nodes.Ellipsis) -> Term:
    return (LITERAL, "ellipsis")


def _formatted_string(scope: Scope, node: nodes.FormattedString) -> Term:
    for value in node.values:
        value_of(scope, value)
    return (LITERAL, "str")


def _tuple(scope: Scope, node: nodes.Tuple) -> Term:
    return (TUPLE, tuple([value_of(scope, element) for element in node.elements]))


def _list(scope: Scope, node: nodes.Collection) -> Term:
    elements = [value_of(scope, element) for element in node.elements]
    return (CONTAINER, "list", _element_term(elements), None)


def _set(scope: Scope, node: nodes.Collection) -> Term:
    elements = [value_of(scope, element) for element in node.elements]
    return (CONTAINER, "set", _element_term(elements), None)


def _element_term(elements: list[Term]) -> Term | None:
    if not elements:
        return None
    return either([(ELEMENT, term[1]) if term[0] == STAR else term for term in elements])


def _dict(scope: Scope, node: nodes.Dict) -> Term:
    keys: list[Term] = []
    values: list[Term] = []
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            spread = value_of(scope, value)
            keys.append((ELEMENT, spread))
            values.append((ITEM, spread, UNKNOWN_TERM))
        else:
            keys.append(value_of(scope, key))
            values.append(value_of(scope, value))
    if 0 < len(keys) <= 32 and all(key[0] == STRING for key in keys):
        pairs = zip(keys, values, strict=True)
        return (RECORD, tuple([(key[1], value) for key, value in pairs]))
    if not keys:
        return (CONTAINER, "dict", None, None)
    return (CONTAINER, "dict", either(values), either(keys))


def _subscript(scope: Scope, node: nodes.Subscript) -> Term:
    value = value_of(scope, node.value)
    note_use(scope, node.value, OBJECT)
    return (ITEM, value, value_of(scope, node.index))


def _slice(scope: Scope, node: nodes.Slice) -> Term:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            value_of(scope, part)
    return (LITERAL, "slice")


def _starred(scope: Scope, node: nodes.Starred) -> Term:
    return (STAR, value_of(scope, node.value))


def _boolean_operation(scope: Scope, node: nodes.BooleanOperation) -> Term:
    saved: dict[str, Term] | None = None
    terms = []
    for value in node.values:
        terms.append(value_of(scope, value))
        narrowed = narrowings(scope, value, node.operator == "and")
        if narrowed:
            if saved is None:
                saved = dict(scope.environment)
            apply_narrowings(scope, narrowed)
    if saved is not None:
        walrus_bound = {
            n: t for n, t in scope.environment.items() if n not in saved and "." not in n
        }
        scope.environment = saved
        scope.environment.update(walrus_bound)
    return either(terms)


def _unary_operation(scope: Scope, node: nodes.UnaryOperation) -> Term:
    operand = value_of(scope, node.operand)
    if node.operator == "not":
        return (LITERAL, "bool")
    if operand[0] == INTEGER:
        return (INTEGER, -operand[1] if node.operator == "-" else operand[1])
    return UNKNOWN_TERM


def _binary_operation(scope: Scope, node: nodes.BinaryOperation) -> Term:
    # Long sums nest to the left, so the left spine is walked in a loop instead of by recursion.
    spine: list[nodes.BinaryOperation] = []
    left: nodes.Expression = node
    while type(left) is nodes.BinaryOperation:
        spine.append(left)
        left = left.left
    term = value_of(scope, left)
    for operation in reversed(spine):
        right = value_of(scope, operation.right)
        term = (OPERATION, term, _SPECIAL_METHODS[operation.operator], right)
        if len(spine) > 8:
            term = UNKNOWN_TERM
    return term


def _comparison(scope: Scope, node: nodes.Comparison) -> Term:
    value_of(scope, node.left)
    for comparator in node.comparators:
        value_of(scope, comparator)
    return (LITERAL, "bool")


def _conditional(scope: Scope, node: nodes.Conditional) -> Term:
    value_of(scope, node.test)
    body = _value_where(scope, node.test, True, node.body)
    return either([body, _value_where(scope, node.test, False, node.orelse)])


def _value_where(scope: Scope, test: nodes.Expression, truth: bool, node: nodes.Expression) -> Term:
    narrowed = narrowings(scope, test, truth)
    if not narrowed:
        return value_of(scope, node)
    saved = dict(scope.environment)
    apply_narrowings(scope, narrowed)
    term = value_of(scope, node)
    scope.environment = saved
    return term


def _walrus(scope: Scope, node: nodes.Walrus) -> Term:
    term = value_of(scope, node.value)
    if type(node.target) is nodes.Name:
        bind_name(scope, node.target.name, term)
        if scope.function:
            return scope.environment.get(node.target.name, term)
    return term


def _lambda(scope: Scope, node: nodes.Lambda) -> Term:
    facts = scope.facts
    qualname = ""
    while not qualname or qualname in facts.functions:
        facts.lambdas += 1
        qualname = f"{scope.prefix}<lambda@{facts.lambdas}>"
    scope.facts.bodies.append((node, qualname))
    inner = Scope(scope.facts, qualname, f"{qualname}.<locals>.", scope)
    inner.cls = scope.cls
    inner.environment = dict(scope.environment)
    parameters = read_parameters(scope, node.parameters)
    for parameter in node.parameters:
        term = (PARAMETER, qualname, parameter.name)
        inner.environment[parameter.name] = term
        inner.every[parameter.name] = [term]
    result = value_of(inner, node.body)
    scope.facts.functions[qualname] = FunctionSummary(
        qualname, False, bool(inner.yields), False, parameters, None, (result,),
        tuple(inner.yields), (), (), "", scope.function, tuple(inner.definitions), {},
    )  # fmt: skip
    return (FUNCTION, qualname)


def _comprehension(scope: Scope, node: nodes.Comprehension) -> Term:
    saved = scope.environment
    scope.environment = dict(saved)
    is_async = False
    awaits = -1
    for generator in node.generators:
        iterable = value_of(scope, generator.iterable)
        if awaits < 0:  # the first iterable is evaluated where the comprehension stands
            awaits = scope.awaits
        is_async = is_async or generator.is_async
        step = (ASYNC_ELEMENT if generator.is_async else ELEMENT, iterable)
        targets.bind_target(scope, generator.target, step, in_comprehension=True)
        for condition in generator.conditions:
            value_of(scope, condition)
            apply_narrowings(scope, narrowings(scope, condition, True))
    key = value_of(scope, node.key) if node.key is not None else None
    element = value_of(scope, node.element)
    scope.environment = saved
    if node.kind == "generator":
        return (GENERATOR, element, is_async or scope.awaits > awaits)
    return (CONTAINER, node.kind, (ELEMENT, element[1]) if element[0] == STAR else element, key)


def _yield(scope: Scope, node: nodes.Yield) -> Term:
    scope.yields.append(
        value_of(scope, node.value) if node.value is not None else (LITERAL, "NoneType")
    )
    return UNKNOWN_TERM


def _yield_from(scope: Scope, node: nodes.YieldFrom) -> Term:
    scope.yields.append((ELEMENT, value_of(scope, node.value)))
    return UNKNOWN_TERM


def _unknown(scope: Scope, node: nodes.Expression) -> Term:
    return UNKNOWN_TERM


def read_parameters(scope: Scope, parameters: list[nodes.Parameter]) -> tuple[Parameter, ...]:
    """The parameters of a function defined in `scope`; defaults are read in this outer scope."""
    return tuple(
        Parameter(
            parameter.name,
            parameter.kind,
            None if parameter.annotation is None else type_term(parameter.annotation),
            None if parameter.default is None else value_of(scope, parameter.default),
            parameter.positional_only,
        )
        for parameter in parameters
    )


_READERS: dict[type[nodes.Expression], Callable[[Scope, Any], Term]] = {
    nodes.Name: _name,
    nodes.Attribute: _attribute,
    nodes.Call: _call,
    nodes.Await: _await,
    nodes.String: _string,
    nodes.Bytes: _bytes,
    nodes.Number: _number,
    nodes.Ellipsis: _ellipsis,
    nodes.FormattedString: _formatted_string,
    nodes.Tuple: _tuple,
    nodes.List: _list,
    nodes.Set: _set,
    nodes.Dict: _dict,
    nodes.Subscript: _subscript,
    nodes.Slice: _slice,
    nodes.Starred: _starred,
    nodes.BooleanOperation: _boolean_operation,
    nodes.UnaryOperation: _unary_operation,
    nodes.BinaryOperation: _binary_operation,
    nodes.Comparison: _comparison,
    nodes.Conditional: _conditional,
    nodes.Walrus: _walrus,
    nodes.Lambda: _lambda,
    nodes.Comprehension: _comprehension,
    nodes.Yield: _yield,
    nodes.YieldFrom: _yield_from,
    nodes.Expression: _unknown,
}
