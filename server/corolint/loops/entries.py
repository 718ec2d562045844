"""Where running loops come to candidates: coroutine functions that may run one, and callbacks.

    async def handler(): fetch_now()              # `handler` comes to `fetch_now`
    def arrange(loop): loop.call_soon(fetch_now)  # so does a loop, by way of `arrange`

`entries_in` looks at one module, so that an edit of it asks for no other one again.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.infer.arguments import CallSite
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference
from corolint.known.loops import LOOP_CALLBACKS
from corolint.loops.called import called_functions
from corolint.loops.candidates import Candidates
from corolint.loops.constructing import defining_functions
from corolint.loops.holders import holders_in
from corolint.loops.mentions import argument_terms, attributes_in, last_name, terms_of
from corolint.loops.relations import callees_of_site
from corolint.summary import ModuleSummary
from corolint.values import ClassObject, Ref

Entries = dict[Ref, frozenset[Ref]]

CALLBACK_NAMES = frozenset(name.rpartition(".")[2] for name in LOOP_CALLBACKS)


def entries_in(state: Inference, found: Candidates, summary: ModuleSummary) -> Entries:
    """By candidate, the functions of a module through which a running loop may come to it."""
    if not _may_come_to_any(state, found, summary):
        return {}
    entries: dict[Ref, set[Ref]] = {}
    for callee, caller in _pairs(state, found, summary):
        if callee in found.functions:
            entries.setdefault(callee, set()).add(Ref(summary.name, caller))
    return {callee: frozenset(callers) for callee, callers in entries.items()}


def _may_come_to_any(state: Inference, found: Candidates, summary: ModuleSummary) -> bool:
    """Does a module name any candidate at all? What it names is kept over edits."""
    if not found.functions:
        return False
    if found.unnamed or found.attributes:
        return True
    names = state.project.found_in(summary, "names that may come to candidates", _named_in)
    return _ANYTHING in names or not found.names.isdisjoint(names)


_ANYTHING = ""


def _named_in(summary: ModuleSummary) -> frozenset[str]:
    """The names of what a module calls or hands over, `_ANYTHING` if it calls what has none or
    defines a class in a coroutine function."""
    names = set(summary.calls)
    for sites in summary.calls.values():
        for _, call, _ in sites:
            names.update(filter(None, map(last_name, argument_terms(call))))
    if any(_is_coroutine_function(summary, cls.parent) for cls in summary.classes.values()):
        names.add(_ANYTHING)
    return frozenset(names)


def _pairs(
    state: Inference, found: Candidates, summary: ModuleSummary
) -> Iterator[tuple[Ref, str]]:
    module = summary.name
    for name, sites in summary.calls.items():
        for caller, call, is_awaited in sites:
            in_loop = _is_coroutine_function(summary, caller)
            if in_loop and (name in found.names or not name):
                for ref in callees_of_site(state, CallSite(module, caller, call, is_awaited)):
                    yield ref, caller
                    for overriding in found.overriding.get(ref, ()):
                        yield overriding, caller
                for ref in found.unnamed.get(name, ()):
                    if isinstance(evaluate(state, module, call[1], None), ClassObject):
                        yield ref, caller  # who makes an object may run its special methods
            if in_loop or name in CALLBACK_NAMES:
                for term in argument_terms(call):
                    if last_name(term) in found.names:
                        for ref in called_functions(state, evaluate(state, module, term, None)):
                            yield ref, caller
    for qualname, cls in summary.classes.items():
        if _is_coroutine_function(summary, cls.parent):
            for ref in defining_functions(state, Ref(module, qualname)):
                yield ref, cls.parent
    for name, holders in holders_in(summary).items() if found.unnamed else ():
        for ref in found.unnamed.get(name, ()):
            for caller in holders:
                if _is_coroutine_function(summary, caller):
                    yield ref, caller
    for caller, term in terms_of(summary) if found.attributes else ():
        if _is_coroutine_function(summary, caller):
            for _, name in attributes_in(term, found.attributes):
                for ref in found.unnamed.get(name, ()):
                    yield ref, caller


def _is_coroutine_function(summary: ModuleSummary, qualname: str) -> bool:
    function = summary.functions.get(qualname)
    return function is not None and function.is_async
