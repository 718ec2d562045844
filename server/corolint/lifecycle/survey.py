"""What is known of a body before any path through it is followed.

A survey is one pass over a body's graph and its expressions. It finds the *sites* (expressions that
make an object), the names that each step mentions, the names that nested functions capture, and
where each name is still going to be read. In ::

    c = f()              # site f(); `c` is interesting, since it may hold what f() makes
    log = lambda: c      # captures `c`: what `c` holds may be used at any time
    n = 1                # nothing of interest: the step is passed over

Lifecycle follows an object only through steps that have to do with it, so the survey decides what
an analysis costs.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field

from corolint.bindings import (
    free_names,
    free_names_of_lambda,
    names_in,
    names_stored_by_step,
    outer_names,
    step_expressions,
)
from corolint.evaluation import children, own_expressions
from corolint.finding import Evidence
from corolint.flow import Graph, Label, Step, StepKind
from corolint.lifecycle.belonging import (
    LocalFunction,
    captured_by,
    changed_by,
    find_binders,
    find_local_functions,
    find_owned_names,
)
from corolint.lifecycle.iteration import iterated_place
from corolint.liveness import Liveness, find_liveness, steps_that_only_raise
from corolint.semantics import Effect, Guard, Kind, Made, Semantics
from corolint.spelling import spell
from corolint.syntax import nodes

# Following each of many objects through one long expression would cost their square.
_MOST_SITES = 50
# Steps that decide about paths by more than names.
_ALWAYS_MATTERS = frozenset({StepKind.ITERABLE, StepKind.NEXT, StepKind.HANDLER})
# Steps that run code of others without a call in sight.
_RUNS_CODE = frozenset({StepKind.NEXT, StepKind.ENTER, StepKind.LEAVE, StepKind.DEFINITION})
# With these in a body, a local name may be read without being mentioned.
_READS_ALL_NAMES = frozenset({"locals", "vars", "eval", "exec", "globals"})


@dataclass(slots=True)
class Survey:
    """`sites`: by the `id` of the expression, the expression and what it makes; those that are
    awaited on the spot are left out. `captured` names are also read in nested functions, `rebound`
    ones may be bound to something else by other code. Local functions, binders and owned names:
    see `belonging`. `tested` counts the conditions that a name stands in, `walked` the loops over a
    container. The lists are indexed by step. `guards` tell what the items of ``with`` statements
    (by the `id` of the statement and the item) do to exceptions. From `raising` steps every way
    leads to an exception that leaves the body."""

    graph: Graph
    sites: dict[int, tuple[nodes.Expression, Made]] = field(default_factory=dict)
    site_steps: dict[int, list[int]] = field(default_factory=dict)
    mentions: list[frozenset[str]] = field(default_factory=list)
    has_site: list[bool] = field(default_factory=list)
    matters: list[bool] = field(default_factory=list)
    runs_code: list[bool] = field(default_factory=list)
    raises: list[bool] = field(default_factory=list)
    liveness: Liveness = field(default_factory=lambda: Liveness({}, []))
    attributes: dict[str, int] = field(default_factory=dict)
    captured: set[str] = field(default_factory=set)
    rebound: set[str] = field(default_factory=set)
    owned: frozenset[str] = frozenset()
    local_functions: dict[str, LocalFunction] = field(default_factory=dict)
    binders: dict[str, tuple[nodes.Assign, ...]] = field(default_factory=dict)
    interesting: set[str] = field(default_factory=set)
    guards: dict[tuple[int, int], Guard] = field(default_factory=dict)
    raising: frozenset[int] = frozenset()
    tested: dict[str, int] = field(default_factory=dict)
    walked: dict[str, int] = field(default_factory=dict)
    has_reveal: bool = False
    reads_all_names: bool = False


def survey(
    graph: Graph,
    semantics: Semantics,
    *,
    declared: frozenset[str],
    received: frozenset[str],
    keeps_names: bool,
) -> Survey:
    """Surveys `graph`. `declared`: names that the body declares ``global`` or ``nonlocal``;
    `received`: parameters that hold an object from the start; `keeps_names`: its names outlive the
    body (a module or class body)."""
    found = Survey(graph, captured=set(declared), rebound=set(declared), interesting=set(received))
    if not keeps_names:
        found.local_functions = find_local_functions(graph)
        found.binders = find_binders(graph, found.local_functions)
    local = set(map(id, found.local_functions.values()))
    stores: list[frozenset[str]] = []
    receivers: list[frozenset[str]] = []
    tested = found.tested
    for step in graph.steps:
        names: set[str] = set()
        called: set[str] = set()
        is_site_step = False
        found.runs_code.append(step.kind in _RUNS_CODE)
        for expression in step_expressions(step):
            is_site_step |= _walk(found, semantics, expression, step.index, names, called, tested)
        if step.kind is StepKind.DEFINITION and id(step.node) not in local:
            free = free_names(step.node)
            found.captured |= free
            found.rebound |= outer_names(step.node)
            names |= free
        if step.kind is StepKind.ITERABLE and isinstance(step.node, nodes.For):
            place = iterated_place(step.node.iterable)
            if place is not None:
                found.walked[place] = found.walked.get(place, 0) + 1
                if "." not in place:
                    tested[place] = tested.get(place, 0) + 1
        test = step.node if step.kind is StepKind.TEST else None
        if step.kind is StepKind.CASE and isinstance(step.owner, nodes.Match):
            test = step.owner.subject
        if isinstance(test, nodes.Expression):
            asked = names_in(test)
            names |= asked
            for name in asked:
                tested[name] = tested.get(name, 0) + 1
        found.mentions.append(frozenset(names))
        found.has_site.append(is_site_step)
        if step.kind is StepKind.ENTER and isinstance(step.node, nodes.With):
            guard = semantics.guard(step.node.contexts[step.item])
            found.guards[id(step.node), step.item] = guard
        found.raises.append(_may_raise(found, semantics, step))
        stores.append(frozenset(names_stored_by_step(step)))
        receivers.append(frozenset(called))
    if not keeps_names:
        found.owned = find_owned_names(graph, semantics, found.captured)
    found.reads_all_names = any(_READS_ALL_NAMES & names for names in found.mentions)
    _find_interesting(found, stores, receivers, tested)
    _find_steps(found)
    found.liveness = find_liveness(
        graph,
        frozenset(found.interesting),
        found.mentions,
        stores,
        keeps_names=keeps_names or found.reads_all_names,
    )
    found.raising = steps_that_only_raise(graph, _passing(found))
    return found


def _passing(found: Survey) -> frozenset[int]:
    """The steps that leave a ``with`` which does nothing to exceptions."""
    return frozenset(
        step.index
        for step in found.graph.steps
        if step.kind is StepKind.LEAVE
        and found.guards.get((id(step.node), step.item)) is Guard.PASSES
    )


def _walk(
    found: Survey,
    semantics: Semantics,
    expression: nodes.Expression,
    step: int,
    names: set[str],
    called: set[str],
    tested: dict[str, int],
) -> bool:
    """Notes everything of interest in one expression; whether there is a site in it."""
    has_site = False
    sites = 0
    stack: list[tuple[nodes.Expression, bool]] = [(expression, False)]
    while stack:
        node, is_awaited = stack.pop()
        match node:
            case nodes.Name(name=name):
                names.add(name)
                continue
            case nodes.Attribute(attribute=attribute):
                found.attributes[attribute] = found.attributes.get(attribute, 0) + 1
            case nodes.Call(callee=callee):
                found.runs_code[step] = True
                if spell(callee).endswith("iscoroutinefunction"):
                    found.interesting |= {n for a in node.arguments for n in names_in(a)}
                if isinstance(callee, nodes.Attribute):
                    called |= names_in(callee)
                elif isinstance(callee, nodes.Name):
                    found.has_reveal = found.has_reveal or callee.name == "reveal"
                    local = found.local_functions.get(callee.name)
                    for binding in found.binders.get(callee.name, ()):
                        stack += [(part, False) for part in own_expressions(binding)]
                        called.update(names_in(binding.targets[0]))
                    if local is not None and callee.name not in found.binders:
                        names |= captured_by(local)
                        found.captured |= changed_by(local)
                        found.rebound |= changed_by(local)
            case nodes.Await():
                found.runs_code[step] = True
            case nodes.Lambda() if node not in found.local_functions.values():
                free = free_names_of_lambda(node)
                names |= free
                found.captured |= free
            case nodes.Conditional(test=test):
                for name in names_in(test):
                    tested[name] = tested.get(name, 0) + 1
            case nodes.BooleanOperation(values=values):
                for name in {name for value in values[:-1] for name in names_in(value)}:
                    tested[name] = tested.get(name, 0) + 1
            case nodes.Walrus(target=nodes.Name(name=name)):
                called.add(name)
        if not is_awaited and not isinstance(node, nodes.Lambda):
            made = semantics.made(node)
            if made is not None and sites < _MOST_SITES and not _gives_back(semantics, node, made):
                has_site = True
                sites += 1
                found.sites.setdefault(id(node), (node, made))
                found.site_steps.setdefault(id(node), []).append(step)
        awaits = isinstance(node, nodes.Await)
        stack.extend((child, awaits) for child in children(node))
    return has_site


def _gives_back(semantics: Semantics, node: nodes.Expression, made: Made) -> bool:
    """Whether what a call gives is not new but one of its arguments: ``register(f())``."""
    if not isinstance(node, nodes.Call) or made.evidence is Evidence.DECLARED:
        return False
    for index, argument in enumerate(node.arguments):
        inner = semantics.made(argument)
        if inner is not None and inner.name == made.name:
            return True
        if isinstance(argument, nodes.Name) and semantics.effect(node, index) is Effect.RETURNS:
            return True
    return False


def is_harmless(semantics: Semantics, call: nodes.Call) -> bool:
    """Whether a call never raises by itself: it only makes an object, or looks at one."""
    if isinstance(call.callee, nodes.Name) and call.callee.name == "reveal":
        return True
    name = semantics.qualified(call.callee)
    if name is not None and (name in _HARMLESS or _is_exception(name)):
        return True
    made = semantics.made(call)
    return made is not None and made.kind is Kind.COROUTINE


_HARMLESS = frozenset(
    {"asyncio.timeout", "asyncio.timeout_at", "asyncio.TaskGroup", "contextlib.suppress"}
    | {"contextlib.closing", "contextlib.aclosing", "contextlib.nullcontext"}
    | {"builtins.callable", "builtins.hasattr", "builtins.id", "builtins.isinstance"}
    | {"builtins.issubclass", "builtins.print", "builtins.repr", "builtins.type"}
    | {"builtins.dict", "builtins.enumerate", "builtins.list", "builtins.range"}
    | {"builtins.reversed", "builtins.set", "builtins.tuple", "builtins.zip"}
    | {"builtins.list.append", "builtins.list.clear", "builtins.list.copy", "builtins.list.insert"}
    | {"builtins.dict.clear", "builtins.dict.items", "builtins.dict.keys", "builtins.dict.values"}
    | {"collections.deque.append", "collections.deque.appendleft", "collections.deque.clear"}
)


def _is_exception(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    found = getattr(builtins, attribute, None) if module == "builtins" else None
    return isinstance(found, type) and issubclass(found, BaseException)


def _may_raise(found: Survey, semantics: Semantics, step: Step) -> bool:
    """Whether passing over a step may end in an exception that somebody in the body notices."""
    if all(edge.label is not Label.EXCEPTION for edge in step.edges):
        return False
    if step.kind is StepKind.ENTER:
        if found.guards.get((id(step.node), step.item), Guard.PASSES) is not Guard.PASSES:
            return False  # it only prepares for exceptions
    if step.kind not in (StepKind.STATEMENT, StepKind.TEST, StepKind.EVALUATE, StepKind.ENTER):
        return True
    stack = step_expressions(step)
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Call):
            if not is_harmless(semantics, node):
                return True
        elif not isinstance(node, _NEVER_RAISING):
            return True
        stack.extend(children(node))
    return isinstance(step.node, nodes.Import | nodes.ImportFrom | nodes.ImportStar)


_NEVER_RAISING = (
    nodes.Name,
    nodes.Attribute,
    nodes.String,
    nodes.FormattedString,
    nodes.Number,
    nodes.Bytes,
    nodes.Ellipsis,
    nodes.Lambda,
    nodes.Collection,
    nodes.BooleanOperation,
    nodes.Conditional,
    nodes.Walrus,
    nodes.Starred,
)


def _find_interesting(
    found: Survey,
    stores: list[frozenset[str]],
    receivers: list[frozenset[str]],
    tested: dict[str, int],
) -> None:
    """Names that may hold an object, and names in conditions that may be asked twice."""
    interesting = found.interesting
    stored = {name for names in stores for name in names}
    interesting.update(
        name for name, times in tested.items() if times > 1 or (times and name in stored)
    )
    by_name: dict[str, list[int]] = {}
    for index, names in enumerate(found.mentions):
        for name in names:
            by_name.setdefault(name, []).append(index)
    waiting = [index for index, has_site in enumerate(found.has_site) if has_site]
    for name in interesting:
        waiting.extend(by_name.get(name, ()))
    done = [False] * len(found.mentions)
    while waiting:
        index = waiting.pop()
        if done[index]:
            continue
        done[index] = True
        step = found.graph.steps[index]
        if step.kind is StepKind.ITERABLE:  # what it gives is bound by the step after it
            waiting.extend(edge.target for edge in step.edges if edge.label is Label.NORMAL)
        for name in stores[index] | receivers[index]:
            if name not in interesting:
                interesting.add(name)
                waiting.extend(by_name.get(name, ()))


def _find_steps(found: Survey) -> None:
    """Steps that have to do with an object or a condition; the others are passed over."""
    found.matters = [
        has_site or step.kind in _ALWAYS_MATTERS or not names.isdisjoint(found.interesting)
        for step, names, has_site in zip(
            found.graph.steps, found.mentions, found.has_site, strict=True
        )
    ]
    for step in found.graph.steps:
        if step.kind is StepKind.LEAVE:  # it may close what was entered
            found.matters[step.index] = found.matters[step.inside[-1]]
