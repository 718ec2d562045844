"""What a function does to the coroutine objects it is handed, parameter by parameter.

The function's body is followed with an object in the parameter, as if the function had made it, and
the history is summed up in one word. ::

    async def retry(coroutine):      # AWAITS_AGAIN: in the second turn the object is used up
        while True:
            try:
                return await coroutine
            except OSError:
                pass

    def start(coroutine):            # SCHEDULES
        TASKS.add(asyncio.create_task(coroutine))

What does not come to one word is `ESCAPES`, about which nothing is ever said.
"""

from __future__ import annotations

from collections.abc import Mapping

from corolint.evaluation import statements_of, yields
from corolint.finding import Evidence
from corolint.lifecycle.handed import follow_handed
from corolint.lifecycle.history import Action, Life, State, Use
from corolint.semantics import Effect, Kind, Made, Semantics
from corolint.syntax import nodes


def parameter_effects(
    function: nodes.FunctionDef, semantics: Semantics, mentions: Mapping[str, int]
) -> dict[str, Effect]:
    """The effect of calling `function` on a coroutine object in each of its parameters, by name.

    For ``*args`` it is the effect on each element. Decorators are not looked at. `semantics` must
    answer for the file of the function; that it may ask for the effects of the same function again
    is its own care. Of a stub nothing is said. `mentions` as in `corolint.lifecycle.trace`. Never
    raises.
    """
    if function.is_async and yields(function):
        return {}  # its body runs when it is iterated over, if ever
    if all(_says_nothing(statement) for statement in function.body.statements):
        return {}  # what really runs stands elsewhere
    effects: dict[str, Effect] = {}
    for parameter in function.parameters:
        effect = _effect_on(function, parameter, semantics, mentions)
        if effect in _TOLD_AT_HOME and semantics.received(function, parameter) is not None:
            effect = _TOLD_AT_HOME[effect]
        effects[parameter.name] = effect
    return effects


# What is wrong in a function that is declared to get a coroutine object is told in the function,
# and need not be told of each call.
_TOLD_AT_HOME = {Effect.AWAITS_AGAIN: Effect.AWAITS}


def effect_on_captured(
    function: nodes.FunctionDef | nodes.Lambda,
    name: str,
    semantics: Semantics,
    mentions: Mapping[str, int],
) -> Effect:
    """The effect of calling a nested function on a coroutine object in the name `name` of the body
    around it. Never raises."""
    captured = nodes.Parameter(name, nodes.POSITIONAL, None, None, False, function.at)
    effect = _effect_on(function, captured, semantics, mentions)
    return Effect.ESCAPES if effect is Effect.MAY_AWAIT and _remembers(function) else effect


def _remembers(function: nodes.FunctionDef | nodes.Lambda) -> bool:
    """Whether a function sets something that outlives its call: which path its next call takes may
    then be decided by its last one (``if not self.done: self.done = True``)."""
    if isinstance(function, nodes.Lambda):
        return False
    for statement in statements_of(function.body):
        match statement:
            case nodes.Nonlocal() | nodes.Global():
                return True
            case nodes.Assign(targets=targets):
                if any(isinstance(one, nodes.Attribute | nodes.Subscript) for one in targets):
                    return True
    return False


def _effect_on(
    function: nodes.FunctionDef | nodes.Lambda,
    parameter: nodes.Parameter,
    semantics: Semantics,
    mentions: Mapping[str, int],
) -> Effect:
    made = Made(Kind.COROUTINE, parameter.name, Evidence.INFERRED)
    life, returned = follow_handed(function, parameter, made, semantics, mentions)
    is_async = isinstance(function, nodes.FunctionDef) and function.is_async
    return _sum_up(life, returned, is_async=is_async)


def _says_nothing(statement: nodes.Statement) -> bool:
    """What the body of an abstract method or of a stub is made of."""
    match statement:
        case nodes.Pass() | nodes.Raise():
            return True
        case nodes.ExpressionStatement(value=nodes.String() | nodes.Ellipsis()):
            return True
    return False


def _sum_up(life: Life, returned: Effect | None, *, is_async: bool) -> Effect:
    """The one word for a life. `returned` is what returning it makes of the call, if that is all
    that happens to it besides."""
    uses = [use for use in life.uses if use.action.consumes]
    yielding = [use for use in life.uses if use.action is Action.YIELD]
    if yielding:
        if uses or returned is not None or life.escapes:
            return Effect.ESCAPES
        is_again = any(State.USED in use.before for use in yielding)
        return Effect.YIELDS_AGAIN if is_again else Effect.YIELDS
    losses = life.losses()
    if returned is Effect.RETURNS and is_async:
        return Effect.ESCAPES  # awaiting the call gives the object, and does not await it
    if returned is not None:
        return returned if not uses and not losses else Effect.ESCAPES
    if life.escapes or any(not use.before for use in uses):
        return Effect.ESCAPES
    if not uses:
        return _sum_up_unused(life, is_lost=bool(losses))
    if is_async:
        if life.reuses():
            return Effect.AWAITS_AGAIN
        return Effect.MAY_AWAIT if losses else Effect.AWAITS
    if losses or life.reuses():
        return Effect.ESCAPES
    return _PLAIN.get(_only_action(uses), Effect.ESCAPES)


_PLAIN: dict[Action | None, Effect] = {
    Action.RUN: Effect.RUNS,
    Action.SCHEDULE: Effect.SCHEDULES,
}


def _only_action(uses: list[Use]) -> Action | None:
    actions = {use.action for use in uses}
    return actions.pop() if len(actions) == 1 else None


def _sum_up_unused(life: Life, *, is_lost: bool) -> Effect:
    """The word for an object that the function neither consumes nor keeps."""
    if any(use.action is Action.CLOSE for use in life.uses):
        return Effect.ESCAPES if is_lost else Effect.CLOSES
    if any(use.action.fails and not use.is_guarded for use in life.uses):
        return Effect.VALUE
    if any(use.action.fails or use.action is Action.STORE for use in life.uses):
        return Effect.ESCAPES
    return Effect.INSPECTS  # it may be shown, compared, or asked whether it is ``None``
