"""Documents agree with the code: tables, schema, rules and their files, commands in the README."""

from __future__ import annotations

import re

import generated
import pytest
import yaml
from command import check, corolint
from corolint.check import RULE_NAMES, explain
from corolint.rule_names import rule_names
from corolint.rules import RULES

ADVICE = "run `python tests/generated.py`"


def test_tables_and_output_in_the_readme_are_current():
    assert generated.README.read_text("utf-8") == generated.readme(), ADVICE


def test_the_schema_is_current():
    assert generated.SCHEMA.read_text("utf-8") == generated.schema(), ADVICE


def test_every_rule_has_its_file_and_every_file_its_rule():
    assert set(rule_names()) == RULE_NAMES
    assert {rule.name for rule in RULES} | {"syntax-error", "unused-ignore"} == RULE_NAMES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_explains_itself(rule):
    page = explain(rule.name)
    assert page
    assert "## Example" in page
    assert "Use instead:" in page
    assert rule.summary
    assert "\n" not in rule.summary


def comparisons() -> list[str]:
    return re.findall(
        r"\(tests/comparison/(\w+\.py)\) \| yes \|", generated.README.read_text("utf-8")
    )


def test_the_comparison_is_true_of_corolint():
    folder = generated.ROOT / "tests" / "comparison"
    assert sorted(comparisons()) == sorted(path.name for path in folder.glob("*.py"))
    found = check("--no-cache", "--isolated", folder=folder).findings()
    mistakes = [finding["path"] for finding in found if finding["severity"] != "hint"]
    assert sorted(mistakes) == sorted(comparisons())


def test_yaml_that_others_read_is_yaml():
    text = generated.README.read_text("utf-8")
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        assert yaml.safe_load(block)
    (hook,) = yaml.safe_load((generated.ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert corolint(*hook["entry"].split()[1:]).status == 1
    action = yaml.safe_load((generated.ROOT / "action.yml").read_text("utf-8"))
    runs = " ".join(step.get("run", "") for step in action["runs"]["steps"])
    assert set(re.findall(r"--[a-z-]+(?= )", runs)) >= {"--exit-zero", "--output-format"}


def test_links_in_the_readme_lead_somewhere():
    for target in re.findall(r"\]\(([\w/.-]+)\)", generated.README.read_text("utf-8")):
        assert (generated.ROOT / target).exists(), target
