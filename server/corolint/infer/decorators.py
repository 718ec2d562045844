"""What a function is once its decorators are done with it.

A decorated function is what its decorators make of it, inside out; a decorator without annotations
is called like any function, so that

    def logged(function):
        @functools.wraps(function)
        async def wrapper(*args): return await function(*args)
        return wrapper

turns what it decorates into a coroutine function, and one whose wrapper runs a loop does not.
"""

from __future__ import annotations

import corolint.infer.calls as calls
import corolint.infer.evaluate as evaluation
import corolint.infer.function_results as function_results
import corolint.infer.type_names as type_names
from corolint.infer.state import Inference, ask, function_summary
from corolint.known.loops import RUNNER_MAKERS
from corolint.summary import FunctionSummary
from corolint.terms import (
    ATTRIBUTE,
    NAME,
    TYPE_NAME,
    Term,
)
from corolint.values import (
    NEVER,
    UNKNOWN,
    CallableValue,
    ClassMethod,
    External,
    Function,
    Overloads,
    Property,
    Ref,
    StaticMethod,
    Value,
    members,
    says_nothing,
    union,
    without_none,
)

_IDENTITY = frozenset(
    {"abc.abstractmethod", "typing.overload", "typing.override", "typing.final",
     "typing.no_type_check", "typing.runtime_checkable", "typing_extensions.override",
     "typing_extensions.overload", "typing_extensions.final", "typing_extensions.deprecated",
     "warnings.deprecated", "types.coroutine", "asyncio.coroutine", "functools.wraps",
     "functools.update_wrapper", "unittest.skip", "unittest.skipIf", "unittest.skipUnless",
     "unittest.expectedFailure", "atexit.register"}
)  # fmt: skip


_PROPERTIES = frozenset(
    {
        "builtins.property",
        "abc.abstractproperty",
        "functools.cached_property",
        "types.DynamicClassAttribute",
    }
)


# Decorators after which a call gives what the body gives.
_LEAVE_RESULTS = _IDENTITY | {
    "builtins.staticmethod", "builtins.classmethod", "functools.lru_cache", "functools.cache",
}  # fmt: skip


def functions_value(state: Inference, module: str, qualnames: list[str]) -> Value:
    """Several functions bound to one name: overloads, a property with its setter, alternatives."""
    overloads: list[Function] = []
    others: list[Value] = []
    for qualname in qualnames:
        summary = function_summary(state, Ref(module, qualname))
        if summary is None:
            continue
        if any(_last_name(term) in ("setter", "deleter", "getter") for term in summary.decorators):
            continue
        value = function_value(state, Ref(module, qualname))
        if any(_last_name(term) == "overload" for term in summary.decorators):
            bare = _unwrapped(value)
            if isinstance(bare, Function):
                overloads.append(bare)
                wrapper: Value = value
        else:
            others.append(value)
    if not overloads:
        return union(others) if others else UNKNOWN
    combined: Value = Overloads(tuple(overloads))
    if isinstance(wrapper, ClassMethod):
        return ClassMethod(combined)
    if isinstance(wrapper, StaticMethod):
        return StaticMethod(combined)
    return combined


def _unwrapped(value: Value) -> Value:
    if isinstance(value, ClassMethod | StaticMethod):
        return value.function
    return value


def _last_name(term: Term) -> str:
    if term[0] == NAME:
        return str(term[1])
    if term[0] == ATTRIBUTE:
        return str(term[2])
    return ""


def function_value(state: Inference, ref: Ref) -> Value:
    """A function as its name gives it: what its decorators make of it."""
    summary = function_summary(state, ref)
    if summary is None:
        return UNKNOWN
    if not summary.decorators:
        return Function(ref)
    bare: Value = Function(ref)
    return ask(state, ("decorated", ref), _decorated_function, bare, state, ref, summary)


def _decorated_function(state: Inference, ref: Ref, summary: FunctionSummary) -> Value:
    value: Value = Function(ref)
    for decorator in reversed(summary.decorators):
        value = decorated(state, ref.module, decorator, value, summary)
    return value


def is_changed(state: Inference, module: str, summary: FunctionSummary) -> bool:
    """Whether a function has a decorator that may make something else of it."""
    return any(
        qualified_name(state, module, term[1] if term[0] == "call" else term) not in _LEAVE_RESULTS
        for term in summary.decorators
    )


def decorated(
    state: Inference, module: str, decorator: Term, value: Value, summary: FunctionSummary
) -> Value:
    """What one decorator makes of `value`."""
    known = _known_decorator(state, module, decorator, value)
    if known is not None:
        return known
    callee = without_none(evaluation.evaluate(state, module, decorator, None))
    if callee == NEVER or any(says_nothing(member) for member in members(callee)):
        # A decorator that cannot be resolved may do anything, for example make it synchronous; how
        # the function is called tells. What was no coroutine function may also give a future.
        return External(Ref(module, summary.qualname).full_name) if summary.is_async else UNKNOWN
    result = calls.call(state, callee, [value], {})
    if function_results.is_vague(result):
        return value
    if isinstance(result, CallableValue) and isinstance(value, Function):
        return CallableValue(function_results.name_coroutine(result.result, value.ref))
    return result


def _known_decorator(state: Inference, module: str, decorator: Term, value: Value) -> Value | None:
    target = decorator[1] if decorator[0] == "call" else decorator
    name = qualified_name(state, module, target)
    if name is None:
        return None
    if name in _IDENTITY:
        return value
    if name in _PROPERTIES:
        return Property(value)
    if name == "builtins.staticmethod":
        return StaticMethod(value)
    if name == "builtins.classmethod":
        return ClassMethod(value)
    if name in RUNNER_MAKERS or name in state.project.search.told.sync_makers:
        return CallableValue(UNKNOWN)
    return None


def qualified_name(state: Inference, module: str, term: Term) -> str | None:
    """The full name of a plain or dotted name in `module`, imports followed."""
    written = type_names.written_type(term) if term[0] in (NAME, ATTRIBUTE) else None
    if written is None or written[0] != TYPE_NAME:
        if term[0] == "import":
            source = f"{term[1]}.{term[2]}" if term[2] else term[1]
            return type_names.origin(state, term[1], term[2]) if term[2] else source
        return None
    key = ("qualified", module, written[1])
    table = state.tables.setdefault("qualified", {})
    if key not in table:
        table[key] = type_names.origin(state, module, written[1])
    found: str = table[key]
    return found
