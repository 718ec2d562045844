"""Fixes of a finding that look at more than its body: found when somebody asks for them.

For ``unawaited-coroutine`` in a plain function that is: make it asynchronous, with all that call
it. For ``shared-coroutine``: call the function wherever the object is awaited. A finding knows no
node, so that the file is looked at once more, at the place of the finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Fix
from corolint.handing import answers_for
from corolint.infer.state import inference
from corolint.inventory import take_inventory
from corolint.lifecycle import trace
from corolint.mending.async_caches import async_cache_fixes
from corolint.mending.making_async import async_fixes
from corolint.mending.unsharing import unsharing_fixes
from corolint.project import Project
from corolint.reporting import Subject
from corolint.semantics import Kind
from corolint.syntax import nodes
from corolint.values import Function

_AWAITABLE_AFTER_ALL = frozenset(
    {
        "unawaited-coroutine",
        "coroutine-as-value",
        "coroutine-in-condition",
        "return-without-await",
    }
)


def remedies(path: str, text: str, project: Project, finding: Finding) -> tuple[Fix, ...]:
    """The further fixes of a finding in the file `path` with the present `text`."""
    if finding.rule not in _AWAITABLE_AFTER_ALL | {"cached-coroutine", "shared-coroutine"}:
        return ()
    return tuple(_remedies(path, text, project, finding))


def _remedies(path: str, text: str, project: Project, finding: Finding) -> Iterator[Fix]:
    syntax, reading = project.reading(path, text)
    state = inference(project)
    answers = answers_for(state, reading)
    inventory = take_inventory(syntax.tree)
    for body in inventory.bodies:
        if isinstance(body.node, nodes.FunctionDef):
            around = syntax.span(body.node)
            if finding.span[:2] < around[:2] or finding.span[2:] > around[2:]:
                continue
        history = trace(body.node, answers, inventory.attributes)
        subject = Subject(path, syntax, body, history, answers, project.search.python_version)
        if finding.rule == "cached-coroutine":
            for definition in body.definitions:
                if isinstance(definition, nodes.FunctionDef) and definition.decorators:
                    if syntax.span(definition) == finding.span:
                        yield from async_cache_fixes(subject, definition, project)
            continue
        for life in history.lives:
            if life.made.kind is not Kind.COROUTINE:
                continue
            if finding.rule == "shared-coroutine":
                if syntax.span(life.origin) == finding.span:
                    yield from unsharing_fixes(subject, life, project)
                continue
            uses = [life.origin, *(use.node for use in life.uses)]
            use = next((one for one in uses if syntax.span(one) == finding.span), None)
            if isinstance(use, nodes.Expression) and isinstance(body.node, nodes.FunctionDef):
                function = answers.function_of(body.node)
                if isinstance(function, Function):
                    yield from async_fixes(subject, function.ref, life, use, project)
                return
