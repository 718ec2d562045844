"""Bytes to text, as Python reads a source file, but for any bytes and without ever failing.

Python looks for a byte order mark and for an encoding cookie such as ``# -*- coding: latin-1 -*-``
on the first two lines (PEP 263), else takes UTF-8. Where Python gives up (an unknown encoding,
bytes that it does not allow), the text here is UTF-8 with U+FFFD for what could not be read, so
that a half-broken file still has a tree.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK: Final = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?$")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


def decode(data: bytes) -> str:
    """The text of a Python file; line ends are kept, a byte order mark is not. Never raises."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    encoding = _cookie(data)
    if encoding is not None:
        try:
            text = codecs.lookup(encoding).decode(data, "replace")[0]
        except Exception:  # an unknown codec, or one that is not for text: any error is possible
            text = None
        if isinstance(text, str):
            return text
    return data.decode("utf-8", "replace")


def _cookie(data: bytes) -> str | None:
    """The encoding named on the first line, or on the second one if the first says nothing."""
    for line in _LINE_END.split(data[:1000], maxsplit=2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return found[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None
