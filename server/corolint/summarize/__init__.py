"""Reading a module once, statement by statement, into its summary.

The module body is read first, then the bodies of its functions, outer before inner. Each function
is read in order with an environment of what its names are bound to now; branches are read apart and
meet again (see `corolint.scope`), a loop's names are bound to what they were before it or what its
body leaves, and code that the target Python never runs is not read.

The same reading gives the term of every expression in the file (`Reading.terms`), which is what
checking the file asks about: nothing walks the tree a second time to find out what a call is.

- `blocks`: statements in order, branches, loops. - `compound`: statements with blocks inside.
- `simple`: all others. - `definitions`: functions and classes. - `statements`: which reads what.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from corolint.scope import ClassFacts, ModuleFacts, Scope
from corolint.summarize.blocks import read_block
from corolint.summarize.definitions import read_function_body, type_parameters, variables_of
from corolint.summary import ClassSummary, ModuleSummary
from corolint.syntax import Syntax, nodes
from corolint.terms import (
    Term,
)


class Body(NamedTuple):
    """A piece of code with its own frame: function, lambda, class body, or the module (`None`)."""

    node: nodes.FunctionDef | nodes.Lambda | nodes.ClassDef | None
    qualname: str


class Reading(NamedTuple):
    """A summary, and what only this file's own check needs: terms by `id` of node, and bodies."""

    summary: ModuleSummary
    terms: dict[int, Term]
    bodies: list[Body]


def summarize(
    syntax: Syntax, module: str, *, is_package: bool, is_stub: bool, has_bodies: bool
) -> Reading:
    """Read the module `module` (dotted name). Never raises.

    `has_bodies` says whether `syntax` was parsed with function bodies.
    """
    package = module if is_package else module.rpartition(".")[0]
    facts = ModuleFacts(module, package)
    scope = Scope(facts, "", "", None)
    read_block(scope, syntax.tree)
    facts.bodies.append((None, ""))
    # Functions are appended while this runs: inner ones after the function around them.
    for node, outer, qualname in facts.pending:
        read_function_body(node, outer, qualname, syntax)
    for qualname, rebound in facts.rebound.items():
        found = facts.functions[qualname]
        facts.functions[qualname] = replace(found, variables=variables_of(rebound))
    facts.rebound.clear()
    # Facts know scopes and scopes the facts; without the cycle the tree of a library dies at once.
    facts.pending.clear()
    lines = {
        qualname: syntax.line(node)
        for node, qualname in facts.bodies
        if node is not None and type(node) is not nodes.Lambda
    }
    summary = ModuleSummary(
        name=module,
        is_package=is_package,
        is_stub=is_stub,
        has_bodies=has_bodies,
        bindings={name: tuple(terms) for name, terms in facts.bindings.items()},
        stars=tuple(facts.stars),
        exports=None if facts.exports is None else tuple(facts.exports),
        functions=facts.functions,
        classes={qualname: _class_summary(cls, scope) for qualname, cls in facts.classes.items()},
        additions={place: tuple(terms) for place, terms in facts.additions.items()},
        calls={name: tuple(sites) for name, sites in facts.calls.items()},
        writes={name: tuple(pairs) for name, pairs in facts.writes.items()},
        awaited={path: (counts[0], counts[1]) for path, counts in facts.awaited.items()},
        lines=lines,
    )
    return Reading(summary, facts.terms, [Body(node, qualname) for node, qualname in facts.bodies])


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
