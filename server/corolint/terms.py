"""Value terms: what a summary remembers of an expression once its syntax is gone.

A term describes a value without knowing it. The body

    def connect(self, host):
        session = Session(host)
        return session.open()

leaves as its return term *call of attribute `open` of definition 0 of `connect`*, and as definition
0 *call of the name `Session` with parameter `host`*. `corolint.infer` resolves terms against a
project, whenever somebody asks.

Terms are plain nested tuples headed by one of the tags below, since a million of them are made in
a large run: tuples are the cheapest frozen, hashable, comparable value that there is, and they go
into a cache as they are. A term is never deeper than the expression that it came from, because
assigned values are reached through `DEFINITION`.
"""

from __future__ import annotations

from typing import Any

Term = tuple[Any, ...]
TypeTerm = tuple[Any, ...]

# The value of …                            shape after the tag
UNKNOWN = "unknown"  # anything at all
NAME = "name"  # a name of the module or a builtin:       name
LOCAL = "local"  # a closure variable of a function:       function qualname, name
PARAMETER = "parameter"  # a parameter:                    function qualname, name
SELF = "self"  # the instance a method is called on:      class qualname
CLS = "cls"  # the class a class method is called on:     class qualname
SUPER = "super"  # `super()` in a method of the class:     class qualname, is it in a class method
DEFINITION = "definition"  # what was assigned:            function qualname, number
IMPORT = "import"  # an imported thing:                    module, name or "" for the module
FUNCTION = "function"  # a function of this module:        qualname
CLASS = "class"  # a class of this module:                 qualname
ATTRIBUTE = "attribute"  # an attribute:                   term, name
CALL = (
    "call"  # a call:                                   callee, positional terms, (name, term) pairs
)
AWAIT = "await"  # `await x`:                              term
ITEM = "item"  # a subscript:                              term, index term
ELEMENT = "element"  # one step of `for`:                  term
ASYNC_ELEMENT = "async-element"  # one step of `async for`: term
ENTER = "enter"  # what `with` binds:                      term
ASYNC_ENTER = "async-enter"  # what `async with` binds:    term
UNPACK = "unpack"  # one target of an unpacking:           term, position from the left
STAR = "star"  # `*x` among arguments or elements:         term
STRING = "string"  # a string literal:                     value
INTEGER = "integer"  # an int literal:                     value
LITERAL = "literal"  # another literal:                    name of its builtin class
TUPLE = "tuple"  # a tuple display:                        terms
CONTAINER = (
    "container"  # list, set, dict displays and comprehensions: class name, element term, key term
)
RECORD = "record"  # a dict display with string keys only: (key, term) pairs
EITHER = "either"  # one of several:                       terms
DECLARED = (
    "declared"  # an instance of an annotation:     type term, function qualname or "" (its scope)
)
IS_INSTANCE = "is-instance"  # narrowed by isinstance:     term, class term, is it one
# Narrowed by a test: term, "object", "function", "generator function" or "none", is it one.
TESTED = "tested"
WHEN = "when"  # returned where tests decided: narrowed terms, term
OPERATION = "operation"  # a binary operator:              left, special method name, right
GENERATOR = "generator"  # a generator expression:         element term, is it async

UNKNOWN_TERM: Term = (UNKNOWN,)
NONE_TERM: Term = (LITERAL, "NoneType")

# Type terms                                shape after the tag
TYPE_NAME = "type-name"  # dotted name as written:         name, argument type terms
TYPE_UNION = "type-union"  # X | Y:                        type terms
TYPE_LIST = "type-list"  # [A, B]:                         type terms
TYPE_LITERAL = "type-literal"  # a literal:                value
TYPE_ELLIPSIS = "type-ellipsis"
TYPE_UNPACKED = "type-unpacked"  # *Ts:                    type term
TYPE_OTHER = "type-other"

# Terms that are cheap enough to stand wherever a variable is read, without a definition between.
INLINE = frozenset(
    {UNKNOWN, NAME, LOCAL, PARAMETER, SELF, CLS, DEFINITION, FUNCTION, CLASS, STRING, INTEGER,
     LITERAL, DECLARED, IMPORT}
)  # fmt: skip


def either(terms: list[Term]) -> Term:
    """One of `terms`: duplicates vanish, nested alternatives are flattened.

    Too many are unknown.
    """
    distinct: dict[Term, None] = {}
    for term in terms:
        if term[0] == EITHER:
            for member in term[1]:
                distinct[member] = None
        else:
            distinct[term] = None
    if len(distinct) == 1:
        return next(iter(distinct))
    if not distinct or len(distinct) > 12:
        return UNKNOWN_TERM
    return (EITHER, tuple(distinct))
