"""What the expressions of a file are: their values, the names of what they call, their contexts.

For ``with suppress(ValueError):`` the guard of the context is that it swallows exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import corolint.infer.attributes as attributes
import corolint.infer.calls as calls
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
from corolint.answers.naming import known_name, public_name
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, class_summary, function_summary
from corolint.known.frameworks import RUN_TESTS
from corolint.semantics import Effect, Guard, Made
from corolint.summarize import Reading
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    DECLARED,
    NAME,
    PARAMETER,
    UNKNOWN_TERM,
    Term,
)
from corolint.values import (
    UNKNOWN,
    ClassObject,
    Coroutine,
    Function,
    Instance,
    Ref,
    Value,
)


class Bodies(Protocol):
    """What the bodies of the project's functions tell; of others, nothing."""

    def parameter_effects(self, ref: Ref) -> Mapping[str, Effect]:
        """What a function does to the coroutine objects it is handed, by parameter name."""

    def raised_names(self, ref: Ref) -> frozenset[str]:
        """What exceptions the body of a function raises, as they are spelt there."""

    def kept_parameters(self, ref: Ref) -> Mapping[str, str]:
        """The attributes in which an ``__init__`` keeps what it is handed, by parameter name."""

    def effect_on_field(self, ref: Ref, attribute: str) -> Effect:
        """What a method does to a coroutine object in an attribute of its receiver."""


_EXPECTING = frozenset({"raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns",
                        "assertWarnsRegex", "catch_warnings", "check_warnings",
                        "deprecated_call", "RaisesGroup"})  # fmt: skip


# What helpers give that wrap ``assertRaises`` or ``pytest.raises``.
_EXPECTING_CLASSES = frozenset(
    {"unittest.case._AssertRaisesContext", "unittest.case._AssertWarnsContext",
     "_pytest.raises.RaisesExc", "_pytest.raises.RaisesGroup", "_pytest.recwarn.WarningsChecker"}
)  # fmt: skip


class ReadingAnswers:
    """Values, names and contexts."""

    def __init__(
        self,
        state: Inference,
        reading: Reading,
        bodies: Bodies,
    ) -> None:
        self._state = state
        self._module = reading.summary.name
        self._terms = reading.terms
        self._bodies = bodies
        self._made: dict[int, Made | None] = {}

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

    def callee_name(self, expression: nodes.Expression) -> str | None:
        """See `Semantics.callee_name`."""
        called = expression.callee if isinstance(expression, nodes.Call) else expression
        return known_name(self._state, self.value(called))

    def qualified(self, expression: nodes.Expression) -> str | None:
        """See `Semantics.qualified`."""
        term = self._terms.get(id(expression), UNKNOWN_TERM)
        if term[0] not in (NAME, ATTRIBUTE, "import"):
            return None
        return known_name(self._state, self.value(expression))

    def _qualname_of(self, definition: nodes.FunctionDef | nodes.ClassDef) -> str | None:
        term = self._terms.get(id(definition))
        return None if term is None else str(term[1])

    def runs_tests_itself(self, definition: nodes.ClassDef) -> bool:
        """See `Semantics.runs_tests_itself`."""
        qualname = self._qualname_of(definition)
        if qualname is None:
            return False
        for one in hierarchy.mro(self._state, Ref(self._module, qualname)).classes:
            summary = class_summary(self._state, one.cls)
            if public_name(one.cls) == "unittest.TestCase" or summary is None:
                return False
            if not RUN_TESTS.isdisjoint(summary.attributes):
                return True
            for key, term in summary.keywords:
                if key == "metaclass" and self._may_wrap_methods(one.cls.module, term):
                    return True
        return False

    def _may_wrap_methods(self, module: str, term: Term) -> bool:
        """Whether a metaclass may make something of the methods of its classes."""
        metaclass = evaluate(self._state, module, term, None)
        return not isinstance(metaclass, ClassObject) or public_name(metaclass.cls) not in (
            "abc.ABCMeta",
            "builtins.type",
        )

    def ancestors(self, definition: nodes.ClassDef) -> tuple[str, ...] | None:
        """See `Semantics.ancestors`."""
        qualname = self._qualname_of(definition)
        if qualname is None:
            return None
        order = hierarchy.mro(self._state, Ref(self._module, qualname))
        if not order.complete:
            return None
        return tuple(public_name(one.cls) for one in order.classes[1:])

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

    def _is_first_party(self, callee: Value) -> bool:
        file = self._state.project.file(callee.ref.module) if isinstance(callee, Function) else None
        return file is not None and file.is_first_party

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
            if value.cls.full_name in _EXPECTING_CLASSES:
                return Guard.EXPECTS
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
