"""Statements without blocks: assignments, returns, imports and the rest."""

from __future__ import annotations

from corolint.scope import DECIDED, ClassFacts, Scope, bind_name, keep, read_name
from corolint.syntax import nodes
from corolint.terms import (
    CALL,
    ELEMENT,
    IMPORT,
    LITERAL,
    TYPE_NAME,
    UNKNOWN_TERM,
    WHEN,
    Term,
)
from corolint.valuation.annotations import declared
from corolint.valuation.expressions import value_of
from corolint.valuation.narrowing import apply_narrowings, narrowings
from corolint.valuation.paths import receiver_and_method
from corolint.valuation.targets import bind_target, note_addition

NONE: Term = (LITERAL, "NoneType")


def expression_statement(scope: Scope, node: nodes.ExpressionStatement) -> bool:
    value_of(scope, node.value)
    if type(node.value) is nodes.Call:
        # A statement that is nothing but a call counts against the consensus on its name.
        path = receiver_and_method(node.value)
        if path is not None:
            scope.facts.awaited.setdefault(path, [0, 0])[1] += 1
    return False


def assign_statement(scope: Scope, node: nodes.Assign) -> bool:
    term = UNKNOWN_TERM if node.value is None else value_of(scope, node.value)
    if scope.cls is not None and scope.is_class and term[0] == CALL and term[3]:
        _note_factory(scope.cls, node, term)
    if node.annotation is not None:
        annotation = declared(scope, node.annotation)
        # `Final` and `TypeAlias` without more say nothing of the type: the value does.
        if not (node.value is not None and _is_bare_qualifier(annotation)):
            term = annotation
    elif not scope.function and not scope.is_class:
        _note_exports(scope, node, term)
    for target in node.targets:
        bind_target(scope, target, term)
    return False


def _note_factory(cls: ClassFacts, node: nodes.Assign, call: Term) -> None:
    """``field(default_factory=make)`` of a dataclass, ``attrs.field(factory=make)``."""
    for key, value in call[3]:
        if key in ("default_factory", "factory"):
            cls.factories |= {
                target.name: value for target in node.targets if isinstance(target, nodes.Name)
            }


def _is_bare_qualifier(annotation: Term) -> bool:
    term = annotation[1]
    return (
        term[0] == TYPE_NAME
        and term[1].rpartition(".")[2] in {"Final", "ClassVar", "TypeAlias"}
        and not term[2]
    )


def _note_exports(scope: Scope, node: nodes.Assign, term: Term) -> None:
    target = node.targets[0]
    if type(target) is nodes.Name and target.name == "__all__":
        names = _strings(node.value)
        if names is not None:
            scope.facts.exports = names


def _strings(node: nodes.Expression | None) -> list[str] | None:
    if not isinstance(node, nodes.List | nodes.Tuple):
        return None
    return [element.value for element in node.elements if isinstance(element, nodes.String)]


def augmented_assign_statement(scope: Scope, node: nodes.AugmentedAssign) -> bool:
    term = value_of(scope, node.value)
    target = value_of(scope, node.target)
    if node.operator == "+":
        note_addition(scope, target, (ELEMENT, term))
        if type(node.target) is nodes.Name and node.target.name == "__all__":
            scope.facts.exports = (scope.facts.exports or []) + (_strings(node.value) or [])
    return False


def return_statement(scope: Scope, node: nodes.Return) -> bool:
    term = NONE if node.value is None else keep(scope, value_of(scope, node.value))
    decided = scope.environment.get(DECIDED)
    scope.results.append(term if decided is None else (WHEN, decided[1], term))
    return True


def raise_statement(scope: Scope, node: nodes.Raise) -> bool:
    for part in (node.exception, node.cause):
        if part is not None:
            value_of(scope, part)
    return True


def assert_statement(scope: Scope, node: nodes.Assert) -> bool:
    value_of(scope, node.test)
    if node.message is not None:
        value_of(scope, node.message)
    apply_narrowings(scope, narrowings(scope, node.test, True))
    return type(node.test) is nodes.Name and node.test.name == "False"


def delete_statement(scope: Scope, node: nodes.Delete) -> bool:
    for target in node.targets:
        if type(target) is nodes.Name:
            scope.facts.terms[id(target)] = read_name(scope, target.name)
            scope.environment.pop(target.name, None)
        else:
            value_of(scope, target)
    return False


def global_statement(scope: Scope, node: nodes.Global) -> bool:
    scope.globals.update(node.names)
    for name in node.names:
        scope.environment.pop(name, None)
    return False


def nonlocal_statement(scope: Scope, node: nodes.Nonlocal) -> bool:
    scope.nonlocals.update(node.names)
    return False


def jump_statement(scope: Scope, node: nodes.Statement) -> bool:
    scope.jumps.append(scope.environment)
    return True


def nothing_to_read(scope: Scope, node: nodes.Statement) -> bool:
    return False


def type_alias_statement(scope: Scope, node: nodes.TypeAlias) -> bool:
    bind_name(scope, node.name, value_of(scope, node.value))
    return False


def import_statement(scope: Scope, node: nodes.Import) -> bool:
    for name, alias in node.names:
        if alias is not None:
            bind_name(scope, alias, (IMPORT, name, ""))
        else:
            top = name.partition(".")[0]
            bind_name(scope, top, (IMPORT, top, ""))
    return False


def import_from_statement(scope: Scope, node: nodes.ImportFrom) -> bool:
    module = absolute_module(scope.facts.package, node.module, node.level)
    for name, alias in node.names:
        bind_name(scope, alias or name, (IMPORT, module, name))
    return False


def import_star_statement(scope: Scope, node: nodes.ImportStar) -> bool:
    scope.facts.stars.append(absolute_module(scope.facts.package, node.module, node.level))
    return False


def absolute_module(package: str, module: str, level: int) -> str:
    """The module that ``from <level dots><module> import`` names inside `package`."""
    if level == 0:
        return module
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, module] if module else kept)
