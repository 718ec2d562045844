"""What findings say besides their place: notes that walk the path, and edits that mend the code.

That each rule finds what it should is told by the specs, and by the examples in its documentation.
"""

from __future__ import annotations

import textwrap

import pytest
from corolint.finding import Edit, Finding
from corolint.inventory import take_inventory
from corolint.lifecycle import trace
from corolint.reporting import Subject
from corolint.rules import CHECKS, RULES, documentation
from corolint.syntax import parse
from plain_semantics import PlainSemantics

HEAD = "import asyncio\nasync def f(): ...\n"


def program(body: str, head: str = "async def main(a):") -> str:
    return f"{HEAD}{head}\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"


def findings(text: str) -> list[Finding]:
    syntax = parse(text)
    assert not syntax.errors, syntax.errors
    semantics = PlainSemantics(syntax.tree)
    inventory = take_inventory(syntax.tree)
    found: list[Finding] = []
    for body in inventory.bodies:
        history = trace(body.node, semantics, inventory.attributes)
        subject = Subject("main.py", syntax, body, history, semantics, (3, 13))
        for _, check in CHECKS:
            found += check(subject)
    return sorted(found, key=Finding.order)


def notes(body: str) -> list[str]:
    """The notes of the only finding, each with its line within the body."""
    (finding,) = findings(program(body))
    return [f"{note.span.line - 3}: {note.message}" for note in finding.notes if note.span]


def mended(text: str) -> str:
    """`text` with the preferred fix of its only finding."""
    (finding,) = findings(text)
    (fix,) = [each for each in finding.fixes if each.preferred]
    lines = text.split("\n")

    def place(edit: Edit) -> tuple[int, int]:
        return edit.span.line, edit.span.column

    for edit in sorted(fix.edits, key=place, reverse=True):
        line = lines[edit.span.line - 1]
        lines[edit.span.line - 1] = (
            line[: edit.span.column] + edit.text + line[edit.span.end_column :]
        )
    return "\n".join(lines)


def test_notes_of_a_reuse_after_an_exception() -> None:
    assert notes("c = f()\ntry:\n    await c\nexcept E:\n    await c") == [
        "1: coroutine 'f' is made here",
        "3: awaited here, ending in an exception",
    ]


def test_notes_of_a_reuse_in_a_loop() -> None:
    assert notes("c = f()\nfor _ in range(2):\n    await c") == [
        "1: coroutine 'f' is made here",
        "3: awaited here, and again in the next turn of the loop",
    ]


def test_notes_of_turns_that_are_alike_are_one() -> None:
    assert notes("for c in (f(), f()):\n    await c\nc.send(None)") == [
        "1: coroutine 'f' is made here",
        "1: in a turn of this loop",
        "2: awaited here",
        "1: when this loop has no further turn",
    ]


def test_notes_of_a_reuse_under_a_condition() -> None:
    assert notes("c = f()\nif a:\n    await c\nawait c") == [
        "1: coroutine 'f' is made here",
        "2: when `a` is true",
        "3: awaited here",
    ]


def test_notes_of_a_helper_that_awaits_again() -> None:
    text = program("await again(f())").replace(
        "async def main", "async def again(c):\n    await c\n    await c\nasync def main"
    )
    (finding,) = findings(text)
    assert [note.message for note in finding.notes] == [
        "`again` awaits it again after it was used up"
    ]


def test_notes_of_a_path_that_drops_it() -> None:
    assert notes("c = f()\nif a:\n    return\nawait c") == [
        "2: it is dropped when `a` is true",
        "4: otherwise awaited here",
    ]


def test_notes_of_a_use_as_a_value() -> None:
    assert notes("c = f()\nprint(c.name)") == ["1: coroutine 'f' is made here"]
    assert notes("print(f().name)") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("f()", "await f()"),
        ("x = f()", "x = await f()"),
        ("x = f()\nprint(x.name)", "x = await f()\nprint(x.name)"),
        ("f().name", "(await f()).name"),
        ("f()['a']", "(await f())['a']"),
        ("f()()", "(await f())()"),
        ("1 + f()", "1 + await f()"),
        ("if not f(): pass", "if not await f(): pass"),
        ('"é𝒳" + f()', '"é𝒳" + await f()'),
    ],
)
def test_an_await_is_inserted_where_it_binds(body: str, expected: str) -> None:
    assert mended(program(body)) == program(expected)


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("f()", "def main(a):"),
        ("f()", "class Main:"),
        ("await f()['a']", "async def main(a):"),
        ("def inner():\n    f()", "async def main(a):"),
    ],
)
def test_no_await_is_offered_where_it_is_not_allowed(body: str, head: str) -> None:
    (finding,) = findings(program(body, head))
    assert not any(fix.title.startswith("Await") for fix in finding.fixes)


def test_a_call_is_offered_for_a_function_that_was_not_called() -> None:
    assert mended(program("await f")) == program("await f()")


def test_what_a_test_asks_for_is_not_told() -> None:
    body = "with pytest.raises(E):\n    f()\n    await f\n    c = f()\n    await c\n    await c"
    assert findings(program(body)) == []


def test_a_private_attribute_that_nobody_reads() -> None:
    """A base class in another file may know it."""
    method = "    def __init__(self):\n        self._x = f()\n"
    assert [one.rule for one in findings(f"{HEAD}class A:\n{method}")] == ["unawaited-coroutine"]
    assert findings(f"{HEAD}class A(B):\n{method}") == []


def test_one_finding_for_one_object() -> None:
    assert len(findings(program("x = f()\nif x.a:\n    x.b()\nreturn x == 1"))) == 1


def test_every_rule_is_documented() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        text = documentation(rule.name)
        assert text is not None
        for part in ("## What it does", "## Why is this bad?", "## Example", "Use instead:"):
            assert part in text, (rule.name, part)
    assert documentation("no-such-rule") is None
