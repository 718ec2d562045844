"""What is known of loops, as text to be kept from run to run, and back.

The text is the same for the same knowledge, in whatever order it was found, so that two runs can be
compared by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from corolint.loops.candidates import Candidates
from corolint.loops.entries import Entries
from corolint.loops.memory import Known
from corolint.values import Ref


def packed(known: Known) -> str:
    """JSON."""
    found = known.candidates
    plain = [
        sorted(found.functions),
        sorted(found.names),
        sorted(found.attributes),
        sorted(found.classes),
        found.computes_attributes,
        sorted(found.owners),
        sorted(found.asking),
        _plain(found.callers),
        _plain(found.unnamed),
        _plain(found.overriding),
        sorted(found.starting),
        found.nests,
        sorted(found.nesting_notebooks),
        sorted((module, _plain(entries)) for module, entries in known.entries.items()),
    ]
    return json.dumps(plain, separators=(",", ":"))


def unpacked(text: str) -> Known:
    """The reverse of `packed`. Raises `ValueError` or `TypeError` for anything else."""
    (
        functions, names, attributes, classes, computes_attributes, owners, asking, callers,
        unnamed, overriding, starting, nests, nesting_notebooks, entries,
    ) = json.loads(text)  # fmt: skip
    candidates = Candidates(
        _refs(functions),
        set(map(str, names)),
        set(map(str, attributes)),
        set(map(str, classes)),
        bool(computes_attributes),
        _refs(owners),
        _refs(asking),
        {_ref(key): _refs(refs) for key, refs in callers},
        {str(key): _refs(refs) for key, refs in unnamed},
        {_ref(key): _refs(refs) for key, refs in overriding},
        frozenset(map(str, starting)),
        bool(nests),
        set(map(str, nesting_notebooks)),
    )
    return Known(candidates, {str(module): _entries(table) for module, table in entries})


def _plain(table: Mapping[Any, Iterable[Ref]]) -> list[tuple[Any, list[Ref]]]:
    return sorted((key, sorted(refs)) for key, refs in table.items())


def _entries(plain: Iterable[Any]) -> Entries:
    return {_ref(key): frozenset(_refs(refs)) for key, refs in plain}


def _refs(plain: Iterable[Any]) -> set[Ref]:
    return set(map(_ref, plain))


def _ref(plain: Any) -> Ref:
    module, qualname = plain
    return Ref(str(module), str(qualname))
