"""What every rule needs to tell a finding: where, of what, how it came about.

A rule is a short query over a `Subject`: one body with the history of the objects it makes. The
helpers here turn nodes into spans and decisions of a path into sentences. For the body ``x = f()``
/ ``if a: await x`` they give

    x.py:2:9 warning [unawaited-on-some-path] coroutine 'f' is never awaited on some path
    x.py:3:8 note: it is dropped when `a` is false
    x.py:4:9 note: otherwise awaited here
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from corolint.finding import Finding, Fix, Note, Severity
from corolint.flow import Label
from corolint.inventory import Body
from corolint.lifecycle.history import Action, End, EndKind, History, Life, Turn
from corolint.loops.history import NO_FAULTS, LoopFaults
from corolint.semantics import Guard, Semantics
from corolint.spelling import spell
from corolint.syntax import Syntax, nodes
from corolint.text import Span


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name (as in ``# corolint: ignore[name]``), its severity unless a finding says
    otherwise, and one line on what it finds."""

    name: str
    severity: Severity
    summary: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules look at: one body, the history of its objects, and its surroundings.

    `path` is the path that was asked for; `python_version` the one that the code is meant for;
    `loops` the faults about event loops in the whole file.
    """

    path: str
    syntax: Syntax
    body: Body
    history: History
    semantics: Semantics
    python_version: tuple[int, int]
    loops: LoopFaults = NO_FAULTS


# Functions that only ask whether what they are given, or something in it, is true.
ASKING_FOR_TRUTH = frozenset({"all", "any", "bool", "filter"})

Check = Callable[[Subject], Iterator[Finding]]


def finding(
    subject: Subject,
    rule: Rule,
    node: nodes.Node,
    message: str,
    *,
    life: Life | None = None,
    severity: Severity | None = None,
    notes: Iterable[Note] = (),
    fixes: Iterable[Fix] = (),
) -> Finding:
    """A finding of `rule` at `node`; `notes` are the steps that lead to it, in order of time. With
    `life`, its evidence, and where its function is declared as the last note."""
    told = [replace(each, step=True) for each in notes]
    evidence = None
    if life is not None:
        evidence = life.made.evidence
        if life.made.because is not None:
            told.append(note(subject, life.origin, life.made.because))
        if life.made.definition is not None:
            name = life.made.name.rpartition(".")[2]
            told.append(Note(f"'{name}' is declared here", definition=life.made.definition))
    return Finding(
        subject.path,
        subject.syntax.span(node),
        rule.name,
        severity or rule.severity,
        message,
        evidence,
        tuple(told),
        tuple(fixes),
    )


def is_expected(subject: Subject, span: Span) -> bool:
    """Whether a place is inside ``with pytest.raises(…)`` or its like: what is wrong there is the
    purpose of a test."""
    body: Body | None = subject.body
    while body is not None:
        for statement in body.withs:
            around = subject.syntax.span(statement)
            if around <= span and span[2:] <= around[2:]:
                if any(
                    subject.semantics.guard(context) is Guard.EXPECTS
                    for context in statement.contexts
                ):
                    return True
        body = body.outer
    return False


def note(subject: Subject, node: nodes.Node, message: str) -> Note:
    """A note at a place of the file itself."""
    return Note(message, subject.path, subject.syntax.span(node))


def made_here(subject: Subject, life: Life) -> Note:
    """Where an object comes from."""
    if isinstance(life.origin, nodes.Parameter):
        return note(
            subject, life.origin, f"the coroutine object is handed in as '{life.made.name}'"
        )
    return note(subject, life.origin, f"coroutine '{life.made.name}' is made here")


def made_elsewhere(subject: Subject, life: Life, node: nodes.Node) -> tuple[Note, ...]:
    """Where an object comes from, if that is not at `node` itself."""
    return () if covers(subject, node, life.origin) else (made_here(subject, life),)


def covers(subject: Subject, outer: nodes.Node, inner: nodes.Node) -> bool:
    """Whether `inner` stands within `outer` in the text."""
    around, span = subject.syntax.span(outer), subject.syntax.span(inner)
    return around[:2] <= span[:2] and span[2:] <= around[2:]


# --- paths ---------------------------------------------------------------------------------------


def path_notes(
    subject: Subject, path: Iterable[Turn], after: nodes.Node | None = None, most: int = 2
) -> list[Note]:
    """The last decisions of a path as notes, in order. What is decided alike twice in a row, as in
    the turns of a loop, is said once. A path from the place `after` that comes to a decision above
    it came round a loop, and the first note says so."""
    found: list[Note] = []
    is_next_turn = False
    for turn in path:
        text = _sentence(turn)
        place = turn.node.pattern if isinstance(turn.node, nodes.Case) else turn.node
        if text is None or not isinstance(place, nodes.Node):
            continue
        if after is not None and turn.label is not Label.EXHAUSTED:
            is_next_turn = is_next_turn or _begins_before(subject, place, after)
        said = note(subject, place, text)
        if not found or found[-1] != said:
            found.append(said)
    found = found[-most:]
    if is_next_turn:
        text = found[0].message
        is_loop = text == _IN_A_TURN
        text = (
            "in the next turn of this loop" if is_loop else f"in the next turn of the loop, {text}"
        )
        found[0] = replace(found[0], message=text)
    return found


def _begins_before(subject: Subject, one: nodes.Node, other: nodes.Node) -> bool:
    return subject.syntax.span(one)[:2] < subject.syntax.span(other)[:2]


def lost_here(subject: Subject, life: Life, end: End) -> Iterator[Note]:
    """Where a name lets go of an object, if it does that by itself."""
    name = life.names[0] if life.names else ""
    if not isinstance(end.node, nodes.Node):
        return
    if end.kind is EndKind.DELETED:
        yield note(subject, end.node, f"`{name}` is deleted here")
    elif end.kind is EndKind.OVERWRITTEN and name:
        yield note(subject, end.node, f"`{name}` is bound to something else here")


_IN_A_TURN = "in a turn of this loop"


def _sentence(turn: Turn) -> str | None:
    if turn.label is Label.EXCEPTION:
        return "after an exception here"
    if turn.label is Label.SUPPRESSED:
        return "after the exception that is suppressed here"
    if isinstance(turn.node, nodes.For):
        if turn.label is Label.ITEM:
            return _IN_A_TURN
        return "when this loop has no further turn"
    if isinstance(turn.node, nodes.Case) and turn.label in (Label.TRUE, Label.FALSE):
        return "when this matches" if turn.label is Label.TRUE else "when this does not match"
    if isinstance(turn.node, nodes.Expression) and turn.label in (Label.TRUE, Label.FALSE):
        return f"when `{spell(turn.node)}` is {turn.label.value}"
    return None


_VERBS = {
    Action.AWAIT: "awaited",
    Action.RUN: "run",
    Action.SCHEDULE: "scheduled",
    Action.DELEGATE: "awaited by the callee",
    Action.DRIVE: "driven",
    Action.CLOSE: "closed",
}


def verb(action: Action) -> str:
    """What was done with an object, as one word or few: ``awaited``, ``scheduled``."""
    return _VERBS.get(action, action.value)


def done(action: Action, node: nodes.Node) -> str:
    """The same of the use at `node`, with the name of the callee if that did it."""
    call = node.value if isinstance(node, nodes.Await) else node
    if action is Action.DELEGATE and isinstance(call, nodes.Call):
        return f"awaited by `{spell(call.callee)}`"
    return verb(action)
