"""Is a process still there? Asked about the editor, whose end must be the server's end."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

_FIRST_PARENT = os.getppid()

_PAUSE = 1.0  # seconds between two looks


async def watch(process_id: int, on_end: Callable[[], None]) -> None:
    """Calls `on_end` when the process with this id has ended."""
    while is_alive(process_id):
        await asyncio.sleep(_PAUSE)
    on_end()


def is_alive(process_id: int) -> bool:
    """Whether a process with this id exists. Never raises and never harms it."""
    if process_id <= 0:
        return False
    if process_id == _FIRST_PARENT and os.getppid() != _FIRST_PARENT:
        return False  # We were handed to another parent: ours ended, if unburied yet.
    if sys.platform == "win32":
        return _is_alive_on_windows(process_id)
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # It exists, but is not ours to signal.
    return True


def _is_alive_on_windows(process_id: int) -> bool:
    """On Windows `os.kill` would end the process, whatever the signal."""
    import ctypes

    synchronize, still_waiting = 0x00100000, 0x00000102
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(synchronize, False, process_id)
    if not handle:
        access_denied = 5
        return bool(ctypes.get_last_error() == access_denied)  # type: ignore[attr-defined,unused-ignore]
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == still_waiting)
    finally:
        kernel.CloseHandle(handle)
