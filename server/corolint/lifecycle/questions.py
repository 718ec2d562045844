"""Tests that ask what the object is: ``inspect.isawaitable(c)``, ``isinstance(c, Awaitable)``.

    pages = walk(book) if book else []
    if isinstance(pages, AsyncIterator):     # true of what `walk` makes, an asynchronous generator
        ...
    else:                                    # so here `pages` is the list

Of a coroutine object and an asynchronous generator their classes, their attributes and the answers
of the predicates are known; of other kinds only that they can be awaited.
"""

from __future__ import annotations

from typing import NamedTuple

from corolint.lifecycle.conditions import place_of
from corolint.lifecycle.following import COROUTINE_ATTRIBUTES, Following
from corolint.lifecycle.state import PathState, read
from corolint.lifecycle.values import OBJECT
from corolint.semantics import Kind
from corolint.syntax import nodes


class _Nature(NamedTuple):
    """What is true of every object of a kind. `classes` are last names of classes."""

    predicates: frozenset[str]
    classes: frozenset[str]
    attributes: frozenset[str]


_CLASSES_OF_ALL = frozenset({"object", "Hashable", "Any"})
_NATURES = {
    Kind.COROUTINE: _Nature(
        frozenset(
            {"inspect.isawaitable", "inspect.iscoroutine", "asyncio.iscoroutine"}
            | {"asyncio.coroutines.iscoroutine"}
        ),
        _CLASSES_OF_ALL | {"Awaitable", "Coroutine", "CoroutineType"},
        COROUTINE_ATTRIBUTES,
    ),
    # https://docs.python.org/3/reference/datamodel.html#asynchronous-iterators, PEP 525
    Kind.ASYNC_GENERATOR: _Nature(
        frozenset({"inspect.isasyncgen"}),
        _CLASSES_OF_ALL
        | {"AsyncGenerator", "AsyncGeneratorType", "AsyncIterable", "AsyncIterator"},
        frozenset(
            {"__aiter__", "__anext__", "__class__", "__del__", "__doc__", "__name__"}
            | {"__qualname__", "aclose", "ag_await", "ag_code", "ag_frame", "ag_running"}
            | {"asend", "athrow"}
        ),
    ),
}
_PREDICATES = frozenset(
    {"asyncio.isfuture", "asyncio.iscoroutinefunction", "inspect.iscoroutinefunction"}
    | {"builtins.callable", "inspect.isgenerator"}
).union(*[nature.predicates for nature in _NATURES.values()])


def answer_about_object(
    following: Following, test: nodes.Expression, state: PathState
) -> bool | None:
    """Whether `test` is true of the object that it asks about; `None` if it asks about none, or
    nobody knows. Never raises."""
    if not isinstance(test, nodes.Call) or not test.arguments or state.status is None:
        return None
    place = place_of(test.arguments[0])
    if place is None or read(state, place) is not OBJECT:
        return None
    name = following.semantics.qualified(test.callee)
    nature = None if following.made is None else _NATURES.get(following.made.kind)
    if nature is None:
        return True if name == "inspect.isawaitable" else None
    if name in _PREDICATES:
        return name in nature.predicates
    if name == "builtins.isinstance" and len(test.arguments) == 2:
        return _is_instance(following, nature, test.arguments[1])
    if name == "builtins.hasattr" and len(test.arguments) == 2:
        attribute = test.arguments[1]
        if isinstance(attribute, nodes.String):
            return attribute.value in nature.attributes
    return None


def _is_instance(following: Following, nature: _Nature, types: nodes.Expression) -> bool | None:
    parts: list[nodes.Expression] = []
    if isinstance(types, nodes.Tuple):
        parts = list(types.elements)
    elif isinstance(types, nodes.BinaryOperation):
        parts = [types.left, types.right]
    if parts:
        answers = [_is_instance(following, nature, part) for part in parts]
        return True if True in answers else (None if None in answers else False)
    name = following.semantics.qualified(types)
    return None if name is None else name.rpartition(".")[2] in nature.classes
