"""Awaiting, iterating, subscripting and entering values, as Python's protocols define them.

`await` of a coroutine object gives what its function returns; of an object with `__await__`, what
that generator returns. ``async with f() as x`` calls `__aenter__` and awaits the result. The common
containers are answered directly; everything else through its own special methods.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.evaluate as evaluation
import corolint.infer.external as external
import corolint.infer.function_results as function_results
import corolint.infer.hierarchy as hierarchy
import corolint.infer.type_names as type_names
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference, ask, class_summary, function_summary
from corolint.summary import ClassSummary
from corolint.terms import ELEMENT, Term
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    Boolean,
    ClassObject,
    Coroutine,
    External,
    Frame,
    Function,
    Instance,
    Integer,
    Record,
    Ref,
    Text,
    Tuple,
    TypeVariable,
    Union,
    Value,
    members,
    small,
    union,
    without_none,
)

_FIRST_ARGUMENT = frozenset(
    {"list", "set", "frozenset", "tuple", "deque", "Iterable", "Iterator", "Sequence",
     "Collection", "Generator", "AbstractSet", "MutableSequence", "MutableSet", "dict", "Mapping",
     "MutableMapping", "defaultdict", "OrderedDict", "KeysView", "dict_keys", "Reversible",
     "Counter", "reversed"}
)  # fmt: skip
_MAPPINGS = frozenset({"dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"})
_CONTAINER_MODULES = frozenset(
    {"builtins", "typing", "collections", "collections.abc", "_collections_abc"}
)
_MOST_ADDITIONS = 20
_GROWING = frozenset({"list", "set", "dict", "deque", "defaultdict", "OrderedDict", "WeakSet",
                      "WeakValueDictionary", "WeakKeyDictionary", "Queue", "LifoQueue",
                      "PriorityQueue", "Future"})  # fmt: skip


# --- awaiting ------------------------------------------------------------------------------------


def awaited(state: Inference, value: Value) -> Value:
    """What ``await value`` gives."""
    if isinstance(value, Union):
        return union([awaited(state, member) for member in members(without_none(value))])
    if isinstance(value, Coroutine):
        return coroutine_result(state, value)
    if isinstance(value, TypeVariable):
        return UNKNOWN if value.bound is None else awaited(state, value.bound)
    if isinstance(value, External):
        return external.step(value, external.RESULT)
    if not isinstance(value, Instance):
        return UNKNOWN
    if value.cls.full_name == "typing.Awaitable":
        return value.arguments[0] if value.arguments else UNKNOWN
    method = attributes.find_member(state, value.cls, "__await__")
    if method is None:
        return UNKNOWN
    generator = calls.call(state, attributes.bound_member(state, method, value, value.cls), [], {})
    if isinstance(generator, Instance) and generator.cls.qualname == "Generator":
        return generator.arguments[2] if len(generator.arguments) == 3 else UNKNOWN
    return UNKNOWN


def coroutine_result(state: Inference, value: Coroutine) -> Value:
    """What awaiting a coroutine object gives."""
    if value.result is not None:
        return type_variables.solved_away(value.result)
    function = value.function
    if function is None:
        return UNKNOWN
    key = ("result", function, value.arguments)
    return ask(state, key, _function_result, NEVER, state, function, value.arguments)


def _function_result(state: Inference, function: Function, arguments: tuple[Value, ...]) -> Value:
    summary = function_summary(state, function.ref)
    if summary is None:
        return UNKNOWN
    return function_results.function_result(state, function, summary, list(arguments), {})


def is_awaitable(state: Inference, value: Value) -> bool | None:
    """Whether ``await value`` can work; `None` when that is not known."""
    if isinstance(value, Coroutine):
        return True
    if isinstance(value, Union):
        answers = {is_awaitable(state, member) for member in value.members}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(value, Text | Integer | Boolean | Tuple | Record):
        return False
    if isinstance(value, Instance):
        if value.cls.full_name in ("typing.Any", "builtins.object", "typing.Generator"):
            return None
        if attributes.find_member(state, value.cls, "__await__") is not None:
            return True
        return False if hierarchy.mro(state, value.cls).complete else None
    return None


# --- iterating -----------------------------------------------------------------------------------


def element(state: Inference, value: Value) -> Value:
    """One step of ``for x in value``."""
    if isinstance(value, Union):
        return union([element(state, member) for member in members(without_none(value))])
    if isinstance(value, Tuple):
        return union(list(value.items))
    if isinstance(value, Text | Record):
        return Instance(Ref("builtins", "str"))
    if isinstance(value, ClassObject) and hierarchy.is_enum(state, value.cls):
        return Instance(value.cls)
    if isinstance(value, External):
        return external.step(value, external.ELEMENT)
    if not isinstance(value, Instance):
        return UNKNOWN
    if value.cls.module in _CONTAINER_MODULES and value.cls.qualname in _FIRST_ARGUMENT:
        return value.arguments[0] if value.arguments else UNKNOWN
    iterator = _special(state, value, "__iter__", [])
    if isinstance(iterator, Instance):
        if iterator.cls.qualname in _FIRST_ARGUMENT and iterator.arguments:
            return iterator.arguments[0]
        return _special(state, iterator, "__next__", [])
    return _special(state, value, "__getitem__", [Instance(Ref("builtins", "int"))])


def async_element(state: Inference, value: Value) -> Value:
    """One step of ``async for x in value``."""
    if isinstance(value, Union):
        return union([async_element(state, member) for member in members(without_none(value))])
    if isinstance(value, External):
        return external.step(value, external.ELEMENT)
    if not isinstance(value, Instance):
        return UNKNOWN
    if (
        value.cls.qualname in ("AsyncIterator", "AsyncGenerator", "AsyncIterable")
        and value.arguments
    ):
        return value.arguments[0]
    iterator = _special(state, value, "__aiter__", [])
    if not isinstance(iterator, Instance):
        return UNKNOWN
    if iterator.cls.qualname in ("AsyncIterator", "AsyncGenerator") and iterator.arguments:
        return iterator.arguments[0]
    return awaited(state, _special(state, iterator, "__anext__", []))


def unpacked(state: Inference, value: Value, position: int) -> Value:
    """The element at `position` (negative: from the right) when `value` is unpacked."""
    if isinstance(value, Union):
        return union([unpacked(state, m, position) for m in members(without_none(value))])
    if isinstance(value, Tuple):
        if -len(value.items) <= position < len(value.items):
            return value.items[position]
        return UNKNOWN
    if isinstance(value, External):
        return external.step(value, f".<{position}>")
    if isinstance(value, Instance) and position >= 0:
        field = named_tuple_field(state, value, position)
        if field is not None:
            return attributes.attribute(state, value, field)
    return element(state, value)


def named_tuple_field(state: Inference, value: Instance, position: int) -> str | None:
    """The name of the field of a `typing.NamedTuple` at a position."""
    for one in hierarchy.mro(state, value.cls).classes:
        summary = class_summary(state, one.cls)
        if summary is not None and _has_base(summary, "NamedTuple"):
            fields = [
                name for name, terms in summary.attributes.items() if terms[0][0] == "declared"
            ]
            return fields[position] if position < len(fields) else None
    return None


def _has_base(summary: ClassSummary, name: str) -> bool:
    for base in summary.bases:
        written = type_names.written_type(base)
        if written is not None and written[0] == "type-name":
            if written[1].rpartition(".")[2] == name:
                return True
    return False


def _is_typed_dict(state: Inference, cls: Ref) -> bool:
    for one in hierarchy.mro(state, cls).classes:
        summary = class_summary(state, one.cls)
        if summary is not None and _has_base(summary, "TypedDict"):
            return True
    return False


# --- subscripts, operators, context managers -----------------------------------------------------


def item(state: Inference, value: Value, index: Value) -> Value:
    """``value[index]``"""
    if isinstance(value, Union):
        return union([item(state, member, index) for member in members(without_none(value))])
    if isinstance(value, Tuple):
        if isinstance(index, Integer):
            if -len(value.items) <= index.number < len(value.items):
                return value.items[index.number]
            return UNKNOWN
        return value if _is_slice(index) else union(list(value.items))
    if isinstance(value, Record):
        if isinstance(index, Text):
            return dict(value.items).get(index.content, UNKNOWN)
        return union([part for _, part in value.items])
    if isinstance(value, Text):
        return Instance(Ref("builtins", "str"))
    if isinstance(value, External):
        return external.subscripted(value)
    if not isinstance(value, Instance):
        return UNKNOWN
    if isinstance(index, Integer) and index.number >= 0:
        field = named_tuple_field(state, value, index.number)
        if field is not None:
            return attributes.attribute(state, value, field)
    if isinstance(index, Text) and _is_typed_dict(state, value.cls):
        return attributes.attribute(state, value, index.content)
    if value.cls.module in _CONTAINER_MODULES and value.arguments:
        if value.cls.qualname in _MAPPINGS:
            return value.arguments[1] if len(value.arguments) > 1 else UNKNOWN
        if value.cls.qualname in _FIRST_ARGUMENT:
            return value if _is_slice(index) else value.arguments[0]
    return _special(state, value, "__getitem__", [index])


def _is_slice(index: Value) -> bool:
    return index == Instance(Ref("builtins", "slice"))


def operated(state: Inference, left: Value, method: str, right: Value) -> Value:
    """A binary operator: the left operand's special method, else the right one's."""
    if isinstance(left, Union):
        return union([operated(state, member, method, right) for member in left.members])
    if isinstance(left, Text):
        return Instance(Ref("builtins", "str"))
    if isinstance(left, Tuple) and isinstance(right, Tuple) and method == "__add__":
        return Tuple(left.items + right.items)
    if not isinstance(left, Instance):
        return UNKNOWN
    if left.cls.full_name in ("builtins.list", "builtins.tuple") and method == "__add__":
        return Instance(left.cls, (union([element(state, left), element(state, right)]),))
    if left.cls.full_name in ("builtins.list", "builtins.tuple") and method == "__mul__":
        return left
    return _special(state, left, method, [right])


def entered(state: Inference, value: Value, is_async: bool) -> Value:
    """What ``with value as x`` or ``async with value as x`` binds to `x`."""
    if isinstance(value, Union):
        return union([entered(state, m, is_async) for m in members(without_none(value))])
    if isinstance(value, External):
        return external.entered(value)
    if not isinstance(value, Instance):
        return UNKNOWN
    if is_async:
        return awaited(state, _special(state, value, "__aenter__", []))
    return _special(state, value, "__enter__", [])


def _special(state: Inference, value: Instance, method: str, arguments: list[Value]) -> Value:
    member = attributes.find_member(state, value.cls, method)
    if member is None:
        return UNKNOWN
    bound = attributes.bound_member(state, member, value, value.cls)
    return type_variables.solved_away(calls.call(state, bound, arguments, {}))


# --- what is put into containers later -----------------------------------------------------------


def with_additions(
    state: Inference, module: str, place: Term, value: Value, frame: Frame | None
) -> Value:
    """`value` with what the module puts into the container at `place` after it was made."""
    if not isinstance(value, Instance | Union):
        return value
    if isinstance(value, Union):
        if not any(isinstance(m, Instance) and m.cls.qualname in _GROWING for m in value.members):
            return value
        return union([with_additions(state, module, place, m, frame) for m in value.members])
    if value.cls.qualname not in _GROWING or _is_solved(value):
        return value
    state.asked.additions.add((module, place))
    summary = state.project.summary(module)
    terms = () if summary is None else summary.additions.get(place, ())
    if not terms:
        return value
    added = union(
        [evaluation.evaluate(state, module, term, frame) for term in terms[:_MOST_ADDITIONS]]
    )
    if value.cls.qualname in _MAPPINGS or value.cls.qualname.startswith("Weak"):
        if value.cls.qualname != "WeakSet":
            key = value.arguments[0] if value.arguments else NEVER
            keys = () if summary is None else summary.additions.get((ELEMENT, place), ())
            if key == NEVER and keys:
                terms = keys[:_MOST_ADDITIONS]
                key = union([evaluation.evaluate(state, module, term, frame) for term in terms])
            old = value.arguments[1] if len(value.arguments) > 1 else NEVER
            return Instance(value.cls, (key, _grown(old, added)))
    old = value.arguments[0] if value.arguments else NEVER
    return Instance(value.cls, (_grown(old, added),))


def _is_solved(value: Instance) -> bool:
    """Whether the element type is known already, from an annotation or a display with elements."""
    if not value.arguments:
        return False
    last = value.arguments[-1]
    if isinstance(last, Instance) and last.cls.qualname in _GROWING:
        return _is_solved(last)
    return last not in (NEVER, UNKNOWN, NONE)


def _grown(old: Value, added: Value) -> Value:
    known = [part for part in (old, small(added)) if part not in (NEVER, UNKNOWN)]
    return union(known) if known else UNKNOWN
