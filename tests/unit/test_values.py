"""Values that hold others."""

from __future__ import annotations

from corolint.infer.type_variables import free_variables, solved_away
from corolint.values import Instance, Ref, TypeVariable, Value, holds_variables

DICT = Ref("builtins", "dict")


def _doubled(value: Value, levels: int) -> Value:
    """A dict of dicts of dicts …, all keys and values the same: two to the power of `levels`."""
    for _ in range(levels):
        value = Instance(DICT, (value, value))
    return value


def test_parts_that_are_shared_are_not_gone_through_again_and_again() -> None:
    large = _doubled(Instance(Ref("m", "A")), 200)
    assert not holds_variables(large)
    assert free_variables(large) == []
    assert solved_away(large) is large


def test_a_type_variable_is_seen_however_deep_it_is() -> None:
    assert holds_variables(_doubled(TypeVariable("T"), 200))
    assert free_variables(_doubled(TypeVariable("T"), 2)) == ["T"] * 4
