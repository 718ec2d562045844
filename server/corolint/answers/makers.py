"""Which values are objects that want to be awaited, and of which kind.

The value of ``client.fetch()`` is a coroutine of `Client.fetch`, so it makes a coroutine object; an
instance of `asyncio.Task` is a task. A union counts while all that is known of it is of that sort.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.protocols as protocols
from corolint.finding import Definition, Evidence
from corolint.infer.started import runs_by_itself, starts_by_itself
from corolint.infer.state import Inference
from corolint.semantics import Kind, Made
from corolint.values import (
    NONE,
    Coroutine,
    Instance,
    Ref,
    Union,
    Value,
    members,
)


def made_of(state: Inference, value: Value) -> Made | None:
    """The new object that a value is, if it is one that wants to be awaited."""
    if isinstance(value, Coroutine):
        return Made(
            Kind.COROUTINE,
            value.name or "coroutine",
            value.evidence,
            definition_of(value.definition),
        )
    if isinstance(value, Union):
        return _made_of_union(state, value)
    if not isinstance(value, Instance):
        return None
    kind = _awaitable_kind(state, value)
    if kind is None:
        return None
    return Made(kind, value.cls.qualname, Evidence.DECLARED, None)


def definition_of(ref: Ref | None) -> Definition | None:
    return None if ref is None else Definition(ref.module, ref.qualname)


def _made_of_union(state: Inference, value: Union) -> Made | None:
    """A union counts while all that is known of it wants to be awaited, `None` apart.

    ``Coroutine[…, R] | R`` is how functions are declared that work with and without a loop; what
    they return is awaited only where there is one.
    """
    made: list[Made] = []
    others: list[Value] = []
    for member in value.members:
        one = made_of(state, member)
        if one is not None:
            made.append(one)
            if one.evidence is Evidence.DECLARED:
                others.append(protocols.awaited(state, member))
    results = [protocols.awaited(state, m) for m in value.members if isinstance(m, Coroutine)]
    if any(member in results and member != NONE for member in value.members):
        return None
    rest = [member for member in value.members if made_of(state, member) is None]
    if not made or any(member != NONE or member in others for member in rest):
        return None
    first = next((one for one in made if one.kind == Kind.COROUTINE), made[0])
    return Made(first.kind, first.name, first.evidence, first.definition, not rest)


def _awaitable_kind(state: Inference, value: Instance) -> Kind | None:
    if value.cls.full_name == "typing.Awaitable":
        return Kind.AWAITABLE
    if attributes.find_member(state, value.cls, "__await__") is None:
        return None
    if runs_by_itself(state, value) or starts_by_itself(state, value.cls):
        return None
    # What awaiting only makes ready can be put to use, or made ready, later.
    if any(_is_same(one, value) for one in members(protocols.awaited(state, value))):
        return None
    return Kind.AWAITABLE


def _is_same(given: Value, value: Instance) -> bool:
    return isinstance(given, Instance) and given.cls == value.cls
