"""The words of a hover: from plain facts about a place to Markdown, true on the target Python.

What an attribute or a runner does is told by the files in `reference/`, one topic a file, named
after the topic (`send.md`, `asyncio.run.md`). Where versions differ, a file says so with lines like

    <!-- since 3.11 -->
    The error is `TimeoutError`.
    <!-- end -->

and `reference_text` keeps only what holds on the version asked for. What only the program knows
(a function's signature, where a coroutine was awaited) is passed in and put before that text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

PythonVersion = tuple[int, int]

ATTRIBUTES = (
    "send",
    "throw",
    "close",
    "cr_await",
    "cr_running",
    "cr_suspended",
    "cr_frame",
    "cr_code",
    "cr_origin",
    "__await__",
    "__iter__",
    "__next__",
)
"""What `attribute_hover` explains; coroutine objects do not have the last two, and it says so."""

RUNNERS = (
    "asyncio.run",
    "asyncio.Runner",
    "asyncio.Runner.run",
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.gather",
    "asyncio.wait_for",
    "asyncio.wait",
    "asyncio.TaskGroup",
    "asyncio.TaskGroup.create_task",
    "asyncio.to_thread",
    "asyncio.run_coroutine_threadsafe",
    "asyncio.AbstractEventLoop.run_until_complete",
    "asyncio.AbstractEventLoop.create_task",
)
"""What starts coroutines, by public name; `runner_hover` explains these."""

_ASYNCIO_MODULES = frozenset(
    {"runners", "tasks", "taskgroups", "threads", "events", "base_events", "futures", "coroutines"}
)
_GUARD = re.compile(r"<!-- (since|before|end) ?(\d+)?\.?(\d+)? -->")

_STATES = {
    frozenset({"pending"}): "Not awaited yet.",
    frozenset({"used"}): "Used up: awaiting it again raises "
    "`RuntimeError: cannot reuse already awaited coroutine`.",
    frozenset({"closed"}): "Closed: it never runs, and awaiting it raises "
    "`RuntimeError: cannot reuse already awaited coroutine`.",
    frozenset({"escaped"}): "Handed to other code, which may await it; not followed further.",
    frozenset({"pending", "used"}): "Awaited on some paths that lead here, not on others.",
}


class Event(NamedTuple):
    """Something that happened to a coroutine object: ``Event(7, "awaited", "ok")``.

    `line` is 1-based, `what` a past participle (created, awaited, scheduled, closed, passed to
    `g`), `when` the source text of a condition, or `None` if it happens on every path.
    """

    line: int
    what: str
    when: str | None = None


@cache
def reference_text(topic: str, python_version: PythonVersion) -> str | None:
    """The Markdown of `reference/<topic>.md` as it holds on `python_version`; `None` if there is
    no such topic. Never raises."""
    if topic not in ATTRIBUTES and topic not in RUNNERS and topic != "coroutine-function":
        return None
    text = (files("corolint") / "reference" / f"{topic}.md").read_text(encoding="utf-8")
    return _for_version(text, python_version)


def _for_version(text: str, python_version: PythonVersion) -> str:
    """`text` without the guard lines and without the lines that hold only on other versions."""
    kept = []
    holds = True
    for line in text.splitlines():
        guard = _GUARD.fullmatch(line)
        if guard is None:
            if holds:
                kept.append(line)
            continue
        kind, major, minor = guard.groups()
        if kind == "end":
            holds = True
            continue
        reached = python_version >= (int(major), int(minor))
        holds = reached if kind == "since" else not reached
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def attribute_hover(name: str, python_version: PythonVersion = (3, 13)) -> str | None:
    """What the attribute `name` of a coroutine object is or does (one of `ATTRIBUTES`).

    `None` for any other name. Sources: the data model chapter "Coroutine Objects", PEP 492.
    """
    if name not in ATTRIBUTES:
        return None
    return reference_text(name, python_version)


def runner_hover(qualified_name: str, python_version: PythonVersion = (3, 13)) -> str | None:
    """What a function that starts coroutines does with them; `None` if it is none of `RUNNERS`.

    `qualified_name` may be public (``asyncio.run``) or say where it is defined
    (``asyncio.runners.run``, ``asyncio.base_events.BaseEventLoop.create_task``).
    """
    return reference_text(_public_name(qualified_name), python_version)


def _public_name(qualified_name: str) -> str:
    package, _, rest = qualified_name.partition(".")
    module, _, name = rest.partition(".")
    if package == "asyncio" and module in _ASYNCIO_MODULES and name:
        rest = name
    public = f"{package}.{rest}" if rest else package
    for loop in ("BaseEventLoop", "BaseSelectorEventLoop", "SelectorEventLoop"):
        public = public.replace(f"asyncio.{loop}.", "asyncio.AbstractEventLoop.")
    return public


def coroutine_function_hover(
    name: str,
    parameters: str = "...",
    result: str | None = None,
    *,
    call: str | None = None,
    inside_coroutine: bool = False,
    declared_at: str | None = None,
    python_version: PythonVersion = (3, 13),
) -> str:
    """What calling this coroutine function gives, and how to run it at the hovered place.

    `name` is shown after ``async def`` (``Client.fetch`` for a method), `parameters` is the source
    text between the parentheses, `result` the type that awaiting gives, if it is known. `call` is
    how a call is written at this place, ``self.client.fetch(...)``; without it `name` is called.
    `inside_coroutine`: the place is in the body of an ``async def``, so that ``await`` is legal.
    `declared_at` is shown as it is, for example ``client.py:12``.
    """
    arrow = f" -> {result}" if result else ""
    call = call or f"{name}(...)"
    gives = f", which gives `{result}`" if result else ""
    lines = [
        "```python",
        f"async def {name}({parameters}){arrow}: ...",
        "```",
        "",
        f"A coroutine function: `{call}` does not run its body, it makes a coroutine object that"
        " can be used once.",
        "",
    ]
    if inside_coroutine:
        lines += [
            f"- run it here: `await {call}`{gives}",
            f"- beside this code: `task = asyncio.create_task({call})`",
            f"- together with others: `await asyncio.gather({call}, ...)`",
        ]
    else:
        lines += [
            f"- from synchronous code: `asyncio.run({call})`{gives}",
            f"- inside an `async def`: `await {call}`",
        ]
    if declared_at:
        lines += ["", f"Declared at {declared_at}."]
    return "\n".join([*lines, "", "---", "", _general_text(python_version)])


def _general_text(python_version: PythonVersion) -> str:
    text = reference_text("coroutine-function", python_version)
    assert text is not None, "reference/coroutine-function.md belongs to the package"
    return text


def coroutine_variable_hover(
    variable: str,
    function: str,
    states: Collection[str],
    events: Sequence[Event] = (),
    *,
    result: str | None = None,
) -> str:
    """The state of the coroutine object that `variable` holds at the hovered place.

    `function` is the coroutine function that made it, `states` the possible states there (any of
    pending, used, closed, escaped), `events` what happened to it before, in order; `result` is the
    type that awaiting gives, if it is known. Two paths that differ make two states.
    """
    arrow = f" -> {result}" if result else ""
    lines = ["```python", f"{variable} = {function}(...)  # coroutine object{arrow}", "```", ""]
    lines.append(_state_sentence(frozenset(states)))
    if events:
        history = ", ".join(_event_words(event) for event in events)
        lines += ["", f"{history[0].upper()}{history[1:]}."]
    return "\n".join(lines)


def _state_sentence(states: frozenset[str]) -> str:
    if states in _STATES:
        return _STATES[states]
    if not states:
        return "No path leads here."
    return f"Depending on the path that leads here: {', '.join(sorted(states))}."


def _event_words(event: Event) -> str:
    when = f" when `{event.when}`" if event.when else ""
    return f"{event.what} at line {event.line}{when}"
