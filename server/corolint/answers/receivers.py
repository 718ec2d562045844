"""What a call makes whose receiver may be several things, or nothing that is known.

    client = AsyncClient() if is_async else Client()
    client.fetch()             # `AsyncClient.fetch` makes a coroutine object, `Client.fetch` not
    request.session.commit()   # of `request` nothing is known: what do the other calls tell?

Of several receivers an annotation is believed, and what is put together from assignments is not.
Of a receiver that is not known, the name has to tell, by how the project uses it elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

import corolint.infer.calls as calls
import corolint.infer.external as external
import corolint.infer.hierarchy as hierarchy
from corolint.answers.makers import definition_of, made_of
from corolint.answers.reading import ReadingAnswers
from corolint.finding import Evidence
from corolint.infer.consensus import (
    consensus,
    count_if_custom,
    has_blocking_twin,
    is_async_everywhere,
    is_surely_awaited,
)
from corolint.infer.state import function_summary
from corolint.semantics import Kind, Made
from corolint.syntax import nodes
from corolint.terms import NONE_TERM
from corolint.valuation.paths import last_name, receiver_and_method
from corolint.values import (
    NONE,
    UNKNOWN,
    External,
    Function,
    Instance,
    Union,
    Unknown,
    Value,
    members,
    says_nothing,
    without_none,
)


class ReceiverAnswers(ReadingAnswers):
    """What calls make whose receiver is not one thing that is known."""

    def _made_by_receivers(self, call: nodes.Call, callees: Union) -> Made | None:
        """Several receivers: where one makes a coroutine, nobody awaits it. That another one does
        not is believed of an annotation; what is put together from assignments and call sites may
        well be decided by something else. Of a receiver that is not known, the name has to tell."""
        made: list[Made] = []
        plain: list[Value] = []
        for callee in members(without_none(callees)):
            if isinstance(callee, Unknown):
                continue
            result = self._result_of(call, callee)
            one = made_of(self._state, result)
            if one is not None and self._is_meant(callee, result):
                made.append(one)
            elif not self._is_stub(callee):
                plain.append(callee)
        first = next((one for one in made if one.kind is Kind.COROUTINE), None)
        if any(isinstance(member, Unknown) for member in callees.members):
            return self._made_by_known_receivers(call, first, plain)
        if first is None:
            return made[0] if made and not plain else None
        if plain and not self._is_declared(call.callee):
            return None
        return first if len(made) == len(callees.members) else replace(first, certain=False)

    def _made_by_known_receivers(
        self, call: nodes.Call, first: Made | None, plain: list[Value]
    ) -> Made | None:
        """Beside the receivers that are known, there is one that is not."""
        if first is None:
            return None
        if isinstance(call.callee, nodes.Attribute):
            holders = members(self.value(call.callee.value))
            is_told = not plain and UNKNOWN in holders  # of a library's class its use has to tell
            if not is_told and not self._is_async_elsewhere(call):
                return None
            if first.definition is not None and has_blocking_twin(
                self._state, first.definition.qualname
            ):
                return None
        elif not isinstance(call.callee, nodes.Name):  # a name: an import that has a fallback
            return None
        is_certain = self._is_async_elsewhere(call)
        return replace(first, evidence=Evidence.INFERRED, certain=is_certain)

    def _result_of(self, call: nodes.Call, callee: Value) -> Value:
        term = self._terms[id(call)]
        return calls.call_term(self._state, self._module, callee, term, None)

    def _is_meant(self, callee: Value, result: Value) -> bool:
        """Whether a `None` beside the coroutine is what the function says, see below."""
        if not isinstance(result, Union) or NONE not in result.members:
            return True
        return self._says_nothing(callee)

    def _may_return_nothing(self, call: nodes.Call) -> bool:
        """Whether a function is declared to return `None`, or does so in its own words; a `None`
        from further down is the result of a call that ran something to its end."""
        return self._says_nothing(self.value(call.callee))

    def _says_nothing(self, callee: Value) -> bool:
        summary = (
            function_summary(self._state, callee.ref) if isinstance(callee, Function) else None
        )
        if summary is None or summary.returns is not None:
            return True
        return NONE_TERM in summary.results

    def _is_stub(self, callee: Value) -> bool:
        """Whether a method only stands for those that override it."""
        summary = (
            function_summary(self._state, callee.ref) if isinstance(callee, Function) else None
        )
        return summary is not None and summary.is_stub

    def _is_async_elsewhere(self, call: nodes.Call) -> bool:
        """Whether what is called and not known makes a coroutine, as far as others tell."""
        if any(isinstance(member, External) for member in members(self.value(call.callee))):
            return self._is_external_coroutine(call)
        return is_async_everywhere(self._state, last_name(call.callee))

    def _is_external_coroutine(self, call: nodes.Call) -> bool:
        """Whether what cannot be found of that which is called is awaited elsewhere."""
        callee, name = self.value(call.callee), last_name(call.callee)
        return external.makes_coroutine(self._state, callee, name) is not None

    def _made_by_custom(self, call: nodes.Call, value: Union) -> Made | None:
        """What is declared ``Awaitable[R] | R``, for callers with and without a loop, wants to be
        awaited where the other calls of the same method of the same receiver are."""
        path = receiver_and_method(call)
        made = [one for one in (made_of(self._state, each) for each in value.members) if one]
        if path is None or not made or any(isinstance(each, Unknown) for each in value.members):
            return None
        awaited = count_if_custom(self._state, path)
        if not awaited:
            return None
        because = f"{awaited} other calls of `{path}` are awaited"
        return Made(
            Kind.AWAITABLE, made[0].name, Evidence.CONSENSUS, certain=False, because=because
        )

    def _made_by_consensus(self, call: nodes.Call) -> Made | None:
        """A method of a receiver of which nothing is known: what its name alone tells."""
        callee = without_none(self.value(call.callee))
        if isinstance(callee, External):
            return self._made_externally(callee, last_name(call.callee))
        path = receiver_and_method(call)
        if path is None or not says_nothing(callee):
            return None
        if isinstance(call.callee, nodes.Attribute) and self._is_known(call.callee.value):
            return None
        verdict = consensus(self._state, self._module, path)
        if verdict is None:
            return None
        name = verdict.example.qualname if verdict.example else path.rpartition(".")[2]
        return Made(
            Kind.COROUTINE,
            name.partition("@")[0],
            Evidence.CONSENSUS,
            definition_of(verdict.example),
            certain=is_surely_awaited(self._state, last_name(call.callee)),
            because=verdict.because,
        )

    def _made_externally(self, callee: External, name: str) -> Made | None:
        """Something of a library that cannot be found: what the project's other calls tell."""
        because = external.makes_coroutine(self._state, callee, name)
        if because is None:
            return None
        shown = external.short_name(callee)
        evidence = Evidence.DECLARED if external.is_outlined(callee) else Evidence.CONSENSUS
        return Made(Kind.COROUTINE, shown, evidence, because=because)

    def _is_known(self, receiver: nodes.Expression) -> bool:
        """Whether the class of a receiver is known, so that its methods are no matter of names."""
        value = without_none(self.value(receiver))
        return not any(isinstance(member, Unknown) for member in members(value)) and any(
            not isinstance(member, Instance) or hierarchy.mro(self._state, member.cls).complete
            for member in members(value)
        )
