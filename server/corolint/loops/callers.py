"""Which functions may start a loop when they are called: found backwards, from summaries alone.

Few functions call a runner. From those the search goes to their callers, by name first and then by
what the call really resolves to, and so on up to ``async def`` functions, which it does not enter:

    def fetch_now(): return asyncio.run(fetch())     # calls a runner
    def load(): return fetch_now()                   # calls that
    class Page:
        def __init__(self): self.text = load()       # so does this; now calls of `Page` are asked

Conditions are not looked at: a candidate *may* start a loop, everything else surely does not as far
as can be told. Each name is resolved once in the whole project, so that the work is in proportion
to the number of its calls, however many candidates share it.
"""

from __future__ import annotations

from collections.abc import Iterator

import corolint.infer.attributes as attributes
import corolint.infer.hierarchy as hierarchy
from corolint.infer.arguments import CallSite, call_sites
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary
from corolint.known.loops import (
    CALLS_AS_LEFT,
    CALLS_AT_EXIT,
    CALLS_AT_ONCE,
    LAZY_CALLS,
    NESTS_LOOPS,
    RUNNER_MAKERS,
    STARTING_NAMES,
)
from corolint.loops.called import called_functions
from corolint.loops.candidates import ASKING_NAMES, Candidates
from corolint.loops.holders import find_holders
from corolint.loops.libraries import STARTS, library_functions
from corolint.loops.mentions import (
    argument_terms,
    find_mentions,
    find_reads,
    is_property,
    last_name,
    own_name,
)
from corolint.loops.names import public_names, runner_maker
from corolint.loops.relations import (
    CONSTRUCTING,
    callees_of_site,
    classes_made_by,
    handing_on,
    inside,
    is_first_party,
    is_made_synchronous,
    is_returned,
    kept_as,
    may_be_of,
    overridden,
    places_of_definition,
    relatives_of,
    runs_unnamed,
)
from corolint.paths import is_notebook
from corolint.summary import FunctionSummary, ModuleSummary
from corolint.terms import (
    FUNCTION,
    IMPORT,
    Term,
)
from corolint.values import (
    ClassObject,
    Instance,
    Ref,
    members,
    without_none,
)

_CALLING = (
    CALLS_AT_ONCE.keys()
    | CALLS_AT_EXIT.keys()
    | LAZY_CALLS
    | {"functools.partial", "functools.update_wrapper"}
)

_MOST_HOLDERS = 40  # of one class: all functions of a module hold what the module holds


def find_candidates(state: Inference) -> Candidates:
    """The candidates among the first-party modules of the project."""
    found = Candidates()
    of_libraries = library_functions(state)
    if not of_libraries and not _is_any_mentioned(state):
        return found
    for module in _nesting_modules(state):
        file = state.project.file(module)
        if file is not None and is_notebook(file.path):
            found.nesting_notebooks.add(module)
        else:
            found.nests = True
    found.asking = {
        Ref(site.module, site.caller) for name in ASKING_NAMES for site in call_sites(state, name)
    }
    _Search(state, found).run(of_libraries)
    return found


def _is_any_mentioned(state: Inference) -> bool:
    """Whether a runner is called anywhere, or imported."""
    names = _starting_names(state)
    if any(call_sites(state, name) for name in names):
        return True
    project = state.project
    summaries = filter(None, project.first_party_summaries().values())
    return any(
        not names.isdisjoint(project.found_in(summary, "names of imports", _imported_names))
        for summary in summaries
    )


def _imported_names(summary: ModuleSummary) -> frozenset[str]:
    return frozenset(
        term[2] for terms in summary.bindings.values() for term in terms if term[0] == IMPORT
    )


def _starting_names(state: Inference) -> frozenset[str]:
    """The last parts of the names of all runners, those included that the project tells of."""
    told = state.project.search.told.loop_starters
    return STARTING_NAMES.union(name.rpartition(".")[2] for name in told)


def _nesting_modules(state: Inference) -> Iterator[str]:
    """The modules that make loops nest."""
    for name in {one.rpartition(".")[2] for one in NESTS_LOOPS}:
        for site in call_sites(state, name):
            if public_names(state, site.module, site.term[1], None) & NESTS_LOOPS:
                yield site.module


class _Search:
    """The search while it runs: `queue` holds functions whose callers are still to be found."""

    def __init__(self, state: Inference, found: Candidates) -> None:
        self.state = state
        self.found = found
        self.starts = STARTS.union(state.project.search.told.loop_starters)
        self.queue: list[Ref] = []
        self.expanding: Ref | None = None
        self.resolved: dict[str, dict[Ref, list[CallSite]]] = {}
        self.mentions = find_mentions(state)
        self.reads: dict[str, list[tuple[Ref, Term]]] | None = None
        self.holders: dict[str, set[Ref]] | None = None
        self.readers: dict[str, dict[Ref, set[Ref]]] = {}
        self.expanded: set[str] = set()
        self.expanded_functions: set[Ref] = set()

    def run(self, of_libraries: set[Ref]) -> None:
        self.found.functions |= of_libraries
        self.queue += sorted(of_libraries)
        starting = _starting_names(self.state)
        names = set(starting)
        self.found.names |= starting - STARTING_NAMES
        for name in starting:
            aliases = self.mentions.aliases.get(name, set())
            names |= aliases
            self.found.names |= aliases
        self.found.starting = frozenset(names)
        for name in sorted(names):
            for site in call_sites(self.state, name):
                if public_names(self.state, site.module, site.term[1], None) & self.starts:
                    self.add_caller(site)
            for site in self.mentions.arguments.get(name, ()):
                if self.hands_over_runner(site, name):
                    self.add_handed_over(site)
        for maker in {name.rpartition(".")[2] for name in RUNNER_MAKERS}:
            for ref in self.mentions.decorated.get(maker, ()):
                self.push(ref)
            for alias in self.mentions.aliases.get(maker, ()):
                self.add_callers_of_made(alias)
        for ref in self.queue:  # grows while it is gone through
            self.expanding = ref
            self.expand(ref)

    def hands_over_runner(self, site: CallSite, name: str) -> bool:
        for term in argument_terms(site.term):
            if last_name(term) == name:
                if public_names(self.state, site.module, term, None) & self.starts:
                    return True
        return False

    def add_caller(self, site: CallSite) -> None:
        self.push(Ref(site.module, site.caller))

    def add_handed_over(self, site: CallSite) -> None:
        """A candidate is an argument here: whoever calls it may do so before the call returns,
        unless a library takes it, to another thread as a rule."""
        names = public_names(self.state, site.module, site.term[1], None)
        if names & _CALLING:
            self.add_caller(site)
            return
        value = evaluate(self.state, site.module, site.term[1], None)
        if any(is_first_party(self.state, ref) for ref in called_functions(self.state, value)):
            self.add_caller(site)
            self.add_callees(site)

    def add_callees(self, site: CallSite) -> None:
        """Those that are handed a candidate, and those that they hand their parameters on to.

        They start a loop only for such a call, so that their other callers are no candidates.
        """
        queue = [(site.module, site.term)]
        for module, term in queue:  # grows while it is gone through
            value = evaluate(self.state, module, term[1], None)
            for ref in called_functions(self.state, value):
                if ref not in self.found.functions and is_first_party(self.state, ref):
                    self.found.functions.add(ref)
                    self.found.functions |= inside(self.state, ref)
                    queue += [(ref.module, call) for call in handing_on(self.state, ref)]
                    for name in kept_as(self.state, ref):
                        self.add_callers_of_kept(name)

    def add_callers_of_kept(self, name: str) -> None:
        """Callers of ``self.callback``, which a constructor was handed."""
        taken = [site for _, site in self.mentions.taken.get(name, ())]
        for site in [*call_sites(self.state, name), *taken]:
            if any(ref in self.found.functions for ref in callees_of_site(self.state, site)):
                self.found.names.add(name)
                self.add_caller(site)

    def add_callers_of_made(self, alias: str) -> None:
        """Callers of ``get = async_to_sync(aget)``."""
        self.found.names.add(alias)
        self.found.starting |= {alias}
        for site in call_sites(self.state, alias):
            if runner_maker(self.state, site.module, site.term[1], None) is not None:
                self.add_caller(site)

    def push(self, ref: Ref) -> None:
        if not is_first_party(self.state, ref):
            return
        if ref not in self.expanded_functions:
            summary = function_summary(self.state, ref)
            if summary is not None and summary.is_async and not is_made_synchronous(summary):
                return
            self.expanded_functions.add(ref)
            self.found.functions.add(ref)
            self.queue.append(ref)
        if self.expanding is not None and self.expanding != ref:
            self.found.callers.setdefault(self.expanding, set()).add(ref)

    # --- from one function to those that may call it ---------------------------------------------

    def expand(self, ref: Ref) -> None:
        summary = function_summary(self.state, ref)
        if summary is None:
            return  # the top level of a module
        if summary.parent and is_returned(self.state, ref, summary.parent):
            self.push(Ref(ref.module, summary.parent))
        for name in sorted(self.names_of(ref, summary)):
            self.found.names.add(name)
            self.expand_name(ref, summary, name)
        for site in self.mentions.arguments.get(ref, ()):
            self.add_handed_over(site)
        if summary.owner:
            owner = Ref(ref.module, summary.owner)
            self.found.owners.add(owner)
            self.add_definitions(owner, own_name(ref))

    def add_definitions(self, owner: Ref, method: str) -> None:
        """Where classes are defined that `owner` stands above, or is the metaclass of, if that runs
        the method."""
        if method == "__init_subclass__":
            for ref in places_of_definition(self.state, self.below(owner)):
                self.push(ref)
        if method in CONSTRUCTING:
            made = classes_made_by(self.state, owner)
            for ref in places_of_definition(self.state, made):
                self.push(ref)

    def add_holders(self, ref: Ref, classes: set[str]) -> None:
        """A method that runs without being named is run by who has an object of its class."""
        for name in classes:
            self.found.unnamed.setdefault(name, set()).add(ref)
        if self.holders is None:
            self.holders = find_holders(self.state)
        holders = set().union(*(self.holders.get(name, ()) for name in classes))
        for holder in sorted(holders) if len(holders) <= _MOST_HOLDERS else ():
            self.push(holder)

    def readers_of(self, name: str) -> dict[Ref, set[Ref]]:
        """The functions that read a property of this name, by its getter."""
        if self.reads is None:
            self.reads = find_reads(self.state)
        known = self.readers.get(name)
        if known is None:
            known = self.readers[name] = {}
            for caller, holder in self.reads.get(name, ()):
                value = evaluate(self.state, caller.module, holder, None)
                for member in members(without_none(value)):
                    if not isinstance(member, Instance):
                        continue
                    found = attributes.find_member(self.state, member.cls, name)
                    if found is not None and found.terms[0][0] == FUNCTION:
                        getter = Ref(found.owner.cls.module, found.terms[0][1])
                        known.setdefault(getter, set()).add(caller)
        return known

    def names_of(self, ref: Ref, summary: FunctionSummary) -> set[str]:
        last = own_name(ref)
        names = {last}
        if runs_unnamed(summary, last):
            owner = Ref(ref.module, summary.owner)
            called = {one.qualname.rpartition(".")[2] for one in [owner, *self.below(owner)]}
            names |= called
            if last in CONSTRUCTING:
                names.add("cls")
            else:
                self.found.classes |= called
                self.add_holders(ref, called)
                self.found.computes_attributes |= last == "__getattr__"
        if is_property(summary):
            self.found.attributes.add(last)
            self.found.unnamed.setdefault(last, set()).add(ref)
            for caller in self.readers_of(last).get(ref, ()):
                self.push(caller)
        for decorated in self.mentions.decorated.get(last, ()):
            names.add(own_name(decorated))
        if summary.is_generator or last == "__enter__":
            # A context manager that decorates a function is entered whenever that is called.
            for name in list(names) if last == "__enter__" else [last]:
                for decorated in self.mentions.decorated.get(name, ()):
                    self.push(decorated)
        made = [*self.mentions.factories.get(last, ()), *self.mentions.factories.get(ref, ())]
        if last == "__call__":
            made += classes_made_by(self.state, Ref(ref.module, summary.owner))
        for cls in made:
            names |= {own_name(one) for one in (cls, *self.below(cls))}
        for name in list(names):
            names |= self.mentions.aliases.get(name, set())
        return names

    def below(self, owner: Ref) -> list[Ref]:
        return hierarchy.all_subclasses(self.state, owner)

    def expand_name(self, ref: Ref, summary: FunctionSummary, name: str) -> None:
        callers = self.resolve(name)
        above_it = overridden(self.state, ref, summary)
        for above in above_it:
            self.found.overriding.setdefault(above, set()).add(ref)
        for site in callers.get(ref, ()):
            self.add_caller(site)
        relatives = relatives_of(self.state, Ref(ref.module, summary.owner)) if above_it else None
        for above in above_it:
            for site in callers.get(above, ()):
                if relatives is None or may_be_of(self.state, site, relatives):
                    self.add_caller(site)
        own = own_name(ref)
        if runs_unnamed(summary, own) and own not in CONSTRUCTING and name != own:
            # Whoever constructs an object may also enter, walk, subscribe or call it.
            self.add_constructing(name, Ref(ref.module, summary.owner))
        for left, method in CALLS_AS_LEFT.items() if name == own else ():
            if method == own:
                self.add_leaving(left, ref)
        for last, site in self.mentions.taken.get(name, ()):
            if ref in callees_of_site(self.state, site):
                self.found.names.add(last)
                self.add_caller(site)
        if name in self.expanded:
            return
        self.expanded.add(name)
        for site in self.mentions.arguments.get(name, ()):
            if self.hands_over_candidate(site, name):
                self.add_handed_over(site)

    def add_leaving(self, manager: str, ref: Ref) -> None:
        """``with closing(page):`` calls `page.close`."""
        for site in call_sites(self.state, manager.rpartition(".")[2]):
            if manager in public_names(self.state, site.module, site.term[1], None):
                for term in argument_terms(site.term):
                    value = without_none(evaluate(self.state, site.module, term, None))
                    method = attributes.attribute(self.state, value, own_name(ref))
                    if ref in called_functions(self.state, method):
                        self.add_caller(site)

    def add_constructing(self, name: str, owner: Ref) -> None:
        for site in call_sites(self.state, name):
            value = evaluate(self.state, site.module, site.term[1], None)
            if isinstance(value, ClassObject) and hierarchy.is_subclass(
                self.state, value.cls, owner
            ):
                self.add_caller(site)

    def resolve(self, name: str) -> dict[Ref, list[CallSite]]:
        """The call sites of a name by the functions that they really call."""
        known = self.resolved.get(name)
        if known is None:
            known = self.resolved[name] = {}
            for site in call_sites(self.state, name):
                for ref in callees_of_site(self.state, site):
                    known.setdefault(ref, []).append(site)
        return known

    def hands_over_candidate(self, site: CallSite, name: str) -> bool:
        for term in argument_terms(site.term):
            if last_name(term) == name:
                value = evaluate(self.state, site.module, term, None)
                if any(r in self.found.functions for r in called_functions(self.state, value)):
                    return True
        return False
