"""What the text alone says about how often a loop turns."""

from __future__ import annotations

from corolint.lifecycle.conditions import place_of
from corolint.lifecycle.values import Known
from corolint.syntax import nodes

MOST_ITEMS = 4  # of a loop whose turns are told apart


def is_never_empty(iterable: nodes.Expression) -> bool:
    """Whether a loop over `iterable` surely has a turn: ``range(3)``, ``[a, b]``, ``"abc"``."""
    match iterable:
        case nodes.Collection(elements=parts):
            return any(not isinstance(part, nodes.Starred) for part in parts)
        case nodes.Dict(keys=keys):
            return any(key is not None for key in keys)
        case nodes.String(value=value):
            return bool(value)
        case nodes.Call(callee=nodes.Name(name="range"), arguments=[nodes.Number(value=count)]):
            return count is None or count > 0
        case nodes.Call(callee=nodes.Name(name="enumerate" | "reversed"), arguments=[first, *_]):
            return is_never_empty(first)
    return False


def is_one(iterable: nodes.Expression) -> bool:
    """Whether a loop over `iterable` has exactly one turn."""
    match iterable:
        case nodes.Collection(elements=[part]):
            return not isinstance(part, nodes.Starred)
        case nodes.Call(callee=nodes.Name(name="range"), arguments=[nodes.Number(value=1)]):
            return True
    return False


def written_out(iterable: nodes.Expression) -> list[nodes.Expression] | None:
    """The items of a loop over a few that are written down one by one."""
    match iterable:
        case nodes.Tuple(elements=parts) | nodes.List(elements=parts):
            is_counted = not any(isinstance(part, nodes.Starred) for part in parts)
            return parts if is_counted and 1 < len(parts) <= MOST_ITEMS else None
    return None


def numbers_of(iterable: nodes.Expression) -> tuple[Known, ...]:
    """What a loop over ``range(3)`` gives, if it is short."""
    match iterable:
        case nodes.Call(
            callee=nodes.Name(name="range"), arguments=[nodes.Number(value=int(count))]
        ):
            if 1 < count <= MOST_ITEMS:
                return tuple(Known("int", number) for number in range(count))
    return ()


def iterated_place(iterable: nodes.Expression) -> str | None:
    """The container that has a turn for each of its items: `xs` of ``enumerate(xs)`` and of
    ``xs.items()``."""
    match iterable:
        case nodes.Call(callee=nodes.Name(name=name), arguments=[first, *_]) if name in _WALKS:
            return iterated_place(first)
        case nodes.Call(callee=nodes.Attribute(value=value, attribute=name), arguments=[]):
            return iterated_place(value) if name in _VIEWS else None
    return place_of(iterable)


_WALKS = frozenset({"enumerate", "list", "reversed", "set", "sorted", "tuple"})
_VIEWS = frozenset({"items", "keys", "values"})
