"""Holds what corolint says of one random program against what CPython does on every path of it.

    judge(text, oracle)
    # [Verdict("unawaited-coroutine error", "confirmed", 19), Verdict("never-awaited", "found", 19)]

Of a finding: *confirmed* (the fault happens in its line, or would if the awaited functions could
raise), *unreached* (no path comes to the line: conditions that nobody can know to be the same),
*after another fault* (a reuse elsewhere in the same program raises, so that what comes after it
does not happen, also where every such exception that stands in a simple statement of `main` is
suppressed), *not on every path* (an error, although the line is also run without the fault) or
*false*. Of a fault that needs telling: *found* or *missed*. A reuse inside a function is told where
that is called.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyser import analyse
from judgement import EVERY_PATH, conditional_lines, needs_telling
from oracle import Fault, Oracle, Outcome, Version, find_interpreters
from spec_format import Needs, Spec

from fuzz.helpers import HEAD

MAX_PATHS = 600
KINDS = {
    "reused-coroutine": "reused",
    "unawaited-coroutine": "never-awaited",
    "unawaited-on-some-path": "never-awaited",
    "await-non-awaitable": "bad-await",
}
# A dropped object may be told by what was done to it instead.
ALSO_TELL = ("coroutine-as-value", "coroutine-in-condition")
# What the programs raise themselves, and what a task group makes of it.
EXPECTED = frozenset({"ValueError", "ExceptionGroup"})
AFTER_ANOTHER = "after another fault"
BAD = ("false", "not on every path", "missed")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding (`subject`: rule and severity) or fault (`subject`: its kind), 1-based line."""

    subject: str
    verdict: str
    line: int

    @property
    def is_false_error(self) -> bool:
        """Whether an error was reported that CPython refutes."""
        return self.verdict in ("false", "not on every path") and self.subject.endswith("error")


@dataclass(frozen=True, slots=True)
class Said:
    """What of a finding matters here; `line` is that of the program."""

    rule: str
    severity: str
    line: int


def judge(text: str, oracle: Oracle) -> list[Verdict] | None:
    """All verdicts; `None` if not every path could be run, or an unrelated exception ends one."""
    return judge_all([text], oracle)[0]


def judge_all(texts: list[str], oracle: Oracle) -> list[list[Verdict] | None]:
    """The verdicts on each of several programs; corolint is asked about all of them at once."""
    version = _judging_version()
    judged: list[list[Verdict] | None] = []
    for text, said in zip(texts, _findings_of(texts), strict=True):
        outcome = oracle.explore({"main.py": text}, [version], max_paths=MAX_PATHS)[version]
        strange = any(
            fault.kind not in KINDS.values() and not fault.caught and fault.name not in EXPECTED
            for fault in outcome.faults
        )
        if not outcome.complete or strange:
            judged.append(None)
            continue
        calls = calls_of_functions(text)
        verdicts = _of_findings(said, outcome, text, oracle)
        if any(one.verdict == "false" for one in verdicts):
            raising = with_raising(text)
            outcome_then = oracle.explore({"main.py": raising}, [version], MAX_PATHS)[version]
            again = _of_findings(said, outcome_then, raising, oracle)
            verdicts = [
                replace(one, verdict="confirmed if f raises")
                if one.verdict == "false" and other.verdict == "confirmed"
                else one
                for one, other in zip(verdicts, again, strict=True)
            ]
        judged.append([*verdicts, *_of_faults(outcome, said, calls)])
    return judged


def _findings_of(texts: list[str]) -> list[list[Said]]:
    """Analyses one file that has the helpers once and the `main` of each program under a name of
    its own: most of the work would be the helpers otherwise."""
    first = HEAD.count("\n")
    functions = [text[len(HEAD) :] for text in texts]
    starts: list[int] = []
    whole = HEAD.removesuffix("async def main():\n")
    for number, body in enumerate(functions):
        whole += f"async def main{number or ''}():\n"
        starts.append(whole.count("\n"))
        whole += body
    program = Spec("random", "", 1, (("main.py", whole),), "", "", Needs(), (), ())
    said: list[list[Said]] = [[] for _ in texts]
    for _, finding in analyse(program).findings:
        number = bisect_left(starts, finding.span.line) - 1
        if number >= 0:
            line = finding.span.line - starts[number] + first
            said[number].append(Said(finding.rule, finding.severity.value, line))
    return said


def with_raising(text: str) -> str:
    """The program, but awaiting an object of `f` or `g` may raise: who only sees the calls of a
    function, or a class with other methods of that name, must expect it to."""
    text = text.replace("async def f():\n    pass\n", "async def f():\n    check()\n", 1)
    return text.replace("async def g(): ...\n", "async def g(): check()\n", 1)


Calls = dict[int, frozenset[int]]
MOST_ROUNDS = 4  # of suppressing: behind a reuse there may be another one


def _without_reuse(text: str, outcome: Outcome, calls: Calls, oracle: Oracle) -> Outcome | None:
    """What CPython does on every path if no reuse stops one: the same lines, but each statement
    that raises for it goes on. `None` if some cannot be made to, or not every path could be run."""
    version = _judging_version()
    for _ in range(MOST_ROUNDS):
        lines = {
            line
            for fault in outcome.faults
            if fault.kind == "reused" and not fault.caught and fault.line is not None
            for line in calls.get(fault.line, {fault.line})
        }
        if not lines:
            return outcome
        suppressed = with_suppressed(text, lines)
        if suppressed == text:
            return None
        text = suppressed
        outcome = oracle.explore({"main.py": text}, [version], MAX_PATHS)[version]
        if not outcome.complete:
            return None
    return None


def with_suppressed(text: str, lines: set[int]) -> str:
    """The program, but what raises a `RuntimeError` in one of these lines of `main` goes on; only
    statements that are one line and hold no other can be changed so."""
    texts = text.split("\n")
    for node in ast.walk(ast.parse(text).body[-1]):
        plain = isinstance(node, ast.Expr | ast.Assign)
        if plain and node.lineno == node.end_lineno and node.lineno in lines:
            line = texts[node.lineno - 1]
            if line[: node.col_offset].isspace():
                head = "with contextlib.suppress(RuntimeError): "
                texts[node.lineno - 1] = line[: node.col_offset] + head + line[node.col_offset :]
    return "\n".join(texts)


def calls_of_functions(text: str) -> Calls:
    """For each line inside a function other than `main`, the lines that call that function, or a
    function that calls it in turn; all 1-based. A fault inside is told where the call stands. For
    the line of an ``async with``, those inside it: a task group raises there what its tasks did."""
    functions: dict[str, tuple[int, int]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "main":
            first, last = functions.get(node.name, (node.lineno, 0))
            functions[node.name] = first, max(last, node.end_lineno or 0)
    lines = text.split("\n")
    found: Calls = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AsyncWith):
            found[node.lineno] = frozenset(range(node.lineno, (node.end_lineno or 0) + 1))
    for first, last in functions.values():
        inside = set(range(first, last + 1))
        before: set[int] = set()
        while inside != before:
            before = set(inside)
            for name, (start, end) in functions.items():
                if not inside.isdisjoint(range(start, end + 1)):
                    called = {n for n, line in enumerate(lines, 1) if f"{name}(" in line}
                    inside |= called
        for line in range(first, last + 1):
            found[line] = frozenset(inside)
    return found


def _judging_version() -> Version:
    """One interpreter is enough: the newest, since old ones differ only in their words."""
    return max(find_interpreters())


def _of_findings(said: list[Said], outcome: Outcome, text: str, oracle: Oracle) -> list[Verdict]:
    """The verdicts on all findings in one program, of which CPython gave this outcome."""
    calls = calls_of_functions(text)
    verdicts = [_of_finding(one, outcome, text, calls) for one in said]
    doubtful = any(one.verdict in _DOUBTFUL for one in verdicts)
    if not doubtful or all(fault.kind != "reused" for fault in outcome.faults):
        return verdicts
    without = _without_reuse(text, outcome, calls, oracle)
    return [
        verdict
        if verdict.verdict not in _DOUBTFUL
        else replace(verdict, verdict=AFTER_ANOTHER)
        if without is None
        else _of_finding(one, without, text, calls)
        for one, verdict in zip(said, verdicts, strict=True)
    ]


_DOUBTFUL = ("false", "unreached")


def _of_finding(finding: Said, outcome: Outcome, text: str, calls: Calls) -> Verdict:
    subject = f"{finding.rule} {finding.severity}"
    line = finding.line
    kind = KINDS.get(finding.rule)
    if kind is None:
        return Verdict(subject, "of another rule", line)
    run = outcome.lines.get(("main.py", line), 0)
    here = [fault for fault in outcome.faults if (fault.kind, fault.line) == (kind, line)]
    is_error = finding.severity == "error" and finding.rule in EVERY_PATH
    is_error = is_error and line not in conditional_lines(text)
    if here:
        partly = is_error and max(fault.paths for fault in here) < run
        return Verdict(subject, "not on every path" if partly else "confirmed", line)
    if any(_is_inside_call(fault, kind, line, calls) for fault in outcome.faults):
        return Verdict(subject, "confirmed", line)
    if not run:
        return Verdict(subject, "unreached", line)
    return Verdict(subject, "false", line)


def _of_faults(outcome: Outcome, findings: list[Said], calls: Calls) -> Iterator[Verdict]:
    for fault in outcome.faults:
        if fault.kind in KINDS.values() and fault.line is not None and needs_telling(fault):
            told = any(_tells(finding, fault, calls) for finding in findings)
            yield Verdict(fault.kind, "found" if told else "missed", fault.line)


def _tells(finding: Said, fault: Fault, calls: Calls) -> bool:
    if finding.rule in ALSO_TELL:
        return fault.kind == "never-awaited"
    if KINDS.get(finding.rule) != fault.kind:
        return False
    line = finding.line
    return line == fault.line or _is_inside_call(fault, fault.kind, line, calls)


def _is_inside_call(fault: Fault, kind: str, line: int, calls: Calls) -> bool:
    """Whether a reuse stands in a function that this line calls."""
    return kind == fault.kind == "reused" and line in calls.get(fault.line or 0, ())
