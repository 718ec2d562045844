"""The parser's byte stream, decoded straight into the nodes of `nodes`.

The Rust parser writes a tree as tagged bytes in prefix order: the tag of a node, its parts, where
it stands (`LOCATION` and four integers), `END`. For example ``x`` on the first line is

    162 NAME   4 STRING 22 (length 1) 120 ("x")   152 LOCATION 22 20 20 22   255 END

Every reader below takes the position just after the tag of its node and returns the node and the
position just after the node's `END`. The stream is read twice over: as a list of codes, because
indexing a list is several times quicker than indexing bytes, and as bytes, for strings.

Places are not decoded here. A node's `at` is the offset of its `LOCATION` in the stream, and
`place.py` reads it when someone asks. Skipping a location is a search for the next `END`, which is
right as long as no integer in it contains the byte 255; `location_end_finder` says when that holds
and gives an exact, slower search for the rest (enormous lines and files).

Calls, attributes, subscripts and binary operators nest to the left without any limit in the
parser (``a + b + c + …``), so `read_spine` walks them in a loop. All other nesting is bounded by
the parser at about two hundred levels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from corolint.syntax import nodes
from corolint.syntax.nodes import (
    Assert,
    Assign,
    Attribute,
    AugmentedAssign,
    Await,
    BinaryOperation,
    Block,
    BooleanOperation,
    Break,
    Bytes,
    Call,
    CapturePattern,
    Case,
    ClassDef,
    ClassPattern,
    Comparison,
    Comprehension,
    Conditional,
    Continue,
    Delete,
    Dict,
    EllipsisType,
    Expression,
    ExpressionStatement,
    For,
    FormattedString,
    FunctionDef,
    Generator,
    Global,
    Handler,
    If,
    Import,
    ImportFrom,
    ImportStar,
    Lambda,
    List,
    LiteralType,
    MappingPattern,
    Match,
    Name,
    NamedType,
    Nonlocal,
    Number,
    OrPattern,
    OtherType,
    Parameter,
    Pass,
    Pattern,
    Raise,
    Return,
    SequencePattern,
    Set,
    Slice,
    StarPattern,
    Starred,
    Statement,
    String,
    Subscript,
    Try,
    Tuple,
    TypeAlias,
    TypeList,
    TypeNode,
    TypeParameter,
    UnaryOperation,
    UnionType,
    UnpackedType,
    ValuePattern,
    Walrus,
    While,
    With,
    Yield,
    YieldFrom,
)

FORMAT_VERSION: Final = 5
"""The `cache_version` of the parser that these readers are written for."""

# Tags that the readers compare with; all others only stand in the tables at the end.
FALSE: Final = 0
NONE: Final = 2
NAMED_TYPE: Final = 104
UNION_TYPE: Final = 115
LOCATION: Final = 152
NAME_EXPR: Final = 162
CALL_EXPR: Final = 161
MEMBER_EXPR: Final = 165
OP_EXPR: Final = 166
INDEX_EXPR: Final = 172
FUNCTION_DEF: Final = 179
TEMPORARY: Final = 186
INTERPOLATION: Final = 206

BINARY_OPERATORS: Final = ("+", "-", "*", "@", "/", "%", "**", "<<", ">>", "|", "^", "&", "//")
COMPARISON_OPERATORS: Final = ("==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in")
UNARY_OPERATORS: Final = ("~", "not", "+", "-")

FindEnd = Callable[[int, int], int]


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


def decode_module(data: bytes, originals: dict[str, str], plain: bool) -> list[Statement]:
    """The statements of a module's stream. `plain`: see `location_end_finder`.

    Raises `UnexpectedStream`, `IndexError` or the like when the stream is not of our format.
    """
    codes = list(data)
    find = location_end_finder(codes, plain)
    words = Words(originals)
    count, p = read_integer(codes, 1)
    statements: list[Statement] = []
    for _ in range(count):
        statement, p = STATEMENTS[codes[p]](codes, data, p + 1, words, find)
        statements.append(statement)
    if p != len(codes):
        raise UnexpectedStream("bytes after the end of the module")
    return statements


def decode_type(data: bytes, plain: bool) -> TypeNode:
    """The type node of a stream that holds just one type. Raises as `decode_module`."""
    codes = list(data)
    return read_type(codes, data, 0, Words({}), location_end_finder(codes, plain))[0]


def location_end_finder(codes: list[int], plain: bool) -> FindEnd:
    """What finds the `END` after a location: called with (255, position of a late integer).

    In a *plain* text, one of fewer than 16,000 lines that are all shorter than 1,800 characters,
    no integer of a location contains the byte 255, and the search for it can run in C. (Two-byte
    integers reach a second byte of 255 at 16,220; four-byte ones stand for values above 16,283 or
    below -100, and have such a byte at -1,840 to -1,809 and not again above -6,000.)
    """
    if plain:
        return codes.index

    def find(_: int, after: int) -> int:
        p = after - 4
        for _ in range(4):
            p += INTEGER_SIZES[codes[p]]
        return p

    return find


INTEGER_SIZES: Final = [1 if b & 1 == 0 else 2 if b & 3 == 1 else 4 for b in range(256)]


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


def read_word(codes: list[int], data: bytes, p: int, words: Words) -> tuple[str, int]:
    """A string; `p` is just after its tag."""
    length = codes[p]
    if length & 1:
        length, p = read_integer(codes, p)
    else:
        length = (length >> 1) - 10
        p += 1
    end = p + length
    return words[data[p:end]], end


def read_optional_word(
    codes: list[int], data: bytes, p: int, words: Words
) -> tuple[str | None, int]:
    """A string or nothing; `p` is at the tag."""
    if codes[p] == NONE:
        return None, p + 1
    return read_word(codes, data, p + 1, words)


# --- expressions ---------------------------------------------------------------------------------


def read_name(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    length = codes[p + 1]
    if length & 1:
        length, start = read_integer(codes, p + 1)
    else:
        length = (length >> 1) - 10
        start = p + 2
    at = start + length
    return Name(words[data[start:at]], at), find(255, at + 5) + 1


def read_spine(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    """A call, attribute, subscript or binary operator, with all that nest in its left part."""
    tag = codes[p - 1]
    spine: list[int] = []
    while True:
        if tag == OP_EXPR:
            spine.append(p - 1)
            p += 2
        spine.append(tag)
        tag = codes[p]
        p += 1
        if not IS_SPINE[tag]:
            break
    if tag == NAME_EXPR:
        length = codes[p + 1]
        if length & 1:
            length, start = read_integer(codes, p + 1)
        else:
            length = (length >> 1) - 10
            start = p + 2
        at = start + length
        node: Expression = Name(words[data[start:at]], at)
        p = find(255, at + 5) + 1
    else:
        node, p = EXPRESSIONS[tag](codes, data, p, words, find)
    while spine:
        tag = spine.pop()
        if tag == MEMBER_EXPR:
            length = codes[p + 1]
            if length & 1:
                length, start = read_integer(codes, p + 1)
            else:
                length = (length >> 1) - 10
                start = p + 2
            at = start + length
            node = Attribute(node, words[data[start:at]], at)
            p = find(255, at + 5) + 1
        elif tag == CALL_EXPR:
            count = codes[p + 1]
            if count & 1:
                count, p = read_integer(codes, p + 1)
            else:
                count = (count >> 1) - 10
                p += 2
            arguments: list[Expression] = []
            for _ in range(count):
                argument, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
                arguments.append(argument)
            # The list of kinds and the list of names are as long as that of the arguments.
            p += 1
            p += INTEGER_SIZES[codes[p]]
            kinds: Sequence[int] = ()
            keywords: list[str | None] = []
            if count:
                kinds = KINDS[data[p : p + count]]
                p += count + 1
                p += INTEGER_SIZES[codes[p]]
                for _ in range(count):
                    if codes[p] == NONE:
                        keywords.append(None)
                        p += 1
                    else:
                        keyword, p = read_word(codes, data, p + 1, words)
                        keywords.append(keyword)
                node = Call(node, arguments, kinds, keywords, p)
            else:
                p += 2
                node = Call(node, arguments, kinds, keywords, p)
            p = find(255, p + 5) + 1
        elif tag == INDEX_EXPR:
            index, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
            node = Subscript(node, index, p)
            p = find(255, p + 5) + 1
        else:
            at = spine.pop()
            right, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
            node = BinaryOperation(BINARY_OPERATORS[(codes[at + 2] >> 1) - 10], node, right, at)
            p += 1
    return node, p


class _Kinds(dict[bytes, tuple[int, ...]]):
    """Argument kinds by their bytes, of which there are few: most calls share a tuple."""

    def __missing__(self, key: bytes) -> tuple[int, ...]:
        kinds = tuple((code >> 1) - 10 for code in key)
        if len(self) < 1000:
            self[key] = kinds
        return kinds


KINDS: Final = _Kinds()


def read_list(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[Expression], int]:
    """Expressions with their number before them; `p` is at the tag of the list."""
    count, p = read_integer(codes, p + 1)
    items: list[Expression] = []
    for _ in range(count):
        item, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        items.append(item)
    return items, p


def read_optional(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression | None, int]:
    """A flag, and the expression if the flag is set."""
    if codes[p] == FALSE:
        return None, p + 1
    return EXPRESSIONS[codes[p + 1]](codes, data, p + 2, words, find)


def read_string(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    value, p = read_word(codes, data, p + 1, words)
    p += 1  # whether it holds lone surrogates
    return String(value, p), find(255, p + 5) + 1


def read_bytes(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    length, p = read_integer(codes, p + 1)
    p += length
    return Bytes(p), find(255, p + 5) + 1


def read_int(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    value, p = read_integer(codes, p + 1)
    return Number(value, p), find(255, p + 5) + 1


def read_big_int(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    length, p = read_integer(codes, p + 1)
    p += length
    return Number(None, p), find(255, p + 5) + 1


def read_float(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    return Number(None, p + 9), find(255, p + 14) + 1


def read_complex(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    return Number(None, p + 18), find(255, p + 23) + 1


def read_ellipsis(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    return nodes.Ellipsis(p), find(255, p + 5) + 1


def read_tuple(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    items, p = read_list(codes, data, p, words, find)
    return Tuple(items, p), find(255, p + 5) + 1


def read_list_display(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    items, p = read_list(codes, data, p, words, find)
    return List(items, p), find(255, p + 5) + 1


def read_set(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    items, p = read_list(codes, data, p, words, find)
    return Set(items, p), find(255, p + 5) + 1


def read_dict(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    count, p = read_integer(codes, p + 1)
    keys: list[Expression | None] = []
    for _ in range(count):
        key, p = read_optional(codes, data, p, words, find)
        keys.append(key)
    values, p = read_list(codes, data, p, words, find)
    return Dict(keys, values, p), find(255, p + 5) + 1


def read_slice(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    lower, p = read_optional(codes, data, p, words, find)
    upper, p = read_optional(codes, data, p, words, find)
    step, p = read_optional(codes, data, p, words, find)
    return Slice(lower, upper, step, p), find(255, p + 5) + 1


def read_starred(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return Starred(value, p), find(255, p + 5) + 1


def read_await(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return Await(value, p), find(255, p + 5) + 1


def read_boolean_operation(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    operator = "or" if codes[p + 1] == 22 else "and"
    values, p = read_list(codes, data, p + 2, words, find)
    return BooleanOperation(operator, values, p), find(255, p + 5) + 1


def read_unary_operation(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    operator = UNARY_OPERATORS[(codes[p + 1] >> 1) - 10]
    operand, p = EXPRESSIONS[codes[p + 2]](codes, data, p + 3, words, find)
    return UnaryOperation(operator, operand, p), find(255, p + 5) + 1


def read_comparison(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    left, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    count, p = read_integer(codes, p + 1)
    operators = [COMPARISON_OPERATORS[(code >> 1) - 10] for code in codes[p : p + count]]
    comparators, p = read_list(codes, data, p + count, words, find)
    return Comparison(left, operators, comparators, p), find(255, p + 5) + 1


def read_conditional(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    body, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    test, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    orelse, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return Conditional(test, body, orelse, p), find(255, p + 5) + 1


def read_walrus(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    target, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return Walrus(target, value, p), find(255, p + 5) + 1


def read_lambda(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    parameters, p = read_parameters(codes, data, p, words, find)
    # The body is a block (tag, list, its length 1, a flag) of one return statement with a value.
    body, p = EXPRESSIONS[codes[p + 6]](codes, data, p + 7, words, find)
    p = find(255, p + 5) + 2
    return Lambda(parameters, body, p), find(255, p + 5) + 1


def read_yield(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    value, p = read_optional(codes, data, p, words, find)
    return Yield(value, p), find(255, p + 5) + 1


def read_yield_from(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return YieldFrom(value, p), find(255, p + 5) + 1


def read_generators(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[Generator], int]:
    """The ``for`` parts: all targets, then all iterables, conditions and async flags."""
    count, p = read_integer(codes, p + 1)
    targets: list[Expression] = []
    iterables: list[Expression] = []
    conditions: list[list[Expression]] = []
    for _ in range(count):
        target, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        targets.append(target)
    for _ in range(count):
        iterable, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        iterables.append(iterable)
    for _ in range(count):
        condition, p = read_list(codes, data, p, words, find)
        conditions.append(condition)
    generators: list[Generator] = []
    for i in range(count):
        is_async = codes[p + i] != FALSE
        generators.append(Generator(targets[i], iterables[i], conditions[i], is_async))
    return generators, p + count


def read_list_comprehension(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    element, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    generators, p = read_generators(codes, data, p, words, find)
    return Comprehension("list", None, element, generators, p), find(255, p + 5) + 1


def read_set_comprehension(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    element, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    generators, p = read_generators(codes, data, p, words, find)
    return Comprehension("set", None, element, generators, p), find(255, p + 5) + 1


def read_generator(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    element, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    generators, p = read_generators(codes, data, p, words, find)
    return Comprehension("generator", None, element, generators, p), find(255, p + 5) + 1


def read_dict_comprehension(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    key, p = read_optional(codes, data, p, words, find)
    element, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    generators, p = read_generators(codes, data, p, words, find)
    return Comprehension("dict", key, element, generators, p), find(255, p + 5) + 1


def read_formatted_string(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    values: list[Expression] = []
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        p += 1
        if codes[p - 1] == FALSE:  # a plain literal in an implicit concatenation
            length, p = read_integer(codes, p + 1)
            p = skip_location(codes, p + length)
        else:
            p = read_interpolations(codes, data, p, words, find, values)
    p += 1  # whether it holds lone surrogates
    return FormattedString(values, False, p), find(255, p + 5) + 1


def read_interpolations(
    codes: list[int],
    data: bytes,
    p: int,
    words: Words,
    find: FindEnd,
    values: list[Expression],
) -> int:
    """Adds the interpolated expressions to `values`, those in format specs included."""
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        p += 1
        if codes[p - 1] != INTERPOLATION:
            length, p = read_integer(codes, p)
            p = skip_location(codes, p + length)
            continue
        value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        values.append(value)
        p += 1
        if codes[p - 1] != FALSE:  # the conversion, such as !r
            length, p = read_integer(codes, p + 1)
            p += length
        p += 1
        if codes[p - 1] != FALSE:
            p = skip_location(codes, read_interpolations(codes, data, p, words, find, values))
        p += 1
    return p


def read_template_string(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    values: list[Expression] = []
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        p += 1
        if codes[p - 1] == FALSE:
            length, p = read_integer(codes, p + 1)
            p = skip_location(codes, p + length)
            continue
        value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        values.append(value)
        length, p = read_integer(codes, p + 1)  # the source of the expression
        p += length + 1
        if codes[p - 1] != FALSE:  # the conversion
            length, p = read_integer(codes, p + 1)
            p += length
        p += 1
        if codes[p - 1] != FALSE:
            p = skip_location(codes, read_interpolations(codes, data, p, words, find, values))
    p += 1
    return FormattedString(values, True, p), find(255, p + 5) + 1


def skip_location(codes: list[int], p: int) -> int:
    """The position after the location at `p`, which has no `END` behind it."""
    p += 1
    for _ in range(4):
        p += INTEGER_SIZES[codes[p]]
    return p


# --- statements ----------------------------------------------------------------------------------


def read_block(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Block, int]:
    """`p` is at the tag of the block. An empty one, of a skipped or broken body, has a place."""
    count, p = read_integer(codes, p + 2)
    unreachable = codes[p] != FALSE
    p += 1
    statements: list[Statement] = []
    if count == 0:
        if codes[p] == LOCATION:
            return Block(statements, unreachable), find(255, p + 5) + 1
        return Block(statements, unreachable), p + 1
    for _ in range(count):
        statement, p = STATEMENTS[codes[p]](codes, data, p + 1, words, find)
        statements.append(statement)
    return Block(statements, unreachable), p + 1


def read_optional_block(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Block | None, int]:
    """A flag, and the block if the flag is set."""
    if codes[p] == FALSE:
        return None, p + 1
    return read_block(codes, data, p + 1, words, find)


def read_loop_else(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Block | None, int]:
    """A block that is empty when the loop has no ``else``."""
    block, p = read_block(codes, data, p, words, find)
    return (block if block.statements else None), p


def read_expression_statement(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return ExpressionStatement(value, value.at), p + 1


def read_assign(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    targets, p = read_list(codes, data, p, words, find)
    value: Expression | None
    if codes[p] == TEMPORARY:
        value = None
        p += 2
    else:
        value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    annotation, p = read_optional_type(codes, data, p, words, find)
    if codes[p] == FALSE:  # not the syntax of PEP 526 but a type comment
        annotation = None
    p += 1
    return Assign(targets, value, annotation, p), find(255, p + 5) + 1


def read_augmented_assign(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    operator, p = read_word(codes, data, p + 1, words)
    target, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return AugmentedAssign(operator, target, value, p), find(255, p + 5) + 1


def read_return(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    value, p = read_optional(codes, data, p, words, find)
    return Return(value, p), find(255, p + 5) + 1


def read_if(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    test, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    body, p = read_block(codes, data, p, words, find)
    count, p = read_integer(codes, p + 1)
    tests: list[Expression] = []
    bodies: list[Block] = []
    for _ in range(count):
        elif_test, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        elif_body, p = read_block(codes, data, p, words, find)
        tests.append(elif_test)
        bodies.append(elif_body)
    orelse, p = read_optional_block(codes, data, p, words, find)
    if is_type_checking(test):
        body.unreachable = False
        if orelse is not None:
            orelse.unreachable = False
    for i in range(count - 1, -1, -1):
        inner = If(tests[i], bodies[i], orelse, tests[i].at)
        orelse = Block([inner], False)
    return If(test, body, orelse, p), find(255, p + 5) + 1


def is_type_checking(test: Expression) -> bool:
    """Whether a test is ``TYPE_CHECKING`` or its negation: both branches are of interest then.

    The parser takes it for true, as a type checker does, but what is in the other branch is what
    runs.
    """
    if isinstance(test, UnaryOperation):
        test = test.operand
    if isinstance(test, Name):
        return test.name == "TYPE_CHECKING"
    return isinstance(test, Attribute) and test.attribute == "TYPE_CHECKING"


def read_for(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    target, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    iterable, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    body, p = read_block(codes, data, p, words, find)
    orelse, p = read_loop_else(codes, data, p, words, find)
    is_async = codes[p] != FALSE
    p += 1
    return For(target, iterable, body, orelse, is_async, p), find(255, p + 5) + 1


def read_while(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    test, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    body, p = read_block(codes, data, p, words, find)
    orelse, p = read_loop_else(codes, data, p, words, find)
    return While(test, body, orelse, p), find(255, p + 5) + 1


def read_with(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    count, p = read_integer(codes, p + 1)
    contexts: list[Expression] = []
    targets: list[Expression | None] = []
    for _ in range(count):
        context, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        contexts.append(context)
        target, p = read_optional(codes, data, p, words, find)
        targets.append(target)
    body, p = read_block(codes, data, p, words, find)
    is_async = codes[p] != FALSE
    p += 1
    return With(contexts, targets, body, is_async, p), find(255, p + 5) + 1


def read_try(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    body, p = read_block(codes, data, p, words, find)
    count, p = read_integer(codes, p + 1)
    types: list[Expression | None] = []
    names: list[str | None] = []
    places: list[int] = []
    for _ in range(count):
        type_, p = read_optional(codes, data, p, words, find)
        types.append(type_)
    for _ in range(count):
        p += 1
        if codes[p - 1] == FALSE:
            names.append(None)
            places.append(0)
            continue
        name, p = read_word(codes, data, p + 1, words)
        names.append(name)
        places.append(p)
        p = skip_location(codes, p)
    handlers: list[Handler] = []
    for i in range(count):
        handler_body, p = read_block(codes, data, p, words, find)
        handlers.append(Handler(types[i], names[i], handler_body, places[i]))
    orelse, p = read_optional_block(codes, data, p, words, find)
    finalbody, p = read_optional_block(codes, data, p, words, find)
    is_star = codes[p] != FALSE
    p += 1
    return Try(body, handlers, orelse, finalbody, is_star, p), find(255, p + 5) + 1


def read_match(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    subject, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    count, p = read_integer(codes, p + 1)
    cases: list[Case] = []
    for _ in range(count):
        pattern, p = PATTERNS[codes[p]](codes, data, p + 1, words, find)
        guard, p = read_optional(codes, data, p, words, find)
        body, p = read_block(codes, data, p, words, find)
        cases.append(Case(pattern, guard, body))
    return Match(subject, cases, p), find(255, p + 5) + 1


def read_raise(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    exception, p = read_optional(codes, data, p, words, find)
    cause, p = read_optional(codes, data, p, words, find)
    return Raise(exception, cause, p), find(255, p + 5) + 1


def read_assert(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    test, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    message, p = read_optional(codes, data, p, words, find)
    return Assert(test, message, p), find(255, p + 5) + 1


def read_delete(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    """Several targets come as one tuple, as ``del (a, b)`` does, which means the same."""
    target, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    targets = target.elements if isinstance(target, Tuple) else [target]
    return Delete(targets, p), find(255, p + 5) + 1


def read_names(codes: list[int], data: bytes, p: int, words: Words) -> tuple[list[str], int]:
    count, p = read_integer(codes, p + 1)
    names: list[str] = []
    for _ in range(count):
        name, p = read_word(codes, data, p + 1, words)
        names.append(name)
    return names, p


def read_global(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    names, p = read_names(codes, data, p, words)
    return Global(names, p), find(255, p + 5) + 1


def read_nonlocal(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    names, p = read_names(codes, data, p, words)
    return Nonlocal(names, p), find(255, p + 5) + 1


def read_aliases(
    codes: list[int], data: bytes, p: int, words: Words
) -> tuple[list[tuple[str, str | None]], int]:
    """Pairs of a name and what stands after ``as``."""
    count, p = read_integer(codes, p + 1)
    names: list[tuple[str, str | None]] = []
    for _ in range(count):
        name, p = read_word(codes, data, p + 1, words)
        p += 1
        if codes[p - 1] == FALSE:
            names.append((name, None))
        else:
            alias, p = read_word(codes, data, p + 1, words)
            names.append((name, alias))
    return names, p


def end_of_import(codes: list[int], at: int) -> int:
    """After the location of an import stand its flags, which Block.unreachable makes needless."""
    return read_integer(codes, skip_location(codes, at) + 1)[1] + 1


def read_import(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    names, p = read_aliases(codes, data, p, words)
    return Import(names, p), end_of_import(codes, p)


def read_import_from(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    level, p = read_integer(codes, p + 1)
    module, p = read_word(codes, data, p + 1, words)
    names, p = read_aliases(codes, data, p, words)
    return ImportFrom(module, level, names, p), end_of_import(codes, p)


def read_import_star(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    module, p = read_word(codes, data, p + 1, words)
    level, p = read_integer(codes, p + 1)
    return ImportStar(module, level, p), end_of_import(codes, p)


def read_pass(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    return Pass(p), find(255, p + 5) + 1


def read_break(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    return Break(p), find(255, p + 5) + 1


def read_continue(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    return Continue(p), find(255, p + 5) + 1


def read_parameters(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[Parameter], int]:
    count, p = read_integer(codes, p + 1)
    parameters: list[Parameter] = []
    for _ in range(count):
        name, p = read_word(codes, data, p + 1, words)
        kind = (codes[p + 1] >> 1) - 10
        annotation, p = read_optional_type(codes, data, p + 2, words, find)
        default, p = read_optional(codes, data, p, words, find)
        positional_only = codes[p] != FALSE
        p += 1
        parameters.append(Parameter(name, kind, annotation, default, positional_only, p))
        p = skip_location(codes, p)
    return parameters, p


def read_function(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[FunctionDef, int]:
    name, p = read_word(codes, data, p + 1, words)
    parameters, p = read_parameters(codes, data, p, words, find)
    body, p = read_block(codes, data, p, words, find)
    is_async = codes[p] != FALSE
    type_parameters, p = read_optional_type_parameters(codes, data, p + 1, words, find)
    returns, p = read_optional_type(codes, data, p, words, find)
    function = FunctionDef(name, parameters, body, is_async, type_parameters, returns, [], p)
    return function, find(255, p + 5) + 1


def read_decorated(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    """Decorators, their line and column, and the function."""
    decorators, p = read_list(codes, data, p, words, find)
    p += 1
    p += INTEGER_SIZES[codes[p]] + 1
    p += INTEGER_SIZES[codes[p]]
    if codes[p] != FUNCTION_DEF:
        raise UnexpectedStream("no function behind its decorators")
    function, p = read_function(codes, data, p + 1, words, find)
    function.decorators = decorators
    return function, p + 1


def read_class(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    name, p = read_word(codes, data, p + 1, words)
    body, p = read_block(codes, data, p, words, find)
    bases, p = read_list(codes, data, p, words, find)
    decorators, p = read_list(codes, data, p, words, find)
    type_parameters, p = read_optional_type_parameters(codes, data, p, words, find)
    count, p = read_integer(codes, p + 1)
    keywords: list[tuple[str, Expression]] = []
    for _ in range(count):
        keyword, p = read_word(codes, data, p + 1, words)
        value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        keywords.append((keyword, value))
    node = ClassDef(name, bases, keywords, body, type_parameters, decorators, p)
    return node, find(255, p + 5) + 1


def read_type_alias(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    target, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    name = target.name if isinstance(target, Name) else ""
    type_parameters, p = read_type_parameters(codes, data, p, words, find)
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return TypeAlias(name, type_parameters, value, p), find(255, p + 5) + 1


# --- annotations ---------------------------------------------------------------------------------


def read_optional_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode | None, int]:
    """A flag, and the type if the flag is set."""
    if codes[p] == FALSE:
        return None, p + 1
    return read_type(codes, data, p + 1, words, find)


def read_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    """`p` is at the tag of the type."""
    return TYPES[codes[p]](codes, data, p + 1, words, find)


def read_types(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[TypeNode], int]:
    """Types with their number before them; `p` is at the tag of the list."""
    count, p = read_integer(codes, p + 1)
    types: list[TypeNode] = []
    for _ in range(count):
        type_, p = TYPES[codes[p]](codes, data, p + 1, words, find)
        types.append(type_)
    return types, p


def read_optional_type_parameters(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[TypeParameter], int]:
    if codes[p] == FALSE:
        return [], p + 1
    return read_type_parameters(codes, data, p + 1, words, find)


def read_type_parameters(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[TypeParameter], int]:
    """PEP 695 parameters; their number has no tag before it."""
    count, p = read_integer(codes, p)
    parameters: list[TypeParameter] = []
    for _ in range(count):
        kind, p = read_integer(codes, p + 1)
        name, p = read_word(codes, data, p + 1, words)
        bound, p = read_optional_type(codes, data, p, words, find)
        constraints, p = read_types(codes, data, p, words, find)
        default, p = read_optional_type(codes, data, p, words, find)
        parameters.append(TypeParameter(name, kind, bound, constraints, default))
    return parameters, p


def read_named_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    name, p = read_word(codes, data, p + 1, words)
    if name.endswith("Literal"):
        arguments, p = read_literal_arguments(codes, data, p, words, find)
    else:
        arguments, p = read_types(codes, data, p, words, find)
    p += 1  # whether it is subscripted with an empty tuple
    _, p = read_optional_word(codes, data, p, words)  # the text, if it was quoted
    _, p = read_optional_word(codes, data, p, words)  # the type of that text
    return NamedType(name, arguments, p), find(255, p + 5) + 1


def read_literal_arguments(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[TypeNode], int]:
    """What stands in ``Literal[…]``, where a string is itself and not a quoted type.

    The parser gives ``"a"`` as the type ``a`` with its text behind, so that text is looked up.
    """
    count, p = read_integer(codes, p + 1)
    arguments: list[TypeNode] = []
    for _ in range(count):
        start = p
        argument, p = TYPES[codes[p]](codes, data, p + 1, words, find)
        text: str | None = None
        if codes[start] == NAMED_TYPE:
            name, middle = read_word(codes, data, start + 2, words)
            _, middle = read_types(codes, data, middle, words, find)
            text, _ = read_optional_word(codes, data, middle + 1, words)
            if text is None and name == "None":
                argument = LiteralType(None, argument.at)
        elif codes[start] == UNION_TYPE:
            _, middle = read_types(codes, data, start + 1, words, find)
            text, _ = read_optional_word(codes, data, middle + 1, words)
        if text is not None:
            argument = LiteralType(text, argument.at)
        arguments.append(argument)
    return arguments, p


def read_union_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    items, p = read_types(codes, data, p, words, find)
    _, p = read_optional_word(codes, data, p + 1, words)
    _, p = read_optional_word(codes, data, p, words)
    p += 1
    return UnionType(items, p), find(255, p + 5) + 1


def read_type_list(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    items, p = read_types(codes, data, p, words, find)
    return TypeList(items, p), find(255, p + 5) + 1


def read_tuple_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    items, p = read_types(codes, data, p, words, find)
    p += 1
    return TypeList(items, p), find(255, p + 5) + 1


def read_typed_dict_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        _, p = read_optional_word(codes, data, p, words)
    _, p = read_types(codes, data, p, words, find)
    return OtherType(p), find(255, p + 5) + 1


def read_ellipsis_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    return EllipsisType(p), find(255, p + 5) + 1


def read_raw_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    """A literal, or an expression that is no type."""
    kind, p = read_word(codes, data, p + 1, words)
    value: str | int | bool
    if kind == "builtins.bool":
        value = codes[p] != FALSE
        p += 1
    elif kind == "builtins.int":
        value, p = read_integer(codes, p + 1)
    elif kind == "builtins.str":
        value, p = read_word(codes, data, p + 1, words)
    elif kind == "builtins.bytes":
        _, p = read_word(codes, data, p + 1, words)
        return OtherType(p), find(255, p + 5) + 1
    else:
        _, p = read_optional_word(codes, data, p + 1, words)
        return OtherType(p), find(255, p + 5) + 1
    return LiteralType(value, p), find(255, p + 5) + 1


def read_unpacked_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    value, p = read_type(codes, data, p, words, find)
    p += 1
    return UnpackedType(value, p), find(255, p + 5) + 1


def read_call_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    _, p = read_type(codes, data, p, words, find)
    _, p = read_types(codes, data, p, words, find)
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        _, p = read_optional_word(codes, data, p, words)
        _, p = read_type(codes, data, p, words, find)
    return OtherType(p), find(255, p + 5) + 1


# --- patterns ------------------------------------------------------------------------------------


def read_patterns(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[list[Pattern], int]:
    count, p = read_integer(codes, p + 1)
    patterns: list[Pattern] = []
    for _ in range(count):
        pattern, p = PATTERNS[codes[p]](codes, data, p + 1, words, find)
        patterns.append(pattern)
    return patterns, p


def read_optional_name(
    codes: list[int], data: bytes, p: int, words: Words
) -> tuple[str | None, int]:
    """A flag, and if it is set a name with its place."""
    if codes[p] == FALSE:
        return None, p + 1
    name, p = read_word(codes, data, p + 2, words)
    return name, skip_location(codes, p)


def read_capture_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    pattern: Pattern | None = None
    p += 1
    if codes[p - 1] != FALSE:
        pattern, p = PATTERNS[codes[p]](codes, data, p + 1, words, find)
    name, p = read_optional_name(codes, data, p, words)
    return CapturePattern(pattern, name, p), find(255, p + 5) + 1


def read_or_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    patterns, p = read_patterns(codes, data, p, words, find)
    return OrPattern(patterns, p), find(255, p + 5) + 1


def read_value_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    value, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    return ValuePattern(value, p), find(255, p + 5) + 1


def read_singleton_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    name = ("False", "True", "None")[codes[p]]
    p += 1
    return ValuePattern(Name(name, p), p), find(255, p + 5) + 1


def read_sequence_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    patterns, p = read_patterns(codes, data, p, words, find)
    return SequencePattern(patterns, p), find(255, p + 5) + 1


def read_star_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    name, p = read_optional_name(codes, data, p, words)
    return StarPattern(name, p), find(255, p + 5) + 1


def read_mapping_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    count, p = read_integer(codes, p + 1)
    keys: list[Expression] = []
    patterns: list[Pattern] = []
    for _ in range(count):
        key, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
        keys.append(key)
        pattern, p = PATTERNS[codes[p]](codes, data, p + 1, words, find)
        patterns.append(pattern)
    rest, p = read_optional_name(codes, data, p, words)
    return MappingPattern(keys, patterns, rest, p), find(255, p + 5) + 1


def read_class_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    cls, p = EXPRESSIONS[codes[p]](codes, data, p + 1, words, find)
    patterns, p = read_patterns(codes, data, p, words, find)
    count, p = read_integer(codes, p + 1)
    keywords: list[tuple[str, Pattern]] = []
    for _ in range(count):
        name, p = read_word(codes, data, p + 1, words)
        pattern, p = PATTERNS[codes[p]](codes, data, p + 1, words, find)
        keywords.append((name, pattern))
    return ClassPattern(cls, patterns, keywords, p), find(255, p + 5) + 1


# --- the tables ----------------------------------------------------------------------------------

ExpressionReader = Callable[[list[int], bytes, int, Words, FindEnd], tuple[Expression, int]]
StatementReader = Callable[[list[int], bytes, int, Words, FindEnd], tuple[Statement, int]]
TypeReader = Callable[[list[int], bytes, int, Words, FindEnd], tuple[TypeNode, int]]
PatternReader = Callable[[list[int], bytes, int, Words, FindEnd], tuple[Pattern, int]]


def _no_expression(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Expression, int]:
    raise UnexpectedStream(f"no expression has the tag {codes[p - 1]}")


def _no_statement(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Statement, int]:
    raise UnexpectedStream(f"no statement has the tag {codes[p - 1]}")


def _no_type(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[TypeNode, int]:
    raise UnexpectedStream(f"no type has the tag {codes[p - 1]}")


def _no_pattern(
    codes: list[int], data: bytes, p: int, words: Words, find: FindEnd
) -> tuple[Pattern, int]:
    raise UnexpectedStream(f"no pattern has the tag {codes[p - 1]}")


IS_SPINE: Final = [tag in (CALL_EXPR, MEMBER_EXPR, OP_EXPR, INDEX_EXPR) for tag in range(256)]

EXPRESSIONS: Final[list[ExpressionReader]] = [_no_expression] * 256
EXPRESSIONS[CALL_EXPR] = read_spine
EXPRESSIONS[NAME_EXPR] = read_name
EXPRESSIONS[163] = read_string
EXPRESSIONS[MEMBER_EXPR] = read_spine
EXPRESSIONS[OP_EXPR] = read_spine
EXPRESSIONS[167] = read_int
EXPRESSIONS[170] = read_tuple
EXPRESSIONS[INDEX_EXPR] = read_spine
EXPRESSIONS[173] = read_list_display
EXPRESSIONS[174] = read_set
EXPRESSIONS[177] = read_comparison
EXPRESSIONS[178] = read_boolean_operation
EXPRESSIONS[181] = read_float
EXPRESSIONS[182] = read_unary_operation
EXPRESSIONS[183] = read_dict
EXPRESSIONS[184] = read_complex
EXPRESSIONS[185] = read_slice
EXPRESSIONS[190] = read_generator
EXPRESSIONS[191] = read_yield
EXPRESSIONS[192] = read_yield_from
EXPRESSIONS[193] = read_list_comprehension
EXPRESSIONS[194] = read_set_comprehension
EXPRESSIONS[195] = read_dict_comprehension
EXPRESSIONS[202] = read_ellipsis
EXPRESSIONS[203] = read_conditional
EXPRESSIONS[205] = read_formatted_string
EXPRESSIONS[207] = read_lambda
EXPRESSIONS[208] = read_walrus
EXPRESSIONS[209] = read_starred
EXPRESSIONS[210] = read_bytes
EXPRESSIONS[213] = read_await
EXPRESSIONS[214] = read_big_int
EXPRESSIONS[229] = read_template_string

STATEMENTS: Final[list[StatementReader]] = [_no_statement] * 256
STATEMENTS[53] = read_decorated
STATEMENTS[60] = read_class
STATEMENTS[160] = read_expression_statement
STATEMENTS[164] = read_import
STATEMENTS[168] = read_if
STATEMENTS[169] = read_assign
STATEMENTS[175] = read_return
STATEMENTS[176] = read_while
STATEMENTS[FUNCTION_DEF] = read_function
STATEMENTS[180] = read_pass
STATEMENTS[187] = read_raise
STATEMENTS[188] = read_break
STATEMENTS[189] = read_continue
STATEMENTS[196] = read_import_from
STATEMENTS[197] = read_assert
STATEMENTS[198] = read_for
STATEMENTS[199] = read_with
STATEMENTS[200] = read_augmented_assign
STATEMENTS[201] = read_try
STATEMENTS[204] = read_delete
STATEMENTS[211] = read_global
STATEMENTS[212] = read_nonlocal
STATEMENTS[215] = read_import_star
STATEMENTS[216] = read_match
STATEMENTS[225] = read_type_alias

TYPES: Final[list[TypeReader]] = [_no_type] * 256
TYPES[NAMED_TYPE] = read_named_type
TYPES[105] = read_unpacked_type
TYPES[112] = read_tuple_type
TYPES[113] = read_typed_dict_type
TYPES[UNION_TYPE] = read_union_type
TYPES[118] = read_type_list
TYPES[119] = read_ellipsis_type
TYPES[120] = read_raw_type
TYPES[121] = read_call_type

PATTERNS: Final[list[PatternReader]] = [_no_pattern] * 256
PATTERNS[217] = read_capture_pattern
PATTERNS[218] = read_or_pattern
PATTERNS[219] = read_value_pattern
PATTERNS[220] = read_singleton_pattern
PATTERNS[221] = read_sequence_pattern
PATTERNS[222] = read_star_pattern
PATTERNS[223] = read_mapping_pattern
PATTERNS[224] = read_class_pattern
