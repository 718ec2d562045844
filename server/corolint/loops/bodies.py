"""The bodies that calling one function runs: its own, with what the call says about its parameters,
and those of context managers that decorate it.

    @connected()                    # calling `load` enters what `connected()` gives,
    def load(wait=False): ...       # and then runs the body, of which `wait` is known to be false
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import corolint.infer.attributes as attributes
import corolint.infer.hierarchy as hierarchy
from corolint.answers import public_name
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference
from corolint.known.loops import CONTEXT_MANAGERS
from corolint.loops.code import Callee, Fact
from corolint.loops.guards import Environment
from corolint.loops.names import Place, declared_function, decorator_names, summary_with_body
from corolint.loops.paths import literal_fact
from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.terms import CALL
from corolint.values import ClassObject, Function, Instance, Partial, Ref, Value


class Runs(NamedTuple):
    """What an event runs: a runner, which says `message`, or one of the `ways`, each of which is
    some bodies one after the other."""

    shown: str
    message: str = ""
    ways: tuple[tuple[Callee, ...], ...] = ()


def callee_of(
    place: Place,
    value: Function,
    summary: FunctionSummary,
    call: nodes.Call | None,
    environment: Environment,
) -> Callee:
    """The body of a function together with what this call says about its parameters."""
    receiver = value.receiver
    if isinstance(receiver, Instance):
        receiver = Instance(receiver.cls)
    elif not isinstance(receiver, ClassObject):
        receiver = None
    functions: list[tuple[str, Value]] = []
    given: list[tuple[str, Fact | None]] = []
    if call is None:
        given.append(("*", None))
    else:
        for name, argument in _bound_arguments(value, summary, call):
            if argument is None:
                given.append((name, None))
                continue
            fact = literal_fact(argument)
            if fact is None and isinstance(argument, nodes.Name):
                fact = environment.get(argument.name)
            given.append((name, fact))
            if place.term(argument) in place.plain:
                continue
            passed = place.value(argument)
            if isinstance(passed, Function | Partial):
                functions.append((name, passed))
    outer = value.frame if value.frame is None or value.frame.depth < 4 else None
    return Callee(value.ref, receiver, outer, tuple(functions), tuple(given))


def _bound_arguments(
    value: Function, summary: FunctionSummary, call: nodes.Call
) -> Iterator[tuple[str, nodes.Expression | None]]:
    """Which parameter gets which argument; ``("*", None)`` for what a spread hands over."""
    parameters = list(summary.parameters)
    if value.receiver is not None and parameters:
        parameters = parameters[1:]
    positional = [p for p in parameters if p.kind in (nodes.POSITIONAL, nodes.OPTIONAL)]
    for index, argument in enumerate(call.arguments):
        kind = call.kinds[index]
        if kind in (nodes.STAR, nodes.DOUBLE_STAR):
            yield "*", None
        elif kind == nodes.NAMED:
            yield call.keywords[index] or "*", argument
        elif index < len(positional):
            yield positional[index].name, argument


def special_method(state: Inference, value: Instance, method: str) -> Function | None:
    """A method that Python itself calls, if some class of the program has it."""
    member = attributes.find_member(state, value.cls, method)
    if member is None or member.owner.cls.module in ("builtins", "typing"):
        return None
    bound = attributes.bound_member(state, member, value, value.cls)
    return bound if isinstance(bound, Function) else None


def generator_body(state: Inference, value: Function) -> Callee | None:
    summary = summary_with_body(state, value.ref)
    if summary is None or summary.is_async or not summary.is_generator:
        return None
    receiver = value.receiver if isinstance(value.receiver, Instance) else None
    return Callee(value.ref, receiver, value.frame, (), (("*", None),))


def contexts_around(state: Inference, ref: Ref, summary: FunctionSummary) -> list[Callee]:
    """What is entered before a function runs that is decorated with context managers."""
    found: list[Callee] = []
    for decorator in summary.decorators:
        if decorator[0] != CALL:
            continue
        declared = declared_function(state, ref.module, decorator[1], None)
        if declared is not None and CONTEXT_MANAGERS.intersection(decorator_names(state, declared)):
            body = generator_body(state, declared)
            found += [] if body is None else [body]
            continue
        value = evaluate(state, ref.module, decorator, None)
        if isinstance(value, Instance) and any(
            public_name(one.cls) == "contextlib.ContextDecorator"
            for one in hierarchy.mro(state, value.cls).classes
        ):
            entering = special_method(state, value, "__enter__")
            if entering is not None:
                found.append(Callee(entering.ref, Instance(value.cls)))
    return found
