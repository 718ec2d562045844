"""What making an object of a class runs, and what defining a class does.

    class Page(metaclass=Single):       # `Page()` runs `Single.__call__`,
        def __init__(self): ...         # and that this one

A dataclass has an `__init__` that nobody wrote: it calls the factories of the fields that were not
handed over, and `__post_init__`.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.hierarchy as hierarchy
from corolint.answers import public_name
from corolint.infer.decorators import qualified_name
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, class_summary
from corolint.loops.bodies import Runs, callee_of, special_method
from corolint.loops.code import Callee
from corolint.loops.guards import Environment
from corolint.loops.names import Place, summary_with_body
from corolint.syntax import nodes
from corolint.terms import CALL, DECLARED, FUNCTION, Term
from corolint.values import ClassObject, Function, Instance, Ref

CONSTRUCTORS = ("__new__", "__init__")
# What an `__init__` that a decorator or a base class has made calls at its end.
AFTER_CONSTRUCTION = ("__post_init__", "__attrs_post_init__", "model_post_init")
_MAKES_INIT = frozenset({"dataclass", "define", "frozen", "mutable", "s", "attrs"})


def constructing(
    place: Place, value: ClassObject, call: nodes.Call | None, environment: Environment
) -> tuple[Callee, ...]:
    """`__call__` of a metaclass, `__new__` and `__init__`, then what an `__init__` calls that
    nobody wrote."""
    way: list[Callee] = []
    calling = _of_metaclass(place.state, value.cls, "__call__")
    if calling is not None:
        way.append(Callee(calling, value))
    is_made = _has_made_init(place.state, value.cls)
    if is_made and call is not None:
        way += _factories(place, value.cls, call, environment)
    for name in (*CONSTRUCTORS, *(AFTER_CONSTRUCTION if is_made else ())):
        bound = special_method(place.state, Instance(value.cls), name)
        summary = None if bound is None else summary_with_body(place.state, bound.ref)
        if bound is None or summary is None or summary.is_async or summary.is_stub:
            continue
        written = call if name in CONSTRUCTORS else None
        way.append(callee_of(place, bound, summary, written, environment))
    return tuple(way)


def _has_made_init(state: Inference, ref: Ref) -> bool:
    for one in hierarchy.mro(state, ref).classes:
        if public_name(one.cls) == "pydantic.main.BaseModel":
            return True
        summary = class_summary(state, one.cls)
        for decorator in () if summary is None else summary.decorators:
            target = decorator[1] if decorator[0] == CALL else decorator
            name = qualified_name(state, one.cls.module, target) or ""
            if name.rpartition(".")[2] in _MAKES_INIT:
                return True
    return False


def metaclass_of(state: Inference, ref: Ref) -> ClassObject | None:
    """The metaclass that a class or one above it names."""
    for one in hierarchy.mro(state, ref).classes:
        summary = class_summary(state, one.cls)
        for key, term in () if summary is None else summary.keywords:
            if key == "metaclass":
                value = evaluate(state, one.cls.module, term, None)
                return value if isinstance(value, ClassObject) else None
    return None


def _of_metaclass(state: Inference, ref: Ref, method: str) -> Ref | None:
    """A method of the metaclass of a class."""
    metaclass = metaclass_of(state, ref)
    member = None if metaclass is None else attributes.find_member(state, metaclass.cls, method)
    if member is None or member.terms[-1][0] != FUNCTION:
        return None
    return Ref(member.owner.cls.module, member.terms[-1][1])


def runs_of_definition(place: Place, node: nodes.ClassDef) -> Runs | None:
    """What the definition of a class runs: its metaclass, and `__init_subclass__` above it."""
    ref = Ref(place.code.module, place.term(node)[1])
    way = tuple([Callee(one, ClassObject(ref)) for one in defining_functions(place.state, ref)])
    return Runs(f"class {node.name}", "", (way,)) if way else None


def defining_functions(state: Inference, ref: Ref) -> list[Ref]:
    """The functions that the definition of a class runs."""
    found = [_of_metaclass(state, ref, method) for method in CONSTRUCTORS]
    above = attributes.find_member(state, ref, "__init_subclass__", ref)
    if above is not None and above.terms[-1][0] == FUNCTION:
        found.append(Ref(above.owner.cls.module, above.terms[-1][1]))
    return [one for one in found if one is not None]


def constructing_functions(state: Inference, ref: Ref) -> list[Ref]:
    """All functions that making an object of a class may run."""
    known: dict[Ref, list[Ref]] = state.tables.setdefault("constructing", {})
    if ref not in known:
        known[ref] = _find_constructing(state, ref)
    return known[ref]


def _find_constructing(state: Inference, ref: Ref) -> list[Ref]:
    found = [_of_metaclass(state, ref, "__call__")]
    for method in (*CONSTRUCTORS, *AFTER_CONSTRUCTION):
        member = attributes.find_member(state, ref, method)
        if member is not None and member.terms[-1][0] == FUNCTION:
            found.append(Ref(member.owner.cls.module, member.terms[-1][1]))
    for one in hierarchy.mro(state, ref).classes:
        above = class_summary(state, one.cls)
        for factory in () if above is None else above.factories.values():
            value = evaluate(state, one.cls.module, factory, None)
            found.append(value.ref if isinstance(value, Function) else None)
    return [one for one in found if one is not None]


def _factories(place: Place, ref: Ref, call: nodes.Call, environment: Environment) -> list[Callee]:
    """The functions that make the values of fields for which the call hands over nothing."""
    if any(kind in (nodes.STAR, nodes.DOUBLE_STAR) for kind in call.kinds):
        return []
    named = set(call.keywords)
    left = sum(kind == nodes.POSITIONAL for kind in call.kinds)
    found: list[Callee] = []
    for owner, name, factory in _fields(place.state, ref):
        if left:
            left -= 1
            continue
        if factory is None or name in named:
            continue
        value = evaluate(place.state, owner.module, factory, None)
        if isinstance(value, Function):
            summary = summary_with_body(place.state, value.ref)
            if summary is not None and not (summary.is_async or summary.is_generator):
                found.append(callee_of(place, value, summary, None, environment))
    return found


def _fields(state: Inference, ref: Ref) -> list[tuple[Ref, str, Term | None]]:
    """The fields of a class and of those above it, the topmost first; each with its factory, if it
    has one."""
    found: dict[str, tuple[Ref, str, Term | None]] = {}
    for one in reversed(hierarchy.mro(state, ref).classes):
        summary = class_summary(state, one.cls)
        if summary is None or one.cls.module == "builtins":
            continue
        for name, terms in summary.attributes.items():
            if name in summary.factories or any(map(_declares_field, terms)):
                found[name] = (one.cls, name, summary.factories.get(name))
    return list(found.values())


def _declares_field(term: Term) -> bool:
    return bool(term[0] == DECLARED) and str(term[1][1]).rpartition(".")[2] != "ClassVar"
