"""Which declared types no coroutine object can have.

Where a place is declared ``bytes``, ``Reply | None`` or ``Sequence[str]``, a coroutine object that
is put there was meant to be awaited first. The answer rests on what the declaration names: a class
is refused unless it has ``__await__``, a structural type (PEP 544) if coroutine objects lack one of
its members. ``Any``, ``object``, ``Hashable`` and type parameters refuse nothing, and doubt counts
as no. For ``tuple[int, Any]`` the first element refuses and the second does not.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
import corolint.infer.structural as structural
from corolint.infer.state import Inference, class_summary
from corolint.semantics import Portion
from corolint.values import (
    NONE,
    UNKNOWN,
    Boolean,
    CallableValue,
    ClassObject,
    Instance,
    Integer,
    Ref,
    Text,
    Tuple,
    TypeVariable,
    Union,
    Value,
    members,
    union,
)

_COROUTINE = Instance(Ref("types", "CoroutineType"))
_LIBRARY_MODULES = frozenset({"typing", "collections.abc", "_typeshed", "typing_extensions"})
_CONTAINER_MODULES = frozenset({"builtins", "collections", *_LIBRARY_MODULES})
_NO_CONTAINERS = frozenset({"str", "bytes", "bytearray", "int", "float", "bool", "object"})


def refuses_coroutine(state: Inference, wanted: Value) -> bool:
    """Whether no coroutine object can be what is declared here; doubt counts as no."""
    if isinstance(wanted, Union):
        return bool(wanted.members) and all(refuses_coroutine(state, m) for m in wanted.members)
    if wanted == NONE:
        return True
    if isinstance(wanted, Text | Integer | Boolean | Tuple | ClassObject | CallableValue):
        return True
    if isinstance(wanted, TypeVariable):
        return wanted.bound is not None and refuses_coroutine(state, wanted.bound)
    if not isinstance(wanted, Instance) or wanted.cls.full_name == "builtins.object":
        return False
    if attributes.find_member(state, wanted.cls, "__await__") is not None:
        return False
    if wanted.cls.module in _LIBRARY_MODULES or structural.is_protocol(state, wanted.cls):
        return structural.lacks_protocol(state, _COROUTINE, wanted.cls)
    if class_summary(state, wanted.cls) is None:
        return False
    return hierarchy.mro(state, wanted.cls).complete


def refuses_inside(state: Inference, wanted: Value, path: tuple[Portion, ...]) -> bool:
    """Whether what is declared to hold others refuses coroutine objects at a place in it."""
    for part in path:
        wanted = _part_of(state, wanted, part)
    return refuses_coroutine(state, wanted)


def _part_of(state: Inference, wanted: Value, part: Portion) -> Value:
    """What is declared for one part of a container; of what is no container, nothing is known."""
    found: list[Value] = []
    for member in members(wanted):
        if isinstance(member, Tuple):
            found.append(_part_of_tuple(member, part))
        elif isinstance(member, Instance) and member.cls.module in _CONTAINER_MODULES:
            if member.cls.qualname not in _NO_CONTAINERS:
                found.append(_part_of_instance(state, member, part))
            elif member.cls.qualname == "object":
                return UNKNOWN
        elif not refuses_coroutine(state, member):
            return UNKNOWN
    return union(found) if found else UNKNOWN


def _part_of_tuple(wanted: Tuple, part: Portion) -> Value:
    if isinstance(part, str):
        return UNKNOWN
    if part is None:
        return union(list(wanted.items))
    return wanted.items[part] if part < len(wanted.items) else UNKNOWN


def _part_of_instance(state: Inference, wanted: Instance, part: Portion) -> Value:
    is_mapping = wanted.cls.qualname in _MAPPINGS
    if is_mapping is not isinstance(part, str):
        return UNKNOWN
    if isinstance(part, str):
        return protocols.item(state, wanted, Text(part))
    return protocols.element(state, wanted)


_MAPPINGS = frozenset({"dict", "defaultdict", "OrderedDict", "Mapping", "MutableMapping"})
