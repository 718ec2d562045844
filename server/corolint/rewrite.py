"""Writing a changed source file back: the same encoding, the same permissions, and never half.

The new content is written to another file in the same folder and then takes the old one's place in
one step, so that a reader, or a crash at any moment, sees either the old file or the new one.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import stat
import tempfile
import time
import tokenize
from collections.abc import Iterable

from corolint.syntax import decode

_PREFIX = ".corolint-"
_TEMPORARY = re.compile(re.escape(_PREFIX) + r"[a-z0-9_]{8}")  # as `tempfile` names files

# To write one file takes less by far. Younger ones may be those of another run, at work right now.
_ABANDONED_AFTER = 60  # seconds


def encode_like(text: str, data: bytes) -> bytes | None:
    """`text` in the encoding of the Python file that holds `data`, with its byte order mark.

    `None` where that would change anything but the text: the file is not valid in its encoding, or
    the encoding cannot express `text`.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if decode(data).encode(encoding) != data:
            return None
        return text.encode(encoding)
    except (SyntaxError, LookupError, ValueError):  # ValueError: text that cannot be encoded.
        return None


def replace_content(path: str, data: bytes) -> None:
    """Puts `data` in the place of what the file at `path` holds. Raises `OSError`.

    Of a symbolic link, the file that it leads to is replaced. Mode and times of access survive; a
    file that may not be written is left alone.
    """
    target = os.path.realpath(path)
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "the file may not be written", path)
    handle, temporary = tempfile.mkstemp(prefix=_PREFIX, dir=os.path.dirname(target))
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, temporary)
        with contextlib.suppress(OSError, AttributeError):  # Windows has no owners to keep.
            status = os.stat(target)
            os.chown(temporary, status.st_uid, status.st_gid)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def remove_leftovers(folders: Iterable[str]) -> None:
    """Removes the files that a run which was killed had not put in their places yet. Never raises.

    Looks right into `folders`, at nothing below them.
    """
    newest = time.time() - _ABANDONED_AFTER
    for folder in folders:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                if _TEMPORARY.fullmatch(name):
                    path = os.path.join(folder, name)
                    status = os.lstat(path)
                    if stat.S_ISREG(status.st_mode) and status.st_mtime < newest:
                        os.unlink(path)
