"""What can be awaited, and runs by itself, awaited or not.

    def in_terminal(function) -> Awaitable[int]:
        return asyncio.ensure_future(run(function))

    class Reply:
        def __init__(self): self.task = asyncio.create_task(self.fetch())

What can be cancelled does: a future or a task, of asyncio or of some library. So does an object
that holds one, or calls a coroutine method of its own when it is made. Of a function that promises
an awaitable the body knows better, and of a method without a body those that override it do.
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


def starts_by_itself(state: Inference, cls: Ref) -> bool:
    """Whether making an object already calls a coroutine method of its own, or it holds a future:
    what it stands for then happens, awaited or not, as with a task."""
    known: dict[Ref, bool] = state.tables.setdefault("started by themselves", {})
    if cls not in known:
        maker = attributes.find_member(state, cls, "__init__")
        known[cls] = _awaits_started(state, cls) or (
            maker is not None and _calls_own_coroutine(state, maker.owner.cls)
        )
    return known[cls]


def _awaits_started(state: Inference, cls: Ref) -> bool:
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


def _calls_own_coroutine(state: Inference, cls: Ref) -> bool:
    """Whether the `__init__` in the body of `cls` calls a coroutine method of `cls`."""
    summary = state.project.summary_with_bodies(cls.module)
    if summary is None:
        return False
    maker = f"{cls.qualname}.__init__"
    return any(
        method.owner == cls.qualname
        and method.is_async
        and any(
            caller == maker for caller, _, _ in summary.calls.get(qualname.rpartition(".")[2], ())
        )
        for qualname, method in summary.functions.items()
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
