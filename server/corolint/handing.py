"""What the project's own functions do to what they are handed, found in their bodies.

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

from collections.abc import Iterator, Mapping

import corolint.lifecycle.parameters as lifecycle_parameters
from corolint.answers import Answers
from corolint.infer.state import Inference, ask
from corolint.inventory import take_inventory
from corolint.semantics import Effect
from corolint.spelling import spell
from corolint.summarize import Reading
from corolint.syntax import Syntax, nodes
from corolint.values import Ref

EFFECTS = "parameter effects"


def answers_for(state: Inference, reading: Reading) -> Answers:
    """The answers to the questions about one file, which may ask about the bodies of others."""
    return Answers(
        state,
        reading,
        lambda ref: parameter_effects(state, ref, reading.summary.name),
        lambda ref: raised_names(state, ref, reading.summary.name),
    )


# --- parameters ----------------------------------------------------------------------------------


def parameter_effects(state: Inference, ref: Ref, asker: str) -> Mapping[str, Effect]:
    """By parameter name, what the first-party function `ref` does to a coroutine object; empty for
    what is decorated, or cannot be looked into. `asker` is the module that the answer is for."""
    none: Mapping[str, Effect] = {}
    found = ask(state, (EFFECTS, ref), _find_effects, none, state, ref)
    state.asked.effects[ref] = found
    state.project.look_into(ref.module, asker)
    return found


def _find_effects(state: Inference, ref: Ref) -> Mapping[str, Effect]:
    found = _function(state, ref)
    if found is None or found[2].decorators:
        return {}
    syntax, reading, function = found
    mentions: Mapping[str, int] = ask(state, ("mentions", ref.module), _mentions, {}, syntax)
    calls_itself = False

    def effects_of(inner: Ref) -> Mapping[str, Effect]:
        nonlocal calls_itself
        if inner != ref:
            return parameter_effects(state, inner, ref.module)
        calls_itself = True
        return assumed

    assumed: dict[str, Effect] = {}
    answers = Answers(
        state, reading, effects_of, lambda inner: raised_names(state, inner, ref.module)
    )
    effects = lifecycle_parameters.parameter_effects(function, answers, mentions)
    if not calls_itself:
        return effects
    # What a recursive call does is what the function does. So take it to be the plainest thing that
    # it can be, and see whether that comes out again: then it is true of every call that ends.
    guess = Effect.AWAITS if function.is_async else Effect.INSPECTS
    assumed.update(dict.fromkeys(effects, guess))
    again = lifecycle_parameters.parameter_effects(function, answers, mentions)
    return {name: guess if again[name] is guess else effects[name] for name in effects}


def _mentions(syntax: Syntax) -> Mapping[str, int]:
    inventory = take_inventory(syntax.tree)
    inventory.dissolve()
    return inventory.attributes


def _function(state: Inference, ref: Ref) -> tuple[Syntax, Reading, nodes.FunctionDef] | None:
    """A function of the project, with the file that it stands in."""
    file = state.project.file(ref.module)
    if file is None or not file.is_first_party or file.is_stub or file.is_namespace:
        return None
    syntax, reading = state.project.reading(file.path)
    function = next((body.node for body in reading.bodies if body.qualname == ref.qualname), None)
    return (syntax, reading, function) if isinstance(function, nodes.FunctionDef) else None


# --- exceptions ----------------------------------------------------------------------------------


def raised_names(state: Inference, ref: Ref, asker: str) -> frozenset[str]:
    """The classes of exceptions that the first-party function `ref` has a ``raise`` for, as they
    are spelt there. What its own handlers may catch is left out, and so is what it hands on."""
    none: frozenset[str] = frozenset()
    found = ask(state, ("raised names", ref), _find_raised, none, state, ref)
    state.asked.raised[ref] = found
    state.project.look_into(ref.module, asker)
    return found


def _find_raised(state: Inference, ref: Ref) -> frozenset[str]:
    found = _function(state, ref)
    if found is None:
        return frozenset()
    _, _, function = found
    names: set[str] = set()
    for exception in _raised_in(function.body):
        raised = exception.callee if isinstance(exception, nodes.Call) else exception
        if isinstance(raised, nodes.Name | nodes.Attribute):
            names.add(spell(raised))
    return frozenset(names - {"NotImplementedError"})  # that is for a method to be overridden


def _raised_in(block: nodes.Block | None) -> Iterator[nodes.Expression]:
    """The operands of the ``raise`` statements that nothing around them can catch."""
    for statement in block.statements if block is not None else ():
        match statement:
            case nodes.Raise(exception=exception) if exception is not None:
                yield exception
            case nodes.If() | nodes.While() | nodes.For():
                yield from _raised_in(statement.body)
                yield from _raised_in(statement.orelse)
            case nodes.Match(cases=cases):
                for case in cases:
                    yield from _raised_in(case.body)
            case nodes.Try(handlers=handlers):
                if not handlers:
                    yield from _raised_in(statement.body)
                for handler in handlers:
                    yield from _raised_in(handler.body)
                yield from _raised_in(statement.orelse)
                yield from _raised_in(statement.finalbody)
