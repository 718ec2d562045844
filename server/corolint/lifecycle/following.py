"""What following one object needs at hand, and the elementary events of its life.

Every function of the evaluation is given a `Following`, a state and what to look at, and gives the
states afterwards. The events (*used*, *escaped*, *handed back*) go through the methods here, which
record them and change the status. In the base run nothing is followed, and they only take notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from corolint.bindings import step_expressions
from corolint.evaluation import children
from corolint.flow import Label, Step
from corolint.lifecycle.belonging import LocalFunction
from corolint.lifecycle.containers import elements, forget_box, places_in
from corolint.lifecycle.history import Action, State
from corolint.lifecycle.recording import Recorder
from corolint.lifecycle.state import Outcomes, PathState, holds, with_status, with_trust
from corolint.lifecycle.survey import Survey
from corolint.lifecycle.values import (
    OBJECT,
    Kept,
    Pack,
    Reference,
    Some,
    Special,
    Trust,
    Value,
    Wrapper,
)
from corolint.semantics import Effect, Kind, Made, Portion, Semantics
from corolint.syntax import nodes

# Attributes of coroutine objects, and those that later versions added.
COROUTINE_ATTRIBUTES = frozenset(
    {
        "__await__",
        "__class__",
        "__del__",
        "__doc__",
        "__name__",
        "__qualname__",
        "close",
        "cr_await",
        "cr_code",
        "cr_frame",
        "cr_origin",
        "cr_running",
        "cr_suspended",
        "send",
        "throw",
    }
)


_HANDING_ON = frozenset({Action.RETURN, Action.YIELD})


EffectOnCaptured = Callable[[LocalFunction, str], Effect]


class LocalEffects:
    """What calling the local functions of a body does to an object in a name that they capture."""

    def __init__(self, surveyed: Survey, find: EffectOnCaptured | None) -> None:
        self._functions = surveyed.local_functions
        self._find = find
        self._found: dict[tuple[str, str], Effect] = {}

    def of(self, function: str, captured: str) -> Effect:
        if self._find is None:
            return Effect.ESCAPES
        key = (function, captured)
        if key not in self._found:
            self._found[key] = self._find(self._functions[function], captured)
        return self._found[key]


@dataclass(slots=True)
class Following:
    """What the evaluation of steps works with. `site` and `made` say which object is followed; with
    neither, this is the base run: it follows nothing, and learns where a value is always a
    coroutine object (`sure`). `handlers` evaluate the kinds of expressions.
    `private_attributes` are mentioned nowhere else in the file, and faults in `quiet_steps` are the
    purpose. `raised` remembers which exceptions the callees of a step say they raise,
    `local_effects` what local functions do to what they capture. `raising` gathers the states in
    which the present step may raise."""

    survey: Survey
    semantics: Semantics
    site: nodes.Node | None
    made: Made | None
    recorder: Recorder
    handlers: Mapping[type, Callable[..., Outcomes]]
    sure: dict[tuple[int, Action], bool]
    private_attributes: frozenset[str]
    quiet_steps: frozenset[int]
    raised: dict[int, frozenset[str]]
    local_effects: LocalEffects
    raising: list[PathState] | None = None
    step: int = 0
    is_quiet: bool = False
    gave_up: bool = False

    @property
    def is_coroutine(self) -> bool:
        return self.made is not None and self.made.kind is Kind.COROUTINE

    def is_guarded(self) -> bool:
        """Whether a handler, a ``finally`` or a ``with`` stands around the present step."""
        graph = self.survey.graph
        step = graph.steps[self.step]
        leaves = isinstance(step.node, nodes.Return)
        return any(
            edge.target not in (graph.exit, graph.raised)
            for edge in step.edges
            if leaves or edge.label is Label.EXCEPTION
        )

    def raises_itself(self, step: Step) -> frozenset[str]:
        """The classes of exceptions that the functions that `step` calls have a ``raise`` for."""
        names = self.raised.get(step.index)
        if names is None:
            names = self.raised[step.index] = _raised_by(self.semantics, step)
        return names

    def may_raise(self, state: PathState) -> None:
        if self.raising is not None and (not self.raising or self.raising[-1] is not state):
            self.raising.append(state)

    def observe(
        self,
        state: PathState,
        node: nodes.Expression,
        value: Value,
        action: Action,
        *,
        times: int = 1,
        call: nodes.Call | None = None,
        portion: tuple[Portion, ...] = (),
    ) -> PathState:
        """`action` is done with `value`, which matters if it is the object itself. `portion`: where
        it stands in the value of `node`."""
        if self.site is None:
            key = (id(node), action)
            self.sure[key] = self.sure.get(key, True) and value is Special.COROUTINE
            return state
        if value is not OBJECT or state.status is None:
            return state
        if state.status is State.ESCAPED and not (action.fails or action in _HANDING_ON):
            return state  # somebody else may have awaited it or not, and this does no harm
        seen = with_trust(state, Trust.DOUBTFUL) if self.is_quiet else state
        self.recorder.use(
            seen,
            node,
            action,
            times=times,
            step=self.step,
            call=call,
            is_guarded=self.is_guarded(),
            portion=portion,
            graph=self.survey.graph,
        )
        if action.is_value_use and not self.is_coroutine:
            return self.escape(state, value)
        if action.fails and isinstance(self.site, nodes.Parameter):
            after = state.copy()
            after.status = None  # the function does not go on from here with such an object
            return after
        if action.consumes and state.status is not State.ESCAPED:
            return with_status(state, State.USED, node, action)
        if action is Action.CLOSE and state.status is State.PENDING:
            return with_status(state, State.CLOSED, node, action)
        return state

    def observe_inside(
        self, state: PathState, node: nodes.Expression, value: Value, action: Action
    ) -> PathState:
        """`action` is done with `value`, which may also be a container that holds the object."""
        if self.site is None or value is OBJECT:
            return self.observe(state, node, value, action)
        for portion in list(places_in(state, value)):
            state = self.observe(state, node, OBJECT, action, portion=portion)
        return state

    def hand(
        self, state: PathState, node: nodes.Expression, value: Value, call: nodes.Call | None
    ) -> PathState:
        """`value`, or what holds it, goes to others: to `call`, or to the place `node`."""
        if self.site is None or not self.is_coroutine:
            return state
        for portion in list(places_in(state, value)):
            state = self.observe(state, node, OBJECT, Action.HAND, call=call, portion=portion)
        return state

    def consume(
        self, state: PathState, node: nodes.Expression, value: Value, action: Action
    ) -> PathState:
        """`node` awaits, runs or schedules `value`, or what `value` wraps."""
        if isinstance(value, Wrapper):
            state = self.consume(state, node, value.inner, Action.DELEGATE)
            if value.again:
                state = self.consume(state, node, value.inner, Action.DELEGATE)
                if (id(node), Action.DELEGATE) in self.recorder.uses:
                    self.recorder.use_again(node, Action.DELEGATE)
            return state
        if isinstance(value, Kept):
            return self.escape(state, value)  # it may do anything with what it keeps
        if isinstance(value, Pack | Some | Reference):
            # A helper that consumes the elements of what it is given.
            for item in elements(state, value):
                state = self.consume(state, node, item, action)
            return state
        return self.observe(state, node, value, action)

    def escape(self, state: PathState, value: Value) -> PathState:
        """`value` goes where others can do anything with it."""
        if isinstance(value, Pack):
            for item in value.items:
                state = self.escape(state, item)
            return state
        if self.site is not None and state.status is not None and holds(state, value):
            self.recorder.escapes = True
            if state.status is not State.ESCAPED:
                state = state.copy()
                state.status = State.ESCAPED
        return forget_box(state, value)

    def give_out(self, state: PathState, value: Value) -> PathState:
        """A generator yields `value`, and goes on afterwards. An object that the generator was
        itself handed is followed on, to see whether it yields it again."""
        if isinstance(self.site, nodes.Parameter) and value is OBJECT:
            after = state.copy()
            after.status = State.USED
            return after
        return self.escape(state, value)

    def expose(self, state: PathState) -> PathState:
        """The object is stored where others can reach it once their code runs."""
        self.recorder.escapes = True
        after = state.copy()
        after.is_exposed = True
        return after

    def hand_back(self, state: PathState, value: Value) -> PathState:
        """`value` is returned to the caller."""
        if self.site is None or state.status is None or not holds(state, value):
            return forget_box(state, value)
        if value is OBJECT:
            self.recorder.returns = True
        elif isinstance(value, Wrapper) and value.inner is OBJECT:
            self.recorder.returns_wrapped = True
        else:
            return self.escape(state, value)
        after = state.copy()
        after.status = State.ESCAPED
        return after

    def give_up(self) -> None:
        """Too much happens at once to say anything about this object."""
        self.gave_up = True


def _raised_by(semantics: Semantics, step: Step) -> frozenset[str]:
    names: set[str] = set()
    stack = [(expression, False) for expression in step_expressions(step)]
    while stack:
        node, is_awaited = stack.pop()
        if isinstance(node, nodes.Call):
            made = None if is_awaited else semantics.made(node)
            if made is None:  # calling a coroutine function runs nothing
                names |= semantics.raises(node)
        awaits = isinstance(node, nodes.Await)
        stack.extend((child, awaits) for child in children(node))
    return frozenset(names)
