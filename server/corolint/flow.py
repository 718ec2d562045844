"""The control-flow graph of one body, and one worklist to solve problems on it.

A *body* is what runs as one frame: a function, a module, a class body, a lambda. Its graph has
*steps* (one evaluation each) and labelled *edges*. For example ::

    try:
        if a and b():
            await c
    finally:
        done()

becomes (``str(graph)``) ::

    0 entry            -> 1
    1 test a           true -> 2, false -> 4
    2 test b()         true -> 3, false -> 4, exception -> 5
    3 do await c       -> 4, exception -> 5
    4 do done()        -> 6
    5 do done()        raise -> 7
    6 exit
    7 raised

Conditions are taken apart, so that an edge always says one simple thing about one expression. A
``finally`` is copied for each way of leaving its ``try`` (normal, exception, return, break,
continue), so that a path never enters by one way and leaves by another. Implicit exceptions (any
call may raise) have edges only where something in this body catches them, or runs because of them.
Nested functions and classes are single steps, and lambdas and comprehensions are parts of one: each
has a graph of its own if one is wanted.

`corolint.flow_builder` builds graphs. The graph knows nothing of coroutines, and `solve` runs any
abstract domain over it.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, NamedTuple, Protocol, TypeVar

from corolint.spelling import spell
from corolint.syntax import nodes


class StepKind(Enum):
    """What a step does; `Step.node` and `Step.owner` hold what the comments say."""

    ENTRY = "entry"
    STATEMENT = "do"  # node: a simple statement
    DEFINITION = "define"  # node: FunctionDef or ClassDef; runs decorators, defaults, bases
    TEST = "test"  # node: an expression that decides; owner: the statement that holds it
    EVALUATE = "evaluate"  # node: an expression; owner: Match (its subject), Assert (message)
    LOOP = "loop"  # node: While; does nothing, all turns start here
    ITERABLE = "iterate"  # node: For; evaluates what is iterated over, once
    NEXT = "next"  # node: For; binds the next item or finds that there is none
    ENTER = "enter"  # node: With; evaluates and enters the context `Step.item`
    LEAVE = "leave"  # node: With; leaves the context `Step.item`
    HANDLER = "except"  # node: Handler; owner: Try
    CASE = "case"  # node: Case; owner: Match; compares its pattern with the subject
    EXIT = "exit"  # the end of the body, or a return
    RAISED = "raised"  # an exception leaves the body


class Label(Enum):
    """When an edge is taken."""

    NORMAL = ""
    TRUE = "true"  # of TEST, HANDLER and CASE
    FALSE = "false"
    ITEM = "item"  # of NEXT: there was one
    EXHAUSTED = "exhausted"
    EXCEPTION = "exception"  # something in the step raised
    RAISE = "raise"  # a ``raise`` statement, or an exception on its way on
    SUPPRESSED = "suppressed"  # of LEAVE: the context manager swallowed the exception
    UNSURE = "unsure"  # several ways out were joined; this combination may not exist


class Edge(NamedTuple):
    label: Label
    target: int


Part = nodes.Statement | nodes.Expression | nodes.Handler | nodes.Case


class Step:
    """One evaluation. `inside`: the LOOP, NEXT and ENTER steps around it, outermost first; a LEAVE
    step is inside what it leaves."""

    __slots__ = ("edges", "index", "inside", "item", "kind", "node", "owner")

    def __init__(
        self,
        index: int,
        kind: StepKind,
        node: Part | None,
        owner: nodes.Statement | None,
        item: int,
        inside: tuple[int, ...],
    ) -> None:
        self.index = index
        self.kind = kind
        self.node = node
        self.owner = owner
        self.item = item
        self.inside = inside
        self.edges: list[Edge] = []


@dataclass(frozen=True, slots=True)
class Graph:
    """Steps in about the order in which they run; `steps[0]` is the entry."""

    steps: Sequence[Step]
    exit: int
    raised: int

    def __str__(self) -> str:
        return "\n".join(_print_step(step) for step in self.steps)


# --- solving -------------------------------------------------------------------------------------

State = TypeVar("State")


class Domain(Protocol[State]):
    """An abstract domain. States at one step with the same `key` are joined, others are kept
    apart; so a domain has as many states at a step as it has keys there."""

    def key(self, state: State) -> Hashable: ...

    def join(self, old: State, new: State) -> State:
        """What both describe. Must return `old` itself when `new` adds nothing to it."""
        ...

    def transfer(self, step: Step, state: State) -> Iterable[tuple[Edge, State]]:
        """Runs one step: the edges that can be taken from `state`, each with its new state."""
        ...


class Solution(Generic[State]):
    """`before[i]`: the states in which step `i` starts, by key. `is_complete` is false when the
    budget ran out; then nothing may be concluded. `work` counts the calls of `transfer`."""

    def __init__(self) -> None:
        self.before: dict[int, dict[Hashable, State]] = {}
        self.is_complete = True
        self.work = 0


def solve(
    graph: Graph,
    starts: Iterable[tuple[int, State]],
    domain: Domain[State],
    *,
    budget: int,
    most_states: int,
) -> Solution[State]:
    """Runs `domain` from `starts` (pairs of step and state) until nothing changes.

    At most `budget` calls of `transfer`, and at most `most_states` states at one step.
    """
    solution: Solution[State] = Solution()
    queue: list[int] = []
    waiting: dict[int, dict[Hashable, State]] = {}

    def arrive(index: int, state: State) -> None:
        states = solution.before.setdefault(index, {})
        key = domain.key(state)
        old = states.get(key)
        if old is not None:
            state = domain.join(old, state)
            if state is old:
                return
        elif len(states) >= most_states:
            solution.is_complete = False
            return
        states[key] = state
        pending = waiting.get(index)
        if pending is None:
            waiting[index] = {key: state}
            heapq.heappush(queue, index)
        else:
            pending[key] = state

    for index, state in starts:
        arrive(index, state)
    while queue and solution.is_complete:
        index = heapq.heappop(queue)
        step = graph.steps[index]
        for state in waiting.pop(index).values():
            if solution.work >= budget:
                solution.is_complete = False
                break
            solution.work += 1
            for edge, after in domain.transfer(step, state):
                arrive(edge.target, after)
    return solution


# --- printing -----------------------------------------------------------------------------------


def _print_step(step: Step) -> str:
    what = f"{step.index} {step.kind.value} {_print_part(step)}".rstrip()
    edges = ", ".join(f"{label.value} -> {target}".lstrip() for label, target in step.edges)
    return f"{what:<24} {edges}".rstrip()


def _print_part(step: Step) -> str:
    match step.node:
        case nodes.ExpressionStatement(value=value) | nodes.Starred(value=value):
            return spell(value)
        case nodes.Expression():
            return spell(step.node)
        case nodes.Assign(value=value, targets=targets):
            return " = ".join(map(spell, targets if value is None else [*targets, value]))
        case nodes.Return(value=value):
            return f"return {spell(value)}" if value is not None else "return"
        case nodes.Raise(exception=exception):
            return f"raise {spell(exception)}" if exception is not None else "raise"
        case nodes.FunctionDef(name=name) | nodes.ClassDef(name=name):
            return name
        case nodes.For() if step.kind is StepKind.ITERABLE:
            return spell(step.node.iterable)
        case nodes.For():
            return spell(step.node.target)
        case nodes.With():
            return spell(step.node.contexts[step.item])
        case nodes.Handler(type=caught):
            return spell(caught) if caught is not None else ""
        case nodes.Statement():
            return type(step.node).__name__.lower()
    return ""
