"""Terms of a module with numbered variables replaced by what they stand for.

Local variables are numbered in a summary, so that one more shifts the rest: in ``x = f()``,
``return x`` the result is *definition 0*, and with a line before it *definition 1*. Expanded, both
are *call of f*, and can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable

from corolint.summary import ModuleSummary
from corolint.terms import DEFINITION, Term


class Expansion:
    """Expands `deepest` variables within each other. A deeper one becomes ``(function, deeper)``,
    which is equal in two summaries if `deeper` is."""

    def __init__(self, summary: ModuleSummary, deepest: int, deeper: object = None) -> None:
        self._functions = summary.functions
        self._deepest = deepest
        self._deeper = deeper
        self._known: dict[tuple[Term, int], Term] = {}

    def all(self, terms: Iterable[Term]) -> tuple[Term, ...]:
        """Each of the terms, expanded."""
        return tuple([self._at(term, self._deepest) for term in terms])

    def one(self, term: Term, deepest: int | None = None) -> Term:
        """One term, expanded."""
        return self._at(term, self._deepest if deepest is None else deepest)

    def _at(self, term: Term, depth: int) -> Term:
        key = (term, depth)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._expand(term, depth)
        return known

    def _expand(self, term: Term, depth: int) -> Term:
        if term and term[0] == DEFINITION:
            function = self._functions.get(term[1])
            if depth == 0 or function is None or term[2] >= len(function.definitions):
                return (DEFINITION, term[1], self._deeper)
            return self._at(function.definitions[term[2]], depth - 1)
        return tuple([self._at(p, depth) if type(p) is tuple else p for p in term])
