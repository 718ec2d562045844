"""What a parameter of a handler is: what the one who takes the handler calls it with.

    def on(kind: str, handler: Callable[[Client], Awaitable[None]]) -> None: ...

    async def greet(client): client.send("hello")

    on("join", greet)               # so `client` is a `Client`

The same holds for a decorator, which takes the function below it. Libraries that cannot be found
declare nothing; of some of them `corolint.known.handlers` tells.
"""

from __future__ import annotations

import corolint.infer.aliases as aliases
import corolint.infer.attributes as attributes
import corolint.infer.declarations as declarations
import corolint.infer.evaluate as evaluation
import corolint.infer.external as external
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference, function_summary
from corolint.known.handlers import METHODS, NAMED_TAKERS, TAKERS
from corolint.summary import FunctionSummary, Parameter
from corolint.terms import FUNCTION
from corolint.values import (
    UNKNOWN,
    CallableValue,
    ClassObject,
    External,
    Function,
    Instance,
    Ref,
    Value,
    members,
    says_nothing,
    union,
    without_none,
)


def value_given_by_taker(
    state: Inference, ref: Ref, summary: FunctionSummary, parameter: Parameter
) -> Value:
    """What a parameter without annotation gets from who takes the function; `UNKNOWN` if nobody
    tells."""
    index = summary.parameters.index(parameter)
    own = index - 1 if summary.owner else index
    name = ref.qualname.rpartition(".")[2].partition("@")[0]
    for decorator in summary.decorators:
        taker = without_none(evaluation.evaluate(state, ref.module, decorator, None))
        if isinstance(taker, External):
            given = _at(_known_arguments(taker, 0, name), own)
        else:
            given = _declared_argument(state, taker, 0, index)
        if given != UNKNOWN:
            return given
    if summary.owner:
        for base in external.external_bases(state, Ref(ref.module, summary.owner)):
            given = _at(METHODS.get(base.path, {}).get(name, ()), own)
            if given != UNKNOWN:
                return given
    return _given_by_calls(state, ref, name, own)


def _given_by_calls(state: Inference, ref: Ref, name: str, index: int) -> Value:
    """The first of the calls that are handed the function by its name, and tell what they do."""
    for handing in aliases.handings(state, name):
        callee = evaluation.evaluate(state, handing.module, handing.callee, None)
        for taker in members(without_none(callee)):
            if isinstance(taker, External):
                given = _at(_known_arguments(taker, handing.position, name), index)
            else:
                given = _declared_argument(state, taker, handing.position, index)
            if given != UNKNOWN and _is_handed(state, handing, ref):
                return given
    return UNKNOWN


def _is_handed(state: Inference, handing: aliases.Handing, ref: Ref) -> bool:
    """Whether it is this function that is handed over, and not another one of its name."""
    value = evaluation.evaluate(state, handing.module, handing.argument, None)
    return any(isinstance(one, Function) and one.ref == ref for one in members(value))


def _known_arguments(taker: External, position: int, name: str) -> tuple[str, ...]:
    """What is known of how `taker` calls the function that is its argument at a position."""
    handing = TAKERS.get(taker.path)
    if handing is not None:
        return handing.arguments if handing.position == position else ()
    return NAMED_TAKERS.get(taker.path, {}).get(name, ())


def _at(arguments: tuple[str, ...], index: int) -> Value:
    return External(arguments[index]) if 0 <= index < len(arguments) else UNKNOWN


def _declared_argument(state: Inference, taker: Value, position: int, index: int) -> Value:
    """What `taker` is declared to call its argument at a position with."""
    declared = _declared_parameter(state, taker, position)
    found = [
        type_variables.solved_away(one.parameters[index])
        for one in members(without_none(declared))
        if isinstance(one, CallableValue) and index < len(one.parameters)
    ]
    return UNKNOWN if any(map(says_nothing, found)) or not found else union(found)


def _declared_parameter(state: Inference, taker: Value, position: int) -> Value:
    if isinstance(taker, CallableValue):
        return taker.parameters[position] if position < len(taker.parameters) else UNKNOWN
    if isinstance(taker, ClassObject):
        init = attributes.find_member(state, taker.cls, "__init__")
        if init is None or init.terms[0][0] != FUNCTION:
            return UNKNOWN
        taker = Function(Ref(init.owner.cls.module, init.terms[0][1]), Instance(taker.cls))
    if not isinstance(taker, Function):
        return UNKNOWN
    summary = function_summary(state, taker.ref)
    offset = 0 if taker.receiver is None else 1
    if summary is None or position + offset >= len(summary.parameters):
        return UNKNOWN
    annotation = summary.parameters[position + offset].annotation
    if annotation is None:
        return UNKNOWN
    return declarations.declared(state, taker.ref.module, annotation, taker.ref.qualname)
