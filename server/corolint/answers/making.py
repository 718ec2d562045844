"""Which expressions make an object that wants to be awaited.

``self.client.fetch()`` makes one if `fetch` is known to be a coroutine function of whatever
`self.client` may be; `receivers` has the answer where that is not one thing that is known.
"""

from __future__ import annotations

from dataclasses import replace

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.declarations as declarations
import corolint.infer.hierarchy as hierarchy
from corolint.answers.computed import computed_attributes, names_coroutine
from corolint.answers.makers import definition_of, made_of
from corolint.answers.naming import known_name
from corolint.answers.receivers import ReceiverAnswers
from corolint.finding import Evidence
from corolint.infer.arguments import is_ever_awaited
from corolint.infer.evaluate import evaluate
from corolint.infer.plain_calls import gives_nothing_to_await
from corolint.infer.replacing import are_replaced, is_replaced_in
from corolint.infer.started import may_give_started
from corolint.infer.state import ask, function_summary
from corolint.known.effects import EFFECTS
from corolint.known.objects import (
    CALLS_ELSEWHERE,
    FUTURE_MAKERS,
    SUBMITS_ELSEWHERE,
    TASK_MAKERS,
)
from corolint.semantics import Effect, Kind, Made
from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.valuation.annotations import type_term
from corolint.valuation.paths import last_name
from corolint.values import (
    NONE,
    ClassObject,
    Coroutine,
    Function,
    Instance,
    Overloads,
    Partial,
    Union,
    Value,
    members,
    says_nothing,
    without_none,
)


class MakingAnswers(ReceiverAnswers):
    """Which expressions make an object."""

    def made(self, expression: nodes.Expression) -> Made | None:
        """See `Semantics.made`."""
        key = id(expression)
        if key not in self._made:
            self._made[key] = self._find_made(expression)
        return self._made[key]

    def _find_made(self, expression: nodes.Expression) -> Made | None:
        term = self._terms.get(id(expression))
        if term is None:
            return None
        if isinstance(expression, nodes.Attribute):
            if expression.attribute not in self.computed_attributes():
                return None
        elif not isinstance(expression, nodes.Call | nodes.Await):
            return None
        if isinstance(expression, nodes.Call) and (
            self._makes_nothing(expression) or self._is_replaced(expression)
        ):
            return None
        value = evaluate(self._state, self._module, term, None)
        if isinstance(expression, nodes.Call):
            if self._gives_back(expression):
                return None
            special = self._made_by_call(expression, value)
            if special is not None:
                return special
        elif isinstance(expression, nodes.Await):
            return self._made_elsewhere(expression) or self._awaited_twice(expression, value)
        elif not isinstance(value, Coroutine) or not value.name:
            return None
        elif not self._is_computed(expression):
            return None
        if isinstance(value, Instance) and self._is_kept(expression, value):
            return None
        if isinstance(value, Coroutine) and self._is_decorated(expression, value):
            return None
        return self._made_by_some(expression, value)

    def _is_kept(self, expression: nodes.Expression, value: Instance) -> bool:
        """Whether an object that can be awaited need not be: the call gives the receiver itself to
        go on with, what runs by itself, or something that was made before, and that nobody awaits
        who calls it."""
        if not isinstance(expression, nodes.Call):
            return False
        if self._is_fluent(expression, value):
            return True
        callee = self.value(expression.callee)
        if value.cls.full_name == "typing.Awaitable":
            return isinstance(callee, Function) and may_give_started(self._state, callee.ref)
        if isinstance(callee, ClassObject):
            return False
        return not is_ever_awaited(self._state, last_name(expression.callee))

    def _is_decorated(self, expression: nodes.Expression, value: Coroutine) -> bool:
        """``app.get("/")(handler)`` gives a function, and no object, whatever the annotation says:
        a decorator that is called by hand, and a type that has no function to it."""
        if value.name or not isinstance(expression, nodes.Call) or len(expression.arguments) != 1:
            return False
        handed = self.value(expression.arguments[0])
        return isinstance(expression.callee, nodes.Call) and isinstance(handed, Function)

    def _makes_nothing(self, call: nodes.Call) -> bool:
        """Whether the function that is called gives nothing of interest, whatever it is handed."""
        callee = self.value(call.callee)
        return gives_nothing_to_await(self._state, callee) and (
            known_name(self._state, callee) not in SUBMITS_ELSEWHERE
        )

    def _is_replaced(self, call: nodes.Call) -> bool:
        """Whether a decorator of the class may have put a plain method there."""
        callee = self.value(call.callee)
        receiver = callee.receiver if isinstance(callee, Function) else None
        return isinstance(receiver, Instance | ClassObject) and is_replaced_in(
            self._state, receiver.cls
        )

    def _gives_back(self, call: nodes.Call) -> bool:
        """``cast(Coroutine, object)`` is the object that was there before."""
        row = EFFECTS.get(self.callee_name(call) or "")
        return row is not None and row.effect == Effect.RETURNS.value

    def _is_fluent(self, expression: nodes.Expression, value: Instance) -> bool:
        """``query.limit(3)`` gives the query itself, or another like it, to go on with."""
        if not isinstance(expression, nodes.Call):
            return False
        callee = self.value(expression.callee)
        if isinstance(callee, Overloads):
            callee = callee.functions[0]
        receiver = callee.receiver if isinstance(callee, Function) else None
        return isinstance(receiver, Instance) and hierarchy.is_subclass(
            self._state, receiver.cls, value.cls
        )

    def _made_by_some(self, expression: nodes.Expression, value: Value) -> Made | None:
        """A receiver of which something is not known says enough if what is known makes a
        coroutine, and nothing in the project has a plain method of that name."""
        if says_nothing(value) and isinstance(expression, nodes.Call):
            return self._made_by_consensus(expression)
        if isinstance(value, Union) and isinstance(expression, nodes.Call):
            callee = self.value(expression.callee)
            if isinstance(callee, Union):
                return self._made_by_receivers(expression, callee)
            if NONE in value.members and not self._may_return_nothing(expression):
                return None
            return made_of(self._state, value) or self._made_by_custom(expression, value)
        return made_of(self._state, value)

    def computed_attributes(self) -> frozenset[str]:
        """The names of properties in the project that give a coroutine object when read."""
        return ask(
            self._state, "computed attributes", computed_attributes, frozenset(), self._state
        )

    def _is_computed(self, expression: nodes.Expression) -> bool:
        """Whether reading the attribute or element runs code that makes a new object each time."""
        if not isinstance(expression, nodes.Attribute):
            return False
        holder = self.value(expression.value)
        for member in members(without_none(holder)):
            if not isinstance(member, Instance):
                return False
            found = attributes.find_member(self._state, member.cls, expression.attribute)
            if found is None or not found.in_body:
                return False
        return True

    def _made_generator(self, call: nodes.Call, value: Value) -> Made | None:
        """Calling an async generator function gives an async generator, however it is declared."""
        callee = self.value(call.callee)
        if not isinstance(callee, Function) or not isinstance(value, Instance):
            return None
        summary = function_summary(self._state, callee.ref)
        if summary is None or not (summary.is_async and summary.is_generator):
            return None
        name = calls.display_name(callee.ref)
        return Made(Kind.ASYNC_GENERATOR, name, Evidence.DECLARED, definition_of(callee.ref))

    def _made_by_call(self, call: nodes.Call, value: Value) -> Made | None:
        name = self.callee_name(call)
        if name is None:
            return None
        if name in TASK_MAKERS:
            return Made(Kind.TASK, name.rpartition(".")[2], Evidence.DECLARED)
        if name in FUTURE_MAKERS:
            return Made(Kind.FUTURE, name.rpartition(".")[2], Evidence.DECLARED)
        position = SUBMITS_ELSEWHERE.get(name)
        if position is not None and len(call.arguments) > position:
            inner = self.coroutine_function(call.arguments[position])
            if inner is not None:
                return replace(inner, kind=Kind.FUTURE, result=inner.kind)
        return self._made_generator(call, value)

    def _made_elsewhere(self, expression: nodes.Await) -> Made | None:
        """``await asyncio.to_thread(f)``: the coroutine of `f` comes back from the thread."""
        call = expression.value
        if not isinstance(call, nodes.Call):
            return None
        position = CALLS_ELSEWHERE.get(self.callee_name(call) or "")
        if position is None or len(call.arguments) <= position:
            return None
        return self.coroutine_function(call.arguments[position])

    def _awaited_twice(self, expression: nodes.Await, value: Value) -> Made | None:
        """Awaiting gave a coroutine object again, and surely so."""
        if not isinstance(value, Coroutine) or not isinstance(expression.value, nodes.Call):
            return None
        callee = self.value(expression.value.callee)
        summary = (
            function_summary(self._state, callee.ref) if isinstance(callee, Function) else None
        )
        if summary is None:
            return None
        if summary.returns is None:
            # That is told where it is returned, unless nobody checks that file.
            is_told = summary.is_async and self._is_first_party(callee)
        else:
            is_told = not (names_coroutine(summary.returns) and self._keeps_word(callee, summary))
        return None if is_told else made_of(self._state, value)

    def _keeps_word(self, callee: Value, summary: FunctionSummary) -> bool:
        """Whether a coroutine function that is declared to give a coroutine does: the annotation
        may well be meant for the call."""
        if not summary.is_async or not isinstance(callee, Function):
            return True
        module = callee.ref.module
        results = [evaluate(self._state, module, term, None) for term in summary.results]
        return any(isinstance(result, Coroutine) for result in results)

    def may_be_replaced(self, made: Made) -> bool:
        """See `Semantics.may_be_replaced`."""
        return made.definition is not None and are_replaced(self._state, made.definition.module)

    def received(self, function: nodes.FunctionDef, parameter: nodes.Parameter) -> Made | None:
        """See `Semantics.received`."""
        annotation = parameter.annotation
        if annotation is None or not _may_name_coroutine(annotation):
            return None
        qualname = self._qualname_of(function) or ""
        wanted = declarations.declared(self._state, self._module, type_term(annotation), qualname)
        given = members(without_none(wanted))
        if not given or not all(isinstance(one, Coroutine) for one in given):
            return None
        is_certain = parameter.default is None and NONE not in members(wanted)
        return Made(Kind.COROUTINE, parameter.name, Evidence.DECLARED, certain=is_certain)

    def coroutine_function(self, expression: nodes.Expression) -> Made | None:
        """See `Semantics.coroutine_function`."""
        value = self.value(expression)
        if isinstance(value, Union):
            return None
        if isinstance(value, Function | Partial | Overloads):
            result = calls.call(self._state, value, [], {})
            return made_of(self._state, result) if isinstance(result, Coroutine) else None
        return None

    def gives_coroutine(self, function: nodes.FunctionDef) -> Made | None:
        """See `Semantics.gives_coroutine`."""
        value = self.function_of(function)
        if not isinstance(value, Function):
            return None
        result = calls.call(self._state, value, [], {})
        return made_of(self._state, result) if isinstance(result, Coroutine) else None


def _may_name_coroutine(annotation: nodes.TypeNode) -> bool:
    """A cheap look at an annotation: names for the type say what it is."""
    match annotation:
        case nodes.NamedType(name=name, arguments=arguments):
            return "coro" in name.lower() or any(map(_may_name_coroutine, arguments))
        case nodes.UnionType(items=items):
            return any(map(_may_name_coroutine, items))
    return False
