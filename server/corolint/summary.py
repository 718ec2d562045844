"""What one module says about itself: its functions, classes, variables and calls, as value terms.

A summary is frozen, knows no other module, no place in the text and no syntax node, so that an edit
inside a body mostly leaves it equal and no other file has to be looked at again. For

    class Session:
        async def open(self): ...

    def connect(host): return Session(host).open()

it holds the class `Session`, the functions `Session.open` (a coroutine function) and `connect`
(whose result term is a call of attribute `open` of a call of the name `Session`), and the two
calls. `corolint.summarize` writes summaries; `corolint.infer` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corolint.terms import Term, TypeTerm

# What a call's result is used for, as far as that can be seen where the call stands.
UNTOLD = 0
AWAITED = 1
HANDED = 2  # handed to a function that has it awaited
OBJECT = 3  # an attribute or element of it is read, or it is entered


@dataclass(frozen=True, slots=True)
class TypeParameter:
    """PEP 695 type parameter; `kind`: 0 for a TypeVar, 1 for a ParamSpec, 2 for a TypeVarTuple."""

    name: str
    kind: int
    bound: TypeTerm | None
    default: TypeTerm | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `kind` as in `corolint.syntax.nodes`."""

    name: str
    kind: int
    annotation: TypeTerm | None
    default: Term | None
    positional_only: bool


@dataclass(frozen=True, slots=True)
class FunctionSummary:
    """One ``def``, ``async def`` or lambda.

    `qualname` is Python's, with ``@2`` behind it for the second function of that name (overloads,
    branches). `owner` is the qualname of the class whose body it stands in, or "". `parent` is the
    qualname of the enclosing function, or "". `results` are the returned terms (only where
    there is no annotation that says more), `yields` the yielded ones. `is_stub`: the body does
    nothing but document, pass or raise NotImplementedError. `definitions` are what `DEFINITION`
    terms number, `variables` what `LOCAL` terms name.
    """

    qualname: str
    is_async: bool
    is_generator: bool
    is_stub: bool
    parameters: tuple[Parameter, ...]
    returns: TypeTerm | None
    results: tuple[Term, ...]
    yields: tuple[Term, ...]
    decorators: tuple[Term, ...]
    type_parameters: tuple[TypeParameter, ...]
    owner: str
    parent: str
    definitions: tuple[Term, ...]
    variables: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """One class; `attributes` are bound in its body, `instance_attributes` on `self` in methods,
    `factories` make the values of its fields: ``field(default_factory=make)``."""

    qualname: str
    bases: tuple[Term, ...]
    keywords: tuple[tuple[str, Term], ...]
    decorators: tuple[Term, ...]
    type_parameters: tuple[TypeParameter, ...]
    attributes: Mapping[str, tuple[Term, ...]]
    instance_attributes: Mapping[str, tuple[Term, ...]]
    factories: Mapping[str, Term]
    parent: str


@dataclass(frozen=True, slots=True)
class ModuleSummary:
    """All of one module.

    `bindings`: what each global name is bound to, in order. `stars`: modules whose names are all
    imported. `exports`: `__all__` if it could be read. `additions`: what is put into a container
    held at a place (a definition, an attribute of a class, a name) after it was made. `calls`: by
    the last name of the callee ("" without one), every call as ``(caller qualname, call term,
    use)``. `writes`: by
    attribute, values assigned to it on objects other than `self`, as ``(object term, value term)``.
    `awaited`: for
    ``receiver.method`` (last two names), how many calls are awaited, and how many are statements of
    their own. `lines` (1-based) is no fact: it takes no part in comparison.
    """

    name: str
    is_package: bool
    is_stub: bool
    has_bodies: bool
    bindings: Mapping[str, tuple[Term, ...]]
    stars: tuple[str, ...]
    exports: tuple[str, ...] | None
    functions: Mapping[str, FunctionSummary]
    classes: Mapping[str, ClassSummary]
    additions: Mapping[Term, tuple[Term, ...]]
    calls: Mapping[str, tuple[tuple[str, Term, int], ...]]
    writes: Mapping[str, tuple[tuple[Term, Term], ...]]
    awaited: Mapping[str, tuple[int, int]]
    lines: Mapping[str, int] = field(compare=False)
