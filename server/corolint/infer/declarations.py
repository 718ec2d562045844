"""Type terms to values: what an object declared as this type is.

``x: Optional["Client[T]"]`` declares either `None` or an instance of `Client`. Names are resolved
in the module where the annotation stands, through imports and aliases; the special forms of
`typing` are the only names that mean something by themselves. Forward references need nothing
special, because names are resolved on demand. (Typing spec: "Type annotations", "Special types".)
"""

from __future__ import annotations

import corolint.infer.classes as classes
import corolint.infer.evaluate as evaluation
from corolint.finding import Evidence
from corolint.infer.state import NO_CUT, Inference, ask, class_summary, function_summary
from corolint.summary import TypeParameter
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
    OPERATION,
    STRING,
    TUPLE,
    TYPE_ELLIPSIS,
    TYPE_LIST,
    TYPE_LITERAL,
    TYPE_NAME,
    TYPE_OTHER,
    TYPE_UNION,
    TYPE_UNPACKED,
    Term,
    TypeTerm,
)
from corolint.valuation import type_term
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    CallableValue,
    ClassObject,
    Coroutine,
    Instance,
    ModuleObject,
    Ref,
    Text,
    Tuple,
    TypeOf,
    TypeVariable,
    Union,
    Value,
    members,
    union,
)

_TYPING = frozenset({"typing", "typing_extensions", "collections.abc", "_typeshed"})
_TRANSPARENT = frozenset(
    {"Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar", "Unpack"}
)
_OPAQUE = frozenset({"Any", "NoReturn", "Never", "Concatenate", "TypeAlias", "TypeForm"})
_TUPLE = Ref("builtins", "tuple")
_COROUTINES = frozenset({"typing.Coroutine", "types.CoroutineType", "typing.CoroutineType"})


def declared(state: Inference, module: str, term: TypeTerm, scope: str) -> Value:
    """An object declared as `term`, an annotation that stands in the function or class `scope`."""
    scope = _telling_scope(state, module, scope) if scope else ""
    known = state.declared.get((module, scope, term))
    if known is not None:
        return known
    outer_cut, state.cut = state.cut, NO_CUT
    value = _declared(state, module, term, scope)
    if state.cut == NO_CUT:
        state.declared[module, scope, term] = value
    state.cut = min(state.cut, outer_cut)
    return value


def _declared(state: Inference, module: str, term: TypeTerm, scope: str) -> Value:
    tag = term[0]
    if tag == TYPE_NAME:
        return _named(state, module, term[1], term[2], scope)
    if tag == TYPE_UNION:
        return union([declared(state, module, item, scope) for item in term[1]])
    if tag == TYPE_LITERAL:
        value = term[1]
        if value is None:
            return NONE
        if isinstance(value, str):
            node = parse_annotation(value)
            if node is None:
                return Instance(Ref("builtins", "str"))
            return declared(state, module, type_term(node), scope)
        return Instance(Ref("builtins", type(value).__name__))
    if tag == TYPE_LIST:
        return Tuple(tuple([declared(state, module, item, scope) for item in term[1]]))
    return UNKNOWN


def _telling_scope(state: Inference, module: str, scope: str) -> str:
    """The innermost scope at or around `scope` that can change what a name in an annotation means:
    most functions have neither type parameters nor classes of their own."""
    key = (module, scope)
    known = state.telling_scopes.get(key)
    if known is None:
        known = _find_telling_scope(state, module, scope)
        state.telling_scopes[key] = known
    return known


def _find_telling_scope(state: Inference, module: str, scope: str) -> str:
    function = function_summary(state, Ref(module, scope))
    if function is None or function.type_parameters or function.parent:
        return scope
    if any(term[0] in (CLASS, IMPORT, EITHER) for term in function.variables.values()):
        return scope
    return function.owner


def _named(
    state: Inference, module: str, name: str, arguments: tuple[TypeTerm, ...], scope: str,
) -> Value:  # fmt: skip
    if name == "None":
        return NONE
    variable = _scoped_variable(state, module, name, scope)
    if variable is not None:
        return variable
    special = _special_form(state, module, name)
    if special is not None:
        return _special(state, module, special, arguments, scope)
    target = resolve_dotted(state, module, name, scope)
    return (
        union([_of_target(state, module, one, name, arguments, scope) for one in members(target)])
        if target != NEVER
        else UNKNOWN
    )


def _of_target(
    state: Inference, module: str, target: Value, name: str, arguments: tuple[TypeTerm, ...],
    scope: str,
) -> Value:  # fmt: skip
    if isinstance(target, ClassObject):
        if target.cls == _TUPLE:
            return _tuple_type(state, module, arguments, scope)
        values = tuple([declared(state, module, item, scope) for item in arguments])
        return instance_of(state, target.cls, values or target.arguments)
    if isinstance(target, TypeVariable):
        return target
    if isinstance(target, Alias):
        return _aliased(state, module, target, arguments, scope)
    return UNKNOWN


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


def _aliased(
    state: Inference, module: str, alias: Alias, arguments: tuple[TypeTerm, ...], scope: str,
) -> Value:  # fmt: skip
    key = ("alias", alias.module, alias.term)
    if key in state.active:
        return UNKNOWN
    state.active[key] = state.depth
    try:
        value = declared(state, alias.module, alias.term, "")
    finally:
        del state.active[key]
    if not arguments:
        return value
    names = list(dict.fromkeys(free_variables(value)))
    solved = [declared(state, module, item, scope) for item in arguments]
    return substitute(value, dict(zip(names, solved, strict=False)))


def instance_of(state: Inference, cls: Ref, arguments: tuple[Value, ...]) -> Value:
    """An instance of `cls`; the few classes with a value of their own get that."""
    name = cls.full_name
    if name in _COROUTINES:
        return Coroutine(
            "", Evidence.DECLARED, result=arguments[2] if len(arguments) > 2 else UNKNOWN
        )
    if name == "builtins.type":
        return type_of(arguments[0]) if arguments else UNKNOWN
    return Instance(cls, arguments)


def type_of(value: Value) -> Value:
    """The class of an instance: ``type[value]``."""
    if isinstance(value, Instance):
        return ClassObject(value.cls, value.arguments)
    if isinstance(value, TypeVariable):
        return TypeOf(value)
    if isinstance(value, Union):
        return union([type_of(member) for member in value.members])
    return UNKNOWN


# --- names ---------------------------------------------------------------------------------------


def _scoped_variable(state: Inference, module: str, name: str, scope: str) -> Value | None:
    """A PEP 695 type parameter of the function or class around the annotation."""
    while scope:
        for parameter in _type_parameters_of(state, Ref(module, scope)):
            if parameter.name == name:
                bound = parameter.bound
                if bound is None or bound[0] == TYPE_LIST:
                    return TypeVariable(name)
                return TypeVariable(name, declared(state, module, bound, scope))
        scope = _outer_scope(state, module, scope)
    return None


def _type_parameters_of(state: Inference, ref: Ref) -> tuple[TypeParameter, ...]:
    function = function_summary(state, ref)
    if function is not None:
        return function.type_parameters
    cls = class_summary(state, ref)
    return () if cls is None else cls.type_parameters


def _outer_scope(state: Inference, module: str, scope: str) -> str:
    function = function_summary(state, Ref(module, scope))
    if function is not None:
        return function.owner or function.parent
    outer = scope.rpartition(".")[0]
    return outer.removesuffix(".<locals>")


def _special_form(state: Inference, module: str, name: str) -> str | None:
    """The name of the typing form that `name` means in `module`, if it means one."""
    last = name.rpartition(".")[2]
    if last not in _FORMS:
        return None
    key = (module, name)
    table = state.tables.setdefault("special forms", {})
    if key not in table:
        table[key] = last if origin(state, module, name).rpartition(".")[0] in _TYPING else None
    form: str | None = table[key]
    return form


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
                if term[1] in _TYPING:
                    return f"{term[1]}.{term[2]}" + (f".{rest}" if rest else "")
                module, name = term[1], term[2] + (f".{rest}" if rest else "")
        else:
            module, name = term[1], rest
            if module in _TYPING:
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
        value = classes.attribute(state, value, part) if not isinstance(value, Alias) else UNKNOWN
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
        scope = _outer_scope(state, module, scope)
    return None


def _alias_in(state: Inference, owner: Value, names: list[str]) -> Value | None:
    for index, name in enumerate(names):
        if not isinstance(owner, ModuleObject):
            return None
        if index == len(names) - 1:
            return _as_type(state, owner.name, name)
        owner = classes.attribute(state, owner, name)
    return None


def _as_type(state: Inference, module: str, name: str) -> Value:
    """A global name used as a type: aliases stay terms, to be resolved where they stand."""
    return ask(state, ("type", module, name), _find_type, UNKNOWN, state, module, name)


def _find_type(state: Inference, module: str, name: str) -> Value:
    summary = state.project.summary(module)
    if summary is None:
        return UNKNOWN
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
        if value != UNKNOWN:
            return value
    if module != "builtins":
        return _as_type(state, "builtins", name)
    return UNKNOWN


def _type_of_terms(state: Inference, module: str, terms: tuple[Term, ...]) -> Value:
    kinds = [_type_of_term(state, module, term) for term in terms]
    known = [value for value in kinds if value != UNKNOWN and value != NONE]
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
        if term[1] in _TYPING and term[2] in _FORMS:
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
        limit = declared(state, module, written, "") if written is not None else None
        if limit is None and len(positional) > 1:
            types = [written_type(item) for item in positional[1:]]
            limit = union([declared(state, module, item, "") for item in types if item is not None])
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


# --- special forms -------------------------------------------------------------------------------


def _special(
    state: Inference, module: str, form: str, arguments: tuple[TypeTerm, ...], scope: str,
) -> Value:  # fmt: skip
    if form in _TRANSPARENT:
        return declared(state, module, arguments[0], scope) if arguments else UNKNOWN
    if form == "Optional":
        if not arguments:
            return UNKNOWN
        return union([declared(state, module, arguments[0], scope), NONE])
    if form == "Union":
        return union([declared(state, module, item, scope) for item in arguments])
    if form == "Callable":
        if len(arguments) != 2:
            return CallableValue(UNKNOWN)
        return CallableValue(declared(state, module, arguments[1], scope))
    if form in ("Coroutine", "CoroutineType"):
        result = declared(state, module, arguments[2], scope) if len(arguments) == 3 else UNKNOWN
        return Coroutine("", Evidence.DECLARED, result=result)
    if form in ("Type", "type"):
        return type_of(declared(state, module, arguments[0], scope)) if arguments else UNKNOWN
    if form in ("Tuple", "tuple"):
        return _tuple_type(state, module, arguments, scope)
    if form == "Literal":
        kinds = {type(item[1]).__name__ for item in arguments if item[0] == TYPE_LITERAL}
        values: list[Value] = [
            Instance(Ref("builtins", kind)) for kind in sorted(kinds - {"NoneType"})
        ]
        return union(values + ([NONE] if "NoneType" in kinds else [])) if values else UNKNOWN
    if form == "LiteralString" or form == "Text":
        return Instance(Ref("builtins", "str"))
    if form == "Self":
        owner = _owner_class(state, module, scope)
        return TypeVariable("Self", None if owner is None else classes.own_instance(state, owner))
    if form in ("TypeGuard", "TypeIs"):
        return Instance(Ref("builtins", "bool"))
    if form in _BUILTIN_ALIASES:
        values = [declared(state, module, item, scope) for item in arguments]
        return Instance(_BUILTIN_ALIASES[form], tuple(values))
    return UNKNOWN


def literal_values(
    state: Inference, module: str, term: TypeTerm
) -> frozenset[tuple[str, object]] | None:
    """The literals that ``Literal[…]`` allows, each with its type; `None` for other annotations."""
    if term[0] != TYPE_NAME or not term[2] or _special_form(state, module, term[1]) != "Literal":
        return None
    return frozenset(
        (type(item[1]).__name__, item[1]) for item in term[2] if item[0] == TYPE_LITERAL
    )


def _tuple_type(
    state: Inference, module: str, arguments: tuple[TypeTerm, ...], scope: str
) -> Value:
    if not arguments:
        return Instance(Ref("builtins", "tuple"))
    values = [declared(state, module, item, scope) for item in arguments]
    if len(arguments) == 2 and arguments[1] == (TYPE_ELLIPSIS,):
        return Instance(Ref("builtins", "tuple"), (values[0],))
    if any(item[0] == TYPE_UNPACKED for item in arguments):
        return Instance(Ref("builtins", "tuple"), (UNKNOWN,))
    return Tuple(tuple(values))


def _owner_class(state: Inference, module: str, scope: str) -> Ref | None:
    while scope:
        if class_summary(state, Ref(module, scope)) is not None:
            return Ref(module, scope)
        scope = _outer_scope(state, module, scope)
    return None


_BUILTIN_ALIASES = {
    "List": Ref("builtins", "list"),
    "Dict": Ref("builtins", "dict"),
    "Set": Ref("builtins", "set"),
    "FrozenSet": Ref("builtins", "frozenset"),
    "DefaultDict": Ref("collections", "defaultdict"),
    "OrderedDict": Ref("collections", "OrderedDict"),
    "Deque": Ref("collections", "deque"),
    "Counter": Ref("collections", "Counter"),
    "ChainMap": Ref("collections", "ChainMap"),
}
_FORMS = frozenset(
    {"Optional", "Union", "Callable", "Coroutine", "CoroutineType", "Type", "Tuple", "Literal",
     "LiteralString", "Text", "Self", "TypeGuard", "TypeIs", *_TRANSPARENT, *_OPAQUE,
     *_BUILTIN_ALIASES}
)  # fmt: skip


def subscripted_class(state: Inference, module: str, value: ClassObject, index: Term) -> Value:
    """``Client[Reply]`` as an expression: the class with its type parameters solved."""
    parts = index[1] if index[0] == TUPLE else (index,)
    arguments = []
    for part in parts:
        written = written_type(part)
        arguments.append(UNKNOWN if written is None else declared(state, module, written, ""))
    return ClassObject(value.cls, tuple(arguments))


# --- substitution --------------------------------------------------------------------------------


def substitute(value: Value, solved: dict[str, Value]) -> Value:
    """`value` with its type variables replaced by what they are solved to."""
    if not solved:
        return value
    if isinstance(value, TypeVariable):
        return solved.get(value.name, value)
    if isinstance(value, Instance):
        if not value.arguments:
            return value
        return Instance(value.cls, tuple([substitute(a, solved) for a in value.arguments]))
    if isinstance(value, ClassObject):
        if not value.arguments:
            return value
        return ClassObject(value.cls, tuple([substitute(a, solved) for a in value.arguments]))
    if isinstance(value, Union):
        return union([substitute(member, solved) for member in value.members])
    if isinstance(value, Coroutine):
        if value.result is None:
            return value
        result = substitute(value.result, solved)
        return Coroutine(
            value.name, value.evidence, value.definition, value.function, value.arguments, result
        )
    if isinstance(value, Tuple):
        return Tuple(tuple([substitute(item, solved) for item in value.items]))
    if isinstance(value, CallableValue):
        return CallableValue(substitute(value.result, solved))
    if isinstance(value, TypeOf):
        return type_of(substitute(value.instance, solved))
    return value


def free_variables(value: Value) -> list[str]:
    """The names of the type variables in `value`, in order of appearance."""
    if isinstance(value, TypeVariable):
        return [value.name]
    if isinstance(value, Instance | ClassObject):
        return [name for argument in value.arguments for name in free_variables(argument)]
    if isinstance(value, Union):
        return [name for member in value.members for name in free_variables(member)]
    if isinstance(value, Coroutine):
        return [] if value.result is None else free_variables(value.result)
    if isinstance(value, Tuple):
        return [name for item in value.items for name in free_variables(item)]
    if isinstance(value, CallableValue):
        return free_variables(value.result)
    if isinstance(value, TypeOf):
        return free_variables(value.instance)
    return []


def solved_away(value: Value) -> Value:
    """`value` with every type variable that nothing solved replaced by its bound, or unknown."""
    names = free_variables(value)
    if not names:
        return value
    return substitute(value, _bounds(value))


def _bounds(value: Value) -> dict[str, Value]:
    found: dict[str, Value] = {}
    collect_bounds(value, found)
    return found


def collect_bounds(value: Value, found: dict[str, Value]) -> None:
    """Gather the type variables in `value` with their bounds into `found`."""
    if isinstance(value, TypeVariable):
        found[value.name] = UNKNOWN if value.bound is None else value.bound
    elif isinstance(value, Instance | ClassObject):
        for argument in value.arguments:
            collect_bounds(argument, found)
    elif isinstance(value, Union):
        for member in value.members:
            collect_bounds(member, found)
    elif isinstance(value, Coroutine) and value.result is not None:
        collect_bounds(value.result, found)
    elif isinstance(value, Tuple):
        for item in value.items:
            collect_bounds(item, found)
    elif isinstance(value, CallableValue):
        collect_bounds(value.result, found)
    elif isinstance(value, TypeOf):
        collect_bounds(value.instance, found)
