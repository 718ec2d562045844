"""What some statements of a module say, and how such parts become the summary of the module.

Mostly a module is one part. After an edit it has many, of which all but one are known already:

    import asyncio            # part 1: binds `asyncio`
    async def main(): ...     # part 2: the function `main`, its calls and what is in its body
    main()                    # part 3: a call of the name `main`

Each part is read as if it stood alone, which is right as long as the parts are *independent*: none
leaves behind what the next would be read with (a name that a test has narrowed, a `return`, the
start of `__all__`), and no two define the same name, of which the second would be numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from corolint.scope import ClassFacts, ModuleFacts, Scope
from corolint.summarize.blocks import read_block
from corolint.summarize.definitions import read_function_body, type_parameters, variables_of
from corolint.summary import ClassSummary, FunctionSummary, ModuleSummary
from corolint.syntax import Syntax, nodes
from corolint.terms import Term

Key = TypeVar("Key")
Item = TypeVar("Item")


class Module(NamedTuple):
    """What is known of a module before it is read: its dotted name, what sort of file it is, and
    whether it was parsed with function bodies."""

    name: str
    is_package: bool
    is_stub: bool
    has_bodies: bool


class Body(NamedTuple):
    """A piece of code with its own frame: function, lambda, class body, or the module (`None`)."""

    node: nodes.FunctionDef | nodes.Lambda | nodes.ClassDef | None
    qualname: str


class Part(NamedTuple):
    """The summary of some statements, with lines counted from their start.

    `terms` and `bodies` are those of a `Reading`. `leaves_nothing` tells whether the next statement
    is read as if these were not there.
    """

    summary: ModuleSummary
    terms: dict[int, Term]
    bodies: list[Body]
    leaves_nothing: bool


def read_part(
    syntax: Syntax, statements: Sequence[nodes.Statement], module: Module, above: int
) -> Part:
    """Reads statements of a module below `above` other lines. Never raises."""
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    facts = ModuleFacts(module.name, package)
    scope = Scope(facts, "", "", None)
    goes_on = True
    for statement in statements:
        facts.lambdas = 0
        goes_on = read_block(scope, nodes.Block([statement], False))
        # Functions are appended while this runs: inner ones after the function around them.
        for node, outer, qualname, narrowed in facts.pending:
            read_function_body(node, outer, qualname, narrowed, syntax)
        for qualname, rebound in facts.rebound.items():
            found = facts.functions[qualname]
            facts.functions[qualname] = replace(found, variables=variables_of(rebound))
        facts.rebound.clear()
        # Facts know scopes and scopes the facts; without the cycle the tree of a library dies soon.
        facts.pending.clear()
        if not goes_on:
            break
    summary = ModuleSummary(
        name=module.name,
        is_package=module.is_package,
        is_stub=module.is_stub,
        has_bodies=module.has_bodies,
        bindings={name: tuple(terms) for name, terms in facts.bindings.items()},
        stars=tuple(facts.stars),
        exports=None if facts.exports is None else tuple(facts.exports),
        functions=facts.functions,
        classes={qualname: _class_summary(cls, scope) for qualname, cls in facts.classes.items()},
        additions={place: tuple(terms) for place, terms in facts.additions.items()},
        calls={name: tuple(sites) for name, sites in facts.calls.items()},
        writes={name: tuple(pairs) for name, pairs in facts.writes.items()},
        awaited={path: (counts[0], counts[1]) for path, counts in facts.awaited.items()},
        lines={
            qualname: syntax.line(node) - above
            for node, qualname in facts.bodies
            if node is not None and type(node) is not nodes.Lambda
        },
    )
    bodies = [Body(node, qualname) for node, qualname in facts.bodies]
    return Part(summary, facts.terms, bodies, goes_on and not scope.environment)


def are_independent(parts: Sequence[Part]) -> bool:
    """Do these parts, read one by one, say the same as when read together? False for none."""
    if not parts or not all(part.leaves_nothing for part in parts[:-1]):
        return False
    functions: set[str] = set()
    classes: set[str] = set()
    for summary, *_ in parts:
        if not functions.isdisjoint(summary.functions) or not classes.isdisjoint(summary.classes):
            return False
        functions.update(summary.functions)
        classes.update(summary.classes)
    return sum(part.summary.exports is not None for part in parts) <= 1


def summary_of(parts: Sequence[tuple[Part, int]]) -> ModuleSummary:
    """The summary of a module that consists of these parts, each with the lines above it; there is
    at least one."""
    summaries = [part.summary for part, _ in parts]
    if len(parts) == 1 and parts[0][1] == 0:
        return summaries[0]
    awaited: dict[str, tuple[int, int]] = {}
    functions: dict[str, FunctionSummary] = {}
    classes: dict[str, ClassSummary] = {}
    lines: dict[str, int] = {}
    for (part, _, _, _), above in parts:
        functions.update(part.functions)
        classes.update(part.classes)
        for qualname, line in part.lines.items():
            lines[qualname] = line + above
        for path, (used, dropped) in part.awaited.items():
            before = awaited.get(path, (0, 0))
            awaited[path] = (before[0] + used, before[1] + dropped)
    return replace(
        summaries[0],
        bindings=_merged(part.bindings for part in summaries),
        stars=tuple([star for part in summaries for star in part.stars]),
        exports=next((part.exports for part in summaries if part.exports is not None), None),
        functions=functions,
        classes=classes,
        additions=_merged(part.additions for part in summaries),
        calls=_merged(part.calls for part in summaries),
        writes=_merged(part.writes for part in summaries),
        awaited=awaited,
        lines=lines,
    )


def _merged(tables: Iterable[Mapping[Key, tuple[Item, ...]]]) -> dict[Key, tuple[Item, ...]]:
    """All entries, in order."""
    first: dict[Key, tuple[Item, ...]] = {}
    more: dict[Key, list[Item]] = {}
    for table in tables:
        for key, items in table.items():
            if key not in first:
                first[key] = items
            elif key in more:
                more[key] += items
            else:
                more[key] = [*first[key], *items]
    return {key: tuple(more[key]) if key in more else items for key, items in first.items()}


def _class_summary(cls: ClassFacts, scope: Scope) -> ClassSummary:
    outer = cls.outer
    return ClassSummary(
        qualname=cls.qualname,
        bases=cls.bases,
        keywords=cls.keywords,
        decorators=cls.decorators,
        type_parameters=type_parameters(cls.node.type_parameters),
        attributes={name: tuple(terms) for name, terms in cls.attributes.items()},
        instance_attributes={name: tuple(terms) for name, terms in cls.instance_attributes.items()},
        factories=cls.factories,
        parent=outer,
    )
