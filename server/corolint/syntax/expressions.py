"""Readers of expressions, and the table that finds the reader of a tag.

Calls, attributes, subscripts and binary operators nest to the left without any limit in the
parser (``a + b + c + …``), so `read_spine` walks them in a loop. All other nesting is bounded by
the parser at about two hundred levels, which these readers follow by recursion. Positions are as
in `stream`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from corolint.syntax import nodes
from corolint.syntax.annotations import read_optional_type
from corolint.syntax.nodes import (
    NAMED,
    STAR,
    Attribute,
    Await,
    BinaryOperation,
    BooleanOperation,
    Bytes,
    Call,
    Comparison,
    Comprehension,
    Conditional,
    Dict,
    Expression,
    FormattedString,
    Generator,
    Lambda,
    List,
    Name,
    Number,
    Parameter,
    Set,
    Slice,
    Starred,
    String,
    Subscript,
    Tuple,
    UnaryOperation,
    Walrus,
    Yield,
    YieldFrom,
)
from corolint.syntax.stream import (
    ATTRIBUTE,
    BINARY_OPERATION,
    CALL,
    FALSE,
    INTEGER_SIZES,
    INTERPOLATION,
    NAME,
    SUBSCRIPT,
    Stream,
    UnexpectedStream,
    read_integer,
    read_optional_word,
    read_word,
    skip_location,
    skip_text,
)

BINARY_OPERATORS: Final = ("+", "-", "*", "@", "/", "%", "**", "<<", ">>", "|", "^", "&", "//")
COMPARISON_OPERATORS: Final = ("==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in")
UNARY_OPERATORS: Final = ("~", "not", "+", "-")
IS_SPINE: Final = [tag in (CALL, ATTRIBUTE, BINARY_OPERATION, SUBSCRIPT) for tag in range(256)]


def read_name(s: Stream, p: int) -> tuple[Expression, int]:
    codes = s.codes
    length = codes[p + 1]
    if length & 1:
        length, start = read_integer(codes, p + 1)
    else:
        length = (length >> 1) - 10
        start = p + 2
    at = start + length
    return Name(s.words[s.data[start:at]], at), s.find_end(255, at + 5) + 1


def read_spine(s: Stream, p: int) -> tuple[Expression, int]:
    """A call, attribute, subscript or binary operator, with all that nest in its left part."""
    codes = s.codes
    data = s.data
    words = s.words
    find_end = s.find_end
    tag = codes[p - 1]
    spine: list[int] = []
    while True:
        if tag == BINARY_OPERATION:
            spine.append(p - 1)
            p += 2
        spine.append(tag)
        tag = codes[p]
        p += 1
        if not IS_SPINE[tag]:
            break
    if tag == NAME:
        length = codes[p + 1]
        if length & 1:
            length, start = read_integer(codes, p + 1)
        else:
            length = (length >> 1) - 10
            start = p + 2
        at = start + length
        node: Expression = Name(words[data[start:at]], at)
        p = find_end(255, at + 5) + 1
    else:
        node, p = EXPRESSIONS[tag](s, p)
    kinds: Sequence[int]
    keywords: Sequence[str | None]
    while spine:
        tag = spine.pop()
        if tag == ATTRIBUTE:
            length = codes[p + 1]
            if length & 1:
                length, start = read_integer(codes, p + 1)
            else:
                length = (length >> 1) - 10
                start = p + 2
            at = start + length
            node = Attribute(node, words[data[start:at]], at)
            p = find_end(255, at + 5) + 1
        elif tag == CALL:
            count = codes[p + 1]
            if count & 1:
                count, p = read_integer(codes, p + 1)
            else:
                count = (count >> 1) - 10
                p += 2
            arguments: list[Expression] = []
            for _ in range(count):
                argument, p = EXPRESSIONS[codes[p]](s, p + 1)
                arguments.append(argument)
            # The list of kinds and the list of keywords are as long as that of the arguments.
            if count:
                p += 1
                p += INTEGER_SIZES[codes[p]]
                key = data[p : p + count]
                kinds, keywords = KINDS[key]
                p += count + 1
                p += INTEGER_SIZES[codes[p]]
                if NAMED_CODE in key:
                    keywords, p = read_keywords(s, p, count)
                else:
                    p += count
            else:
                kinds = keywords = ()
                p += 4
            node = Call(node, arguments, kinds, keywords, p)
            p = find_end(255, p + 5) + 1
        elif tag == SUBSCRIPT:
            index, p = EXPRESSIONS[codes[p]](s, p + 1)
            node = Subscript(node, index, p)
            p = find_end(255, p + 5) + 1
        else:
            at = spine.pop()
            right, p = EXPRESSIONS[codes[p]](s, p + 1)
            node = BinaryOperation(BINARY_OPERATORS[(codes[at + 2] >> 1) - 10], node, right, at)
            p += 1
    return node, p


class Kinds(dict[bytes, tuple[tuple[int, ...], tuple[None, ...]]]):
    """Argument kinds by their bytes, and as many missing keywords; most calls share those."""

    def __missing__(self, key: bytes) -> tuple[tuple[int, ...], tuple[None, ...]]:
        kinds = tuple((code >> 1) - 10 for code in key), (None,) * len(key)
        if len(self) < 1000:
            self[key] = kinds
        return kinds


KINDS: Final = Kinds()
NAMED_CODE: Final = (NAMED + 10) << 1


def read_keywords(s: Stream, p: int, count: int) -> tuple[list[str | None], int]:
    keywords: list[str | None] = []
    for _ in range(count):
        keyword, p = read_optional_word(s, p)
        keywords.append(keyword)
    return keywords, p


def read_list(s: Stream, p: int) -> tuple[list[Expression], int]:
    """Expressions with their number before them; `p` is at the tag of the list."""
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    items: list[Expression] = []
    for _ in range(count):
        item, p = EXPRESSIONS[codes[p]](s, p + 1)
        items.append(item)
    return items, p


def read_optional(s: Stream, p: int) -> tuple[Expression | None, int]:
    """A flag, and the expression if the flag is set."""
    codes = s.codes
    if codes[p] == FALSE:
        return None, p + 1
    return EXPRESSIONS[codes[p + 1]](s, p + 2)


def read_string(s: Stream, p: int) -> tuple[Expression, int]:
    value, p = read_word(s, p + 1)
    p += 1  # whether it holds lone surrogates
    return String(value, p), s.find_end(255, p + 5) + 1


def read_bytes(s: Stream, p: int) -> tuple[Expression, int]:
    p = skip_text(s.codes, p + 1)
    return Bytes(p), s.find_end(255, p + 5) + 1


def read_int(s: Stream, p: int) -> tuple[Expression, int]:
    value, p = read_integer(s.codes, p + 1)
    return Number(value, p), s.find_end(255, p + 5) + 1


def read_big_int(s: Stream, p: int) -> tuple[Expression, int]:
    p = skip_text(s.codes, p + 1)
    return Number(None, p), s.find_end(255, p + 5) + 1


def read_float(s: Stream, p: int) -> tuple[Expression, int]:
    return Number(None, p + 9), s.find_end(255, p + 14) + 1


def read_complex(s: Stream, p: int) -> tuple[Expression, int]:
    return Number(None, p + 18), s.find_end(255, p + 23) + 1


def read_ellipsis(s: Stream, p: int) -> tuple[Expression, int]:
    return nodes.Ellipsis(p), s.find_end(255, p + 5) + 1


def read_tuple(s: Stream, p: int) -> tuple[Expression, int]:
    items, p = read_list(s, p)
    return Tuple(items, p), s.find_end(255, p + 5) + 1


def read_list_display(s: Stream, p: int) -> tuple[Expression, int]:
    items, p = read_list(s, p)
    return List(items, p), s.find_end(255, p + 5) + 1


def read_set(s: Stream, p: int) -> tuple[Expression, int]:
    items, p = read_list(s, p)
    return Set(items, p), s.find_end(255, p + 5) + 1


def read_dict(s: Stream, p: int) -> tuple[Expression, int]:
    count, p = read_integer(s.codes, p + 1)
    keys: list[Expression | None] = []
    for _ in range(count):
        key, p = read_optional(s, p)
        keys.append(key)
    values, p = read_list(s, p)
    return Dict(keys, values, p), s.find_end(255, p + 5) + 1


def read_slice(s: Stream, p: int) -> tuple[Expression, int]:
    lower, p = read_optional(s, p)
    upper, p = read_optional(s, p)
    step, p = read_optional(s, p)
    return Slice(lower, upper, step, p), s.find_end(255, p + 5) + 1


def read_starred(s: Stream, p: int) -> tuple[Expression, int]:
    value, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    return Starred(value, p), s.find_end(255, p + 5) + 1


def read_await(s: Stream, p: int) -> tuple[Expression, int]:
    value, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    return Await(value, p), s.find_end(255, p + 5) + 1


def read_boolean_operation(s: Stream, p: int) -> tuple[Expression, int]:
    operator = "or" if s.codes[p + 1] == 22 else "and"
    values, p = read_list(s, p + 2)
    return BooleanOperation(operator, values, p), s.find_end(255, p + 5) + 1


def read_unary_operation(s: Stream, p: int) -> tuple[Expression, int]:
    codes = s.codes
    operator = UNARY_OPERATORS[(codes[p + 1] >> 1) - 10]
    operand, p = EXPRESSIONS[codes[p + 2]](s, p + 3)
    return UnaryOperation(operator, operand, p), s.find_end(255, p + 5) + 1


def read_comparison(s: Stream, p: int) -> tuple[Expression, int]:
    codes = s.codes
    left, p = EXPRESSIONS[codes[p]](s, p + 1)
    count, p = read_integer(codes, p + 1)
    operators = [COMPARISON_OPERATORS[(code >> 1) - 10] for code in codes[p : p + count]]
    comparators, p = read_list(s, p + count)
    return Comparison(left, operators, comparators, p), s.find_end(255, p + 5) + 1


def read_conditional(s: Stream, p: int) -> tuple[Expression, int]:
    codes = s.codes
    body, p = EXPRESSIONS[codes[p]](s, p + 1)
    test, p = EXPRESSIONS[codes[p]](s, p + 1)
    orelse, p = EXPRESSIONS[codes[p]](s, p + 1)
    return Conditional(test, body, orelse, p), s.find_end(255, p + 5) + 1


def read_walrus(s: Stream, p: int) -> tuple[Expression, int]:
    codes = s.codes
    target, p = EXPRESSIONS[codes[p]](s, p + 1)
    value, p = EXPRESSIONS[codes[p]](s, p + 1)
    return Walrus(target, value, p), s.find_end(255, p + 5) + 1


def read_lambda(s: Stream, p: int) -> tuple[Expression, int]:
    find_end = s.find_end
    parameters, p = read_parameters(s, p)
    outer_yields = s.yields
    # The body is a block (tag, list, its length 1, a flag) of one return statement with a value.
    body, p = EXPRESSIONS[s.codes[p + 6]](s, p + 7)
    s.yields = outer_yields
    p = find_end(255, p + 5) + 2
    return Lambda(parameters, body, p), find_end(255, p + 5) + 1


def read_yield(s: Stream, p: int) -> tuple[Expression, int]:
    s.yields += 1
    value, p = read_optional(s, p)
    return Yield(value, p), s.find_end(255, p + 5) + 1


def read_yield_from(s: Stream, p: int) -> tuple[Expression, int]:
    s.yields += 1
    value, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    return YieldFrom(value, p), s.find_end(255, p + 5) + 1


def read_generators(s: Stream, p: int) -> tuple[list[Generator], int]:
    """The ``for`` parts: all targets, then all iterables, conditions and async flags."""
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    targets: list[Expression] = []
    iterables: list[Expression] = []
    conditions: list[list[Expression]] = []
    for _ in range(count):
        target, p = EXPRESSIONS[codes[p]](s, p + 1)
        targets.append(target)
    for _ in range(count):
        iterable, p = EXPRESSIONS[codes[p]](s, p + 1)
        iterables.append(iterable)
    for _ in range(count):
        condition, p = read_list(s, p)
        conditions.append(condition)
    generators: list[Generator] = []
    for i in range(count):
        is_async = codes[p + i] != FALSE
        generators.append(Generator(targets[i], iterables[i], conditions[i], is_async))
    return generators, p + count


def read_list_comprehension(s: Stream, p: int) -> tuple[Expression, int]:
    element, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    generators, p = read_generators(s, p)
    return Comprehension("list", None, element, generators, p), s.find_end(255, p + 5) + 1


def read_set_comprehension(s: Stream, p: int) -> tuple[Expression, int]:
    element, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    generators, p = read_generators(s, p)
    return Comprehension("set", None, element, generators, p), s.find_end(255, p + 5) + 1


def read_generator(s: Stream, p: int) -> tuple[Expression, int]:
    element, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    generators, p = read_generators(s, p)
    return Comprehension("generator", None, element, generators, p), s.find_end(255, p + 5) + 1


def read_dict_comprehension(s: Stream, p: int) -> tuple[Expression, int]:
    key, p = read_optional(s, p)
    element, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    generators, p = read_generators(s, p)
    return Comprehension("dict", key, element, generators, p), s.find_end(255, p + 5) + 1


def read_formatted_string(s: Stream, p: int) -> tuple[Expression, int]:
    codes = s.codes
    values: list[Expression] = []
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        p += 1
        if codes[p - 1] == FALSE:  # a plain literal in an implicit concatenation
            p = skip_location(codes, skip_text(codes, p + 1))
        else:
            p = read_interpolations(s, p, values)
    p += 1  # whether it holds lone surrogates
    return FormattedString(values, False, p), s.find_end(255, p + 5) + 1


def read_interpolations(s: Stream, p: int, values: list[Expression]) -> int:
    """Adds the interpolated expressions to `values`, those in format specs included."""
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        p += 1
        if codes[p - 1] != INTERPOLATION:
            p = skip_location(codes, skip_text(codes, p))
            continue
        value, p = EXPRESSIONS[codes[p]](s, p + 1)
        values.append(value)
        p += 1
        if codes[p - 1] != FALSE:  # the conversion, such as !r
            p = skip_text(codes, p + 1)
        p += 1
        if codes[p - 1] != FALSE:
            p = skip_location(codes, read_interpolations(s, p, values))
        p += 1
    return p


def read_template_string(s: Stream, p: int) -> tuple[Expression, int]:
    codes = s.codes
    values: list[Expression] = []
    count, p = read_integer(codes, p + 1)
    for _ in range(count):
        p += 1
        if codes[p - 1] == FALSE:
            p = skip_location(codes, skip_text(codes, p + 1))
            continue
        value, p = EXPRESSIONS[codes[p]](s, p + 1)
        values.append(value)
        p = skip_text(codes, p + 1) + 1  # the source of the expression
        if codes[p - 1] != FALSE:  # the conversion
            p = skip_text(codes, p + 1)
        p += 1
        if codes[p - 1] != FALSE:
            p = skip_location(codes, read_interpolations(s, p, values))
    p += 1
    return FormattedString(values, True, p), s.find_end(255, p + 5) + 1


def read_parameters(s: Stream, p: int) -> tuple[list[Parameter], int]:
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    parameters: list[Parameter] = []
    for _ in range(count):
        name, p = read_word(s, p + 1)
        kind = (codes[p + 1] >> 1) - 10
        annotation, p = read_optional_type(s, p + 2)
        default, p = read_optional(s, p)
        positional_only = codes[p] != FALSE and kind < STAR
        p += 1
        parameters.append(Parameter(name, kind, annotation, default, positional_only, p))
        p = skip_location(codes, p)
    return parameters, p


ExpressionReader = Callable[[Stream, int], tuple[Expression, int]]


def _unknown(s: Stream, p: int) -> tuple[Expression, int]:
    raise UnexpectedStream(f"no expression has the tag {s.codes[p - 1]}")


EXPRESSIONS: Final[list[ExpressionReader]] = [_unknown] * 256
EXPRESSIONS[CALL] = read_spine
EXPRESSIONS[NAME] = read_name
EXPRESSIONS[163] = read_string
EXPRESSIONS[ATTRIBUTE] = read_spine
EXPRESSIONS[BINARY_OPERATION] = read_spine
EXPRESSIONS[167] = read_int
EXPRESSIONS[170] = read_tuple
EXPRESSIONS[SUBSCRIPT] = read_spine
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
