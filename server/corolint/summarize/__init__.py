"""Reading a module once, statement by statement, into its summary.

Each statement of the module is read, and then the bodies of the functions in it, outer before
inner. Each function is read in order with an environment of what its names are bound to now;
branches are read apart and meet again (see `corolint.scope`), a loop's names are bound to what they
were before it or what its body leaves, and code that the target Python never runs is not read.

The same reading gives the term of every expression in the file (`Reading.terms`), which is what
checking the file asks about: nothing walks the tree a second time to find out what a call is.

- `blocks`: statements in order, branches, loops. - `compound`: statements with blocks inside.
- `simple`: all others. - `definitions`: functions and classes. - `statements`: which reads what.
- `parts`: what some statements say, and how that becomes a summary.
"""

from __future__ import annotations

from typing import NamedTuple

from corolint.summarize.parts import Body, Module, Part, are_independent, read_part, summary_of
from corolint.summary import ModuleSummary
from corolint.syntax import Syntax
from corolint.terms import (
    Term,
)


class Reading(NamedTuple):
    """A summary, and what only this file's own check needs: terms by `id` of node, and bodies.

    `parts` are the summaries that `summary` consists of; those of what an edit did not touch are
    the same objects as before."""

    summary: ModuleSummary
    terms: dict[int, Term]
    bodies: list[Body]
    parts: list[ModuleSummary]


def summarize(
    syntax: Syntax, module: str, *, is_package: bool, is_stub: bool, has_bodies: bool
) -> Reading:
    """Read the module `module` (dotted name). Never raises.

    `has_bodies` says whether `syntax` was parsed with function bodies. Of a syntax that shares
    chunks with an earlier one, only the others are read.
    """
    known = Module(module, is_package, is_stub, has_bodies)
    parts = _parts_of_chunks(syntax, known)
    if not are_independent([part for part, _ in parts]):
        parts = [(read_part(syntax, syntax.tree.statements, known, 0), 0)]
    terms: dict[int, Term] = {}
    bodies = [Body(None, "")]
    for part, _ in parts:
        terms.update(part.terms)
        bodies += part.bodies
    return Reading(summary_of(parts), terms, bodies, [part.summary for part, _ in parts])


def _parts_of_chunks(syntax: Syntax, module: Module) -> list[tuple[Part, int]]:
    """The part of each chunk, and the number of lines before it."""
    key = f"part of {module}"
    parts: list[tuple[Part, int]] = []
    for chunk, line in syntax.chunks:
        part = chunk.memory.get(key)
        if part is None:
            part = read_part(syntax, chunk.statements, module, line - 1)
            chunk.memory[key] = part
        parts.append((part, line - 1))
    return parts
