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

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import corolint.lifecycle.keeping as keeping
import corolint.lifecycle.parameters as lifecycle_parameters
from corolint.answers import Answers
from corolint.infer.state import Inference, ask
from corolint.inventory import take_inventory
from corolint.semantics import Effect
from corolint.spelling import spell
from corolint.summarize import Reading
from corolint.syntax import Syntax, nodes
from corolint.values import Ref


class Question(NamedTuple):
    """One thing that the body of the function `ref` tells; `kind` is a key of `_ANSWERS`."""

    kind: str
    ref: Ref
    attribute: str = ""


EFFECTS = "parameter effects"
RAISED = "raised names"
KEPT = "kept parameters"
FIELD = "effect on a field"

MENTIONS = "mentions"
"""The key of how often a module has each ``.attribute``."""


def answers_for(state: Inference, reading: Reading) -> Answers:
    """The answers to the questions about one file, which may ask about the bodies of others."""
    return Answers(state, reading, _Bodies(state))


def answer(state: Inference, question: Question) -> Any:
    """What a body tells; nothing, for what is no function of the project."""
    find, in_cycle = _ANSWERS[question.kind]
    found = ask(state, question, find, in_cycle, state, question)
    state.asked.bodies[question] = found
    state.project.look_into(question.ref.module)
    return found


def is_kind(text: str) -> bool:
    """Whether there are questions of that kind."""
    return text in _ANSWERS


@dataclass(slots=True)
class _Bodies:
    """See `corolint.answers.reading.Bodies`. A function that asks about itself gets what is assumed
    of it."""

    state: Inference
    itself: Ref | None = None
    assumed: dict[str, Effect] = field(default_factory=dict)
    calls_itself: bool = False

    def parameter_effects(self, ref: Ref) -> Mapping[str, Effect]:
        if ref == self.itself:
            self.calls_itself = True
            return self.assumed
        found: Mapping[str, Effect] = answer(self.state, Question(EFFECTS, ref))
        return found

    def raised_names(self, ref: Ref) -> frozenset[str]:
        found: frozenset[str] = answer(self.state, Question(RAISED, ref))
        return found

    def kept_parameters(self, ref: Ref) -> Mapping[str, str]:
        found: Mapping[str, str] = answer(self.state, Question(KEPT, ref))
        return found

    def effect_on_field(self, ref: Ref, attribute: str) -> Effect:
        found: Effect = answer(self.state, Question(FIELD, ref, attribute))
        return found


# --- parameters and fields -----------------------------------------------------------------------


def _find_effects(state: Inference, question: Question) -> Mapping[str, Effect]:
    ref = question.ref
    found = _function(state, ref)
    if found is None or found[2].decorators:
        return {}
    syntax, reading, function = found
    mentions = _mentions_in(state, ref, syntax)
    bodies = _Bodies(state, ref)
    answers = Answers(state, reading, bodies)
    effects = lifecycle_parameters.parameter_effects(function, answers, mentions)
    if not bodies.calls_itself:
        return effects
    # What a recursive call does is what the function does. So take it to be the plainest thing that
    # it can be, and see whether that comes out again: then it is true of every call that ends.
    guess = Effect.AWAITS if function.is_async else Effect.INSPECTS
    bodies.assumed.update(dict.fromkeys(effects, guess))
    again = lifecycle_parameters.parameter_effects(function, answers, mentions)
    return {name: guess if again[name] is guess else effects[name] for name in effects}


def _find_kept(state: Inference, question: Question) -> Mapping[str, str]:
    ref = question.ref
    found = _function(state, ref)
    if found is None:
        return {}
    owner = ref.qualname.rpartition(".")[0]
    cls = next((body.node for body in found[1].bodies if body.qualname == owner), None)
    return keeping.kept_parameters(cls) if isinstance(cls, nodes.ClassDef) else {}


def _find_effect_on_field(state: Inference, question: Question) -> Effect:
    found = _function(state, question.ref)
    if found is None:
        return Effect.ESCAPES
    syntax, reading, method = found
    mentions = _mentions_in(state, question.ref, syntax)
    answers = answers_for(state, reading)
    return keeping.effect_on_field(method, question.attribute, answers, mentions)


def _mentions_in(state: Inference, ref: Ref, syntax: Syntax) -> Mapping[str, int]:
    none: Mapping[str, int] = {}
    return ask(state, (MENTIONS, ref.module), _mentions, none, syntax)


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


def _find_raised(state: Inference, question: Question) -> frozenset[str]:
    """The classes of exceptions that a function has a ``raise`` for, as they are spelt there. What
    its own handlers may catch is left out, and so is what it hands on."""
    found = _function(state, question.ref)
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


# By the kind of a question, what finds the answer, and the answer in a cycle.
_ANSWERS: Mapping[str, tuple[Callable[[Inference, Question], Any], Any]] = {
    EFFECTS: (_find_effects, {}),
    RAISED: (_find_raised, frozenset()),
    KEPT: (_find_kept, {}),
    FIELD: (_find_effect_on_field, Effect.ESCAPES),
}
