"""Methods without a body that stand for something else than coroutine functions.

    class Voice(ABC):
        @abstractmethod
        async def speak(self, text: str) -> AsyncIterator[bytes]: ...

    class Loud(Voice):
        async def speak(self, text): yield text.encode()

By the language reference the method of `Voice` is a coroutine function, since it has no `yield`. It
is never run, though. What a call of it gives is what those that override it give, asynchronous
generators and plain functions among them. Where none is known, its promise leaves that open: many
mean the iterator itself, some a coroutine that gives one.
In a stub file (``.pyi``) every body is empty, and the promise is taken by the letter, as mypy tells
(https://mypy.readthedocs.io/en/stable/more_types.html, "Asynchronous iterators").
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.declarations as declarations
from corolint.infer.state import Inference, function_summary
from corolint.summary import FunctionSummary
from corolint.values import Function, Instance, Ref

_ITERATED = frozenset({"AsyncGenerator", "AsyncIterator", "AsyncIterable"})


def may_stand_for_others(state: Inference, ref: Ref, summary: FunctionSummary) -> bool:
    """Whether a call of the coroutine function `ref` may give something else than a coroutine,
    since `ref` is a placeholder. Never raises."""
    if not (summary.is_stub and summary.owner):
        return False
    table: dict[Ref, bool] = state.tables.setdefault("placeholders", {})
    if ref not in table:
        table[ref] = _may_stand_for_others(state, ref, summary)
    return table[ref]


def _may_stand_for_others(state: Inference, ref: Ref, summary: FunctionSummary) -> bool:
    file = state.project.file(ref.module)
    if file is None or file.is_stub:
        return False
    name = ref.qualname.rpartition(".")[2].partition("@")[0]
    overriding = [
        function_summary(state, method.ref)
        for method in attributes.overrides(state, Ref(ref.module, summary.owner), name)
        if isinstance(method, Function) and method.ref != ref
    ]
    found = [each for each in overriding if each is not None and not each.is_stub]
    if not found:
        return _promises_iteration(state, ref, summary)
    return any(each.is_generator or not each.is_async for each in found)


def _promises_iteration(state: Inference, ref: Ref, summary: FunctionSummary) -> bool:
    if summary.returns is None:
        return False
    promised = declarations.declared(state, ref.module, summary.returns, ref.qualname)
    return isinstance(promised, Instance) and promised.cls.qualname in _ITERATED
