"""What functions and types promise, and the custom of the project where they do not.

``await count()`` fails if the body of `count` returns an integer and nothing in the project says
otherwise; a function that returns lists is not meant to return a coroutine object on one path.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.declarations as declarations
import corolint.infer.decorators as decorators
import corolint.infer.function_results as function_results
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
from corolint.answers.arguments import ArgumentAnswers
from corolint.answers.naming import shown_type
from corolint.evaluation import statements_of
from corolint.infer.arguments import CallSite, call_sites
from corolint.infer.consensus import awaited_elsewhere, functions_named
from corolint.infer.evaluate import evaluate
from corolint.infer.state import function_summary
from corolint.practice import (
    custom_of,
    is_always_awaited,
    is_never_given_coroutines,
    methods_named,
)
from corolint.refusal import refuses_inside
from corolint.semantics import Effect, Kind, Portion
from corolint.summary import AWAITED
from corolint.syntax import nodes
from corolint.terms import (
    LOCAL,
    NONE_TERM,
    PARAMETER,
    UNKNOWN_TERM,
    Term,
)
from corolint.valuation.paths import last_name, receiver_and_method
from corolint.values import (
    NEVER,
    NONE,
    ClassObject,
    Frame,
    Function,
    Instance,
    Overloads,
    Ref,
    Value,
    members,
    says_nothing,
)

_MOST_METHODS = 8  # of one name


class PromiseAnswers(ArgumentAnswers):
    """What can be relied on."""

    def yields_plain(self, function: nodes.FunctionDef, path: tuple[Portion, ...] = ()) -> bool:
        """See `Semantics.yields_plain`."""
        qualname = self._qualname_of(function)
        if qualname is None:
            return False
        summary = function_summary(self._state, Ref(self._module, qualname))
        if summary is None or summary.returns is None:
            return False
        given = declarations.declared(self._state, self._module, summary.returns, qualname)
        step = protocols.async_element if function.is_async else protocols.element
        return refuses_inside(self._state, step(self._state, given), path)

    def not_awaitable(self, expression: nodes.Expression) -> str | None:
        """See `Semantics.not_awaitable`."""
        value = self.value(expression)
        if protocols.is_awaitable(self._state, value) is not False:
            return None
        made = self.made(expression)
        if made is not None and made.kind is Kind.ASYNC_GENERATOR:
            return None  # another rule has better words for it
        if isinstance(expression, nodes.Call):
            if not self._promises_result(expression) or self._is_awaited_again(expression):
                return None
            if self._is_undeclared_parameter(expression.callee):
                return None
        if self._is_undeclared_parameter(expression):
            return None  # the call sites that are known need not be all
        if any(self._is_added_below(member, "__await__") for member in members(value)):
            return None
        return shown_type(value)

    def _is_awaited_again(self, call: nodes.Call) -> bool:
        """Whether other calls of the same method of the same receiver are awaited, too: such code
        surely runs, and the receiver is something else than its annotation says."""
        path = receiver_and_method(call)
        if path is None:
            return False
        if awaited_elsewhere(self._state, path)[0] > 1:
            return True
        callee = self.value(call.callee)
        is_common = isinstance(callee, Function) and callee.ref.module == "builtins"
        named = functions_named(self._state, last_name(call.callee))
        return is_common and named.asynchronous > 0  # a list that the project made something of

    def _is_undeclared_parameter(self, expression: nodes.Expression) -> bool:
        """Whether an expression is a parameter, or one of a function around, without a type."""
        term = self._terms.get(id(expression), UNKNOWN_TERM)
        if term[0] == LOCAL:
            outer = function_summary(self._state, Ref(self._module, term[1]))
            term = UNKNOWN_TERM if outer is None else outer.variables.get(term[2], UNKNOWN_TERM)
        return term[0] == PARAMETER and not self._is_annotated(term)

    def lacks_method(self, expression: nodes.Expression, method: str, instead: str) -> str | None:
        """See `Semantics.lacks_method`."""
        value = self.value(expression)
        lacks = all(self._lacks(member, method, instead) for member in members(value))
        return shown_type(value) if lacks and value != NEVER else None

    def _lacks(self, value: Value, method: str, instead: str) -> bool:
        if not isinstance(value, Instance) or not hierarchy.mro(self._state, value.cls).complete:
            return False
        if attributes.find_member(self._state, value.cls, method) is not None:
            return False
        if attributes.find_member(self._state, value.cls, instead) is None:
            return False
        return not self._is_added_below(value, method)

    def _is_added_below(self, value: Value, method: str) -> bool:
        """Whether a class has subclasses in the project that add a method."""
        return isinstance(value, Instance) and any(
            attributes.find_member(self._state, below, method) is not None
            for below in hierarchy.all_subclasses(self._state, value.cls)
        )

    def _promises_result(self, call: nodes.Call) -> bool:
        """Whether what a call gives can be relied on: it is declared and the body keeps to it, or
        it is what the body of a plain function returns. A method without a result may be meant to
        be overridden by one that can be awaited."""
        callee = self.value(call.callee)
        if isinstance(callee, ClassObject):
            return True
        if isinstance(callee, Overloads):  # of a stub: there is no body that may do otherwise
            callee = callee.functions[0]
        if not isinstance(callee, Function):
            return False
        summary = function_summary(self._state, callee.ref)
        if summary is None or decorators.is_changed(self._state, callee.ref.module, summary):
            return False
        bodies = [
            evaluate(self._state, callee.ref.module, term, None)
            for term in summary.results or self._returned_terms(callee.ref)
        ]
        if summary.returns is None:
            if self.value(call) == NONE and function_results.depends_on_arguments(
                self._state, callee, summary
            ):
                return False  # where the argument is None, the call may never be reached
            plain = [value for value in bodies if value != NONE]
            return not summary.is_stub and (not summary.owner or bool(plain))
        return not any(
            protocols.is_awaitable(self._state, member)
            for value in bodies
            for member in members(value)
        )

    def _returned_terms(self, ref: Ref) -> list[Term]:
        """What the body of an annotated function returns, which its summary does not tell."""
        file = self._state.project.file(ref.module)
        if file is None or file.is_stub or file.is_namespace:
            return []
        self._state.project.enter(ref.module, self._module)
        _, reading = self._state.project.reading(file.path)
        for body in reading.bodies:
            if body.qualname == ref.qualname and isinstance(body.node, nodes.FunctionDef):
                return [
                    reading.terms.get(id(statement.value), UNKNOWN_TERM)
                    for statement in statements_of(body.node.body)
                    if isinstance(statement, nodes.Return) and statement.value is not None
                ]
        return []

    def may_give_receiver(self, call: nodes.Call) -> bool:
        """See `Semantics.may_give_receiver`."""
        callee = self.value(call.callee)
        functions = callee.functions if isinstance(callee, Overloads) else (callee,)
        return any(
            isinstance(function, Function) and self._gives_receiver(function)
            for function in functions
        )

    def _gives_receiver(self, function: Function) -> bool:
        """Whether the body of a method, overloads and all, gives the receiver or another like it,
        when it is called on this receiver."""
        receiver = function.receiver
        owner = function.ref.qualname.rpartition(".")[0]
        if not isinstance(receiver, Instance) or receiver.cls.qualname == owner:
            return False
        frame = Frame(function.ref, (), receiver, None, 1)
        name = function.ref.qualname.partition("@")[0]
        for each in self._namesakes(function.ref.module, name):
            for term in self._returned_terms(each):
                value = evaluate(self._state, each.module, term, frame)
                if any(isinstance(m, Instance) and m.cls == receiver.cls for m in members(value)):
                    return True
        return False

    def _namesakes(self, module: str, qualname: str) -> list[Ref]:
        """The functions that are bound to one name: its overloads and what they stand for."""
        summary = self._state.project.summary(module)
        found = {} if summary is None else summary.functions
        names = [qualname]
        while f"{qualname}@{len(names) + 1}" in found:
            names.append(f"{qualname}@{len(names) + 1}")
        return [Ref(module, name) for name in names]

    def promises_plain_result(
        self, function: nodes.FunctionDef, path: tuple[Portion, ...] = ()
    ) -> bool:
        """See `Semantics.promises_plain_result`."""
        qualname = self._qualname_of(function)
        if qualname is None:
            return False
        ref = Ref(self._module, qualname)
        summary = function_summary(self._state, ref)
        if summary is None or summary.returns is None:
            return False
        promised = declarations.declared(self._state, ref.module, summary.returns, qualname)
        return refuses_inside(self._state, promised, path)

    def is_result_unclear(self, function: nodes.FunctionDef) -> bool:
        """See `Semantics.is_result_unclear`."""
        qualname = self._qualname_of(function)
        ref = Ref(self._module, qualname or "")
        summary = function_summary(self._state, ref)
        if summary is None:
            return True
        if summary.returns is not None:
            promised = declarations.declared(self._state, ref.module, summary.returns, ref.qualname)
            awaitable = [protocols.is_awaitable(self._state, one) for one in members(promised)]
            if True in awaitable:
                return True
        return any(self._may_hand_on(site, ref) for site in call_sites(self._state, function.name))

    def _may_hand_on(self, site: CallSite, ref: Ref) -> bool:
        """Whether a call stands in plain code that runs a coroutine function and may hand on what
        that gives: ``return asyncio.run(f())``, or a nested function that binds an outer name."""
        if site.use == AWAITED:
            return False
        caller = function_summary(self._state, Ref(site.module, site.caller))
        if caller is None or caller.is_async:
            return False
        if not caller.parent and all(one == NONE_TERM for one in caller.results):
            return False
        callee = evaluate(self._state, site.module, site.term[1], None)
        return any(isinstance(one, Function) and one.ref == ref for one in members(callee))

    def is_against_custom(
        self, made: nodes.Expression, call: nodes.Call | None, given: nodes.Expression
    ) -> str | None:
        """See `Semantics.is_against_custom`."""
        if not isinstance(made, nodes.Call):
            return None
        name = last_name(made.callee)
        custom = custom_of(self._state, name)
        if call is not None and custom.awaited:
            refusing = self._refusing_methods(call, given)
            if refusing:
                return f"no method called `{refusing}` takes a coroutine object there"
        if not is_always_awaited(custom) or (
            call is not None and self.asks_for_awaitable(call, given)
        ):
            return None
        if call is None:
            return f"{custom.awaited} other calls of `{name}` are awaited"
        receiver = last_name(call.callee)
        if not receiver or not is_never_given_coroutines(self._state, receiver):
            return None
        return (
            f"{custom.awaited} other calls of `{name}` are awaited,"
            f" and no other call of `{receiver}` is given a coroutine object"
        )

    def asks_for_awaitable(self, call: nodes.Call, given: nodes.Expression) -> bool:
        """See `Semantics.asks_for_awaitable`."""
        callee = self.value(call.callee)
        index = next(i for i, one in enumerate(call.arguments) if one is given)
        parameter = self._parameter(callee, call, index) if isinstance(callee, Function) else None
        if parameter is None or parameter.annotation is None or not isinstance(callee, Function):
            return False
        wanted = declarations.declared(
            self._state, callee.ref.module, parameter.annotation, callee.ref.qualname
        )
        return any(protocols.is_awaitable(self._state, one) for one in members(wanted))

    def _refusing_methods(self, call: nodes.Call, given: nodes.Expression) -> str | None:
        """The name of the method that is called on a receiver of which nothing is known, if all
        methods of that name want something else than the coroutine object `given`."""
        if not isinstance(call.callee, nodes.Attribute):
            return None
        callees = self.value(call.callee)
        known = [one for one in members(callees) if not says_nothing(one)]
        methods = methods_named(self._state, call.callee.attribute)
        refs = {method.ref for method in methods}
        if not says_nothing(callees) and len(known) == len(members(callees)):
            return None
        if not all(isinstance(one, Function) and one.ref in refs for one in known):
            return None
        index = next(i for i, one in enumerate(call.arguments) if one is given)
        if not methods or len(methods) > _MOST_METHODS:
            return None
        effects = {self._function_effect(method, call, index, ()) for method in methods}
        return call.callee.attribute if effects == {Effect.VALUE} else None
