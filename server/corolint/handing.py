"""What the project's own functions do to the coroutine objects that they are handed.

    async def retry(work, times):
        for _ in range(times):
            try: return await work
            except OSError: pass

A caller writes ``await retry(fetch(), 3)`` and sees nothing wrong; the fault is that `retry` awaits
its parameter again on the second turn. The answer is found by following the parameter through the
function's body, as if it were a coroutine object: the same analysis that follows objects in the
file at hand. Functions of libraries are not looked into.
"""

from __future__ import annotations

from collections.abc import Mapping

from corolint.answers import Answers
from corolint.finding import Evidence
from corolint.infer.state import Inference, ask
from corolint.inventory import take_inventory
from corolint.lifecycle import trace
from corolint.lifecycle_history import Action, Life
from corolint.semantics import Effect, Kind, Made
from corolint.syntax import nodes
from corolint.values import Ref


class _Handed(Answers):
    """Answers for the body of a function whose parameters may all be coroutine objects."""

    def received(self, parameter: nodes.Parameter) -> Made | None:
        if parameter.kind in (nodes.STAR, nodes.DOUBLE_STAR):
            return None
        return Made(Kind.COROUTINE, parameter.name, Evidence.INFERRED)


def parameter_effects(state: Inference, ref: Ref) -> Mapping[str, Effect]:
    """By parameter name, what the first-party function `ref` does to a coroutine object; parameters
    of which nothing certain can be said are left out. Recursion gives no answer."""
    return ask(state, ("parameter effects", ref), _find_effects, {}, state, ref)


def _find_effects(state: Inference, ref: Ref) -> Mapping[str, Effect]:
    file = state.project.file(ref.module)
    if file is None or not file.is_first_party or file.is_stub or file.is_namespace:
        return {}
    syntax, reading = state.project.reading(file.path)
    function = next((body.node for body in reading.bodies if body.qualname == ref.qualname), None)
    if not isinstance(function, nodes.FunctionDef):
        return {}
    if function.decorators or _is_generator(reading.summary.functions[ref.qualname].yields):
        return {}
    answers = _Handed(state, reading, lambda inner: parameter_effects(state, inner))
    history = trace(function, answers, take_inventory(syntax.tree).attributes)
    effects: dict[str, Effect] = {}
    for life in history.lives:
        if isinstance(life.origin, nodes.Parameter):
            effect = _effect_of(life, function.is_async)
            if effect is not None:
                effects[life.origin.name] = effect
    return effects


def _is_generator(yields: tuple[object, ...]) -> bool:
    return bool(yields)


def _effect_of(life: Life, is_async: bool) -> Effect | None:
    actions = {use.action for use in life.uses}
    if actions == {Action.RETURN} and not is_async:
        return Effect.RETURNS
    if life.escapes:
        return None
    if any(use.is_reuse for use in life.uses):
        return Effect.AWAITS_AGAIN if is_async else None
    actions.discard(Action.LOOK)
    if not actions:
        return Effect.INSPECTS
    if life.ends:
        # Some path leaves it pending: the caller cannot be blamed, nor relieved.
        return None
    if actions <= {Action.AWAIT, Action.DELEGATE, Action.SCHEDULE}:
        if is_async:
            return Effect.AWAITS
        return Effect.SCHEDULES if actions == {Action.SCHEDULE} else None
    if is_async:
        return None
    if actions == {Action.RUN}:
        return Effect.RUNS
    return Effect.CLOSES if actions == {Action.CLOSE} else None
