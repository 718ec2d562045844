"""A rule's documentation is a spec, too: its example has the fault, and what to write instead none.

The rules, their files, their pages of specs and the rules that the judge knows must be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from analyser import analyse
from corolint import rules
from corolint.rules import RULES, documentation
from judgement import ABOUT, needs_telling
from oracle import Oracle, find_interpreters
from spec_format import Needs, Spec, read_specs

RULE_NAMES = [rule.name for rule in RULES]
# Documentation shows the Python of today; `TaskGroup` came with 3.11.
MODERN = [version for version in find_interpreters() if version >= (3, 11)]
SPECS_FOLDER = Path(__file__).with_name("specs")

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _programs(rule: str, heading: str, end: str) -> Iterator[Spec]:
    page = documentation(rule) or ""
    _, found, rest = page.partition(heading)
    assert found, f"the page of {rule} lacks {heading!r}"
    for number, block in enumerate(_BLOCK.findall(rest.partition(end)[0] if end else rest)):
        title = f"{heading} {number}"
        yield Spec(rule, title, 1, (("main.py", block),), "", "", Needs(), (), ())


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_the_example_gives_exactly_this_finding(rule: str, oracle: Oracle) -> None:
    examples = list(_programs(rule, "## Example\n", "Use instead:"))
    assert examples
    for example in examples:
        assert {finding.rule for _, finding in analyse(example).findings} == {rule}
        faults = [
            fault
            for outcome in oracle.explore(dict(example.files), MODERN).values()
            for fault in outcome.faults
            if needs_telling(fault)
        ]
        about = ABOUT[rule][0] if rule in ABOUT else frozenset()
        assert not about or any(fault.kind in about for fault in faults)
        assert not any(fault.kind == "crash" for fault in faults)


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_what_to_write_instead_is_clean(rule: str, oracle: Oracle) -> None:
    examples = list(_programs(rule, "Use instead:\n", ""))
    assert examples
    for example in examples:
        assert not analyse(example).findings
        for outcome in oracle.explore(dict(example.files), MODERN).values():
            assert not [fault for fault in outcome.faults if needs_telling(fault)]


def test_rules_files_and_pages_agree() -> None:
    files = {path.stem.replace("_", "-") for path in Path(rules.__path__[0]).glob("[!_]*.py")}
    assert files == set(RULE_NAMES)
    assert len(RULE_NAMES) == len(files)
    specs = read_specs(SPECS_FOLDER)
    for rule in RULE_NAMES:
        page = [spec for spec in specs if spec.page == f"{rule}.md"]
        assert any(mark.rule == rule for spec in page for mark in spec.marks), rule
        assert any(not spec.marks for spec in page), f"{rule}.md has no test of silence alone"
