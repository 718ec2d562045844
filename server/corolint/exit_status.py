"""What the command tells its caller when it ends, and the error that a user can mend."""

from __future__ import annotations

CLEAN = 0
FOUND = 1  # findings at or above the severity asked for
FAILED = 2  # bad use, a path that does not exist, a broken configuration, an internal error
INTERRUPTED = 130  # by Ctrl-C, as shells count it


class UsageError(Exception):
    """Something that the user can put right; the text says what, in one line."""
