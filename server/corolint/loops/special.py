"""Which special methods an operation runs, and what reading and writing an attribute runs.

``1 + price`` runs `price.__radd__`, ``if cart:`` runs `cart.__bool__` or else `cart.__len__`,
``page.text = "x"`` the setter of a property or `__setattr__`. Builtin types run nothing that could
start a loop, and of what is unknown nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable

import corolint.infer.attributes as attributes
import corolint.infer.hierarchy as hierarchy
from corolint.answers import public_name
from corolint.infer.state import function_summary
from corolint.loops.bodies import Runs, special_method
from corolint.loops.called import runs_of_function
from corolint.loops.code import Callee
from corolint.loops.names import Place, decorator_names
from corolint.spelling import spell
from corolint.syntax import nodes
from corolint.terms import ATTRIBUTE, FUNCTION
from corolint.values import Function, Instance, Ref, Value, members, without_none

_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "reify"})
_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod",
    "**": "pow", "@": "matmul", "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_COMPARISONS = {
    "==": ("__eq__", "__eq__"), "!=": ("__ne__", "__ne__"), "<": ("__lt__", "__gt__"),
    "<=": ("__le__", "__ge__"), ">": ("__gt__", "__lt__"), ">=": ("__ge__", "__le__"),
}  # fmt: skip
_HASHING = frozenset({"builtins.dict", "collections.defaultdict", "collections.OrderedDict"})
_UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}


def runs_of_special(
    place: Place, operand: nodes.Expression, methods: Iterable[str], shown: str
) -> Runs | None:
    """What the first of `methods` runs that the class of the operand has."""
    return _first_of(place, without_none(place.value(operand)), methods, shown)


def _first_of(place: Place, value: Value, methods: Iterable[str], shown: str) -> Runs | None:
    if not isinstance(value, Instance):
        return None
    for method in methods:
        bound = special_method(place.state, value, method)
        if bound is not None:
            return runs_of_function(place, bound, shown, None, {})
    return None


def runs_of_operator(place: Place, node: nodes.Node) -> Runs | None:
    """A subscript, an operation of one or two operands, a comparison, an augmented assignment."""
    match node:
        case nodes.Subscript(value=value):
            found = runs_of_special(place, value, ("__getitem__",), f"{spell(value)}[…]")
            return found or _of_key(place, node)
        case nodes.UnaryOperation(operator=operator, operand=operand):
            return runs_of_special(place, operand, (_UNARY[operator],), spell(node))
        case nodes.BinaryOperation(operator=operator, left=left, right=right):
            name = _OPERATORS.get(operator, "")
            return _of_two(place, left, (f"__{name}__",), right, f"__r{name}__", spell(node))
        case nodes.AugmentedAssign(operator=operator, target=target, value=value):
            name = _OPERATORS.get(operator, "")
            shown = f"{spell(target)} {operator}= {spell(value)}"
            forward = (f"__i{name}__", f"__{name}__")
            return _of_two(place, target, forward, value, f"__r{name}__", shown)
        case nodes.Comparison(operators=[operator, *_], left=left, comparators=[right, *_]):
            if operator in ("in", "not in"):
                methods = ("__contains__", "__iter__", "__getitem__")
                return runs_of_special(place, right, methods, spell(node))
            if operator in _COMPARISONS:
                forward_name, reflected = _COMPARISONS[operator]
                return _of_two(place, left, (forward_name,), right, reflected, spell(node))
    return None


def _of_key(place: Place, node: nodes.Subscript) -> Runs | None:
    """Looking a key up in a dict asks for its hash."""
    holder = hierarchy.plain_instance(without_none(place.value(node.value)))
    if not isinstance(holder, Instance) or public_name(holder.cls) not in _HASHING:
        return None
    return runs_of_special(place, node.index, ("__hash__",), f"{spell(node.value)}[…]")


def _of_two(
    place: Place, left: nodes.Expression, forward: tuple[str, ...], right: nodes.Expression,
    reflected: str, shown: str,
) -> Runs | None:  # fmt: skip
    """The left operand is asked first; the right one if the left one's class knows nothing."""
    value = hierarchy.plain_instance(without_none(place.value(left)))
    if not isinstance(value, Instance):
        return None
    found = _first_of(place, value, forward, shown)
    return found or runs_of_special(place, right, (reflected,), shown)


def runs_of_read(place: Place, node: nodes.Attribute) -> Runs | None:
    """The getter of a property, or `__getattr__` where there is no such attribute."""
    ways: list[tuple[Callee, ...]] = []
    for holder in members(without_none(place.value(node.value))):
        if not isinstance(holder, Instance):
            return None
        found = _getter(place, holder, node.attribute)
        if found is None:
            return None
        ways.append((Callee(found.ref, Instance(holder.cls)),))
    return Runs(spell(node), "", tuple(ways)) if ways else None


def _getter(place: Place, holder: Instance, name: str) -> Function | None:
    member = attributes.find_member(place.state, holder.cls, name)
    if member is None:
        is_complete = hierarchy.mro(place.state, holder.cls).complete
        return special_method(place.state, holder, "__getattr__") if is_complete else None
    if not member.in_body or member.terms[0][0] != FUNCTION:
        return None
    getter = Function(Ref(member.owner.cls.module, member.terms[0][1]), Instance(holder.cls))
    names = {(each or "").rpartition(".")[2] for each in decorator_names(place.state, getter)}
    summary = function_summary(place.state, getter.ref)
    if summary is None or summary.is_async or not names & _PROPERTIES:
        return None
    return getter


def runs_of_write(place: Place, node: nodes.Node, deleting: bool) -> Runs | None:
    """What assigning to an attribute or an item runs, or (`deleting`) deleting it."""
    if isinstance(node, nodes.Subscript):
        method = "__delitem__" if deleting else "__setitem__"
        found = runs_of_special(place, node.value, (method,), f"{spell(node.value)}[…]")
        return found or _of_key(place, node)
    if not isinstance(node, nodes.Attribute):
        return None
    holder = without_none(place.value(node.value))
    if not isinstance(holder, Instance):
        return None
    written = _writer(place, holder, node.attribute, "deleter" if deleting else "setter")
    if written is not None:
        return Runs(spell(node), "", ((Callee(written, Instance(holder.cls)),),))
    return _first_of(place, holder, ("__delattr__" if deleting else "__setattr__",), spell(node))


def _writer(place: Place, holder: Instance, name: str, kind: str) -> Ref | None:
    """The function of a property that is its setter or deleter."""
    member = attributes.find_member(place.state, holder.cls, name)
    if member is None or not member.in_body:
        return None
    for term in member.terms:
        if term[0] == FUNCTION:
            ref = Ref(member.owner.cls.module, term[1])
            summary = function_summary(place.state, ref)
            for decorator in () if summary is None else summary.decorators:
                if decorator[0] == ATTRIBUTE and decorator[2] == kind:
                    return ref
    return None
