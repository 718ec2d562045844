"""The parser's byte stream: integers, strings and places, and how to step over them.

The parser writes a tree as tagged bytes in prefix order: the tag of a node, its parts, where it
stands (`LOCATION` and four integers), `END`. For example ``x`` on the first line is

    162 NAME   4 STRING 22 (length 1) 120 ("x")   152 LOCATION 22 20 20 22   255 END

The readers of `expressions`, `statements`, `annotations` and `patterns` take the stream and the
position just after the tag of their node, and return the node and the position just after its
`END`. What they read is held twice: as a list of codes, because indexing a list is several times
quicker than indexing bytes, and as bytes, for strings.

Places are not decoded. A node's `at` is the offset of its `LOCATION`, which `tree.py` reads when
someone asks. Stepping over a location is a search for the next `END`; see `Stream.find_end`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

FORMAT_VERSION: Final = 5
"""The `cache_version` of the parser that the readers are written for."""

# Tags that readers compare with. All others only stand in the readers' tables.
FALSE: Final = 0
NONE: Final = 2
NAMED_TYPE: Final = 104
UNION_TYPE: Final = 115
LOCATION: Final = 152
CALL: Final = 161
NAME: Final = 162
ATTRIBUTE: Final = 165
BINARY_OPERATION: Final = 166
SUBSCRIPT: Final = 172
FUNCTION: Final = 179
NO_VALUE: Final = 186
INTERPOLATION: Final = 206

INTEGER_SIZES: Final = [1 if b & 1 == 0 else 2 if b & 3 == 1 else 4 for b in range(256)]
"""How many bytes an integer of a location takes, by its first byte."""


class UnexpectedStream(Exception):
    """The stream does not hold what the format says; only an incompatible parser does that."""


class Words(dict[bytes, str]):
    """The strings of one stream, each decoded once and shared by all nodes that hold it.

    `originals` gives back the words that `ascii.py` replaced by stand-ins.
    """

    def __init__(self, originals: dict[str, str]) -> None:
        super().__init__()
        self.originals = originals

    def __missing__(self, key: bytes) -> str:
        word = key.decode("utf-8", "replace")
        word = self.originals.get(word, word)
        self[key] = word
        return word


class Stream:
    """One stream and what its readers share.

    `find_end(255, p + 5) + 1` is the position after the `END` that follows the location at `p`. In
    a *plain* text, one of fewer than 16,000 lines that are all shorter than 1,800 characters, no
    integer of a location holds the byte 255, so that the search can run in C: two-byte integers
    have a second byte of 255 from 16,220 on; four-byte ones stand for values above 16,283 or
    below -100, and hold such a byte first at -1,809. Any other text pays for an exact search.

    `data` is appended to `before`, so that positions count from there, and put as codes into
    `room`, which only has to be as long: what stands there from an earlier time is not read.

    `yields` counts the ``yield`` of the function that is being read: one makes it a generator,
    wherever it stands, be it behind a ``return`` or a ``raise``.
    """

    __slots__ = ("codes", "data", "find_end", "words", "yields")

    def __init__(
        self, data: bytes, originals: dict[str, str], plain: bool, before: bytes, room: list[int]
    ) -> None:
        codes = room
        if before:
            del codes[len(before) :]
            codes.extend([0] * (len(before) - len(codes)))
            data = before + data
            codes.extend(data[len(before) :])
        else:
            codes[:] = data
        self.data = data
        self.codes = codes
        self.words = Words(originals)
        self.yields = 0
        self.find_end: Callable[[int, int], int] = codes.index if plain else _exact_search(codes)


def _exact_search(codes: list[int]) -> Callable[[int, int], int]:
    def find_end(_: int, after: int) -> int:
        return skip_location(codes, after - 5)

    return find_end


def skip_location(codes: list[int], p: int) -> int:
    """The position after the location at `p`."""
    p += 1
    for _ in range(4):
        p += INTEGER_SIZES[codes[p]]
    return p


def read_integer(codes: Sequence[int], p: int) -> tuple[int, int]:
    """An integer of 1, 2, 4 or more bytes: its size is in the lowest bits of the first byte."""
    first = codes[p]
    if first & 1 == 0:
        return (first >> 1) - 10, p + 1
    if first & 3 == 1:
        return ((first | codes[p + 1] << 8) >> 2) - 100, p + 2
    if first & 7 == 3:
        value = first | codes[p + 1] << 8 | codes[p + 2] << 16 | codes[p + 3] << 24
        return (value >> 3) - 10000, p + 4
    if first != 15:
        raise UnexpectedStream(f"no integer starts with the byte {first}")
    size_and_sign, p = read_integer(codes, p + 1)
    end = p + (size_and_sign >> 1)
    value = int.from_bytes(bytes(codes[p:end]), "little")
    return -value if size_and_sign & 1 else value, end


def skip_text(codes: list[int], p: int) -> int:
    """The position after the string whose length is at `p`."""
    length, p = read_integer(codes, p)
    return p + length


def read_word(s: Stream, p: int) -> tuple[str, int]:
    """A string; `p` is just after its tag."""
    length = s.codes[p]
    if length & 1:
        length, p = read_integer(s.codes, p)
    else:
        length = (length >> 1) - 10
        p += 1
    end = p + length
    return s.words[s.data[p:end]], end


def read_optional_word(s: Stream, p: int) -> tuple[str | None, int]:
    """A string or nothing; `p` is at the tag."""
    if s.codes[p] == NONE:
        return None, p + 1
    return read_word(s, p + 1)
