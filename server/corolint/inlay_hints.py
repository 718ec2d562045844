"""What an editor may write between the lines: what a call that is not awaited gives, and what state
the object that a variable holds is in.

    page = fetch(url)           page = fetch(url): coroutine of bytes
    await page                  await page: pending
    await page                  await page: used

Both come from the history that the rules look at. An awaited call needs no hint.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from corolint.explaining import shown
from corolint.handing import answers_for
from corolint.infer.protocols import awaited
from corolint.infer.state import inference
from corolint.inventory import take_inventory
from corolint.lifecycle import trace
from corolint.lifecycle.history import Life, State
from corolint.project import Project
from corolint.semantics import Kind
from corolint.syntax import nodes


class InlayHint(NamedTuple):
    """A few words shown behind a place: `line` 1-based, `column` 0-based in code points."""

    line: int
    column: int
    label: str
    tooltip: str


def inlay_hints(
    path: str, text: str, project: Project, first: int, last: int
) -> tuple[InlayHint, ...]:
    """The hints in the lines from `first` to `last` (1-based, both included), in order."""
    syntax, reading = project.reading(path, text)
    state = inference(project)
    answers = answers_for(state, reading)
    inventory = take_inventory(syntax.tree)
    found: dict[InlayHint, None] = {}
    for body in inventory.bodies:
        if isinstance(body.node, nodes.FunctionDef):
            span = syntax.span(body.node)
            if span.end_line < first or last < span.line:
                continue
        for life in trace(body.node, answers, inventory.attributes).lives:
            if life.made.kind is not Kind.COROUTINE or isinstance(life.origin, nodes.Parameter):
                continue
            result = shown(awaited(state, answers.value(life.origin)))
            for node, label, tooltip in _words(life, result):
                end = syntax.span(node)
                if first <= end.end_line <= last:
                    found[InlayHint(end.end_line, end.end_column, label, tooltip)] = None
    return tuple(sorted(found))


def _words(life: Life, result: str | None) -> Iterator[tuple[nodes.Node, str, str]]:
    if not any(use.node is life.origin or _operand(use.node) is life.origin for use in life.uses):
        what = f"coroutine of {result}" if result else "coroutine"
        yield life.origin, f": {what}", f"`{life.made.name}` runs when this is awaited."
    for use in life.uses:
        held = _operand(use.node)
        if isinstance(held, nodes.Name) and use.before:
            states = " or ".join(state.value for state in State if state in use.before)
            yield held, f": {states}", f"The state of the object that `{life.made.name}` made."


def _operand(node: nodes.Expression) -> nodes.Expression:
    return node.value if isinstance(node, nodes.Await) else node
