"""The syntax tree: one small class for each construct of Python 3.8 to 3.15.

The names are those of the standard `ast` module wherever the construct is the same. A node holds
its parts in slots, and in `at` an opaque handle to its place: `Syntax.span(node)` turns it into a
`Span` on demand, because most nodes are never shown to anyone. For example ``await f(x)`` is

    Await(Call(Name("f"), [Name("x")], [POSITIONAL], [None]))

Differences from `ast`, all of them to keep the tree small:
- `True`, `False`, `None` are `Name` nodes; numbers are `Number`, whatever their type.
- Contexts (load, store, delete) are not recorded: where a node stands tells it.
- Annotations are *type nodes* (`NamedType` and kin), quoted ones included.
- ``elif`` is an `If` in the `orelse` of the outer one, placed where its test stands.
- Statements live in a `Block`, which knows whether the target Python can reach it at all.
"""

from __future__ import annotations

from collections.abc import Sequence

# Kinds of arguments, in calls and in parameter lists.
POSITIONAL = 0
OPTIONAL = 1  # a positional-or-keyword parameter with a default; never in calls
STAR = 2
NAMED = 3
DOUBLE_STAR = 4
NAMED_OPTIONAL = 5  # a keyword-only parameter with a default; never in calls


class Node:
    """Anything with a place in the text."""

    __slots__ = ("at",)

    def __init__(self, at: int) -> None:
        self.at = at


class Expression(Node):
    __slots__ = ()


class Statement(Node):
    __slots__ = ()


class TypeNode(Node):
    __slots__ = ()


class Pattern(Node):
    __slots__ = ()


class Block:
    """Statements in order. `unreachable`: the target version or platform never runs them."""

    __slots__ = ("statements", "unreachable")

    def __init__(self, statements: list[Statement], unreachable: bool) -> None:
        self.statements = statements
        self.unreachable = unreachable


# --- expressions ---------------------------------------------------------------------------------


class Name(Expression):
    __slots__ = ("name",)

    def __init__(self, name: str, at: int) -> None:
        self.name = name
        self.at = at


class Attribute(Expression):
    __slots__ = ("attribute", "value")

    def __init__(self, value: Expression, attribute: str, at: int) -> None:
        self.value = value
        self.attribute = attribute
        self.at = at


class Call(Expression):
    """`kinds[i]` and `keywords[i]` belong to `arguments[i]`; keywords are `None` unless `NAMED`."""

    __slots__ = ("arguments", "callee", "keywords", "kinds")

    def __init__(
        self,
        callee: Expression,
        arguments: list[Expression],
        kinds: Sequence[int],
        keywords: Sequence[str | None],
        at: int,
    ) -> None:
        self.callee = callee
        self.arguments = arguments
        self.kinds = kinds
        self.keywords = keywords
        self.at = at


class Await(Expression):
    __slots__ = ("value",)

    def __init__(self, value: Expression, at: int) -> None:
        self.value = value
        self.at = at


class String(Expression):
    """A plain or concatenated string literal without interpolation."""

    __slots__ = ("value",)

    def __init__(self, value: str, at: int) -> None:
        self.value = value
        self.at = at


class Bytes(Expression):
    __slots__ = ()


class Number(Expression):
    """`value` is `None` unless it is an int that fits the common encoding (indices, flags)."""

    __slots__ = ("value",)

    def __init__(self, value: int | None, at: int) -> None:
        self.value = value
        self.at = at


class Ellipsis(Expression):
    __slots__ = ()


class FormattedString(Expression):
    """An f-string or t-string: `values` are the interpolated expressions, format specs included."""

    __slots__ = ("is_template", "values")

    def __init__(self, values: list[Expression], is_template: bool, at: int) -> None:
        self.values = values
        self.is_template = is_template
        self.at = at


class Collection(Expression):
    """Base of tuple, list and set displays."""

    __slots__ = ("elements",)

    def __init__(self, elements: list[Expression], at: int) -> None:
        self.elements = elements
        self.at = at


class Tuple(Collection):
    __slots__ = ()


class List(Collection):
    __slots__ = ()


class Set(Collection):
    __slots__ = ()


class Dict(Expression):
    """`keys[i]` is `None` for ``**values[i]``."""

    __slots__ = ("keys", "values")

    def __init__(self, keys: list[Expression | None], values: list[Expression], at: int) -> None:
        self.keys = keys
        self.values = values
        self.at = at


class Subscript(Expression):
    __slots__ = ("index", "value")

    def __init__(self, value: Expression, index: Expression, at: int) -> None:
        self.value = value
        self.index = index
        self.at = at


class Slice(Expression):
    __slots__ = ("lower", "step", "upper")

    def __init__(
        self,
        lower: Expression | None,
        upper: Expression | None,
        step: Expression | None,
        at: int,
    ) -> None:
        self.lower = lower
        self.upper = upper
        self.step = step
        self.at = at


class Starred(Expression):
    __slots__ = ("value",)

    def __init__(self, value: Expression, at: int) -> None:
        self.value = value
        self.at = at


class BooleanOperation(Expression):
    """`operator` is ``and`` or ``or``; two or more `values`."""

    __slots__ = ("operator", "values")

    def __init__(self, operator: str, values: list[Expression], at: int) -> None:
        self.operator = operator
        self.values = values
        self.at = at


class UnaryOperation(Expression):
    """`operator` is one of ``~ not + -``."""

    __slots__ = ("operand", "operator")

    def __init__(self, operator: str, operand: Expression, at: int) -> None:
        self.operator = operator
        self.operand = operand
        self.at = at


class BinaryOperation(Expression):
    """Its place is from the start of `left` to the end of `right` (see `Syntax.span`)."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression, at: int) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.at = at


class Comparison(Expression):
    """``left operators[0] comparators[0] operators[1] …``"""

    __slots__ = ("comparators", "left", "operators")

    def __init__(
        self, left: Expression, operators: list[str], comparators: list[Expression], at: int
    ) -> None:
        self.left = left
        self.operators = operators
        self.comparators = comparators
        self.at = at


class Conditional(Expression):
    """``body if test else orelse``"""

    __slots__ = ("body", "orelse", "test")

    def __init__(self, test: Expression, body: Expression, orelse: Expression, at: int) -> None:
        self.test = test
        self.body = body
        self.orelse = orelse
        self.at = at


class Walrus(Expression):
    """``(target := value)``"""

    __slots__ = ("target", "value")

    def __init__(self, target: Expression, value: Expression, at: int) -> None:
        self.target = target
        self.value = value
        self.at = at


class Lambda(Expression):
    __slots__ = ("body", "parameters")

    def __init__(self, parameters: list[Parameter], body: Expression, at: int) -> None:
        self.parameters = parameters
        self.body = body
        self.at = at


class Generator:
    """One ``[async] for target in iterable [if …]*`` of a comprehension."""

    __slots__ = ("conditions", "is_async", "iterable", "target")

    def __init__(
        self,
        target: Expression,
        iterable: Expression,
        conditions: list[Expression],
        is_async: bool,
    ) -> None:
        self.target = target
        self.iterable = iterable
        self.conditions = conditions
        self.is_async = is_async


class Comprehension(Expression):
    """`kind` is ``list``, ``set``, ``dict`` or ``generator``; `key` only for dicts."""

    __slots__ = ("element", "generators", "key", "kind")

    def __init__(
        self,
        kind: str,
        key: Expression | None,
        element: Expression,
        generators: list[Generator],
        at: int,
    ) -> None:
        self.kind = kind
        self.key = key
        self.element = element
        self.generators = generators
        self.at = at


class Yield(Expression):
    __slots__ = ("value",)

    def __init__(self, value: Expression | None, at: int) -> None:
        self.value = value
        self.at = at


class YieldFrom(Expression):
    __slots__ = ("value",)

    def __init__(self, value: Expression, at: int) -> None:
        self.value = value
        self.at = at


# --- statements ----------------------------------------------------------------------------------


class ExpressionStatement(Statement):
    """Its place is that of its expression."""

    __slots__ = ("value",)

    def __init__(self, value: Expression, at: int) -> None:
        self.value = value
        self.at = at


class Assign(Statement):
    """``t1 = t2 = value``; with an annotation there is one target and `value` may be missing."""

    __slots__ = ("annotation", "targets", "value")

    def __init__(
        self,
        targets: list[Expression],
        value: Expression | None,
        annotation: TypeNode | None,
        at: int,
    ) -> None:
        self.targets = targets
        self.value = value
        self.annotation = annotation
        self.at = at


class AugmentedAssign(Statement):
    __slots__ = ("operator", "target", "value")

    def __init__(self, operator: str, target: Expression, value: Expression, at: int) -> None:
        self.operator = operator
        self.target = target
        self.value = value
        self.at = at


class Return(Statement):
    __slots__ = ("value",)

    def __init__(self, value: Expression | None, at: int) -> None:
        self.value = value
        self.at = at


class If(Statement):
    __slots__ = ("body", "orelse", "test")

    def __init__(self, test: Expression, body: Block, orelse: Block | None, at: int) -> None:
        self.test = test
        self.body = body
        self.orelse = orelse
        self.at = at


class For(Statement):
    __slots__ = ("body", "is_async", "iterable", "orelse", "target")

    def __init__(
        self,
        target: Expression,
        iterable: Expression,
        body: Block,
        orelse: Block | None,
        is_async: bool,
        at: int,
    ) -> None:
        self.target = target
        self.iterable = iterable
        self.body = body
        self.orelse = orelse
        self.is_async = is_async
        self.at = at


class While(Statement):
    __slots__ = ("body", "orelse", "test")

    def __init__(self, test: Expression, body: Block, orelse: Block | None, at: int) -> None:
        self.test = test
        self.body = body
        self.orelse = orelse
        self.at = at


class With(Statement):
    """`targets[i]` is what stands after ``as`` for `contexts[i]`, if anything does."""

    __slots__ = ("body", "contexts", "is_async", "targets")

    def __init__(
        self,
        contexts: list[Expression],
        targets: list[Expression | None],
        body: Block,
        is_async: bool,
        at: int,
    ) -> None:
        self.contexts = contexts
        self.targets = targets
        self.body = body
        self.is_async = is_async
        self.at = at


class Handler:
    """``except [*] type as name: body``; `name_at` is the place of the name, 0 without one."""

    __slots__ = ("body", "name", "name_at", "type")

    def __init__(
        self, type: Expression | None, name: str | None, body: Block, name_at: int
    ) -> None:
        self.type = type
        self.name = name
        self.body = body
        self.name_at = name_at


class Try(Statement):
    __slots__ = ("body", "finalbody", "handlers", "is_star", "orelse")

    def __init__(
        self,
        body: Block,
        handlers: list[Handler],
        orelse: Block | None,
        finalbody: Block | None,
        is_star: bool,
        at: int,
    ) -> None:
        self.body = body
        self.handlers = handlers
        self.orelse = orelse
        self.finalbody = finalbody
        self.is_star = is_star
        self.at = at


class Case:
    __slots__ = ("body", "guard", "pattern")

    def __init__(self, pattern: Pattern, guard: Expression | None, body: Block) -> None:
        self.pattern = pattern
        self.guard = guard
        self.body = body


class Match(Statement):
    __slots__ = ("cases", "subject")

    def __init__(self, subject: Expression, cases: list[Case], at: int) -> None:
        self.subject = subject
        self.cases = cases
        self.at = at


class Raise(Statement):
    __slots__ = ("cause", "exception")

    def __init__(self, exception: Expression | None, cause: Expression | None, at: int) -> None:
        self.exception = exception
        self.cause = cause
        self.at = at


class Assert(Statement):
    __slots__ = ("message", "test")

    def __init__(self, test: Expression, message: Expression | None, at: int) -> None:
        self.test = test
        self.message = message
        self.at = at


class Delete(Statement):
    __slots__ = ("targets",)

    def __init__(self, targets: list[Expression], at: int) -> None:
        self.targets = targets
        self.at = at


class Global(Statement):
    __slots__ = ("names",)

    def __init__(self, names: list[str], at: int) -> None:
        self.names = names
        self.at = at


class Nonlocal(Statement):
    __slots__ = ("names",)

    def __init__(self, names: list[str], at: int) -> None:
        self.names = names
        self.at = at


class Import(Statement):
    """``import a.b as c``: `names` are ``("a.b", "c")`` pairs, `None` without ``as``."""

    __slots__ = ("names",)

    def __init__(self, names: list[tuple[str, str | None]], at: int) -> None:
        self.names = names
        self.at = at


class ImportFrom(Statement):
    """``from ..module import a as b``: `level` counts the dots, `module` may be empty."""

    __slots__ = ("level", "module", "names")

    def __init__(
        self, module: str, level: int, names: list[tuple[str, str | None]], at: int
    ) -> None:
        self.module = module
        self.level = level
        self.names = names
        self.at = at


class ImportStar(Statement):
    __slots__ = ("level", "module")

    def __init__(self, module: str, level: int, at: int) -> None:
        self.module = module
        self.level = level
        self.at = at


class Pass(Statement):
    __slots__ = ()


class Break(Statement):
    __slots__ = ()


class Continue(Statement):
    __slots__ = ()


class Parameter(Node):
    """`kind` is one of the kinds above; `positional_only` as by ``/``. `default` may be missing."""

    __slots__ = ("annotation", "default", "kind", "name", "positional_only")

    def __init__(
        self,
        name: str,
        kind: int,
        annotation: TypeNode | None,
        default: Expression | None,
        positional_only: bool,
        at: int,
    ) -> None:
        self.name = name
        self.kind = kind
        self.annotation = annotation
        self.default = default
        self.positional_only = positional_only
        self.at = at


class TypeParameter:
    """PEP 695: `kind` is 0 for a TypeVar, 1 for a ParamSpec, 2 for a TypeVarTuple."""

    __slots__ = ("bound", "constraints", "default", "kind", "name")

    def __init__(
        self,
        name: str,
        kind: int,
        bound: TypeNode | None,
        constraints: list[TypeNode],
        default: TypeNode | None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.bound = bound
        self.constraints = constraints
        self.default = default


class FunctionDef(Statement):
    """``def`` or ``async def``; its place starts at ``def``/``async``, not at a decorator."""

    __slots__ = (
        "body",
        "decorators",
        "is_async",
        "is_generator",
        "name",
        "parameters",
        "returns",
        "type_parameters",
    )

    def __init__(
        self,
        name: str,
        parameters: list[Parameter],
        body: Block,
        is_async: bool,
        is_generator: bool,
        type_parameters: list[TypeParameter],
        returns: TypeNode | None,
        decorators: list[Expression],
        at: int,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.is_async = is_async
        self.is_generator = is_generator
        self.type_parameters = type_parameters
        self.returns = returns
        self.decorators = decorators
        self.at = at


class ClassDef(Statement):
    """`keywords` are ``(name, value)`` pairs such as ``metaclass=ABCMeta``; name "" for ``**``."""

    __slots__ = ("bases", "body", "decorators", "keywords", "name", "type_parameters")

    def __init__(
        self,
        name: str,
        bases: list[Expression],
        keywords: list[tuple[str, Expression]],
        body: Block,
        type_parameters: list[TypeParameter],
        decorators: list[Expression],
        at: int,
    ) -> None:
        self.name = name
        self.bases = bases
        self.keywords = keywords
        self.body = body
        self.type_parameters = type_parameters
        self.decorators = decorators
        self.at = at


class TypeAlias(Statement):
    """``type name[parameters] = value``"""

    __slots__ = ("name", "type_parameters", "value")

    def __init__(
        self, name: str, type_parameters: list[TypeParameter], value: Expression, at: int
    ) -> None:
        self.name = name
        self.type_parameters = type_parameters
        self.value = value
        self.at = at


# --- annotations ---------------------------------------------------------------------------------


class NamedType(TypeNode):
    """``a.b.C[arguments]``; a quoted annotation is parsed and looks the same."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: list[TypeNode], at: int) -> None:
        self.name = name
        self.arguments = arguments
        self.at = at


class UnionType(TypeNode):
    """``X | Y`` only: ``Union[X, Y]`` and ``Optional[X]`` are `NamedType`."""

    __slots__ = ("items",)

    def __init__(self, items: list[TypeNode], at: int) -> None:
        self.items = items
        self.at = at


class TypeList(TypeNode):
    """The ``[A, B]`` of ``Callable[[A, B], C]``, and a bare tuple of types."""

    __slots__ = ("items",)

    def __init__(self, items: list[TypeNode], at: int) -> None:
        self.items = items
        self.at = at


class LiteralType(TypeNode):
    """A literal in a type: string, int, bool or `None`, as in ``Literal["a"]``."""

    __slots__ = ("value",)

    def __init__(self, value: str | int | bool | None, at: int) -> None:
        self.value = value
        self.at = at


class EllipsisType(TypeNode):
    __slots__ = ()


class UnpackedType(TypeNode):
    """``*Ts``"""

    __slots__ = ("value",)

    def __init__(self, value: TypeNode, at: int) -> None:
        self.value = value
        self.at = at


class OtherType(TypeNode):
    """Anything an annotation may hold that is not a type we use."""

    __slots__ = ()


# --- patterns ------------------------------------------------------------------------------------


class CapturePattern(Pattern):
    """``pattern as name``, a bare name, or ``_`` (both parts missing)."""

    __slots__ = ("name", "pattern")

    def __init__(self, pattern: Pattern | None, name: str | None, at: int) -> None:
        self.pattern = pattern
        self.name = name
        self.at = at


class OrPattern(Pattern):
    __slots__ = ("patterns",)

    def __init__(self, patterns: list[Pattern], at: int) -> None:
        self.patterns = patterns
        self.at = at


class ValuePattern(Pattern):
    """A literal or dotted name; also ``None``, ``True``, ``False`` as `Name`."""

    __slots__ = ("value",)

    def __init__(self, value: Expression, at: int) -> None:
        self.value = value
        self.at = at


class SequencePattern(Pattern):
    __slots__ = ("patterns",)

    def __init__(self, patterns: list[Pattern], at: int) -> None:
        self.patterns = patterns
        self.at = at


class StarPattern(Pattern):
    __slots__ = ("name",)

    def __init__(self, name: str | None, at: int) -> None:
        self.name = name
        self.at = at


class MappingPattern(Pattern):
    __slots__ = ("keys", "patterns", "rest")

    def __init__(
        self, keys: list[Expression], patterns: list[Pattern], rest: str | None, at: int
    ) -> None:
        self.keys = keys
        self.patterns = patterns
        self.rest = rest
        self.at = at


class ClassPattern(Pattern):
    """``cls(*patterns, **keywords)``; `keywords` are ``(attribute, pattern)`` pairs."""

    __slots__ = ("cls", "keywords", "patterns")

    def __init__(
        self,
        cls: Expression,
        patterns: list[Pattern],
        keywords: list[tuple[str, Pattern]],
        at: int,
    ) -> None:
        self.cls = cls
        self.patterns = patterns
        self.keywords = keywords
        self.at = at
