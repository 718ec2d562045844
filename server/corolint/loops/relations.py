"""How functions relate to each other: whom a call may run, who is inside whom, who overrides whom.

For ``def make(f): def inner(): return f()`` the function `make.<locals>.inner` is inside `make` and
sees what that was handed. These are questions to summaries, asked while candidates are looked for.
"""

from __future__ import annotations

import corolint.infer.hierarchy as hierarchy
from corolint.infer.arguments import CallSite
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, class_summary, function_summary
from corolint.known.loops import RUNNER_MAKERS
from corolint.loops.called import AFTER_CONSTRUCTION, CONSTRUCTORS, called_functions
from corolint.loops.mentions import argument_terms, last_name, own_name
from corolint.loops.names import declared_function
from corolint.summary import FunctionSummary
from corolint.terms import ATTRIBUTE, FUNCTION, PARAMETER, Term
from corolint.values import Ref, union

CONSTRUCTING = frozenset({*CONSTRUCTORS, *AFTER_CONSTRUCTION})


def callees_of_site(state: Inference, site: CallSite) -> list[Ref]:
    """The functions that a call may run, decorated ones by their declaration."""
    value = evaluate(state, site.module, site.term[1], None)
    found = called_functions(state, value)
    if not found:
        declared = declared_function(state, site.module, site.term[1], None)
        if declared is not None:
            return [declared.ref]
    return found


def is_made_synchronous(summary: FunctionSummary) -> bool:
    """Whether a decorator makes a coroutine function one that runs a loop when it is called."""
    makers = {name.rpartition(".")[2] for name in RUNNER_MAKERS}
    return any(last_name(decorator) in makers for decorator in summary.decorators)


def runs_unnamed(summary: FunctionSummary, name: str) -> bool:
    """Whether a method runs without being named: it is a special one, or writes a property."""
    if not summary.owner:
        return False
    return (
        name.startswith("__")
        or name in CONSTRUCTING
        or any(d[0] == ATTRIBUTE and d[2] in ("setter", "deleter") for d in summary.decorators)
    )


def inside(state: Inference, ref: Ref) -> set[Ref]:
    """The functions inside a function, which see its parameters."""
    summary = state.project.summary(ref.module)
    start = f"{ref.qualname}.<locals>."
    functions = () if summary is None else summary.functions
    return {Ref(ref.module, name) for name in functions if name.startswith(start)}


def kept_as(state: Inference, ref: Ref) -> list[str]:
    """The attributes in which a method keeps its parameters."""
    method = function_summary(state, ref)
    owner = class_summary(state, Ref(ref.module, method.owner)) if method else None
    return [
        name
        for name, terms in (owner.instance_attributes if owner else {}).items()
        if any(term[:2] == (PARAMETER, ref.qualname) for term in terms)
    ]


def handing_on(state: Inference, ref: Ref) -> list[Term]:
    """The calls in a function that hand one of its parameters on."""
    summary = state.project.summary(ref.module)
    if summary is None:
        return []
    return [
        call
        for sites in summary.calls.values()
        for caller, call, _ in sites
        if caller == ref.qualname and any(term[0] == PARAMETER for term in argument_terms(call))
    ]


def is_returned(state: Inference, ref: Ref, parent: str) -> bool:
    """Whether the function around gives the function out, so that its callers may call it."""
    outer = function_summary(state, Ref(ref.module, parent))
    if outer is None:
        return False
    value = union([evaluate(state, ref.module, term, None) for term in outer.results])
    return ref in called_functions(state, value)


def overridden(state: Inference, ref: Ref, summary: FunctionSummary) -> list[Ref]:
    """The methods above that a call may name when it means this one."""
    if not summary.owner:
        return []
    last = own_name(ref)
    found = []
    for one in hierarchy.mro(state, Ref(ref.module, summary.owner)).classes[1:]:
        above = class_summary(state, one.cls)
        terms = () if above is None else above.attributes.get(last, ())
        found += [Ref(one.cls.module, term[1]) for term in terms if term[0] == FUNCTION]
    return found
