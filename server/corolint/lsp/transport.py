"""Bytes in, bytes out: the framing of messages, and a loop that ends when it should.

A message is a header such as ``Content-Length: 52``, an empty line, and that many bytes of JSON.
A thread of its own reads, so that the event loop never waits for the client. What is not a header
is skipped until one comes: garbage on the pipe costs the garbage, not the session.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\Z", re.IGNORECASE)
_LARGEST_MESSAGE = 1 << 30  # bytes; a longer one is a broken header, not a message

_log = logging.getLogger(__name__)


class RawReader(Protocol):
    """An unbuffered stream: `read` waits for some bytes, at most `size`; b"" is the end."""

    def read(self, size: int, /) -> bytes | None: ...


def messages(stream: RawReader) -> Iterator[bytes]:
    """The bodies of the messages that come in, until the end of the stream. Never raises."""
    buffer = bytearray()
    length = None
    while True:
        end = buffer.find(b"\n")
        if end < 0:
            if not _fill(buffer, stream):
                return
            continue
        line = bytes(buffer[:end]).rstrip(b"\r")
        del buffer[: end + 1]
        if match := _LENGTH.search(line):
            length = int(match[1])
        elif not line and length is not None and length <= _LARGEST_MESSAGE:
            while len(buffer) < length:
                if not _fill(buffer, stream):
                    return
            body = bytes(buffer[:length])
            del buffer[:length]
            length = None
            yield body


def _fill(buffer: bytearray, stream: RawReader) -> bool:
    """Appends what comes next; false at the end of the stream."""
    try:
        chunk = stream.read(1 << 16)
    except (OSError, ValueError):  # The other end has gone, or the stream was closed.
        return False
    buffer += chunk or b""
    return bool(chunk)


class Writer:
    """Writes whole messages; a client that no longer listens ends the session, once."""

    def __init__(self, stream: BinaryIO, on_broken: Callable[[], None]) -> None:
        self._stream = stream
        self._on_broken = on_broken
        self._broken = False

    def write(self, data: bytes) -> None:
        if self._broken:
            return
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):
            self._broken = True
            self._on_broken()

    def close(self) -> None:
        """Nothing to do: every message was flushed, and the stream is the caller's."""


def pump(stream: RawReader, receive: Callable[[bytes], None], end: Callable[[], None]) -> None:
    """Starts the thread that calls `receive` in the running loop for each message, then `end`.

    The thread is a daemon: it may wait for input that never comes when the process ends.
    """
    loop = asyncio.get_running_loop()

    def read_all() -> None:
        try:
            for body in messages(stream):
                loop.call_soon_threadsafe(receive, body)
            loop.call_soon_threadsafe(end)
        except RuntimeError:
            _log.debug("the event loop ended before the input did")

    threading.Thread(target=read_all, name="corolint-input", daemon=True).start()
