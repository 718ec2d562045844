"""The comments of a text, found by a tokenizer that knows only strings, comments and all the rest.

It walks from one quote or ``#`` to the next with one regular expression, so that broken code cannot
stop it: a string that is not closed on its line ends with the line, a triple-quoted one that is
not closed ends with the text. An f-string is taken as a whole; the expressions in it are looked at
only as far as they hold quotes, which is enough to find the string's end (PEP 701).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Comment(NamedTuple):
    """A comment with its ``#``; line 1-based, column 0-based in code points."""

    line: int
    column: int
    text: str


_TOKEN: Final = re.compile(
    r"""
    (?P<comment> \#[^\r\n]* )
  | (?P<end> \r\n | \r | \n )
  | (?P<string> (?P<prefix> (?<![A-Za-z0-9_]) [A-Za-z]{0,2} ) (?P<quote> \"\"\" | ''' | " | ' ) )
    """,
    re.VERBOSE,
)
_ESCAPE: Final = r"\\(?:\r\n|[\s\S])"
_STRING_END: Final = {
    '"': re.compile(rf'(?:[^"\\\r\n]|{_ESCAPE})*"?'),
    "'": re.compile(rf"(?:[^'\\\r\n]|{_ESCAPE})*'?"),
    '"""': re.compile(rf'(?:[^"\\]|{_ESCAPE}|"(?!""))*(?:"""|\Z)?'),
    "'''": re.compile(rf"(?:[^'\\]|{_ESCAPE}|'(?!''))*(?:'''|\Z)?"),
}


def find_comments(text: str) -> tuple[Comment, ...]:
    """All comments in order. Never raises."""
    if "#" not in text:
        return ()
    comments: list[Comment] = []
    line = 1
    line_start = 0
    p = 0
    while found := _TOKEN.search(text, p):
        p = found.end()
        if found["comment"] is not None:
            start = found.start()
            comments.append(Comment(line, start - line_start, found["comment"]))
        elif found["end"] is not None:
            line += 1
            line_start = p
        else:
            ended = _STRING_END[found["quote"]].match(text, p)
            end = ended.end() if ended else len(text)
            inside = text[p:end]
            breaks = inside.count("\n") + inside.count("\r") - inside.count("\r\n")
            if breaks:
                line += breaks
                line_start = p + max(inside.rfind("\n"), inside.rfind("\r")) + 1
            p = end
    return tuple(comments)
