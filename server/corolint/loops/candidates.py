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

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import corolint.infer.classes as classes
from corolint.infer.arguments import CallSite, call_sites
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, class_summary, function_summary
from corolint.known.loops import (
    CALLS_AT_ONCE,
    CLOSING_RUNNERS,
    NESTS_LOOPS,
    RUNNER_MAKERS,
    RUNNERS,
    STARTING_NAMES,
    STARTING_TEXTS,
)
from corolint.loops.targets import declared_function, public_names, runner_maker
from corolint.summary import FunctionSummary, ModuleSummary
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    FUNCTION,
    IMPORT,
    LOCAL,
    NAME,
    PARAMETER,
    STAR,
    Term,
)
from corolint.values import (
    ClassMethod,
    ClassObject,
    Function,
    Instance,
    Overloads,
    Partial,
    Ref,
    StaticMethod,
    Value,
    members,
    union,
    without_none,
)

# Calls of these are questions about the running loop.
ASKING_NAMES = frozenset(
    {"get_running_loop", "_get_running_loop", "is_running", "current_task", "current_async_library"}
)
_STARTS = RUNNERS.keys() | RUNNER_MAKERS.keys() | CLOSING_RUNNERS.keys()
_CALLING = CALLS_AT_ONCE.keys() | {"functools.partial", "functools.update_wrapper"}
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__"})
_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "reify"})


@dataclass(slots=True)
class Candidates:
    """`functions` may start a loop (a module by an empty qualname). The rest says where to look:
    `names` that calls of them end in, `attributes` that are properties among them, `classes` with
    special methods among them such as ``__enter__``. `asking`: functions that ask for the running
    loop themselves. `nests`: the program makes loops nest."""

    functions: set[Ref] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    asking: set[Ref] = field(default_factory=set)
    nests: bool = False


@dataclass(slots=True)
class _Mentions:
    """Where functions are named without being called, by name (inner functions: by `Ref`)."""

    arguments: dict[str | Ref, list[CallSite]] = field(default_factory=dict)
    decorated: dict[str, list[Ref]] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)


def find_candidates(state: Inference) -> Candidates:
    """The candidates among the first-party modules of the project."""
    found = Candidates()
    of_libraries = library_functions(state)
    if not of_libraries and not _is_any_mentioned(state):
        return found
    found.nests = _nests(state)
    found.asking = {
        Ref(site.module, site.caller) for name in ASKING_NAMES for site in call_sites(state, name)
    }
    _Search(state, found).run(of_libraries)
    return found


def _is_any_mentioned(state: Inference) -> bool:
    """Whether a runner is called anywhere, or imported."""
    if any(call_sites(state, name) for name in STARTING_NAMES):
        return True
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        for terms in () if summary is None else summary.bindings.values():
            if any(term[0] == IMPORT and term[2] in STARTING_NAMES for term in terms):
                return True
    return False


def _nests(state: Inference) -> bool:
    for name in {one.rpartition(".")[2] for one in NESTS_LOOPS}:
        for site in call_sites(state, name):
            if public_names(state, site.module, site.term[1], None) & NESTS_LOOPS:
                return True
    return False


class _Search:
    """The search while it runs: `queue` holds functions whose callers are still to be found."""

    def __init__(self, state: Inference, found: Candidates) -> None:
        self.state = state
        self.found = found
        self.queue: list[Ref] = []
        self.resolved: dict[str, dict[Ref, list[CallSite]]] = {}
        self.mentions = _find_mentions(state)
        self.reads: dict[str, list[tuple[Ref, Term]]] | None = None
        self.readers: dict[str, dict[Ref, set[Ref]]] = {}
        self.expanded: set[str] = set()
        self.expanded_functions: set[Ref] = set()

    def run(self, of_libraries: set[Ref]) -> None:
        self.found.functions |= of_libraries
        self.queue += sorted(of_libraries)
        names = set(STARTING_NAMES)
        for name in STARTING_NAMES:
            aliases = self.mentions.aliases.get(name, set())
            names |= aliases
            self.found.names |= aliases
        for name in sorted(names):
            for site in call_sites(self.state, name):
                if public_names(self.state, site.module, site.term[1], None) & _STARTS:
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
            self.expand(ref)

    def hands_over_runner(self, site: CallSite, name: str) -> bool:
        for term in _argument_terms(site.term):
            if _last_name(term) == name:
                if public_names(self.state, site.module, term, None) & _STARTS:
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
        if any(self.is_first_party(ref) for ref in called_functions(self.state, value)):
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
                if ref not in self.found.functions and self.is_first_party(ref):
                    self.found.functions.add(ref)
                    queue += [(ref.module, call) for call in self.handing_on(ref)]

    def handing_on(self, ref: Ref) -> list[Term]:
        """The calls in a function that hand one of its parameters on."""
        summary = self.state.project.summary(ref.module)
        if summary is None:
            return []
        return [
            call
            for sites in summary.calls.values()
            for caller, call, _ in sites
            if caller == ref.qualname
            and any(term[0] == PARAMETER for term in _argument_terms(call))
        ]

    def add_callers_of_made(self, alias: str) -> None:
        """Callers of ``get = async_to_sync(aget)``."""
        self.found.names.add(alias)
        for site in call_sites(self.state, alias):
            if runner_maker(self.state, site.module, site.term[1], None) is not None:
                self.add_caller(site)

    def push(self, ref: Ref) -> None:
        if ref in self.expanded_functions or not self.is_first_party(ref):
            return
        summary = function_summary(self.state, ref)
        if summary is None or not summary.is_async or _is_made_synchronous(summary):
            self.expanded_functions.add(ref)
            self.found.functions.add(ref)
            self.queue.append(ref)

    def is_first_party(self, ref: Ref) -> bool:
        file = self.state.project.file(ref.module)
        return file is not None and file.is_first_party

    # --- from one function to those that may call it ---------------------------------------------

    def expand(self, ref: Ref) -> None:
        summary = function_summary(self.state, ref)
        if summary is None:
            return  # the top level of a module
        if summary.parent and self.is_returned(ref, summary.parent):
            self.push(Ref(ref.module, summary.parent))
        for name in self.names_of(ref, summary):
            self.found.names.add(name)
            self.expand_name(ref, summary, name)
        for site in self.mentions.arguments.get(ref, ()):
            self.add_handed_over(site)

    def readers_of(self, name: str) -> dict[Ref, set[Ref]]:
        """The functions that read a property of this name, by its getter."""
        if self.reads is None:
            self.reads = _find_reads(self.state)
        known = self.readers.get(name)
        if known is None:
            known = self.readers[name] = {}
            for caller, holder in self.reads.get(name, ()):
                value = evaluate(self.state, caller.module, holder, None)
                for member in members(without_none(value)):
                    if not isinstance(member, Instance):
                        continue
                    found = classes.find_member(self.state, member.cls, name)
                    if found is not None and found.terms[0][0] == FUNCTION:
                        getter = Ref(found.owner.cls.module, found.terms[0][1])
                        known.setdefault(getter, set()).add(caller)
        return known

    def is_returned(self, ref: Ref, parent: str) -> bool:
        """Whether the function around gives the function out, so that its callers may call it."""
        outer = function_summary(self.state, Ref(ref.module, parent))
        if outer is None:
            return False
        value = union([evaluate(self.state, ref.module, term, None) for term in outer.results])
        return ref in called_functions(self.state, value)

    def names_of(self, ref: Ref, summary: FunctionSummary) -> set[str]:
        last = _own_name(ref)
        names = {last}
        if summary.owner and last.startswith("__"):
            owner = Ref(ref.module, summary.owner)
            called = {one.qualname.rpartition(".")[2] for one in [owner, *self.below(owner)]}
            names |= called
            if last in _CONSTRUCTORS:
                names.add("cls")
            else:
                self.found.classes |= called
        if _is_property(summary):
            self.found.attributes.add(last)
            for caller in self.readers_of(last).get(ref, ()):
                self.push(caller)
        for decorated in self.mentions.decorated.get(last, ()):
            names.add(_own_name(decorated))
        for name in list(names):
            names |= self.mentions.aliases.get(name, set())
        return names

    def below(self, owner: Ref) -> list[Ref]:
        return classes.all_subclasses(self.state, owner)

    def expand_name(self, ref: Ref, summary: FunctionSummary, name: str) -> None:
        callers = self.resolve(name)
        for meant in [ref, *self.overridden(ref, summary)]:
            for site in callers.get(meant, ()):
                self.add_caller(site)
        own = _own_name(ref)
        if summary.owner and own.startswith("__") and own not in _CONSTRUCTORS and name != own:
            # Whoever constructs an object may also enter, walk, subscribe or call it.
            self.add_constructing(name, Ref(ref.module, summary.owner))
        if name in self.expanded:
            return
        self.expanded.add(name)
        for site in self.mentions.arguments.get(name, ()):
            if self.hands_over_candidate(site, name):
                self.add_handed_over(site)

    def add_constructing(self, name: str, owner: Ref) -> None:
        for site in call_sites(self.state, name):
            value = evaluate(self.state, site.module, site.term[1], None)
            if isinstance(value, ClassObject) and classes.is_subclass(self.state, value.cls, owner):
                self.add_caller(site)

    def overridden(self, ref: Ref, summary: FunctionSummary) -> list[Ref]:
        """The methods above that a call may name when it means this one."""
        if not summary.owner:
            return []
        last = _own_name(ref)
        found = []
        for one in classes.mro(self.state, Ref(ref.module, summary.owner)).classes[1:]:
            above = class_summary(self.state, one.cls)
            terms = () if above is None else above.attributes.get(last, ())
            found += [Ref(one.cls.module, term[1]) for term in terms if term[0] == FUNCTION]
        return found

    def resolve(self, name: str) -> dict[Ref, list[CallSite]]:
        """The call sites of a name by the functions that they really call."""
        known = self.resolved.get(name)
        if known is None:
            known = self.resolved[name] = {}
            for site in call_sites(self.state, name):
                for ref in _callees_of_site(self.state, site):
                    known.setdefault(ref, []).append(site)
        return known

    def hands_over_candidate(self, site: CallSite, name: str) -> bool:
        for term in _argument_terms(site.term):
            if _last_name(term) == name:
                value = evaluate(self.state, site.module, term, None)
                if any(r in self.found.functions for r in called_functions(self.state, value)):
                    return True
        return False


# --- libraries -----------------------------------------------------------------------------------


def library_functions(state: Inference) -> set[Ref]:
    """Functions of libraries that start a loop, in modules that async code imports."""
    found: set[Ref] = set()
    seen: set[str] = set()
    queue = _imported_modules(state)
    for module in queue:  # grows while it is gone through
        file = None if module in seen else state.project.file(module)
        seen.add(module)
        if file is None or file.is_stub or file.is_namespace or file.is_first_party:
            continue
        text = state.project.reader.read(file.path) or b""
        if file.is_package:
            # A package mostly gathers what its modules define.
            queue += [
                f"{module}.{name.decode('utf-8', 'replace')}"
                for name in _RELATIVE_IMPORT.findall(text)
            ]
        if any(one in text for one in STARTING_TEXTS):
            summary = state.project.summary_with_bodies(module)
            if summary is not None:
                found |= _starting_in(state, module, summary)
    return found


_RELATIVE_IMPORT = re.compile(rb"^from \.(\w+(?:\.\w+)*) import", re.MULTILINE)


def _imported_modules(state: Inference) -> list[str]:
    """What modules of the project that have async code import."""
    found: dict[str, None] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is not None and any(f.is_async for f in summary.functions.values()):
            found.update(dict.fromkeys(_imports(summary)))
    return list(found)


def _imports(summary: ModuleSummary) -> set[str]:
    """The modules that a module imports, or imports from; some names may be no modules."""
    found = set(summary.stars)
    groups = list(summary.bindings.values())
    for function in summary.functions.values():
        groups += [(term,) for term in function.variables.values()]
    for terms in groups:
        for term in terms:
            if term[0] == IMPORT:
                found.add(term[1])
                if term[2]:
                    found.add(f"{term[1]}.{term[2]}")
    return found


def _starting_in(state: Inference, module: str, summary: ModuleSummary) -> set[Ref]:
    """The functions of one module that call a runner, and those of it that call these."""
    found: set[Ref] = set()
    for name in STARTING_NAMES & summary.calls.keys():
        for caller, call, _ in summary.calls[name]:
            if caller and public_names(state, module, call[1], None) & _STARTS:
                found.add(Ref(module, caller))
    queue = list(found)
    for ref in queue:  # grows while it is gone through
        for caller, call, _ in summary.calls.get(_own_name(ref), ()):
            above = Ref(module, caller)
            if caller and above not in found:
                if ref in called_functions(state, evaluate(state, module, call[1], None)):
                    found.add(above)
                    queue.append(above)
    return found


# --- call sites ----------------------------------------------------------------------------------


def _callees_of_site(state: Inference, site: CallSite) -> list[Ref]:
    value = evaluate(state, site.module, site.term[1], None)
    found = called_functions(state, value)
    if not found:
        declared = declared_function(state, site.module, site.term[1], None)
        if declared is not None:
            return [declared.ref]
    return found


def called_functions(state: Inference, value: Value) -> list[Ref]:
    """All functions whose bodies calling `value` may run."""
    found: list[Ref] = []
    for member in members(without_none(value)):
        if isinstance(member, StaticMethod | ClassMethod | Partial):
            found += called_functions(state, member.function)
        elif isinstance(member, Function):
            found.append(member.ref)
        elif isinstance(member, Overloads):
            base = member.functions[0].ref
            summary = state.project.summary(base.module)
            name = base.qualname.partition("@")[0]
            if summary is not None:
                same = [q for q in summary.functions if q.partition("@")[0] == name]
                found += [Ref(base.module, qualname) for qualname in same]
        elif isinstance(member, ClassObject | Instance):
            methods = ("__call__",) if isinstance(member, Instance) else sorted(_CONSTRUCTORS)
            for method in methods:
                bound = classes.find_member(state, member.cls, method)
                if bound is not None and bound.terms[-1][0] == FUNCTION:
                    found.append(Ref(bound.owner.cls.module, bound.terms[-1][1]))
    return found


def _own_name(ref: Ref) -> str:
    return ref.qualname.rpartition(".")[2].partition("@")[0]


def _last_name(term: Term) -> str:
    if term[0] == CALL:
        return _last_name(term[1])
    if term[0] == NAME:
        return str(term[1])
    if term[0] in (ATTRIBUTE, LOCAL, IMPORT):
        return str(term[2])
    if term[0] == FUNCTION:
        return str(term[1]).rpartition(".")[2].partition("@")[0]
    return ""


def _argument_terms(term: Term) -> list[Term]:
    found = [one[1] if one[0] == STAR else one for one in term[2]]
    return found + [value for _, value in term[3]]


def _is_made_synchronous(summary: FunctionSummary) -> bool:
    makers = {name.rpartition(".")[2] for name in RUNNER_MAKERS}
    return any(_last_name(decorator) in makers for decorator in summary.decorators)


_HANDED = frozenset({NAME, ATTRIBUTE, IMPORT, LOCAL})


def _find_mentions(state: Inference) -> _Mentions:
    """One pass over all summaries."""
    mentions = _Mentions()
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is not None:
            _mention_arguments(mentions, module, summary)
            _mention_declarations(mentions, module, summary)
    return mentions


def _mention_arguments(mentions: _Mentions, module: str, summary: ModuleSummary) -> None:
    for sites in summary.calls.values():
        for caller, call, is_awaited in sites:
            for term in _argument_terms(call):
                if term[0] == FUNCTION:
                    key: str | Ref = Ref(module, term[1])
                elif term[0] in _HANDED:
                    key = _last_name(term)
                else:
                    continue
                site = CallSite(module, caller, call, is_awaited)
                mentions.arguments.setdefault(key, []).append(site)


def _mention_declarations(mentions: _Mentions, module: str, summary: ModuleSummary) -> None:
    for qualname, function in summary.functions.items():
        for decorator in function.decorators:
            ref = Ref(module, qualname)
            mentions.decorated.setdefault(_last_name(decorator), []).append(ref)
    groups = [summary.bindings]
    for cls in summary.classes.values():
        groups += [cls.attributes, cls.instance_attributes]
    for group in groups:
        for name, terms in group.items():
            for term in terms:
                _mention_alias(mentions, name, term)


def _mention_alias(mentions: _Mentions, name: str, term: Term) -> None:
    """``now = fetch_now``, ``now = partial(fetch_now, 1)``, ``from m import fetch_now as now``."""
    if term[0] not in _HANDED and term[0] != CALL:
        return
    meant = [term] if term[0] != CALL else [term, *_argument_terms(term)]
    for one in meant:
        last = _last_name(one)
        if last and last != name:
            mentions.aliases.setdefault(last, set()).add(name)


# --- reading properties --------------------------------------------------------------------------


def _is_property(summary: FunctionSummary) -> bool:
    return any(_last_name(decorator) in _PROPERTIES for decorator in summary.decorators)


def _find_reads(state: Inference) -> dict[str, list[tuple[Ref, Term]]]:
    """By the name of a property of the project, who reads an attribute of that name, and of what.

    One pass over the terms of all summaries, for the rare project that has such a property.
    """
    summaries = [
        summary
        for module in state.project.first_party_modules()
        if (summary := state.project.summary(module)) is not None
    ]
    names = {
        qualname.rpartition(".")[2].partition("@")[0]
        for summary in summaries
        for qualname, function in summary.functions.items()
        if function.decorators and _is_property(function)
    }
    found: dict[str, list[tuple[Ref, Term]]] = {}
    for summary in summaries:
        for caller, term in _terms_of(summary):
            for holder, name in _attributes_in(term, names):
                found.setdefault(name, []).append((Ref(summary.name, caller), holder))
    return found


def _terms_of(summary: ModuleSummary) -> Iterator[tuple[str, Term]]:
    """The terms that a module keeps of its expressions, each with the function it stands in."""
    for sites in summary.calls.values():
        for caller, call, _ in sites:
            yield caller, call
    for qualname, function in summary.functions.items():
        for term in (*function.definitions, *function.results, *function.yields):
            yield qualname, term


def _attributes_in(term: Term, names: set[str]) -> Iterator[tuple[Term, str]]:
    stack: list[Term] = [term]
    while stack:
        part = stack.pop()
        if len(part) == 3 and part[0] == ATTRIBUTE and part[2] in names:
            yield part[1], part[2]
        stack.extend([inner for inner in part if type(inner) is tuple])
