"""A cache for plain functions is swapped for one for coroutine functions, if the project has one.

@functools.lru_cache(maxsize=8)                   @alru_cache(maxsize=8)
async def load(key): ...                    →     async def load(key): ...
"""

from __future__ import annotations

from corolint.finding import Edit, Fix
from corolint.mending.places import line_for_import, text_of
from corolint.project import Project
from corolint.reporting import Subject
from corolint.syntax import nodes
from corolint.text import Span

# `functools.cache` never forgets, which the other one has to be told.
_ARGUMENTS = {"functools.cache": "(maxsize=None)", "functools.lru_cache": ""}
_PACKAGE, _CACHE = "async_lru", "alru_cache"


def async_cache_fixes(
    subject: Subject, definition: nodes.FunctionDef, project: Project
) -> list[Fix]:
    """For a coroutine function right under `functools.cache` or `lru_cache`."""
    decorator = definition.decorators[-1]
    factory = decorator.callee if isinstance(decorator, nodes.Call) else decorator
    arguments = _ARGUMENTS.get(subject.semantics.qualified(factory) or "")
    if arguments is None or project.file(_PACKAGE) is None:
        return []
    span = subject.syntax.span(decorator)
    if isinstance(decorator, nodes.Call):
        callee = subject.syntax.span(factory)
        after = Span(callee.end_line, callee.end_column, span.end_line, span.end_column)
        arguments = text_of(subject.syntax, after)
    line = line_for_import(subject.syntax)
    edits = (
        Edit(Span(line, 0, line, 0), f"from {_PACKAGE} import {_CACHE}\n"),
        Edit(span, _CACHE + arguments),
    )
    return [Fix(f"Use '{_PACKAGE}.{_CACHE}' instead", edits)]
