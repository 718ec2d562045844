"""Whether a value may stand where a type is declared. Doubt counts as yes.

An instance of `Client` may stand where `Client | None` is declared, a coroutine object where an
`Awaitable` is, and a string may not stand where an int is. This decides between overloads and
between the members of a union, and reports nothing.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.hierarchy as hierarchy
import corolint.infer.structural as structural
from corolint.infer.state import Inference, function_summary
from corolint.summary import FunctionSummary
from corolint.values import (
    NONE,
    CallableValue,
    ClassObject,
    Coroutine,
    Function,
    Instance,
    Overloads,
    Partial,
    Ref,
    Text,
    Tuple,
    TypeVariable,
    Union,
    Unknown,
    Value,
)


def compatible(state: Inference, wanted: Value, value: Value) -> bool:
    """Whether `value` may stand where `wanted` is declared; doubt counts as yes."""
    if isinstance(wanted, Union):
        return (
            any(compatible(state, member, value) for member in wanted.members) or not wanted.members
        )
    if isinstance(value, Union):
        return (
            any(compatible(state, wanted, member) for member in value.members) or not value.members
        )
    if isinstance(wanted, TypeVariable):
        return wanted.bound is None or compatible(state, wanted.bound, value)
    if wanted == NONE:
        return value == NONE or isinstance(value, Unknown)
    if isinstance(wanted, Coroutine):
        return isinstance(value, Coroutine | Unknown)
    if isinstance(wanted, CallableValue):
        if not _is_callable(state, value):
            return False
        return _result_compatible(state, wanted.result, value)
    if isinstance(wanted, ClassObject):
        return not isinstance(value, Instance | Coroutine | Text | Tuple) and value != NONE
    if isinstance(wanted, Tuple):
        return isinstance(value, Tuple | Instance) and value != NONE
    if isinstance(wanted, Instance):
        return _instance_compatible(state, wanted, value)
    return True


def _result_compatible(state: Inference, wanted: Value, value: Value) -> bool:
    """A callback declared to return an awaitable is not met by one that surely does not."""
    if not isinstance(wanted, Coroutine | Instance) or not isinstance(value, Function):
        return True
    summary = function_summary(state, value.ref)
    if summary is None or summary.returns is None:
        return summary is None or not summary.is_async or _takes_async(wanted, summary)
    return compatible(state, wanted, calls.call(state, value, [], {}))


def _takes_async(wanted: Coroutine | Instance, summary: FunctionSummary) -> bool:
    """Whether what an ``async def`` without annotation makes is what is wanted of a callback."""
    if summary.is_generator:
        return isinstance(wanted, Instance) and wanted.cls.qualname.startswith("Async")
    return isinstance(wanted, Coroutine) or wanted.cls.full_name in AWAITABLES


def _is_callable(state: Inference, value: Value) -> bool:
    if isinstance(value, Coroutine | Text | Tuple) or value == NONE:
        return False
    if isinstance(value, Instance):
        return (
            attributes.find_member(state, value.cls, "__call__") is not None
            or not hierarchy.mro(state, value.cls).complete
        )
    return True


def _instance_compatible(state: Inference, wanted: Instance, value: Value) -> bool:
    name = wanted.cls.full_name
    if name == "builtins.object":
        return True
    if isinstance(value, Coroutine):
        if name in AWAITABLES or not structural.is_protocol(state, wanted.cls):
            return name in AWAITABLES
        return not structural.lacks_protocol(state, _COROUTINE, wanted.cls)
    if isinstance(value, Function | Overloads | Partial | CallableValue):
        return not wanted.cls.module == "builtins"
    if isinstance(value, ClassObject):
        return name == "builtins.type" or wanted.cls.module != "builtins"
    if value == NONE:
        return name == "types.NoneType"
    value = hierarchy.plain_instance(value)
    if not isinstance(value, Instance):
        return True
    if structural.is_protocol(state, wanted.cls):
        return not structural.lacks_protocol(state, value, wanted.cls)
    if (
        hierarchy.is_subclass(state, value.cls, wanted.cls)
        or not hierarchy.mro(state, value.cls).complete
    ):
        return True
    # Two unrelated concrete classes of builtins exclude each other; protocols and mixtures do not.
    return not (wanted.cls.module == "builtins" and value.cls.module == "builtins") or (
        value.cls.qualname in ("int", "bool") and wanted.cls.qualname in ("float", "complex", "int")
    )


_COROUTINE = Instance(Ref("types", "CoroutineType"))
AWAITABLES = frozenset(
    {"typing.Awaitable", "typing.Coroutine", "types.CoroutineType", "collections.abc.Awaitable",
     "collections.abc.Coroutine", "builtins.object", "typing.Generator", "typing.Hashable"}
)  # fmt: skip
