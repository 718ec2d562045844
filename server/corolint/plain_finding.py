"""Findings as plain lists, for a cache or another process, and back again.

What comes back is checked: a cache is a file that anybody may have written. `from_plain` gives
exactly what `to_plain` was given, or raises `ValueError`.
"""

from __future__ import annotations

from typing import Any

from corolint.finding import Definition, Edit, Evidence, Finding, Fix, Note, Severity
from corolint.text import Span

Plain = list[Any]


def to_plain(finding: Finding) -> Plain:
    """The finding as nested lists of strings, numbers, booleans and `None`."""
    return [
        finding.path,
        list(finding.span),
        finding.rule,
        finding.severity.value,
        finding.message,
        finding.evidence.value if finding.evidence else None,
        [
            [
                note.message,
                note.path,
                list(note.span) if note.span else None,
                [note.definition.module, note.definition.qualname] if note.definition else None,
                note.step,
            ]
            for note in finding.notes
        ],
        [
            [
                fix.title,
                [[list(edit.span), edit.text, edit.path] for edit in fix.edits],
                fix.safe,
                fix.preferred,
            ]
            for fix in finding.fixes
        ],
    ]


def from_plain(plain: object) -> Finding:
    """The finding again. Raises `ValueError` for anything that `to_plain` never gives."""
    path, span, rule, severity, message, evidence, notes, fixes = _items(plain, 8)
    return Finding(
        _text(path),
        _span(span),
        _text(rule),
        Severity(_text(severity)),
        _text(message),
        None if evidence is None else Evidence(_text(evidence)),
        tuple(_note(note) for note in _items(notes)),
        tuple(_fix(fix) for fix in _items(fixes)),
    )


def _note(plain: object) -> Note:
    message, path, span, definition, step = _items(plain, 5)
    return Note(
        _text(message),
        None if path is None else _text(path),
        None if span is None else _span(span),
        None if definition is None else Definition(*map(_text, _items(definition, 2))),
        step is True,
    )


def _fix(plain: object) -> Fix:
    title, edits, safe, preferred = _items(plain, 4)
    return Fix(_text(title), tuple(map(_edit, _items(edits))), safe is True, preferred is True)


def _edit(plain: object) -> Edit:
    span, text, path = _items(plain, 3)
    return Edit(_span(span), _text(text), None if path is None else _text(path))


def _span(plain: object) -> Span:
    numbers = _items(plain, 4)
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("not a span")
    return Span(*numbers)


def _items(plain: object, count: int | None = None) -> Plain:
    if not isinstance(plain, list) or (count is not None and len(plain) != count):
        raise ValueError("not a finding")
    return plain


def _text(plain: object) -> str:
    if not isinstance(plain, str):
        raise ValueError("not a text")
    return plain
