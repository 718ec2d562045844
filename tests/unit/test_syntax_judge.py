"""The whole standard library of the running Python, as `ast` sees it and as we do.

Every file that `ast` accepts is compared, the test packages included, which takes the better part
of a minute on one core. `syntax_judge` lists what may differ, and why.
"""

from __future__ import annotations

import ast
import sysconfig
import warnings
from pathlib import Path

import pytest
from corolint.syntax import decode
from syntax_judge import differences

LIBRARY = Path(sysconfig.get_paths()["stdlib"])


PARTS = 8
FILES = [path for path in sorted(LIBRARY.rglob("*.py")) if "site-packages" not in path.parts]


@pytest.mark.parametrize("part", range(PARTS))
def test_whole_standard_library(part: int) -> None:
    files = statements = 0
    found: list[str] = []
    for path in FILES[part::PARTS]:
        text = decode(path.read_bytes())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                statements += len(ast.parse(text).body)
            except (SyntaxError, ValueError, RecursionError):
                continue  # the test packages hold broken files on purpose
            found += [f"{path}: {difference}" for difference in differences(text)]
        files += 1
    assert not found, "\n".join(found[:20])
    # Even a Python that comes without its tests has this many.
    assert files > 300 / PARTS
    assert statements > 5_000 / PARTS


@pytest.mark.parametrize(
    "text",
    [
        'x = "é𝒳"; f(y)',
        "é = 1; y = 2",
        "größe = f'{größe!r:>{größe}}'; z",
        "def ﬁnd(ﬁ): return ﬁ.ﬁ(ﬁ=ﬁ)",
        "𝒳 = हिन्दी + ñ ; y",
        "'\u2028'; x  # \x85 \u2029\ny = 1",
        "# \x0c\n\x0cx = 'ü'\r\ny = [\r\n'ß', z]\rz = 1",
        "a = b\\\n  .c('—', d) ; '\\é', e\n",
        "raise ü from ä",
    ],
)
def test_columns_behind_characters_outside_ascii(text: str) -> None:
    assert list(differences(text)) == []


def test_the_judge_sees_a_difference() -> None:
    # The same judge must object when the trees are not of the same text.
    class Other(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            return ast.copy_location(ast.Await(value=node), node)

    original = ast.parse
    try:
        ast.parse = lambda text: Other().visit(original(text))  # type: ignore[assignment]
        assert list(differences("x = f()")) == ["Call is Await in line 1"]
    finally:
        ast.parse = original
