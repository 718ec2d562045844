"""Which reader reads which kind of statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corolint.scope import Scope
from corolint.summarize.compound import (
    for_statement,
    if_statement,
    match_statement,
    try_statement,
    while_statement,
    with_statement,
)
from corolint.summarize.definitions import class_definition, function_definition
from corolint.summarize.simple import (
    assert_statement,
    assign_statement,
    augmented_assign_statement,
    delete_statement,
    expression_statement,
    global_statement,
    import_from_statement,
    import_star_statement,
    import_statement,
    jump_statement,
    nonlocal_statement,
    nothing_to_read,
    raise_statement,
    return_statement,
    type_alias_statement,
)
from corolint.syntax import nodes

STATEMENT_READERS: dict[type[nodes.Statement], Callable[[Scope, Any], bool]] = {
    nodes.ExpressionStatement: expression_statement,
    nodes.Assign: assign_statement,
    nodes.AugmentedAssign: augmented_assign_statement,
    nodes.Return: return_statement,
    nodes.If: if_statement,
    nodes.For: for_statement,
    nodes.While: while_statement,
    nodes.With: with_statement,
    nodes.Try: try_statement,
    nodes.Match: match_statement,
    nodes.Raise: raise_statement,
    nodes.Assert: assert_statement,
    nodes.Delete: delete_statement,
    nodes.Global: global_statement,
    nodes.Nonlocal: nonlocal_statement,
    nodes.Import: import_statement,
    nodes.ImportFrom: import_from_statement,
    nodes.ImportStar: import_star_statement,
    nodes.Pass: nothing_to_read,
    nodes.Break: jump_statement,
    nodes.Continue: jump_statement,
    nodes.FunctionDef: function_definition,
    nodes.ClassDef: class_definition,
    nodes.TypeAlias: type_alias_statement,
}
