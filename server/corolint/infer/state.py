"""Answers that inference keeps for one project, and the guard against endless questions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from corolint.project import Project
from corolint.summary import ClassSummary, FunctionSummary
from corolint.terms import Term
from corolint.values import Ref, Union, Value

Answer = TypeVar("Answer")

# A question may lead to so many others, nested, and to so many in all; what lies beyond is answered
# with "unknown". Questions that people would call ordinary stay far below both.
DEEPEST = 120
MOST_STEPS = 4_000
NO_CUT = 1 << 30
# A cycle mostly settles in its second round. A question that was answered this often, and never for
# good, stands in a tangle of cycles that do not settle: its last answer is kept.
_MOST_ROUNDS = 3
_MOST_TRIES = 12


class Kept(NamedTuple):
    """An answer, good for whoever asks with at least so many `handings` and from that `depth`.

    Both are 0 where nothing was left out. `cut` is the depth of the outermost question that the
    answer depends on, `made_at` the depth of its own; see `Inference`.
    """

    answer: Any
    cut: int
    handings: int
    depth: int
    made_at: int


class Asked:
    """What was ever asked about places that any function can change, whatever the answer was.

    `calls` are names whose call sites, `writes` attributes whose values, `awaited` methods whose
    count of awaited calls were asked for; `additions` are containers by module and place, `bodies`
    questions about the bodies of functions with their answers (see `corolint.handing`), `uses`
    names of which it only matters whether any call is awaited on the spot. See `corolint.locality`.
    """

    __slots__ = ("additions", "awaited", "bodies", "calls", "uses", "writes")

    def __init__(self) -> None:
        self.calls: set[str] = set()
        self.uses: set[str] = set()
        self.writes: set[str] = set()
        self.awaited: set[str] = set()
        self.additions: set[tuple[str, Term]] = set()
        self.bodies: dict[Any, Any] = {}


class Inference:
    """The answers so far, each at the number of its question.

    A question that is asked again while it is being answered is a *head* of a cycle, which is *cut*
    there: it gets `NEVER`, and in later rounds what it gave before (`assumed`). What was answered
    with the help of a cut is `provisional` until the outermost head that it depends on has settled;
    `cut` is that head's depth for the answer in the making, `cut_on` holds what was handed out.

        def nodes(tree): return [tree, *nodes(tree.left)]     # list of `Tree`, or of what it gives

    Call sites are followed from call site to call site only so far (`handings` counts how many are
    being followed), and questions from question to question only so deep. What was answered without
    those beyond (it `lacks_sites`, or `lacks_depth`) is *shortened*: good for whoever asks from as
    far out, and answered anew for others.

    `aliases` are those whose meaning is being looked up.
    """

    __slots__ = (
        "active", "aliases", "answers", "asked", "assumed", "call_index", "cut", "cut_on",
        "declared", "depth", "handings", "lacks_depth", "lacks_sites", "members", "mros", "numbers",
        "project", "provisional", "shortened", "steps", "tables", "telling_scopes",
        "tries", "type_parameters",
    )  # fmt: skip

    def __init__(self, project: Project) -> None:
        self.project = project
        self.numbers: dict[Any, int] = {}
        self.answers: list[Any] = []
        self.asked: Asked = project.lasting.setdefault("asked", Asked())
        self.provisional: dict[int, Kept] = {}
        self.cut_on: dict[int, Any] = {}
        self.assumed: dict[int, Any] = {}
        self.active: dict[int, int] = {}
        self.aliases: set[tuple[str, Any]] = set()
        self.depth = 0
        self.steps = 0
        self.tries: dict[int, int] = {}
        self.cut = NO_CUT
        self.handings = 0
        self.lacks_sites = False
        self.lacks_depth = False
        self.shortened: dict[int, Kept] = {}
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
    if kept is None:
        kept = state.shortened.get(number)
        if kept is not None and (kept.handings > state.handings or kept.depth > state.depth + 1):
            kept = None
    if kept is not None:
        state.cut = min(state.cut, kept.cut)
        state.lacks_sites = state.lacks_sites or kept.handings > 0
        state.lacks_depth = state.lacks_depth or kept.depth > 0
        return kept.answer  # type: ignore[no-any-return]
    started = state.active.get(number)
    if started is not None:
        state.cut = min(state.cut, started)
        given = state.cut_on[number] = state.assumed.get(number, in_cycle)
        return given  # type: ignore[no-any-return]
    if state.depth == 0:
        state.steps = 0
        state.cut = NO_CUT
    state.steps += 1
    if state.depth >= DEEPEST or state.steps > MOST_STEPS:
        state.lacks_depth = True
        return in_cycle
    state.depth += 1
    depth = state.depth
    state.active[number] = depth
    tries = state.tries[number] = state.tries.get(number, 0) + 1
    outer = (state.cut, state.lacks_sites, state.lacks_depth)
    state.cut, state.lacks_sites, state.lacks_depth = NO_CUT, False, False
    kept_before, cut_before = len(state.provisional), len(state.cut_on)
    try:
        found = answer(*arguments)
        if state.cut == depth:
            found = _settled(state, number, answer, arguments, found, kept_before, cut_before)
    finally:
        state.depth -= 1
        del state.active[number]
        if depth == 1:
            state.provisional.clear()
            state.cut_on.clear()
    kept = _made(state, found, depth)
    if tries >= _MOST_TRIES:
        state.answers[number] = found
    if state.cut >= depth or depth == 1:
        _keep(state, number, kept)
        state.cut = outer[0]
    else:
        state.provisional[number] = kept
        state.cut = min(state.cut, outer[0])
    state.lacks_sites = outer[1] or kept.handings > 0
    state.lacks_depth = outer[2] or kept.depth > 0
    return found


def _made(state: Inference, found: Any, depth: int) -> Kept:
    """An answer that was just made, with what it lacks."""
    handings = state.handings if state.lacks_sites else 0
    return Kept(found, state.cut, handings, depth if state.lacks_depth and depth > 1 else 0, depth)


def _settled(
    state: Inference, number: int, answer: Callable[..., Answer], arguments: tuple[Any, ...],
    found: Answer, kept_before: int, cut_before: int,
) -> Answer:  # fmt: skip
    """The answer to the head of a cycle, and with it those to all questions of the cycle.

    The cycle is answered again with what it gave, until it gives the same: a fixed point. Where it
    does not soon, the first answers stand: the head's, and the others' for who asks from as deep.
    """
    depth, first, outer_assumed = state.active[number], found, state.assumed
    unsettled: dict[int, Kept] = {}
    try:
        for _ in range(_MOST_ROUNDS):
            inside = _newer(state.provisional, kept_before)
            given = _newer(state.cut_on, cut_before)
            _forget(state, kept_before, cut_before)
            unsettled = unsettled or inside.copy()
            inside[number] = _made(state, found, depth)
            if all(_is_same(inside[each].answer, value) for each, value in given.items()):
                for each, kept in inside.items():
                    _keep(state, each, kept._replace(cut=NO_CUT))
                return found
            state.assumed = outer_assumed | {each: inside[each].answer for each in given}
            state.cut, state.lacks_sites, state.lacks_depth = NO_CUT, False, False
            found = answer(*arguments)
            if state.cut < depth:
                break
        _forget(state, kept_before, cut_before)
        for each, kept in unsettled.items():
            _keep(state, each, kept._replace(cut=NO_CUT, depth=kept.made_at))
        return first
    finally:
        state.assumed = outer_assumed


def _is_same(one: Any, other: Any) -> bool:
    """Whether two answers are equal, in whatever order the members of a union were found."""
    if isinstance(one, Union) and isinstance(other, Union):
        return set(one.members) == set(other.members)
    return bool(one == other)


def _newer(numbers: dict[int, Any], before: int) -> dict[int, Any]:
    """What was added since there were so many."""
    return dict(islice(reversed(numbers.items()), len(numbers) - before))


def _forget(state: Inference, kept_before: int, cut_before: int) -> None:
    """Forget what was answered since then with the help of a cut, and where the cuts were."""
    while len(state.provisional) > kept_before:
        state.provisional.popitem()
    while len(state.cut_on) > cut_before:
        state.cut_on.popitem()


def _keep(state: Inference, number: int, kept: Kept) -> None:
    """Keep an answer for good, or for all who ask from as far out."""
    if kept.handings or kept.depth:
        state.shortened[number] = kept
    else:
        state.answers[number] = kept.answer


def is_answered(state: Inference, key: Any) -> bool:
    """Whether the answer to the question `key` is known for good."""
    number = state.numbers.get(key)
    return number is not None and state.answers[number] is not None


def forget_answer(state: Inference, key: Any) -> None:
    """Let the question `key` be answered anew. Not while any question is being answered."""
    number = state.numbers.pop(key, None)
    if number is not None:
        state.answers[number] = None
        state.shortened.pop(number, None)
        state.tries.pop(number, None)


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
