"""Structural types (PEP 544): what a protocol asks for, and whether a class surely lacks it.

    class Closable(Protocol):
        async def close(self) -> None: ...

asks for `close`; an instance of a class without it, all of whose bases are known, is none. Nor is
one whose ``mode: Literal["a"]`` is another literal than the protocol's.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.declarations as declarations
import corolint.infer.hierarchy as hierarchy
import corolint.infer.type_names as type_names
from corolint.infer.state import Inference, class_summary
from corolint.terms import DECLARED, ITEM, Term
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
    return any(_lacks_member(state, value.cls, protocol, name) for name in names)


def _lacks_member(state: Inference, cls: Ref, protocol: Ref, name: str) -> bool:
    """Whether a class has no such member, or one that is declared to be another literal: protocols
    are told apart by ``kind: Literal["async"]``."""
    own = attributes.find_member(state, cls, name)
    if own is None:
        return True
    wanted = attributes.find_member(state, protocol, name)
    allowed = None if wanted is None else _literals(state, wanted)
    given = None if allowed is None else _literals(state, own)
    return allowed is not None and given is not None and allowed.isdisjoint(given)


def _literals(state: Inference, member: attributes.Member) -> frozenset[tuple[str, object]] | None:
    """The literals that an attribute is declared to be, if it is."""
    for term in member.terms:
        if term[0] == DECLARED:
            return declarations.literal_values(state, member.owner.cls.module, term[1])
    return None


_NOT_MEMBERS = frozenset({"__slots__", "__doc__", "__class_getitem__", "__init__", "__hash__"})
