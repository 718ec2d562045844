"""The tables of library knowledge: every row names something public, and says why."""

from __future__ import annotations

import importlib

import pytest
from corolint.known.decorators import DROPPING, PASSING
from corolint.known.effects import EFFECTS
from corolint.known.objects import CALLS_ELSEWHERE, FUTURE_MAKERS, TASK_MAKERS
from corolint.semantics import Effect

REASONS = {
    **{name: row.why for name, row in EFFECTS.items()},
    **DROPPING,
    **PASSING,
    **TASK_MAKERS,
    **FUTURE_MAKERS,
}
STANDARD = sorted(
    name
    for name in {*REASONS, *CALLS_ELSEWHERE}
    if name.partition(".")[0] in ("asyncio", "builtins", "inspect", "json", "logging", "math")
)


@pytest.mark.parametrize("name", sorted(REASONS))
def test_a_row_says_why(name: str) -> None:
    assert len(REASONS[name].split()) >= 3
    assert all(part.isidentifier() for part in name.split("."))


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_a_row_names_an_effect(name: str) -> None:
    assert EFFECTS[name].effect in {effect.value for effect in Effect}


@pytest.mark.parametrize("name", STANDARD)
def test_a_row_of_the_standard_library_exists(name: str) -> None:
    module, *path = name.split(".")
    found: object = importlib.import_module(module)
    for depth, part in enumerate(path):
        if not hasattr(found, part):
            found = importlib.import_module(".".join([module, *path[: depth + 1]]))
        else:
            found = getattr(found, part)
