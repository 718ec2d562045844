"""When Python looks for garbage: while nobody waits, and never through everything at once.

A full collection visits every object. With a thousand modules in memory that takes most of a second
in which nothing else runs, and it used to happen in the middle of a keystroke. So automatic ones
only look at young objects, and a full one is made when there has been nothing to do for a while.
What survives it is then set aside (`gc.freeze`), so that the next one visits only what is new. When
there has been nothing to do for longer, everything is visited after all, since what was set aside
may have become garbage.

To collect is one call, during which the event loop waits. What came since the last time is set
aside before it is so much that visiting it takes longer than a person notices.
"""

from __future__ import annotations

import gc

YOUNG = 10_000  # new objects until the youngest are looked at: a few milliseconds
MIDDLE = 3
NEVER = 1_000_000

_LARGEST_WAIT = 10_000  # visits of what is new until everything is visited, even if there is work
_LEAST_WAIT = 20  # visits after which there may be enough garbage for that to be worth the wait


def look_only_at_the_young() -> None:
    """To be called once, before anything is read. What exists by now stays to the end."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


class Tidier:
    """Makes the full collections, one of the worker's thread."""

    def __init__(self) -> None:
        self.waiting = 0
        """How often what is new was visited since everything was."""

    def is_due(self) -> bool:
        """Is there so much that may be garbage that it cannot wait until nobody works? It is after
        every YOUNG * MIDDLE new objects that stay."""
        return gc.get_count()[2] > 0

    def is_overdue(self) -> bool:
        """Was enough set aside that it may be worth visiting again?"""
        return self.waiting >= _LEAST_WAIT

    def tidy(self) -> None:
        """Frees what came since the last time and is not used any more."""
        if self.waiting >= _LARGEST_WAIT:
            self.tidy_all()
            return
        gc.collect()
        gc.freeze()
        self.waiting += 1

    def tidy_all(self) -> None:
        """Frees all that is not used any more. Takes most of a second in a large project."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self.waiting = 0
