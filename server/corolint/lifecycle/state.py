"""The abstract state: one coroutine object on one kind of path.

Lifecycle follows *one object at a time*: the one that is made when some expression runs on one
particular turn. Because it is one object and not a set, every statement about it is exact: it is
in one status, and each place either holds it or does not. In ::

    cs = [f(), g()]        # following what f() makes: held = {"cs": Reference(1)},
    d = cs[0]              #   boxes = {1: Box((0, OBJECT), …)}; then also held["d"] = OBJECT

a `PathState` says which places hold the object (`held`), what the mutable containers hold that may
hold it (`boxes`), what is known of other names and of conditions on this path (`facts`), and the
status. States that agree on everything but the facts are joined, and keep the facts they share:
the facts about conditions that were decided alike on all the paths joined. So a condition that has
nothing to do with the object costs nothing, and one that has (``if a: c = f()`` … ``if a:``) is
remembered. This is property simulation, after Das, Lerner and Seigle (PLDI 2002).
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple

from corolint.flow import Label, Part
from corolint.lifecycle.history import Action, State
from corolint.lifecycle.values import (
    OBJECT,
    Box,
    Fact,
    Kept,
    Known,
    Pack,
    Reference,
    Rest,
    Some,
    Special,
    Trust,
    Turning,
    Value,
    Wrapper,
)
from corolint.syntax import nodes
from corolint.syntax.nodes import Node

# Questions about an object that have the same answer as long as the names stay bound.
LASTING_QUESTIONS = frozenset(
    {"callable", "hasattr", "isinstance", "issubclass", "len"}
    | {"isawaitable", "iscoroutine", "iscoroutinefunction", "isasyncgenfunction", "isfuture"}
)
_IS_LASTING = re.compile(rf"[\w.]*\b({'|'.join(sorted(LASTING_QUESTIONS))})\(\w+(, [\w.]+)?\)")


class Trail(NamedTuple):
    """The decisions of one path that led here, last first; the states of a path share it. Each is
    the edge with that label out of `step`."""

    label: Label
    node: Part
    step: int
    before: Trail | None


class First(NamedTuple):
    """What consumed an object first, and the decisions that led there."""

    node: Node
    action: Action
    trail: Trail | None


_MOST_TURNS = 40


class PathState:
    """One state; never changed after it was made. `status` is `None` before the object is made.
    `exception` is the class that a ``raise`` named, while it is on its way; `first` what consumed
    the object first. `is_wrapped`: it is part of another object, whose own history says enough.
    `is_exposed`: others can reach it, and may do anything with it as soon as their code runs.
    `is_unborn`: a generator expression will make it when it is iterated over, if ever.
    `caught`: the step to which the last exception led that some call raised."""

    __slots__ = (
        "boxes",
        "caught",
        "exception",
        "facts",
        "first",
        "held",
        "is_exposed",
        "is_unborn",
        "is_wrapped",
        "status",
        "trail",
        "trust",
    )

    def __init__(
        self,
        held: dict[str, Value],
        boxes: dict[int, Box],
        facts: dict[str, Fact | Value],
        status: State | None,
        trust: Trust,
        exception: str | None,
        first: First | None,
        trail: Trail | None,
        is_wrapped: bool,
        caught: int | None,
        is_unborn: bool,
        is_exposed: bool,
    ) -> None:
        self.held = held
        self.boxes = boxes
        self.facts = facts
        self.status = status
        self.trust = trust
        self.exception = exception
        self.first = first
        self.trail = trail
        self.is_wrapped = is_wrapped
        self.caught = caught
        self.is_unborn = is_unborn
        self.is_exposed = is_exposed

    def key(self) -> Hashable:
        """Everything but the facts and the story."""
        return (
            self.status,
            self.trust,
            self.exception,
            self.is_wrapped,
            self.is_unborn,
            self.is_exposed,
            frozenset(self.held.items()),
            frozenset(self.boxes.items()),
        )

    def copy(self) -> PathState:
        return PathState(
            self.held,
            self.boxes,
            self.facts,
            self.status,
            self.trust,
            self.exception,
            self.first,
            self.trail,
            self.is_wrapped,
            self.caught,
            self.is_unborn,
            self.is_exposed,
        )


Outcomes = list[tuple[PathState, Value]]  # of an evaluation: each state with its value

Results = dict[Label, list[PathState]]  # of a step: the states for each edge out of it
EMPTY = PathState({}, {}, {}, None, Trust.SURE, None, None, None, False, None, False, False)


def holds(state: PathState, value: Value) -> bool:
    """Whether `value` is the object, or something that holds it."""
    match value:
        case Special():
            return value is OBJECT
        case Known() | None:
            return False
        case Pack(items) | Rest(items):
            return any(holds(state, item) for item in items)
        case Reference(box):
            found = state.boxes.get(box)
            return found is not None and any(holds(state, item) for _, item in found.items)
        case Some(item=item) | Turning(item=item):
            return holds(state, item)
        case Wrapper(inner=inner) | Kept(inner=inner):
            return holds(state, inner)


def holders(state: PathState) -> list[str]:
    """The places from which the object can be reached."""
    return [place for place, value in state.held.items() if holds(state, value)]


def truth(state: PathState, value: Value) -> bool | None:
    """The truth of a value, `None` when it is not known."""
    match value:
        case Special():
            return value is not Special.FALSY
        case Known(value=constant):
            return bool(constant)
        case Pack(items):
            return bool(items)
        case Wrapper() | Some():
            return True
        case Reference():
            return True if holds(state, value) else None
    return None


def read(state: PathState, place: str) -> Value:
    """What a place holds; a condition that was tested on it counts, too."""
    value = state.held.get(place)
    if value is not None:
        return value
    fact = state.facts.get(place)
    if isinstance(fact, Fact):
        if fact is Fact.TRUE:
            return Special.TRUTHY
        return Special.FALSY if fact is Fact.FALSE else None
    return fact


def bind(state: PathState, place: str, value: Value) -> PathState:
    """`state` after `place` was given `value`. Facts and places that are about it are forgotten."""
    after = forget(state, place)
    if value is None:
        return after
    if after is state:
        after = state.copy()
    if isinstance(value, Known) or (isinstance(value, Special) and value is not OBJECT):
        after.facts = {**after.facts, place: value}
    else:
        after.held = {**after.held, place: value}
    return after


def forget(state: PathState, place: str) -> PathState:
    """`state` without anything about `place`, which is about to change."""
    facts = state.facts
    held = state.held
    stale = [text for text in facts if place in text and is_about(text, place)]
    gone = [text for text in held if text == place or text.startswith(place + ".")]
    if not stale and not gone:
        return state
    after = state.copy()
    if stale:
        after.facts = {text: fact for text, fact in facts.items() if text not in stale}
    if gone:
        after.held = {text: value for text, value in held.items() if text not in gone}
    return after


def is_about(text: str, place: str) -> bool:
    """Whether the spelled condition `text` is about `place`."""
    start = text.find(place)
    while start >= 0:
        end = start + len(place)
        before = start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "_.")
        after = end == len(text) or not (text[end].isalnum() or text[end] == "_")
        if before and after:
            return True
        start = text.find(place, start + 1)  # a name that is missing in broken code is empty
    return False


def with_fact(state: PathState, text: str, fact: Fact | Value) -> PathState:
    if state.facts.get(text) == fact:
        return state
    after = state.copy()
    after.facts = {**state.facts, text: fact}
    return after


def without_fact(state: PathState, text: str) -> PathState:
    if text not in state.facts:
        return state
    after = state.copy()
    after.facts = {key: fact for key, fact in state.facts.items() if key != text}
    return after


def with_trust(state: PathState, trust: Trust) -> PathState:
    if state.trust >= trust:
        return state
    after = state.copy()
    after.trust = trust
    return after


def with_wrapped(state: PathState) -> PathState:
    """`state` after the object became part of another one, such as ``wait_for(c, 1)``."""
    after = state.copy()
    after.is_wrapped = True
    return after


def with_turn(state: PathState, label: Label, node: Part, step: int) -> PathState:
    """`state` with one more decision in its story."""
    after = state.copy()
    after.trail = Trail(label, node, step, state.trail)
    return after


def decisions(last: Trail | None, since: Trail | None = None) -> list[Trail]:
    """The last decisions of a path, last first, back to `since`."""
    found: list[Trail] = []
    while last is not None and last is not since and len(found) < _MOST_TURNS:
        found.append(last)
        last = last.before
    return found


def age(state: PathState) -> PathState:
    """`state` after unknown code ran: what is known of attributes may be out of date, and what
    others can reach may have been used."""
    if state.is_exposed and state.status is not State.ESCAPED:
        state = state.copy()
        state.status = State.ESCAPED
    changed: dict[str, Fact | Value] = {}
    for text, fact in state.facts.items():
        if "." not in text or _IS_LASTING.fullmatch(text):
            continue
        known = truth(state, fact) if not isinstance(fact, Fact) else None
        if fact is Fact.TRUE or known is True:
            changed[text] = Fact.STALE_TRUE
        elif fact is Fact.FALSE or known is False:
            changed[text] = Fact.STALE_FALSE
    if not changed:
        return state
    after = state.copy()
    after.facts = {**state.facts, **changed}
    return after


def join_facts(old: PathState, new: PathState) -> PathState:
    """`old` with only those facts that `new` shares; `old` itself if it shares them all."""
    if old.caught != new.caught and old.caught is not None:
        old = old.copy()
        old.caught = None
    if old.facts is new.facts:
        return old
    shared: dict[str, Fact | Value] = {}
    changed = False
    for text, fact in old.facts.items():
        other = new.facts.get(text)
        both = fact if other == fact else _weaker(fact, other)
        changed = changed or both != fact
        if both is not None:
            shared[text] = both
    if not changed:
        return old
    after = old.copy()
    after.facts = shared
    return after


def _weaker(one: Fact | Value, other: Fact | Value) -> Fact | None:
    """What both facts say about the truth of the same thing."""
    first, second = _truth_of_fact(one), _truth_of_fact(other)
    if first is None or first is not second:
        return None
    if one in _STALE or other in _STALE:
        return Fact.STALE_TRUE if first else Fact.STALE_FALSE
    return Fact.TRUE if first else Fact.FALSE


_STALE = (Fact.STALE_TRUE, Fact.STALE_FALSE)


def _truth_of_fact(fact: Fact | Value) -> bool | None:
    if isinstance(fact, Fact):
        return fact in (Fact.TRUE, Fact.STALE_TRUE)
    return truth(EMPTY, fact)


def with_status(
    state: PathState, status: State, node: nodes.Expression, action: Action
) -> PathState:
    after = state.copy()
    after.status = status
    if state.first is None:
        after.first = First(node, action, state.trail)
    return after
