"""Readers of annotations, which the parser writes as types and not as expressions.

A quoted annotation arrives parsed, each of its types at the place of the whole string; one that
does not parse is the `LiteralType` of its text. In ``Literal[…]`` strings are always `LiteralType`,
as long as it goes by that name. Positions are as in `stream`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from corolint.syntax.nodes import (
    EllipsisType,
    LiteralType,
    NamedType,
    OtherType,
    TypeList,
    TypeNode,
    TypeParameter,
    UnionType,
    UnpackedType,
)
from corolint.syntax.stream import (
    FALSE,
    NAMED_TYPE,
    UNION_TYPE,
    Stream,
    UnexpectedStream,
    read_integer,
    read_optional_word,
    read_word,
)


def read_optional_type(s: Stream, p: int) -> tuple[TypeNode | None, int]:
    """A flag, and the type if the flag is set."""
    if s.codes[p] == FALSE:
        return None, p + 1
    return read_type(s, p + 1)


def read_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    """`p` is at the tag of the type."""
    return TYPES[s.codes[p]](s, p + 1)


def read_types(s: Stream, p: int) -> tuple[list[TypeNode], int]:
    """Types with their number before them; `p` is at the tag of the list."""
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    types: list[TypeNode] = []
    for _ in range(count):
        type_, p = TYPES[codes[p]](s, p + 1)
        types.append(type_)
    return types, p


def read_optional_type_parameters(s: Stream, p: int) -> tuple[list[TypeParameter], int]:
    if s.codes[p] == FALSE:
        return [], p + 1
    return read_type_parameters(s, p + 1)


def read_type_parameters(s: Stream, p: int) -> tuple[list[TypeParameter], int]:
    """PEP 695 parameters; their number has no tag before it."""
    codes = s.codes
    count, p = read_integer(codes, p)
    parameters: list[TypeParameter] = []
    for _ in range(count):
        kind, p = read_integer(codes, p + 1)
        name, p = read_word(s, p + 1)
        bound, p = read_optional_type(s, p)
        constraints, p = read_types(s, p)
        default, p = read_optional_type(s, p)
        parameters.append(TypeParameter(name, kind, bound, constraints, default))
    return parameters, p


def read_named_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    name, p = read_word(s, p + 1)
    if name.endswith("Literal"):
        arguments, p = read_literal_arguments(s, p)
    else:
        arguments, p = read_types(s, p)
    p += 1  # whether it is subscripted with an empty tuple
    _, p = read_optional_word(s, p)  # the text, if it was quoted
    _, p = read_optional_word(s, p)  # the type of that text
    return NamedType(name, arguments, p), s.find_end(255, p + 5) + 1


def read_literal_arguments(s: Stream, p: int) -> tuple[list[TypeNode], int]:
    """What stands in ``Literal[…]``, where a string is itself and not a quoted type.

    The parser gives ``"a"`` as the type ``a`` with its text behind, so that text is looked up.
    """
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    arguments: list[TypeNode] = []
    for _ in range(count):
        start = p
        argument, p = TYPES[codes[p]](s, p + 1)
        text: str | None = None
        if codes[start] == NAMED_TYPE:
            name, middle = read_word(s, start + 2)
            _, middle = read_types(s, middle)
            text, _ = read_optional_word(s, middle + 1)
            if text is None and name == "None":
                argument = LiteralType(None, argument.at)
        elif codes[start] == UNION_TYPE:
            _, middle = read_types(s, start + 1)
            text, _ = read_optional_word(s, middle + 1)
        if text is not None:
            argument = LiteralType(text, argument.at)
        arguments.append(argument)
    return arguments, p


def read_union_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    """``a | b | c`` nests to the left without a limit; here it is one union of three."""
    codes = s.codes
    outer = 0
    while codes[p + 2] == UNION_TYPE:  # behind the tag of the list and its length, 2
        p += 3
        outer += 1
    items, p = read_types(s, p)
    while True:
        _, p = read_optional_word(s, p + 1)
        _, p = read_optional_word(s, p)
        at = p + 1
        p = s.find_end(255, at + 5) + 1
        if outer == 0:
            return UnionType(items, at), p
        outer -= 1
        item, p = TYPES[codes[p]](s, p + 1)
        items.append(item)


def read_type_list(s: Stream, p: int) -> tuple[TypeNode, int]:
    items, p = read_types(s, p)
    return TypeList(items, p), s.find_end(255, p + 5) + 1


def read_tuple_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    items, p = read_types(s, p)
    p += 1
    return TypeList(items, p), s.find_end(255, p + 5) + 1


def read_typed_dict_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    count, p = read_integer(s.codes, p + 1)
    for _ in range(count):
        _, p = read_optional_word(s, p)
    _, p = read_types(s, p)
    return OtherType(p), s.find_end(255, p + 5) + 1


def read_ellipsis_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    return EllipsisType(p), s.find_end(255, p + 5) + 1


def read_raw_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    """A literal, or an expression that is no type."""
    codes = s.codes
    find_end = s.find_end
    kind, p = read_word(s, p + 1)
    value: str | int | bool
    if kind == "builtins.bool":
        value = codes[p] != FALSE
        p += 1
    elif kind == "builtins.int":
        value, p = read_integer(codes, p + 1)
    elif kind == "builtins.str":
        value, p = read_word(s, p + 1)
    elif kind == "builtins.bytes":
        _, p = read_word(s, p + 1)
        return OtherType(p), find_end(255, p + 5) + 1
    else:
        _, p = read_optional_word(s, p + 1)
        return OtherType(p), find_end(255, p + 5) + 1
    return LiteralType(value, p), find_end(255, p + 5) + 1


def read_unpacked_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    value, p = read_type(s, p)
    p += 1
    return UnpackedType(value, p), s.find_end(255, p + 5) + 1


def read_call_type(s: Stream, p: int) -> tuple[TypeNode, int]:
    _, p = read_type(s, p)
    _, p = read_types(s, p)
    count, p = read_integer(s.codes, p + 1)
    for _ in range(count):
        _, p = read_optional_word(s, p)
        _, p = read_type(s, p)
    return OtherType(p), s.find_end(255, p + 5) + 1


TypeReader = Callable[[Stream, int], tuple[TypeNode, int]]


def _unknown(s: Stream, p: int) -> tuple[TypeNode, int]:
    raise UnexpectedStream(f"no type has the tag {s.codes[p - 1]}")


TYPES: Final[list[TypeReader]] = [_unknown] * 256
TYPES[NAMED_TYPE] = read_named_type
TYPES[105] = read_unpacked_type
TYPES[112] = read_tuple_type
TYPES[113] = read_typed_dict_type
TYPES[UNION_TYPE] = read_union_type
TYPES[118] = read_type_list
TYPES[119] = read_ellipsis_type
TYPES[120] = read_raw_type
TYPES[121] = read_call_type
