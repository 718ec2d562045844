"""Values: how an expression can reach the one object that is followed.

There are few: the object itself, some other coroutine object, a constant, and what may hold the
object: tuples, iterators, awaitables that wrap it, and references to mutable containers. Anything
else is `None`, unknown. All of them are immutable, so that states can share them.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple


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


class Kept(NamedTuple):
    """An object that keeps `inner` in an attribute from when it was made: ``Job(c)``."""

    attribute: str
    inner: Value


class Reference(NamedTuple):
    """A mutable container; what it holds is in `PathState.boxes`."""

    box: int


class Turning(NamedTuple):
    """A loop on its way: it will still give `item` `left` times. Held under ``@<step>``."""

    item: Value
    left: int


class Rest(NamedTuple):
    """A loop over a few values in their order, of which these are still to come. Held likewise."""

    items: tuple[Value, ...]


# `None`: unknown.
Value = Special | Known | Pack | Some | Wrapper | Kept | Reference | Turning | Rest | None
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
