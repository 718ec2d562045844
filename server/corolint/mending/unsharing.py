"""A coroutine object that several calls share is made anew by each of them.

    LOADING = load("x")                    async def show():
    async def show():                →         print(await load("x"))
        print(await LOADING)

That is offered if the name is awaited and nothing else, by functions in which all that the call
names means the same, and if no other module can have it.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Edit, Fix
from corolint.inventory import Body
from corolint.lifecycle.history import Life
from corolint.mending.names import bound_in, names_in
from corolint.mending.places import (
    indentation,
    statement_around,
    text_of,
    walk,
    whole_lines,
)
from corolint.project import Project
from corolint.reporting import Subject
from corolint.summary import ModuleSummary
from corolint.syntax import nodes
from corolint.terms import IMPORT

_PLAIN = nodes.Name | nodes.Attribute | nodes.String | nodes.Number | nodes.Bytes


def unsharing_fixes(subject: Subject, life: Life, project: Project) -> list[Fix]:
    """For an object that a module or a function makes, and functions in it await."""
    made, around = life.origin, subject.body
    if not isinstance(made, nodes.Call) or isinstance(around.node, nodes.ClassDef | nodes.Lambda):
        return []
    parts = [one for one in walk(made) if one is not made]
    statement = statement_around(around, made)
    if not all(isinstance(one, _PLAIN) for one in parts) or not isinstance(statement, nodes.Assign):
        return []
    block = around.node if isinstance(around.node, nodes.Block) else around.node.body
    if statement not in block.statements or len(block.statements) < 2:
        return []
    if statement.value is not made or indentation(subject.syntax, statement) is None:
        return []
    match statement.targets:
        case [nodes.Name(name=name)]:
            pass
        case _:
            return []
    if isinstance(around.node, nodes.Block) and _may_be_had(project, subject.path, name):
        return []
    named = {one.name for one in parts if isinstance(one, nodes.Name)}
    uses = list(_uses(around, name, named))
    if not uses or None in uses or len(_named_in(around, name)) != 1:
        return []
    call = text_of(subject.syntax, subject.syntax.span(made))
    edits = [Edit(subject.syntax.span(use), call) for use in uses if use is not None]
    removed = Edit(whole_lines(subject.syntax, statement), "")
    title = f"Call '{life.made.name}' wherever it is awaited"
    return [Fix(title, (removed, *edits), preferred=True)]


def _uses(
    around: Body, name: str, named: set[str], *, can_call: bool = True
) -> Iterator[nodes.Name | None]:
    """The awaited names in the bodies within; `None` for one that cannot be a call instead."""
    for inner in around.inner:
        binds = bound_in(inner)
        if name in binds:
            if isinstance(inner.node, nodes.ClassDef):
                yield None  # one for its body, and another for the methods
            continue
        means_the_same = can_call and named.isdisjoint(binds)
        for found in _named_in(inner, name):
            is_awaited = inner.is_async and id(found) in inner.awaited
            yield found if means_the_same and is_awaited else None
        yield from _uses(inner, name, named, can_call=means_the_same)


def _named_in(body: Body, name: str) -> list[nodes.Name]:
    return [one for one in names_in(body) if one.name == name]


def _may_be_had(project: Project, path: str, name: str) -> bool:
    """Whether another module may take the name from the module at `path`."""
    module = project.module_name(path)
    own = project.summary(module)
    if own is None or own.exports is not None:
        return True
    others = project.first_party_summaries().items()
    return any(_may_take(one, module, name) for key, one in others if one and key != module)


def _may_take(other: ModuleSummary, module: str, name: str) -> bool:
    if module in other.stars:
        return True
    groups = [*other.bindings.values()]
    groups += [tuple(function.variables.values()) for function in other.functions.values()]
    return any(
        term[0] == IMPORT
        and ((term[1] == module and term[2] in ("", name)) or (f"{term[1]}.{term[2]}" == module))
        for terms in groups
        for term in terms
    )
