"""Which names the standard library uses for functions that are no coroutine functions.

`bind` is a method of sockets, of signatures and of widgets, so that ``x.bind()`` says nothing of an
unknown `x`, whatever a project calls `bind` itself. The stubs of typeshed are searched as text: a
name is asked about at most once, and most runs ask about none.
"""

from __future__ import annotations

import functools
import os
import re

from corolint.project import bundled_typeshed


@functools.cache
def is_plain_in_library(name: str) -> bool:
    """Whether some function or method called `name` in the standard library is plain."""
    pattern = rb"^[ \t]*def " + re.escape(name.encode()) + rb"\("
    return re.search(pattern, _stubs(), re.MULTILINE) is not None


@functools.cache
def _stubs() -> bytes:
    """All stubs of the standard library; empty if they cannot be read."""
    texts = []
    for folder, _, names in os.walk(bundled_typeshed()):
        for name in names:
            if name.endswith(".pyi"):
                try:
                    with open(os.path.join(folder, name), "rb") as stub:
                        texts.append(stub.read())
                except OSError:
                    continue
    return b"\n".join(texts)
