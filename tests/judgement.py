"""Holds the marks of a spec against what CPython did, and against what corolint says.

`compare` is plain: corolint must say what the marks say. `judge` asks whether they are right.

Terms, with a worked example:

    async def f(): ...

    async def main():
        c = f()  # runtime: [coroutine-in-condition]
        if c:    # error: [coroutine-in-condition]
            print("always")

CPython's *fault* is that the object made in line 4 was never awaited. The *finding* stands in line
5, where the mistake is. The *runtime* mark says that the fault in line 4 is told by a finding of
that rule elsewhere, so the finding is no false alarm and the fault no missed one.

**A finding is confirmed** when a fault of a kind that its rule is about (`ABOUT`, first column)
stands in its line, or in a line with a ``runtime`` mark of its rule. One path on one interpreter is
enough. Rules that are not in the table give advice: nothing need happen at run time.

**A fault is told** when its line has a finding or a ``runtime``, ``missed`` or ``silent`` mark
whose rule is about its kind, or explains it (`ABOUT`, second column): a nested
``asyncio.run(f())`` also drops the object of ``f()``, and one finding says enough. It is enough
that the rule fits; two faults in one line share a finding. Of a coroutine that only library code
has held (`call_soon(f)`) CPython knows no line; then a line that names the function counts.

**What need not be told**: an object dropped only on paths that did not come to a normal end,
because an exception (or the oracle's bound) cut them short; and "no running event loop" that the
program catches, which is how one asks for a loop.

**Every path or some**: an error of `EVERY_PATH` claims that its fault happens whenever its line is
run; some other path would refute it. `unawaited-on-some-path` claims two things, a path on which
the object is dropped and one on which the line is run and it is not; both are looked for. Lines
with a conditional part (``a and f()``) may be run without making an object and are left out.

**A marked fault must be there**: a ``runtime`` or ``silent`` mark without its fault, and a
``raises`` mark without its exception, are as wrong as a false alarm; a ``missed`` mark stands where
the finding ought to, and is confirmed as the finding would be. An exception that has nothing to do
with coroutines and ends the program unmarked is a mistake in the spec itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from corolint.finding import Finding
from oracle import Fault, Outcome, Version
from spec_format import SEVERITIES, Mark, Spec, Told

# Rule: (kinds of faults that a finding of it claims, kinds that it explains besides).
ABOUT: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    rule: (frozenset(claims.split()), frozenset(explains.split()))
    for rule, claims, explains in [
        ("unawaited-coroutine", "never-awaited", "value"),
        ("unawaited-on-some-path", "never-awaited", ""),
        ("coroutine-in-condition", "never-awaited", ""),
        ("coroutine-as-value", "value never-awaited", ""),
        ("async-callback", "never-awaited value bad-run", ""),
        ("unawaited-test", "never-awaited value", ""),
        ("async-protocol-mismatch", "bad-protocol bad-await never-awaited value", ""),
        ("uncalled-coroutine-function", "bad-await bad-run", ""),
        ("await-non-awaitable", "bad-await", ""),
        ("run-of-non-coroutine", "bad-run no-loop", "never-awaited"),
        ("reused-coroutine", "reused", ""),
        ("shared-coroutine", "reused", ""),
        ("cached-coroutine", "reused", ""),
        ("nested-event-loop", "nested-run", "never-awaited"),
        ("no-running-loop", "no-loop", "never-awaited"),
        ("coroutine-protocol", "protocol deprecated-throw value", "never-awaited"),
        ("syntax-error", "syntax-error", ""),
    ]
}
# Advice that may explain a fault although it does not claim one.
ADVICE: dict[str, frozenset[str]] = {
    "unawaited-awaitable": frozenset({"never-awaited", "value"}),
    "unawaited-future": frozenset({"never-awaited"}),
    "dangling-task": frozenset({"never-awaited"}),
    "return-without-await": frozenset({"never-awaited", "value"}),
    "wrong-loop-guard": frozenset({"nested-run", "never-awaited", "no-loop"}),
}
# A warning of these rules is advice although an error of them is not.
WARNING_IS_ADVICE = frozenset({"async-protocol-mismatch"})
EVERY_PATH = frozenset({"unawaited-coroutine", "reused-coroutine"})

# States as `inspect.getcoroutinestate` names them, and the abstract states that contain them.
CONTAINS = {
    "created": frozenset({"pending", "escaped"}),
    "running": frozenset({"used", "escaped"}),
    "suspended": frozenset({"used", "escaped"}),
    "closed": frozenset({"used", "closed", "escaped"}),
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One disagreement between a spec and CPython; `kind` is counted, `text` is for people."""

    kind: str
    text: str


FALSE_ALARM = "false alarm"
MISSED_ALARM = "missed alarm"
WRONG_MARK = "wrong mark"
WRONG_TEXT = "wrong text"
WRONG_STATE = "wrong state"


def judge(spec: Spec, outcomes: Mapping[Version, Outcome]) -> list[Complaint]:
    """All disagreements; empty if the spec says what CPython does. `outcomes` is not empty."""
    marks = list(spec.marks)
    faults = [(version, fault) for version, outcome in outcomes.items() for fault in outcome.faults]
    complaints = list(_unconfirmed(spec, marks, [fault for _, fault in faults]))
    for version, fault in faults:
        if needs_telling(fault) and not _is_told(spec, fault):
            complaints.append(Complaint(MISSED_ALARM, _describe(version, fault)))
    for version, outcome in outcomes.items():
        complaints += _refuted(spec, version, outcome)
        complaints += _wrong_states(spec, version, outcome)
    return list(dict.fromkeys(complaints))


def _unconfirmed(spec: Spec, marks: list[Mark], faults: list[Fault]) -> Iterator[Complaint]:
    for mark in marks:
        here = [fault for fault in faults if _belongs(spec, fault, mark)]
        place = f"{mark.file}:{mark.line}"
        if mark.kind == "false":
            continue  # The analyser's mistake; CPython has no part in it.
        if mark.kind == "raises":
            if not any(fault.name == mark.rule for fault in here):
                yield Complaint(WRONG_MARK, f"{place}: CPython raises no {mark.rule} here")
        elif mark.kind in ("runtime", "silent"):
            if not any(fault.kind in _kinds(mark.rule) for fault in here):
                yield Complaint(WRONG_MARK, f"{place}: no fault here for # {mark.kind}")
        elif mark.rule in ABOUT and not _is_advice(mark):
            claims = ABOUT[mark.rule][0]
            elsewhere = [
                other
                for other in marks
                if other.kind in ("runtime", "hint") and other.rule == mark.rule
            ]
            there = [f for f in faults if any(_belongs(spec, f, other) for other in elsewhere)]
            confirming = [fault for fault in here + there if fault.kind in claims]
            if not confirming:
                yield Complaint(FALSE_ALARM, f"{place}: nothing that {mark.rule} is about happens")
            elif mark.text and not any(mark.text in fault.message for fault in confirming):
                said = {fault.message for fault in confirming}
                yield Complaint(FALSE_ALARM, f"{place}: CPython says {said}, not {mark.text!r}")


def _is_advice(mark: Mark) -> bool:
    severity = mark.kind if mark.kind != "missed" else mark.why.rpartition(" ")[2]
    return severity == "warning" and mark.rule in WARNING_IS_ADVICE


def needs_telling(fault: Fault) -> bool:
    if fault.kind == "never-awaited":
        return fault.normal
    return not (fault.caught and fault.kind in ("no-loop", "crash"))


def _is_told(spec: Spec, fault: Fault) -> bool:
    for mark in spec.marks:
        if mark.kind == "false" or not _belongs(spec, fault, mark):
            continue
        if mark.kind == "raises":
            if fault.kind == "crash" and fault.name == mark.rule:
                return True
        elif fault.kind in _kinds(mark.rule):
            return True
    return False


def _kinds(rule: str) -> frozenset[str]:
    claims, explains = ABOUT.get(rule, (frozenset(), ADVICE.get(rule, frozenset())))
    return claims | explains


def _belongs(spec: Spec, fault: Fault, mark: Mark) -> bool:
    """Whether the fault stands in the line of the mark, by the rule for faults without a line."""
    if fault.line is not None:
        return (fault.file, fault.line) == (mark.file, mark.line)
    if fault.definition is None:
        return True
    name = fault.name.rpartition(".")[2]
    code = dict(spec.files)[mark.file].split("\n")[mark.line - 1].partition("#")[0]
    return re.search(rf"\b{re.escape(name)}\b", code) is not None


def _refuted(spec: Spec, version: Version, outcome: Outcome) -> Iterator[Complaint]:
    """Claims about every path, or about two kinds of paths, that the paths do not bear out."""
    for mark in spec.marks:
        place = (mark.file, mark.line)
        with_fault = [
            fault.paths
            for fault in outcome.faults
            if (fault.file, fault.line) == place and fault.kind in _kinds(mark.rule)
        ]
        run = outcome.lines.get(place, 0)
        if not with_fault or mark.line in conditional_lines(dict(spec.files)[mark.file]):
            continue
        where = f"{mark.file}:{mark.line}: on {version[0]}.{version[1]}"
        if mark.kind == "error" and mark.rule in EVERY_PATH and sum(with_fault) < run:
            text = f"{where} only {sum(with_fault)} of {run} paths have the fault"
            yield Complaint(FALSE_ALARM, text)
        if (mark.kind, mark.rule) == ("warning", "unawaited-on-some-path"):
            if max(with_fault) >= run:
                yield Complaint(FALSE_ALARM, f"{where} all {run} paths have the fault")


@cache
def conditional_lines(text: str) -> frozenset[int]:
    """Lines in which an expression may be left out, as behind a test in the same line, or belongs
    to a function of its own."""
    conditional = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.GeneratorExp)
    conditional += (ast.ListComp, ast.SetComp, ast.DictComp)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return frozenset()
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, conditional):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        elif isinstance(node, ast.If | ast.While | ast.For) and node.body[0].lineno == node.lineno:
            lines.add(node.lineno)
    return frozenset(lines)


def _wrong_states(spec: Spec, version: Version, outcome: Outcome) -> Iterator[Complaint]:
    said = {(file, line): states for file, line, states in spec.states}
    for file, line, state in sorted(outcome.states):
        where = f"{file}:{line}: on {version[0]}.{version[1]}"
        if (file, line) not in said:
            yield Complaint(WRONG_MARK, f"{where} reveal() without '# revealed:'")
        elif not CONTAINS[state] & said[file, line]:
            yield Complaint(FALSE_ALARM, f"{where} the object is {state}")
    for file, line in sorted(said):
        if not any((file, line) == (seen[0], seen[1]) for seen in outcome.states):
            yield Complaint(WRONG_MARK, f"{file}:{line}: no coroutine object is revealed here")


def compare(
    spec: Spec,
    findings: Sequence[tuple[str, Finding]],
    states: Mapping[tuple[str, int], frozenset[str]],
) -> list[Complaint]:
    """Where corolint says something else than the spec; findings come with their file's name.

    A ``false`` mark allows one finding of its rule in its line, a ``missed`` mark none: a mark that
    is not needed any more is wrong.
    """
    complaints: list[Complaint] = []
    unexpected = list(findings)
    for mark in spec.marks:
        if mark.kind not in (*SEVERITIES, "false"):
            continue
        found = [one for one in unexpected if _fits(mark, *one)]
        if found:
            unexpected.remove(min(found, key=lambda one: mark.text not in one[1].message))
        if mark.kind == "false" and not found:
            complaints.append(Complaint(WRONG_MARK, f"{_at(mark)} no longer a false alarm"))
        elif not found:
            complaints.append(Complaint(MISSED_ALARM, f"{_at(mark)} {mark.kind} {mark.text!r}"))
        elif not any(mark.text in finding.message for _, finding in found):
            said = found[0][1].message
            complaints.append(Complaint(WRONG_TEXT, f"{_at(mark)} {said!r}, not {mark.text!r}"))
    for mark in spec.marks:
        if mark.kind == "missed":
            for one in [one for one in unexpected if _fits(mark, *one)]:
                unexpected.remove(one)
                text = f"{_at(mark)} no longer missed: {one[1].severity.value}"
                complaints.append(Complaint(WRONG_MARK, text))
    for file, finding in unexpected:
        text = f"{file}:{finding.span.line}: [{finding.rule}] {finding.severity.value}"
        complaints.append(Complaint(FALSE_ALARM, f"{text}: {finding.message}"))
    for file, line, wanted in spec.states:
        seen = states.get((file, line), frozenset())
        if seen != wanted:
            text = f"{file}:{line}: {' | '.join(sorted(seen)) or 'nothing'}"
            complaints.append(Complaint(WRONG_STATE, text))
    return complaints


def compare_notes(spec: Spec, notes: Iterable[Told]) -> Iterator[Complaint]:
    """Where the stories of all findings differ from those of a spec, if it tells any."""
    if not spec.notes:
        return
    wanted, said = set(spec.notes), set(notes)
    for each in sorted(wanted - said):
        yield Complaint(MISSED_ALARM, f"{each.file}:{each.line}: note {each.number}: {each.text}")
    for each in sorted(said - wanted):
        yield Complaint(FALSE_ALARM, f"{each.file}:{each.line}: note {each.number}: {each.text}")


def _fits(mark: Mark, file: str, finding: Finding) -> bool:
    same_place = (mark.file, mark.line, mark.rule) == (file, finding.span.line, finding.rule)
    return same_place and (mark.kind not in SEVERITIES or mark.kind == finding.severity.value)


def _at(mark: Mark) -> str:
    return f"{mark.file}:{mark.line}: [{mark.rule}]"


def _describe(version: Version, fault: Fault) -> str:
    place = f"{fault.file}:{fault.line}" if fault.line is not None else "no line of the program"
    return (
        f"{place}: {fault.kind}: {fault.message} (on {version[0]}.{version[1]}, "
        f"coin() = {list(map(int, fault.script))}{', caught' if fault.caught else ''})"
    )


def describe_all(complaints: Iterable[Complaint]) -> str:
    """One complaint a line, for an assertion message."""
    return "\n".join(f"{complaint.kind}: {complaint.text}" for complaint in complaints)
