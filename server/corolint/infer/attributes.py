"""What an attribute of a value is.

    self.pool.get           # `self.pool` is an instance of `Pool`, `get` a function of its class

An attribute of an instance is looked for along the MRO: class bodies, then what methods assign to
`self`, then what other code assigns to it; a function becomes a method bound to the instance, a
property is read. What a mixin reads of `self` and does not define itself is looked for in the
classes that it is mixed into.
"""

from __future__ import annotations

from typing import NamedTuple

import corolint.infer.calls as calls
import corolint.infer.construction as construction
import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.external as external
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference, ask, class_summary, function_summary
from corolint.known.objects import GIVEN_ATTRIBUTES
from corolint.terms import DECLARED, FUNCTION, Term
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    ClassMethod,
    ClassObject,
    Coroutine,
    External,
    Frame,
    Function,
    Instance,
    ModuleObject,
    Overloads,
    Partial,
    PartialMethod,
    Property,
    Ref,
    StaticMethod,
    SuperObject,
    Text,
    TypeOf,
    TypeVariable,
    Union,
    Unknown,
    Value,
    members,
    says_nothing,
    union,
    without_none,
)


def attribute(state: Inference, value: Value, name: str) -> Value:
    """What ``value.name`` is."""
    if isinstance(value, Union):
        return _union_attribute(state, without_none_members(value), name)
    if isinstance(value, Instance):
        return instance_attribute(state, value, name)
    if isinstance(value, ClassObject):
        return class_attribute(state, value, name)
    if isinstance(value, ModuleObject):
        return module_attribute(state, value.name, name)
    if isinstance(value, External):
        return _written_elsewhere(state, value, name) or external.step(value, f".{name}")
    if isinstance(value, SuperObject):
        return _super_attribute(state, value, name)
    if isinstance(value, TypeVariable):
        return UNKNOWN if value.bound is None else attribute(state, value.bound, name)
    if isinstance(value, TypeOf):
        bound = type_variables.solved_away(value.instance)
        return attribute(state, declarations.type_of(bound), name)
    plain = hierarchy.plain_instance(value)
    if plain is not value and isinstance(plain, Instance):
        return instance_attribute(state, plain, name)
    if isinstance(value, Function) and name in ("__call__", "__wrapped__"):
        return value
    if isinstance(value, Partial) and name == "func":
        return value.function
    if isinstance(value, Coroutine):
        return _coroutine_attribute(state, value, name)
    return UNKNOWN


def _union_attribute(state: Inference, holders: tuple[Value, ...], name: str) -> Value:
    """An attribute of one of several objects: reading it of those that surely lack it raises, and
    what comes after has not seen them."""
    found = [(one, attribute(state, one, name)) for one in holders]
    having = [
        value
        for one, value in found
        if value != UNKNOWN or not (isinstance(one, Instance) and lacks_attribute(state, one, name))
    ]
    return union(having) if having else UNKNOWN


def lacks_attribute(state: Inference, value: Instance, name: str) -> bool:
    """Whether an object surely has no attribute of that name."""
    if value.cls.full_name == "typing.Any" or not hierarchy.mro(state, value.cls).complete:
        return False
    dynamic = [find_member(state, value.cls, one) for one in ("__getattr__", "__getattribute__")]
    if any(member is not None and member.owner.cls != hierarchy.OBJECT for member in dynamic):
        return False
    return find_member(state, value.cls, name) is None


def _coroutine_attribute(state: Inference, value: Coroutine, name: str) -> Value:
    result = protocols.awaited(state, value) if name == "__await__" else UNKNOWN
    cls = Ref("types", "CoroutineType")
    return instance_attribute(state, Instance(cls, (UNKNOWN, UNKNOWN, result)), name)


def without_none_members(value: Union) -> tuple[Value, ...]:
    """The members on which an attribute can be read at all."""
    return members(without_none(value))


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
    for one in hierarchy.mro(state, ref).classes:
        if not passed:
            passed = one.cls == after
            continue
        summary = class_summary(state, one.cls)
        if summary is None:
            continue
        in_body = summary.attributes.get(name)
        assigned = summary.instance_attributes.get(name)
        if in_body is not None:
            is_kept = assigned is None or _is_computed(state, one.cls.module, in_body)
            terms = in_body if is_kept or assigned is None else in_body + assigned
            result = Member(one, terms, True)
            break
        if assigned is not None:
            result = Member(one, assigned, False)
            break
    state.members[key] = result
    return result


def _is_computed(state: Inference, module: str, terms: tuple[Term, ...]) -> bool:
    """Whether an attribute is a property or the like, which an assignment to it does not replace;
    ``self.fetch = self.fetch_now`` does replace a method."""
    functions = [function_summary(state, Ref(module, t[1])) for t in terms if t[0] == FUNCTION]
    return any(function is not None and function.decorators for function in functions)


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
        while _tells_little(found) and member is not None and not member.in_body:
            # ``self.peer = None`` in a subclass says less than what its bases assign.
            member = find_member(state, value.cls, name, member.owner.cls)
            if member is not None:
                found = _known_of(found, bound_member(state, member, value, value.cls))
        if _tells_little(found):
            written = _written_elsewhere(state, value, name)
            if written is not None:
                return written
        return found
    if name == "__class__":
        return ClassObject(value.cls, value.arguments)
    if hierarchy.mro(state, value.cls).complete:
        fallback = find_member(state, value.cls, "__getattr__")
        if fallback is not None and fallback.owner.cls != hierarchy.OBJECT:
            getter = bound_member(state, fallback, value, value.cls)
            given = calls.call(state, getter, [Text(name)], {})
            if not says_nothing(given):
                return given
            written = _written_elsewhere(state, value, name)
            return given if written is None else written
    below = _found_below(state, value, name)
    if below is not None:
        return below
    written = _written_elsewhere(state, value, name)
    if written is not None:
        return written
    return external.inherited(state, value.cls, name, of_instance=True)


def _known_of(first: Value, second: Value) -> Value:
    """Both of two values, as far as they are known."""
    if isinstance(first, Unknown):
        return second
    return first if isinstance(second, Unknown) else union([first, second])


def _tells_little(value: Value) -> bool:
    return isinstance(value, Unknown) or value == NONE


def _found_below(state: Inference, value: Instance, name: str) -> Value | None:
    """A mixin calls what only the classes it is mixed into define."""
    file = state.project.file(value.cls.module)
    if file is None or not file.is_first_party:
        return None
    found = []
    for below in hierarchy.all_subclasses(state, value.cls):
        member = find_member(state, below, name)
        if member is not None:
            found.append(bound_member(state, member, hierarchy.own_instance(state, below), below))
    return union(found) if found else None


def _written_elsewhere(state: Inference, value: Instance | External, name: str) -> Value | None:
    """What other code of the project assigns to this attribute: ``runner.client = Client()``."""
    state.asked.writes.add(name)
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
        if any(_is_same_kind(state, one, value) for one in members(receiver)):
            found.append(evaluation.evaluate(state, module, term, None))
    known = [one for one in found if not isinstance(one, Unknown) and one != NONE]
    return union(known) if known else None


def _is_same_kind(state: Inference, one: Value, holder: Instance | External) -> bool:
    """Whether what is assigned to an attribute of `one` may be read from `holder`."""
    if isinstance(holder, External):
        return one == holder
    return isinstance(one, Instance) and hierarchy.is_subclass(state, one.cls, holder.cls)


def bound_member(state: Inference, member: Member, receiver: Value, start: Ref) -> Value:
    """The attribute as read from `receiver`: methods bound, properties read, parameters solved."""
    owner = member.owner
    if all(term[0] == FUNCTION for term in member.terms):
        return bind(
            state, evaluation.binding_value(state, owner.cls.module, member.terms, None), receiver
        )
    frame = _attribute_frame(state, receiver, owner.cls)
    value = evaluation.binding_value(state, owner.cls.module, member.terms, frame)
    solved = solution(state, receiver, owner.cls)
    value = type_variables.substitute(value, solved)
    if member.in_body and not any(term[0] == DECLARED for term in member.terms):
        return bind(state, value, receiver)
    if member.in_body:
        return _read_descriptor(state, value, receiver)
    return value


def _attribute_frame(state: Inference, receiver: Value, owner: Ref) -> Frame | None:
    """The frame in which attributes of the receiver are read, where they depend on its making."""
    if not isinstance(receiver, Instance):
        return None
    if receiver.origins:
        return construction.frame_of(receiver)
    if receiver.cls != owner and construction.stores_parameters(state, owner):
        return construction.frame_of(receiver)
    return None


def solution(state: Inference, receiver: Value, ancestor: Ref) -> dict[str, Value]:
    """What the type parameters of `ancestor` are, seen from a receiver; `Self` included."""
    if isinstance(receiver, TypeVariable) and receiver.bound is not None:
        receiver = receiver.bound
    if not isinstance(receiver, Instance | ClassObject):
        return {}
    solved: dict[str, Value] = {"Self": _as_instance(receiver)}
    arguments = hierarchy.arguments_at(state, receiver, ancestor)
    if arguments:
        pairs = zip(hierarchy.type_parameters(state, ancestor), arguments, strict=False)
        solved |= {p.name: value for p, value in pairs if value != TypeVariable(p.name)}
    return solved


def _as_instance(receiver: Instance | ClassObject) -> Instance:
    if isinstance(receiver, Instance):
        return receiver
    return Instance(receiver.cls, receiver.arguments)


def bind(state: Inference, value: Value, receiver: Value) -> Value:
    """The descriptor protocol: a function becomes a bound method, a property is read."""
    if isinstance(value, Function):
        return Function(value.ref, receiver, value.frame) if value.receiver is None else value
    if isinstance(value, Overloads):
        return Overloads(tuple([Function(f.ref, receiver, f.frame) for f in value.functions]))
    if isinstance(value, Property):
        return calls.call(state, bind(state, value.getter, receiver), [], {})
    if isinstance(value, PartialMethod):
        return Partial(bind(state, value.function, receiver), value.arguments)
    if isinstance(value, StaticMethod):
        return value.function
    if isinstance(value, ClassMethod):
        cls: Value = receiver
        if isinstance(receiver, Instance):
            cls = ClassObject(receiver.cls, receiver.arguments)
        return bind(state, value.function, cls)
    if isinstance(value, Union):
        return union([bind(state, member, receiver) for member in value.members])
    if isinstance(value, External):
        return external.bound(value)
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
        given = _given_attribute(state, value.cls, name)
        return given if given is not None else _metaclass_attribute(state, value, name)
    if hierarchy.is_enum(state, value.cls) and member.in_body and not _is_method(member.terms):
        return Instance(value.cls)
    found = evaluation.binding_value(state, member.owner.cls.module, member.terms, None)
    found = type_variables.substitute(found, solution(state, value, member.owner.cls))
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


def _given_attribute(state: Inference, cls: Ref, name: str) -> Value | None:
    """An attribute of which only `corolint.known` tells that a class has it."""
    if not any(name == attribute_name for _, attribute_name in GIVEN_ATTRIBUTES):
        return None
    for one in hierarchy.mro(state, cls).classes:
        given = GIVEN_ATTRIBUTES.get((one.cls.full_name, name))
        if given is not None:
            return Instance(Ref(*given))
    return None


def _metaclass_attribute(state: Inference, value: ClassObject, name: str) -> Value:
    if name in ("__name__", "__qualname__", "__module__"):
        return Instance(Ref("builtins", "str"))
    for one in hierarchy.mro(state, value.cls).classes:
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
    return external.inherited(state, value.cls, name, of_instance=False)


def _super_attribute(state: Inference, value: SuperObject, name: str) -> Value:
    receiver = value.receiver
    if not isinstance(receiver, Instance | ClassObject):
        return UNKNOWN
    # The real MRO of the receiver decides what comes after the class; seen from inside the class
    # itself, a mixin's next class is only known where it is mixed in.
    member = find_member(state, receiver.cls, name, value.cls)
    if member is None or member.owner.cls == hierarchy.OBJECT:
        if not hierarchy.mro(state, value.cls).complete or member is not None:
            is_instance = isinstance(receiver, Instance)
            return external.inherited(state, value.cls, name, of_instance=is_instance)
        return _super_below(state, value, name)
    found = evaluation.binding_value(state, member.owner.cls.module, member.terms, None)
    return bind(state, found, receiver)


def _super_below(state: Inference, value: SuperObject, name: str) -> Value:
    found = []
    for below in hierarchy.all_subclasses(state, value.cls):
        member = find_member(state, below, name, value.cls)
        if member is not None and member.owner.cls != hierarchy.OBJECT:
            bound = evaluation.binding_value(state, member.owner.cls.module, member.terms, None)
            found.append(bind(state, bound, hierarchy.own_instance(state, below)))
    return union(found) if found else UNKNOWN


def overrides(state: Inference, ref: Ref, name: str) -> list[Value]:
    """The methods of that name in first-party classes below `ref`, bound to their own instances."""
    found = []
    for below in hierarchy.all_subclasses(state, ref):
        summary = class_summary(state, below)
        if summary is not None and name in summary.attributes:
            bound = evaluation.binding_value(state, below.module, summary.attributes[name], None)
            found.append(bind(state, bound, hierarchy.own_instance(state, below)))
    return found
