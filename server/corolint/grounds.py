"""What the findings of a run rest on besides the files that they stand in.

While a run checks its files, it asks about others: who calls this name, what does that function do
to its parameter, where do running loops come to. Kept with the findings, these questions tell after
an edit whether any of them can have another answer; if none has, only the edited file is checked
again. `gathered` makes the grounds of a finished run, `corolint.concern` asks again.

The grounds of several processes are put together by `merged`: who asked does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from corolint.terms import Term

_SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Grounds:
    """`calls`, `writes`, `awaited` and `additions` are as in `corolint.infer.state.Asked`.

    `told` is what bodies of functions told, as text, by the parts of the question with a line each
    (see `corolint.handing`). `bodies` are, by path of a checked file, the modules through whose
    bodies the search for loops went. `entered` are modules of which bodies were read for anything
    else. `loops` stands for all that is known of where loops are started and run; it is empty if
    nobody asked.
    """

    calls: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    awaited: frozenset[str] = frozenset()
    additions: frozenset[tuple[str, Term]] = frozenset()
    told: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entered: frozenset[str] = frozenset()
    loops: str = ""


def merged(one: Grounds, other: Grounds) -> Grounds:
    """What findings rest on that rest on either; `other` is the later one."""
    loops = {each for each in (one.loops, other.loops) if each}
    return Grounds(
        one.calls | other.calls,
        one.writes | other.writes,
        one.awaited | other.awaited,
        one.additions | other.additions,
        {**one.told, **other.told},
        {**one.bodies, **other.bodies},
        one.entered | other.entered,
        loops.pop() if len(loops) == 1 else _SEVERAL if loops else "",
    )


def without(grounds: Grounds, known: Grounds) -> Grounds:
    """What `merged` has to add to `known` to get `grounds`, which grew from it."""
    return Grounds(
        grounds.calls - known.calls,
        grounds.writes - known.writes,
        grounds.awaited - known.awaited,
        grounds.additions - known.additions,
        dict(grounds.told.items() - known.told.items()),
        dict(grounds.bodies.items() - known.bodies.items()),
        grounds.entered - known.entered,
        grounds.loops,
    )


def packed(grounds: Grounds) -> bytes:
    """As JSON. Raises `TypeError` or `ValueError` for a term that JSON cannot hold."""
    values = (getattr(grounds, each.name) for each in fields(grounds))
    plain = [sorted(v, key=repr) if isinstance(v, frozenset) else v for v in values]
    return json.dumps(plain, separators=(",", ":")).encode()


def unpacked(data: bytes) -> Grounds:
    """The reverse of `packed`. Raises `ValueError` or `TypeError` for anything else."""
    calls, writes, awaited, additions, told, bodies, entered, loops = json.loads(data)
    return Grounds(
        frozenset(map(str, calls)),
        frozenset(map(str, writes)),
        frozenset(map(str, awaited)),
        frozenset((str(module), _tuples(place)) for module, place in additions),
        {str(key): str(value) for key, value in told.items()},
        {str(path): tuple(map(str, modules)) for path, modules in bodies.items()},
        frozenset(map(str, entered)),
        str(loops),
    )


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
