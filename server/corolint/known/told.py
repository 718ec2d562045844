"""What a project tells of its own functions: the table `known` of its configuration.

    [tool.corolint.known]
    schedulers = ["app.tasks.spawn"]

With it, ``spawn(fetch())`` takes care of the coroutine object, whatever the body of `spawn` does or
hides. Functions are named in full; a method by the class that defines it (``app.tasks.Pool.add``).
What is told wins over what is found out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """Full names by what the functions do; the keys of the table say what each means."""

    schedulers: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    sync_makers: tuple[str, ...] = ()
    loop_starters: tuple[str, ...] = ()
