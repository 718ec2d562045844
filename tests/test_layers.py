"""A module imports only from lower layers; `import` statements tell, wherever they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import corolint

# Lowest first; a package may import from itself. `lsp` and the command meet only in `cli`.
LAYERS = """
text paths exit_status progress import_reach
notebook
finding
edits
syntax known
spelling terms semantics evaluation
summary flow inventory
expansion kept_summary
scope flow_builder bindings
valuation liveness
summarize module_files
project
standard_names
values
infer
refusal practice
answers
lifecycle loops
handing
reporting
mending
rules
config
suppress
hover
explaining remedies
locality
carrying
reuse
inlay_hints
check
rule_names
files plain_finding git_changes grounds
config_files environment cache concern
summary_store
search
render
rewrite baseline add_ignores fixing output
session
checking narrowing parcel
incremental workers cluster
all_findings
lsp
arguments outcome completion watching
change_command
check_command
cli
__main__
""".strip().splitlines()
RANK = {name: rank for rank, line in enumerate(LAYERS) for name in line.split()}
PACKAGE = Path(corolint.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def imported(path: Path) -> Iterator[str]:
    """The modules and packages directly below `corolint` that the file imports from."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            names = [f"corolint.{a.name}" for a in node.names] if module == "corolint" else [module]
        yield from (name.split(".")[1] for name in names if name.startswith("corolint."))


def test_modules_import_only_from_lower_layers():
    for path in MODULES:
        own = path.relative_to(PACKAGE).with_suffix("").parts[0]
        for other in set(imported(path)) - {own, "__version__"}:
            assert {own, other} <= RANK.keys(), f"{own} or {other} has no layer yet"
            assert RANK[other] < RANK[own], f"{path} may not import corolint.{other}"


def test_a_rule_imports_no_other_rule():
    rules = {path.stem for path in (PACKAGE / "rules").glob("*.py")} - {"__init__"}
    for path in (PACKAGE / "rules").glob("*.py"):
        names = {
            node.module
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom)
        }
        if path.stem != "__init__":
            assert not names & {f"corolint.rules.{rule}" for rule in rules - {path.stem}}
