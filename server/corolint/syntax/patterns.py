"""Readers of the patterns of ``match`` statements. Positions are as in `stream`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from corolint.syntax.expressions import EXPRESSIONS
from corolint.syntax.nodes import (
    CapturePattern,
    ClassPattern,
    Expression,
    MappingPattern,
    Name,
    OrPattern,
    Pattern,
    SequencePattern,
    StarPattern,
    ValuePattern,
)
from corolint.syntax.stream import (
    FALSE,
    Stream,
    UnexpectedStream,
    read_integer,
    read_word,
    skip_location,
)


def read_patterns(s: Stream, p: int) -> tuple[list[Pattern], int]:
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    patterns: list[Pattern] = []
    for _ in range(count):
        pattern, p = PATTERNS[codes[p]](s, p + 1)
        patterns.append(pattern)
    return patterns, p


def read_optional_name(s: Stream, p: int) -> tuple[str | None, int]:
    """A flag, and if it is set a name with its place."""
    codes = s.codes
    if codes[p] == FALSE:
        return None, p + 1
    name, p = read_word(s, p + 2)
    return name, skip_location(codes, p)


def read_capture_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    codes = s.codes
    pattern: Pattern | None = None
    p += 1
    if codes[p - 1] != FALSE:
        pattern, p = PATTERNS[codes[p]](s, p + 1)
    name, p = read_optional_name(s, p)
    return CapturePattern(pattern, name, p), s.find_end(255, p + 5) + 1


def read_or_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    patterns, p = read_patterns(s, p)
    return OrPattern(patterns, p), s.find_end(255, p + 5) + 1


def read_value_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    value, p = EXPRESSIONS[s.codes[p]](s, p + 1)
    return ValuePattern(value, p), s.find_end(255, p + 5) + 1


def read_singleton_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    name = ("False", "True", "None")[s.codes[p]]
    p += 1
    return ValuePattern(Name(name, p), p), s.find_end(255, p + 5) + 1


def read_sequence_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    patterns, p = read_patterns(s, p)
    return SequencePattern(patterns, p), s.find_end(255, p + 5) + 1


def read_star_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    name, p = read_optional_name(s, p)
    return StarPattern(name, p), s.find_end(255, p + 5) + 1


def read_mapping_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    codes = s.codes
    count, p = read_integer(codes, p + 1)
    keys: list[Expression] = []
    patterns: list[Pattern] = []
    for _ in range(count):
        key, p = EXPRESSIONS[codes[p]](s, p + 1)
        keys.append(key)
        pattern, p = PATTERNS[codes[p]](s, p + 1)
        patterns.append(pattern)
    rest, p = read_optional_name(s, p)
    return MappingPattern(keys, patterns, rest, p), s.find_end(255, p + 5) + 1


def read_class_pattern(s: Stream, p: int) -> tuple[Pattern, int]:
    codes = s.codes
    cls, p = EXPRESSIONS[codes[p]](s, p + 1)
    patterns, p = read_patterns(s, p)
    count, p = read_integer(codes, p + 1)
    keywords: list[tuple[str, Pattern]] = []
    for _ in range(count):
        name, p = read_word(s, p + 1)
        pattern, p = PATTERNS[codes[p]](s, p + 1)
        keywords.append((name, pattern))
    return ClassPattern(cls, patterns, keywords, p), s.find_end(255, p + 5) + 1


PatternReader = Callable[[Stream, int], tuple[Pattern, int]]


def _unknown(s: Stream, p: int) -> tuple[Pattern, int]:
    raise UnexpectedStream(f"no pattern has the tag {s.codes[p - 1]}")


PATTERNS: Final[list[PatternReader]] = [_unknown] * 256
PATTERNS[217] = read_capture_pattern
PATTERNS[218] = read_or_pattern
PATTERNS[219] = read_value_pattern
PATTERNS[220] = read_singleton_pattern
PATTERNS[221] = read_sequence_pattern
PATTERNS[222] = read_star_pattern
PATTERNS[223] = read_mapping_pattern
PATTERNS[224] = read_class_pattern
