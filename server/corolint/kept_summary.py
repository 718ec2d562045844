"""A summary as bytes, to be kept in a cache, and back, in a third of the time that reading takes.

The bytes are JSON, in which terms are lists. So whatever they hold, reading them makes nothing but
strings, numbers and tuples of these, no larger and not much deeper than the bytes themselves: what
is kept is input. What comes back need not describe any module, but no name in it leads round in a
circle, so that who follows them comes to an end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from corolint.summary import (
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    Parameter,
    TypeParameter,
)
from corolint.terms import Term

_VALUES: dict[type, attrgetter[Any]] = {
    kind: attrgetter(*(each.name for each in fields(kind)))
    for kind in (ClassSummary, FunctionSummary, ModuleSummary, Parameter, TypeParameter)
}


def packed(summary: ModuleSummary) -> bytes:
    """Raises `TypeError`, `ValueError` or `RecursionError` for one that JSON cannot hold."""
    *before, additions, calls, writes, awaited, lines = _VALUES[ModuleSummary](summary)
    pairs = list(additions.items())  # A key of JSON is a string.
    return _ENCODER.encode([*before, pairs, calls, writes, awaited, lines]).encode()


def _plain(value: object) -> object:
    values = _VALUES.get(type(value))
    if values is None:
        raise TypeError(f"no JSON for {type(value)}")
    plain: object = values(value)
    return plain


_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=_plain)


def unpacked(data: bytes) -> ModuleSummary:
    """The reverse of `packed`. Raises `ValueError`, `TypeError`, `AttributeError`, `KeyError`,
    `IndexError` or `RecursionError` for what is not of its form."""
    (
        name, is_package, is_stub, has_bodies, bindings, stars, exports, functions, classes,
        additions, calls, writes, awaited, lines,
    ) = json.loads(data)  # fmt: skip
    return ModuleSummary(
        name,
        is_package,
        is_stub,
        has_bodies,
        _table(bindings),
        tuple(stars),
        None if exports is None else tuple(exports),
        {qualname: _function(qualname, each) for qualname, each in functions.items()},
        {qualname: _class(qualname, each) for qualname, each in classes.items()},
        {_term(place): _term(terms) for place, terms in additions},
        _table(calls),
        _table(writes),
        {path: (used, dropped) for path, (used, dropped) in awaited.items()},
        lines,
    )


def _term(plain: list[Any]) -> Term:
    return tuple([_term(part) if type(part) is list else part for part in plain])


def _optional(plain: list[Any] | None) -> Term | None:
    return None if plain is None else _term(plain)


def _table(plain: Mapping[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    return {name: _term(terms) for name, terms in plain.items()}


def _function(key: str, plain: list[Any]) -> FunctionSummary:
    (
        qualname, is_async, is_generator, is_stub, parameters, returns, results, yields, decorators,
        type_parameters, owner, parent, definitions, variables,
    ) = plain  # fmt: skip
    if qualname != key or not _is_around(owner, qualname) or not _is_around(parent, qualname):
        raise ValueError("a function in itself")
    return FunctionSummary(
        qualname,
        is_async,
        is_generator,
        is_stub,
        tuple([_parameter(*each) for each in parameters]),
        _optional(returns),
        _term(results),
        _term(yields),
        _term(decorators),
        tuple([_type_parameter(*each) for each in type_parameters]),
        owner,
        parent,
        _term(definitions),
        _table(variables),
    )


def _class(key: str, plain: list[Any]) -> ClassSummary:
    (
        qualname, bases, keywords, decorators, type_parameters, attributes, instance_attributes,
        factories, parent,
    ) = plain  # fmt: skip
    if qualname != key or not _is_around(parent, qualname):
        raise ValueError("a class in itself")
    return ClassSummary(
        qualname,
        _term(bases),
        _term(keywords),
        _term(decorators),
        tuple([_type_parameter(*each) for each in type_parameters]),
        _table(attributes),
        _table(instance_attributes),
        _table(factories),
        parent,
    )


def _is_around(outer: str, inner: str) -> bool:
    """Whether the body of `outer` holds `inner`, going by their qualnames."""
    return len(outer) < len(inner) and inner.startswith(outer)


def _parameter(
    name: str, kind: int, annotation: list[Any] | None, default: list[Any] | None, only: bool
) -> Parameter:
    return Parameter(name, kind, _optional(annotation), _optional(default), only)


def _type_parameter(
    name: str, kind: int, bound: list[Any] | None, default: list[Any] | None
) -> TypeParameter:
    return TypeParameter(name, kind, _optional(bound), _optional(default))
