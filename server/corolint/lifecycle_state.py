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
from enum import Enum, IntEnum
from typing import NamedTuple

from corolint.flow import Label, Part
from corolint.lifecycle_history import Action, State, Turn
from corolint.syntax.nodes import Node

# Questions about an object that have the same answer as long as the names stay bound.
LASTING_QUESTIONS = frozenset(
    {"callable", "hasattr", "isinstance", "issubclass", "len"}
    | {"isawaitable", "iscoroutine", "iscoroutinefunction", "isasyncgenfunction", "isfuture"}
)
_IS_LASTING = re.compile(rf"[\w.]*\b({'|'.join(sorted(LASTING_QUESTIONS))})\(\w+(, [\w.]+)?\)")


class Special(Enum):
    """Values that need no parts."""

    OBJECT = "the object that is followed"
    COROUTINE = "some other coroutine object"
    TRUTHY = "something true that is not None"
    FALSY = "something false"


OBJECT = Special.OBJECT
COROUTINE = Special.COROUTINE


class Known(NamedTuple):
    """A constant. Its type is part of it, because ``1 == True``."""

    type: str
    value: str | int | bool | None


class Pack(NamedTuple):
    """A tuple."""

    items: tuple[Value, ...]


class Some(NamedTuple):
    """Something to iterate over that gives `item` once, or at least twice if `many`, among others
    that do not matter. `once`: it is an iterator, and empty the second time."""

    item: Value
    many: bool = False
    once: bool = False


class Wrapper(NamedTuple):
    """An awaitable that consumes `inner` when it is awaited: ``wait_for(c, 1)``, ``helper(c)``.
    `again`: some path of the helper awaits it twice; `maybe`: some path does not await it."""

    inner: Value
    again: bool = False
    maybe: bool = False


class Reference(NamedTuple):
    """A mutable container; what it holds is in `PathState.boxes`."""

    box: int


class Turning(NamedTuple):
    """A loop on its way: it will still give `item` `left` times. Held under ``@<step>``."""

    item: Value
    left: int


Value = Special | Known | Pack | Some | Wrapper | Reference | Turning | None  # None: unknown
Key = str | int | None  # of an element; None: somewhere


class Box(NamedTuple):
    """The elements of a container that matter. `keyed`: a dict, so that iterating gives keys.
    `only_coroutines`: whatever else is in it is a coroutine object, too."""

    items: tuple[tuple[Key, Value], ...] = ()
    keyed: bool = False
    only_coroutines: bool = True


class Trust(IntEnum):
    """How far a path is believed. What only happens on lesser paths is not always reported."""

    SURE = 0
    EXCEPTED = 1  # something raised: every call could, but mostly does not
    DOUBTFUL = 2  # the path contradicts something that was probably still true


class Fact(Enum):
    """What is known about a condition, by its spelling. Stale: something ran since then that could
    have changed an attribute."""

    TRUE = True
    FALSE = False
    STALE_TRUE = "was true"
    STALE_FALSE = "was false"


class Trail(NamedTuple):
    """The decisions of one path that led here, last first; the states of a path share it."""

    label: Label
    node: Part
    before: Trail | None


_MOST_TURNS = 40


class PathState:
    """One state; never changed after it was made. `status` is `None` before the object is made.
    `exception` is the class that a ``raise`` named, while it is on its way; `first` what consumed
    the object first. `is_wrapped`: it is part of another object, whose own history says enough.
    `is_unborn`: a generator expression will make it when it is iterated over, if ever.
    `caught`: the step to which the last exception led that some call raised."""

    __slots__ = (
        "boxes",
        "caught",
        "exception",
        "facts",
        "first",
        "held",
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
        first: tuple[Node, Action] | None,
        trail: Trail | None,
        is_wrapped: bool,
        caught: int | None,
        is_unborn: bool,
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

    def key(self) -> Hashable:
        """Everything but the facts and the story."""
        return (
            self.status,
            self.trust,
            self.exception,
            self.is_wrapped,
            self.is_unborn,
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
        )


EMPTY = PathState({}, {}, {}, None, Trust.SURE, None, None, None, False, None, False)


# --- reading -------------------------------------------------------------------------------------


def holds(state: PathState, value: Value) -> bool:
    """Whether `value` is the object, or something that holds it."""
    match value:
        case Special():
            return value is OBJECT
        case Known() | None:
            return False
        case Pack(items):
            return any(holds(state, item) for item in items)
        case Reference(box):
            found = state.boxes.get(box)
            return found is not None and any(holds(state, item) for _, item in found.items)
        case Some(item=item) | Turning(item=item):
            return holds(state, item)
        case Wrapper(inner=inner):
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


# --- changing ------------------------------------------------------------------------------------


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
    stale = [text for text in facts if mentions(text, place)]
    gone = [text for text in held if text == place or text.startswith(place + ".")]
    if not stale and not gone:
        return state
    after = state.copy()
    if stale:
        after.facts = {text: fact for text, fact in facts.items() if text not in stale}
    if gone:
        after.held = {text: value for text, value in held.items() if text not in gone}
    return after


def mentions(text: str, place: str) -> bool:
    """Whether the spelled condition `text` is about `place`."""
    start = text.find(place)
    while start >= 0:
        end = start + len(place)
        before = start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "_.")
        after = end == len(text) or not (text[end].isalnum() or text[end] == "_")
        if before and after:
            return True
        start = text.find(place, end)
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


def with_turn(state: PathState, label: Label, node: Part) -> PathState:
    """`state` with one more decision in its story."""
    after = state.copy()
    after.trail = Trail(label, node, state.trail)
    return after


def turns(state: PathState) -> tuple[Turn, ...]:
    """The last decisions of the path, in order."""
    found: list[Turn] = []
    trail = state.trail
    while trail is not None and len(found) < _MOST_TURNS:
        found.append(Turn(trail.label, trail.node))
        trail = trail.before
    return tuple(reversed(found))


def with_box(state: PathState, box: int, content: Box) -> PathState:
    after = state.copy()
    after.boxes = {**state.boxes, box: content}
    return after


def new_box(state: PathState, site: int, content: Box) -> tuple[PathState, Reference]:
    """Makes a container at `site`. One that an earlier turn made there and that still holds the
    object keeps its own identity."""
    box = site
    while box in state.boxes and holds(state, Reference(box)) and box > -site:
        box = -site
    return with_box(state, box, content), Reference(box)


def add(state: PathState, reference: Reference, key: Key, value: Value) -> PathState:
    """Puts `value` into a container, replacing what was at the same known key."""
    box = state.boxes[reference.box]
    if box.only_coroutines and value is not OBJECT and value is not COROUTINE:
        box = box._replace(only_coroutines=False)
        state = with_box(state, reference.box, box)
    items = box.items if key is None else tuple(pair for pair in box.items if pair[0] != key)
    if holds(state, value):
        items = (*items, (key, value))
    elif items is box.items or items == box.items:
        return state
    return with_box(state, reference.box, box._replace(items=items))


def each(state: PathState, value: Value) -> Value:
    """What iterating over `value` surely gives each time: coroutine objects, or nobody knows."""
    match value:
        case Pack(items) if items and all(item in (OBJECT, COROUTINE) for item in items):
            return COROUTINE
        case Some(item=item):
            return COROUTINE if item in (OBJECT, COROUTINE) else None
        case Reference(box):
            content = state.boxes.get(box)
            if content is not None and content.only_coroutines and not content.keyed:
                return COROUTINE
    return None


def forget_box(state: PathState, value: Value) -> PathState:
    """A container went where it can be changed by others: nothing is known of it any more."""
    if not isinstance(value, Reference):
        return state
    after = state.copy()
    after.held = {place: held for place, held in state.held.items() if held != value}
    return after


def age(state: PathState) -> PathState:
    """`state` after unknown code ran: what is known of attributes may be out of date."""
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


def collect(state: PathState) -> PathState:
    """`state` without the containers that nothing refers to any more."""
    if not state.boxes:
        return state
    reached: set[int] = set()
    stack = list(state.held.values())
    while stack:
        value = stack.pop()
        match value:
            case Reference(box):
                if box in state.boxes and box not in reached:
                    reached.add(box)
                    stack.extend(item for _, item in state.boxes[box].items)
            case Pack(items):
                stack.extend(items)
            case Some(item=item) | Turning(item=item) | Wrapper(inner=item):
                stack.append(item)
    if len(reached) == len(state.boxes):
        return state
    after = state.copy()
    after.boxes = {box: content for box, content in state.boxes.items() if box in reached}
    return after


# --- joining -------------------------------------------------------------------------------------


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
