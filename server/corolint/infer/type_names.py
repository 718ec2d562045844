"""What a name in an annotation names: a class, a type variable, an alias.

    Handler = Callable[[Request], Awaitable[None]]

    def route(handler: "web.Handler"): ...

`web.Handler` is looked up where the annotation stands, through the import of `web`, and is an
`Alias`: a type term together with the module in which its own names are to be resolved.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.external as external
from corolint.infer.state import Inference, ask, class_summary, function_summary
from corolint.syntax import parse_annotation
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    CLASS,
    CONTAINER,
    DECLARED,
    EITHER,
    FUNCTION,
    IMPORT,
    INTEGER,
    ITEM,
    LITERAL,
    NAME,
    NONE_TERM,
    OPERATION,
    STRING,
    TUPLE,
    TYPE_ELLIPSIS,
    TYPE_LIST,
    TYPE_NAME,
    TYPE_OTHER,
    TYPE_UNION,
    Term,
    TypeTerm,
)
from corolint.valuation.annotations import type_term
from corolint.values import (
    NONE,
    UNKNOWN,
    ClassObject,
    External,
    Instance,
    ModuleObject,
    Ref,
    Text,
    TypeVariable,
    Union,
    Unknown,
    Value,
    union,
)

TYPING = frozenset({"typing", "typing_extensions", "collections.abc", "_typeshed"})


class Alias(Value):
    """A name that stands for a type term of another place: ``Handler = Callable[[], None]``."""

    __slots__ = ("module", "term")

    def __init__(self, module: str, term: TypeTerm) -> None:
        self.module = module
        self.term = term

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alias) and (self.module, self.term) == (other.module, other.term)

    def __hash__(self) -> int:
        return hash((self.module, self.term))


def outer_scope(state: Inference, module: str, scope: str) -> str:
    function = function_summary(state, Ref(module, scope))
    if function is not None:
        return function.owner or function.parent
    outer = scope.rpartition(".")[0]
    return outer.removesuffix(".<locals>")


def _starred_from(state: Inference, stars: tuple[str, ...], name: str) -> str | None:
    """The module that a star import takes the name from: one that exports it, else one that has it.

    `asyncio` has `Protocol` from `asyncio.protocols`, although other stubs of it import
    `typing.Protocol` for themselves.
    """
    holders = [
        star
        for star in stars
        if (summary := state.project.summary(star)) is not None and name in summary.bindings
    ]
    for star in holders:
        summary = state.project.summary(star)
        if summary is not None and summary.exports is not None and name in summary.exports:
            return star
    return holders[0] if holders else None


def origin(state: Inference, module: str, name: str) -> str:
    """The full name that a dotted name of `module` is imported from, or its own full name."""
    first, _, rest = name.partition(".")
    for _ in range(20):
        summary = state.project.summary(module)
        if summary is None:
            return f"{module}.{name}"
        terms = summary.bindings.get(first)
        if not terms:
            star = _starred_from(state, summary.stars, first)
            if star is not None:
                module = star
            else:
                if not rest and state.project.summary("builtins") and module != "builtins":
                    builtins = state.project.summary("builtins")
                    if builtins is not None and first in builtins.bindings:
                        return f"builtins.{first}"
                return f"{module}.{name}"
            continue
        term = next((term for term in terms if term[0] == IMPORT), None)
        if term is None:
            return f"{module}.{name}"
        if term[2]:
            submodule = f"{term[1]}.{term[2]}"
            source = state.project.summary(term[1])
            if (
                source is not None
                and term[2] not in source.bindings
                and state.project.file(submodule)
            ):
                module, name = submodule, rest
            else:
                if term[1] in TYPING:
                    return f"{term[1]}.{term[2]}" + (f".{rest}" if rest else "")
                module, name = term[1], term[2] + (f".{rest}" if rest else "")
        else:
            module, name = term[1], rest
            if module in TYPING:
                return f"{module}.{name}"
        if not name:
            return module
        first, _, rest = name.partition(".")
        while rest and state.project.summary(module) is not None:
            summary = state.project.summary(module)
            if (
                summary is not None
                and first not in summary.bindings
                and state.project.file(f"{module}.{first}")
            ):
                module = f"{module}.{first}"
                name = rest
                first, _, rest = name.partition(".")
            else:
                break
    return f"{module}.{name}"


def resolve_dotted(state: Inference, module: str, name: str, scope: str) -> Value:
    """What a dotted name in an annotation names: class, type variable, alias, or unknown."""
    first, *rest = name.split(".")
    value = _scoped_name(state, module, first, scope)
    if value is None:
        value = _as_type(state, module, first)
    for part in rest:
        value = (
            attributes.attribute(state, value, part) if not isinstance(value, Alias) else UNKNOWN
        )
        if isinstance(value, Instance | Text | Union):
            # A module attribute that is an alias rather than a class.
            owner = evaluation.evaluate(state, module, (NAME, first), None)
            value = _alias_in(state, owner, rest) or value
            break
    return value


def _scoped_name(state: Inference, module: str, name: str, scope: str) -> Value | None:
    """A class or alias bound in a function or class around the annotation."""
    while scope:
        cls = class_summary(state, Ref(module, scope))
        if cls is not None and name in cls.attributes:
            return _type_of_terms(state, module, cls.attributes[name])
        function = function_summary(state, Ref(module, scope))
        if function is not None and name in function.variables:
            return _type_of_terms(state, module, (function.variables[name],))
        scope = outer_scope(state, module, scope)
    return None


def _alias_in(state: Inference, owner: Value, names: list[str]) -> Value | None:
    for index, name in enumerate(names):
        if not isinstance(owner, ModuleObject):
            return None
        if index == len(names) - 1:
            return _as_type(state, owner.name, name)
        owner = attributes.attribute(state, owner, name)
    return None


def _as_type(state: Inference, module: str, name: str) -> Value:
    """A global name used as a type: aliases stay terms, to be resolved where they stand."""
    return ask(state, ("type", module, name), _find_type, UNKNOWN, state, module, name)


def _find_type(state: Inference, module: str, name: str) -> Value:
    summary = state.project.summary(module)
    if summary is None:
        return external.imported(module, name)
    terms = tuple([t for t in summary.bindings.get(name, ()) if t != (IMPORT, module, name)])
    if terms:
        return _type_of_terms(state, module, terms)
    if state.project.file(f"{module}.{name}") is not None:
        return evaluation.resolve_name(state, module, name)
    for star in summary.stars:
        starred = state.project.summary(star)
        if starred is None or star == module:
            continue
        value = _as_type(state, star, name)
        if not isinstance(value, Unknown):
            return value
    if module != "builtins":
        return _as_type(state, "builtins", name)
    return UNKNOWN


def _type_of_terms(state: Inference, module: str, terms: tuple[Term, ...]) -> Value:
    # ``library = None`` beside an import is for where there is no such library.
    telling = [term for term in terms if term != NONE_TERM] or terms
    kinds = [_type_of_term(state, module, term) for term in telling]
    known = [value for value in kinds if not isinstance(value, Unknown) and value != NONE]
    known = known or [value for value in kinds if isinstance(value, External)]
    return union(known) if known else UNKNOWN


def _type_of_term(state: Inference, module: str, term: Term) -> Value:
    if term[0] == CLASS:
        return ClassObject(Ref(module, term[1]))
    if term[0] == IMPORT:
        if not term[2]:
            return evaluation.evaluate(state, module, term, None)
        source = state.project.summary(term[1])
        if source is not None and term[2] not in source.bindings:
            if state.project.file(f"{term[1]}.{term[2]}") is not None:
                return evaluation.evaluate(state, module, term, None)
        if term[1] in TYPING and term[2] in declarations.FORMS:
            return Alias(term[1], (TYPE_NAME, term[2], ()))
        return _as_type(state, term[1], term[2])
    if term[0] == CALL:
        return _constructed_type(state, module, term)
    if term[0] == DECLARED:
        return UNKNOWN
    written = written_type(term)
    if written is not None:
        return Alias(module, written)
    return UNKNOWN


def _constructed_type(state: Inference, module: str, term: Term) -> Value:
    """``T = TypeVar("T", bound=X)``, ``NewType``, ``NamedTuple(…)``."""
    callee = term[1]
    if callee[0] == NAME:
        made_by = callee[1]
    elif callee[0] == ATTRIBUTE:
        made_by = callee[2]
    elif callee[0] == IMPORT:
        made_by = callee[2]
    else:
        return UNKNOWN
    positional, named = term[2], dict(term[3])
    if (
        made_by in ("TypeVar", "ParamSpec", "TypeVarTuple")
        and positional
        and positional[0][0] == STRING
    ):
        bound = named.get("bound")
        written = written_type(bound) if bound is not None else None
        limit = declarations.declared(state, module, written, "") if written is not None else None
        if limit is None and len(positional) > 1:
            types = [written_type(item) for item in positional[1:]]
            limit = union(
                [
                    declarations.declared(state, module, item, "")
                    for item in types
                    if item is not None
                ]
            )
        return TypeVariable(positional[0][1], limit)
    if made_by == "NewType" and len(positional) == 2:
        written = written_type(positional[1])
        return UNKNOWN if written is None else Alias(module, written)
    return UNKNOWN


def written_type(term: Term) -> TypeTerm | None:
    """A value term read as a type: ``Optional["X"]`` in an alias, a base class or a `cast`."""
    tag = term[0]
    if tag == NAME:
        return (TYPE_NAME, term[1], ())
    if tag == LITERAL:
        return (
            (TYPE_NAME, "None", ())
            if term[1] == "NoneType"
            else ((TYPE_ELLIPSIS,) if term[1] == "ellipsis" else None)
        )
    if tag == STRING:
        node = parse_annotation(term[1])
        return None if node is None else type_term(node)
    if tag == ATTRIBUTE:
        holder = written_type(term[1])
        if holder is not None and holder[0] == TYPE_NAME and not holder[2]:
            return (TYPE_NAME, f"{holder[1]}.{term[2]}", ())
        if term[1][0] == CLASS:
            return (TYPE_NAME, f"{term[1][1]}.{term[2]}", ())
        return None
    if tag == CLASS:
        return (TYPE_NAME, term[1], ())
    if tag == ITEM:
        holder = written_type(term[1])
        if holder is None or holder[0] != TYPE_NAME:
            return None
        parts = term[2][1] if term[2][0] == TUPLE else (term[2],)
        arguments = [written_type(part) or (TYPE_OTHER,) for part in parts]
        return (TYPE_NAME, holder[1], tuple(arguments))
    if tag == OPERATION and term[2] == "__or__":
        left, right = written_type(term[1]), written_type(term[3])
        if left is None or right is None:
            return None
        return (TYPE_UNION, (left, right))
    if tag == CONTAINER and term[1] == "list":
        element = term[2]
        items = () if element is None else (element[1] if element[0] == EITHER else (element,))
        return (TYPE_LIST, tuple([written_type(item) or (TYPE_OTHER,) for item in items]))
    if tag in (INTEGER, FUNCTION):
        return None
    return None
