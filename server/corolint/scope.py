"""The names that one piece of code can see, and what they are bound to while it is read in order.

Reading `x = A()`, then `x = B()`, a use of `x` in between is an `A` and after it a `B`: the
environment of a scope is what each local name is bound to *now*. When branches meet, a name is
bound to either. Functions are read after the scope around them, so that a closure sees everything
that its outer function ever binds. What is bound once is in the closure what tests around its
definition told: below ``if inspect.isawaitable(x)``, `x` can be awaited in there, too.

The state here lives only while one module is summarised.
"""

from __future__ import annotations

from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    CLASS,
    DEFINITION,
    INLINE,
    IS_INSTANCE,
    LOCAL,
    NAME,
    TESTED,
    Term,
    either,
)

# The entry of an environment that holds which coroutine tests decided that this code is reached.
DECIDED = "?decided"


class ModuleFacts:
    """Everything gathered of one module so far; see `ModuleSummary` for the parts.

    `lambdas` counts those of one statement of the module, which are numbered.
    `terms` maps the `id` of a syntax node to its term, `bodies` are the bodies read: the pair of
    them is what checking the module needs besides the summary. `rebound` are the functions of which
    an inner one binds a variable anew, after they were read.
    """

    __slots__ = (
        "additions", "awaited", "bindings", "bodies", "calls", "classes", "exports", "functions",
        "lambdas", "lines", "module", "package", "pending", "rebound", "stars", "terms", "writes",
    )  # fmt: skip

    def __init__(self, module: str, package: str) -> None:
        self.module = module
        self.package = package
        self.bindings: dict[str, list[Term]] = {}
        self.stars: list[str] = []
        self.exports: list[str] | None = None
        self.functions: dict[str, FunctionSummary] = {}
        self.classes: dict[str, ClassFacts] = {}
        self.additions: dict[Term, list[Term]] = {}
        self.calls: dict[str, list[tuple[str, Term, int]]] = {}
        self.writes: dict[str, list[tuple[Term, Term]]] = {}
        self.awaited: dict[str, list[int]] = {}
        self.lambdas = 0
        self.lines: dict[str, int] = {}
        self.terms: dict[int, Term] = {}
        self.pending: list[tuple[nodes.FunctionDef, Scope, str, dict[str, Term]]] = []
        self.rebound: dict[str, Scope] = {}
        self.bodies: list[tuple[nodes.FunctionDef | nodes.Lambda | nodes.ClassDef | None, str]] = []


class ClassFacts:
    """One class while its body and methods are read."""

    __slots__ = (
        "attributes", "bases", "decorators", "factories", "instance_attributes", "keywords",
        "node", "outer", "qualname",
    )  # fmt: skip

    def __init__(self, qualname: str, node: nodes.ClassDef, outer: str) -> None:
        self.qualname = qualname
        self.node = node
        self.outer = outer
        self.bases: tuple[Term, ...] = ()
        self.keywords: tuple[tuple[str, Term], ...] = ()
        self.decorators: tuple[Term, ...] = ()
        self.attributes: dict[str, list[Term]] = {}
        self.instance_attributes: dict[str, list[Term]] = {}
        self.factories: dict[str, Term] = {}


class Scope:
    """A module, class body or function while it is read.

    `function` is the qualname of the function whose definitions are numbered here, "" for the
    module. `environment` maps a local name, or a dotted path that was narrowed, to its term now;
    `every` has all that a name is ever bound to. `jumps` are the environments at the ``break`` and
    ``continue`` statements of the innermost loop. `awaits` counts the ``await`` read so far.
    """

    __slots__ = (
        "awaits", "cls", "definitions", "environment", "every", "facts", "function", "globals",
        "has_paths", "in_class_method", "is_async", "is_class", "jumps", "nonlocals", "parent",
        "prefix", "results", "yields",
    )  # fmt: skip

    def __init__(
        self, facts: ModuleFacts, function: str, prefix: str, parent: Scope | None
    ) -> None:
        self.facts = facts
        self.function = function
        self.prefix = prefix
        self.parent = parent
        self.environment: dict[str, Term] = {}
        self.every: dict[str, list[Term]] = {}
        self.definitions: list[Term] = []
        self.results: list[Term] = []
        self.yields: list[Term] = []
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.jumps: list[dict[str, Term]] = []
        self.cls: ClassFacts | None = None
        self.is_class = False
        self.is_async = False
        self.in_class_method = False
        self.has_paths = False
        self.awaits = 0


def read_name(scope: Scope, name: str) -> Term:
    """The term of a name that is read in `scope` now."""
    term = scope.environment.get(name)
    if term is not None:
        return term
    if scope.is_class and scope.cls is not None and name in scope.cls.attributes:
        return (ATTRIBUTE, (CLASS, scope.cls.qualname), name)
    if name in scope.every:
        return either(scope.every[name])
    outer = scope.parent
    while outer is not None:
        if not outer.is_class and outer.function:
            if name in outer.every:
                return (LOCAL, outer.function, name)
        outer = outer.parent
    return (NAME, name)


def bind_name(scope: Scope, name: str, term: Term) -> None:
    """Bind `name` in `scope` from here on."""
    if scope.has_paths:
        forget_paths(scope, name)
    if scope.is_class and scope.cls is not None:
        scope.cls.attributes.setdefault(name, []).append(keep(scope, term))
        return
    if not scope.function or name in scope.globals:
        scope.facts.bindings.setdefault(name, []).append(keep(scope, term))
        return
    if name in scope.nonlocals:
        bind_outer(scope, name, keep(scope, term))
        return
    term = keep(scope, term)
    scope.environment[name] = term
    scope.every.setdefault(name, []).append(term)


def bind_outer(scope: Scope, name: str, term: Term) -> None:
    """Bind a ``nonlocal`` name: the function around gets one more possible value for it."""
    outer = scope.parent
    while outer is not None:
        if outer.function and not outer.is_class and name in outer.every:
            outer.every[name].append(term)
            scope.facts.rebound[outer.function] = outer
            return
        outer = outer.parent


def keep(scope: Scope, term: Term) -> Term:
    """`term` itself if it is cheap, else a numbered definition of the function that holds it."""
    if term[0] in INLINE or not scope.function:
        return term
    scope.definitions.append(term)
    return (DEFINITION, scope.function, len(scope.definitions) - 1)


def narrowed_names(scope: Scope) -> dict[str, Term]:
    """What tests have told of names up to here."""
    definitions = scope.definitions
    return {
        name: term
        for name, term in scope.environment.items()
        if term[0] == DEFINITION
        and term[1] == scope.function
        and definitions[term[2]][0] in _NARROWED
        and "." not in name
    }


_NARROWED = frozenset({TESTED, IS_INSTANCE})


def forget_paths(scope: Scope, name: str) -> None:
    """Drop what was narrowed about attributes of `name`."""
    prefix = name + "."
    for path in [path for path in scope.environment if path.startswith(prefix)]:
        del scope.environment[path]


def meet(scope: Scope, before: dict[str, Term], branches: list[dict[str, Term]]) -> None:
    """Continue in `scope` after `branches`, the environments at the ends that are reached."""
    if not branches:
        return
    first = branches[0]
    if len(branches) == 1:
        scope.environment = first
        return
    merged = dict(first)
    for other in branches[1:]:
        if other is first:
            continue
        for name, term in other.items():
            known = merged.get(name)
            if known is None:
                merged[name] = term
            elif known is not term and known != term:
                merged[name] = either([known, term])
    for name in [name for name in merged if "." in name or name == DECIDED]:
        if any(branch.get(name) != merged[name] for branch in branches):
            del merged[name]
    scope.environment = merged
