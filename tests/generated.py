"""What is written from the code into other files. Run this file to write all of it anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

from command import corolint
from corolint.config import KEYS, KNOWN_KEYS, json_schema
from corolint.render import FORMATS
from corolint.rule_names import rule_names
from corolint.rules import RULES
from sample_report import shown

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
GOLDEN = ROOT / "tests" / "golden"
SARIF_SCHEMA = ROOT / "tests" / "readers" / "sarif-2.1.0.schema.json"  # as OASIS published it
SHOWN = "corolint check newsroom/report.py newsroom/retry.py"
SCHEMA = ROOT / "server" / "corolint" / "corolint.schema.json"


def rules_table() -> str:
    """All rules as a Markdown table."""
    rows = [f"| `{rule.name}` | {rule.severity.value} | {rule.summary} |" for rule in RULES]
    return "\n".join(["| rule | severity | finds |", "| --- | --- | --- |", *rows])


def settings_table() -> str:
    """All keys of the configuration as a Markdown table."""
    keys = [(key.name, key) for key in KEYS if key.kind != "known"]
    keys += [(f"known.{key.name}", key) for key in KNOWN_KEYS]
    rows = [f"| `{name}` | {key.meaning} |" for name, key in keys]
    return "\n".join(["| key | meaning |", "| --- | --- |", *rows])


def output() -> str:
    """What the command that the README shows prints, as a block."""
    outcome = corolint(*SHOWN.split()[1:], "--no-cache")
    return f"```text\n$ {SHOWN}\n{outcome.out}{outcome.err}```"


PARTS = {"output": output, "rules": rules_table, "settings": settings_table}


def readme() -> str:
    """The README with its tables and its output as they should be."""
    text = README.read_text("utf-8")
    for name, part in PARTS.items():
        pattern = rf"(<!-- {name}: [^>]*-->\n)(?s:.*?)(<!-- end -->)"
        text, count = re.subn(pattern, lambda match, p=part: f"{match[1]}{p()}\n{match[2]}", text)
        assert count == 1, f"the README has no place for the {name}"
    return text


def schema() -> str:
    """The JSON schema of the configuration."""
    return json.dumps(json_schema(rule_names()), indent=2, ensure_ascii=False) + "\n"


def golden_file(output_format: str) -> Path:
    """Where it is written down what the sample report is in this format."""
    return GOLDEN / f"report.{output_format}.txt"


if __name__ == "__main__":
    README.write_text(readme(), "utf-8")
    SCHEMA.write_text(schema(), "utf-8")
    for output_format in FORMATS:
        golden_file(output_format).write_text(shown(output_format), "utf-8")
