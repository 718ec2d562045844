"""The small domain of values: what corolint can say about the value of an expression.

`Session(host).open()` with ``async def open(self) -> Reply`` has the value *coroutine of
`Session.open`*, whose awaited value is *instance of `Reply`*. What is not known is `UNKNOWN`; what
cannot be (a name that only depends on itself) is `NEVER`; several possibilities are a `Union`. All
values are frozen and compare by content. Those that are made by the hundred thousand, and nest, are
no dataclasses: they hash once, when they are made, and not whenever they are looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from corolint.finding import Evidence


class Ref(NamedTuple):
    """A class or function by its module and its qualname in there."""

    module: str
    qualname: str

    @property
    def full_name(self) -> str:
        """``module.qualname``"""
        return f"{self.module}.{self.qualname}"


class Value:
    """Base of all values."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unknown(Value):
    """Anything at all."""


class Origin(NamedTuple):
    """An ``__init__``, and what was handed to some of its parameters when an object was made."""

    init: Ref
    arguments: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class External(Unknown):
    """Something reached through an import of which the module cannot be found. Nothing is known of
    it but the way there: ``anyio.sleep``, ``httpx.AsyncClient().get``."""

    path: str


class Instance(Value):
    """An object of a class, with the values of the class's type parameters where known.

    `origins` tells what it was made with, where its attributes depend on it.
    """

    __slots__ = ("_hash", "arguments", "cls", "holds_variables", "origins")

    def __init__(
        self,
        cls: Ref,
        arguments: tuple[Value, ...] = (),
        origins: tuple[Origin, ...] = (),
    ) -> None:
        self.cls: Final = cls
        self.arguments: Final = arguments
        self.origins: Final = origins
        self.holds_variables: Final = bool(arguments) and any(map(holds_variables, arguments))
        self._hash: Final = hash((cls, arguments, origins))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Instance)
            and self._hash == other._hash
            and self.cls == other.cls
            and self.arguments == other.arguments
            and self.origins == other.origins
        )

    def __repr__(self) -> str:
        return f"Instance({self.cls!r}, {self.arguments!r}, {self.origins!r})"


@dataclass(frozen=True, slots=True)
class ClassObject(Value):
    """A class itself."""

    cls: Ref
    arguments: tuple[Value, ...] = ()


class Frame:
    """What the parameters of one function are during one call, and the frame around it."""

    __slots__ = ("_hash", "bindings", "depth", "function", "parent", "receiver")

    def __init__(
        self,
        function: Ref,
        bindings: tuple[tuple[str, Value], ...],
        receiver: Value | None,
        parent: Frame | None,
        depth: int,
    ) -> None:
        self.function: Final = function
        self.bindings: Final = bindings
        self.receiver: Final = receiver
        self.parent: Final = parent
        self.depth: Final = depth
        self._hash: Final = hash((function, bindings, receiver, parent, depth))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Frame)
            and self._hash == other._hash
            and self.depth == other.depth
            and self.function == other.function
            and self.bindings == other.bindings
            and self.receiver == other.receiver
            and self.parent == other.parent
        )


class Function(Value):
    """A function, perhaps bound to a receiver, perhaps a closure over a frame."""

    __slots__ = ("_hash", "frame", "receiver", "ref")

    def __init__(self, ref: Ref, receiver: Value | None = None, frame: Frame | None = None) -> None:
        self.ref: Final = ref
        self.receiver: Final = receiver
        self.frame: Final = frame
        self._hash: Final = hash((ref, receiver, frame, "function"))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Function)
            and self._hash == other._hash
            and self.ref == other.ref
            and self.receiver == other.receiver
            and self.frame == other.frame
        )

    def __repr__(self) -> str:
        return f"Function({self.ref!r}, {self.receiver!r})"


@dataclass(frozen=True, slots=True)
class Overloads(Value):
    """Alternatives of one function, tried in order."""

    functions: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Coroutine(Value):
    """A coroutine object. `result` is the awaited value, or `None`: ask `function` for it.

    `name` is what CPython prints, "" where only a type is known.
    """

    name: str
    evidence: Evidence
    definition: Ref | None = None
    function: Function | None = None
    arguments: tuple[Value, ...] = ()
    result: Value | None = None


@dataclass(frozen=True, slots=True)
class ModuleObject(Value):
    name: str


@dataclass(frozen=True, slots=True)
class Tuple(Value):
    """A tuple of known length."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Text(Value):
    """A string whose content is known."""

    content: str


@dataclass(frozen=True, slots=True)
class Integer(Value):
    """An int whose value is known."""

    number: int


@dataclass(frozen=True, slots=True)
class Boolean(Value):
    """`True` or `False`, literally."""

    truth: bool


@dataclass(frozen=True, slots=True)
class Record(Value):
    """A dict display with string keys."""

    items: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class CallableValue(Value):
    """Something callable of which only the result is known, and perhaps what its first parameters
    are declared to be; from an annotation."""

    result: Value
    parameters: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeVariable(Value):
    """A type parameter that is not solved; `bound` is what it is at least, if known."""

    name: str
    bound: Value | None = None


@dataclass(frozen=True, slots=True)
class TypeOf(Value):
    """``type[T]`` for a type parameter `T`."""

    instance: Value


@dataclass(frozen=True, slots=True)
class SuperObject(Value):
    """``super()`` in a method of `cls`, called on `receiver`."""

    cls: Ref
    receiver: Value


@dataclass(frozen=True, slots=True)
class Partial(Value):
    """``functools.partial(function, …)``"""

    function: Value
    arguments: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberOf(Value):
    """``operator.attrgetter(name)``: gives an attribute of what it is called with. With
    `arguments` it is ``operator.methodcaller(name, …)``, and calls the attribute."""

    name: str
    arguments: tuple[Value, ...] | None = None


@dataclass(frozen=True, slots=True)
class PartialMethod(Value):
    """``functools.partialmethod(function, …)``: read from an instance it is a `Partial` of the
    bound method."""

    function: Value
    arguments: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Property(Value):
    """A property; reading it calls `getter`."""

    getter: Value


@dataclass(frozen=True, slots=True)
class StaticMethod(Value):
    function: Value


@dataclass(frozen=True, slots=True)
class ClassMethod(Value):
    function: Value


class Union(Value):
    """One of several values, at least two, or none at all (`NEVER`); made by `union`."""

    __slots__ = ("_hash", "holds_variables", "members")

    def __init__(self, members: tuple[Value, ...]) -> None:
        self.members: Final = members
        self.holds_variables: Final = any(map(holds_variables, members))
        self._hash: Final = hash((members, "union"))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Union) and self._hash == other._hash and self.members == other.members
        )

    def __repr__(self) -> str:
        return f"Union({self.members!r})"


def holds_variables(value: Value) -> bool:
    """Whether there is a type variable in `value`.

    Instances and unions know it of themselves: what is put together many times over holds the same
    parts again and again, and going through all of it would take exponential time.
    """
    if isinstance(value, Instance | Union):
        return value.holds_variables
    if isinstance(value, TypeVariable):
        return True
    if isinstance(value, ClassObject):
        return any(map(holds_variables, value.arguments))
    if isinstance(value, Coroutine):
        return value.result is not None and holds_variables(value.result)
    if isinstance(value, Tuple):
        return any(map(holds_variables, value.items))
    if isinstance(value, CallableValue):
        return any(map(holds_variables, (value.result, *value.parameters)))
    return isinstance(value, TypeOf) and holds_variables(value.instance)


UNKNOWN: Value = Unknown()
NEVER: Value = Union(())
NONE: Value = Instance(Ref("types", "NoneType"))
_LARGEST_UNION = 32
_MOST_PATHS = 4
_LARGEST_PART = 100


def small(value: Value) -> Value:
    """`value` to be put into another; unknown where it holds very many others already.

    What a recursive function puts into a list of its own results would grow without end.
    """
    count = 0
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, Union):
            pending += part.members
        elif isinstance(part, Instance):
            pending += part.arguments
        elif isinstance(part, Tuple):
            pending += part.items
        elif isinstance(part, Record):
            pending += [item for _, item in part.items]
        count += 1
        if count > _LARGEST_PART:
            return UNKNOWN
    return value


def union(values: list[Value]) -> Value:
    """One of `values`: flattened, without duplicates; one unknown stays a member among others."""
    distinct: dict[Value, None] = {}
    for value in values:
        if isinstance(value, Union):
            for member in value.members:
                distinct[member] = None
        else:
            distinct[value] = None
    if len(distinct) == 1:
        return next(iter(distinct))
    unknown = [value for value in distinct if isinstance(value, Unknown)]
    if len(unknown) > 1:
        for value in unknown:
            del distinct[value]
        distinct[_either_unknown(unknown)] = None
        if len(distinct) == 1:
            return next(iter(distinct))
    if any(isinstance(value, Instance) and value.origins for value in distinct):
        distinct = _merged_origins(distinct)
        if len(distinct) == 1:
            return next(iter(distinct))
    if len(distinct) > _LARGEST_UNION:
        return UNKNOWN
    return Union(tuple(distinct)) if distinct else NEVER


def _either_unknown(values: list[Unknown]) -> Value:
    """Which of several things that cannot be found it is, is a thing of its own."""
    paths = [value.path for value in values if isinstance(value, External)]
    parts = dict.fromkeys(part for path in paths for part in path.split("|"))
    if len(paths) < len(values) or len(parts) > _MOST_PATHS:
        return UNKNOWN
    return External("|".join(sorted(parts)))


def says_nothing(value: Value) -> bool:
    """Whether a value is unknown, or only what a question that led to itself could tell."""
    return isinstance(value, Unknown) or value == NEVER


def _merged_origins(values: dict[Value, None]) -> dict[Value, None]:
    """Instances of one class that were made with different things are just instances of it."""
    kinds: dict[Value, list[Value]] = {}
    for value in values:
        kind = Instance(value.cls, value.arguments) if isinstance(value, Instance) else value
        kinds.setdefault(kind, []).append(value)
    return {same[0] if len(same) == 1 else kind: None for kind, same in kinds.items()}


def members(value: Value) -> tuple[Value, ...]:
    """The possibilities of `value`: itself, or the members of the union."""
    return value.members if isinstance(value, Union) else (value,)


def without_none(value: Value) -> Value:
    """`value` where it is not `None`: what an attribute access that succeeds has seen."""
    if isinstance(value, Union) and NONE in value.members:
        return union([member for member in value.members if member != NONE])
    return value


def known_part(value: Value) -> Value:
    """`value` without the possibility that it is something unknown, where there is another one."""
    if isinstance(value, Union) and any(isinstance(member, Unknown) for member in value.members):
        return union([member for member in value.members if not isinstance(member, Unknown)])
    return value
