"""Functions inside a test that are there to fail.

    def test_nesting():
        async def main(): asyncio.run(fetch())
        with pytest.raises(RuntimeError):
            asyncio.run(main())

What `main` does wrong is what the test is about, so that nobody wants to be told of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from corolint.evaluation import own_expressions, statements_of
from corolint.loops.code import Code
from corolint.loops.guards import expects_fault, names_in
from corolint.syntax import nodes


def is_expected(codes: Mapping[str, Code], qualname: str) -> bool:
    """Whether a function is named by the one around it only where faults are expected."""
    outer, _, name = qualname.rpartition(".<locals>.")
    around = codes.get(outer)
    if around is None or not isinstance(around.node, nodes.FunctionDef):
        return False
    named = _mentions(around.node.body, name)
    expected = sum(
        _mentions(statement.body, name)
        for statement in statements_of(around.node.body)
        if isinstance(statement, nodes.With) and any(map(expects_fault, statement.contexts))
    )
    return 0 < named <= expected


def _mentions(block: nodes.Block, name: str) -> int:
    return sum(
        each == name
        for statement in statements_of(block)
        if not isinstance(statement, nodes.FunctionDef | nodes.ClassDef)
        for expression in own_expressions(statement)
        for each in names_in(expression)
    )
