"""Holds what corolint says of one random program against what CPython does on every path of it.

    judge(text, oracle)
    # [Verdict("unawaited-coroutine error", "confirmed", 19), Verdict("never-awaited", "found", 19)]

Of a finding: *confirmed* (the fault happens in its line), *unreached* (no path comes to the line:
conditions that nobody can know to be the same), *after a crash* (an earlier fault of the same
program ends every path on which this one would happen), *not on every path* (an error, although
the line is also run without the fault) or *false*. Of a fault that needs telling: *found* or
*missed*. A reuse inside a helper is told where the helper is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyser import analyse
from corolint.finding import Finding
from judgement import EVERY_PATH, needs_telling
from oracle import Fault, Oracle, Outcome, Version, find_interpreters
from spec_format import Needs, Spec

from fuzz.programs import HEAD

MAX_PATHS = 600
KINDS = {
    "reused-coroutine": "reused",
    "unawaited-coroutine": "never-awaited",
    "unawaited-on-some-path": "never-awaited",
}
# A dropped object may be told by what was done to it instead.
ALSO_TELL = ("coroutine-as-value", "coroutine-in-condition")
BAD = ("false", "not on every path", "missed")

_HELPERS = {
    number + 1: name
    for name in ("run", "maybe")
    for number, line in enumerate(HEAD.split("\n"), start=1)
    if line.startswith(f"async def {name}(")
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding (`subject`: rule and severity) or fault (`subject`: its kind), 1-based line."""

    subject: str
    verdict: str
    line: int

    @property
    def fails(self) -> bool:
        """Whether the test suite may not let it pass: a false error, or a fault not told."""
        return self.verdict in BAD and not self.subject.endswith("warning")


def judge(text: str, oracle: Oracle) -> list[Verdict] | None:
    """All verdicts; `None` if not every path could be run, or an unrelated exception ends one."""
    version = _judging_version()
    outcome = oracle.explore({"main.py": text}, [version], max_paths=MAX_PATHS)[version]
    strange = any(
        fault.kind not in KINDS.values() and not fault.caught and fault.name != "ValueError"
        for fault in outcome.faults
    )
    if not outcome.complete or strange:
        return None
    program = Spec("random", "", 1, (("main.py", text),), "", "", Needs(), (), ())
    findings = [finding for _, finding in analyse(program).findings]
    lines = text.split("\n")
    return [
        *(_of_finding(finding, outcome, lines) for finding in findings),
        *_of_faults(outcome, findings, lines),
    ]


def _judging_version() -> Version:
    """One interpreter is enough: the newest, since old ones differ only in their words."""
    return max(find_interpreters())


def _of_finding(finding: Finding, outcome: Outcome, lines: list[str]) -> Verdict:
    subject = f"{finding.rule} {finding.severity.value}"
    line = finding.span.line
    kind = KINDS.get(finding.rule)
    if kind is None:
        return Verdict(subject, "of another rule", line)
    run = outcome.lines.get(("main.py", line), 0)
    here = [fault for fault in outcome.faults if (fault.kind, fault.line) == (kind, line)]
    is_error = finding.severity.value == "error" and finding.rule in EVERY_PATH
    if here:
        partly = is_error and max(fault.paths for fault in here) < run
        return Verdict(subject, "not on every path" if partly else "confirmed", line)
    if any(_is_inside_helper(fault, kind, lines[line - 1]) for fault in outcome.faults):
        return Verdict(subject, "confirmed", line)
    if not run:
        return Verdict(subject, "unreached", line)
    if any(fault.kind == "reused" and not fault.caught for fault in outcome.faults):
        return Verdict(subject, "after a crash", line)
    return Verdict(subject, "false", line)


def _of_faults(outcome: Outcome, findings: list[Finding], lines: list[str]) -> Iterator[Verdict]:
    for fault in outcome.faults:
        if fault.kind in KINDS.values() and fault.line is not None and needs_telling(fault):
            told = any(_tells(finding, fault, lines) for finding in findings)
            yield Verdict(fault.kind, "found" if told else "missed", fault.line)


def _tells(finding: Finding, fault: Fault, lines: list[str]) -> bool:
    if finding.rule in ALSO_TELL:
        return fault.kind == "never-awaited"
    if KINDS.get(finding.rule) != fault.kind:
        return False
    code = lines[finding.span.line - 1]
    return finding.span.line == fault.line or _is_inside_helper(fault, fault.kind, code)


def _is_inside_helper(fault: Fault, kind: str, code: str) -> bool:
    """Whether the fault stands in a helper that this line calls."""
    helper = _HELPERS.get(fault.line or 0)
    return kind == fault.kind == "reused" and helper is not None and f"{helper}(" in code
