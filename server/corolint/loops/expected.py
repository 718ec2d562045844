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
    statements = [
        statement
        for statement in statements_of(around.node.body)
        if not isinstance(statement, nodes.FunctionDef | nodes.ClassDef)
    ]
    expecting = {
        id(inner)
        for statement in statements
        if isinstance(statement, nodes.With) and any(map(expects_fault, statement.contexts))
        for inner in statements_of(statement.body)
    }
    naming = [statement for statement in statements if _names(statement, name)]
    return bool(naming) and all(
        id(statement) in expecting or _is_call_that_expects(statement) for statement in naming
    )


def _names(statement: nodes.Statement, name: str) -> bool:
    return any(name in set(names_in(expression)) for expression in own_expressions(statement))


def _is_call_that_expects(statement: nodes.Statement) -> bool:
    """``self.assertRaises(RuntimeError, asyncio.run, main())``"""
    call = statement.value if isinstance(statement, nodes.ExpressionStatement) else None
    return isinstance(call, nodes.Call) and expects_fault(call)
