"""What a test that came out true or false tells of names and dotted paths.

if isinstance(self.peer, Client):   # here `self.peer` is an instance of `Client`
if inspect.isawaitable(result):     # here `result` is what can be awaited of it
if callback is None:                # here the parameter `callback` is `None`
"""

from __future__ import annotations

from corolint.scope import DECIDED, Scope, keep
from corolint.syntax import nodes
from corolint.terms import (
    IS_INSTANCE,
    PARAMETER,
    TESTED,
    TUPLE,
    UNKNOWN_TERM,
    Term,
)
from corolint.valuation.paths import dotted_path, last_name


def narrowings(scope: Scope, test: nodes.Expression, truth: bool) -> list[tuple[str, Term]]:
    """What `test` being `truth` says of names and dotted paths: pairs of path and narrowed term."""
    kind = type(test)
    if kind is nodes.UnaryOperation and test.operator == "not":  # type: ignore[attr-defined]
        return narrowings(scope, test.operand, not truth)  # type: ignore[attr-defined]
    if kind is nodes.BooleanOperation:
        if (test.operator == "and") != truth:  # type: ignore[attr-defined]
            return []
        return [pair for value in test.values for pair in narrowings(scope, value, truth)]  # type: ignore[attr-defined]
    if kind is nodes.Comparison:
        return _none_narrowing(scope, test, truth) or _type_narrowing(scope, test, truth)  # type: ignore[arg-type]
    if kind is not nodes.Call:
        return []
    return _call_narrowing(scope, test, truth)  # type: ignore[arg-type]


_TESTEDS = {
    "iscoroutinefunction": "function",
    "is_async_callable": "function",
    "isasyncgenfunction": "generator function",
    "iscoroutine": "object",
    "isawaitable": "object",
}


def _none_narrowing(scope: Scope, test: nodes.Comparison, truth: bool) -> list[tuple[str, Term]]:
    """``parameter is None``: decorators that take arguments or none tell the two apart by it."""
    if len(test.operators) != 1 or test.operators[0] not in ("is", "is not"):
        return []
    left, right = test.left, test.comparators[0]
    if type(left) is not nodes.Name or type(right) is not nodes.Name or right.name != "None":
        return []
    term = scope.environment.get(left.name, UNKNOWN_TERM)
    if term[0] != PARAMETER:
        return []
    return [(left.name, (TESTED, term, "none", (test.operators[0] == "is") == truth))]


def _type_narrowing(scope: Scope, test: nodes.Comparison, truth: bool) -> list[tuple[str, Term]]:
    """``type(x) is C``; what is of no class named there may still be of one derived from it."""
    call = test.left
    if len(test.operators) != 1 or type(call) is not nodes.Call or len(call.arguments) != 1:
        return []
    if type(call.callee) is not nodes.Name or call.callee.name != "type":
        return []
    path = dotted_path(call.arguments[0])
    if path is None or test.operators[0] not in ("is", "is not", "==", "!="):
        return []
    terms = scope.facts.terms
    value = terms.get(id(call.arguments[0]), UNKNOWN_TERM)
    cls = terms.get(id(test.comparators[0]), UNKNOWN_TERM)
    return [(path, (IS_INSTANCE, value, cls, (test.operators[0] in ("is", "==")) == truth))]


def _call_narrowing(scope: Scope, test: nodes.Call, truth: bool) -> list[tuple[str, Term]]:
    """``isinstance(x, C)``, and the tests of `inspect` and `asyncio` for coroutines."""
    which = _TESTEDS.get(last_name(test.callee))
    if which is None:
        return _isinstance_narrowing(scope, test, truth)
    if len(test.arguments) != 1:
        return []
    path = dotted_path(test.arguments[0])
    if path is None:
        return []
    value = scope.facts.terms.get(id(test.arguments[0]), UNKNOWN_TERM)
    return [(path, (TESTED, value, which, truth))]


def _isinstance_narrowing(scope: Scope, test: nodes.Call, truth: bool) -> list[tuple[str, Term]]:
    if type(test.callee) is not nodes.Name or test.callee.name != "isinstance":
        return []
    if len(test.arguments) != 2:
        return []
    path = dotted_path(test.arguments[0])
    if path is None:
        return []
    terms = scope.facts.terms
    value = terms.get(id(test.arguments[0]), UNKNOWN_TERM)
    cls = terms.get(id(test.arguments[1]), UNKNOWN_TERM)
    return [(path, (IS_INSTANCE, value, cls, truth))]


def apply_narrowings(scope: Scope, pairs: list[tuple[str, Term]]) -> None:
    """Let the environment of `scope` hold what was learnt."""
    for path, term in pairs:
        if term[0] == TESTED:
            decided = scope.environment.get(DECIDED, (TUPLE, ()))
            scope.environment[DECIDED] = (TUPLE, (*decided[1], term))
        if "." in path:
            scope.has_paths = True
        scope.environment[path] = keep(scope, term)
