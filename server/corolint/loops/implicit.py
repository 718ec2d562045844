"""Which bodies run without a call being written: properties, operators, loops, contexts, imports.

``for page in pages():`` runs the body of the generator function `pages`, which its call did not;
``with connect() as c:`` runs `__enter__` and, at its end, `__exit__`.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary
from corolint.known.loops import (
    CLOSING_RUNNERS,
    CONTEXT_MANAGERS,
)
from corolint.loops.called import Runs, runs_of_method
from corolint.loops.code import Callee
from corolint.loops.names import (
    Place,
    declared_function,
    decorator_names,
    public_names,
    summary_with_body,
)
from corolint.spelling import spell
from corolint.syntax import nodes
from corolint.terms import (
    CALL,
    DEFINITION,
    FUNCTION,
    IMPORT,
    SELF,
    Term,
)
from corolint.values import (
    Function,
    Instance,
    Ref,
    members,
    without_none,
)

_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "reify"})


_OPERATORS = {
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "//": "__floordiv__",
    "%": "__mod__", "**": "__pow__", "@": "__matmul__", "&": "__and__", "|": "__or__",
    "^": "__xor__", "<<": "__lshift__", ">>": "__rshift__", "==": "__eq__", "!=": "__ne__",
    "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__",
}  # fmt: skip


def runs_of_property(place: Place, node: nodes.Attribute) -> Runs | None:
    callees: list[Callee] = []
    for holder in members(without_none(place.value(node.value))):
        if not isinstance(holder, Instance):
            return None
        member = attributes.find_member(place.state, holder.cls, node.attribute)
        if member is None or not member.in_body or member.terms[0][0] != FUNCTION:
            return None
        getter = Function(Ref(member.owner.cls.module, member.terms[0][1]), Instance(holder.cls))
        names = {(name or "").rpartition(".")[2] for name in decorator_names(place.state, getter)}
        summary = function_summary(place.state, getter.ref)
        if summary is None or summary.is_async or not names & _PROPERTIES:
            return None
        callees.append(Callee(getter.ref, getter.receiver))
    return Runs(spell(node), "", tuple(callees)) if callees else None


def runs_of_operator(place: Place, node: nodes.Node) -> Runs | None:
    if isinstance(node, nodes.Subscript):
        return _of_special(place, node.value, "__getitem__", f"{spell(node.value)}[…]")
    if isinstance(node, nodes.BinaryOperation):
        return _of_special(place, node.left, _OPERATORS.get(node.operator, ""), spell(node))
    if isinstance(node, nodes.Comparison):
        operator = node.operators[0]
        if operator in ("in", "not in"):
            return _of_special(place, node.comparators[0], "__contains__", spell(node))
        return _of_special(place, node.left, _OPERATORS.get(operator, ""), spell(node))
    return None


def _of_special(place: Place, operand: nodes.Expression, method: str, shown: str) -> Runs | None:
    if not method:
        return None
    value = without_none(place.value(operand))
    if not isinstance(value, Instance) or value.cls.module in ("builtins", "typing", "types"):
        return None
    return runs_of_method(place, value, method, shown)


def runs_of_iteration(place: Place, iterable: nodes.Expression) -> Runs | None:
    """Walking a generator runs its body; walking an object runs its `__iter__`."""
    generator = _generator(place, place.term(iterable))
    if generator is not None:
        return Runs(spell(iterable), "", (generator,))
    value = without_none(place.value(iterable))
    if not isinstance(value, Instance) or value.cls.module in ("builtins", "typing", "types"):
        return None
    for method in ("__iter__", "__next__", "__getitem__"):
        member = attributes.find_member(place.state, value.cls, method)
        if member is None or member.terms[-1][0] != FUNCTION:
            continue
        ref = Ref(member.owner.cls.module, member.terms[-1][1])
        summary = function_summary(place.state, ref)
        if (
            summary is not None
            and not summary.is_async
            and ref.module not in ("builtins", "typing")
        ):
            returns_itself = method == "__iter__" and (SELF, summary.owner) in summary.results
            if not returns_itself:
                return Runs(spell(iterable), "", (Callee(ref, Instance(value.cls)),))
    return None


def _generator(place: Place, term: Term, depth: int = 0) -> Callee | None:
    """The body of the generator function whose call `term` is."""
    if depth > 4:
        return None
    state, module = place.state, place.code.module
    if term[0] == DEFINITION:
        function = function_summary(state, Ref(module, term[1]))
        if function is None or term[2] >= len(function.definitions):
            return None
        return _generator(place, function.definitions[term[2]], depth + 1)
    if term[0] != CALL:
        return None
    value = evaluate(state, module, term[1], place.frame)
    if not isinstance(value, Function):
        return None
    return _generator_body(state, value)


def _generator_body(state: Inference, value: Function) -> Callee | None:
    summary = summary_with_body(state, value.ref)
    if summary is None or summary.is_async or not summary.is_generator:
        return None
    receiver = value.receiver if isinstance(value.receiver, Instance) else None
    return Callee(value.ref, receiver, value.frame, (), (("*", None),))


def runs_of_context(place: Place, context: nodes.Expression, entering: bool) -> Runs | None:
    """`__enter__` and `__exit__`, or the body of a generator made a context manager."""
    names: set[str] = set()
    if isinstance(context, nodes.Call):
        callee = place.term(context.callee)
        names = public_names(place.state, place.code.module, callee, place.frame)
    closing = names & CLOSING_RUNNERS.keys()
    if closing:
        name = next(iter(closing))
        return None if entering else Runs(f"{name}.__exit__", CLOSING_RUNNERS[name].message)
    term = place.term(context)
    if term[0] == CALL:
        declared = declared_function(place.state, place.code.module, term[1], place.frame)
        if declared is not None and set(decorator_names(place.state, declared)) & CONTEXT_MANAGERS:
            body = _generator_body(place.state, declared)
            return None if body is None or not entering else Runs(spell(context), "", (body,))
    value = without_none(place.value(context))
    if not isinstance(value, Instance) or value.cls.module in ("builtins", "typing"):
        return None
    return runs_of_method(place, value, "__enter__" if entering else "__exit__", spell(context))


def runs_of_import(place: Place, node: nodes.Node) -> Runs | None:
    """The top level of a module of the project that is imported here and nowhere before."""
    targets: list[str] = []
    if isinstance(node, nodes.Import):
        targets = [name for name, _ in node.names]
    elif isinstance(node, nodes.ImportFrom) and node.level == 0:
        targets = [node.module, *(f"{node.module}.{name}" for name, _ in node.names)]
    for target in targets:
        file = place.state.project.file(target)
        if file is not None and file.is_first_party and not file.is_namespace:
            if not _is_imported_at_top(place.state, target):
                return Runs(f"import {target}", "", (Callee(Ref(target, "")),))
    return None


def _is_imported_at_top(state: Inference, target: str) -> bool:
    """Whether some module imports it at its own top level, which may have happened before."""
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None or module == target:
            continue
        if target in summary.stars:
            return True
        for terms in summary.bindings.values():
            for term in terms:
                if term[0] == IMPORT and target in (term[1], f"{term[1]}.{term[2]}"):
                    return True
    return False
