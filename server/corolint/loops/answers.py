"""What helpers answer that ask for the running loop, such as ``def in_loop() -> bool``.

    def in_loop():                          asked where a loop runs, the answer is ``True``,
        try: asyncio.get_running_loop()     so that of ``if not in_loop(): asyncio.run(f())``
        except RuntimeError: return False   nothing is run
        return True

A helper is explored as any body is (`corolint.loops.paths`), for what it returns instead of for the
loops that it starts; it may call other helpers. `scene_of` makes the scene of an exploration, in
which such calls have their answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, function_summary
from corolint.loops.bodies import callee_of, special_method
from corolint.loops.called import called_functions
from corolint.loops.code import Callee, Code, Codes, Fact
from corolint.loops.events import Event
from corolint.loops.guards import Environment, Scene
from corolint.loops.names import Place, name_of_call, place_of
from corolint.loops.paths import Exploration, Start, explore, literal_fact
from corolint.syntax import nodes
from corolint.terms import Term
from corolint.values import Function, Instance, Ref, Value, without_none

_DEEPEST_QUESTION = 2


@dataclass(slots=True)
class Answers:
    """The answers that are known: by helper, and whether a loop is running where it is called.

    `asking`: functions that ask themselves. `asked`: by module, the modules of helpers that it
    calls.
    """

    state: Inference
    codes: Codes
    asking: set[Ref]
    answers: dict[tuple[Callee, bool], Fact | None] = field(default_factory=dict)
    asks: dict[tuple[Ref, int], bool] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=dict)
    calls: dict[str, dict[str, list[Term]]] = field(default_factory=dict)


def scene_of(known: Answers, place: Place, is_running: bool) -> Scene:
    """What an exploration of the body at `place` knows, where a loop is running or is not."""
    names: dict[int, str | None] = {}

    def name(call: nodes.Call) -> str | None:
        if id(call) not in names:
            names[id(call)] = name_of_call(place, call)
        return names[id(call)]

    def answer(call: nodes.Call) -> Fact | None:
        return _answer(known, place, call, is_running)

    def refuses(context: nodes.Expression) -> bool:
        return _refuses(known, place, context, is_running)

    return Scene(place.code, is_running, name, answer, refuses)


def facts_of(callee: Callee, code: Code) -> dict[str, Fact]:
    """What is known of the parameters when a body is entered: what was handed over, or defaults."""
    node = code.node
    if not isinstance(node, nodes.FunctionDef | nodes.Lambda):
        return {"__name__": Fact.OTHER_LOOP} if callee.ref.qualname == "" else {}
    given = dict(callee.given)
    # A function is neither false nor `None`.
    given |= dict.fromkeys([name for name, _ in callee.functions], Fact.TRUTHY)
    facts: dict[str, Fact] = {}
    for parameter in node.parameters:
        if parameter.name in given:
            fact = given[parameter.name]
        elif "*" in given:
            fact = None
        else:
            fact = literal_fact(parameter.default)
        if fact is not None:
            facts[parameter.name] = fact
    return facts


def _answer(known: Answers, place: Place, call: nodes.Call, is_running: bool) -> Fact | None:
    """What a helper that asks for the running loop gives back; `None` for every other callee."""
    value = place.value(call.callee)
    return _answer_of(known, place, value, call, is_running)


def _refuses(known: Answers, place: Place, context: nodes.Expression, is_running: bool) -> bool:
    """Whether the `__enter__` of a context asks for the running loop, and raises here."""
    value = without_none(place.value(context))
    entering = (
        special_method(place.state, value, "__enter__") if isinstance(value, Instance) else None
    )
    return (
        entering is not None and _answer_of(known, place, entering, None, is_running) is Fact.NEVER
    )


def _answer_of(
    known: Answers, place: Place, value: Value, call: nodes.Call | None, is_running: bool
) -> Fact | None:
    if not isinstance(value, Function) or not _asks(known, value.ref, _DEEPEST_QUESTION):
        return None
    summary = function_summary(known.state, value.ref)
    if summary is None or summary.is_async or summary.is_generator:
        return None
    callee = callee_of(place, value, summary, call, {})
    known.asked.setdefault(place.code.module, set()).add(value.ref.module)
    key = (callee, is_running)
    if key not in known.answers:
        known.answers[key] = Fact.DOUBT  # what a helper that asks itself is told
        known.answers[key] = _explore_answer(known, callee, is_running)
    return known.answers[key]


def _asks(known: Answers, ref: Ref, depth: int) -> bool:
    """Whether a function asks for the running loop, itself or through helpers so deep."""
    asking = known.asking
    if ref in asking:
        return True
    if depth == 0 or not asking:
        return False
    asks = known.asks.get((ref, depth))
    if asks is None:
        known.asks[ref, depth] = False  # what a function that calls itself is told
        asks = known.asks[ref, depth] = any(
            _asks(known, called, depth - 1)
            for call in _calls_by(known, ref)
            for called in called_functions(
                known.state, evaluate(known.state, ref.module, call[1], None)
            )
        )
    return asks


def _calls_by(known: Answers, ref: Ref) -> list[Term]:
    """The calls in a first-party function."""
    calls = known.calls.get(ref.module)
    if calls is None:
        calls = known.calls[ref.module] = {}
        file = known.state.project.file(ref.module)
        summary = known.state.project.summary(ref.module)
        if file is not None and file.is_first_party and summary is not None:
            for sites in summary.calls.values():
                for caller, call, _ in sites:
                    calls.setdefault(caller, []).append(call)
    return calls.get(ref.qualname, [])


def _explore_answer(known: Answers, callee: Callee, is_running: bool) -> Fact | None:
    code = known.codes.find(callee.ref)
    if code is None:
        return Fact.DOUBT
    scene = scene_of(known, place_of(known.state, code, callee), is_running)
    found = explore(
        scene, known.codes.graph(code), facts_of(callee, code), _no_start, is_root=False
    )
    return _combined(found)


def _no_start(scene: Scene, event: Event, environment: Environment) -> Start | None:
    return None


def _combined(found: Exploration) -> Fact | None:
    if not found.is_complete:
        return Fact.DOUBT
    results = found.results
    if not results:
        return Fact.NEVER
    if len(results) == 1:
        only = next(iter(results))
        return Fact.DOUBT if only is None else only
    truths = {None if fact is None else fact.truth for fact in results}
    if truths == {True}:
        return Fact.TRUTHY
    if truths == {False}:
        return Fact.FALSE
    return Fact.DOUBT
