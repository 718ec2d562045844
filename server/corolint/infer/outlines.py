"""Where steps from a thing that cannot be found lead, and what of it is a coroutine function.

    engine = create_async_engine(url)           # SQLAlchemy is not installed
    async with engine.begin() as connection:
        connection.execute(query)

The path of `connection` is ``sqlalchemy.ext.asyncio.create_async_engine().begin().<awaited>``.
With the rows of `corolint.known.outlines` it is ``sqlalchemy.ext.asyncio.AsyncConnection()``, whose
`execute` is a coroutine function.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from corolint.known.outlines import OUTLINES, SAME_PACKAGES
from corolint.known.outlines.outline import Outline


class _Tables(NamedTuple):
    """Paths of coroutine functions, and paths with the one to say instead."""

    coroutines: frozenset[str]
    leads: dict[str, str]


def shortest(path: str) -> str:
    """The path by which the rows know what `path` leads to; `path` itself, if they do not."""
    return _tables().leads.get(path, path)


def is_coroutine_function(path: str) -> bool:
    """Whether the rows say that calling it gives a coroutine object."""
    return path in _tables().coroutines


@cache
def _tables() -> _Tables:
    coroutines: set[str] = set()
    leads = dict(SAME_PACKAGES)
    for path in OUTLINES:
        for outline in _with_likes(OUTLINES[path]):
            coroutines.update([f"{path}.{name}" for name in outline.coroutines.split()])
            for steps, target in outline.gives.items():
                leads.setdefault(path + steps, target)
    return _Tables(frozenset(coroutines), leads)


def _with_likes(outline: Outline) -> list[Outline]:
    """An outline and all that it is like, nearest first."""
    found = [outline]
    for path in outline.like:
        found += _with_likes(OUTLINES[path])
    return found
