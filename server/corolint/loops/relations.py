"""How functions relate to each other: whom a call may run, who is inside whom, who overrides whom.

For ``def make(f): def inner(): return f()`` the function `make.<locals>.inner` is inside `make` and
sees what that was handed. These are questions to summaries, asked while candidates are looked for.
"""

from __future__ import annotations

from typing import NamedTuple

import corolint.infer.hierarchy as hierarchy
from corolint.infer.arguments import CallSite
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, class_summary, function_summary
from corolint.known.loops import RUNNER_MAKERS
from corolint.loops.called import called_functions
from corolint.loops.constructing import AFTER_CONSTRUCTION, CONSTRUCTORS, metaclass_of
from corolint.loops.mentions import argument_terms, is_property, last_name, own_name
from corolint.loops.names import declared_function
from corolint.summary import FunctionSummary
from corolint.terms import ATTRIBUTE, FUNCTION, IMPORT, NAME, PARAMETER, SUPER, Term
from corolint.values import ClassObject, Function, Instance, Ref, members, union, without_none

CONSTRUCTING = frozenset({*CONSTRUCTORS, *AFTER_CONSTRUCTION})


def callees_of_site(state: Inference, site: CallSite) -> list[Ref]:
    """The functions that a call may run, decorated ones by their declaration."""
    value = evaluate(state, site.module, site.term[1], None)
    found = called_functions(state, value)
    if any(is_first_party(state, ref) for ref in found):
        return found
    declared = declared_function(state, site.module, site.term[1], None)
    return found if declared is None else [*found, declared.ref]


def is_first_party(state: Inference, ref: Ref) -> bool:
    file = state.project.file(ref.module)
    return file is not None and file.is_first_party


def is_made_synchronous(summary: FunctionSummary) -> bool:
    """Whether a decorator makes a coroutine function one that runs a loop when it is called."""
    makers = {name.rpartition(".")[2] for name in RUNNER_MAKERS}
    return any(last_name(decorator) in makers for decorator in summary.decorators)


def runs_unnamed(summary: FunctionSummary, name: str) -> bool:
    """Whether a method runs without being named: it is a special one, or a property."""
    if not summary.owner:
        return False
    return (
        name.startswith("__")
        or name in CONSTRUCTING
        or is_property(summary)
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


def places_of_definition(state: Inference, classes: list[Ref]) -> list[Ref]:
    """The functions, or top levels of modules, in which classes are defined."""
    summaries = [(ref, class_summary(state, ref)) for ref in classes]
    return [Ref(ref.module, found.parent) for ref, found in summaries if found is not None]


def classes_made_by(state: Inference, metaclass: Ref) -> list[Ref]:
    """The first-party classes that name a metaclass, if it is one."""
    if not hierarchy.is_subclass(state, metaclass, Ref("builtins", "type")):
        return []
    found: list[Ref] = []
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        for qualname, cls in () if summary is None else summary.classes.items():
            if any(key == "metaclass" for key, _ in cls.keywords):
                made_by = metaclass_of(state, Ref(module, qualname))
                if made_by is not None and hierarchy.is_subclass(state, made_by.cls, metaclass):
                    found.append(Ref(module, qualname))
    return found


def is_returned(state: Inference, ref: Ref, parent: str) -> bool:
    """Whether the function around gives the function out, so that its callers may call it."""
    outer = function_summary(state, Ref(ref.module, parent))
    if outer is None:
        return False
    value = union([evaluate(state, ref.module, term, None) for term in outer.results])
    return ref in called_functions(state, value)


class Relatives(NamedTuple):
    """What an object of a class, or of one below it, may be besides: `classes` are all of these,
    `earlier` those whose ``super()`` may lead to the class itself."""

    classes: frozenset[Ref]
    earlier: frozenset[Ref]


def relatives_of(state: Inference, owner: Ref) -> Relatives | None:
    """`None` where there are more classes below than can be looked at."""
    below = hierarchy.all_subclasses(state, owner)
    if not below and hierarchy.subclasses(state, owner):
        return None
    classes: set[Ref] = set()
    earlier: set[Ref] = set()
    for one in (owner, *below):
        order = [each.cls for each in hierarchy.mro(state, one).classes]
        classes.update(order)
        if owner in order:
            earlier.update(order[: order.index(owner)])
    return Relatives(frozenset(classes), frozenset(earlier.difference(below)))


def may_be_of(state: Inference, site: CallSite, relatives: Relatives) -> bool:
    """Whether what a call calls a method on may be an object of one of these classes.

    Nearly every ``super().__init__()`` names that of `object`, which everything else overrides; it
    leads to one of them only where some class inherits from both.
    """
    callee = site.term[1]
    holder = callee[1] if callee[0] == ATTRIBUTE else callee
    if holder[0] == SUPER:
        return Ref(site.module, holder[1]) in relatives.earlier
    for member in members(without_none(evaluate(state, site.module, callee, None))):
        receiver = member.receiver if isinstance(member, Function) else member
        if receiver is None and holder[0] in (NAME, IMPORT):
            continue  # ``Base.close(page)`` is that one method
        if not isinstance(receiver, Instance | ClassObject) or receiver.cls in relatives.classes:
            return True
    return False


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
