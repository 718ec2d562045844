"""What an instance was made with, as far as its attributes depend on it.

    class Lease:
        def __init__(self, coro): self._coro = coro
        async def __aenter__(self): return await self._coro

    async with Lease(connect()) as session: ...     # what `connect` gives
    async with Lease(accept()) as peer: ...         # what `accept` gives

`coro` has no annotation, so each `Lease` is kept apart from the others by what it was made with:
its *origins*, pairs of an ``__init__`` and the arguments for those of its parameters that reach an
attribute. The ``__init__`` of a base class has a pair of its own, through ``super().__init__(…)``.
Where origins meet (`union`) they are forgotten, and the call sites of the project decide together.
"""

from __future__ import annotations

from collections.abc import Mapping

import corolint.infer.attributes as attributes
import corolint.infer.evaluate as evaluation
import corolint.infer.function_results as function_results
from corolint.infer.state import Inference, class_summary, function_summary
from corolint.summary import FunctionSummary
from corolint.terms import ATTRIBUTE, FUNCTION, STAR, SUPER, TYPE_NAME, Term
from corolint.values import (
    UNKNOWN,
    CallableValue,
    ClassObject,
    Coroutine,
    Frame,
    Function,
    Instance,
    Origin,
    Overloads,
    Partial,
    Ref,
    Union,
    Value,
    known_part,
)

_MOST_BASES = 3
_LARGEST_ORIGIN = 4
_ANY = (TYPE_NAME, "Any", ())


def origins(
    state: Inference, cls: Ref, positional: list[Value], named: Mapping[str, Value]
) -> tuple[Origin, ...]:
    """What an instance of `cls` is made with; empty where that decides nothing."""
    init = _init_of(state, cls, None)
    if init is None or not _stored_parameters(state, init):
        return ()
    summary = function_summary(state, init)
    if summary is None:
        return ()
    receiver = Function(init, Instance(cls))
    bound = function_results.bind_arguments(receiver, summary, positional, named)
    return tuple(_collect(state, cls, init, summary, bound, _MOST_BASES))


def _collect(
    state: Inference, cls: Ref, init: Ref, summary: FunctionSummary, bound: Mapping[str, Value],
    bases_left: int,
) -> list[Origin]:  # fmt: skip
    stored = _stored_parameters(state, init)
    kept = tuple(
        [
            (name, value)
            for name, value in sorted((name, known_part(value)) for name, value in bound.items())
            if name in stored and _tells(value)
        ]
    )
    if not kept:
        return []
    found = [Origin(init, kept)]
    call = _call_of_base(state, init) if bases_left else None
    base = _init_of(state, cls, Ref(init.module, summary.owner)) if call is not None else None
    above = None if base is None else function_summary(state, base)
    if call is None or base is None or above is None:
        return found
    frame = Frame(init, kept, None, None, 1)
    positional = [evaluation.evaluate(state, init.module, term, frame) for term in call[2]]
    named = {
        name: evaluation.evaluate(state, init.module, term, frame)
        for name, term in call[3]
        if name != "**"
    }
    handed = function_results.bind_arguments(Function(base, UNKNOWN), above, positional, named)
    return found + _collect(state, cls, base, above, handed, bases_left - 1)


def frame_of(receiver: Instance) -> Frame:
    """The frame in which attributes of `receiver` are what its origins made them."""
    frame: Frame | None = None
    for origin in reversed(receiver.origins):
        frame = Frame(origin.init, origin.arguments, receiver, frame, 1)
    return frame or Frame(Ref("", ""), (), receiver, None, 1)


def stores_parameters(state: Inference, cls: Ref) -> bool:
    """Whether attributes of a class are what was handed to its own ``__init__`` without a type."""
    init = _init_of(state, cls, None)
    return init is not None and bool(_stored_parameters(state, init))


def _init_of(state: Inference, cls: Ref, after: Ref | None) -> Ref | None:
    member = attributes.find_member(state, cls, "__init__", after)
    if member is None or len(member.terms) != 1 or member.terms[0][0] != FUNCTION:
        return None
    return Ref(member.owner.cls.module, member.terms[0][1])


def _call_of_base(state: Inference, init: Ref) -> Term | None:
    """The call term of ``super().__init__(…)`` in an ``__init__``, if there is just one, plain."""
    state.asked.calls.add("__init__")
    summary = state.project.fullest_summary(init.module)
    sites = () if summary is None else summary.calls.get("__init__", ())
    found: list[Term] = [
        term
        for caller, term, _ in sites
        if caller == init.qualname and term[1][0] == ATTRIBUTE and term[1][1][0] == SUPER
    ]
    if len(found) != 1 or any(argument[0] == STAR for argument in found[0][2]):
        return None
    return found[0]


def _stored_parameters(state: Inference, init: Ref) -> frozenset[str]:
    """The parameters without a type of an ``__init__`` that decide what attributes are."""
    table: dict[Ref, frozenset[str]] = state.tables.setdefault("stored parameters", {})
    known = table.get(init)
    if known is None:
        known = table[init] = _find_stored_parameters(state, init)
    return known


def _find_stored_parameters(state: Inference, init: Ref) -> frozenset[str]:
    summary = function_summary(state, init)
    if summary is None or not summary.owner:
        return frozenset()
    untyped = {p.name for p in summary.parameters[1:] if p.annotation in (None, _ANY)}
    cls = class_summary(state, Ref(init.module, summary.owner))
    if not untyped or cls is None:
        return frozenset()
    terms = [term for bound in cls.instance_attributes.values() for term in bound]
    call = _call_of_base(state, init)
    if call is not None:
        terms += [*call[2], *[term for _, term in call[3]]]
    mentioned = function_results.mentioned_parameters(summary, terms)
    return frozenset(untyped & mentioned)


def _tells(value: Value) -> bool:
    """Whether what was handed over is worth keeping: code, or an object of no common class."""
    if isinstance(value, Instance):
        return value.cls.module not in ("builtins", "types") and _size(value) <= _LARGEST_ORIGIN
    if isinstance(value, Union):
        return 0 < len(value.members) <= 4 and all(map(_tells, value.members))
    return isinstance(
        value, Function | ClassObject | Partial | CallableValue | Coroutine | Overloads
    )


def _size(value: Value) -> int:
    """How many instances are nested in an instance, so that a chain of wrappers ends."""
    if not isinstance(value, Instance):
        return 1
    inner = [argument for origin in value.origins for _, argument in origin.arguments]
    return 1 + sum(map(_size, (*value.arguments, *inner)))
