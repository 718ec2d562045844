"""What becomes of a coroutine object that is an argument, or is assigned.

``asyncio.wait_for(c, 5)`` *wraps* it, ``len(c)`` wants its VALUE, a parameter that is declared
``bytes`` refuses it, and of a function of the project its body tells.
"""

from __future__ import annotations

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.declarations as declarations
import corolint.infer.hierarchy as hierarchy
import corolint.infer.type_variables as type_variables
from corolint.answers.making import MakingAnswers
from corolint.answers.naming import known_name, public_name
from corolint.answers.parameters import (
    is_class_variable,
    is_declaration,
    is_dictionary,
    may_be_asked,
    parameter_of,
    parameters_of,
    takes_fields,
    wants_no_coroutine_function,
)
from corolint.infer.evaluate import evaluate
from corolint.infer.state import class_summary, function_summary
from corolint.known.callbacks import CALLBACKS, LOOKS_AT_RESULT
from corolint.known.effects import EFFECTS
from corolint.known.objects import (
    PLAIN_OBJECTS,
)
from corolint.refusal import refuses_coroutine, refuses_inside
from corolint.semantics import Effect, Portion
from corolint.summary import Parameter
from corolint.syntax import nodes
from corolint.terms import (
    DECLARED,
    TYPE_UNPACKED,
    UNKNOWN_TERM,
)
from corolint.values import (
    UNKNOWN,
    CallableValue,
    ClassObject,
    Function,
    Instance,
    Overloads,
    Ref,
    Value,
    members,
    union,
    without_none,
)

# Methods that run code when an object is made or an attribute of it is set.
_SETTING_UP = frozenset({"__init__", "__new__", "__setattr__"})

_EFFECTS = {effect.value: effect for effect in Effect}

_EFFECTS_ON_ELEMENTS = {
    "builtins.len": Effect.INSPECTS,
    "builtins.any": Effect.VALUE,
    "builtins.all": Effect.VALUE,
    "builtins.sum": Effect.VALUE,
    "json.dumps": Effect.VALUE,
    "json.dump": Effect.VALUE,
}


# What goes through containers in containers, too.
_LOOKS_DEEP = frozenset({"json.dumps", "json.dump"})


class ArgumentAnswers(MakingAnswers):
    """What becomes of objects that are handed on."""

    def effect(self, call: nodes.Call, index: int, within: tuple[Portion, ...] = ()) -> Effect:
        """See `Semantics.effect`."""
        callee = self.value(call.callee)
        name = known_name(self._state, callee)
        if name is not None:
            told = self._state.project.search.told
            if name in told.schedulers or name in told.consumers:
                return Effect.SCHEDULES
            if name == "builtins.setattr" and index == 2:
                return self._setting_effect(call, within)
            row = EFFECTS.get(name)
            if row is not None:
                return self._row_effect(name, row.effect, row.positions, index, within)
        effects = {
            self._effect_of(member, call, index, within) for member in members(without_none(callee))
        }
        return effects.pop() if len(effects) == 1 else Effect.ESCAPES

    def keeps(self, call: nodes.Call, index: int) -> str | None:
        """See `Semantics.keeps`."""
        callee = self.value(call.callee)
        member = None
        if isinstance(callee, ClassObject):
            member = attributes.find_member(self._state, callee.cls, "__init__")
        if not isinstance(callee, ClassObject) or member is None or member.owner.cls != callee.cls:
            return None
        bound = attributes.bound_member(self._state, member, Instance(callee.cls), callee.cls)
        parameter = self._parameter(bound, call, index) if isinstance(bound, Function) else None
        if parameter is None or not isinstance(bound, Function):
            return None
        return self._bodies.kept_parameters(bound.ref).get(parameter.name)

    def effect_on_kept(self, call: nodes.Call, attribute: str) -> Effect:
        """See `Semantics.effect_on_kept`."""
        callee = self.value(call.callee)
        if not isinstance(callee, Function) or callee.receiver is None:
            return Effect.ESCAPES
        return self._bodies.effect_on_field(callee.ref, attribute)

    def shares_parameter(self, call: nodes.Call, index: int) -> bool:
        """See `Semantics.shares_parameter`."""
        callee = self.value(call.callee)
        parameter = self._parameter(callee, call, index) if isinstance(callee, Function) else None
        return parameter is None or parameter.kind in (nodes.STAR, nodes.DOUBLE_STAR)

    def _setting_effect(self, call: nodes.Call, within: tuple[Portion, ...]) -> Effect:
        """``setattr(client, "name", value)`` is an assignment like another."""
        match call.arguments:
            case [holder, nodes.String(value=name), _] if not within:
                wanted = self._declared_attribute(self.value(holder), name)
                return Effect.VALUE if refuses_coroutine(self._state, wanted) else Effect.ESCAPES
        return Effect.ESCAPES

    def _effect_of(
        self, callee: Value, call: nodes.Call, index: int, within: tuple[Portion, ...]
    ) -> Effect:
        """What one of the things that may be called does to an argument."""
        if isinstance(callee, Function):
            return self._function_effect(callee, call, index, within)
        if isinstance(callee, ClassObject):
            return self._constructor_effect(callee, call, index, within)
        if isinstance(callee, Overloads):
            fits = [one for one in callee.functions if self._parameter(one, call, index)]
            refuse = [self._refuses_argument(one, call, index, within) for one in fits]
            return Effect.VALUE if refuse and all(refuse) else Effect.ESCAPES
        if isinstance(callee, CallableValue):
            return self._callable_effect(callee, call, index, within)
        if isinstance(callee, Instance):
            called = attributes.instance_attribute(self._state, callee, "__call__")
            if isinstance(called, Function):
                return self._function_effect(called, call, index, within)
        return Effect.ESCAPES

    def _callable_effect(
        self, callee: CallableValue, call: nodes.Call, index: int, within: tuple[Portion, ...]
    ) -> Effect:
        """What is annotated ``Callable[[str], Reply]`` may refuse an argument."""
        kinds = list(call.kinds)[: index + 1]
        if any(kind != nodes.POSITIONAL for kind in kinds) or index >= len(callee.parameters):
            return Effect.ESCAPES
        wanted = callee.parameters[index]
        refused = refuses_inside(self._state, wanted, self._portions(call, index, within))
        return Effect.VALUE if refused else Effect.ESCAPES

    def _row_effect(
        self,
        name: str,
        effect: str,
        positions: tuple[int, ...] | None,
        index: int,
        within: tuple[Portion, ...],
    ) -> Effect:
        if positions is not None and index not in positions:
            return Effect.ESCAPES
        if len(within) > 1 and effect == "value" and name not in _LOOKS_DEEP:
            return Effect.ESCAPES
        if within and effect == "value":
            return _EFFECTS_ON_ELEMENTS.get(name, Effect.ESCAPES)
        return _EFFECTS[effect]

    def _function_effect(
        self, callee: Function, call: nodes.Call, index: int, within: tuple[Portion, ...]
    ) -> Effect:
        summary = function_summary(self._state, callee.ref)
        parameters = [] if summary is None else parameters_of(callee, summary, call, index)
        if not parameters:
            return Effect.ESCAPES
        if self._refuses_argument(callee, call, index, within):
            return Effect.VALUE
        if within:
            return Effect.ESCAPES
        known = self._bodies.parameter_effects(callee.ref)
        effects = {known.get(parameter.name, Effect.ESCAPES) for parameter in parameters}
        return effects.pop() if len(effects) == 1 else Effect.ESCAPES

    def _constructor_effect(
        self, callee: ClassObject, call: nodes.Call, index: int, within: tuple[Portion, ...]
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
                    member.owner.cls.full_name, row.effect, row.positions, index, within
                )
            bound = attributes.bound_member(self._state, member, receiver, callee.cls)
            if isinstance(bound, Overloads):
                return self._effect_of(bound, call, index, within)
            if not isinstance(bound, Function):
                return Effect.ESCAPES
            parameter = self._parameter(bound, call, index)
            if parameter is None or parameter.kind == nodes.DOUBLE_STAR:
                break  # it takes fields by their names
            if self._refuses_argument(bound, call, index, within):
                return Effect.VALUE
            effect = self._bodies.parameter_effects(bound.ref).get(parameter.name)
            is_wanted = effect is Effect.VALUE and not within
            return Effect.VALUE if is_wanted else Effect.ESCAPES
        if within:
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
            if summary is None or not takes_fields(summary):
                continue
            is_known = True
            for name, terms in summary.attributes.items():
                if terms[0][0] == DECLARED and not is_class_variable(terms[0][1]):
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
            while member is not None and not is_declaration(member):
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
        return None if summary is None else parameter_of(callee, summary, call, index)

    def _refuses_argument(
        self, callee: Function, call: nodes.Call, index: int, within: tuple[Portion, ...]
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
        return refuses_inside(self._state, wanted, self._portions(call, index, within))

    def _portions(
        self, call: nodes.Call, index: int, within: tuple[Portion, ...]
    ) -> tuple[Portion, ...]:
        """`within`, where "some element" of what is a dict after all is one of its values."""
        if within[:1] == (None,) and is_dictionary(self.value(call.arguments[index])):
            return ("", *within[1:])
        return within

    def refuses(self, target: nodes.Expression, path: tuple[Portion, ...] = ()) -> bool:
        """See `Semantics.refuses`."""
        if isinstance(target, nodes.Subscript):
            return any(self.refuses(target.value, (part, *path)) for part in ("", None))
        return refuses_inside(self._state, self._declared_target(target), path)

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
        return (
            self._bodies.raised_names(callee.ref) if isinstance(callee, Function) else frozenset()
        )

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

    def drops_result(self, call: nodes.Call, index: int) -> str | None:
        """See `Semantics.drops_result`."""
        callee = self.value(call.callee)
        name = known_name(self._state, callee) or ""
        if name in self._state.project.search.told.registries or name in LOOKS_AT_RESULT:
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
        parameter = None if summary is None else parameter_of(callee, summary, call, index)
        if parameter is None or parameter.annotation is None:
            return None
        wanted = declarations.declared(
            self._state, callee.ref.module, parameter.annotation, callee.ref.qualname
        )
        if wants_no_coroutine_function(self._state, wanted) and not may_be_asked(
            self._state, callee.ref, parameter
        ):
            return calls.display_name(callee.ref)
        return None
