"""Classes and what is above and below them: method resolution order, type parameters, subclasses.

For ``class Client(Retrying, Base[Reply])`` the MRO is the real one (C3), each class in it with its
type parameters as seen from the first: `Client`, `Retrying`, ``Base[Reply]``, `object`. A base that
cannot be resolved makes the MRO incomplete, and then nothing is surely missing from the class.
"""

from __future__ import annotations

from typing import NamedTuple

import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.type_names as type_names
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference, ask, class_summary
from corolint.summary import ClassSummary, ModuleSummary
from corolint.terms import ATTRIBUTE, CLASS, IMPORT, ITEM, NAME, Term
from corolint.values import (
    UNKNOWN,
    Boolean,
    ClassObject,
    Instance,
    Integer,
    Record,
    Ref,
    Text,
    Tuple,
    TypeVariable,
    Value,
    members,
    union,
)

OBJECT = Ref("builtins", "object")


_MOST_SUBCLASSES = 40


class Mro(NamedTuple):
    """Classes nearest first, each with its arguments in terms of the first one's type variables.

    `complete` is false when some base class could not be resolved.
    """

    classes: tuple[ClassObject, ...]
    complete: bool


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
        tail = (ClassObject(OBJECT),) if ref != OBJECT else ()
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
                    one.cls, tuple([type_variables.substitute(a, solved) for a in one.arguments])
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
        value = _base_value(state, ref, term)
        usable = [m for m in members(value) if isinstance(m, ClassObject) and m.cls != ref]
        if usable:
            found.append(usable[0])
        else:
            complete = False
    return found, complete


def _base_value(state: Inference, ref: Ref, term: Term) -> Value:
    """What a base class is; its arguments may be the type parameters of the class itself."""
    if term[0] != ITEM:
        return evaluation.evaluate(state, ref.module, term, None)
    generic = evaluation.evaluate(state, ref.module, term[1], None)
    if not isinstance(generic, ClassObject):
        return evaluation.evaluate(state, ref.module, term, None)
    return declarations.subscripted_class(state, ref.module, generic, term[2], ref.qualname)


def _is_typing_base(state: Inference, module: str, term: Term) -> bool:
    """``Generic[T]``, ``Protocol``: they say nothing of attributes."""
    if term[0] == ITEM:
        term = term[1]
    written = type_names.written_type(term)
    if written is None or written[0] != "type-name":
        return False
    last = written[1].rpartition(".")[2]
    return last in ("Generic", "Protocol", "NamedTuple", "TypedDict") and type_names.origin(
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
        written = type_names.written_type(term)
        if written is None:
            continue
        values = [declarations.declared(state, ref.module, a, "") for a in written[2]]
        variables = {v.name: v for value in values for v in _variables(value)}
        holder = type_names.written_type(term[1])
        if holder is not None and holder[1].rpartition(".")[2] in ("Generic", "Protocol"):
            return variables
        for name, variable in variables.items():
            found.setdefault(name, variable)
    return found


def _variables(value: Value) -> list[TypeVariable]:
    collected: dict[str, Value] = {}
    type_variables.collect_bounds(value, collected)
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


def is_enum(state: Inference, ref: Ref) -> bool:
    """Whether the class is an enumeration."""
    return any(one.cls == ("enum", "Enum") for one in mro(state, ref).classes[1:])


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


def record_instance(value: Record) -> Instance:
    """A dict display as an instance of `dict`."""
    return Instance(
        Ref("builtins", "dict"),
        (Instance(Ref("builtins", "str")), union([item for _, item in value.items])),
    )


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
            return tuple([type_variables.substitute(a, solved) for a in one.arguments])
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
