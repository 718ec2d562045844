"""The finished histories of coroutine objects: what lifecycle tells and rules query. Plain data.

One `Life` is the history of the objects that one expression of a body makes. For ::

    c = f()          # Life: made here
    if a:
        await c      # Use: AWAIT, before = {PENDING}
    await c          # Use: AWAIT, before = {PENDING, USED}; on one path it is a reuse

A life has *uses* (what was done with the object, and in which states it was before), and *ends*
(where the body let go of it while it was still pending). An object that escapes (to unknown code,
to the caller, to another scope) has a history up to there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from corolint.flow import Label, Part
from corolint.semantics import Kind, Made, Portion
from corolint.syntax.nodes import Call, Expression, Node, Parameter


class State(Enum):
    """What a coroutine object is; the values are what `reveal` prints."""

    PENDING = "pending"
    USED = "used"
    CLOSED = "closed"
    ESCAPED = "escaped"


class Action(Enum):
    """What is done with an object. The first group consumes it."""

    AWAIT = "awaited"
    RUN = "run"
    SCHEDULE = "scheduled"
    DELEGATE = "awaited by the callee"
    DRIVE = "driven"  # send, throw
    CLOSE = "closed"

    # It is taken for the value that awaiting would give, and Python raises an exception.
    ATTRIBUTE = "attribute"
    SUBSCRIPT = "subscript"
    ITERATE = "iterated over"
    OPERATE = "operand"
    CALL = "called"
    RAISE = "raised"
    ENTER = "entered by with"
    ASYNC_ENTER = "entered by async with"
    ASYNC_ITERATE = "iterated over by async for"
    ARGUMENT = "argument"
    # The same, but Python goes on with a wrong value.
    CONDITION = "condition"
    NONE_TEST = "compared with None"
    COMPARE = "compared"
    FORMAT = "formatted"
    MATCH = "matched"
    # It is put where a declaration wants something else; Python does not mind.
    STORE = "stored"

    # It is handed on.
    RETURN = "returned"
    YIELD = "yielded"
    DEFAULT = "default argument"
    HAND = "handed to others"  # to a callee or a place of which nothing is known
    # An attribute that coroutine objects have is read.
    LOOK = "looked at"

    @property
    def consumes(self) -> bool:
        return self in _CONSUMING

    @property
    def is_value_use(self) -> bool:
        """Whether only the awaited value would make sense here."""
        return self in _FAILING or self in _SILENT

    @property
    def fails(self) -> bool:
        """Whether Python raises an exception here, as opposed to going on with a wrong value."""
        return self in _FAILING


_CONSUMING = frozenset({Action.AWAIT, Action.RUN, Action.SCHEDULE, Action.DELEGATE, Action.DRIVE})
_FAILING = frozenset(
    {
        Action.ATTRIBUTE,
        Action.SUBSCRIPT,
        Action.ITERATE,
        Action.OPERATE,
        Action.CALL,
        Action.RAISE,
        Action.ENTER,
        Action.ASYNC_ENTER,
        Action.ASYNC_ITERATE,
        Action.ARGUMENT,
    }
)
_QUESTIONS = frozenset({Action.CONDITION, Action.NONE_TEST})
_SILENT = frozenset(
    {Action.CONDITION, Action.NONE_TEST, Action.COMPARE, Action.FORMAT, Action.MATCH}
    | {Action.STORE}
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One decision on a path: the edge that was taken out of a step."""

    label: Label
    node: Part


@dataclass(frozen=True, slots=True)
class Use:
    """One place where something is done with the objects of a life.

    `before` holds the states in which they arrive there, over all paths that surely exist; it is
    empty when only doubtful paths lead here. `first` is the place that consumed it before, if it
    arrives used; `path` has the decisions that led from there to here, `path_to_first` those that
    led there, in order, without those after which every way leads on. `always`: no path reaches
    this place with anything but such an object. `times` counts how often one evaluation takes the
    object (``gather(c, c)``). `call` is the call of which `node` is an argument. `is_guarded`: a
    handler, a ``finally`` or a ``with`` stands around it. `by_callee`: the callee alone consumes it
    more than once. `portion`: where in the value of `node` it stands, if it is only a part of it
    (``return 1, f()``).
    """

    node: Expression
    action: Action
    before: frozenset[State]
    first: Node | None = None
    first_action: Action | None = None
    path: tuple[Turn, ...] = ()
    always: bool = False
    times: int = 1
    call: Call | None = None
    is_guarded: bool = False
    by_callee: bool = False
    portion: tuple[Portion, ...] = ()
    path_to_first: tuple[Turn, ...] = ()

    @property
    def is_reuse(self) -> bool:
        """Whether on some path the object was consumed or closed before."""
        consuming = self.action.consumes
        return consuming and not self.before.isdisjoint({State.USED, State.CLOSED})

    @property
    def is_always_reuse(self) -> bool:
        """Whether that is so on every path that leads here."""
        return self.always and self.is_reuse and self.before <= {State.USED, State.CLOSED}


class EndKind(Enum):
    """How a body lets go of an object that is still pending."""

    DROPPED = "dropped"  # the value of a statement, or of a part of one
    OVERWRITTEN = "overwritten"
    DELETED = "deleted"
    UNREAD = "unread"  # no path from here looks at it again
    RAISED = "raised"  # a ``raise`` statement leaves the body
    STORED = "stored"  # in a private attribute that the rest of the file never mentions


@dataclass(frozen=True, slots=True)
class End:
    """One place where a pending object is let go. `path` has the decisions that led there, in
    order, without those after which every way leads on. `after_exception`: only a path leads here
    on which something raised that the program mostly does not expect to."""

    kind: EndKind
    node: Part | None
    path: tuple[Turn, ...]
    after_exception: bool


@dataclass(frozen=True, slots=True)
class Life:
    """The history of the objects that `origin` makes. An origin is an expression of the body, or
    a parameter that is handed a coroutine object. `escapes`: on some path the body hands it on, or
    lifecycle lost sight of it. `names` are the local names that hold it at some time, `captured`
    the names it was bound to that nested functions may read."""

    origin: Expression | Parameter
    made: Made
    uses: tuple[Use, ...]
    ends: tuple[End, ...]
    escapes: bool
    names: tuple[str, ...] = ()
    captured: tuple[str, ...] = ()

    @property
    def is_consumed(self) -> bool:
        """Whether some path consumes, closes or hands on the object."""
        return self.escapes or any(
            use.action.consumes or use.action is Action.CLOSE for use in self.uses
        )

    def reuses(self) -> list[Use]:
        """The places that consume the object again. Tasks and futures may be awaited any number
        of times, and of other awaitables nobody knows."""
        if self.made.kind is not Kind.COROUTINE:
            return []
        return [use for use in self.uses if use.is_reuse]

    def losses(self) -> list[End]:
        """The ends that count as never awaited beside paths that do await it."""
        kinds = (EndKind.RAISED, EndKind.STORED)
        return [end for end in self.ends if not end.after_exception and end.kind not in kinds]

    def value_uses(self, *, can_await: bool = False) -> list[Use]:
        """The places that take the object for its awaited value, as far as they are faults.

        Looking at an object without harm (``c == d``, ``print(c)``) is no fault where the same
        object is awaited or handed on after all; what raises is always one. Who could have awaited
        it (`can_await`: the body is a coroutine function's) and asks whether it is true or ``None``
        takes it for its result, even where it is handed on; so does who puts it where a declaration
        wants something else.
        Where a value of another type may stand as well, nothing is certain; nor where a parameter
        is called: then its declaration means the function that makes such objects.
        """
        if not self.made.certain or self.made.kind is not Kind.COROUTINE:
            return []
        is_parameter = isinstance(self.origin, Parameter)
        if is_parameter and any(use.action is Action.CALL for use in self.uses):
            return []
        is_used = any(use.action.consumes or use.action is Action.CLOSE for use in self.uses)
        is_handed_on = self.is_consumed
        found: list[Use] = []
        for use in self.uses:
            if not use.action.is_value_use or not use.before:
                continue
            if use.action.fails:
                found.append(use)
            elif use.action is Action.STORE:
                if can_await and not is_used:
                    found.append(use)
            elif use.always or use.node is self.origin:
                is_question = can_await and use.action in _QUESTIONS
                if not (is_used if is_question else is_handed_on):
                    found.append(use)
        return found


@dataclass(frozen=True, slots=True)
class History:
    """All lives of one body. `revealed`: for each call of a function named `reveal`, by the `id`
    of its call node, the states that its argument may be in."""

    lives: tuple[Life, ...] = ()
    revealed: dict[int, frozenset[State]] | None = None
