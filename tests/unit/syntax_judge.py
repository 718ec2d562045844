"""The standard `ast` module as the judge of our tree: both read a text, the trees are compared.

`differences(text)` walks both trees side by side and yields a line for each place where they do
not say the same: another kind of node, another name or operator, another number of parts, or
another place. Everything is compared but the values of strings, bytes and numbers.

Differences by design, which the walk allows for exactly and does not report:
- `True`, `False`, `None` are names; an expression statement stands where its expression does.
- An ``elif`` stands where its test does.
- The place of a binary operator leaves out parentheses around its outer operands, that of a
  generator those of the call whose only argument it is; that of ``*args`` has the star.
- A function's type comment counts as annotations.
- ``del (a, b)`` is ``del a, b``; a class's ``**keywords`` are dropped by the parser.
- A block whose last line ends in ``;`` ends before it.
- Parameters up to one named like ``__x`` are positional-only, as PEP 484 has it.
- A list that is assigned to is a tuple.
- What stands in an f-string has no reliable place in `ast` before Python 3.12.
- Annotations are compared as far as they are dotted names, subscripts, unions and lists.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence

from corolint.syntax import Syntax, nodes, parse
from corolint.text import Span, from_utf8_column

BINARY = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.Mod: "%",
    ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^",
    ast.BitAnd: "&", ast.FloorDiv: "//",
}  # fmt: skip
COMPARISON = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
UNARY = {ast.Invert: "~", ast.Not: "not", ast.UAdd: "+", ast.USub: "-"}
COMPREHENSIONS = {
    ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "generator",
}  # fmt: skip
SAME_NAME = {
    "Assert", "Await", "Break", "Continue", "Delete", "Dict", "Global", "If", "Import", "Lambda",
    "Match", "Name", "Nonlocal", "Pass", "Raise", "Return", "Set", "Slice", "Starred", "Subscript",
    "Tuple", "While", "Yield", "YieldFrom", "Attribute", "Call", "ClassDef", "List", "TypeAlias",
}  # fmt: skip
OTHER_NAME = {
    "AnnAssign": "Assign",
    "Assign": "Assign",
    "AsyncFor": "For",
    "AsyncFunctionDef": "FunctionDef",
    "AsyncWith": "With",
    "AugAssign": "AugmentedAssign",
    "BinOp": "BinaryOperation",
    "BoolOp": "BooleanOperation",
    "Compare": "Comparison",
    "DictComp": "Comprehension",
    "Expr": "ExpressionStatement",
    "For": "For",
    "FunctionDef": "FunctionDef",
    "GeneratorExp": "Comprehension",
    "IfExp": "Conditional",
    "JoinedStr": "FormattedString",
    "ListComp": "Comprehension",
    "NamedExpr": "Walrus",
    "SetComp": "Comprehension",
    "TemplateStr": "FormattedString",
    "Try": "Try",
    "TryStar": "Try",
    "UnaryOp": "UnaryOperation",
    "With": "With",
    "MatchAs": "CapturePattern",
    "MatchOr": "OrPattern",
    "MatchValue": "ValuePattern",
    "MatchSingleton": "ValuePattern",
    "MatchSequence": "SequencePattern",
    "MatchStar": "StarPattern",
    "MatchMapping": "MappingPattern",
    "MatchClass": "ClassPattern",
}
PARENTHESES = re.compile(r"(?:[()\s\\]|#[^\n]*)*")
SEMICOLON = re.compile(r"\s*;?")
STARS = re.compile(r"\*{0,2}\s*")


def differences(text: str) -> Iterator[str]:
    """What our tree of `text` says otherwise than `ast`, which must accept the text."""
    syntax = parse(text, python_version=sys.version_info[:2], platform=sys.platform)
    for error in syntax.errors:
        yield f"{error.line}:{error.column}: error {error.message}"
    judge = _Judge(syntax)
    yield from judge.statements(syntax.tree, ast.parse(text).body)


def _yields(function: ast.FunctionDef) -> bool:
    """Whether a ``yield`` stands in the body, but not in a function inside it."""
    inner: list[ast.AST] = list(function.body)
    while inner:
        node = inner.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner += [*node.decorator_list, *node.args.defaults]
        elif not isinstance(node, ast.Lambda):
            inner += ast.iter_child_nodes(node)
    return False


class _Judge:
    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.in_formatted_string = False
        self.ascii = syntax.text.isascii()

    # --- places

    def place(self, theirs: ast.AST) -> Span:
        """A place of `ast`, in code points."""
        start, end = theirs.col_offset, theirs.end_col_offset  # type: ignore[attr-defined]
        line, end_line = theirs.lineno, theirs.end_lineno  # type: ignore[attr-defined]
        if not self.ascii:
            start = from_utf8_column(self.syntax.lines[line - 1], start)
            end = from_utf8_column(self.syntax.lines[end_line - 1], end)
        return Span(line, start, end_line, end)

    def same_place(self, ours: nodes.Node, theirs: ast.AST) -> Iterator[str]:
        if self.in_formatted_string and sys.version_info < (3, 12):
            return
        mine, other = self.syntax.span(ours), self.place(theirs)
        if mine == other:
            return
        if _may_leave_out_parentheses(ours) and self.differ_by(mine, other, PARENTHESES):
            return
        if isinstance(ours, nodes.Statement) and self.differ_by(mine, other, SEMICOLON):
            return
        if isinstance(ours, nodes.Parameter) and self.differ_by(other, mine, STARS):
            return
        yield f"{tuple(mine)} is {tuple(other)} for {type(theirs).__name__}"

    def differ_by(self, inner: Span, outer: Span, more: re.Pattern[str]) -> bool:
        """Whether `outer` is `inner` with nothing but what `more` matches around it."""
        before = self.cut(Span(outer.line, outer.column, inner.line, inner.column))
        after = self.cut(Span(inner.end_line, inner.end_column, outer.end_line, outer.end_column))
        return bool(more.fullmatch(before) and more.fullmatch(after))

    def cut(self, span: Span) -> str:
        lines = self.syntax.lines[span.line - 1 : span.end_line]
        if not lines:
            return "?"
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        return "\n".join(lines)

    # --- lists

    def statements(self, ours: nodes.Block | None, theirs: list[ast.stmt]) -> Iterator[str]:
        yield from self.all(ours.statements if ours else [], theirs)

    def all(
        self, ours: Sequence[nodes.Node | None], theirs: Sequence[ast.AST | None]
    ) -> Iterator[str]:
        if len(ours) != len(theirs):
            yield f"{len(ours)} parts are {len(theirs)}: {ours[:1]} {theirs[:1]}"
            return
        for mine, other in zip(ours, theirs, strict=True):
            yield from self.node(mine, other)

    def equal(self, ours: object, theirs: object, where: ast.AST) -> Iterator[str]:
        if ours != theirs:
            line = getattr(where, "lineno", "?")
            yield f"{line}: {ours!r} is {theirs!r} in {type(where).__name__}"

    # --- nodes

    def node(self, ours: nodes.Node | None, theirs: ast.AST | None) -> Iterator[str]:
        if ours is None or theirs is None:
            if ours is not theirs:
                yield f"{ours} is {theirs}"
            return
        kind = type(theirs).__name__
        if isinstance(theirs, ast.Constant):
            kind = _constant_kind(theirs.value)
        elif kind in OTHER_NAME:
            kind = OTHER_NAME[kind]
        elif kind == "ImportFrom":
            kind = "ImportStar" if theirs.names[0].name == "*" else "ImportFrom"  # type: ignore[attr-defined]
        elif kind not in SAME_NAME:
            raise AssertionError(f"the judge does not know {kind}")
        if kind == "List" and isinstance(theirs.ctx, ast.Store):  # type: ignore[attr-defined]
            kind = "Tuple"
        if type(ours).__name__ != kind:
            yield f"{type(ours).__name__} is {kind} in line {getattr(theirs, 'lineno', '?')}"
            return
        if not isinstance(ours, nodes.ExpressionStatement):
            yield from self.same_place(ours, theirs)
        yield from getattr(self, kind)(ours, theirs)

    def ExpressionStatement(
        self, ours: nodes.ExpressionStatement, theirs: ast.Expr
    ) -> Iterator[str]:
        yield from self.equal(self.syntax.span(ours), self.syntax.span(ours.value), theirs)
        yield from self.node(ours.value, theirs.value)

    def Name(self, ours: nodes.Name, theirs: ast.Name | ast.Constant) -> Iterator[str]:
        name = theirs.id if isinstance(theirs, ast.Name) else str(theirs.value)
        yield from self.equal(ours.name, name, theirs)

    def Attribute(self, ours: nodes.Attribute, theirs: ast.Attribute) -> Iterator[str]:
        yield from self.equal(ours.attribute, theirs.attr, theirs)
        yield from self.node(ours.value, theirs.value)

    def Call(self, ours: nodes.Call, theirs: ast.Call) -> Iterator[str]:
        yield from self.node(ours.callee, theirs.func)
        wanted: list[tuple[int, str | None, ast.expr]] = []
        for argument in theirs.args:
            if isinstance(argument, ast.Starred):
                wanted.append((nodes.STAR, None, argument.value))
            else:
                wanted.append((nodes.POSITIONAL, None, argument))
        for keyword in theirs.keywords:
            kind = nodes.NAMED if keyword.arg else nodes.DOUBLE_STAR
            wanted.append((kind, keyword.arg, keyword.value))
        yield from self.equal(list(ours.kinds), [item[0] for item in wanted], theirs)
        yield from self.equal(list(ours.keywords), [item[1] for item in wanted], theirs)
        yield from self.all(ours.arguments, [item[2] for item in wanted])

    def Await(self, ours: nodes.Await, theirs: ast.Await) -> Iterator[str]:
        yield from self.node(ours.value, theirs.value)

    def leaf(self, ours: nodes.Node, theirs: ast.AST) -> Iterator[str]:
        return iter(())

    String = Bytes = Number = Ellipsis = Pass = Break = Continue = leaf

    def FormattedString(self, ours: nodes.FormattedString, theirs: ast.JoinedStr) -> Iterator[str]:
        outer, self.in_formatted_string = self.in_formatted_string, True
        yield from self.all(ours.values, list(_interpolated(theirs)))
        self.in_formatted_string = outer

    def Tuple(
        self, ours: nodes.Collection, theirs: ast.Tuple | ast.List | ast.Set
    ) -> Iterator[str]:
        yield from self.all(ours.elements, theirs.elts)

    List = Set = Tuple

    def Dict(self, ours: nodes.Dict, theirs: ast.Dict) -> Iterator[str]:
        yield from self.all(ours.keys, theirs.keys)
        yield from self.all(ours.values, theirs.values)

    def Subscript(self, ours: nodes.Subscript, theirs: ast.Subscript) -> Iterator[str]:
        yield from self.node(ours.value, theirs.value)
        yield from self.node(ours.index, theirs.slice)

    def Slice(self, ours: nodes.Slice, theirs: ast.Slice) -> Iterator[str]:
        yield from self.all(
            [ours.lower, ours.upper, ours.step], [theirs.lower, theirs.upper, theirs.step]
        )

    def Starred(self, ours: nodes.Starred, theirs: ast.Starred) -> Iterator[str]:
        yield from self.node(ours.value, theirs.value)

    def BooleanOperation(self, ours: nodes.BooleanOperation, theirs: ast.BoolOp) -> Iterator[str]:
        yield from self.equal(ours.operator, type(theirs.op).__name__.lower(), theirs)
        yield from self.all(ours.values, theirs.values)

    def UnaryOperation(self, ours: nodes.UnaryOperation, theirs: ast.UnaryOp) -> Iterator[str]:
        yield from self.equal(ours.operator, UNARY[type(theirs.op)], theirs)
        yield from self.node(ours.operand, theirs.operand)

    def BinaryOperation(self, ours: nodes.BinaryOperation, theirs: ast.BinOp) -> Iterator[str]:
        yield from self.equal(ours.operator, BINARY[type(theirs.op)], theirs)
        yield from self.all([ours.left, ours.right], [theirs.left, theirs.right])

    def Comparison(self, ours: nodes.Comparison, theirs: ast.Compare) -> Iterator[str]:
        yield from self.equal(ours.operators, [COMPARISON[type(o)] for o in theirs.ops], theirs)
        yield from self.all([ours.left, *ours.comparators], [theirs.left, *theirs.comparators])

    def Conditional(self, ours: nodes.Conditional, theirs: ast.IfExp) -> Iterator[str]:
        yield from self.all(
            [ours.test, ours.body, ours.orelse], [theirs.test, theirs.body, theirs.orelse]
        )

    def Walrus(self, ours: nodes.Walrus, theirs: ast.NamedExpr) -> Iterator[str]:
        yield from self.all([ours.target, ours.value], [theirs.target, theirs.value])

    def Lambda(self, ours: nodes.Lambda, theirs: ast.Lambda) -> Iterator[str]:
        yield from self.parameters(ours.parameters, theirs.args)
        yield from self.node(ours.body, theirs.body)

    def Comprehension(self, ours: nodes.Comprehension, theirs: ast.ListComp) -> Iterator[str]:
        yield from self.equal(ours.kind, COMPREHENSIONS[type(theirs)], theirs)
        if isinstance(theirs, ast.DictComp):
            yield from self.all([ours.key, ours.element], [theirs.key, theirs.value])
        else:
            yield from self.all([ours.key, ours.element], [None, theirs.elt])
        yield from self.equal(len(ours.generators), len(theirs.generators), theirs)
        for mine, other in zip(ours.generators, theirs.generators, strict=False):
            yield from self.all([mine.target, mine.iterable], [other.target, other.iter])
            yield from self.all(mine.conditions, other.ifs)
            yield from self.equal(mine.is_async, bool(other.is_async), theirs)

    def Yield(self, ours: nodes.Yield, theirs: ast.Yield) -> Iterator[str]:
        yield from self.node(ours.value, theirs.value)

    YieldFrom = Return = Yield

    def Assign(self, ours: nodes.Assign, theirs: ast.Assign | ast.AnnAssign) -> Iterator[str]:
        if isinstance(theirs, ast.AnnAssign):
            yield from self.all(ours.targets, [theirs.target])
            yield from self.annotation(ours.annotation, theirs.annotation)
        else:
            yield from self.all(ours.targets, theirs.targets)
            yield from self.annotation(ours.annotation, None)
        yield from self.node(ours.value, theirs.value)

    def AugmentedAssign(self, ours: nodes.AugmentedAssign, theirs: ast.AugAssign) -> Iterator[str]:
        yield from self.equal(ours.operator, BINARY[type(theirs.op)], theirs)
        yield from self.all([ours.target, ours.value], [theirs.target, theirs.value])

    def If(self, ours: nodes.If, theirs: ast.If) -> Iterator[str]:
        yield from self.node(ours.test, theirs.test)
        yield from self.statements(ours.body, theirs.body)
        if len(theirs.orelse) == 1 and isinstance(theirs.orelse[0], ast.If):
            # Both spellings, `elif` and `else: if`, look alike in `ast` but for their place.
            mine, other = ours.orelse, theirs.orelse[0]
            inner = mine.statements[0] if mine and len(mine.statements) == 1 else None
            if isinstance(inner, nodes.If) and self.syntax.span(inner) != self.place(other):
                yield from self.equal(self.syntax.span(inner), self.syntax.span(inner.test), other)
                word = self.cut(self.place(other))[:4]
                yield from self.equal("elif", word, other)
                yield from self.If(inner, other)
                return
        yield from self.statements(ours.orelse, theirs.orelse)

    def For(self, ours: nodes.For, theirs: ast.For | ast.AsyncFor) -> Iterator[str]:
        yield from self.equal(ours.is_async, isinstance(theirs, ast.AsyncFor), theirs)
        yield from self.all([ours.target, ours.iterable], [theirs.target, theirs.iter])
        yield from self.statements(ours.body, theirs.body)
        yield from self.statements(ours.orelse, theirs.orelse)

    def While(self, ours: nodes.While, theirs: ast.While) -> Iterator[str]:
        yield from self.node(ours.test, theirs.test)
        yield from self.statements(ours.body, theirs.body)
        yield from self.statements(ours.orelse, theirs.orelse)

    def With(self, ours: nodes.With, theirs: ast.With | ast.AsyncWith) -> Iterator[str]:
        yield from self.equal(ours.is_async, isinstance(theirs, ast.AsyncWith), theirs)
        yield from self.all(ours.contexts, [item.context_expr for item in theirs.items])
        yield from self.all(ours.targets, [item.optional_vars for item in theirs.items])
        yield from self.statements(ours.body, theirs.body)

    def Try(self, ours: nodes.Try, theirs: ast.Try) -> Iterator[str]:
        yield from self.equal(ours.is_star, type(theirs).__name__ == "TryStar", theirs)
        yield from self.statements(ours.body, theirs.body)
        yield from self.equal(len(ours.handlers), len(theirs.handlers), theirs)
        for mine, other in zip(ours.handlers, theirs.handlers, strict=False):
            yield from self.node(mine.type, other.type)
            yield from self.equal(mine.name, other.name, other)
            if mine.name is not None:
                place = self.cut(self.syntax.span_at(mine.name_at))
                yield from self.equal(place, other.name, other)
            yield from self.statements(mine.body, other.body)
        yield from self.statements(ours.orelse, theirs.orelse)
        yield from self.statements(ours.finalbody, theirs.finalbody)

    def Raise(self, ours: nodes.Raise, theirs: ast.Raise) -> Iterator[str]:
        yield from self.all([ours.exception, ours.cause], [theirs.exc, theirs.cause])

    def Assert(self, ours: nodes.Assert, theirs: ast.Assert) -> Iterator[str]:
        yield from self.all([ours.test, ours.message], [theirs.test, theirs.msg])

    def Delete(self, ours: nodes.Delete, theirs: ast.Delete) -> Iterator[str]:
        targets = theirs.targets
        if len(targets) == 1 and isinstance(targets[0], ast.Tuple):
            targets = targets[0].elts
        yield from self.all(ours.targets, targets)

    def Global(self, ours: nodes.Global, theirs: ast.Global) -> Iterator[str]:
        yield from self.equal(ours.names, theirs.names, theirs)

    Nonlocal = Global

    def Import(self, ours: nodes.Import, theirs: ast.Import) -> Iterator[str]:
        yield from self.equal(ours.names, [(a.name, a.asname) for a in theirs.names], theirs)

    def ImportFrom(self, ours: nodes.ImportFrom, theirs: ast.ImportFrom) -> Iterator[str]:
        yield from self.equal(ours.names, [(a.name, a.asname) for a in theirs.names], theirs)
        yield from self.ImportStar(ours, theirs)

    def ImportStar(
        self, ours: nodes.ImportStar | nodes.ImportFrom, theirs: ast.ImportFrom
    ) -> Iterator[str]:
        yield from self.equal(ours.module, theirs.module or "", theirs)
        yield from self.equal(ours.level, theirs.level, theirs)

    def FunctionDef(self, ours: nodes.FunctionDef, theirs: ast.FunctionDef) -> Iterator[str]:
        yield from self.equal(ours.name, theirs.name, theirs)
        yield from self.equal(ours.is_async, isinstance(theirs, ast.AsyncFunctionDef), theirs)
        yield from self.equal(ours.is_generator, _yields(theirs), theirs)
        yield from self.all(ours.decorators, theirs.decorator_list)
        yield from self.type_parameters(ours.type_parameters, theirs)
        yield from self.parameters(ours.parameters, theirs.args)
        yield from self.annotation(ours.returns, theirs.returns)
        yield from self.statements(ours.body, theirs.body)

    def ClassDef(self, ours: nodes.ClassDef, theirs: ast.ClassDef) -> Iterator[str]:
        yield from self.equal(ours.name, theirs.name, theirs)
        yield from self.all(ours.decorators, theirs.decorator_list)
        yield from self.type_parameters(ours.type_parameters, theirs)
        yield from self.all(ours.bases, theirs.bases)
        keywords = [keyword for keyword in theirs.keywords if keyword.arg is not None]
        yield from self.equal([k for k, _ in ours.keywords], [k.arg for k in keywords], theirs)
        yield from self.all([value for _, value in ours.keywords], [k.value for k in keywords])
        yield from self.statements(ours.body, theirs.body)

    def TypeAlias(self, ours: nodes.TypeAlias, theirs: ast.AST) -> Iterator[str]:
        yield from self.equal(ours.name, theirs.name.id, theirs)  # type: ignore[attr-defined]
        yield from self.type_parameters(ours.type_parameters, theirs)
        yield from self.node(ours.value, theirs.value)  # type: ignore[attr-defined]

    def Match(self, ours: nodes.Match, theirs: ast.Match) -> Iterator[str]:
        yield from self.node(ours.subject, theirs.subject)
        yield from self.equal(len(ours.cases), len(theirs.cases), theirs)
        for mine, other in zip(ours.cases, theirs.cases, strict=False):
            yield from self.node(mine.pattern, other.pattern)
            yield from self.node(mine.guard, other.guard)
            yield from self.statements(mine.body, other.body)

    # --- patterns

    def CapturePattern(self, ours: nodes.CapturePattern, theirs: ast.MatchAs) -> Iterator[str]:
        yield from self.equal(ours.name, theirs.name, theirs)
        yield from self.node(ours.pattern, theirs.pattern)

    def OrPattern(self, ours: nodes.OrPattern, theirs: ast.MatchOr) -> Iterator[str]:
        yield from self.all(ours.patterns, theirs.patterns)

    SequencePattern = OrPattern

    def ValuePattern(
        self, ours: nodes.ValuePattern, theirs: ast.MatchValue | ast.MatchSingleton
    ) -> Iterator[str]:
        if isinstance(theirs, ast.MatchSingleton):
            name = ours.value.name if isinstance(ours.value, nodes.Name) else ""
            yield from self.equal(name, str(theirs.value), theirs)
        else:
            yield from self.node(ours.value, theirs.value)

    def StarPattern(self, ours: nodes.StarPattern, theirs: ast.MatchStar) -> Iterator[str]:
        yield from self.equal(ours.name, theirs.name, theirs)

    def MappingPattern(self, ours: nodes.MappingPattern, theirs: ast.MatchMapping) -> Iterator[str]:
        yield from self.all(ours.keys, theirs.keys)
        yield from self.all(ours.patterns, theirs.patterns)
        yield from self.equal(ours.rest, theirs.rest, theirs)

    def ClassPattern(self, ours: nodes.ClassPattern, theirs: ast.MatchClass) -> Iterator[str]:
        yield from self.node(ours.cls, theirs.cls)
        yield from self.all(ours.patterns, theirs.patterns)
        yield from self.equal([k for k, _ in ours.keywords], theirs.kwd_attrs, theirs)
        yield from self.all([p for _, p in ours.keywords], theirs.kwd_patterns)

    # --- parameters and annotations

    def parameters(self, ours: list[nodes.Parameter], theirs: ast.arguments) -> Iterator[str]:
        positional = theirs.posonlyargs + theirs.args
        required = len(positional) - len(theirs.defaults)
        wanted: list[tuple[int, ast.arg, ast.expr | None, bool]] = []
        for i, argument in enumerate(positional):
            default = theirs.defaults[i - required] if i >= required else None
            kind = nodes.POSITIONAL if default is None else nodes.OPTIONAL
            wanted.append((kind, argument, default, i < len(theirs.posonlyargs)))
        if theirs.vararg:
            wanted.append((nodes.STAR, theirs.vararg, None, False))
        for argument, default in zip(theirs.kwonlyargs, theirs.kw_defaults, strict=True):
            kind = nodes.NAMED if default is None else nodes.NAMED_OPTIONAL
            wanted.append((kind, argument, default, False))
        if theirs.kwarg:
            wanted.append((nodes.DOUBLE_STAR, theirs.kwarg, None, False))
        yield from self.equal(len(ours), len(wanted), theirs)
        by_convention = any(_is_private(item[1].arg) for item in wanted)
        for mine, (kind, argument, default, positional_only) in zip(ours, wanted, strict=False):
            yield from self.equal(mine.name, argument.arg, argument)
            yield from self.equal(mine.kind, kind, argument)
            if not (by_convention and mine.kind < nodes.STAR):
                yield from self.equal(mine.positional_only, positional_only, argument)
            yield from self.same_place(mine, argument)
            yield from self.annotation(mine.annotation, argument.annotation)
            yield from self.node(mine.default, default)

    def type_parameters(self, ours: list[nodes.TypeParameter], theirs: ast.AST) -> Iterator[str]:
        wanted = getattr(theirs, "type_params", [])
        kinds = ("TypeVar", "ParamSpec", "TypeVarTuple")
        yield from self.equal(
            [(p.name, kinds[p.kind]) for p in ours],
            [(p.name, type(p).__name__) for p in wanted],
            theirs,
        )

    def annotation(self, ours: nodes.TypeNode | None, theirs: ast.expr | None) -> Iterator[str]:
        if theirs is None:
            # A type comment stands where its function does.
            if ours is not None and "# type:" not in self.syntax.text:
                yield f"{self.syntax.span(ours)}: an annotation that is none"
            return
        if ours is None:
            yield f"{theirs.lineno}: no annotation"
            return
        name = _dotted(theirs)
        if name is not None:
            yield from self.same_place(ours, theirs)
            mine = ours.name if isinstance(ours, nodes.NamedType) else None
            yield from self.equal(mine, name, theirs)
        elif isinstance(theirs, ast.Subscript) and _dotted(theirs.value):
            yield from self.same_place(ours, theirs)
            name = _dotted(theirs.value)
            if not isinstance(ours, nodes.NamedType):
                yield f"{type(ours).__name__} is {name}[] in line {theirs.lineno}"
                return
            yield from self.equal(ours.name, name, theirs)
            inner = theirs.slice
            arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            yield from self.equal(len(ours.arguments), len(arguments), theirs)
            for argument, other in zip(ours.arguments, arguments, strict=False):
                if not name.endswith("Literal"):
                    yield from self.annotation(argument, other)
        elif isinstance(theirs, ast.BinOp) and isinstance(theirs.op, ast.BitOr):
            yield from self.equal(type(ours).__name__, "UnionType", theirs)
        elif isinstance(theirs, ast.List):
            yield from self.same_place(ours, theirs)
            yield from self.equal(type(ours).__name__, "TypeList", theirs)


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _may_leave_out_parentheses(ours: nodes.Node) -> bool:
    if isinstance(ours, nodes.Comprehension):
        return ours.kind == "generator"
    return isinstance(ours, nodes.BinaryOperation)


def _dotted(theirs: ast.expr) -> str | None:
    if isinstance(theirs, ast.Name):
        return theirs.id
    if isinstance(theirs, ast.Constant) and theirs.value is None:
        return "None"
    if isinstance(theirs, ast.Attribute):
        value = _dotted(theirs.value)
        return None if value is None else f"{value}.{theirs.attr}"
    return None


def _constant_kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "Name"
    if isinstance(value, str):
        return "String"
    if isinstance(value, bytes):
        return "Bytes"
    if value is ...:
        return "Ellipsis"
    return "Number"


def _interpolated(theirs: ast.AST) -> Iterator[ast.expr]:
    """The expressions of an f-string or t-string in order, those of format specs included."""
    for value in theirs.values:  # type: ignore[attr-defined]
        if not isinstance(value, ast.Constant):
            yield value.value
            if value.format_spec is not None:
                yield from _interpolated(value.format_spec)
