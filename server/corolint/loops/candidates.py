"""The functions that may start a loop when they are called, and by what names they are reached.

`corolint.loops.callers` finds them. Everything else starts no loop, as far as can be told, so that
nobody has to look into it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from corolint.known.loops import STARTING_NAMES
from corolint.values import Ref

# Calls of these are questions about the running loop.
ASKING_NAMES = frozenset(
    {"get_running_loop", "_get_running_loop", "is_running", "current_task", "current_async_library"}
)


@dataclass(slots=True)
class Candidates:
    """`functions` may start a loop (a module by an empty qualname). The rest says where to look:
    `names` that calls of them end in, `attributes` that are properties among them, `classes` with
    special methods among them such as ``__enter__`` (`computes_attributes`: one is `__getattr__`).

    `callers`: by candidate, the candidates that may run it. `unnamed`: by the name of a class or a
    property, the methods that run without being named. `overriding`: by a method of a class above,
    the methods that may be meant by it. `starting`: the names of runners.
    `owners`: the classes that candidates are methods of.
    `asking`: functions that ask for the running loop themselves. `nests`: the program makes loops
    nest; `nesting_notebooks` do it each for itself, since a notebook is a program of its own."""

    functions: set[Ref] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    computes_attributes: bool = False
    owners: set[Ref] = field(default_factory=set)
    asking: set[Ref] = field(default_factory=set)
    callers: dict[Ref, set[Ref]] = field(default_factory=dict)
    unnamed: dict[str, set[Ref]] = field(default_factory=dict)
    overriding: dict[Ref, set[Ref]] = field(default_factory=dict)
    starting: frozenset[str] = STARTING_NAMES
    nests: bool = False
    nesting_notebooks: set[str] = field(default_factory=set)

    def nests_in(self, module: str) -> bool:
        """Whether loops nest where the code of a module begins to run."""
        return self.nests or module in self.nesting_notebooks
