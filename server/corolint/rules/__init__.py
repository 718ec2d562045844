"""All rules. Each stands in a file of its own name, whose docstring is its documentation.

A rule module has `RULE`, and `check(subject)`, which gives the findings of one body. The docstring
starts with what the rule finds, says why that is bad, and ends in an example that gives exactly
this finding and in one that gives none.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from corolint.finding import Finding
from corolint.reporting import Check, Rule, Subject, is_expected
from corolint.rules import (
    async_callback,
    async_protocol_mismatch,
    await_non_awaitable,
    cached_coroutine,
    coroutine_as_value,
    coroutine_in_condition,
    coroutine_protocol,
    dangling_task,
    duplicate_coroutine,
    nested_event_loop,
    no_running_loop,
    return_without_await,
    reused_coroutine,
    run_of_non_coroutine,
    shared_coroutine,
    unawaited_awaitable,
    unawaited_coroutine,
    unawaited_future,
    unawaited_on_some_path,
    unawaited_test,
    uncalled_coroutine_function,
    wrong_loop_guard,
)

_MODULES: tuple[ModuleType, ...] = (
    unawaited_coroutine,
    unawaited_on_some_path,
    coroutine_in_condition,
    coroutine_as_value,
    reused_coroutine,
    shared_coroutine,
    cached_coroutine,
    duplicate_coroutine,
    return_without_await,
    unawaited_awaitable,
    unawaited_future,
    dangling_task,
    async_callback,
    uncalled_coroutine_function,
    await_non_awaitable,
    async_protocol_mismatch,
    coroutine_protocol,
    nested_event_loop,
    no_running_loop,
    run_of_non_coroutine,
    wrong_loop_guard,
    unawaited_test,
)

RULES: tuple[Rule, ...] = tuple(module.RULE for module in _MODULES)


def _unless_expected(check: Check) -> Check:
    """`check` without the findings that a test asks for."""

    def checked(subject: Subject) -> Iterator[Finding]:
        return (found for found in check(subject) if not is_expected(subject, found.span))

    return checked


CHECKS: tuple[tuple[Rule, Check], ...] = tuple(
    (module.RULE, _unless_expected(module.check)) for module in _MODULES
)


def check(subject: Subject) -> Iterator[Finding]:
    """The findings of all rules for one body, unsorted."""
    for _, one in CHECKS:
        yield from one(subject)


def documentation(name: str) -> str | None:
    """The documentation of a rule, as Markdown; `None` if there is no such rule."""
    for module in _MODULES:
        if module.RULE.name == name:
            return module.__doc__
    return None
