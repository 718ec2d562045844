"""Every spec below `specs/` twice: does CPython bear it out, and does corolint say it?

The two questions are apart, so that a spec can never be bent to what the analyser happens to say:
`test_cpython_agrees` does not know the analyser at all. Of findings that quote CPython it is asked
besides whether every version says just that.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from analyser import analyse, path_of
from corolint.finding import Severity
from judgement import FALSE_ALARM, MISSED_ALARM, compare, compare_notes, describe_all, judge
from oracle import Oracle, Version, find_interpreters
from spec_format import Spec, read_specs

# Rules that quote CPython, and the kinds of faults that say it.
QUOTING = {"nested-event-loop": "nested-run", "no-running-loop": "no-loop"}
SPECS = read_specs(Path(__file__).with_name("specs"))


def _name(spec: Spec) -> str:
    return spec.name


@pytest.mark.parametrize("spec", [spec for spec in SPECS if not spec.not_run], ids=_name)
def test_cpython_agrees(spec: Spec, oracle: Oracle, totals: Counter[str]) -> None:
    versions = _fitting_versions(spec, oracle)
    for version in _versions_meant(spec):
        if version not in versions:
            words = f"ABSENT: CPython {version[0]}.{version[1]} without"
            totals[f"{words} {' or '.join(spec.needs.packages)}"] += 1
    if not versions:
        totals["specs not run"] += 1
        totals[f"not run, no interpreter here has what it needs: {spec.name}"] += 1
        return
    outcomes = oracle.explore(dict(spec.files), versions, lasting=bool(spec.needs.packages))
    complaints = judge(spec, outcomes)
    totals["specs judged by CPython"] += 1
    totals["programs run"] += len(outcomes)
    totals["paths"] += sum(outcome.paths for outcome in outcomes.values())
    totals["paths cut short"] += sum(outcome.cut for outcome in outcomes.values())
    totals["programs with more paths than were tried"] += sum(
        not outcome.complete for outcome in outcomes.values()
    )
    totals["false alarms"] += sum(each.kind == FALSE_ALARM for each in complaints)
    totals["missed alarms"] += sum(each.kind == MISSED_ALARM for each in complaints)
    missed = [mark for mark in spec.marks if mark.kind == "missed"]
    totals["known missed alarms"] += len(missed)
    totals["  of these not built yet"] += sum("not built yet" in mark.why for mark in missed)
    totals["faults that users want silence about"] += sum(
        mark.kind == "silent" for mark in spec.marks
    )
    assert not complaints, describe_all(complaints)


@pytest.mark.parametrize("spec", SPECS, ids=_name)
def test_corolint_agrees(spec: Spec, totals: Counter[str]) -> None:
    said = analyse(spec)
    complaints = compare(spec, said.findings, said.states)
    complaints += compare_notes(spec, said.notes)
    totals["specs on which corolint differs"] += bool(complaints)
    totals["known false alarms"] += sum(mark.kind == "false" for mark in spec.marks)
    assert not complaints, describe_all(complaints)


@pytest.mark.parametrize(
    "spec", [spec for spec in SPECS if any(mark.rule in QUOTING for mark in spec.marks)], ids=_name
)
def test_messages_about_loops_are_in_the_words_of_every_cpython(spec: Spec, oracle: Oracle) -> None:
    """Each finding quotes a fault in its own line, or in the last line of its chain of calls."""
    versions = _fitting_versions(spec, oracle)
    if not versions or spec.not_run:
        return  # counted where it is judged
    outcomes = oracle.explore(dict(spec.files), versions, lasting=bool(spec.needs.packages))
    names = {path_of(name): name for name, _ in spec.files}
    for file, finding in analyse(spec).findings:
        if finding.rule not in QUOTING or finding.severity is Severity.HINT:
            continue
        places = [(file, finding.span.line)]
        places += [(names[note.path], note.span.line) for note in finding.notes]
        for version, outcome in outcomes.items():
            said = {
                fault.message
                for fault in outcome.faults
                if fault.kind == QUOTING[finding.rule]
                # Where only a library's code is between, CPython's innermost line is a note's.
                and ((fault.file, fault.line) in places or fault.file is None)
            }
            assert any(words in finding.message for words in said), (version, finding, said)


def test_what_is_not_run_says_why(totals: Counter[str]) -> None:
    """Counts the specs that CPython is kept away from; a reason is part of the format."""
    for spec in SPECS:
        if spec.not_run:
            totals["specs not run"] += 1
            totals[f"not run: {spec.name}: {spec.not_run}"] += 1
    assert all(spec.not_run != "no reason given" for spec in SPECS)


def _fitting_versions(spec: Spec, oracle: Oracle) -> list[Version]:
    fitting = _versions_meant(spec)
    for package in spec.needs.packages:
        fitting = [version for version in fitting if version in oracle.has_package(package)]
    return fitting


def _versions_meant(spec: Spec) -> list[Version]:
    """The versions here that a spec is for, whatever packages they have."""
    if spec.needs.unix and sys.platform == "win32":
        return []
    lowest, below = spec.needs.lowest, spec.needs.below
    return [version for version in find_interpreters() if lowest <= version < below]
