"""Which bodies run without a call being written: those of loops, contexts and imports.

``for page in pages():`` runs the body of the generator function `pages`, which its call did not;
``with connect() as c:`` runs `__enter__` and, at its end, `__exit__`.
"""

from __future__ import annotations

from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary
from corolint.known.loops import (
    CALLS_AS_LEFT,
    CLOSING_RUNNERS,
    CONTEXT_MANAGERS,
    LAZY_CALLS,
    OPENING_RUNNERS,
)
from corolint.loops.bodies import Runs, generator_body, special_method
from corolint.loops.called import runs_of_method, runs_of_value
from corolint.loops.code import Callee, callers_of_any
from corolint.loops.names import (
    Place,
    declared_function,
    decorator_names,
    public_names,
    summary_with_body,
)
from corolint.spelling import spell
from corolint.syntax import nodes
from corolint.terms import (
    ASYNC_ENTER,
    CALL,
    DEFINITION,
    ENTER,
    IMPORT,
    Term,
)
from corolint.values import (
    Function,
    Instance,
    Ref,
    Value,
    without_none,
)

_TAKING_ALL = frozenset({"pop_all"})


def runs_of_iteration(place: Place, iterable: nodes.Expression) -> Runs | None:
    """Walking a generator runs its body; walking an object runs `__iter__` and `__next__`."""
    term = _made_by(place, place.term(iterable))
    generator = generator_of(place, term)
    if generator is not None:
        return Runs(spell(iterable), "", ((generator,),))
    if term[0] == CALL and term[2]:
        callee = public_names(place.state, place.code.module, term[1], place.frame)
        if callee & LAZY_CALLS:
            return runs_of_value(place, _value(place, term[2][0]), spell(iterable))
    return runs_of_walking(place, iterable, ("__iter__", "__next__"))


def runs_of_walking(
    place: Place, walked: nodes.Expression, methods: tuple[str, ...]
) -> Runs | None:
    """All of `methods` that the class of an object has; what generators among them do is done."""
    value = without_none(place.value(walked))
    if not isinstance(value, Instance):
        return None
    way: list[Callee] = []
    for method in methods:
        bound = special_method(place.state, value, method)
        if bound is not None:
            way += _body_of_special(place, bound)
    return Runs(spell(walked), "", (tuple(way),)) if way else None


def _body_of_special(place: Place, bound: Function) -> list[Callee]:
    """The body of a plain method; a generator method is walked as well."""
    summary = summary_with_body(place.state, bound.ref)
    if summary is None or summary.is_async or summary.is_stub:
        return []
    receiver = bound.receiver if isinstance(bound.receiver, Instance) else None
    return [Callee(bound.ref, receiver)]


def _value(place: Place, term: Term) -> Value:
    return evaluate(place.state, place.code.module, term, place.frame)


def _made_by(place: Place, term: Term, depth: int = 0) -> Term:
    """`term` with the variables in it replaced by what was assigned to them."""
    if term[0] != DEFINITION or depth > 4:
        return term
    function = function_summary(place.state, Ref(place.code.module, term[1]))
    if function is None or term[2] >= len(function.definitions):
        return term
    return _made_by(place, function.definitions[term[2]], depth + 1)


def generator_of(place: Place, term: Term) -> Callee | None:
    """The body of the generator function whose call `term` is."""
    term = _made_by(place, term)
    value = _value(place, term[1]) if term[0] == CALL else None
    return generator_body(place.state, value) if isinstance(value, Function) else None


def runs_of_context(place: Place, context: nodes.Expression, entering: bool) -> Runs | None:
    """`__enter__` and `__exit__`, or the body of a generator made a context manager."""
    names: set[str] = set()
    if isinstance(context, nodes.Call):
        callee = place.term(context.callee)
        names = public_names(place.state, place.code.module, callee, place.frame)
    opening = names & OPENING_RUNNERS.keys()
    if opening:
        return Runs(spell(context), OPENING_RUNNERS[min(opening)].message) if entering else None
    closing = names & CLOSING_RUNNERS.keys()
    if closing:
        name = next(iter(closing))
        return None if entering else Runs(f"{name}.__exit__", CLOSING_RUNNERS[name].message)
    term = place.term(context)
    if term[0] == CALL:
        declared = declared_function(place.state, place.code.module, term[1], place.frame)
        if declared is not None and set(decorator_names(place.state, declared)) & CONTEXT_MANAGERS:
            body = generator_body(place.state, declared)
            return None if body is None or not entering else Runs(spell(context), "", ((body,),))
    closing_method = next((CALLS_AS_LEFT[name] for name in names & CALLS_AS_LEFT.keys()), "")
    if closing_method and isinstance(context, nodes.Call) and context.arguments and not entering:
        closed = without_none(place.value(context.arguments[0]))
        if isinstance(closed, Instance):
            return runs_of_method(place, closed, closing_method, spell(context))
    value = without_none(place.value(context))
    if not isinstance(value, Instance):
        return None
    return runs_of_method(place, value, "__enter__" if entering else "__exit__", spell(context))


def is_left_here(place: Place, call: nodes.Call) -> bool:
    """Whether a stack of contexts is left, by the body that has entered it."""
    if not isinstance(call.callee, nodes.Attribute) or (
        place.code.qualname in callers_of_any(place.code.reading.summary, _TAKING_ALL)
    ):
        return False
    return _made_by(place, place.term(call.callee.value))[0] in (ENTER, ASYNC_ENTER)


def runs_of_import(place: Place, node: nodes.Node) -> Runs | None:
    """The top level of a module of the project that is imported here and nowhere before."""
    targets: list[str] = []
    if isinstance(node, nodes.Import):
        targets = [name for name, _ in node.names]
    elif isinstance(node, nodes.ImportFrom) and node.level == 0:
        targets = [node.module, *(f"{node.module}.{name}" for name, _ in node.names)]
    for target in targets:
        file = place.state.project.file(target)
        if file is not None and file.is_first_party and not file.is_namespace:
            if not _is_imported_at_top(place.state, target):
                return Runs(f"import {target}", "", ((Callee(Ref(target, "")),),))
    return None


def _is_imported_at_top(state: Inference, target: str) -> bool:
    """Whether some module imports it at its own top level, which may have happened before."""
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        if summary is None or module == target:
            continue
        if target in summary.stars:
            return True
        for terms in summary.bindings.values():
            for term in terms:
                if term[0] == IMPORT and target in (term[1], f"{term[1]}.{term[2]}"):
                    return True
    return False
