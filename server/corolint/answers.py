"""Inference's answers to the questions of `corolint.semantics`, for the expressions of one file.

The reading of a file holds the term of each of its expressions; a question evaluates that term
once and looks the rest up: what the value is, which library function the callee is, what the
parameter is declared to be. For ``asyncio.wait_for(self.client.fetch(), 5)`` it answers that the
inner call makes a coroutine object `Client.fetch`, and that the outer one *wraps* its argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.declarations as declarations
import corolint.infer.decorators as decorators
import corolint.infer.external as external
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
import corolint.infer.type_names as type_names
import corolint.infer.type_variables as type_variables
from corolint.evaluation import statements_of
from corolint.finding import Definition, Evidence
from corolint.infer.arguments import CallSite, call_sites
from corolint.infer.consensus import (
    consensus,
    has_blocking_twin,
    is_async_everywhere,
    is_surely_awaited,
)
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, ask, class_summary, function_summary
from corolint.known.callbacks import CALLBACKS
from corolint.known.effects import EFFECTS
from corolint.known.objects import (
    CALLS_ELSEWHERE,
    FUTURE_MAKERS,
    PLAIN_OBJECTS,
    SUBMITS_ELSEWHERE,
    TASK_MAKERS,
)
from corolint.practice import (
    custom_of,
    is_always_awaited,
    is_never_given_coroutines,
    methods_named,
)
from corolint.refusal import refuses_coroutine, refuses_inside
from corolint.semantics import Effect, Guard, Kind, Made, Portion
from corolint.summarize import Reading
from corolint.summary import AWAITED, ClassSummary, FunctionSummary, Parameter
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    DECLARED,
    DEFINITION,
    NAME,
    NONE_TERM,
    PARAMETER,
    TYPE_NAME,
    TYPE_UNPACKED,
    UNKNOWN_TERM,
    Term,
    TypeTerm,
)
from corolint.valuation.paths import last_name, receiver_and_method
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    CallableValue,
    ClassObject,
    Coroutine,
    External,
    Function,
    Instance,
    ModuleObject,
    Overloads,
    Partial,
    Record,
    Ref,
    Text,
    Tuple,
    TypeVariable,
    Union,
    Unknown,
    Value,
    members,
    says_nothing,
    union,
    without_none,
)

# What each function of the project does to the coroutine objects it is handed, by parameter name.
ParameterEffects = Callable[[Ref], Mapping[str, Effect]]
# What exceptions the body of each function of the project raises, as they are spelt there.
RaisedNames = Callable[[Ref], frozenset[str]]

# Methods that run code when an object is made or an attribute of it is set.
_SETTING_UP = frozenset({"__init__", "__new__", "__setattr__"})
_EFFECTS = {effect.value: effect for effect in Effect}
_EXPECTING = frozenset({"raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns",
                        "assertWarnsRegex", "catch_warnings", "deprecated_call"})  # fmt: skip
_MOST_METHODS = 8  # of one name
_EFFECTS_ON_ELEMENTS = {
    "builtins.len": Effect.INSPECTS,
    "builtins.any": Effect.VALUE,
    "builtins.all": Effect.VALUE,
    "builtins.sum": Effect.VALUE,
}
_PUBLIC_PACKAGES = ("asyncio", "concurrent.futures", "multiprocessing", "unittest", "anyio", "trio")


def public_name(ref: Ref) -> str:
    """The full name under which people know a thing: not ``asyncio.tasks.gather``."""
    module = ref.module
    if module in ("_asyncio", "asyncio") or module.startswith("asyncio."):
        return f"asyncio.{ref.qualname}"
    if module in ("typing_extensions", "_typeshed"):
        return f"typing.{ref.qualname}"
    for package in _PUBLIC_PACKAGES:
        if module.startswith(package + "."):
            last = module.rpartition(".")[2]
            if last.startswith("_") or package in (
                "concurrent.futures",
                "unittest",
                "multiprocessing",
            ):
                return f"{package}.{ref.qualname}"
    return f"{module}.{ref.qualname}"


class Answers:
    """The `Semantics` of one file. `parameter_effects` and `raised_names` answer for functions of
    the project."""

    def __init__(
        self,
        state: Inference,
        reading: Reading,
        parameter_effects: ParameterEffects,
        raised_names: RaisedNames,
    ) -> None:
        self._state = state
        self._module = reading.summary.name
        self._terms = reading.terms
        self._parameter_effects = parameter_effects
        self._raised_names = raised_names
        self._made: dict[int, Made | None] = {}

    # --- values ----------------------------------------------------------------------------------

    def value(self, expression: nodes.Expression) -> Value:
        """The value of an expression of the file."""
        term = self._terms.get(id(expression))
        if term is None:
            return UNKNOWN
        return evaluate(self._state, self._module, term, None)

    def function_of(self, definition: nodes.FunctionDef) -> Value:
        """The function that a ``def`` of the file defines, without its decorators."""
        qualname = self._qualname_of(definition)
        return UNKNOWN if qualname is None else Function(Ref(self._module, qualname))

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
        if isinstance(value, Instance) and self._is_fluent(expression, value):
            return None
        return self._made_by_some(expression, value)

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
        return made_of(self._state, value)

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
        is_certain = self._is_external_coroutine(call)
        return replace(first, evidence=Evidence.INFERRED, certain=is_certain)

    def _result_of(self, call: nodes.Call, callee: Value) -> Value:
        term = self._terms[id(call)]
        return calls.call_term(self._state, self._module, callee, term, None)

    def _is_meant(self, callee: Value, result: Value) -> bool:
        """Whether a `None` beside the coroutine is what the function says, see below."""
        if not isinstance(result, Union) or NONE not in result.members:
            return True
        return self._says_nothing(callee)

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

    def _is_declared(self, callee: nodes.Expression) -> bool:
        """Whether the receiver of a method is a variable with an annotation."""
        if not isinstance(callee, nodes.Attribute):
            return False
        term = self._terms.get(id(callee.value), UNKNOWN_TERM)
        if term[0] == PARAMETER:
            return self._is_annotated(term)
        return bool(term[0] == DECLARED)

    def _is_annotated(self, parameter: Term) -> bool:
        summary = function_summary(self._state, Ref(self._module, parameter[1]))
        parameters = () if summary is None else summary.parameters
        return any(p.name == parameter[2] and p.annotation is not None for p in parameters)

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
            _definition(verdict.example),
            certain=is_surely_awaited(self._state, last_name(call.callee)),
            because=verdict.because,
        )

    def _made_externally(self, callee: External, name: str) -> Made | None:
        """Something of a library that cannot be found: what the project's other calls tell."""
        because = external.makes_coroutine(self._state, callee, name)
        if because is None:
            return None
        shown = external.short_name(callee)
        return Made(Kind.COROUTINE, shown, Evidence.CONSENSUS, because=because)

    def _is_known(self, receiver: nodes.Expression) -> bool:
        """Whether the class of a receiver is known, so that its methods are no matter of names."""
        value = without_none(self.value(receiver))
        return not any(isinstance(member, Unknown) for member in members(value)) and any(
            not isinstance(member, Instance) or hierarchy.mro(self._state, member.cls).complete
            for member in members(value)
        )

    def computed_attributes(self) -> frozenset[str]:
        """The names of properties in the project that give a coroutine object when read."""
        return ask(
            self._state, "computed attributes", _computed_attributes, frozenset(), self._state
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
        return Made(Kind.ASYNC_GENERATOR, name, Evidence.DECLARED, _definition(callee.ref))

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
            is_told = not (_names_coroutine(summary.returns) and self._keeps_word(callee, summary))
        return None if is_told else made_of(self._state, value)

    def _keeps_word(self, callee: Value, summary: FunctionSummary) -> bool:
        """Whether a coroutine function that is declared to give a coroutine does: the annotation
        may well be meant for the call."""
        if not summary.is_async or not isinstance(callee, Function):
            return True
        module = callee.ref.module
        results = [evaluate(self._state, module, term, None) for term in summary.results]
        return any(isinstance(result, Coroutine) for result in results)

    def _is_first_party(self, callee: Value) -> bool:
        file = self._state.project.file(callee.ref.module) if isinstance(callee, Function) else None
        return file is not None and file.is_first_party

    def received(self, parameter: nodes.Parameter) -> Made | None:
        """See `Semantics.received`."""
        if parameter.annotation is None:
            return None
        return None

    # --- effects ---------------------------------------------------------------------------------

    def callee_name(self, expression: nodes.Expression) -> str | None:
        """See `Semantics.callee_name`."""
        called = expression.callee if isinstance(expression, nodes.Call) else expression
        return known_name(self._state, self.value(called))

    def effect(self, call: nodes.Call, index: int, in_container: bool) -> Effect:
        """See `Semantics.effect`."""
        callee = self.value(call.callee)
        name = known_name(self._state, callee)
        if name is not None:
            told = self._state.project.search.told
            if name in told.schedulers or name in told.consumers:
                return Effect.SCHEDULES
            if name == "builtins.setattr" and index == 2:
                return self._setting_effect(call, in_container)
            row = EFFECTS.get(name)
            if row is not None:
                return self._row_effect(name, row.effect, row.positions, index, in_container)
        effects = {
            self._effect_of(member, call, index, in_container)
            for member in members(without_none(callee))
        }
        return effects.pop() if len(effects) == 1 else Effect.ESCAPES

    def _setting_effect(self, call: nodes.Call, in_container: bool) -> Effect:
        """``setattr(client, "name", value)`` is an assignment like another."""
        match call.arguments:
            case [holder, nodes.String(value=name), _] if not in_container:
                wanted = self._declared_attribute(self.value(holder), name)
                return Effect.VALUE if refuses_coroutine(self._state, wanted) else Effect.ESCAPES
        return Effect.ESCAPES

    def _effect_of(self, callee: Value, call: nodes.Call, index: int, in_container: bool) -> Effect:
        """What one of the things that may be called does to an argument."""
        if isinstance(callee, Function):
            return self._function_effect(callee, call, index, in_container)
        if isinstance(callee, ClassObject):
            return self._constructor_effect(callee, call, index, in_container)
        if isinstance(callee, Overloads):
            fits = [one for one in callee.functions if self._parameter(one, call, index)]
            refuse = [self._refuses_argument(one, call, index, in_container) for one in fits]
            return Effect.VALUE if refuse and all(refuse) else Effect.ESCAPES
        if isinstance(callee, CallableValue):
            return self._callable_effect(callee, call, index, in_container)
        if isinstance(callee, Instance):
            called = attributes.instance_attribute(self._state, callee, "__call__")
            if isinstance(called, Function):
                return self._function_effect(called, call, index, in_container)
        return Effect.ESCAPES

    def _callable_effect(
        self, callee: CallableValue, call: nodes.Call, index: int, in_container: bool
    ) -> Effect:
        """What is annotated ``Callable[[str], Reply]`` may refuse an argument."""
        kinds = list(call.kinds)[: index + 1]
        if any(kind != nodes.POSITIONAL for kind in kinds) or index >= len(callee.parameters):
            return Effect.ESCAPES
        wanted = callee.parameters[index]
        if not in_container:
            refused = refuses_coroutine(self._state, wanted)
        else:
            is_dict = _is_dict(self.value(call.arguments[index]))
            refused = refuses_inside(self._state, wanted, ("" if is_dict else None,))
        return Effect.VALUE if refused else Effect.ESCAPES

    def _row_effect(
        self,
        name: str,
        effect: str,
        positions: tuple[int, ...] | None,
        index: int,
        in_container: bool,
    ) -> Effect:
        if positions is not None and index not in positions:
            return Effect.ESCAPES
        if in_container and effect == "value":
            return _EFFECTS_ON_ELEMENTS.get(name, Effect.ESCAPES)
        return _EFFECTS[effect]

    def _function_effect(
        self, callee: Function, call: nodes.Call, index: int, in_container: bool
    ) -> Effect:
        summary = function_summary(self._state, callee.ref)
        parameters = [] if summary is None else _parameters_of(callee, summary, call, index)
        if not parameters:
            return Effect.ESCAPES
        if self._refuses_argument(callee, call, index, in_container):
            return Effect.VALUE
        if in_container:
            return Effect.ESCAPES
        known = self._parameter_effects(callee.ref)
        effects = {known.get(parameter.name, Effect.ESCAPES) for parameter in parameters}
        return effects.pop() if len(effects) == 1 else Effect.ESCAPES

    def _constructor_effect(
        self, callee: ClassObject, call: nodes.Call, index: int, in_container: bool
    ) -> Effect:
        receiver = Instance(callee.cls, callee.arguments)
        for name in ("__init__", "__new__"):
            member = attributes.find_member(self._state, callee.cls, name)
            if member is None or member.owner.cls.qualname == "object":
                continue
            if member.owner.cls.module == "builtins":
                row = EFFECTS.get(member.owner.cls.full_name)
                if row is None:
                    continue
                return self._row_effect(
                    member.owner.cls.full_name, row.effect, row.positions, index, in_container
                )
            bound = attributes.bound_member(self._state, member, receiver, callee.cls)
            if isinstance(bound, Overloads):
                return self._effect_of(bound, call, index, in_container)
            if not isinstance(bound, Function):
                return Effect.ESCAPES
            parameter = self._parameter(bound, call, index)
            if parameter is None or parameter.kind == nodes.DOUBLE_STAR:
                break  # it takes fields by their names
            if self._refuses_argument(bound, call, index, in_container):
                return Effect.VALUE
            effect = self._parameter_effects(bound.ref).get(parameter.name)
            is_wanted = effect is Effect.VALUE and not in_container
            return Effect.VALUE if is_wanted else Effect.ESCAPES
        if in_container:
            return Effect.ESCAPES
        return self._field_effect(callee, call, index)

    def _field_effect(self, callee: ClassObject, call: nodes.Call, index: int) -> Effect:
        """A dataclass-like class takes its annotated fields as arguments."""
        name = call.keywords[index]
        if name is None:
            fields = self._fields(callee.cls)
            if any(kind != nodes.POSITIONAL for kind in list(call.kinds)[: index + 1]):
                return Effect.ESCAPES
            if index >= len(fields):
                return Effect.ESCAPES
            name = fields[index]
        wanted = self._declared_attribute(Instance(callee.cls, callee.arguments), name, True)
        return Effect.VALUE if refuses_coroutine(self._state, wanted) else Effect.ESCAPES

    def _fields(self, cls: Ref) -> list[str]:
        """The fields that a dataclass or named tuple takes by position, in order."""
        fields: dict[str, None] = {}
        is_known = False
        for one in reversed(hierarchy.mro(self._state, cls).classes):
            summary = class_summary(self._state, one.cls)
            if summary is None or not _takes_fields(summary):
                continue
            is_known = True
            for name, terms in summary.attributes.items():
                if terms[0][0] == DECLARED and not _is_class_variable(terms[0][1]):
                    fields[name] = None
        return list(fields) if is_known else []

    def _declared_attribute(self, holder: Value, name: str, in_body: bool = False) -> Value:
        """What an attribute is declared to be; `UNKNOWN` where it is not."""
        found: list[Value] = []
        for one in members(without_none(holder)):
            if not isinstance(one, Instance):
                return UNKNOWN
            member = attributes.find_member(self._state, one.cls, name)
            if in_body and (member is None or not member.in_body):
                return UNKNOWN
            # What a method only assigns may be declared in a class above.
            while member is not None and not _is_declaration(member):
                if member.in_body:
                    return UNKNOWN
                member = attributes.find_member(self._state, one.cls, name, member.owner.cls)
            if member is None:
                return UNKNOWN
            found.append(self._declared_by(member, one, name))
        return union(found) if found else UNKNOWN

    def _declared_by(self, member: attributes.Member, holder: Instance, name: str) -> Value:
        """What the class that has `member` declares it to be, for an attribute of `holder`."""
        if attributes.find_member(self._state, holder.cls, name) is member:
            return attributes.instance_attribute(self._state, holder, name)
        return attributes.instance_attribute(
            self._state, Instance(member.owner.cls, member.owner.arguments), name
        )

    def _parameter(self, callee: Function, call: nodes.Call, index: int) -> Parameter | None:
        summary = function_summary(self._state, callee.ref)
        return None if summary is None else _parameter_of(callee, summary, call, index)

    def _refuses_argument(
        self, callee: Function, call: nodes.Call, index: int, in_container: bool
    ) -> bool:
        """Whether the parameter that gets an argument is declared to be something that no coroutine
        object is, or to hold nothing of the kind."""
        parameter = self._parameter(callee, call, index)
        if parameter is None or parameter.annotation is None:
            return False
        if parameter.annotation[0] == TYPE_UNPACKED:
            return False
        ref = callee.ref
        wanted = declarations.declared(self._state, ref.module, parameter.annotation, ref.qualname)
        if callee.receiver is not None and type_variables.free_variables(wanted):
            owner = Ref(ref.module, ref.qualname.rpartition(".")[0])
            wanted = type_variables.substitute(
                wanted, attributes.solution(self._state, callee.receiver, owner)
            )
        if not in_container:
            return refuses_coroutine(self._state, wanted)
        is_dict = _is_dict(self.value(call.arguments[index]))
        return refuses_inside(self._state, wanted, ("" if is_dict else None,))

    def refuses(self, target: nodes.Expression, path: tuple[Portion, ...] = ()) -> bool:
        """See `Semantics.refuses`."""
        if isinstance(target, nodes.Subscript):
            return any(self.refuses(target.value, (part, *path)) for part in ("", None))
        return refuses_inside(self._state, self._declared_target(target), path)

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

    def _declared_target(self, target: nodes.Expression) -> Value:
        if isinstance(target, nodes.Attribute):
            return self._declared_attribute(self.value(target.value), target.attribute)
        term = self._terms.get(id(target), UNKNOWN_TERM)
        if isinstance(target, nodes.Name) and term[0] == DECLARED:
            return evaluate(self._state, self._module, term, None)
        return UNKNOWN

    def raises(self, call: nodes.Call) -> frozenset[str]:
        """See `Semantics.raises`."""
        callee = self.value(call.callee)
        return self._raised_names(callee.ref) if isinstance(callee, Function) else frozenset()

    def makes_plain_object(self, call: nodes.Call) -> bool:
        """See `Semantics.makes_plain_object`."""
        callee = self.value(call.callee)
        if not isinstance(callee, ClassObject):
            return False
        if public_name(callee.cls) in PLAIN_OBJECTS:
            return True
        summary = class_summary(self._state, callee.cls)
        return (
            summary is not None
            and not (summary.bases or summary.decorators or summary.keywords)
            and _SETTING_UP.isdisjoint(summary.attributes)
        )

    # --- names and contexts ----------------------------------------------------------------------

    def qualified(self, expression: nodes.Expression) -> str | None:
        """See `Semantics.qualified`."""
        term = self._terms.get(id(expression), UNKNOWN_TERM)
        if term[0] not in (NAME, ATTRIBUTE, "import"):
            return None
        return known_name(self._state, self.value(expression))

    def guard(self, context: nodes.Expression) -> Guard:
        """See `Semantics.guard`."""
        called = context.callee if isinstance(context, nodes.Call) else context
        if isinstance(called, nodes.Attribute | nodes.Name):
            last = called.attribute if isinstance(called, nodes.Attribute) else called.name
            if last in _EXPECTING:
                return Guard.EXPECTS
        value = self.value(context)
        if isinstance(value, Instance):
            if value.cls.full_name == "contextlib.suppress":
                return Guard.SUPPRESSES
            for method in ("__exit__", "__aexit__"):
                exit_method = attributes.find_member(self._state, value.cls, method)
                if exit_method is not None and self._may_suppress(value, exit_method):
                    return Guard.SUPPRESSES
        return Guard.PASSES

    def _may_suppress(self, value: Instance, member: attributes.Member) -> bool:
        bound = attributes.bound_member(self._state, member, value, value.cls)
        result = calls.call(self._state, bound, [UNKNOWN, UNKNOWN, UNKNOWN], {})
        if isinstance(result, Coroutine):
            result = protocols.awaited(self._state, result)
        return result == Instance(Ref("builtins", "bool"))

    # --- functions as values ---------------------------------------------------------------------

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

    def drops_result(self, call: nodes.Call, index: int) -> str | None:
        """See `Semantics.drops_result`."""
        callee = self.value(call.callee)
        name = known_name(self._state, callee) or ""
        if name in self._state.project.search.told.registries:
            return None
        callback = CALLBACKS.get(name)
        if callback is not None:
            keyword = call.keywords[index]
            if keyword is not None:
                return callback.shown if keyword == callback.keyword else None
            return callback.shown if index == callback.position else None
        if not isinstance(callee, Function):
            return None
        summary = function_summary(self._state, callee.ref)
        parameter = None if summary is None else _parameter_of(callee, summary, call, index)
        if parameter is None or parameter.annotation is None:
            return None
        wanted = declarations.declared(
            self._state, callee.ref.module, parameter.annotation, callee.ref.qualname
        )
        if wants_no_coroutine_function(self._state, wanted):
            return calls.display_name(callee.ref)
        return None

    def not_awaitable(self, expression: nodes.Expression) -> str | None:
        """See `Semantics.not_awaitable`."""
        value = self.value(expression)
        made = self.made(expression)
        if made is not None and made.kind is Kind.ASYNC_GENERATOR:
            return None  # another rule has better words for it
        if isinstance(expression, nodes.Call) and not self._promises_result(expression):
            return None
        if self._is_undeclared_parameter(expression):
            return None  # the call sites that are known need not be all
        if protocols.is_awaitable(self._state, value) is not False:
            return None
        if any(self._is_added_below(member, "__await__") for member in members(value)):
            return None
        return shown_type(value)

    def _is_undeclared_parameter(self, expression: nodes.Expression) -> bool:
        term = self._terms.get(id(expression), UNKNOWN_TERM)
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
        if file is None or not file.is_first_party or file.is_stub or file.is_namespace:
            return []
        _, reading = self._state.project.reading(file.path)
        for body in reading.bodies:
            if body.qualname == ref.qualname and isinstance(body.node, nodes.FunctionDef):
                return [
                    reading.terms.get(id(statement.value), UNKNOWN_TERM)
                    for statement in statements_of(body.node.body)
                    if isinstance(statement, nodes.Return) and statement.value is not None
                ]
        return []

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
        if not is_always_awaited(custom):
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
        effects = {self._function_effect(method, call, index, False) for method in methods}
        return call.callee.attribute if effects == {Effect.VALUE} else None

    def ancestors(self, definition: nodes.ClassDef) -> tuple[str, ...] | None:
        """See `Semantics.ancestors`."""
        qualname = self._qualname_of(definition)
        if qualname is None:
            return None
        order = hierarchy.mro(self._state, Ref(self._module, qualname))
        if not order.complete:
            return None
        return tuple(public_name(one.cls) for one in order.classes[1:])

    def _qualname_of(self, definition: nodes.FunctionDef | nodes.ClassDef) -> str | None:
        term = self._terms.get(id(definition))
        return None if term is None else str(term[1])


def _computed_attributes(state: Inference) -> frozenset[str]:
    names: set[str] = set()
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None:
            continue
        for qualname, function in summary.functions.items():
            if function.owner and _is_property(function) and _may_give_coroutine(function):
                names.add(qualname.rpartition(".")[2].partition("@")[0])
    return frozenset(names)


def _is_property(function: FunctionSummary) -> bool:
    return any("property" in str(term[-1]) for term in function.decorators)


def _may_give_coroutine(function: FunctionSummary) -> bool:
    """Whether a property makes a coroutine object when it is read; it may also hand out one that
    is kept somewhere."""
    if function.is_async:
        return True
    is_declared = function.returns is not None and _names_coroutine(function.returns)
    assigned = [function.definitions[t[2]] for t in function.results if t[0] == DEFINITION]
    return is_declared and any(term[0] == CALL for term in (*function.results, *assigned))


def _names_coroutine(annotation: TypeTerm) -> bool:
    """Whether an annotation is spelt as a coroutine type, as opposed to standing for one."""
    return annotation[0] == TYPE_NAME and annotation[1].rpartition(".")[2] in _COROUTINE_NAMES


_COROUTINE_NAMES = frozenset({"Coroutine", "CoroutineType"})


# --- shared between questions --------------------------------------------------------------------


def made_of(state: Inference, value: Value) -> Made | None:
    """The new object that a value is, if it is one that wants to be awaited."""
    if isinstance(value, Coroutine):
        return Made(
            Kind.COROUTINE, value.name or "coroutine", value.evidence, _definition(value.definition)
        )
    if isinstance(value, Union):
        return _made_of_union(state, value)
    if not isinstance(value, Instance):
        return None
    kind = _awaitable_kind(state, value)
    if kind is None:
        return None
    return Made(kind, value.cls.qualname, Evidence.DECLARED, None)


def _definition(ref: Ref | None) -> Definition | None:
    return None if ref is None else Definition(ref.module, ref.qualname)


def _made_of_union(state: Inference, value: Union) -> Made | None:
    """A union counts while all that is known of it wants to be awaited, `None` apart.

    ``Coroutine[…, R] | R`` is how functions are declared that work with and without a loop; what
    they return is awaited only where there is one.
    """
    made: list[Made] = []
    others: list[Value] = []
    for member in value.members:
        one = made_of(state, member)
        if one is not None:
            made.append(one)
            if one.evidence is Evidence.DECLARED:
                others.append(protocols.awaited(state, member))
    results = [protocols.awaited(state, m) for m in value.members if isinstance(m, Coroutine)]
    if any(member in results and member != NONE for member in value.members):
        return None
    rest = [member for member in value.members if made_of(state, member) is None]
    if not made or any(member != NONE or member in others for member in rest):
        return None
    first = next((one for one in made if one.kind == Kind.COROUTINE), made[0])
    return Made(first.kind, first.name, first.evidence, first.definition, not rest)


def _awaitable_kind(state: Inference, value: Instance) -> Kind | None:
    if value.cls.full_name == "typing.Awaitable":
        return Kind.AWAITABLE
    if attributes.find_member(state, value.cls, "__await__") is None:
        return None
    # What can be cancelled runs by itself: a future or a task of some library.
    if attributes.find_member(state, value.cls, "cancel") is not None:
        return None
    # What awaiting only makes ready can be put to use, or made ready, later.
    if any(_is_same(one, value) for one in members(protocols.awaited(state, value))):
        return None
    return Kind.AWAITABLE


def _is_same(given: Value, value: Instance) -> bool:
    return isinstance(given, Instance) and given.cls == value.cls


def known_name(state: Inference, callee: Value) -> str | None:
    """The public full name of a function, method or class; a method by its defining class."""
    if isinstance(callee, Function):
        return public_name(Ref(callee.ref.module, callee.ref.qualname.partition("@")[0]))
    if isinstance(callee, ClassObject):
        return public_name(callee.cls)
    if isinstance(callee, Overloads):
        return known_name(state, callee.functions[0])
    if isinstance(callee, ModuleObject):
        return callee.name
    if isinstance(callee, External) and callee.path.replace(".", "_").isidentifier():
        return callee.path
    return None


def _parameter_of(
    callee: Function, summary: FunctionSummary, call: nodes.Call, index: int
) -> Parameter | None:
    """The parameter that gets ``call.arguments[index]``."""
    keyword = call.keywords[index]
    if keyword is not None:
        others = [p for p in summary.parameters if p.kind == nodes.DOUBLE_STAR]
        named = [p for p in summary.parameters if p.name == keyword and not p.positional_only]
        return next(iter(named + others), None)
    if any(kind in (nodes.STAR, nodes.DOUBLE_STAR) for kind in list(call.kinds)[: index + 1]):
        return None
    position = index + (1 if callee.receiver is not None else 0)
    for number, parameter in enumerate(summary.parameters):
        if parameter.kind == nodes.STAR:
            return parameter
        if parameter.kind not in (nodes.POSITIONAL, nodes.OPTIONAL):
            return None
        if number == position:
            return parameter
    return None


def _is_declaration(member: attributes.Member) -> bool:
    return any(term[0] == DECLARED for term in member.terms)


def _parameters_of(
    callee: Function, summary: FunctionSummary, call: nodes.Call, index: int
) -> list[Parameter]:
    """The parameters that may get ``call.arguments[index]``, or something out of it if it is
    starred."""
    kind = call.kinds[index]
    if kind == nodes.DOUBLE_STAR:
        return [
            parameter
            for parameter in summary.parameters[callee.receiver is not None :]
            if parameter.kind != nodes.STAR and not parameter.positional_only
        ]
    if kind == nodes.STAR and nodes.STAR not in list(call.kinds)[:index]:
        positional = (nodes.POSITIONAL, nodes.OPTIONAL, nodes.STAR)
        first = index + (1 if callee.receiver is not None else 0)
        return [one for one in summary.parameters[first:] if one.kind in positional]
    parameter = _parameter_of(callee, summary, call, index)
    return [] if parameter is None else [parameter]


def _takes_fields(summary: ClassSummary) -> bool:
    """Whether a class is made by ``@dataclass`` or its like, or from `typing.NamedTuple`."""
    words = [_last_word(term) for term in (*summary.decorators, *summary.bases)]
    return not _FIELD_TAKERS.isdisjoint(words)


_FIELD_TAKERS = frozenset({"dataclass", "NamedTuple", "define", "frozen", "mutable"})


def _last_word(term: Term) -> str:
    """The name that a decorator or base class goes by."""
    if term[0] == CALL:
        return _last_word(term[1])
    written = type_names.written_type(term)
    return written[1].rpartition(".")[2] if written is not None and written[0] == TYPE_NAME else ""


def _is_class_variable(annotation: TypeTerm) -> bool:
    return annotation[0] == TYPE_NAME and bool(annotation[1].rpartition(".")[2] == "ClassVar")


def _is_dict(value: Value) -> bool:
    if isinstance(value, Record):
        return True
    return isinstance(value, Instance) and value.cls.qualname in ("dict", "defaultdict")


def wants_no_coroutine_function(state: Inference, wanted: Value) -> bool:
    """Whether a parameter is declared to be a callable whose result nobody awaits."""
    if isinstance(wanted, Union):
        rest = [member for member in wanted.members if member != NONE]
        return bool(rest) and all(wants_no_coroutine_function(state, m) for m in rest)
    if not isinstance(wanted, CallableValue):
        return False
    return wanted.result == NONE or (
        not isinstance(wanted.result, TypeVariable) and refuses_coroutine(state, wanted.result)
    )


def shown_type(value: Value) -> str:
    """The class of a value as an error message of Python's names it."""
    if value == NONE:
        return "NoneType"
    if isinstance(value, Instance):
        return value.cls.qualname
    if isinstance(value, Tuple):
        return "tuple"
    if isinstance(value, Text):
        return "str"
    if isinstance(value, Union) and value != NEVER:
        return shown_type(value.members[0])
    return type(value).__name__.lower()
