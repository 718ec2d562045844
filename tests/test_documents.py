"""Documents agree with the code: tables, schema, rules and their files, commands in the README."""

from __future__ import annotations

import generated
import pytest
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
