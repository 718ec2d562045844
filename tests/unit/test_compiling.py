"""What ``server/compile_hook.py`` compiles is named by hand; a rename must not be forgotten."""

from __future__ import annotations

import ast
from pathlib import Path

import corolint

PACKAGE = Path(corolint.__file__).parent
HOOK = Path(__file__).parents[2] / "server" / "compile_hook.py"


def constant(name: str) -> tuple[str, ...]:
    for statement in ast.parse(HOOK.read_text("utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return tuple(ast.literal_eval(statement.value))
    raise AssertionError(f"{HOOK} has no {name}")


def test_every_module_that_is_to_be_compiled_exists():
    missing = [name for name in constant("MODULES") if not (PACKAGE / f"{name}.py").is_file()]
    missing += [name for name in constant("FOLDERS") if not any((PACKAGE / name).glob("*.py"))]
    assert not missing
