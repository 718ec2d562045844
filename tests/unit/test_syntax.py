"""One construct after the other: the tree that it gives.

Trees are compared as text: a node is its class and its parts in the order of its class, a name or
string stands for itself, lists are in brackets, and what is missing is ``-``.
"""

from __future__ import annotations

from inspect import signature

import corolint.syntax.parser as parser_module
import pytest
from corolint.syntax import IncompatibleParser, Syntax, may_hold, nodes, parse, parse_annotation
from corolint.text import Span


def show(value: object) -> str:
    if isinstance(value, nodes.Block):
        text = "; ".join(show(statement) for statement in value.statements)
        return f"{{!{text}}}" if value.unreachable else f"{{{text}}}"
    if isinstance(value, list | tuple):
        return "[" + " ".join(show(item) for item in value) + "]"
    if type(value).__module__ == nodes.__name__:
        names = [n for n in signature(type(value)).parameters if n not in ("at", "name_at")]
        parts = " ".join(show(getattr(value, name)) for name in names)
        return f"{type(value).__name__}({parts})" if parts else type(value).__name__
    if value is None:
        return "-"
    return str(value)


def tree(text: str, **options: object) -> str:
    syntax = parse(text, **options)  # type: ignore[arg-type]
    assert syntax.errors == ()
    return "; ".join(show(statement) for statement in syntax.tree.statements)


def expression(text: str) -> str:
    shown = tree(text)
    assert shown.startswith("ExpressionStatement(")
    return shown.removeprefix("ExpressionStatement(")[:-1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x", "Name(x)"),
        ("None", "Name(None)"),
        ("a.b.c", "Attribute(Attribute(Name(a) b) c)"),
        ("f()", "Call(Name(f) [] [] [])"),
        (
            "f(a, *b, c=1, **d)",
            "Call(Name(f) [Name(a) Name(b) Number(1) Name(d)] [0 2 3 4] [- - c -])",
        ),
        ("super().x", "Attribute(Call(Name(super) [] [] []) x)"),
        ("-1", "UnaryOperation(- Number(1))"),
        ("117, 118, 16283, 16284, 536860911, 536860912", None),
        ("99999999999999999999", "Number(-)"),
        ("1.5, 2j, b'x', ...", "Tuple([Number(-) Number(-) Bytes Ellipsis])"),
        ("'a' 'b'", "String(ab)"),
        ("'\\ud800'", None),
        ("[a, *b]", "List([Name(a) Starred(Name(b))])"),
        ("{a: 1, **b}", "Dict([Name(a) -] [Number(1) Name(b)])"),
        ("{a, b}", "Set([Name(a) Name(b)])"),
        ("()", "Tuple([])"),
        ("a[1:2, ::x, :]", None),
        ("a[*b]", "Subscript(Name(a) Tuple([Starred(Name(b))]))"),
        ("a and b and c or d", None),
        ("not a", "UnaryOperation(not Name(a))"),
        ("a + b * c", "BinaryOperation(+ Name(a) BinaryOperation(* Name(b) Name(c)))"),
        ("a @ b // c", "BinaryOperation(// BinaryOperation(@ Name(a) Name(b)) Name(c))"),
        ("a < b is not c", "Comparison(Name(a) [< is not] [Name(b) Name(c)])"),
        ("a if b else c", "Conditional(Name(b) Name(a) Name(c))"),
        ("(a := b)", "Walrus(Name(a) Name(b))"),
        ("lambda a, /, b=1, *c, d, e=2, **f: a", None),
        ("await f(x)", "Await(Call(Name(f) [Name(x)] [0] [-]))"),
        ("[x async for x in y if a if b]", None),
        ("{x: y for x, y in z}", None),
        ("(x for y in z for x in y)", None),
        ("f'a{b!r:>{c}}{d=}' 'e' f'{g}'", None),
        ("f'{f'{a}'}'", "FormattedString([FormattedString([Name(a)] False)] False)"),
        ("t'{a:{b}}c'", "FormattedString([Name(a) Name(b)] True)"),
    ],
)
def test_expressions(text: str, shown: str | None) -> None:
    longer = {
        "117, 118, 16283, 16284, 536860911, 536860912": "Tuple([Number(117) Number(118)"
        " Number(16283) Number(16284) Number(536860911) Number(536860912)])",
        "'\\ud800'": "String(\ufffd)",
        "a[1:2, ::x, :]": "Subscript(Name(a) Tuple([Slice(Number(1) Number(2) -)"
        " Slice(- - Name(x)) Slice(- - -)]))",
        "a and b and c or d": "BooleanOperation(or [BooleanOperation(and [Name(a) Name(b)"
        " Name(c)]) Name(d)])",
        "lambda a, /, b=1, *c, d, e=2, **f: a": "Lambda([Parameter(a 0 - - True)"
        " Parameter(b 1 - Number(1) False) Parameter(c 2 - - False) Parameter(d 3 - - False)"
        " Parameter(e 5 - Number(2) False) Parameter(f 4 - - False)] Name(a))",
        "[x async for x in y if a if b]": "Comprehension(list - Name(x) [Generator(Name(x) Name(y)"
        " [Name(a) Name(b)] True)])",
        "{x: y for x, y in z}": "Comprehension(dict Name(x) Name(y) [Generator(Tuple([Name(x)"
        " Name(y)]) Name(z) [] False)])",
        "(x for y in z for x in y)": "Comprehension(generator - Name(x) [Generator(Name(y) Name(z)"
        " [] False) Generator(Name(x) Name(y) [] False)])",
        "f'a{b!r:>{c}}{d=}' 'e' f'{g}'": "FormattedString([Name(b) Name(c) Name(d) Name(g)] False)",
    }
    assert expression(text) == (longer[text] if shown is None else shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("x = y = 1", "Assign([Name(x) Name(y)] Number(1) -)"),
        ("x: int", "Assign([Name(x)] - NamedType(int []))"),
        ("x: int = 1", "Assign([Name(x)] Number(1) NamedType(int []))"),
        ("x = 1  # type: int", "Assign([Name(x)] Number(1) -)"),
        ("x **= 2", "AugmentedAssign(** Name(x) Number(2))"),
        ("return", "Return(-)"),
        ("return x", "Return(Name(x))"),
        ("raise A from b", "Raise(Name(A) Name(b))"),
        ("raise", "Raise(- -)"),
        ("assert a, b", "Assert(Name(a) Name(b))"),
        ("del a, b.c", "Delete([Name(a) Attribute(Name(b) c)])"),
        ("global a, b", "Global([a b])"),
        ("import a.b as c, d", "Import([[a.b c] [d -]])"),
        ("from ..a import b as c, d", "ImportFrom(a 2 [[b c] [d -]])"),
        ("from . import a", "ImportFrom( 1 [[a -]])"),
        ("from .a import *", "ImportStar(a 1)"),
        ("pass; break; continue", "Pass; Break; Continue"),
        ("yield", "ExpressionStatement(Yield(-))"),
        ("x = yield from y", "Assign([Name(x)] YieldFrom(Name(y)) -)"),
        (
            "if a: b\nelif c: d\nelse: e",
            "If(Name(a) {ExpressionStatement(Name(b))} {If(Name(c) {ExpressionStatement(Name(d))}"
            " {ExpressionStatement(Name(e))})})",
        ),
        ("for a, b in c: pass", "For(Tuple([Name(a) Name(b)]) Name(c) {Pass} - False)"),
        ("async for a in b: pass\nelse: break", "For(Name(a) Name(b) {Pass} {Break} True)"),
        ("while a: pass\nelse: break", "While(Name(a) {Pass} {Break})"),
        ("with a as b, c: pass", "With([Name(a) Name(c)] [Name(b) -] {Pass} False)"),
        (
            "async with (a as b, c as d,): pass",
            "With([Name(a) Name(c)] [Name(b) Name(d)] {Pass} True)",
        ),
        (
            "try: a\nexcept B as c: pass\nexcept: break\nelse: d\nfinally: e",
            "Try({ExpressionStatement(Name(a))} [Handler(Name(B) c {Pass}) Handler(- - {Break})]"
            " {ExpressionStatement(Name(d))} {ExpressionStatement(Name(e))} False)",
        ),
        ("try: pass\nexcept* A: pass", "Try({Pass} [Handler(Name(A) - {Pass})] - - True)"),
        (
            "try: pass\nexcept A, B: pass",
            "Try({Pass} [Handler(Tuple([Name(A) Name(B)]) - {Pass})] - - False)",
        ),
        (
            "@a\n@b.c(1)\nasync def f(x: int = 1, /, *y: str, z) -> None: pass",
            "FunctionDef(f [Parameter(x 1 NamedType(int []) Number(1) True)"
            " Parameter(y 2 NamedType(str []) - False) Parameter(z 3 - - False)] {Pass} True False"
            " [] NamedType(None []) [Name(a) Call(Attribute(Name(b) c) [Number(1)] [0] [-])])",
        ),
        (
            "@a\nclass A(B, *C, metaclass=D): pass",
            "ClassDef(A [Name(B) Starred(Name(C))] [[metaclass Name(D)]] {Pass} [] [Name(a)])",
        ),
        (
            "def f[T: int, *Ts, **P](): pass",
            "FunctionDef(f [] {Pass} False False [TypeParameter(T 0 NamedType(int []) [] -)"
            " TypeParameter(Ts 2 - [] -) TypeParameter(P 1 - [] -)] - [])",
        ),
        (
            "class A[T: (int, str) = int]: pass",
            "ClassDef(A [] [] {Pass} [TypeParameter(T 0 - [NamedType(int []) NamedType(str [])]"
            " NamedType(int []))] [])",
        ),
        ("type A[T] = B[T]", "TypeAlias(A [TypeParameter(T 0 - [] -)] Subscript(Name(B) Name(T)))"),
        (
            "match a:\n case 1 | None: pass\n case [b, *_] if c: pass\n case _: pass",
            "Match(Name(a) [Case(OrPattern([ValuePattern(Number(1)) ValuePattern(Name(None))]) -"
            " {Pass}) Case(SequencePattern([CapturePattern(- b) StarPattern(-)]) Name(c) {Pass})"
            " Case(CapturePattern(- -) - {Pass})])",
        ),
        (
            "match a:\n case {'b': c, **d}: pass\n case E(f, g=True) as h: pass",
            "Match(Name(a) [Case(MappingPattern([String(b)] [CapturePattern(- c)] d) - {Pass})"
            " Case(CapturePattern(ClassPattern(Name(E) [CapturePattern(- f)]"
            " [[g ValuePattern(Name(True))]]) h) - {Pass})])",
        ),
    ],
)
def test_statements(text: str, shown: str) -> None:
    assert tree(text, python_version=(3, 15)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a.b.C", "NamedType(a.b.C [])"),
        ("None", "NamedType(None [])"),
        ("A[B, 'C[D]']", "NamedType(A [NamedType(B []) NamedType(C [NamedType(D [])])])"),
        ("'A[B] | None'", "UnionType([NamedType(A [NamedType(B [])]) NamedType(None [])])"),
        ("a | b | 'c' | d", "UnionType([NamedType(a []) NamedType(b []) NamedType(c [])"
         " NamedType(d [])])"),
        ("Optional[A]", "NamedType(Optional [NamedType(A [])])"),
        ("Callable[[A, B], C]", "NamedType(Callable [TypeList([NamedType(A []) NamedType(B [])])"
         " NamedType(C [])])"),
        ("Callable[..., A]", "NamedType(Callable [EllipsisType NamedType(A [])])"),
        ("tuple[*Ts]", "NamedType(tuple [UnpackedType(NamedType(Ts []))])"),
        ("Literal['a', 'b c', 'd | e', 1, -1, True, None, E.F, b'g']",
         "NamedType(Literal [LiteralType(a) LiteralType(b c) LiteralType(d | e) LiteralType(1)"
         " LiteralType(-1) LiteralType(True) LiteralType(-) NamedType(E.F []) OtherType])"),
        ("t.Literal['a']", "NamedType(t.Literal [LiteralType(a)])"),
        ("'not a type'", "LiteralType(not a type)"),
        ("f(x)", "OtherType"),
        ("1 + 2", "OtherType"),
        ("'größe[\"ﬁ\"]'", "NamedType(größe [NamedType(fi [])])"),
    ],
)  # fmt: skip
def test_annotations(text: str, shown: str) -> None:
    assert tree(f"x: {text}") == f"Assign([Name(x)] - {shown})"


def test_annotation_of_its_own() -> None:
    assert show(parse_annotation("A['é']")) == "NamedType(A [NamedType(é [])])"
    assert parse_annotation("not a type") is None
    assert parse_annotation("") is None
    assert parse_annotation("a | " * 5_000 + "b") is None


def span_of(text: str, pick: str) -> tuple[Span, str]:
    """The span of the first statement's part that `pick` leads to, and the text that it covers."""
    syntax = parse(text)
    node: object = syntax.tree.statements[0]
    for name in pick.split("."):
        if name:
            node = node[int(name)] if name.isdecimal() else getattr(node, name)  # type: ignore[index]
    assert isinstance(node, nodes.Node)
    span = syntax.span(node)
    assert syntax.line(node) == span.line
    lines = syntax.lines[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return span, "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "pick", "covered"),
    [
        ("x = a.b(c)", "value", "a.b(c)"),
        ("x = a.b(c)", "value.callee", "a.b"),
        ("a + b * c", "", "a + b * c"),
        ("x = (\n a +\n b)", "value", "a +\n b"),
        ("if a + b: pass\nelif c + d: e", "orelse.statements.0", "c + d"),
        ("@a\n@b\nasync def f(): pass", "", "async def f(): pass"),
        ("@(a\n)  # def\n\n# def\ndef f(): pass", "", "def f(): pass"),
        ("@a(\n)\r\n\\\ndef f(): pass", "", "def f(): pass"),
        ("@a + b\ndef f(): pass", "", "def f(): pass"),
        ("@a\nclass A: pass", "", "class A: pass"),
        ("def f(x: int = 1): pass", "parameters.0", "x: int"),
        ("x: 'A | B'", "annotation.items.1", "'A | B'"),
        ("\ufeffx = 'é'", "", "x = 'é'"),
        ("'é𝒳', y", "value.elements.1", "y"),
        ("match a:\n case B(): pass", "cases.0.pattern", "B()"),
        ("[x for y in z]", "value.generators.0.iterable", "z"),
    ],
)
def test_places(text: str, pick: str, covered: str) -> None:
    assert span_of(text, pick)[1] == covered


def test_place_of_a_handler_name() -> None:
    syntax = parse("try: pass\nexcept A as é: pass\n")
    statement = syntax.tree.statements[0]
    assert isinstance(statement, nodes.Try)
    assert syntax.span_at(statement.handlers[0].name_at) == (2, 12, 2, 13)


def reachable(text: str, version: tuple[int, int] = (3, 13), platform: str = "linux") -> str:
    syntax = parse(text, python_version=version, platform=platform)
    found: list[str] = []

    def visit(block: nodes.Block | None, unreachable: bool) -> None:
        for statement in block.statements if block else []:
            unreachable = unreachable or bool(block and block.unreachable)
            if isinstance(statement, nodes.If):
                visit(statement.body, unreachable)
                visit(statement.orelse, unreachable)
            elif isinstance(statement, nodes.ExpressionStatement) and not unreachable:
                assert isinstance(statement.value, nodes.Name)
                found.append(statement.value.name)

    visit(syntax.tree, False)
    return " ".join(found)


def test_unreachable_blocks() -> None:
    version = "if sys.version_info >= (3, 11): a\nelif b: b\nelse: c"
    assert reachable(version, (3, 10)) == "b c"
    assert reachable(version, (3, 11)) == "a"
    platform = "if sys.platform == 'win32': a\nelse: b"
    assert reachable(platform, platform="win32") == "a"
    assert reachable(platform, platform="linux") == "b"
    assert "{!ExpressionStatement(Name(a))}" in tree(platform)


def test_both_sides_of_type_checking_are_reachable() -> None:
    assert reachable("if TYPE_CHECKING: a\nelse: b") == "a b"
    assert reachable("if not t.TYPE_CHECKING: a\nelse: b") == "a b"
    assert reachable("if x: a\nelif TYPE_CHECKING: b\nelse: c") == "a b c"


def test_without_bodies() -> None:
    text = """
class A:
    def f(self): self.x = 1
    async def g(self): return 2
def h(): yield 3
def i(): return 4
x = 5
"""
    assert tree(text, bodies=False) == (
        "ClassDef(A [] [] {FunctionDef(f [Parameter(self 0 - - False)]"
        " {Assign([Attribute(Name(self) x)] Number(1) -)} False False [] - []);"
        " FunctionDef(g [Parameter(self 0 - - False)] {} True False [] - [])} [] []);"
        " FunctionDef(h [] {ExpressionStatement(Yield(Number(3)))} False True [] - []);"
        " FunctionDef(i [] {} False False [] - []); Assign([Name(x)] Number(5) -)"
    )


def test_names_outside_ascii_are_normalised_as_python_does() -> None:
    assert tree("ﬁ = é.größe('größe', 'ﬁ und mehr')") == (
        "Assign([Name(fi)] Call(Attribute(Name(é) größe)"
        f" [String(größe) String({_other_words()})] [0 0] [- -]) -)"
    )


def _other_words() -> str:
    """A string of several words keeps its length, but not its letters outside ASCII."""
    syntax = parse("ﬁ = é.größe('größe', 'ﬁ und mehr')")
    statement = syntax.tree.statements[0]
    assert isinstance(statement, nodes.Assign)
    assert isinstance(statement.value, nodes.Call)
    string = statement.value.arguments[1]
    assert isinstance(string, nodes.String)
    assert string.value.endswith(" und mehr")
    assert len(string.value) == len("ﬁ und mehr")
    return string.value


def test_two_names_outside_ascii_stay_two() -> None:
    letters = [chr(c) for c in range(0x3B1, 0x3C2)]
    text = ", ".join(letters)
    assert expression(text) == "Tuple([" + " ".join(f"Name({c})" for c in letters) + "])"


def test_errors_have_places() -> None:
    syntax = parse("x = 1\nfor in y:\n  pass\né é\n")
    assert [(error.line, error.column) for error in syntax.errors[:1]] == [(2, 4)]
    assert all(error.message for error in syntax.errors)
    assert (4, 2) in [(error.line, error.column) for error in syntax.errors]


def test_characters_that_are_no_code() -> None:
    assert parse("x = “a”").errors
    assert parse("x =\u00a0y").errors


def test_another_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = parser_module.ast_serialize.parse

    def other(*arguments: object, **options: object) -> object:
        data, *rest = genuine(*arguments, **options)
        return (data[:1] + b"\x16" + data[2:], *rest)

    monkeypatch.setattr(parser_module, "_checked", False)
    monkeypatch.setattr(parser_module.ast_serialize, "parse", other)
    with pytest.raises(IncompatibleParser, match="ast-serialize"):
        parse("x")


def test_a_parser_without_our_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(*arguments: object, **options: object) -> object:
        raise ValueError("unsupported cache version")

    monkeypatch.setattr(parser_module, "_checked", False)
    monkeypatch.setattr(parser_module.ast_serialize, "parse", other)
    with pytest.raises(IncompatibleParser):
        parse_annotation("x")


def test_the_tree_knows_its_text() -> None:
    syntax: Syntax = parse("a\r\nb\rc\n")
    assert syntax.text == "a\r\nb\rc\n"
    assert syntax.lines == ["a", "b", "c", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("word = 1\n", True),
        ("x.word\n", True),
        ("from m import word as b\n", True),
        ("from m import b as word\n", True),
        ("f('word', g(word=1))\n", True),
        ("é = x.word\n", True),
        ("def word(): ...\n", True),
        ("def f(word): ...\n", True),
        ("global word\n", True),
        ("f'{x.word}'\n", True),
        ("match x:\n    case C(word=1): ...\n", True),
        ("x: 'word'\n", True),
        ("x.word(\n", True),
        ("# word\n", False),
        ("x.word_2\n", False),
        ("'the word'\n", False),
        ("+1" * 9_000_000, True),
    ],
)
def test_a_word_in_code_is_told_from_one_in_a_comment(text, expected):
    assert may_hold(text, "word", (3, 13), "linux") == expected
