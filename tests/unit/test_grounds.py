"""What findings rest on comes back from a cache as it was, and from several processes as one."""

from __future__ import annotations

import pytest
from corolint.grounds import Grounds, merged, packed, unpacked, without

ONE = Grounds(
    frozenset({"f"}),
    frozenset({"x"}),
    frozenset({"a.f"}),
    frozenset({("m", ("attribute", ("self", "C"), "x")), ("m", ("name", "q"))}),
    {"raised names\nm\nf\n": "['ValueError']"},
    {"/p/a.py": ("b", "c")},
    frozenset({"n"}),
    "0123",
)
OTHER = Grounds(
    calls=frozenset({"f", "g"}), told={"raised names\nm\ng\n": "[]"}, bodies={"/p/a.py": ("d",)}
)


def test_they_come_back():
    assert unpacked(packed(ONE)) == ONE
    assert unpacked(packed(Grounds())) == Grounds()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"[1,2,3,4,5,6,7,8]", b'[[],[],[],[],[],[],[],""]', b"\xff"]
)
def test_anything_else_is_refused(data):
    with pytest.raises((ValueError, TypeError, AttributeError)):
        unpacked(data)


def test_those_of_several_processes_are_put_together():
    both = merged(ONE, OTHER)
    assert both.calls == {"f", "g"}
    assert both.told == {**ONE.told, **OTHER.told}
    assert both.bodies == {"/p/a.py": ("d",)}
    assert both.loops == "0123"
    assert merged(ONE, without(both, ONE)) == both
    assert merged(ONE, Grounds(loops="4567")).loops not in ("0123", "4567", "")
