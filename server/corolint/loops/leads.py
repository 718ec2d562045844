"""In which bodies of a file anything has a name that may lead to a runner.

    def total(xs): return sum(xs)         # leads nowhere
    def page(): return render(load)       # leads somewhere if a `render` or a `load` may start one

What the names in a part of a file are is kept over edits, which leave most parts untouched.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from corolint.known.loops import STARTING_NAMES
from corolint.loops.candidates import Candidates
from corolint.loops.mentions import last_name
from corolint.summarize import Reading
from corolint.summary import ModuleSummary
from corolint.terms import IMPORT, Term
from corolint.values import Ref

_KEY = "leads"
_ANY = ""  # what ``HANDLERS[key]()`` calls, listed under no name at all, has any name


class _Leads(NamedTuple):
    """The functions of one part that call or hand over something, by its name; each function with
    the one around it; the names of decorators with the same; and the functions that import."""

    part: ModuleSummary
    by_name: dict[str, set[str]]
    parents: tuple[tuple[str, str], ...]
    decorators: tuple[tuple[str, str], ...]
    imports: tuple[tuple[str, Term], ...]


def bodies_that_lead_on(
    lasting: dict[str, Any], candidates: Candidates, reading: Reading
) -> set[str]:
    """The bodies by qualname; `lasting` is that of the project."""
    module = reading.summary.name
    known: dict[int, _Leads] = lasting.setdefault(_KEY, {}).get(module, {})
    found = [known.get(id(part)) or _leads_in(part) for part in reading.parts]
    lasting[_KEY][module] = {id(leads.part): leads for leads in found}
    names, functions = candidates.names, candidates.functions
    bodies: set[str] = set()
    for leads in found:
        # The names are as many as the candidates of the project, so that they are only looked up.
        for name, callers in leads.by_name.items():
            if name == _ANY or name in names or name in STARTING_NAMES:
                bodies |= callers
        if functions:
            bodies.update(q for q, term in leads.imports if _leads_on(functions, term))
            bodies.update(p for q, p in leads.parents if Ref(module, q) in functions)
        bodies.update(parent for name, parent in leads.decorators if name in names)
    return bodies


def _leads_in(part: ModuleSummary) -> _Leads:
    by_name: dict[str, set[str]] = {}
    for name, sites in part.calls.items():
        for caller, call, _ in sites:
            for one in (name, *_handed_names(call)):
                by_name.setdefault(one, set()).add(caller)
    functions = part.functions.items()
    return _Leads(
        part,
        by_name,
        tuple((qualname, function.parent) for qualname, function in functions),
        tuple((last_name(d), each.parent) for _, each in functions for d in each.decorators),
        tuple(
            (qualname, term)
            for qualname, function in functions
            for term in function.variables.values()
            if term[0] == IMPORT
        ),
    )


def _leads_on(functions: set[Ref], term: Term) -> bool:
    """Whether a name is imported from a module of interest, or is one."""
    return Ref(term[1], "") in functions or Ref(f"{term[1]}.{term[2]}", "") in functions


def _handed_names(call: Term) -> list[str]:
    terms: list[Term] = [*call[2], *(term for _, term in call[3])]
    return [str(term[-1]) for term in terms if term[0] in ("name", "attribute", "import", "local")]
