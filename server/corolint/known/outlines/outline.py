"""What is known of a thing of a library that need not be installed: the shape of one row.

    Outline("read write close", {".line().<awaited>": "lib.Line()"}, like=("lib.Stream()",))

says that calling `read`, `write` or `close` of it gives a coroutine object, that awaiting what
`line` gives makes an instance of ``lib.Line``, and that all else is as for a ``lib.Stream``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_NOWHERE: Mapping[str, str] = MappingProxyType({})


class Outline(NamedTuple):
    """`coroutines` are names, apart by spaces. `gives` tells of steps from it where they lead, and
    `like` whose rows hold for it as well; paths are those of `corolint.values.External`."""

    coroutines: str = ""
    gives: Mapping[str, str] = _NOWHERE
    like: tuple[str, ...] = ()
