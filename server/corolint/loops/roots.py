"""Which bodies of a module run inside a loop by themselves, without a call from there.

Bodies of ``async def`` do, and so does the top level of a notebook. Of plain functions those do
that a framework calls from inside its loop: methods of some classes (`CALLED_IN_LOOP`), and what
some decorators register (`REGISTERED_IN_LOOP`).
"""

from __future__ import annotations

import corolint.infer.hierarchy as hierarchy
from corolint.answers import public_name
from corolint.infer.state import Inference
from corolint.known.frameworks import CALLED_IN_LOOP, CALLED_IN_THREAD, REGISTERED_IN_LOOP
from corolint.loops.names import public_names
from corolint.paths import is_notebook
from corolint.summary import ModuleSummary
from corolint.terms import CALL, LITERAL
from corolint.values import Ref

_FALSE = (LITERAL, "False")
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
