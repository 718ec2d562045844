"""Functions that promise an awaitable, and give what runs by itself.

    def in_terminal(function) -> Awaitable[int]:
        return asyncio.ensure_future(run(function))

What can be cancelled runs, awaited or not: a future or a task, of asyncio or of some library. The
body knows better than the annotation, and of a method without a body those that override it do.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.declarations as declarations
import corolint.infer.protocols as protocols
from corolint.infer.evaluate import evaluate
from corolint.infer.placeholders import overriding
from corolint.infer.state import Inference
from corolint.summary import FunctionSummary
from corolint.terms import ATTRIBUTE, CALL, DEFINITION, FUNCTION, SELF, Term
from corolint.values import Function, Instance, Ref, Unknown, Value, members


def may_give_started(state: Inference, ref: Ref) -> bool:
    """Whether what the function `ref` gives may run by itself. Never raises."""
    known: dict[Ref, bool] = state.tables.setdefault("gives started", {})
    if ref not in known:
        known[ref] = False  # what goes round in circles is as it is declared
        known[ref] = _may_give_started(state, ref)
    return known[ref]


def runs_by_itself(state: Inference, value: Value) -> bool:
    """Whether a value is a future or a task."""
    if not isinstance(value, Instance) or protocols.is_awaitable(state, value) is not True:
        return False
    return attributes.find_member(state, value.cls, "cancel") is not None


def awaits_started(state: Inference, cls: Ref) -> bool:
    """Whether to await an object of `cls` is to await a future that it holds:
    ``return self._future.__await__()``."""
    member = attributes.find_member(state, cls, "__await__")
    if member is None or member.terms[-1][0] != FUNCTION:
        return False
    module = member.owner.cls.module
    summary = _with_results(state, Ref(module, member.terms[-1][1]))
    return summary is not None and any(
        _is_held(state, module, _written_out(term, summary)) for term in summary.results
    )


def _is_held(state: Inference, module: str, term: Term) -> bool:
    if term[0] != CALL or term[1][0] != ATTRIBUTE or term[1][2] != "__await__":
        return False
    held = term[1][1]
    if held[0] != ATTRIBUTE or held[1][0] != SELF:
        return False
    return any(runs_by_itself(state, one) for one in members(evaluate(state, module, held, None)))


def _may_give_started(state: Inference, ref: Ref) -> bool:
    summary = _with_results(state, ref)
    if summary is None or summary.is_async:
        return False
    if not summary.is_stub:
        return any(_is_started(state, ref.module, term, summary) for term in summary.results)
    return any(_stands_for_started(state, each) for each in overriding(state, ref, summary))


def _stands_for_started(state: Inference, overrider: Ref) -> bool:
    """Whether a method that overrides another gives something else than what has to be awaited.
    That of a library that is not there may be a future of its own."""
    summary = _with_results(state, overrider)
    if summary is None or summary.is_async:
        return False
    if summary.returns is not None:
        promised = members(
            declarations.declared(state, overrider.module, summary.returns, overrider.qualname)
        )
        if any(isinstance(each, Unknown) or runs_by_itself(state, each) for each in promised):
            return True
    return may_give_started(state, overrider)


def _is_started(state: Inference, module: str, term: Term, summary: FunctionSummary) -> bool:
    """Whether a returned term is a future, or calls another function that gives one."""
    term = _written_out(term, summary)
    if any(runs_by_itself(state, each) for each in members(evaluate(state, module, term, None))):
        return True
    callee = evaluate(state, module, term[1], None) if term[0] == CALL else None
    return isinstance(callee, Function) and may_give_started(state, callee.ref)


def _written_out(term: Term, summary: FunctionSummary) -> Term:
    if term[0] == DEFINITION and term[1] == summary.qualname:
        return summary.definitions[term[2]]
    return term


def _with_results(state: Inference, ref: Ref) -> FunctionSummary | None:
    module = state.project.summary_with_bodies(ref.module)
    return None if module is None else module.functions.get(ref.qualname)
