"""From bytes to a syntax tree; the only importer of the parser library.

`decode` turns a file's bytes into text, `parse` a text into a `Syntax`, `parse_annotation` the
inside of a quoted annotation into a type node. The tree's classes are in `corolint.syntax.nodes`.
"""

from corolint.syntax.comments import Comment
from corolint.syntax.incremental import reparse
from corolint.syntax.parser import (
    LONGEST_WORD,
    IncompatibleParser,
    may_hold,
    parse,
    parse_annotation,
)
from corolint.syntax.source import decode
from corolint.syntax.tree import Syntax, SyntaxProblem

__all__ = [
    "LONGEST_WORD",
    "Comment",
    "IncompatibleParser",
    "Syntax",
    "SyntaxProblem",
    "decode",
    "may_hold",
    "parse",
    "parse_annotation",
    "reparse",
]
