"""What the text alone says about how often a loop turns."""

from __future__ import annotations

from corolint.syntax import nodes


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
