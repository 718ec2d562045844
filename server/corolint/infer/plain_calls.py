"""Calls whose arguments need no look, because they change nothing.

    log.info("got %s", fetch(url).title)     # declared ``-> None``, whatever it is handed

Most calls in a project are of this kind: a function that declares a result without type parameters,
or a class without them that keeps nothing of what it is handed. That is decided once a function.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.construction as construction
import corolint.infer.declarations as declarations
import corolint.infer.function_results as function_results
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference, function_summary
from corolint.terms import FUNCTION, TYPE_NAME
from corolint.values import NONE, UNKNOWN, ClassObject, Function, Overloads, Ref, Value, members

_MAKES_ITSELF = frozenset({"builtins.object", "typing.Generic"})
_SELF = (TYPE_NAME, "Self", ())
_TELLS_BY_ARGUMENTS = frozenset(
    {
        "builtins.getattr",
        "builtins.staticmethod",
        "builtins.super",
        "builtins.type",
        "functools.partial",
        "functools.partialmethod",
        "importlib.import_module",
        "operator.attrgetter",
        "operator.methodcaller",
    }
)


def ignores_arguments(state: Inference, callee: Value) -> bool:
    """Whether a call gives the same whatever it is handed, as far as values tell. Never raises."""
    return isinstance(callee, Function | ClassObject) and _same_result(state, callee) is not None


def gives_nothing_to_await(state: Inference, callee: Value) -> bool:
    """Whether what a call gives, whatever it is handed, surely can neither be awaited nor iterated
    over with ``async for``. Never raises."""
    if isinstance(callee, Overloads):
        return all(gives_nothing_to_await(state, function) for function in callee.functions)
    if not isinstance(callee, Function | ClassObject):
        return False
    table: dict[Ref, bool] = state.tables.setdefault("gives nothing to await", {})
    ref = _ref(callee)
    if ref not in table:
        result = None if _is_async(state, callee) else _same_result(state, callee)
        table[ref] = result is not None and all(
            member == NONE or protocols.is_awaitable(state, member) is False
            for member in members(result)
        )
    return table[ref]


def _is_async(state: Inference, callee: Function | ClassObject) -> bool:
    summary = None if isinstance(callee, ClassObject) else function_summary(state, callee.ref)
    return summary is not None and summary.is_async


def _ref(callee: Function | ClassObject) -> Ref:
    return callee.cls if isinstance(callee, ClassObject) else callee.ref


def _same_result(state: Inference, callee: Function | ClassObject) -> Value | None:
    """What every call gives, ``UNKNOWN`` for the coroutine of a coroutine function; `None` where
    the arguments may matter."""
    table: dict[Ref, Value | None] = state.tables.setdefault("same results", {})
    ref = _ref(callee)
    if ref not in table:
        if ref.full_name.partition("@")[0] in _TELLS_BY_ARGUMENTS:
            table[ref] = None
        elif isinstance(callee, ClassObject):
            table[ref] = _same_instance(state, ref)
        else:
            table[ref] = _same_return(state, ref)
    return table[ref]


def _same_return(state: Inference, ref: Ref) -> Value | None:
    summary = function_summary(state, ref)
    if summary is None or summary.returns is None:
        return None
    value = declarations.declared(state, ref.module, summary.returns, ref.qualname)
    if type_variables.free_variables(value):
        return None
    if summary.is_async and not summary.is_generator:
        return UNKNOWN
    return None if function_results.is_vague(value) and summary.results else value


def _same_instance(state: Inference, cls: Ref) -> Value | None:
    if hierarchy.type_parameters(state, cls) or construction.stores_parameters(state, cls):
        return None
    creator = attributes.find_member(state, cls, "__new__")
    if creator is not None and not _makes_itself(state, creator):
        return None
    return declarations.instance_of(state, cls, ())


def _makes_itself(state: Inference, creator: attributes.Member) -> bool:
    """Whether a ``__new__`` gives an instance of the class that it is called on, and says so."""
    owner = creator.owner.cls
    if owner.full_name in _MAKES_ITSELF:
        return True
    for term in creator.terms:
        summary = None
        if term[0] == FUNCTION:
            summary = function_summary(state, Ref(owner.module, str(term[1])))
        if summary is None or not summary.is_stub or summary.returns != _SELF:
            return False
    return True
