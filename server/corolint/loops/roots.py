"""Which bodies of a module run inside a loop by themselves, without a call from there.

Bodies of ``async def`` do, and so does the top level of a notebook. Of plain functions those do
that a framework calls from inside its loop: methods of some classes (`CALLED_IN_LOOP`), and what
some decorators register (`REGISTERED_IN_LOOP`).
"""

from __future__ import annotations

import corolint.infer.hierarchy as hierarchy
from corolint.answers import public_name
from corolint.infer.arguments import call_sites
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference
from corolint.known.frameworks import CALLED_IN_LOOP, CALLED_IN_THREAD, REGISTERED_IN_LOOP
from corolint.known.loops import NOT_OF_ASYNCIO, RUNNERS
from corolint.loops.called import called_functions
from corolint.loops.names import public_names
from corolint.paths import is_notebook
from corolint.summary import ModuleSummary
from corolint.terms import CALL, IMPORT, LITERAL
from corolint.values import Ref

_FALSE = (LITERAL, "False")
_SAID_BY_TRIO = frozenset(RUNNERS[name].message for name in NOT_OF_ASYNCIO)
_METHODS = frozenset(name for row in CALLED_IN_LOOP.values() for name in row.methods)
_REGISTERING = frozenset(name.rpartition(".")[2] for name in REGISTERED_IN_LOOP)


def roots_in(state: Inference, summary: ModuleSummary) -> set[str]:
    """The bodies of a module that run in a loop, by qualname; "" is its top level."""
    file = state.project.file(summary.name)
    found = {""} if file is not None and is_notebook(file.path) else set()
    handlers = _methods_of_frameworks(state, summary)
    for qualname, function in summary.functions.items():
        if function.is_async or qualname in handlers or _is_registered(state, summary, qualname):
            found.add(qualname)
    return found


def runs_in_other_loop(state: Inference, summary: ModuleSummary, qualname: str, said: str) -> bool:
    """Whether what says `said` where a loop of its library is running does no harm in a body,
    because that runs in a loop of another library: trio knows nothing of asyncio's, nor that of it.

    A coroutine function is trio's if it is handed to `trio.run`; in doubt it is asyncio's where
    its module imports that.
    """
    by_trio = Ref(summary.name, qualname) in _handed_to_trio(state)
    if said in _SAID_BY_TRIO:
        return not by_trio and any(
            term[0] == IMPORT and term[1].partition(".")[0] == "asyncio"
            for terms in summary.bindings.values()
            for term in terms
        )
    return by_trio


def _handed_to_trio(state: Inference) -> set[Ref]:
    known: set[Ref] | None = state.tables.get("handed to trio")
    if known is None:
        known = state.tables["handed to trio"] = set()
        for site in call_sites(state, "run"):
            names = public_names(state, site.module, site.term[1], None)
            if names & NOT_OF_ASYNCIO and site.term[2]:
                value = evaluate(state, site.module, site.term[2][0], None)
                known.update(called_functions(state, value))
    return known


def _methods_of_frameworks(state: Inference, summary: ModuleSummary) -> set[str]:
    found: set[str] = set()
    for qualname, cls in summary.classes.items():
        if not cls.bases or _METHODS.isdisjoint(cls.attributes):
            continue
        for one in hierarchy.mro(state, Ref(summary.name, qualname)).classes[1:]:
            row = CALLED_IN_LOOP.get(public_name(one.cls))
            if row is not None:
                found |= {f"{qualname}.{name}" for name in row.methods.intersection(cls.attributes)}
    return found


def _is_registered(state: Inference, summary: ModuleSummary, qualname: str) -> bool:
    for decorator in summary.functions[qualname].decorators:
        target = decorator[1] if decorator[0] == CALL else decorator
        if decorator[0] == CALL and any(
            key in CALLED_IN_THREAD and value != _FALSE for key, value in decorator[3]
        ):
            continue
        if target[-1] in _REGISTERING:
            names = public_names(state, summary.name, target, None)
            if names and names <= REGISTERED_IN_LOOP.keys():
                return True
    return False
