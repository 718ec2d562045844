"""Text in, `Syntax` out: the only place that calls the parser library.

The library (`ast_serialize`, ruff's parser in Rust) recovers from errors and gives the rest of the
tree. Here stands what it cannot be trusted with:

- texts that are not ASCII, see `ascii`;
- long chains such as ``a + b + c + …``, on which it recurses without a limit until the stack is
  used up and the process dies: `deep` gives it a stack that is large enough;
- comments by which mypy ignores whole files: `_without_directives` takes their meaning away;
- another version of it, that writes another format than `decode` reads: `probe` asks first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import ast_serialize

from corolint.syntax.ascii import to_ascii
from corolint.syntax.decode import Decoded, decode_module, decode_type
from corolint.syntax.deep import SAFE_LEVELS, call_with_stack, levels
from corolint.syntax.nodes import Block, LiteralType, Statement, TypeNode
from corolint.syntax.probe import OUTLINE, PROBE
from corolint.syntax.stream import FORMAT_VERSION
from corolint.syntax.tree import Syntax, SyntaxProblem

LONGEST_TEXT: Final = 8_000_000
"""Characters of a text that is still parsed; the largest module of CPython has 700,000."""

LONGEST_WORD: Final = 100
"""Characters of a word that `may_hold` can be asked about."""

MOST_LEVELS: Final = 400_000
"""Nesting that is still parsed, counted from above by `levels`."""


if TYPE_CHECKING:
    from ast_serialize import ParseError


class IncompatibleParser(Exception):
    """The installed `ast-serialize` does not write the format that corolint reads."""


def parse(
    text: str,
    *,
    python_version: tuple[int, int] = (3, 13),
    platform: str = "linux",
    bodies: bool = True,
) -> Syntax:
    """The syntax of a text, broken or not.

    `python_version` and `platform` decide which blocks are `unreachable`. Without `bodies`, a
    function's body is empty unless it assigns to attributes of `self`, has a ``global`` or a
    ``yield``. A text beyond the two limits above has an empty tree and one problem. Long chains
    give trees as deep as they are long: walk `left`, `value` and `callee` in a loop.

    Never raises, except `IncompatibleParser` when the installed parser library is of no use.
    """
    _check_parser()
    return _parse(text, python_version, platform, bodies)


def _parse(text: str, python_version: tuple[int, int], platform: str, bodies: bool) -> Syntax:
    try:
        parsed = parse_after(b"", [], text, python_version, platform, bodies)
    except (ValueError, RecursionError) as error:
        return _refused(text, str(error))
    syntax = Syntax(text, Block(parsed.statements, False), parsed.problems, parsed.data)
    syntax.starts = parsed.starts
    return syntax


class Parsed(NamedTuple):
    """What the parser says of a text; `starts` are the positions of the statements in `data`."""

    statements: list[Statement]
    starts: list[int]
    problems: tuple[SyntaxProblem, ...]
    data: bytes


def parse_after(
    before: bytes,
    room: list[int],
    text: str,
    python_version: tuple[int, int],
    platform: str,
    bodies: bool = True,
) -> Parsed:
    """Parses a text; its places count from the start of `before`, which its `data` starts with.
    `room` is a list that was used with `before` earlier, or a new one: see `Stream`.

    Raises `ValueError` or `RecursionError` for a text beyond the limits.
    """
    source, originals = _in_ascii(text)
    data, problems = _stream_of(source, python_version, platform, bodies)
    statements, starts, data = _decode(data, originals, _is_plain(source), before, room)
    return Parsed(statements, starts, problems, data)


def problems_in(
    text: str, python_version: tuple[int, int], platform: str
) -> tuple[SyntaxProblem, ...]:
    """What is wrong with a text, without its tree: a tenth of the work. Raises as `parse_after`."""
    return _stream_of(_in_ascii(text)[0], python_version, platform, True)[1]


def may_hold(text: str, word: str, python_version: tuple[int, int], platform: str) -> bool:
    """Whether the tree of a text may hold `word` (short, in ASCII) as a name or as a whole string.

    Comments and longer strings are none of its business. Costs what parsing costs without a tree.
    Never raises.
    """
    try:
        data, _ = _stream_of(_in_ascii(text)[0], python_version, platform, True)
    except (ValueError, RecursionError):
        return True
    return _written(word) in data


def _written(word: str) -> bytes:
    """A word as the stream holds it: its length, as in `read_integer`, and its letters."""
    assert len(word) <= LONGEST_WORD
    return bytes([(len(word) + 10) << 1]) + word.encode()


def _in_ascii(text: str) -> tuple[str, dict[str, str]]:
    """The text as the parser gets it, and what its stand-ins stand for."""
    if text.isascii():
        return _without_directives(text), {}
    # A form feed also takes one column and no indentation.
    source, originals = to_ascii("\f" + text[1:] if text.startswith("\ufeff") else text)
    return _without_directives(source), originals


def _stream_of(
    source: str, python_version: tuple[int, int], platform: str, bodies: bool
) -> tuple[bytes, tuple[SyntaxProblem, ...]]:
    if len(source) > LONGEST_TEXT:
        raise ValueError("the file is too large")
    constants = _generation_constants(source)

    def run() -> tuple[bytes, list[ParseError]]:
        return ast_serialize.parse(
            "",
            source,
            skip_function_bodies=not bodies,
            python_version=python_version,
            platform=platform,
            always_true=constants["True"],
            always_false=constants["False"],
            cache_version=FORMAT_VERSION,
        )[:2]

    depth = levels(source)
    if depth > MOST_LEVELS:
        raise ValueError("the file is too large")
    data, errors = call_with_stack(run, depth) if depth > SAFE_LEVELS else run()
    return data, tuple(
        SyntaxProblem(error["line"], max(error["column"] - 1, 0), error["message"])
        for error in errors
        if error.get("blocker", False)  # others are about other tools' comments
    )


# Projects that are written once and generated in two forms, with and without ``await``, have a line
# ``_IS_SYNC = False``, and beside it code of the other form that this one never runs.
_GENERATION = re.compile(r"^(_?(?:[A-Z]+_)*(?:A?SYNC)) = (True|False)$", re.MULTILINE)


def has_generation_constants(text: str) -> bool:
    """Whether what one statement of a text means may depend on another one."""
    return any(_generation_constants(text).values())


def _generation_constants(source: str) -> dict[str, list[str]]:
    """The names of such constants of a module, by their value."""
    found: dict[str, list[str]] = {"True": [], "False": []}
    if "SYNC = " not in source:
        return found
    assigned = _GENERATION.findall(source)
    for name, value in assigned:
        if source.count(f"{name} = ") == 1:
            found[value].append(name)
    return found


# The parser is mypy's: it gives no tree of a module that begins with ``# type: ignore``, and no bodies
# of functions where a comment says ``# mypy: ignore-errors``. What others ignore is our business.
_LEADING_IGNORE = re.compile(r"(?:[ \t\f]*(?:#[^\n]*)?\r?\n)*?[ \t\f]*#\s*type(:)\s*ignore")
_MYPY_DIRECTIVE = re.compile(r"^# mypy:(?=[^\n]*ignore[-_]errors)", re.MULTILINE)


def _without_directives(source: str) -> str:
    """`source` with comments of as many characters that mean nothing to the parser."""
    if "ignore" not in source:
        return source
    leading = _LEADING_IGNORE.match(source)
    if leading is not None:
        source = f"{source[: leading.start(1)]};{source[leading.end(1) :]}"
    return _MYPY_DIRECTIVE.sub("# mypy;", source) if "# mypy:" in source else source


def _decode(
    data: bytes, originals: dict[str, str], plain: bool, before: bytes, room: list[int]
) -> Decoded:
    """`decode_module`, in a thread of its own if a caller has used up the levels of this one."""

    def decode() -> Decoded:
        return decode_module(data, originals, plain, before, room)

    try:
        return decode()
    except RecursionError:
        return call_with_stack(decode, SAFE_LEVELS)


def _refused(text: str, why: str) -> Syntax:
    statements: list[Statement] = []
    return Syntax(text, Block(statements, False), (SyntaxProblem(1, 0, why),), b"")


def parse_annotation(text: str) -> TypeNode | None:
    """The type that a quoted annotation says, or `None` if it is not one. Raises as `parse`.

    The node belongs to no `Syntax`: its place means nothing.
    """
    _check_parser()
    source = text
    originals: dict[str, str] = {}
    if not text.isascii():
        source, originals = to_ascii(text)
    if len(source) > 2 * SAFE_LEVELS:
        return None
    try:
        data = ast_serialize.parse_type_string(
            source, (1, 0, 1, len(source)), cache_version=FORMAT_VERSION
        )
        node = decode_type(data, originals, _is_plain(source))
    except (ValueError, RecursionError):
        return None
    return None if isinstance(node, LiteralType) else node


def _is_plain(source: str) -> bool:
    """Whether lines are few and short enough for `Stream.find_end`."""
    lines = source.split("\n")
    return len(lines) < 16_000 - source.count("\r") and len(max(lines, key=len)) < 1_800


_checked = False


def _check_parser() -> None:
    """Raises `IncompatibleParser` unless the library writes the probe as it should. Done once."""
    global _checked
    if _checked:
        return
    try:
        syntax = _parse(PROBE, (3, 14), "linux", True)
        outline = tuple(
            (type(statement).__name__, *syntax.span(statement))
            for statement in syntax.tree.statements
        )
    except Exception as error:  # whatever a stream of another format leads to
        raise _incompatible(f"{type(error).__name__}: {error}") from error
    if outline != OUTLINE or syntax.errors:
        raise _incompatible("another tree than expected")
    _checked = True


def _incompatible(why: str) -> IncompatibleParser:
    return IncompatibleParser(
        "the installed ast-serialize writes a format that this version of corolint cannot read"
        f" ({why}); install one in the range that corolint asks for"
    )
