"""The names by which people know things, and types as a message shows them.

``asyncio.tasks.gather`` is `asyncio.gather`, wherever it is defined; a call is known by such a name
only if it surely calls that one thing.
"""

from __future__ import annotations

from corolint.infer.state import Inference
from corolint.values import (
    NEVER,
    NONE,
    ClassObject,
    External,
    Function,
    Instance,
    ModuleObject,
    Overloads,
    Ref,
    Text,
    Tuple,
    Union,
    Value,
)

_PUBLIC_PACKAGES = ("asyncio", "concurrent.futures", "multiprocessing", "unittest", "anyio", "trio")


def public_name(ref: Ref) -> str:
    """The full name under which people know a thing: not ``asyncio.tasks.gather``."""
    module = ref.module
    if module in ("_asyncio", "asyncio") or module.startswith("asyncio."):
        return f"asyncio.{ref.qualname}"
    if module in ("typing_extensions", "_typeshed"):
        return f"typing.{ref.qualname}"
    for package in _PUBLIC_PACKAGES:
        if module.startswith(package + "."):
            last = module.rpartition(".")[2]
            if last.startswith("_") or package in (
                "concurrent.futures",
                "unittest",
                "multiprocessing",
            ):
                return f"{package}.{ref.qualname}"
    return f"{module}.{ref.qualname}"


def known_name(state: Inference, callee: Value) -> str | None:
    """The public full name of a function, method or class; a method by its defining class."""
    if isinstance(callee, Function):
        return public_name(Ref(callee.ref.module, callee.ref.qualname.partition("@")[0]))
    if isinstance(callee, ClassObject):
        return public_name(callee.cls)
    if isinstance(callee, Overloads):
        return known_name(state, callee.functions[0])
    if isinstance(callee, ModuleObject):
        return callee.name
    if isinstance(callee, External) and callee.path.replace(".", "_").isidentifier():
        return callee.path
    return None


def shown_type(value: Value) -> str:
    """The class of a value as an error message of Python's names it."""
    if value == NONE:
        return "NoneType"
    if isinstance(value, Instance):
        return value.cls.qualname
    if isinstance(value, Tuple):
        return "tuple"
    if isinstance(value, Text):
        return "str"
    if isinstance(value, Union) and value != NEVER:
        return shown_type(value.members[0])
    return type(value).__name__.lower()
