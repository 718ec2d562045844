"""What is known of a library that cannot be found: how the project itself uses it.

    from netlib import Client                       # netlib is not installed

    async def first(client: Client): await client.send("hello")
    async def second(client: Client): client.send("goodbye")

The callee of both calls is the same `External`, ``netlib.Client().send``: an attribute of an
instance of a class that was imported. Since `first` awaits what it gives, it gives a coroutine
object in `second` as well. What is called the same elsewhere tells nothing: the ``send`` of a class
of the project, or of another class of the library, has another path.

A path grows by a step for each attribute, call, subscript and `await` on the way. An annotation
gives what calling the class gives, and so does entering a class that was just called, because
nearly every context manager returns itself.
"""

from __future__ import annotations

from typing import NamedTuple

import corolint.infer.arguments as arguments
import corolint.infer.evaluate as evaluation
import corolint.infer.hierarchy as hierarchy
import corolint.infer.outlines as outlines
from corolint.infer.state import Inference, ask, class_summary
from corolint.known.objects import GIVES_FUTURES
from corolint.summary import AWAITED, HANDED, OBJECT
from corolint.values import UNKNOWN, External, Ref, Value, members, union, without_none

RESULT = ".<awaited>"
ELEMENT = ".<element>"
_CALLED = "()"
_LONGEST_PATH = 200
_MOST_SITES = 1_000
_AWAITED = (AWAITED, HANDED)
# How many calls must be awaited for each other one of which nothing is told, and for each one whose
# result has attributes or is entered: an object that can be awaited, too, is mostly used like that.
_AWAITED_TO_UNTOLD = 3
_AWAITED_TO_OBJECTS = 10


def step(value: External, suffix: str) -> Value:
    """What is one step further, for example behind an attribute (``.name``)."""
    path = "|".join([outlines.shortest(part + suffix) for part in value.path.split("|")])
    return External(path) if len(path) <= _LONGEST_PATH else UNKNOWN


def imported(module: str, name: str = "") -> Value:
    """What ``import module`` or ``from module import name`` gives where there is no such module."""
    found: Value = External(outlines.shortest(module.partition(".")[0]))
    for part in [*module.split(".")[1:], *([name] if name else [])]:
        found = step(found, f".{part}") if isinstance(found, External) else UNKNOWN
    return found


def called(value: External) -> Value:
    """What calling it gives; an instance, if it is a class."""
    return step(value, _CALLED)


def bound(value: External) -> Value:
    """What reading it from an object gives, where it stands in the body of a class: the field
    ``x = Field(…)`` of some library is a descriptor and gives something else each time."""
    return UNKNOWN if value.path.endswith(_CALLED) else value


def class_of(value: External) -> Value:
    """The class of an instance."""
    parts = value.path.split("|")
    if not all(part.endswith(_CALLED) for part in parts):
        return UNKNOWN
    return External("|".join([part.removesuffix(_CALLED) for part in parts]))


def subscripted(value: External) -> Value:
    """An element; a class with type arguments is the same class."""
    return value if _names_class(value.path) else step(value, ELEMENT)


def entered(value: External) -> Value:
    """What ``with`` binds: the object itself, if it is of the class that was called or was awaited;
    else what awaiting gives as well, because a request can be awaited or entered."""
    is_new = value.path.endswith(_CALLED) and _names_class(value.path.removesuffix(_CALLED))
    return value if is_new or value.path.endswith(RESULT) else step(value, RESULT)


def _names_class(path: str) -> bool:
    return path.rpartition(".")[2].lstrip("_")[:1].isupper() and not path.endswith(_CALLED)


def inherited(state: Inference, cls: Ref, name: str, *, of_instance: bool) -> Value:
    """An attribute that a class of the project may have from a base that cannot be found."""
    bases = external_bases(state, cls)
    if not bases:
        return UNKNOWN
    holder = union([called(base) if of_instance else base for base in bases])
    return step(holder, f".{name}") if isinstance(holder, External) else UNKNOWN


def external_bases(state: Inference, cls: Ref) -> tuple[External, ...]:
    """The bases that cannot be found, of a class and of those that it inherits from."""
    order = hierarchy.mro(state, cls)
    if order.complete:
        return ()
    none: tuple[External, ...] = ()
    return ask(state, ("external bases", cls), _find_external_bases, none, state, order)


def _find_external_bases(state: Inference, order: hierarchy.Mro) -> tuple[External, ...]:
    found: dict[External, None] = {}
    for one in order.classes:
        summary = class_summary(state, one.cls)
        for term in () if summary is None else summary.bases:
            base = evaluation.evaluate(state, one.cls.module, term, None)
            if isinstance(base, External):
                found[base] = None
    return tuple(found)


class Usage(NamedTuple):
    """How many calls of one callee are awaited on the spot, of how many attributes are read or the
    like, and of how many nothing tells what they are used for."""

    awaited: int = 0
    objects: int = 0
    untold: int = 0


def usage(state: Inference, callee: External, name: str) -> Usage:
    """How the project calls `callee`; one of the calls is by the name `name`."""
    own = callee.path.replace(_CALLED, "").rpartition(".")[2]
    none: dict[str, Usage] = {}
    tables = [
        ask(state, ("external usage", one), _count_calls, none, state, one)
        for one in dict.fromkeys((name, own))
    ]
    found = [table.get(callee.path, Usage()) for table in tables]
    return Usage(*[sum(counts) for counts in zip(*found, strict=True)])


def _count_calls(state: Inference, name: str) -> dict[str, Usage]:
    """All callees of that name that cannot be found, each with how it is used."""
    table: dict[str, Usage] = {}
    sites = arguments.call_sites(state, name)
    if len(sites) > _MOST_SITES or not any(site.use in _AWAITED for site in sites):
        return table
    for site in sites:
        callee = evaluation.evaluate(state, site.module, site.term[1], None)
        for one in members(callee):
            if not isinstance(one, External):
                continue
            awaited, objects, untold = table.get(one.path, Usage())
            if site.use in _AWAITED:
                table[one.path] = Usage(awaited + 1, objects, untold)
            elif site.use == OBJECT:
                table[one.path] = Usage(awaited, objects + 1, untold)
            else:
                table[one.path] = Usage(awaited, objects, untold + 1)
    return table


def makes_coroutine(state: Inference, callee: Value, name: str) -> str | None:
    """Why calling a thing that cannot be found surely makes a coroutine object, in words; `None` if
    that is not sure. One call by the name `name` is in question, and is not counted for either."""
    reason = None
    for one in members(without_none(callee)):
        if not isinstance(one, External):
            continue
        if is_outlined(one):
            reason = f"`{full_name(one)}` is a coroutine function"
            continue
        if any(part.partition(".")[0] in GIVES_FUTURES for part in one.path.split("|")):
            return None
        awaited, objects, untold = usage(state, one, name)
        if awaited < max(1, _AWAITED_TO_UNTOLD * (untold - 1), _AWAITED_TO_OBJECTS * objects):
            return None
        shown = f"other calls of `{full_name(one)}` are" if awaited > 1 else ""
        shown = shown or f"other call of `{full_name(one)}` is"
        reason = f"{awaited} {shown} awaited"
    return reason


def is_outlined(callee: External) -> bool:
    """Whether `corolint.known` has it as a coroutine function."""
    return all(map(outlines.is_coroutine_function, callee.path.split("|")))


def full_name(value: External) -> str:
    """The way to it as people write it."""
    path = value.path.split("|")[0].replace(_CALLED, "")
    return ".".join([part for part in path.split(".") if not part.startswith("<")])


def short_name(value: External) -> str:
    """The name that CPython prints, as far as it can be told: that of a method with its class."""
    holder, _, name = value.path.split("|")[0].removesuffix(_CALLED).rpartition(".")
    cls = holder.removesuffix(_CALLED).rpartition(".")[2]
    return f"{cls}.{name}" if holder.endswith(_CALLED) and _names_class(cls) else name
