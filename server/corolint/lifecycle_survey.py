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
from collections.abc import Iterator
from dataclasses import dataclass, field

from corolint.evaluation import (
    children,
    own_expressions,
    pattern_expressions,
    statements_of,
)
from corolint.flow import Graph, Label, Step, StepKind
from corolint.semantics import Kind, Made, Semantics
from corolint.spelling import spell
from corolint.syntax import nodes

# Steps that decide about paths by more than names.
_ALWAYS_MATTERS = frozenset({StepKind.ITERABLE, StepKind.NEXT, StepKind.HANDLER})
# Steps that run code of others without a call in sight.
_RUNS_CODE = frozenset({StepKind.NEXT, StepKind.ENTER, StepKind.LEAVE, StepKind.DEFINITION})
# With these in a body, a local name may be read without being mentioned.
_READS_ALL_NAMES = frozenset({"locals", "vars", "eval", "exec", "globals"})


@dataclass(slots=True)
class Survey:
    """`sites`: by the `id` of the expression, the expression and what it makes; those that are
    awaited on the spot are left out. The lists are indexed by step. From `raising` steps every way
    leads to an exception that leaves the body."""

    graph: Graph
    sites: dict[int, tuple[nodes.Expression, Made]] = field(default_factory=dict)
    site_steps: dict[int, list[int]] = field(default_factory=dict)
    mentions: list[frozenset[str]] = field(default_factory=list)
    has_site: list[bool] = field(default_factory=list)
    matters: list[bool] = field(default_factory=list)
    runs_code: list[bool] = field(default_factory=list)
    raises: list[bool] = field(default_factory=list)
    live: list[frozenset[str]] = field(default_factory=list)
    attributes: dict[str, int] = field(default_factory=dict)
    captured: set[str] = field(default_factory=set)
    interesting: set[str] = field(default_factory=set)
    raising: frozenset[int] = frozenset()
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
    found = Survey(graph, captured=set(declared), interesting=set(received))
    stores: list[frozenset[str]] = []
    receivers: list[frozenset[str]] = []
    tested: dict[str, int] = {}
    for step in graph.steps:
        names: set[str] = set()
        called: set[str] = set()
        is_site_step = False
        found.runs_code.append(step.kind in _RUNS_CODE)
        for expression in step_expressions(step):
            is_site_step |= _walk(found, semantics, expression, step.index, names, called, tested)
        if step.kind is StepKind.DEFINITION:
            free = free_names(step.node)
            found.captured |= free
            names |= free
        test = step.node if step.kind is StepKind.TEST else None
        if step.kind is StepKind.CASE and isinstance(step.owner, nodes.Match):
            test = step.owner.subject
        if isinstance(test, nodes.Expression):
            asked = _names_in(test)
            names |= asked
            for name in asked:
                tested[name] = tested.get(name, 0) + 1
        found.mentions.append(frozenset(names))
        found.has_site.append(is_site_step)
        found.raises.append(_may_raise(semantics, step))
        stores.append(frozenset(_stored(step)))
        receivers.append(frozenset(called))
    found.reads_all_names = any(_READS_ALL_NAMES & names for names in found.mentions)
    _find_interesting(found, stores, receivers, tested)
    _find_steps(found)
    _find_live(found, stores, keeps_names or found.reads_all_names)
    found.raising = _find_raising(graph)
    return found


def declared_elsewhere(block: nodes.Block) -> frozenset[str]:
    """Names that a body declares ``global`` or ``nonlocal``."""
    found: set[str] = set()
    for statement in statements_of(block):
        if isinstance(statement, nodes.Global | nodes.Nonlocal):
            found.update(statement.names)
    return frozenset(found)


def step_expressions(step: Step) -> list[nodes.Expression]:
    """The expressions that a step evaluates or binds."""
    match step.node:
        case nodes.Expression():
            return [step.node]
        case nodes.For() if step.kind is StepKind.ITERABLE:
            return [step.node.iterable]
        case nodes.For():
            return [step.node.target]
        case nodes.With() if step.kind is StepKind.ENTER:
            target = step.node.targets[step.item]
            context = step.node.contexts[step.item]
            return [context] if target is None else [context, target]
        case nodes.With() | nodes.While():
            return []
        case nodes.Handler(type=caught):
            return [caught] if caught is not None else []
        case nodes.Case(pattern=pattern):
            return list(pattern_expressions(pattern))
        case nodes.Statement():
            return list(own_expressions(step.node))
    return []


# --- one expression ------------------------------------------------------------------------------


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
                    found.interesting |= {n for a in node.arguments for n in _names_in(a)}
                if isinstance(callee, nodes.Attribute):
                    called |= _names_in(callee)
                elif isinstance(callee, nodes.Name) and callee.name == "reveal":
                    found.has_reveal = True
            case nodes.Await():
                found.runs_code[step] = True
            case nodes.Lambda():
                free = _free_of_lambda(node)
                names |= free
                found.captured |= free
            case nodes.Conditional(test=test):
                for name in _names_in(test):
                    tested[name] = tested.get(name, 0) + 1
            case nodes.BooleanOperation(values=values):
                for name in {name for value in values[:-1] for name in _names_in(value)}:
                    tested[name] = tested.get(name, 0) + 1
            case nodes.Walrus(target=nodes.Name(name=name)):
                called.add(name)
        if not is_awaited and not isinstance(node, nodes.Lambda):
            made = semantics.made(node)
            if made is not None:
                has_site = True
                found.sites.setdefault(id(node), (node, made))
                found.site_steps.setdefault(id(node), []).append(step)
        awaits = isinstance(node, nodes.Await)
        stack.extend((child, awaits) for child in children(node))
    return has_site


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
)


def _is_exception(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    found = getattr(builtins, attribute, None) if module == "builtins" else None
    return isinstance(found, type) and issubclass(found, BaseException)


def _may_raise(semantics: Semantics, step: Step) -> bool:
    """Whether passing over a step may end in an exception that somebody in the body notices."""
    if all(edge.label is not Label.EXCEPTION for edge in step.edges):
        return False
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


def _names_in(expression: nodes.Expression) -> set[str]:
    names: set[str] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Name):
            names.add(node.name)
        else:
            stack.extend(children(node))
    return names


# --- which steps matter --------------------------------------------------------------------------


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


def _find_live(found: Survey, stores: list[frozenset[str]], keeps_names: bool) -> None:
    """For each step the interesting names that some path from it still reads."""
    steps = found.graph.steps
    interesting = frozenset(found.interesting)
    nothing: frozenset[str] = frozenset()
    reads: list[frozenset[str]] = []
    kills: list[frozenset[str]] = []
    for step in steps:
        mentioned = found.mentions[step.index] & interesting
        stored = stores[step.index] & interesting
        pure = stored - _read_names(step) if stored else nothing
        reads.append(mentioned - pure)
        kills.append(pure)
    everything = interesting if keeps_names else nothing
    live = [nothing] * len(steps)
    for last in (found.graph.exit, found.graph.raised):
        live[last] = everything
    before: list[list[int]] = [[] for _ in steps]
    for step in steps:
        for edge in step.edges:
            before[edge.target].append(step.index)
    waiting = list(range(len(steps)))
    is_waiting = [True] * len(steps)
    while waiting:
        index = waiting.pop()
        is_waiting[index] = False
        step = steps[index]
        if not step.edges:
            continue
        after = nothing.union(*[live[edge.target] for edge in step.edges])
        now = reads[index] | (after - kills[index])
        if now == live[index]:
            continue
        live[index] = now
        for earlier in before[index]:
            if not is_waiting[earlier]:
                is_waiting[earlier] = True
                waiting.append(earlier)
    found.live = live


def _find_raising(graph: Graph) -> frozenset[int]:
    """The steps from which every way leads to an exception that leaves the body."""
    before: list[list[int]] = [[] for _ in graph.steps]
    for step in graph.steps:
        for edge in step.edges:
            before[edge.target].append(step.index)
    ends_well = {graph.exit}
    # A loop that is never left does not end in an exception either.
    ends_well.update(s.index for s in graph.steps if s.kind in (StepKind.LOOP, StepKind.NEXT))
    waiting = list(ends_well)
    while waiting:
        for earlier in before[waiting.pop()]:
            if earlier not in ends_well:
                ends_well.add(earlier)
                waiting.append(earlier)
    return frozenset(range(len(graph.steps))) - ends_well


def _read_names(step: Step) -> set[str]:
    """Names that a step reads, as opposed to only assigning to them."""
    match step.node:
        case nodes.Assign(value=value, targets=targets):
            names = _names_in(value) if value is not None else set()
            for target in targets:
                names |= _names_in(target) - set(_stored_by(target))
            return names
        case nodes.For() if step.kind is StepKind.NEXT:
            return _names_in(step.node.target) - set(_stored_by(step.node.target))
        case nodes.With() if step.kind is StepKind.ENTER:
            return _names_in(step.node.contexts[step.item])
        case nodes.FunctionDef() | nodes.ClassDef():
            return set(free_names(step.node))
        case nodes.Handler() | nodes.Case() | nodes.Import() | nodes.ImportFrom():
            return set()
    names = set()
    for expression in step_expressions(step):
        names |= _names_in(expression)
    return names


# --- names that are stored -----------------------------------------------------------------------


def _stored(step: Step) -> Iterator[str]:
    """Names that a step assigns to, with the roots of attributes and elements."""
    match step.node:
        case nodes.Assign(targets=targets):
            for target in targets:
                yield from _stored_by(target)
                yield from _roots(target)
        case nodes.AugmentedAssign(target=target):
            yield from _roots(target)
        case nodes.For(target=target) if step.kind is StepKind.NEXT:
            yield from _stored_by(target)
            yield from _roots(target)
        case nodes.With() if step.kind is StepKind.ENTER:
            bound = step.node.targets[step.item]
            if bound is not None:
                yield from _stored_by(bound)
        case nodes.Delete(targets=targets):
            for target in targets:
                yield from _roots(target)
        case nodes.Handler(name=name) if name:
            yield name
        case nodes.FunctionDef(name=name) | nodes.ClassDef(name=name):
            yield name
        case nodes.Case(pattern=pattern):
            yield from _captured_by(pattern)
        case nodes.Import(names=names):
            for name, alias in names:
                yield alias or name.split(".")[0]
        case nodes.ImportFrom(names=names):
            for name, alias in names:
                yield alias or name


def _stored_by(target: nodes.Expression) -> Iterator[str]:
    """Plain names in a target."""
    match target:
        case nodes.Name(name=name):
            yield name
        case nodes.Collection(elements=elements):
            for element in elements:
                yield from _stored_by(element)
        case nodes.Starred(value=value):
            yield from _stored_by(value)


def _roots(target: nodes.Expression) -> Iterator[str]:
    """The names at which the attributes and elements in a target start."""
    match target:
        case nodes.Name(name=name):
            yield name
        case nodes.Attribute(value=value) | nodes.Subscript(value=value):
            yield from _roots(value)
        case nodes.Collection(elements=elements):
            for element in elements:
                yield from _roots(element)


def _captured_by(pattern: nodes.Pattern) -> Iterator[str]:
    """Names that a pattern binds."""
    match pattern:
        case nodes.CapturePattern(pattern=inner, name=name):
            if name:
                yield name
            if inner is not None:
                yield from _captured_by(inner)
        case nodes.StarPattern(name=name):
            if name:
                yield name
        case nodes.OrPattern(patterns=patterns) | nodes.SequencePattern(patterns=patterns):
            for inner in patterns:
                yield from _captured_by(inner)
        case nodes.MappingPattern(patterns=patterns, rest=rest):
            if rest:
                yield rest
            for inner in patterns:
                yield from _captured_by(inner)
        case nodes.ClassPattern(patterns=patterns, keywords=keywords):
            for inner in [*patterns, *(value for _, value in keywords)]:
                yield from _captured_by(inner)


# --- names that nested functions capture ---------------------------------------------------------


def free_names(node: object) -> frozenset[str]:
    """Names of the body around it that a nested function or class may read or change."""
    match node:
        case nodes.FunctionDef(parameters=parameters, body=body):
            return _free_of_block(body, {parameter.name for parameter in parameters})
        case nodes.ClassDef(body=body):
            return _free_of_block(body, set())
    return frozenset()


def _free_of_lambda(node: nodes.Lambda) -> frozenset[str]:
    free = _names_with_nested(node.body) - {parameter.name for parameter in node.parameters}
    return frozenset(free)


def _free_of_block(block: nodes.Block, bound: set[str]) -> frozenset[str]:
    mentioned: set[str] = set()
    outer: set[str] = set()
    for statement in statements_of(block):
        match statement:
            case nodes.Global(names=names) | nodes.Nonlocal(names=names):
                outer.update(names)
            case nodes.FunctionDef() | nodes.ClassDef():
                bound.add(statement.name)
                mentioned |= free_names(statement)
            case nodes.Assign(targets=targets):
                for target in targets:
                    bound.update(_stored_by(target))
            case nodes.AugmentedAssign(target=target) | nodes.For(target=target):
                bound.update(_stored_by(target))
            case nodes.With(targets=bindings):
                for binding in bindings:
                    if binding is not None:
                        bound.update(_stored_by(binding))
        for expression in own_expressions(statement):
            mentioned |= _names_with_nested(expression)
    return frozenset((mentioned - bound) | outer)


def _names_with_nested(expression: nodes.Expression) -> set[str]:
    """All names in an expression, those in the bodies of lambdas included."""
    names: set[str] = set()
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Name):
            names.add(node.name)
            continue
        if isinstance(node, nodes.Lambda):
            names |= _free_of_lambda(node)
        stack.extend(children(node))
    return names
