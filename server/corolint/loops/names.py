"""Which function a term names: by its public name, by its declaration, or by who made it.

For ``from asgiref.sync import async_to_sync`` and ``load = async_to_sync(fetch)`` the term `load`
has no public name, but a maker, `asgiref.sync.async_to_sync`. A function that decorators have
turned into something opaque, as `functools.lru_cache` does, still has its declaration.
"""

from __future__ import annotations

from dataclasses import dataclass

import corolint.infer.attributes as attributes
from corolint.answers import public_name
from corolint.infer.decorators import qualified_name
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary
from corolint.known.loops import (
    LOOP_METHODS,
    MAKES_LOOP,
    RUNNER_MAKERS,
    TRANSPARENT,
)
from corolint.loops.code import Callee, Code
from corolint.summary import FunctionSummary
from corolint.syntax import nodes
from corolint.terms import (
    ATTRIBUTE,
    CALL,
    DECLARED,
    DEFINITION,
    FUNCTION,
    IMPORT,
    LOCAL,
    NAME,
    PARAMETER,
    SELF,
    UNKNOWN_TERM,
    Term,
)
from corolint.values import (
    ClassObject,
    Frame,
    Function,
    Instance,
    Overloads,
    Ref,
    Value,
    members,
    says_nothing,
    without_none,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A body while it is explored, and the frame that its terms are evaluated in.

    `plain`: the terms of its parameters that this call hands something over for, but no function.
    """

    state: Inference
    code: Code
    frame: Frame | None
    plain: frozenset[Term] = frozenset()

    def term(self, node: nodes.Node) -> Term:
        """The term of an expression of the body."""
        return self.code.reading.terms.get(id(node), UNKNOWN_TERM)

    def value(self, node: nodes.Node) -> Value:
        """The value of an expression of the body."""
        return evaluate(self.state, self.code.module, self.term(node), self.frame)


def place_of(state: Inference, code: Code, callee: Callee) -> Place:
    """The body of a callee as it runs for this call."""
    functions = dict(callee.functions)
    plain = frozenset(
        (PARAMETER, callee.ref.qualname, name) for name, _ in callee.given if name not in functions
    )
    return Place(state, code, _frame_of(callee), plain)


def _frame_of(callee: Callee) -> Frame | None:
    """The frame in which the body of a callee runs."""
    if callee.receiver is None and callee.outer is None and not callee.functions:
        return None
    depth = 0 if callee.outer is None else callee.outer.depth + 1
    return Frame(callee.ref, callee.functions, callee.receiver, callee.outer, depth)


def public_names(state: Inference, module: str, term: Term, frame: Frame | None) -> set[str]:
    """The public names of all that `term` may be; empty if one of them has none.

    Of a library that is not installed, the name as it is imported; of an unknown object, that of
    the loop's method if no other class has one of the name.
    """
    if term[0] == DECLARED:
        return set()
    found = members(without_none(evaluate(state, module, term, frame)))
    names = {_public_name(member) for member in found}
    if names and None not in names:
        return {name for name in names if name is not None}
    written = _imported_name(state, module, term)
    if written is not None:
        return {written}
    if (
        term[0] == ATTRIBUTE
        and term[2] in LOOP_METHODS
        and all(
            says_nothing(member) or (_public_name(member) or "").startswith("asyncio.")
            for member in found
        )
    ):
        return {f"asyncio.AbstractEventLoop.{term[2]}"}
    return set()


def _public_name(value: Value) -> str | None:
    """The public name of a function or a class; `None` for all else."""
    if isinstance(value, Overloads):
        value = value.functions[0]
    if isinstance(value, Function):
        return public_name(Ref(value.ref.module, value.ref.qualname.partition("@")[0]))
    return public_name(value.cls) if isinstance(value, ClassObject) else None


def _imported_name(state: Inference, module: str, term: Term) -> str | None:
    if term[0] == IMPORT:
        return f"{term[1]}.{term[2]}" if term[2] else str(term[1])
    if term[0] == ATTRIBUTE:
        holder = _imported_name(state, module, term[1])
        return None if holder is None else f"{holder}.{term[2]}"
    if term[0] == NAME:
        summary = state.project.summary(module)
        bindings = () if summary is None else summary.bindings.get(term[1], ())
        if len(bindings) == 1 and bindings[0][0] == IMPORT:
            return _imported_name(state, module, bindings[0])
    return None


def name_of_call(place: Place, call: nodes.Call) -> str | None:
    """The one public name of what a call calls."""
    names = public_names(place.state, place.code.module, place.term(call.callee), place.frame)
    return next(iter(names)) if len(names) == 1 else None


def is_made_new(state: Inference, module: str, term: Term, frame: Frame | None, depth: int) -> bool:
    """Whether a loop comes from `new_event_loop`."""
    if depth > 4:
        return False
    if term[0] == CALL:
        return bool(public_names(state, module, term[1], frame) & MAKES_LOOP)
    if term[0] == DEFINITION:
        function = function_summary(state, Ref(module, term[1]))
        if function is None or term[2] >= len(function.definitions):
            return False
        return is_made_new(state, module, function.definitions[term[2]], frame, depth + 1)
    if term[0] == NAME:
        summary = state.project.summary(module)
        terms = () if summary is None else summary.bindings.get(term[1], ())
        return bool(terms) and all(is_made_new(state, module, t, None, depth + 1) for t in terms)
    if term[0] == ATTRIBUTE and term[1][0] == SELF:
        member = attributes.find_member(state, Ref(module, term[1][1]), term[2])
        if member is None:
            return False
        owner = member.owner.cls.module
        made = [t for t in member.terms if t != ("literal", "NoneType") and t[0] != DECLARED]
        return bool(made) and all(is_made_new(state, owner, t, None, depth + 1) for t in made)
    return False


def runner_maker(
    state: Inference, module: str, term: Term, frame: Frame | None, depth: int = 0
) -> str | None:
    """The maker of the callable that `term` is: ``async_to_sync(f)``, or `f` decorated with it."""
    if depth > 4:
        return None
    if term[0] == CALL:
        names = public_names(state, module, term[1], frame) & RUNNER_MAKERS.keys()
        return next(iter(names)) if names else None
    if term[0] == DEFINITION:
        function = function_summary(state, Ref(module, term[1]))
        if function is None or term[2] >= len(function.definitions):
            return None
        return runner_maker(state, module, function.definitions[term[2]], frame, depth + 1)
    declared = declared_function(state, module, term, frame)
    if declared is not None:
        summary = function_summary(state, declared.ref)
        for decorator in () if summary is None else summary.decorators:
            target = decorator[1] if decorator[0] == CALL else decorator
            names = public_names(state, declared.ref.module, target, None) & RUNNER_MAKERS.keys()
            if names:
                return next(iter(names))
        return None
    holder, name = _global_of(state, module, term)
    if name:
        there = state.project.summary(holder)
        terms = () if there is None else there.bindings.get(name, ())
        if len(terms) == 1 and terms[0][0] in (CALL, NAME, IMPORT):
            return runner_maker(state, holder, terms[0], None, depth + 1)
        return None
    if term[0] == ATTRIBUTE:
        for member in members(without_none(evaluate(state, module, term[1], frame))):
            if isinstance(member, Instance | ClassObject):
                found = attributes.find_member(state, member.cls, term[2])
                if found is not None and len(found.terms) == 1 and found.terms[0][0] == CALL:
                    owner = found.owner.cls.module
                    return runner_maker(state, owner, found.terms[0], None, depth + 1)
    return None


def _global_of(state: Inference, module: str, term: Term) -> tuple[str, str]:
    """The module and the name of the global that `term` names; an empty name if it names none."""
    if term[0] == NAME:
        return module, term[1]
    if term[0] == IMPORT:
        return term[1], term[2]
    if term[0] == ATTRIBUTE:
        imported = _imported_name(state, module, term[1])
        if imported is not None and state.project.file(imported) is not None:
            return imported, term[2]
    return module, ""


def summary_with_body(state: Inference, ref: Ref) -> FunctionSummary | None:
    """What a function says of itself, its body included, also in a library."""
    summary = state.project.summary_with_bodies(ref.module)
    return None if summary is None else summary.functions.get(ref.qualname)


def declared_function(
    state: Inference, module: str, term: Term, frame: Frame | None
) -> Function | None:
    """The function that a name or attribute is declared as, whatever its decorators make of it."""
    if term[0] == FUNCTION:
        return Function(Ref(module, term[1]))
    if term[0] == NAME:
        return _declared_global(state, module, term[1], 0)
    if term[0] == IMPORT and term[2]:
        return _declared_global(state, term[1], term[2], 0)
    if term[0] == LOCAL:
        outer = function_summary(state, Ref(module, term[1]))
        found = UNKNOWN_TERM if outer is None else outer.variables.get(term[2], UNKNOWN_TERM)
        return declared_function(state, module, found, frame) if found[0] == FUNCTION else None
    if term[0] != ATTRIBUTE:
        return None
    imported = _imported_name(state, module, term[1])
    if imported is not None and state.project.file(imported) is not None:
        return _declared_global(state, imported, term[2], 0)
    found_function = None
    for holder in members(without_none(evaluate(state, module, term[1], frame))):
        if not isinstance(holder, Instance | ClassObject):
            return None
        member = attributes.find_member(state, holder.cls, term[2])
        if member is None or member.terms[-1][0] != FUNCTION:
            return None
        ref = Ref(member.owner.cls.module, member.terms[-1][1])
        found_function = Function(ref, holder if isinstance(holder, Instance) else None)
    return found_function


def _declared_global(state: Inference, module: str, name: str, depth: int) -> Function | None:
    summary = state.project.summary(module)
    if summary is None or depth > 6:
        return None
    terms = summary.bindings.get(name)
    if not terms:
        return None
    last = terms[-1]
    if last[0] == FUNCTION:
        return Function(Ref(module, last[1]))
    if last[0] == IMPORT and last[2]:
        return _declared_global(state, last[1], last[2], depth + 1)
    return None


def decorator_names(state: Inference, function: Function) -> list[str | None]:
    summary = function_summary(state, function.ref)
    if summary is None:
        return [None]
    names: list[str | None] = []
    for decorator in summary.decorators:
        target = decorator[1] if decorator[0] == CALL else decorator
        names.append(qualified_name(state, function.ref.module, target))
    return names


def is_transparent(state: Inference, function: Function) -> bool:
    names = decorator_names(state, function)
    return bool(names) and all(name in TRANSPARENT for name in names)
