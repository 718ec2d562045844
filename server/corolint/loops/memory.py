"""Keeps the candidates over edits that cannot change them, which are nearly all.

Finding the candidates looks at the whole project. Typing in one function rarely changes what they
are: not while the module looks to others as it did (its *outline*), and while its plain functions
do to names of interest what they did. For example, with a candidate `fetch_now`,

    async def handler(): fetch_now()      # added: an ``async def`` is no candidate, but an entry
    def total(xs): return sum(xs)         # added: no change, nothing of interest is called
    def load(): return fetch_now()        # added: a new candidate, so that all is looked at again

Local variables are numbered in a summary, so that one more shifts the rest; terms are compared with
the variables replaced by what they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import corolint.infer.hierarchy as hierarchy
from corolint.expansion import Expansion
from corolint.infer.state import Inference
from corolint.known.loops import NESTS_LOOPS, STARTING_NAMES
from corolint.loops.callers import find_candidates
from corolint.loops.candidates import ASKING_NAMES, Candidates
from corolint.loops.entries import Entries, entries_in
from corolint.loops.mentions import argument_terms, attributes_in, last_name, terms_of
from corolint.project import Project
from corolint.summary import ModuleSummary
from corolint.terms import Term
from corolint.values import Ref

_KEY = "loops"
_DEEPEST = 6
_ALWAYS = STARTING_NAMES | ASKING_NAMES | {name.rpartition(".")[2] for name in NESTS_LOOPS}


class Known(NamedTuple):
    """The candidates, and by module where running loops come to them."""

    candidates: Candidates
    entries: Mapping[str, Entries]


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is known, and the summaries that it holds for: those of all first-party modules, or, if
    it `is_resumed`, those that some of them had, while all others are as they were."""

    summaries: Mapping[str, ModuleSummary | None]
    known: Known
    is_resumed: bool = False


def resume(project: Project, known: Known, before: Mapping[str, ModuleSummary]) -> None:
    """Takes what was `known` when the modules in `before` had these summaries; no others have
    changed since, and none will: nobody looks at them any more."""
    project.lasting[_KEY] = _Memory(dict(before), known, is_resumed=True)


def known_of(state: Inference) -> Known:
    """The candidates and entries of the project as it is now."""
    project = state.project
    memory: _Memory | None = project.lasting.get(_KEY)
    summaries = _looked_at(project, memory)
    if memory is not None and not _still_hold(state, memory, summaries):
        memory = None
        summaries = project.first_party_summaries()
    if memory is None:
        known, changed = Known(find_candidates(state), {}), summaries
    else:
        known, before = memory.known, memory.summaries
        changed = {name: each for name, each in summaries.items() if each is not before[name]}
    if changed:
        found = known.candidates
        entries = dict(known.entries)
        for module, summary in changed.items():
            entries.pop(module, None)
            here = {} if summary is None else entries_in(state, found, summary)
            if here:
                entries[module] = here
        known = known._replace(entries=entries)
    is_resumed = memory is not None and memory.is_resumed
    project.lasting[_KEY] = _Memory(summaries, known, is_resumed)
    return known


def _looked_at(project: Project, memory: _Memory | None) -> Mapping[str, ModuleSummary | None]:
    """The summaries as they are now that what is remembered rests on."""
    if memory is None or not memory.is_resumed:
        return project.first_party_summaries()
    return {module: project.summary(module) for module in memory.summaries}


def _still_hold(
    state: Inference, memory: _Memory, summaries: Mapping[str, ModuleSummary | None]
) -> bool:
    if memory.summaries.keys() != summaries.keys():
        return False
    for module, summary in summaries.items():
        before = memory.summaries[module]
        if before is summary:
            continue
        if before is None or summary is None:
            return False
        found = memory.known.candidates
        if _adds_heirs(state, before, summary, found):
            return False
        if not _looks_the_same(before, summary, found):
            return False
    return True


def _adds_heirs(
    state: Inference, before: ModuleSummary, after: ModuleSummary, found: Candidates
) -> bool:
    """Whether an edit adds a class that inherits a candidate: its name is a new one for that, and
    where it inherits from another class too, the ``super()`` there may lead to the candidate."""
    return any(
        one.cls in found.owners
        for qualname in after.classes.keys() - before.classes.keys()
        for one in hierarchy.mro(state, Ref(after.name, qualname)).classes
    )


def _looks_the_same(before: ModuleSummary, after: ModuleSummary, found: Candidates) -> bool:
    """Whether an edit of a module cannot have changed the candidates."""
    if before.stars != after.stars or before.exports != after.exports:
        return False
    names = found.names | _ALWAYS
    old, new = _outline(before, after), _outline(after, before)
    if any(old[key] != new[key] for key in old.keys() & new.keys()):
        return False
    # What is new may be meant by the name of a candidate from now on, and what has gone may have
    # hidden one. Otherwise neither makes a candidate, and one too many does no harm.
    if any(key[1] in names for key in old.keys() ^ new.keys()):
        return False
    functions = before.functions.keys() | after.functions.keys()
    changed = {q for q in functions if before.functions.get(q) is not after.functions.get(q)}
    changed.add("")
    return _deeds(before, found, names, changed) == _deeds(after, found, names, changed)


def _outline(summary: ModuleSummary, other: ModuleSummary) -> dict[tuple[str, str, str], Any]:
    """What other modules can see of a module, by kind and name, without what it shares with the
    `other`: what has not been read again says the same."""
    expand = Expansion(summary, _DEEPEST).all
    outline: dict[tuple[str, str, str], Any] = {}
    for name, terms in summary.bindings.items():
        if other.bindings.get(name) is not terms:
            outline["binding", name, ""] = expand(terms)
    for qualname, function in summary.functions.items():
        if other.functions.get(qualname) is function:
            continue
        outline["function", qualname.rpartition(".")[2], qualname] = (
            function.is_async,
            function.is_generator,
            function.is_stub,
            function.parameters,
            function.returns,
            function.decorators,
            expand(function.results),
            expand(function.yields),
        )
    for qualname, cls in summary.classes.items():
        if other.classes.get(qualname) is cls:
            continue
        outline["class", qualname, ""] = (
            cls.bases,
            cls.keywords,
            cls.decorators,
            *cls.factories.items(),
        )
        for group in (cls.attributes, cls.instance_attributes):
            for name, terms in group.items():
                key = ("attribute", name, f"{qualname}.{name}")
                outline[key] = (*outline.get(key, ()), *expand(terms))
    return outline


def _deeds(
    summary: ModuleSummary, found: Candidates, names: set[str], functions: set[str]
) -> set[tuple[str, Term]]:
    """What those of these functions of the module that are plain do to names of interest."""
    expansion = Expansion(summary, _DEEPEST)
    deeds: set[tuple[str, Term]] = set()
    for name, sites in summary.calls.items():
        for caller, call, _ in sites:
            if caller not in functions or not _is_plain(summary, caller):
                continue
            if name in names or any(last_name(term) in names for term in argument_terms(call)):
                deeds.add((caller, expansion.one(call)))
    for place, caller_and_terms in summary.writes.items():
        for holder, value in caller_and_terms:
            deeds.add((place, (expansion.one(holder, 2), expansion.one(value, 2))))
    if found.attributes:
        for caller, term in terms_of(summary):
            if caller in functions and _is_plain(summary, caller):
                for holder, attribute in attributes_in(term, found.attributes):
                    deeds.add((f"{caller} {attribute}", expansion.one(holder)))
    return deeds


def _is_plain(summary: ModuleSummary, qualname: str) -> bool:
    function = summary.functions.get(qualname)
    return function is None or not function.is_async
