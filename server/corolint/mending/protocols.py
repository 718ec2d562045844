"""``async`` put before ``for`` or ``with`` where the object has only the asynchronous protocol."""

from __future__ import annotations

import re

from corolint.evaluation import own_expressions
from corolint.finding import Edit, Fix
from corolint.lifecycle.history import Action, Use
from corolint.mending.places import start_of, statements, walk
from corolint.reporting import Subject
from corolint.syntax import nodes
from corolint.text import Span

_FOR = re.compile(r"\bfor\b")


def async_fixes(subject: Subject, use: Use) -> list[Fix]:
    """For an object that a plain ``for``, ``with`` or comprehension is given."""
    if not subject.body.is_async:
        return []
    for statement in statements(subject.body):
        match statement:
            case nodes.For(iterable=iterable) if iterable is use.node:
                if use.action is Action.ITERATE:
                    return [_fix(start_of(subject.syntax.span(statement)), "for")]
            case nodes.With(contexts=[context]) if context is use.node:
                return [_fix(start_of(subject.syntax.span(statement)), "with")]
        for part in own_expressions(statement):
            for one in walk(part):
                if isinstance(one, nodes.Comprehension) and one.kind != "generator":
                    place = _place_of_for(subject, one, use)
                    if place is not None:
                        return [_fix(place, "for")]
    return []


def _fix(place: Span, word: str) -> Fix:
    return Fix(f"Use 'async {word}'", (Edit(place, "async "),), preferred=True)


def _place_of_for(subject: Subject, one: nodes.Comprehension, use: Use) -> Span | None:
    """The last ``for`` before the target of the generator that goes over the object."""
    for number, generator in enumerate(one.generators):
        if generator.iterable is not use.node:
            continue
        before = one.element if number == 0 else one.generators[number - 1].iterable
        start = subject.syntax.span(before)
        target = subject.syntax.span(generator.target)
        if start.end_line != target.line:
            return None
        line = subject.syntax.lines[target.line - 1]
        found = list(_FOR.finditer(line, start.end_column, target.column))
        if found:
            column = found[-1].start()
            return Span(target.line, column, target.line, column)
    return None
