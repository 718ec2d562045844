"""Structural types (PEP 544): what a protocol asks for, and whether a class surely lacks it.

    class Closable(Protocol):
        async def close(self) -> None: ...

asks for `close`; an instance of a class without it, all of whose bases are known, is none.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.hierarchy as hierarchy
import corolint.infer.type_names as type_names
from corolint.infer.state import Inference, class_summary
from corolint.terms import ITEM, Term
from corolint.values import (
    Instance,
    Ref,
)


def is_protocol(state: Inference, ref: Ref) -> bool:
    """Whether a class says of itself that it is a structural type (PEP 544)."""
    summary = class_summary(state, ref)
    return summary is not None and any(_names_protocol(base) for base in summary.bases)


def _names_protocol(base: Term) -> bool:
    written = type_names.written_type(base[1] if base[0] == ITEM else base)
    return (
        written is not None
        and written[0] == "type-name"
        and written[1].rpartition(".")[2] == "Protocol"
    )


def protocol_members(state: Inference, protocol: Ref) -> list[str]:
    """The names of the members that a structural type asks for."""
    names: dict[str, None] = {}
    for one in hierarchy.mro(state, protocol).classes:
        summary = class_summary(state, one.cls)
        if summary is not None and one.cls != hierarchy.OBJECT:
            names.update(dict.fromkeys(summary.attributes))
    return [name for name in names if name not in _NOT_MEMBERS]


def lacks_protocol(state: Inference, value: Instance, protocol: Ref) -> bool:
    """Whether an instance surely lacks a member that the structural type asks for."""
    if not hierarchy.mro(state, value.cls).complete:
        return False
    if attributes.find_member(state, value.cls, "__getattr__") is not None:
        return False
    names = protocol_members(state, protocol)
    return any(attributes.find_member(state, value.cls, name) is None for name in names)


_NOT_MEMBERS = frozenset({"__slots__", "__doc__", "__class_getitem__", "__init__", "__hash__"})
