"""Classes: method resolution order, type parameters, and what an attribute of a value is.

For ``class Client(Retrying, Base[Reply])`` the MRO is the real one (C3), each class in it with its
type parameters as seen from the first. An attribute is looked for along it: class bodies, then what
methods assign to `self`. A base class that cannot be resolved makes every attribute that is not
found *unknown* instead of missing.
"""

from __future__ import annotations

from typing import NamedTuple

import corolint.infer.calls as calls
import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.protocols as protocols
from corolint.infer.state import Inference, ask, class_summary
from corolint.summary import ClassSummary, ModuleSummary
from corolint.terms import ATTRIBUTE, CLASS, DECLARED, FUNCTION, IMPORT, ITEM, NAME, Term
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    Boolean,
    ClassMethod,
    ClassObject,
    Coroutine,
    Function,
    Instance,
    Integer,
    ModuleObject,
    Overloads,
    Partial,
    Property,
    Record,
    Ref,
    StaticMethod,
    SuperObject,
    Text,
    Tuple,
    TypeOf,
    TypeVariable,
    Union,
    Value,
    members,
    union,
    without_none,
)

_OBJECT = Ref("builtins", "object")
_MOST_SUBCLASSES = 40


class Mro(NamedTuple):
    """Classes nearest first, each with its arguments in terms of the first one's type variables.

    `complete` is false when some base class could not be resolved.
    """

    classes: tuple[ClassObject, ...]
    complete: bool


# --- hierarchy -----------------------------------------------------------------------------------


def mro(state: Inference, ref: Ref) -> Mro:
    """The method resolution order of a class (C3; depth first where the bases disagree)."""
    known: Mro | None = state.mros.get(ref)
    if known is not None:
        return known
    state.mros[ref] = Mro((ClassObject(ref),), False)  # what an inheritance cycle sees
    found = _compute_mro(state, ref)
    state.mros[ref] = found
    return found


def _compute_mro(state: Inference, ref: Ref) -> Mro:
    itself = ClassObject(ref, tuple(type_parameters(state, ref)))
    bases, complete = base_classes(state, ref)
    if not bases:
        tail = (ClassObject(_OBJECT),) if ref != _OBJECT else ()
        return Mro((itself, *tail), complete)
    sequences: list[list[ClassObject]] = []
    for base in bases:
        above = mro(state, base.cls)
        complete = complete and above.complete
        names = [parameter.name for parameter in type_parameters(state, base.cls)]
        solved = dict(zip(names, base.arguments, strict=False))
        sequences.append(
            [
                ClassObject(
                    one.cls, tuple([declarations.substitute(a, solved) for a in one.arguments])
                )
                for one in above.classes
            ]
        )
    sequences.append(list(bases))
    return Mro((itself, *_merge(sequences)), complete)


def _merge(sequences: list[list[ClassObject]]) -> list[ClassObject]:
    merged: list[ClassObject] = []
    while True:
        sequences = [sequence for sequence in sequences if sequence]
        if not sequences:
            return merged
        tails = {one.cls for sequence in sequences for one in sequence[1:]}
        head = next(
            (sequence[0] for sequence in sequences if sequence[0].cls not in tails), sequences[0][0]
        )
        merged.append(head)
        sequences = [[one for one in sequence if one.cls != head.cls] for sequence in sequences]


def base_classes(state: Inference, ref: Ref) -> tuple[list[ClassObject], bool]:
    """The direct bases that could be resolved, and whether all could."""
    summary = class_summary(state, ref)
    if summary is None:
        return [], False
    found: list[ClassObject] = []
    complete = True
    for term in summary.bases:
        if _is_typing_base(state, ref.module, term):
            continue
        value = evaluation.evaluate(state, ref.module, term, None)
        usable = [m for m in members(value) if isinstance(m, ClassObject) and m.cls != ref]
        if usable:
            found.append(usable[0])
        else:
            complete = False
    return found, complete


def _is_typing_base(state: Inference, module: str, term: Term) -> bool:
    """``Generic[T]``, ``Protocol``: they say nothing of attributes."""
    if term[0] == ITEM:
        term = term[1]
    written = declarations.written_type(term)
    if written is None or written[0] != "type-name":
        return False
    last = written[1].rpartition(".")[2]
    return last in ("Generic", "Protocol", "NamedTuple", "TypedDict") and declarations.origin(
        state, module, written[1]
    ).startswith(("typing.", "typing_extensions."))


def type_parameters(state: Inference, ref: Ref) -> tuple[TypeVariable, ...]:
    """The type parameters of a class in order: PEP 695, ``Generic[…]``, or by appearance."""
    known = state.type_parameters.get(ref)
    if known is not None:
        return known
    state.type_parameters[ref] = ()
    summary = class_summary(state, ref)
    found: dict[str, TypeVariable] = {}
    if summary is not None:
        if summary.type_parameters:
            found = {
                p.name: TypeVariable(p.name, _bound(state, ref, p.bound))
                for p in summary.type_parameters
            }
        else:
            found = _parameters_of_bases(state, ref, summary)
    result = tuple(found.values())
    state.type_parameters[ref] = result
    return result


def _bound(state: Inference, ref: Ref, bound: Term | None) -> Value | None:
    return None if bound is None else declarations.declared(state, ref.module, bound, ref.qualname)


def _parameters_of_bases(
    state: Inference, ref: Ref, summary: ClassSummary
) -> dict[str, TypeVariable]:
    found: dict[str, TypeVariable] = {}
    for term in summary.bases:
        if term[0] != ITEM:
            continue
        written = declarations.written_type(term)
        if written is None:
            continue
        values = [declarations.declared(state, ref.module, a, "") for a in written[2]]
        variables = {v.name: v for value in values for v in _variables(value)}
        holder = declarations.written_type(term[1])
        if holder is not None and holder[1].rpartition(".")[2] in ("Generic", "Protocol"):
            return variables
        for name, variable in variables.items():
            found.setdefault(name, variable)
    return found


def _variables(value: Value) -> list[TypeVariable]:
    collected: dict[str, Value] = {}
    declarations.collect_bounds(value, collected)
    return [
        TypeVariable(name, None if bound == UNKNOWN else bound) for name, bound in collected.items()
    ]


def own_instance(state: Inference, ref: Ref) -> Instance:
    """`self` inside the class: its type parameters are themselves."""
    return Instance(ref, tuple(type_parameters(state, ref)))


def is_subclass(state: Inference, ref: Ref, ancestor: Ref) -> bool:
    """Whether `ref` is `ancestor` or inherits from it, as far as its bases are known."""
    return ref == ancestor or any(one.cls == ancestor for one in mro(state, ref).classes)


def is_instance(state: Inference, value: Value, candidates: list[ClassObject]) -> bool:
    """Whether `value` surely is an instance of one of the classes."""
    value = plain_instance(value)
    if not isinstance(value, Instance):
        return False
    return any(is_subclass(state, value.cls, candidate.cls) for candidate in candidates)


def plain_instance(value: Value) -> Value:
    """A literal, tuple or record as an instance of its class; other values as they are."""
    if isinstance(value, Text):
        return Instance(Ref("builtins", "str"))
    if isinstance(value, Integer):
        return Instance(Ref("builtins", "int"))
    if isinstance(value, Boolean):
        return Instance(Ref("builtins", "bool"))
    if isinstance(value, Tuple):
        return Instance(Ref("builtins", "tuple"), (union(list(value.items)),))
    if isinstance(value, Record):
        return record_instance(value)
    return value


def arguments_at(
    state: Inference, cls: ClassObject | Instance, ancestor: Ref
) -> tuple[Value, ...] | None:
    """The arguments of `ancestor` as seen from `cls`, `None` if it is no ancestor."""
    if cls.cls == ancestor:
        return cls.arguments
    names = [parameter.name for parameter in type_parameters(state, cls.cls)]
    solved = dict(zip(names, cls.arguments, strict=False))
    for one in mro(state, cls.cls).classes:
        if one.cls == ancestor:
            return tuple([declarations.substitute(a, solved) for a in one.arguments])
    return None


def subclasses(state: Inference, ref: Ref) -> list[Ref]:
    """First-party classes that directly name `ref` as a base."""
    none: list[Ref] = []
    return ask(state, ("subclasses", ref), _find_subclasses, none, state, ref)


def _find_subclasses(state: Inference, ref: Ref) -> list[Ref]:
    """Candidates are found by the name of the base as it is written, and only these resolved."""
    none: dict[str, list[Ref]] = {}
    named = ask(state, "classes by base", _classes_by_base, none, state)
    candidates = named.get(ref.qualname.rpartition(".")[2], [])
    return [
        one for one in candidates if any(base.cls == ref for base in base_classes(state, one)[0])
    ]


def _classes_by_base(state: Inference) -> dict[str, list[Ref]]:
    """First-party classes by the last names of their bases; imported ones also by their origin."""
    found: dict[str, list[Ref]] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None:
            continue
        for qualname, cls in summary.classes.items():
            for base in cls.bases:
                for name in _base_names(summary, base):
                    found.setdefault(name, []).append(Ref(module, qualname))
    return found


def _base_names(summary: ModuleSummary, base: Term) -> list[str]:
    if base[0] == ITEM:
        base = base[1]
    if base[0] == ATTRIBUTE:
        return [str(base[2])]
    if base[0] == CLASS:
        return [str(base[1]).rpartition(".")[2]]
    if base[0] != NAME:
        return []
    imported = [str(t[2]) for t in summary.bindings.get(base[1], ()) if t[0] == IMPORT and t[2]]
    return list(dict.fromkeys([str(base[1]), *imported]))


def all_subclasses(state: Inference, ref: Ref) -> list[Ref]:
    """First-party classes below `ref`; none of them where there are more than can be looked at."""
    found: dict[Ref, None] = {}
    pending = [ref]
    while pending:
        for below in subclasses(state, pending.pop()):
            if below not in found:
                found[below] = None
                pending.append(below)
        if len(found) > _MOST_SUBCLASSES:
            return []
    return list(found)


# --- attributes ----------------------------------------------------------------------------------


def attribute(state: Inference, value: Value, name: str) -> Value:
    """What ``value.name`` is."""
    if isinstance(value, Union):
        return union([attribute(state, member, name) for member in without_none_members(value)])
    if isinstance(value, Instance):
        return instance_attribute(state, value, name)
    if isinstance(value, ClassObject):
        return class_attribute(state, value, name)
    if isinstance(value, ModuleObject):
        return module_attribute(state, value.name, name)
    if isinstance(value, SuperObject):
        return _super_attribute(state, value, name)
    if isinstance(value, TypeVariable):
        return UNKNOWN if value.bound is None else attribute(state, value.bound, name)
    if isinstance(value, TypeOf):
        bound = declarations.solved_away(value.instance)
        return attribute(state, declarations.type_of(bound), name)
    plain = plain_instance(value)
    if plain is not value and isinstance(plain, Instance):
        return instance_attribute(state, plain, name)
    if isinstance(value, Function) and name in ("__call__", "__wrapped__"):
        return value
    if isinstance(value, Partial) and name == "func":
        return value.function
    if isinstance(value, Coroutine):
        return _coroutine_attribute(state, value, name)
    return UNKNOWN


def _coroutine_attribute(state: Inference, value: Coroutine, name: str) -> Value:
    result = protocols.awaited(state, value) if name == "__await__" else UNKNOWN
    cls = Ref("types", "CoroutineType")
    return instance_attribute(state, Instance(cls, (UNKNOWN, UNKNOWN, result)), name)


def without_none_members(value: Union) -> tuple[Value, ...]:
    """The members on which an attribute can be read at all."""
    return members(without_none(value))


def record_instance(value: Record) -> Instance:
    """A dict display as an instance of `dict`."""
    return Instance(
        Ref("builtins", "dict"),
        (Instance(Ref("builtins", "str")), union([item for _, item in value.items])),
    )


def module_attribute(state: Inference, module: str, name: str) -> Value:
    """A name in a module's namespace, its submodules included."""
    value = evaluation.exported(state, module, name)
    return UNKNOWN if value is None else value


class Member(NamedTuple):
    """Where an attribute was found: the class with its arguments, and what it is bound to."""

    owner: ClassObject
    terms: tuple[Term, ...]
    in_body: bool


def find_member(state: Inference, ref: Ref, name: str, after: Ref | None = None) -> Member | None:
    """The first class along the MRO (behind `after`, for `super()`) that binds the attribute."""
    key = (ref, name, after)
    if key in state.members:
        found: Member | None = state.members[key]
        return found
    result = None
    passed = after is None
    for one in mro(state, ref).classes:
        if not passed:
            passed = one.cls == after
            continue
        summary = class_summary(state, one.cls)
        if summary is None:
            continue
        in_body = summary.attributes.get(name)
        assigned = summary.instance_attributes.get(name)
        if in_body is not None:
            terms = in_body if assigned is None or _is_method(in_body) else in_body + assigned
            result = Member(one, terms, True)
            break
        if assigned is not None:
            result = Member(one, assigned, False)
            break
    state.members[key] = result
    return result


def _is_method(terms: tuple[Term, ...]) -> bool:
    return any(term[0] == FUNCTION for term in terms)


def instance_attribute(state: Inference, value: Instance, name: str) -> Value:
    """``instance.name``: found along the MRO, bound to the instance."""
    return ask(
        state, ("attribute", value, name), _find_instance_attribute, NEVER, state, value, name
    )


def _find_instance_attribute(state: Inference, value: Instance, name: str) -> Value:
    member = find_member(state, value.cls, name)
    if member is not None:
        found = bound_member(state, member, value, value.cls)
        if found == UNKNOWN or found == NONE:
            written = _written_elsewhere(state, value, name)
            if written is not None:
                return written
        return found
    if name == "__class__":
        return ClassObject(value.cls, value.arguments)
    if mro(state, value.cls).complete:
        fallback = find_member(state, value.cls, "__getattr__")
        if fallback is not None and fallback.owner.cls != _OBJECT:
            getter = bound_member(state, fallback, value, value.cls)
            return calls.call(state, getter, [Text(name)], {})
    below = _found_below(state, value, name)
    if below is not None:
        return below
    written = _written_elsewhere(state, value, name)
    return UNKNOWN if written is None else written


def _found_below(state: Inference, value: Instance, name: str) -> Value | None:
    """A mixin calls what only the classes it is mixed into define."""
    file = state.project.file(value.cls.module)
    if file is None or not file.is_first_party:
        return None
    found = []
    for below in all_subclasses(state, value.cls):
        member = find_member(state, below, name)
        if member is not None:
            found.append(bound_member(state, member, own_instance(state, below), below))
    return union(found) if found else None


def _written_elsewhere(state: Inference, value: Instance, name: str) -> Value | None:
    """What other code of the project assigns to this attribute: ``runner.client = Client()``."""
    table = state.tables.get("writes")
    if table is None:
        table = {}
        for module in state.project.first_party_modules():
            summary = state.project.summary(module)
            if summary is not None:
                for attribute_name, pairs in summary.writes.items():
                    table.setdefault(attribute_name, []).extend((module, *pair) for pair in pairs)
        state.tables["writes"] = table
    found = []
    for module, holder, term in table.get(name, ())[:20]:
        receiver = evaluation.evaluate(state, module, holder, None)
        if any(
            isinstance(m, Instance) and is_subclass(state, m.cls, value.cls)
            for m in members(receiver)
        ):
            found.append(evaluation.evaluate(state, module, term, None))
    known = [one for one in found if one not in (UNKNOWN, NONE)]
    return union(known) if known else None


def bound_member(state: Inference, member: Member, receiver: Value, start: Ref) -> Value:
    """The attribute as read from `receiver`: methods bound, properties read, parameters solved."""
    owner = member.owner
    if all(term[0] == FUNCTION for term in member.terms):
        return bind(
            state, evaluation.binding_value(state, owner.cls.module, member.terms, None), receiver
        )
    value = evaluation.binding_value(state, owner.cls.module, member.terms, None)
    solved = solution(state, receiver, owner.cls)
    value = declarations.substitute(value, solved)
    if member.in_body and not any(term[0] == DECLARED for term in member.terms):
        return bind(state, value, receiver)
    if member.in_body:
        return _read_descriptor(state, value, receiver)
    return value


def solution(state: Inference, receiver: Value, ancestor: Ref) -> dict[str, Value]:
    """What the type parameters of `ancestor` are, seen from a receiver; `Self` included."""
    if isinstance(receiver, TypeVariable) and receiver.bound is not None:
        receiver = receiver.bound
    if not isinstance(receiver, Instance | ClassObject):
        return {}
    solved: dict[str, Value] = {"Self": Instance(receiver.cls, receiver.arguments)}
    arguments = arguments_at(state, receiver, ancestor)
    if arguments:
        pairs = zip(type_parameters(state, ancestor), arguments, strict=False)
        solved |= {p.name: value for p, value in pairs if value != TypeVariable(p.name)}
    return solved


def bind(state: Inference, value: Value, receiver: Value) -> Value:
    """The descriptor protocol: a function becomes a bound method, a property is read."""
    if isinstance(value, Function):
        return Function(value.ref, receiver, value.frame) if value.receiver is None else value
    if isinstance(value, Overloads):
        return Overloads(tuple([Function(f.ref, receiver, f.frame) for f in value.functions]))
    if isinstance(value, Property):
        return calls.call(state, bind(state, value.getter, receiver), [], {})
    if isinstance(value, StaticMethod):
        return value.function
    if isinstance(value, ClassMethod):
        cls: Value = receiver
        if isinstance(receiver, Instance):
            cls = ClassObject(receiver.cls, receiver.arguments)
        return bind(state, value.function, cls)
    if isinstance(value, Union):
        return union([bind(state, member, receiver) for member in value.members])
    if isinstance(value, Instance):
        return _read_descriptor(state, value, receiver)
    return value


def _read_descriptor(state: Inference, value: Value, receiver: Value) -> Value:
    if not isinstance(value, Instance) or value.cls.module == "builtins":
        return value
    if find_member(state, value.cls, "__get__") is None:
        return value
    getter = instance_attribute(state, value, "__get__")
    owner: Value = UNKNOWN
    if isinstance(receiver, Instance):
        owner = ClassObject(receiver.cls, receiver.arguments)
    return calls.call(state, getter, [receiver, owner], {})


def class_attribute(state: Inference, value: ClassObject, name: str) -> Value:
    """``Class.name``: functions stay unbound, class methods are bound, members are instances."""
    member = find_member(state, value.cls, name)
    if member is None:
        return _metaclass_attribute(state, value, name)
    if is_enum(state, value.cls) and member.in_body and not _is_method(member.terms):
        return Instance(value.cls)
    found = evaluation.binding_value(state, member.owner.cls.module, member.terms, None)
    found = declarations.substitute(found, solution(state, value, member.owner.cls))
    if isinstance(found, ClassMethod):
        return bind(state, found, value)
    if isinstance(found, StaticMethod):
        return found.function
    if isinstance(found, Property):
        return UNKNOWN
    if isinstance(found, Function) and member.terms[0][0] == FUNCTION:
        if found.ref.qualname.rpartition(".")[2] in (
            "__new__",
            "__init_subclass__",
            "__class_getitem__",
        ):
            return Function(found.ref, value, found.frame)
    return found


def is_enum(state: Inference, ref: Ref) -> bool:
    """Whether the class is an enumeration."""
    return any(one.cls == ("enum", "Enum") for one in mro(state, ref).classes[1:])


def _metaclass_attribute(state: Inference, value: ClassObject, name: str) -> Value:
    if name in ("__name__", "__qualname__", "__module__"):
        return Instance(Ref("builtins", "str"))
    for one in mro(state, value.cls).classes:
        summary = class_summary(state, one.cls)
        if summary is None:
            continue
        for key, term in summary.keywords:
            if key == "metaclass":
                metaclass = evaluation.evaluate(state, one.cls.module, term, None)
                if isinstance(metaclass, ClassObject):
                    member = find_member(state, metaclass.cls, name)
                    if member is not None:
                        return bound_member(state, member, value, metaclass.cls)
    return UNKNOWN


def _super_attribute(state: Inference, value: SuperObject, name: str) -> Value:
    receiver = value.receiver
    if not isinstance(receiver, Instance | ClassObject):
        return UNKNOWN
    # The real MRO of the receiver decides what comes after the class; seen from inside the class
    # itself, a mixin's next class is only known where it is mixed in.
    member = find_member(state, receiver.cls, name, value.cls)
    if member is None or member.owner.cls == _OBJECT:
        if not mro(state, value.cls).complete or member is not None:
            return UNKNOWN
        return _super_below(state, value, name)
    found = evaluation.binding_value(state, member.owner.cls.module, member.terms, None)
    return bind(state, found, receiver)


def _super_below(state: Inference, value: SuperObject, name: str) -> Value:
    found = []
    for below in all_subclasses(state, value.cls):
        member = find_member(state, below, name, value.cls)
        if member is not None and member.owner.cls != _OBJECT:
            bound = evaluation.binding_value(state, member.owner.cls.module, member.terms, None)
            found.append(bind(state, bound, own_instance(state, below)))
    return union(found) if found else UNKNOWN


def overrides(state: Inference, ref: Ref, name: str) -> list[Value]:
    """The methods of that name in first-party classes below `ref`, bound to their own instances."""
    found = []
    for below in all_subclasses(state, ref):
        summary = class_summary(state, below)
        if summary is not None and name in summary.attributes:
            bound = evaluation.binding_value(state, below.module, summary.attributes[name], None)
            found.append(bind(state, bound, own_instance(state, below)))
    return found


def is_protocol(state: Inference, ref: Ref) -> bool:
    """Whether a class says of itself that it is a structural type (PEP 544)."""
    summary = class_summary(state, ref)
    return summary is not None and any(_names_protocol(base) for base in summary.bases)


def _names_protocol(base: Term) -> bool:
    written = declarations.written_type(base[1] if base[0] == ITEM else base)
    return (
        written is not None
        and written[0] == "type-name"
        and written[1].rpartition(".")[2] == "Protocol"
    )


def protocol_members(state: Inference, protocol: Ref) -> list[str]:
    """The names of the members that a structural type asks for."""
    names: dict[str, None] = {}
    for one in mro(state, protocol).classes:
        summary = class_summary(state, one.cls)
        if summary is not None and one.cls != _OBJECT:
            names.update(dict.fromkeys(summary.attributes))
    return [name for name in names if name not in _NOT_MEMBERS]


def lacks_protocol(state: Inference, value: Instance, protocol: Ref) -> bool:
    """Whether an instance surely lacks a member that the structural type asks for."""
    if not mro(state, value.cls).complete:
        return False
    if find_member(state, value.cls, "__getattr__") is not None:
        return False
    names = protocol_members(state, protocol)
    return any(find_member(state, value.cls, name) is None for name in names)


_NOT_MEMBERS = frozenset({"__slots__", "__doc__", "__class_getitem__", "__init__", "__hash__"})
