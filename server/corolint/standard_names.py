"""Which names the standard library uses for functions that are no coroutine functions.

`bind` is a method of sockets, of signatures and of widgets, so that ``x.bind()`` says nothing of an
unknown `x`, whatever a project calls `bind` itself. The stubs of typeshed are gone through once, as
text, when a run first asks; most runs ask for nothing.
"""

from __future__ import annotations

import functools
import os
import re

from corolint.module_files import bundled_typeshed

_PLAIN_FUNCTION = re.compile(rb"\n[ \t]*def (\w+)")


def is_plain_in_library(name: str) -> bool:
    """Whether some function or method called `name` in the standard library is plain."""
    return name.encode("utf-8", "replace") in _plain_names()


@functools.cache
def _plain_names() -> frozenset[bytes]:
    """All names of plain functions in the stubs; empty if these cannot be read."""
    found: set[bytes] = set()
    for folder, _, names in os.walk(bundled_typeshed()):
        for name in names:
            if name.endswith(".pyi"):
                try:
                    with open(os.path.join(folder, name), "rb") as stub:
                        found.update(_PLAIN_FUNCTION.findall(b"\n" + stub.read()))
                except OSError:
                    continue
    return frozenset(found)
