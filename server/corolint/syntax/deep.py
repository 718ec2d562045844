"""Room on the stack for the parser, which recurses without a limit.

The parser stops at about two hundred levels of brackets or blocks, but ``a + b + c + …``,
``x.f().f()…`` and other chains nest once a link and have no such limit: on a usual stack of a
megabyte it dies, and the process with it, at about 6,000 links. Every link takes one of a few
characters, so that their number is a bound. A text with more of them than is safe (a file of a
thousand lines has) is parsed in a thread of its own, whose stack is as large as its chains could
ask for; the system only provides what is used of it. Starting the thread costs 0.1 ms.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

SAFE_LEVELS: Final = 2_500
BYTES_A_LEVEL: Final = 1_024
"""About five times what was measured."""

_NOT_A_LINK: Final = bytes(c for c in range(256) if c not in b".([+-*/%@|&^<>")
_stack_size = threading.Lock()


def levels(source: str) -> int:
    """A bound on the levels of the longest chain of an ASCII text."""
    if len(source) < 2 * SAFE_LEVELS:  # a link takes two characters at least
        return len(source) // 2
    return len(source.encode("ascii").translate(None, _NOT_A_LINK))


def call_with_stack(run: Callable[[], T], depth: int) -> T:
    """The result of `run()`, called in a thread with room for `depth` levels.

    Raises what `run` raises.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(run())
        except BaseException as error:
            errors.append(error)

    with _stack_size:
        old = threading.stack_size(4_000_000 + depth * BYTES_A_LEVEL)
        try:
            thread = threading.Thread(target=work)
            thread.start()
        finally:
            threading.stack_size(old)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
