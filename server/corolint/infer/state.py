"""Answers that inference keeps for one project, and the guard against endless questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from corolint.project import Project
from corolint.summary import ClassSummary, FunctionSummary
from corolint.terms import Term
from corolint.values import Ref, Value

Answer = TypeVar("Answer")

# A question may lead to so many others, nested, and to so many in all; what lies beyond is answered
# with "unknown". Questions that people would call ordinary stay far below both.
DEEPEST = 60
MOST_STEPS = 4_000
NO_CUT = 1 << 30


class Asked:
    """What was ever asked about places that any function can change, whatever the answer was.

    `calls` are names whose call sites, `writes` attributes whose values, `awaited` methods whose
    count of awaited calls were asked for; `additions` are containers by module and place, `bodies`
    questions about the bodies of functions with their answers (see `corolint.handing`). See
    `corolint.locality`.
    """

    __slots__ = ("additions", "awaited", "bodies", "calls", "writes")

    def __init__(self) -> None:
        self.calls: set[str] = set()
        self.writes: set[str] = set()
        self.awaited: set[str] = set()
        self.additions: set[tuple[str, Term]] = set()
        self.bodies: dict[Any, Any] = {}


class Inference:
    """The answers so far, each at the number of its question.

    A question that is asked again while it is being answered gets `NEVER`: the cycle is *cut*. What
    was answered with the help of a cut is good only until the question at the head of the cycle is
    answered, because asked from elsewhere it may be better. `cut` is the depth of the outermost
    head that the answer in the making depends on; `provisional` holds answers with their cut.
    `aliases` are those whose meaning is being looked up.

    Call sites are followed from call site to call site only so far (`handings` counts how many are
    being followed). What was answered without those beyond is *shortened*: good for whoever asks
    from as far out, and answered anew for others.
    """

    __slots__ = (
        "active", "aliases", "answers", "asked", "call_index", "cut", "declared", "depth",
        "handings", "is_shortened", "members", "mros", "numbers", "project", "provisional",
        "shortened", "steps", "tables", "telling_scopes", "type_parameters",
    )  # fmt: skip

    def __init__(self, project: Project) -> None:
        self.project = project
        self.numbers: dict[Any, int] = {}
        self.answers: list[Any] = []
        self.asked: Asked = project.lasting.setdefault("asked", Asked())
        self.provisional: dict[int, tuple[Any, int]] = {}
        self.active: dict[int, int] = {}
        self.aliases: set[tuple[str, Any]] = set()
        self.depth = 0
        self.steps = 0
        self.cut = NO_CUT
        self.handings = 0
        self.is_shortened = False
        self.shortened: dict[int, tuple[Any, int]] = {}
        self.members: dict[Any, Any] = {}
        self.mros: dict[Ref, Any] = {}
        self.type_parameters: dict[Ref, tuple[Any, ...]] = {}
        self.call_index: dict[str, dict[str, Any]] | None = None
        self.tables: dict[str, Any] = {}
        self.declared: dict[tuple[str, str, Any], Value] = {}
        self.telling_scopes: dict[tuple[str, str], str] = {}


def ask(
    state: Inference, key: Any, answer: Callable[..., Answer], in_cycle: Answer, *arguments: Any
) -> Answer:
    """The answer to the question `key`: known, or ``answer(*arguments)``, or `in_cycle` on a cycle.

    `in_cycle` is also the answer where the question is nested too deeply or costs too much.
    """
    # To hash a key is to go through a whole term, so that it is done once and gives a number.
    number = state.numbers.setdefault(key, len(state.answers))
    if number == len(state.answers):
        state.answers.append(None)
    known = state.answers[number]
    if known is not None:
        return known  # type: ignore[no-any-return]
    kept = state.provisional.get(number)
    if kept is not None:
        state.cut = min(state.cut, kept[1])
        return kept[0]  # type: ignore[no-any-return]
    started = state.active.get(number)
    if started is not None:
        state.cut = min(state.cut, started)
        return in_cycle
    if state.handings:
        short = state.shortened.get(number)
        if short is not None and short[1] <= state.handings:
            state.is_shortened = True
            return short[0]  # type: ignore[no-any-return]
    if state.depth == 0:
        state.steps = 0
        state.cut = NO_CUT
    state.steps += 1
    if state.depth >= DEEPEST or state.steps > MOST_STEPS:
        state.cut = 0
        return in_cycle
    state.depth += 1
    depth = state.depth
    state.active[number] = depth
    outer_cut, state.cut = state.cut, NO_CUT
    outer_shortened, state.is_shortened = state.is_shortened, False
    kept_before = len(state.provisional)
    try:
        found = answer(*arguments)
    finally:
        state.depth -= 1
        del state.active[number]
    cut = state.cut
    if cut >= depth or depth == 1:
        if state.is_shortened and state.handings:
            state.shortened[number] = (found, state.handings)
        else:
            state.answers[number] = found
            state.is_shortened = outer_shortened
        state.cut = outer_cut
        if cut == depth or depth == 1:
            _drop_provisional(state, kept_before, depth)
    else:
        state.provisional[number] = (found, cut)
        state.cut = min(cut, outer_cut)
    state.is_shortened = state.is_shortened or outer_shortened
    return found


def is_answered(state: Inference, key: Any) -> bool:
    """Whether the answer to the question `key` is known for good."""
    number = state.numbers.get(key)
    return number is not None and state.answers[number] is not None


def _drop_provisional(state: Inference, kept_before: int, depth: int) -> None:
    """Forget what was answered inside a cycle whose head, at `depth`, is answered now."""
    if len(state.provisional) <= kept_before:
        return
    if depth == 1:
        state.provisional.clear()
        return
    newer = list(state.provisional)[kept_before:]
    for key in newer:
        if state.provisional[key][1] >= depth:
            del state.provisional[key]


def inference(project: Project) -> Inference:
    """The inference of a project, made on first use."""
    state: Inference | None = project.caches.get("inference")
    if state is None:
        state = Inference(project)
        project.caches["inference"] = state
    state.project = project
    return state


def function_summary(state: Inference, ref: Ref) -> FunctionSummary | None:
    """The summary of a function, with its body's facts if they were read."""
    summary = state.project.fullest_summary(ref.module)
    return None if summary is None else summary.functions.get(ref.qualname)


def class_summary(state: Inference, ref: Ref) -> ClassSummary | None:
    """The summary of a class."""
    summary = state.project.summary(ref.module)
    return None if summary is None else summary.classes.get(ref.qualname)
