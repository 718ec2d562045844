"""Type terms to values: what an object declared as this type is.

``x: Optional["Client[T]"]`` declares either `None` or an instance of `Client`. Names are resolved
in the module where the annotation stands, through imports and aliases (`type_names`); the special
forms of `typing` are the only names that mean something by themselves. Forward references need
nothing special, because names are resolved on demand. (Typing spec: "Type annotations", "Special
types".)
"""

from __future__ import annotations

import corolint.infer.external as external
import corolint.infer.hierarchy as hierarchy
import corolint.infer.type_names as type_names
import corolint.infer.type_variables as type_variables
from corolint.finding import Evidence
from corolint.infer.state import NO_CUT, Inference, class_summary, function_summary
from corolint.summary import TypeParameter
from corolint.syntax import parse_annotation
from corolint.terms import (
    CLASS,
    EITHER,
    IMPORT,
    TUPLE,
    TYPE_ELLIPSIS,
    TYPE_LIST,
    TYPE_LITERAL,
    TYPE_NAME,
    TYPE_UNION,
    TYPE_UNPACKED,
    Term,
    TypeTerm,
)
from corolint.valuation.annotations import type_term
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    CallableValue,
    ClassObject,
    Coroutine,
    External,
    Instance,
    Ref,
    Tuple,
    TypeOf,
    TypeVariable,
    Union,
    Value,
    members,
    union,
)

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
    target = type_names.resolve_dotted(state, module, name, scope)
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
    if isinstance(target, type_names.Alias):
        return _aliased(state, module, target, arguments, scope)
    if isinstance(target, External):
        return external.called(target)
    return UNKNOWN


def _aliased(
    state: Inference, module: str, alias: type_names.Alias, arguments: tuple[TypeTerm, ...],
    scope: str,
) -> Value:  # fmt: skip
    key = (alias.module, alias.term)
    if key in state.aliases:
        return UNKNOWN
    state.aliases.add(key)
    try:
        value = declared(state, alias.module, alias.term, "")
    finally:
        state.aliases.discard(key)
    if not arguments:
        return value
    names = list(dict.fromkeys(type_variables.free_variables(value)))
    solved = [declared(state, module, item, scope) for item in arguments]
    return type_variables.substitute(value, dict(zip(names, solved, strict=False)))


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
    if isinstance(value, External):
        return external.class_of(value)
    if isinstance(value, Union):
        return union([type_of(member) for member in value.members])
    return UNKNOWN


def _scoped_variable(state: Inference, module: str, name: str, scope: str) -> Value | None:
    """A PEP 695 type parameter of the function or class around the annotation."""
    while scope:
        for parameter in _type_parameters_of(state, Ref(module, scope)):
            if parameter.name == name:
                bound = parameter.bound
                if bound is None or bound[0] == TYPE_LIST:
                    return TypeVariable(name)
                return TypeVariable(name, declared(state, module, bound, scope))
        scope = type_names.outer_scope(state, module, scope)
    return None


def _type_parameters_of(state: Inference, ref: Ref) -> tuple[TypeParameter, ...]:
    function = function_summary(state, ref)
    if function is not None:
        return function.type_parameters
    cls = class_summary(state, ref)
    return () if cls is None else cls.type_parameters


def _special_form(state: Inference, module: str, name: str) -> str | None:
    """The name of the typing form that `name` means in `module`, if it means one."""
    last = name.rpartition(".")[2]
    if last not in FORMS:
        return None
    key = (module, name)
    table = state.tables.setdefault("special forms", {})
    if key not in table:
        table[key] = (
            last
            if type_names.origin(state, module, name).rpartition(".")[0] in type_names.TYPING
            else None
        )
    form: str | None = table[key]
    return form


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
        parameters: tuple[Value, ...] = ()
        first = arguments[0]
        if first[0] == TYPE_LIST:
            parameters = tuple([declared(state, module, item, scope) for item in first[1]])
        elif first[0] == TYPE_NAME and first[1].rpartition(".")[2] == "Concatenate":
            parameters = tuple([declared(state, module, item, scope) for item in first[2][:-1]])
        return CallableValue(declared(state, module, arguments[1], scope), parameters)
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
        return TypeVariable("Self", None if owner is None else hierarchy.own_instance(state, owner))
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
        scope = type_names.outer_scope(state, module, scope)
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


FORMS = frozenset(
    {"Optional", "Union", "Callable", "Coroutine", "CoroutineType", "Type", "Tuple", "Literal",
     "LiteralString", "Text", "Self", "TypeGuard", "TypeIs", *_TRANSPARENT, *_OPAQUE,
     *_BUILTIN_ALIASES}
)  # fmt: skip


def subscripted_class(
    state: Inference, module: str, value: ClassObject, index: Term, scope: str = ""
) -> Value:
    """``Client[Reply]`` as an expression in `scope`: the class with its parameters solved."""
    parts = index[1] if index[0] == TUPLE else (index,)
    arguments = []
    for part in parts:
        written = type_names.written_type(part)
        arguments.append(UNKNOWN if written is None else declared(state, module, written, scope))
    return ClassObject(value.cls, tuple(arguments))
