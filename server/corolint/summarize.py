"""Reading a module once, statement by statement, into its summary.

The module body is read first, then the bodies of its functions, outer before inner. Each function
is read in order with an environment of what its names are bound to now; branches are read apart and
meet again (see `corolint.scope`), a loop's names are bound to what they were before it or what its
body leaves, and code that the target Python never runs is not read.

The same reading gives the term of every expression in the file (`Reading.terms`), which is what
checking the file asks about: nothing walks the tree a second time to find out what a call is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from corolint.scope import DECIDED, ClassFacts, ModuleFacts, Scope, bind_name, keep, meet, read_name
from corolint.summary import ClassSummary, FunctionSummary, ModuleSummary, TypeParameter
from corolint.syntax import Syntax, nodes
from corolint.terms import (
    ASYNC_ELEMENT,
    ASYNC_ENTER,
    ATTRIBUTE,
    CALL,
    CLASS,
    CLS,
    DEFINITION,
    ELEMENT,
    ENTER,
    FUNCTION,
    IMPORT,
    IS_INSTANCE,
    LITERAL,
    NAME,
    PARAMETER,
    SELF,
    TUPLE,
    TYPE_NAME,
    UNKNOWN_TERM,
    WHEN,
    Term,
    either,
)
from corolint.valuation import (
    apply_narrowings,
    bind_target,
    declared,
    narrowings,
    note_addition,
    read_parameters,
    receiver_and_method,
    type_term,
    value_of,
)

_NONE: Term = (LITERAL, "NoneType")


class Body(NamedTuple):
    """A piece of code with its own frame: function, lambda, class body, or the module (`None`)."""

    node: nodes.FunctionDef | nodes.Lambda | nodes.ClassDef | None
    qualname: str


class Reading(NamedTuple):
    """A summary, and what only this file's own check needs: terms by `id` of node, and bodies."""

    summary: ModuleSummary
    terms: dict[int, Term]
    bodies: list[Body]


def summarize(
    syntax: Syntax, module: str, *, is_package: bool, is_stub: bool, has_bodies: bool
) -> Reading:
    """Read the module `module` (dotted name). Never raises.

    `has_bodies` says whether `syntax` was parsed with function bodies.
    """
    package = module if is_package else module.rpartition(".")[0]
    facts = ModuleFacts(module, package)
    scope = Scope(facts, "", "", None)
    _read_block(scope, syntax.tree)
    facts.bodies.append((None, ""))
    # Functions are appended while this runs: inner ones after the function around them.
    for node, outer, qualname in facts.pending:
        _read_function_body(node, outer, qualname, syntax)
    lines = {
        qualname: syntax.line(node)
        for node, qualname in facts.bodies
        if node is not None and type(node) is not nodes.Lambda
    }
    summary = ModuleSummary(
        name=module,
        is_package=is_package,
        is_stub=is_stub,
        has_bodies=has_bodies,
        bindings={name: tuple(terms) for name, terms in facts.bindings.items()},
        stars=tuple(facts.stars),
        exports=None if facts.exports is None else tuple(facts.exports),
        functions=facts.functions,
        classes={qualname: _class_summary(cls, scope) for qualname, cls in facts.classes.items()},
        additions={place: tuple(terms) for place, terms in facts.additions.items()},
        calls={name: tuple(sites) for name, sites in facts.calls.items()},
        writes={name: tuple(pairs) for name, pairs in facts.writes.items()},
        awaited={path: (counts[0], counts[1]) for path, counts in facts.awaited.items()},
        lines=lines,
    )
    return Reading(summary, facts.terms, [Body(node, qualname) for node, qualname in facts.bodies])


def _class_summary(cls: ClassFacts, scope: Scope) -> ClassSummary:
    outer = cls.outer
    return ClassSummary(
        qualname=cls.qualname,
        bases=cls.bases,
        keywords=cls.keywords,
        decorators=cls.decorators,
        type_parameters=_type_parameters(cls.node.type_parameters),
        attributes={name: tuple(terms) for name, terms in cls.attributes.items()},
        instance_attributes={name: tuple(terms) for name, terms in cls.instance_attributes.items()},
        parent=outer,
    )


# --- blocks and branches -------------------------------------------------------------------------


def _read_block(scope: Scope, block: nodes.Block) -> bool:
    """Read the statements in order; whether the end of the block can be reached."""
    if block.unreachable:
        return False
    for statement in block.statements:
        try:
            if _READERS[type(statement)](scope, statement):
                return False
        except RecursionError:
            continue  # an expression deeper than Python's stack; nobody wrote it by hand
    return True


def _read_branches(
    scope: Scope,
    branches: list[tuple[nodes.Block | None, list[tuple[str, Term]]]],
) -> bool:
    """Read alternatives that start from here, each with what was narrowed; is the end reached?"""
    before = scope.environment
    ends: list[dict[str, Term]] = []
    for block, narrowed in branches:
        scope.environment = dict(before)
        apply_narrowings(scope, narrowed)
        if block is None or _read_block(scope, block):
            ends.append(scope.environment)
    scope.environment = before
    meet(scope, before, ends)
    return bool(ends)


def _if(scope: Scope, node: nodes.If) -> bool:
    value_of(scope, node.test)
    if node.body.unreachable:
        return node.orelse is not None and not _read_block(scope, node.orelse)
    if node.orelse is not None and node.orelse.unreachable:
        return not _read_block(scope, node.body)
    when_true = narrowings(scope, node.test, True)
    when_false = narrowings(scope, node.test, False)
    return not _read_branches(scope, [(node.body, when_true), (node.orelse, when_false)])


def _match(scope: Scope, node: nodes.Match) -> bool:
    subject = keep(scope, value_of(scope, node.subject))
    before = scope.environment
    ends = [before]
    for case in node.cases:
        scope.environment = dict(before)
        _bind_pattern(scope, case.pattern, subject)
        if case.guard is not None:
            value_of(scope, case.guard)
            apply_narrowings(scope, narrowings(scope, case.guard, True))
        if _read_block(scope, case.body):
            ends.append(scope.environment)
    scope.environment = before
    meet(scope, before, ends)
    return False


def _bind_pattern(scope: Scope, pattern: nodes.Pattern, subject: Term) -> None:
    if isinstance(pattern, nodes.CapturePattern):
        inner = pattern.pattern
        if isinstance(inner, nodes.ClassPattern):
            subject = keep(scope, (IS_INSTANCE, subject, value_of(scope, inner.cls), True))
        if inner is not None:
            _bind_pattern(scope, inner, subject)
        if pattern.name is not None:
            bind_name(scope, pattern.name, subject)
    elif isinstance(pattern, nodes.ClassPattern):
        value_of(scope, pattern.cls)
        for part in pattern.patterns:
            _bind_pattern(scope, part, UNKNOWN_TERM)
        for attribute, part in pattern.keywords:
            _bind_pattern(scope, part, (ATTRIBUTE, subject, attribute))
    elif isinstance(pattern, nodes.OrPattern):
        for part in pattern.patterns:
            _bind_pattern(scope, part, subject)
    elif isinstance(pattern, nodes.SequencePattern):
        for part in pattern.patterns:
            _bind_pattern(scope, part, (ELEMENT, subject))
    elif isinstance(pattern, nodes.MappingPattern):
        for key in pattern.keys:
            value_of(scope, key)
        for part in pattern.patterns:
            _bind_pattern(scope, part, UNKNOWN_TERM)
        if pattern.rest is not None:
            bind_name(scope, pattern.rest, UNKNOWN_TERM)
    elif isinstance(pattern, nodes.StarPattern):
        if pattern.name is not None:
            bind_name(scope, pattern.name, UNKNOWN_TERM)
    elif isinstance(pattern, nodes.ValuePattern):
        value_of(scope, pattern.value)


def _for(scope: Scope, node: nodes.For) -> bool:
    iterable = value_of(scope, node.iterable)
    step = (ASYNC_ELEMENT if node.is_async else ELEMENT, iterable)
    _read_loop(scope, node.body, node.orelse, lambda: bind_target(scope, node.target, step), [])
    return False


def _while(scope: Scope, node: nodes.While) -> bool:
    narrowed: list[tuple[str, Term]] = []

    def test() -> None:
        value_of(scope, node.test)
        narrowed.extend(narrowings(scope, node.test, True))

    endless = type(node.test) is nodes.Name and node.test.name == "True"
    _read_loop(scope, node.body, node.orelse, test, narrowed)
    return endless and not _has_break(node.body)


def _read_loop(
    scope: Scope,
    body: nodes.Block,
    orelse: nodes.Block | None,
    head: Callable[[], None],
    narrowed: list[tuple[str, Term]],
) -> None:
    """Read a loop: names that its body binds are, at its head, what they were or what it leaves."""
    carried: list[tuple[str, int, Term]] = []
    if scope.function:
        for name in assigned_names(body):
            if name in scope.globals or name in scope.nonlocals:
                continue
            known = scope.environment.get(name)
            if known is None:
                continue
            scope.definitions.append(UNKNOWN_TERM)
            number = len(scope.definitions) - 1
            carried.append((name, number, known))
            scope.environment[name] = (DEFINITION, scope.function, number)
    before = scope.environment
    scope.environment = dict(before)
    head()
    apply_narrowings(scope, narrowed)
    jumps_around = scope.jumps
    scope.jumps = []
    ends = [scope.environment] if _read_block(scope, body) else []
    ends.extend(scope.jumps)
    scope.jumps = jumps_around
    if ends:
        meet(scope, before, ends)
    after = scope.environment
    for name, number, known in carried:
        left = after.get(name, UNKNOWN_TERM)
        itself = (DEFINITION, scope.function, number)
        scope.definitions[number] = known if left == itself else either([known, left])
    scope.environment = before
    meet(scope, before, [before, after])
    if orelse is not None:
        _read_block(scope, orelse)


def assigned_names(block: nodes.Block) -> list[str]:
    """Names that statements of `block` bind, without nested functions and classes; each once."""
    names: dict[str, None] = {}
    blocks = [block]
    while blocks:
        for statement in blocks.pop().statements:
            for target in _targets(statement):
                _collect_names(target, names)
            blocks.extend(_blocks(statement))
    return list(names)


def _targets(statement: nodes.Statement) -> list[nodes.Expression]:
    if isinstance(statement, nodes.Assign):
        return statement.targets
    if isinstance(statement, nodes.For):
        return [statement.target]
    if isinstance(statement, nodes.With):
        return [target for target in statement.targets if target is not None]
    if isinstance(statement, nodes.AugmentedAssign):
        return [statement.target]
    if isinstance(statement, nodes.If | nodes.While) and type(statement.test) is nodes.Walrus:
        return [statement.test.target]
    return []


def _blocks(statement: nodes.Statement) -> list[nodes.Block]:
    """The blocks inside a compound statement that belong to the same scope."""
    if isinstance(statement, nodes.If | nodes.For | nodes.While):
        return [statement.body] if statement.orelse is None else [statement.body, statement.orelse]
    if isinstance(statement, nodes.With):
        return [statement.body]
    if isinstance(statement, nodes.Try):
        blocks = [statement.body, *[handler.body for handler in statement.handlers]]
        return blocks + [b for b in (statement.orelse, statement.finalbody) if b is not None]
    if isinstance(statement, nodes.Match):
        return [case.body for case in statement.cases]
    return []


def _collect_names(target: nodes.Expression, names: dict[str, None]) -> None:
    if isinstance(target, nodes.Name):
        names[target.name] = None
    elif isinstance(target, nodes.Collection):
        for element in target.elements:
            _collect_names(element, names)
    elif isinstance(target, nodes.Starred):
        _collect_names(target.value, names)


def _has_break(block: nodes.Block) -> bool:
    """Whether a ``break`` in `block` leaves the loop around it."""
    for statement in block.statements:
        if isinstance(statement, nodes.Break):
            return True
        if isinstance(statement, nodes.For | nodes.While):
            if statement.orelse is not None and _has_break(statement.orelse):
                return True
        elif any(_has_break(inner) for inner in _blocks(statement)):
            return True
    return False


def _with(scope: Scope, node: nodes.With) -> bool:
    tag = ASYNC_ENTER if node.is_async else ENTER
    for context, target in zip(node.contexts, node.targets, strict=True):
        term = (tag, value_of(scope, context))
        if target is not None:
            bind_target(scope, target, term)
    # A context manager may swallow an exception, so code after a body that ends in one is reached
    # as far as we know; what the body bound before is what counts.
    return not _read_block(scope, node.body) and not _may_suppress(node)


def _may_suppress(node: nodes.With) -> bool:
    return not any(isinstance(statement, nodes.Return) for statement in node.body.statements)


def _try(scope: Scope, node: nodes.Try) -> bool:
    before = dict(scope.environment)
    body_ends = _read_block(scope, node.body)
    after = scope.environment
    ends: list[dict[str, Term]] = []
    meet(scope, before, [before, after])
    in_handlers = scope.environment
    for handler in node.handlers:
        scope.environment = dict(in_handlers)
        if handler.type is not None:
            exception = value_of(scope, handler.type)
            if handler.name is not None:
                bind_name(scope, handler.name, _caught(exception))
        if _read_block(scope, handler.body):
            ends.append(scope.environment)
    scope.environment = after
    if body_ends and node.orelse is not None:
        body_ends = _read_block(scope, node.orelse)
    if body_ends:
        ends.append(scope.environment)
    scope.environment = in_handlers
    meet(scope, in_handlers, ends)
    reached = bool(ends)
    if node.finalbody is not None:
        reached = _read_block(scope, node.finalbody) and reached
    return not reached


def _caught(exception: Term) -> Term:
    if exception[0] == TUPLE:
        return either([(CALL, member, (), ()) for member in exception[1]])
    return (CALL, exception, (), ())


# --- simple statements ---------------------------------------------------------------------------


def _expression_statement(scope: Scope, node: nodes.ExpressionStatement) -> bool:
    value_of(scope, node.value)
    if type(node.value) is nodes.Call:
        # A statement that is nothing but a call counts against the consensus on its name.
        path = receiver_and_method(node.value)
        if path is not None:
            scope.facts.awaited.setdefault(path, [0, 0])[1] += 1
    return False


def _assign(scope: Scope, node: nodes.Assign) -> bool:
    term = UNKNOWN_TERM if node.value is None else value_of(scope, node.value)
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


def _augmented_assign(scope: Scope, node: nodes.AugmentedAssign) -> bool:
    term = value_of(scope, node.value)
    target = value_of(scope, node.target)
    if node.operator == "+":
        note_addition(scope, target, (ELEMENT, term))
        if type(node.target) is nodes.Name and node.target.name == "__all__":
            scope.facts.exports = (scope.facts.exports or []) + (_strings(node.value) or [])
    return False


def _return(scope: Scope, node: nodes.Return) -> bool:
    term = _NONE if node.value is None else keep(scope, value_of(scope, node.value))
    decided = scope.environment.get(DECIDED)
    scope.results.append(term if decided is None else (WHEN, decided[1], term))
    return True


def _raise(scope: Scope, node: nodes.Raise) -> bool:
    for part in (node.exception, node.cause):
        if part is not None:
            value_of(scope, part)
    return True


def _assert(scope: Scope, node: nodes.Assert) -> bool:
    value_of(scope, node.test)
    if node.message is not None:
        value_of(scope, node.message)
    apply_narrowings(scope, narrowings(scope, node.test, True))
    return type(node.test) is nodes.Name and node.test.name == "False"


def _delete(scope: Scope, node: nodes.Delete) -> bool:
    for target in node.targets:
        if type(target) is nodes.Name:
            scope.facts.terms[id(target)] = read_name(scope, target.name)
            scope.environment.pop(target.name, None)
        else:
            value_of(scope, target)
    return False


def _global(scope: Scope, node: nodes.Global) -> bool:
    scope.globals.update(node.names)
    for name in node.names:
        scope.environment.pop(name, None)
    return False


def _nonlocal(scope: Scope, node: nodes.Nonlocal) -> bool:
    scope.nonlocals.update(node.names)
    return False


def _jump(scope: Scope, node: nodes.Statement) -> bool:
    scope.jumps.append(scope.environment)
    return True


def _nothing(scope: Scope, node: nodes.Statement) -> bool:
    return False


def _type_alias(scope: Scope, node: nodes.TypeAlias) -> bool:
    bind_name(scope, node.name, value_of(scope, node.value))
    return False


# --- imports -------------------------------------------------------------------------------------


def _import(scope: Scope, node: nodes.Import) -> bool:
    for name, alias in node.names:
        if alias is not None:
            bind_name(scope, alias, (IMPORT, name, ""))
        else:
            top = name.partition(".")[0]
            bind_name(scope, top, (IMPORT, top, ""))
    return False


def _import_from(scope: Scope, node: nodes.ImportFrom) -> bool:
    module = absolute_module(scope.facts.package, node.module, node.level)
    for name, alias in node.names:
        bind_name(scope, alias or name, (IMPORT, module, name))
    return False


def _import_star(scope: Scope, node: nodes.ImportStar) -> bool:
    scope.facts.stars.append(absolute_module(scope.facts.package, node.module, node.level))
    return False


def absolute_module(package: str, module: str, level: int) -> str:
    """The module that ``from <level dots><module> import`` names inside `package`."""
    if level == 0:
        return module
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, module] if module else kept)


# --- functions and classes -----------------------------------------------------------------------


def _function(scope: Scope, node: nodes.FunctionDef) -> bool:
    facts = scope.facts
    qualname = scope.prefix + node.name
    if qualname in facts.functions:
        number = 2
        while f"{qualname}@{number}" in facts.functions:
            number += 1
        qualname = f"{qualname}@{number}"
    facts.functions[qualname] = FunctionSummary(
        qualname=qualname,
        is_async=node.is_async,
        is_generator=False,
        is_stub=False,
        parameters=read_parameters(scope, node.parameters),
        returns=None if node.returns is None else type_term(node.returns),
        results=(),
        yields=(),
        decorators=tuple([value_of(scope, decorator) for decorator in node.decorators]),
        type_parameters=_type_parameters(node.type_parameters),
        owner=scope.cls.qualname if scope.is_class and scope.cls is not None else "",
        parent=scope.function,
        definitions=(),
        variables={},
    )
    bind_name(scope, node.name, (FUNCTION, qualname))
    facts.terms[id(node)] = (FUNCTION, qualname)
    facts.bodies.append((node, qualname))
    facts.pending.append((node, scope, qualname))
    return False


def _type_parameters(parameters: list[nodes.TypeParameter]) -> tuple[TypeParameter, ...]:
    return tuple(
        TypeParameter(
            parameter.name,
            parameter.kind,
            None if parameter.bound is None else type_term(parameter.bound),
            None if parameter.default is None else type_term(parameter.default),
        )
        for parameter in parameters
    )


def _read_function_body(
    node: nodes.FunctionDef, outer: Scope, qualname: str, syntax: Syntax
) -> None:
    facts = outer.facts
    header = facts.functions[qualname]
    scope = Scope(facts, qualname, f"{qualname}.<locals>.", outer)
    scope.is_async = node.is_async
    scope.cls = outer.cls
    _bind_parameters(scope, node, header)
    reached = _read_block(scope, node.body)
    if reached and not (header.is_async and scope.yields):
        scope.results.append(_NONE)
    is_stub = _is_stub_body(node.body)
    variables = {name: either(terms) for name, terms in scope.every.items()}
    facts.functions[qualname] = FunctionSummary(
        qualname=qualname,
        is_async=header.is_async,
        is_generator=bool(scope.yields),
        is_stub=is_stub,
        parameters=header.parameters,
        returns=header.returns,
        results=tuple(dict.fromkeys(scope.results)) if header.returns is None else (),
        yields=tuple(dict.fromkeys(scope.yields)) if header.returns is None else (),
        decorators=header.decorators,
        type_parameters=header.type_parameters,
        owner=header.owner,
        parent=header.parent,
        definitions=tuple(scope.definitions),
        variables=variables,
    )


def _bind_parameters(scope: Scope, node: nodes.FunctionDef, header: FunctionSummary) -> None:
    for index, parameter in enumerate(node.parameters):
        term: Term = (PARAMETER, header.qualname, parameter.name)
        if index == 0 and header.owner and parameter.kind in (nodes.POSITIONAL, nodes.OPTIONAL):
            receiver = _receiver(header)
            if receiver is not None and parameter.annotation is None:
                term = receiver
                scope.in_class_method = receiver[0] == CLS
        scope.environment[parameter.name] = term
        scope.every[parameter.name] = [term]


def _receiver(header: FunctionSummary) -> Term | None:
    """What the first parameter of a method is: `self`, `cls`, or (static) an ordinary parameter."""
    names = {term[1] for term in header.decorators if term[0] == NAME}
    if "staticmethod" in names:
        return None
    base = header.qualname.rpartition(".")[2].partition("@")[0]
    if "classmethod" in names or base in {"__new__", "__init_subclass__", "__class_getitem__"}:
        return (CLS, header.owner)
    return (SELF, header.owner)


def _is_stub_body(body: nodes.Block) -> bool:
    for statement in body.statements:
        if isinstance(statement, nodes.Pass):
            continue
        if isinstance(statement, nodes.ExpressionStatement):
            if isinstance(statement.value, nodes.String | nodes.Ellipsis):
                continue
            return False
        if isinstance(statement, nodes.Raise) and statement.exception is not None:
            raised = statement.exception
            if isinstance(raised, nodes.Call):
                raised = raised.callee
            if isinstance(raised, nodes.Name) and raised.name == "NotImplementedError":
                continue
        return False
    return True


def _class(scope: Scope, node: nodes.ClassDef) -> bool:
    facts = scope.facts
    qualname = scope.prefix + node.name
    if qualname in facts.classes:
        number = 2
        while f"{qualname}@{number}" in facts.classes:
            number += 1
        qualname = f"{qualname}@{number}"
    cls = ClassFacts(qualname, node, scope.function)
    cls.bases = tuple([value_of(scope, base) for base in node.bases])
    cls.keywords = tuple([(name, value_of(scope, value)) for name, value in node.keywords])
    cls.decorators = tuple([value_of(scope, decorator) for decorator in node.decorators])
    facts.classes[qualname] = cls
    facts.bodies.append((node, qualname))
    bind_name(scope, node.name, (CLASS, qualname))
    facts.terms[id(node)] = (CLASS, qualname)
    inner = Scope(facts, scope.function, f"{qualname}.", scope)
    inner.cls = cls
    inner.is_class = True
    # What the class body binds is numbered among the definitions of the function around it.
    inner.definitions = scope.definitions
    inner.environment = scope.environment
    _read_block(inner, node.body)
    return False


_READERS: dict[type[nodes.Statement], Callable[[Scope, Any], bool]] = {
    nodes.ExpressionStatement: _expression_statement,
    nodes.Assign: _assign,
    nodes.AugmentedAssign: _augmented_assign,
    nodes.Return: _return,
    nodes.If: _if,
    nodes.For: _for,
    nodes.While: _while,
    nodes.With: _with,
    nodes.Try: _try,
    nodes.Match: _match,
    nodes.Raise: _raise,
    nodes.Assert: _assert,
    nodes.Delete: _delete,
    nodes.Global: _global,
    nodes.Nonlocal: _nonlocal,
    nodes.Import: _import,
    nodes.ImportFrom: _import_from,
    nodes.ImportStar: _import_star,
    nodes.Pass: _nothing,
    nodes.Break: _jump,
    nodes.Continue: _jump,
    nodes.FunctionDef: _function,
    nodes.ClassDef: _class,
    nodes.TypeAlias: _type_alias,
}
