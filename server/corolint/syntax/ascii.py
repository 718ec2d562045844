"""Texts that are not ASCII, rewritten in ASCII with every character in its place.

The parser counts columns in a way that goes wrong behind a character outside ASCII. It is given a
text in which each such character became one ASCII character, so that its columns are our code
point columns. For example ``größe = "Maß"`` becomes ``Acccc = "Acc"``, and the decoder is told
that the name ``Acccc`` stands for ``größe``.

A word that could be an identifier gets a *stand-in* of its length that occurs nowhere in the text.
Any other character becomes ``?``, which is an error in code, as it was, and means nothing in a
string or a comment. There are only 37 stand-ins of one letter: in a file with more one-letter words
outside ASCII than that, the last ones share one. The text of a string literal is given back only
when all of it is one word; other strings with such words hold stand-ins.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import Final

# The word that may stand directly before is looked for from here: to try every word of a text, with
# what follows it, would take a hundred times as long.
_REST_OF_RUN: Final = re.compile(r"[^\x00-\x7f](?:[A-Za-z0-9_]|[^\x00-\x7f])*")
_WORD_CHARACTERS: Final = string.ascii_letters + string.digits + "_"
_WORD: Final = re.compile(r"[A-Za-z0-9_]+")
# No letter that means something behind a backslash or before a quote, and a capital first, so that
# no stand-in is a keyword.
_FIRST: Final = "ACDEGHIJKLMOPQSVWXYZ"
_REST: Final = "cdeghijklmopqswyz_"


def to_ascii(text: str) -> tuple[str, dict[str, str]]:
    """The text in ASCII, and the word that each stand-in stands for (as Python sees it: NFKC)."""
    taken: set[str] = set()
    stand_ins: dict[str, str] = {}
    originals: dict[str, str] = {}
    supply: dict[int, Iterator[str]] = {}

    def stand_in(word: str) -> str:
        found = stand_ins.get(word)
        if found is None:
            if not taken:
                taken.update(_WORD.findall(text))
            length = len(word)
            if length not in supply:
                supply[length] = _candidates(length)
            found = next((w for w in supply[length] if w not in taken), _FIRST[0] * length)
            stand_ins[word] = found
            originals.setdefault(found, unicodedata.normalize("NFKC", word))
        return found

    def replaced(run: str) -> str:
        if run.isidentifier():
            return stand_in(run)
        return "".join(
            piece if piece.isascii() else stand_in(piece) if piece.isidentifier() else "?"
            for piece in _pieces(run)
        )

    parts: list[str] = []
    done = 0
    for match in _REST_OF_RUN.finditer(text):
        line = max(done, text.rfind("\n", done, match.start()) + 1)
        start = line + len(text[line : match.start()].rstrip(_WORD_CHARACTERS))
        parts += [text[done:start], replaced(text[start : match.end()])]
        done = match.end()
    return "".join([*parts, text[done:]]), originals


def _candidates(length: int) -> Iterator[str]:
    """Stand-ins of that length, never used up in practice beyond two letters."""
    if length == 1:
        yield from _FIRST + _REST[:-1]
        return
    tail = min(length - 1, 4)
    for first, *rest in product(_FIRST, *[_REST] * tail):
        yield first + "c" * (length - 1 - tail) + "".join(rest)


def _pieces(run: str) -> Iterator[str]:
    """The identifiers in a run, and each other character by itself."""
    start = 0
    while start < len(run):
        end = start + 1
        if run[start].isidentifier():
            while end < len(run) and ("a" + run[end]).isidentifier():
                end += 1
        yield run[start:end]
        start = end
