"""Readers of statements and blocks. Positions are as in `stream`.

The parser writes the arms of an ``if`` side by side; here each ``elif`` becomes an `If` in the
`orelse` before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from corolint.syntax.annotations import (
    read_optional_type,
    read_optional_type_parameters,
    read_type_parameters,
)
from corolint.syntax.expressions import EXPRESSIONS, read_list, read_optional, read_parameters
from corolint.syntax.nodes import (
    Assert,
    Assign,
    Attribute,
    AugmentedAssign,
    Block,
    Break,
    Case,
    ClassDef,
    Continue,
    Delete,
    Expression,
    ExpressionStatement,
    For,
    FunctionDef,
    Global,
    Handler,
    If,
    Import,
    ImportFrom,
    ImportStar,
    Match,
    Name,
    Nonlocal,
    Pass,
    Raise,
    Return,
    Statement,
    Try,
    Tuple,
    TypeAlias,
    UnaryOperation,
    While,
    With,
)
from corolint.syntax.patterns import PATTERNS
from corolint.syntax.stream import (
    FALSE,
    FUNCTION,
    INTEGER_SIZES,
    LOCATION,
    NO_VALUE,
    Stream,
    UnexpectedStream,
    read_integer,
    read_word,
    skip_location,
)


def read_block(s: Stream, p: int) -> tuple[Block, int]:
    """`p` is at the tag of the block. An empty one, of a skipped or broken body, has a place."""
    codes = s.codes
    count, p = read_integer(codes, p + 2)
    unreachable = codes[p] != FALSE
    p += 1
    statements: list[Statement] = []
    if count == 0:
        if codes[p] == LOCATION:
            return Block(statements, unreachable), s.find_end(255, p + 5) + 1
        return Block(statements, unreachable), p + 1
    for _ in range(count):
        statement, p = STATEMENTS[codes[p]](s, p + 1)
        statements.append(statement)
    return Block(statements, unreachable), p + 1


def read_optional_block(s: Stream, p: int) -> tuple[Block | None, int]:
    """A flag, and the block if the flag is set."""
    if s.codes[p] == FALSE:
        return None, p + 1
    return read_block(s, p + 1)


def read_loop_else(s: Stream, p: int) -> tuple[Block | None, int]:
    """A block that is empty when the loop has no ``else``."""
    block, p = read_block(s, p)
    return (block if block.statements else None), p


def read_expression_statement(s: Stream, p: int) -> tuple[Statement, int]:
    value, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    return ExpressionStatement(value, value.at), p + 1


def read_assign(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    targets, p = read_list(s, p)
    value: Expression | None
    if codes[p] == NO_VALUE:
        value = None
        p += 2
    else:
        value, p = EXPRESSIONS[codes[p]](s, p + 1)
    annotation, p = read_optional_type(s, p)
    if codes[p] == FALSE:  # not the syntax of PEP 526 but a type comment
        annotation = None
    p += 1
    return Assign(targets, value, annotation, p), s.find_end(255, p + 5) + 1


def read_augmented_assign(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    operator, p = read_word(s, p + 1)
    target, p = EXPRESSIONS[codes[p]](s, p + 1)
    value, p = EXPRESSIONS[codes[p]](s, p + 1)
    return AugmentedAssign(operator, target, value, p), s.find_end(255, p + 5) + 1


def read_return(s: Stream, p: int) -> tuple[Statement, int]:
    value, p = read_optional(s, p)
    return Return(value, p), s.find_end(255, p + 5) + 1


def read_if(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    test, p = EXPRESSIONS[codes[p]](s, p + 1)
    body, p = read_block(s, p)
    count, p = read_integer(codes, p + 1)
    tests: list[Expression] = []
    bodies: list[Block] = []
    for _ in range(count):
        elif_test, p = EXPRESSIONS[codes[p]](s, p + 1)
        elif_body, p = read_block(s, p)
        tests.append(elif_test)
        bodies.append(elif_body)
    orelse, p = read_optional_block(s, p)
    checked = is_type_checking(test)
    for i in range(count):
        checked = checked or is_type_checking(tests[i])
        if checked:
            bodies[i].unreachable = False
    if checked and orelse is not None:
        orelse.unreachable = False
    if is_type_checking(test):
        body.unreachable = False
    for i in range(count - 1, -1, -1):
        inner = If(tests[i], bodies[i], orelse, tests[i].at)
        orelse = Block([inner], False)
    return If(test, body, orelse, p), s.find_end(255, p + 5) + 1


def is_type_checking(test: Expression) -> bool:
    """Whether a test is ``TYPE_CHECKING`` or its negation.

    The parser takes the name for true, as a type checker does. But what stands in the other
    branches is what runs, so that none of them is unreachable here.
    """
    if isinstance(test, UnaryOperation):
        test = test.operand
    if isinstance(test, Name):
        return test.name == "TYPE_CHECKING"
    return isinstance(test, Attribute) and test.attribute == "TYPE_CHECKING"


def read_for(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    target, p = EXPRESSIONS[codes[p]](s, p + 1)
    iterable, p = EXPRESSIONS[codes[p]](s, p + 1)
    body, p = read_block(s, p)
    orelse, p = read_loop_else(s, p)
    is_async = codes[p] != FALSE
    p += 1
    return For(target, iterable, body, orelse, is_async, p), s.find_end(255, p + 5) + 1


def read_while(s: Stream, p: int) -> tuple[Statement, int]:
    test, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    body, p = read_block(s, p)
    orelse, p = read_loop_else(s, p)
    return While(test, body, orelse, p), s.find_end(255, p + 5) + 1


def read_with(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    contexts: list[Expression] = []
    targets: list[Expression | None] = []
    for _ in range(count):
        context, p = EXPRESSIONS[codes[p]](s, p + 1)
        contexts.append(context)
        target, p = read_optional(s, p)
        targets.append(target)
    body, p = read_block(s, p)
    is_async = codes[p] != FALSE
    p += 1
    return With(contexts, targets, body, is_async, p), s.find_end(255, p + 5) + 1


def read_try(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    body, p = read_block(s, p)
    count, p = read_integer(codes, p + 1)
    types: list[Expression | None] = []
    names: list[str | None] = []
    places: list[int] = []
    for _ in range(count):
        type_, p = read_optional(s, p)
        types.append(type_)
    for _ in range(count):
        p += 1
        if codes[p - 1] == FALSE:
            names.append(None)
            places.append(0)
            continue
        name, p = read_word(s, p + 1)
        names.append(name)
        places.append(p)
        p = skip_location(codes, p)
    handlers: list[Handler] = []
    for i in range(count):
        handler_body, p = read_block(s, p)
        handlers.append(Handler(types[i], names[i], handler_body, places[i]))
    orelse, p = read_optional_block(s, p)
    finalbody, p = read_optional_block(s, p)
    is_star = codes[p] != FALSE
    p += 1
    return Try(body, handlers, orelse, finalbody, is_star, p), s.find_end(255, p + 5) + 1


def read_match(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    subject, p = EXPRESSIONS[codes[p]](s, p + 1)
    count, p = read_integer(codes, p + 1)
    cases: list[Case] = []
    for _ in range(count):
        pattern, p = PATTERNS[codes[p]](s, p + 1)
        guard, p = read_optional(s, p)
        body, p = read_block(s, p)
        cases.append(Case(pattern, guard, body))
    return Match(subject, cases, p), s.find_end(255, p + 5) + 1


def read_raise(s: Stream, p: int) -> tuple[Statement, int]:
    exception, p = read_optional(s, p)
    cause, p = read_optional(s, p)
    return Raise(exception, cause, p), s.find_end(255, p + 5) + 1


def read_assert(s: Stream, p: int) -> tuple[Statement, int]:
    test, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    message, p = read_optional(s, p)
    return Assert(test, message, p), s.find_end(255, p + 5) + 1


def read_delete(s: Stream, p: int) -> tuple[Statement, int]:
    """Several targets come as one tuple, as ``del (a, b)`` does, which means the same."""
    target, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    targets = target.elements if isinstance(target, Tuple) else [target]
    return Delete(targets, p), s.find_end(255, p + 5) + 1


def read_names(s: Stream, p: int) -> tuple[list[str], int]:
    count, p = read_integer(s.codes, p + 1)
    names: list[str] = []
    for _ in range(count):
        name, p = read_word(s, p + 1)
        names.append(name)
    return names, p


def read_global(s: Stream, p: int) -> tuple[Statement, int]:
    names, p = read_names(s, p)
    return Global(names, p), s.find_end(255, p + 5) + 1


def read_nonlocal(s: Stream, p: int) -> tuple[Statement, int]:
    names, p = read_names(s, p)
    return Nonlocal(names, p), s.find_end(255, p + 5) + 1


def read_aliases(s: Stream, p: int) -> tuple[list[tuple[str, str | None]], int]:
    """Pairs of a name and what stands after ``as``."""
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    names: list[tuple[str, str | None]] = []
    for _ in range(count):
        name, p = read_word(s, p + 1)
        p += 1
        if codes[p - 1] == FALSE:
            names.append((name, None))
        else:
            alias, p = read_word(s, p + 1)
            names.append((name, alias))
    return names, p


def end_of_import(codes: list[int], at: int) -> int:
    """After the location of an import stand its flags, which Block.unreachable makes needless."""
    return read_integer(codes, skip_location(codes, at) + 1)[1] + 1


def read_import(s: Stream, p: int) -> tuple[Statement, int]:
    names, p = read_aliases(s, p)
    return Import(names, p), end_of_import(s.codes, p)


def read_import_from(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    level, p = read_integer(codes, p + 1)
    module, p = read_word(s, p + 1)
    names, p = read_aliases(s, p)
    return ImportFrom(module, level, names, p), end_of_import(codes, p)


def read_import_star(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    module, p = read_word(s, p + 1)
    level, p = read_integer(codes, p + 1)
    return ImportStar(module, level, p), end_of_import(codes, p)


def read_pass(s: Stream, p: int) -> tuple[Statement, int]:
    return Pass(p), s.find_end(255, p + 5) + 1


def read_break(s: Stream, p: int) -> tuple[Statement, int]:
    return Break(p), s.find_end(255, p + 5) + 1


def read_continue(s: Stream, p: int) -> tuple[Statement, int]:
    return Continue(p), s.find_end(255, p + 5) + 1


def read_function(s: Stream, p: int) -> tuple[FunctionDef, int]:
    name, p = read_word(s, p + 1)
    parameters, p = read_parameters(s, p)
    outer_yields = s.yields
    body, p = read_block(s, p)
    is_generator = s.yields > outer_yields
    s.yields = outer_yields
    is_async = s.codes[p] != FALSE
    type_parameters, p = read_optional_type_parameters(s, p + 1)
    returns, p = read_optional_type(s, p)
    function = FunctionDef(
        name, parameters, body, is_async, is_generator, type_parameters, returns, [], p
    )
    return function, s.find_end(255, p + 5) + 1


def read_decorated(s: Stream, p: int) -> tuple[Statement, int]:
    """Decorators, their line and column, and the function."""
    codes = s.codes
    decorators, p = read_list(s, p)
    p += 1
    p += INTEGER_SIZES[codes[p]] + 1
    p += INTEGER_SIZES[codes[p]]
    if codes[p] != FUNCTION:
        raise UnexpectedStream("no function behind its decorators")
    function, p = read_function(s, p + 1)
    function.decorators = decorators
    return function, p + 1


def read_class(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    name, p = read_word(s, p + 1)
    body, p = read_block(s, p)
    bases, p = read_list(s, p)
    decorators, p = read_list(s, p)
    type_parameters, p = read_optional_type_parameters(s, p)
    count, p = read_integer(codes, p + 1)
    keywords: list[tuple[str, Expression]] = []
    for _ in range(count):
        keyword, p = read_word(s, p + 1)
        value, p = EXPRESSIONS[codes[p]](s, p + 1)
        keywords.append((keyword, value))
    node = ClassDef(name, bases, keywords, body, type_parameters, decorators, p)
    return node, s.find_end(255, p + 5) + 1


def read_type_alias(s: Stream, p: int) -> tuple[Statement, int]:
    codes = s.codes
    target, p = EXPRESSIONS[codes[p]](s, p + 1)
    name = target.name if isinstance(target, Name) else ""
    type_parameters, p = read_type_parameters(s, p)
    value, p = EXPRESSIONS[codes[p]](s, p + 1)
    return TypeAlias(name, type_parameters, value, p), s.find_end(255, p + 5) + 1


StatementReader = Callable[[Stream, int], tuple[Statement, int]]


def _unknown(s: Stream, p: int) -> tuple[Statement, int]:
    raise UnexpectedStream(f"no statement has the tag {s.codes[p - 1]}")


STATEMENTS: Final[list[StatementReader]] = [_unknown] * 256
STATEMENTS[53] = read_decorated
STATEMENTS[60] = read_class
STATEMENTS[160] = read_expression_statement
STATEMENTS[164] = read_import
STATEMENTS[168] = read_if
STATEMENTS[169] = read_assign
STATEMENTS[175] = read_return
STATEMENTS[176] = read_while
STATEMENTS[FUNCTION] = read_function
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
