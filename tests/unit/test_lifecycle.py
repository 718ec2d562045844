"""Histories of coroutine objects, fed by syntax alone (`plain_semantics`).

`told(body)` gives what the lives of the function ``main`` come to, as ``line: what``; line 1 is the
first line of the body. The specs judge the same by running CPython; here stand the parts that a
spec cannot show, and one line for each idea of the domain.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import corolint.lifecycle
import plain_semantics
import pytest
from corolint.inventory import take_inventory
from corolint.lifecycle import is_worth_tracing, trace
from corolint.lifecycle.history import Action, EndKind, Life, State
from corolint.lifecycle.parameters import parameter_effects
from corolint.semantics import Effect
from corolint.spelling import spell
from corolint.syntax import nodes, parse

HEAD = """
import asyncio, contextlib, inspect
async def f(x=0): ...
async def g(): ...
"""
LINES = HEAD.count("\n") + 1


def program(body: str, parameters: str = "") -> str:
    return f"{HEAD}async def main({parameters}):\n{textwrap.indent(textwrap.dedent(body), '    ')}"


def told(body: str, parameters: str = "") -> list[str]:
    found = []
    for line in plain_semantics.told(program(body.strip("\n") + "\n", parameters)):
        number, what = line.split(":", 1)
        found.append(f"{int(number) - LINES}:{what}")
    return found


def lives(body: str, parameters: str = "") -> tuple[Life, ...]:
    return plain_semantics.history_of(program(body, parameters))[0].lives


def revealed(body: str, parameters: str = "") -> list[set[str]]:
    """The states of each `reveal`, in order."""
    found = plain_semantics.revealed(program(body, parameters))
    return [{state.value for state in found[line]} for line in sorted(found)]


NEVER_AWAITED = [
    "f()",
    "x = f()",
    "_ = f()",
    "x: object = f()",
    "(x := f())",
    "f(), 1",
    "[f() for _ in range(2)]",
    "xs = [f() for _ in range(2)]",
    "x = f()\ndel x",
    "x = f()\nx = None",
    "x = y = f()",
    "x, y = f(), 1",
    "a and f()",
    "f() if a else None",
    "x = f()\nif a:\n    print(x)",
    "self._x = f()",
    "xs = []\nxs.append(f())",
    "d = {}\nd['a'] = f()",
    "x = f()\nraise ValueError",
    "w = asyncio.wait_for(1, 2)",
]


@pytest.mark.parametrize("body", NEVER_AWAITED)
def test_never_awaited(body: str) -> None:
    assert [line.split(" ", 2)[2] for line in told(body, "a, self")] == ["never awaited"]


SILENT = [
    "await f()",
    "return f()",
    "yield f()",
    "x = f()\nawait x",
    "x = f()\nx.close()",
    "x = f()\nunknown(x)",
    "x = [f()]\nunknown(x)",
    "self.x = f()",
    "self.x[0] = f()",
    "unknown[0] = f()",
    "global x\nx = f()",
    "x = f()\ndef inner(): return x\nuse(inner)",
    "x = f()\ny = lambda: x\nuse(y)",
    "x = f()\nlocals()",
    "xs = [f()]\nreturn xs",
    "xs = [f(), g()]\nfor x in xs: await x",
    "xs = {'a': f()}\nfor x in xs.values(): await x",
    "xs = {'a': f()}\nfor k, x in xs.items(): await x",
    "for i, x in enumerate([f(), g()]): await x",
    "for x, y in zip([f()], [1]): await x",
    "xs = [f(n) for n in a]\nfor x in reversed(xs): await x",
    "await asyncio.gather(*(f(n) for n in a))",
    "xs = tuple(f(n) for n in a)\nawait asyncio.gather(*xs)",
    "xs = [f()]\nwhile xs: await xs.pop()",
    "a, b = b, a = f(), g()\nawait a\nawait b",
    "c = None\nif a: c = f()\nif c: await c",
    "c = None\nif a: c = f()\nif c is not None: await c",
    "c = None\nif a: c = f()\nif c is None: return\nawait c",
    "c = None\nif a: c = f()\nawait (c if c else g())",
    "c = None\nif a: c = f()\nc and await c",
    "if a: c = f()\nunknown()\nif a: await c",
    "if a: c = f()\nif not a: return\nawait c",
    "if self.a: c = f()\nawait g()\nif self.a: await c",
    "if self.a(): c = f()\nif self.a(): await c",
    "if a == 1: c = f()\nelif a == 2: c = g()\nif a in (1, 2): await c",
    "if isinstance(a, int): c = f()\nif isinstance(a, int): await c",
    "made = False\nif unknown():\n    c = f()\n    made = True\nif made: await c",
    "match a:\n    case 1: c = f()\n    case _: c = None\nif a == 1: await c",
    "while True:\n    c = f()\n    if a: break\n    await c\nawait c",
    "c = f()\ntry: unknown()\nfinally: await c",
    "c = f()\ntry: await c\nexcept ValueError: pass",
    "c = f()\nif unknown(): raise ValueError\nawait c",
    "c = f()\nassert unknown()\nawait c",
    "c = f()\nif inspect.isawaitable(c): await c",
    "c = f()\nif isinstance(c, str): return c.upper()\nawait c",
    "t = asyncio.create_task(f())\nawait t\nawait t",
    "c = f()\nwith pytest.raises(RuntimeError):\n    await c\n    await c",
    "c = f()\nprint(c.cr_frame, repr(c), c == 1, f'{c}')\nawait c",
    "async with asyncio.TaskGroup() as tg:\n    for c in [f(), g()]: tg.create_task(c)",
    "return await asyncio.wait_for(f(), 1)",
    "x = f\nx()",
]


@pytest.mark.parametrize("body", SILENT)
def test_silence(body: str) -> None:
    assert told(body, "b, self" if body.startswith("a, b") else "a, self") == []


ON_SOME_PATH = [
    "c = f()\nif a: await c",
    "c = f()\nif a: return\nawait c",
    "c = f()\nwhile unknown(): await c; break",
    "for _ in a:\n    c = f()\n    if unknown(): continue\n    await c",
    "c = f()\nmatch a:\n    case 1: await c",
    "c = f()\nx = await c if a else 0",
    "c = f()\nif a: c = g()\nawait c",
    "c = f()\ntry: unknown()\nexcept ValueError: return\nawait c",
    "cs = [f(), 1]\nif a:\n    for c in cs: await c",
    "c = f()\nfor x in a:\n    if x: break\nelse:\n    await c",
]


@pytest.mark.parametrize("body", ON_SOME_PATH)
def test_not_awaited_on_some_path(body: str) -> None:
    assert [line.split(" ", 2)[2] for line in told(body, "a")] == ["not awaited on some path"]


REUSED = [
    "c = f()\nawait c\nawait c",
    "c = f()\nd = c\nawait d\nawait c",
    "c = f()\nc.close()\nawait c",
    "c = f()\nawait asyncio.wait_for(c, 1)\nawait c",
    "c = f()\nt = asyncio.create_task(c)\nawait t\nawait c",
    "c = f()\nasyncio.run(c)\nasyncio.run(c)",
    "c = f()\ntry: await c\nexcept E: await c",
    "c = f()\ntry: await c\nfinally: await c",
    "c = f()\nwith contextlib.suppress(E): await c\nawait c",
    "c = f()\ntry: c.send(None)\nexcept StopIteration: pass\nawait c",
    "cs = [f(), g()]\nawait cs[0]\nawait cs[1]\nawait cs[0]",
    "cs = [f()] * 2\nawait cs[0]\nawait cs[1]",
    "d = {'a': f()}\nawait d['a']\nawait d['a']",
    "cs = [f(n) for n in a]\nawait asyncio.gather(*cs)\nawait asyncio.gather(*cs)",
    "cs = []\nfor n in a: cs.append(f(n))\nfor c in cs: await c\nfor c in cs: await c",
    "self.c = f()\nawait self.c\nawait self.c",
    "a, *b = f(), g()\nawait a\nawait b[0]\nawait b[0]",
    "a, b = f(), g()\na, b = b, a\nawait a\nawait b\nawait a",
    "if a: c = f()\nelse: c = g()\nawait c\nawait c",
]


@pytest.mark.parametrize("body", REUSED)
def test_reused(body: str) -> None:
    found = {line.split(" ", 2)[2] for line in told(body, "a, self")}
    assert found == {"reused"}


MAY_BE_REUSED = [
    "c = f()\nif a: await c\nawait c",
    "c = f()\nfor _ in range(3): await c",
    "c = f()\nwhile True:\n    try:\n        await c\n        break\n    except E: pass",
    "c = f()\nawait c\nif a: c = g()\nawait c",
    "for c in [f()] * 2: await c",
]


@pytest.mark.parametrize("body", MAY_BE_REUSED)
def test_may_be_reused(body: str) -> None:
    found = {line.split(" ", 2)[2] for line in told(body, "a")}
    assert found == {"may be reused"}


VALUE_USES = [
    ("x = f()\nreturn x.name", Action.ATTRIBUTE),
    ("x = f()\nx.name = 1", Action.ATTRIBUTE),
    ("x = f()\nreturn x['a']", Action.SUBSCRIPT),
    ("x = f()\nfor y in x: pass", Action.ITERATE),
    ("x = f()\ny, z = x", Action.ITERATE),
    ("x = f()\nunknown(*x)", Action.ITERATE),
    ("x = f()\nreturn [y for y in x]", Action.ITERATE),
    ("x = f()\nreturn 1 in x", Action.ITERATE),
    ("x = f()\nreturn x + 1", Action.OPERATE),
    ("x = f()\nx += 1", Action.OPERATE),
    ("x = f()\nreturn -x", Action.OPERATE),
    ("x = f()\nreturn x < 1", Action.OPERATE),
    ("x = f()\nx()", Action.CALL),
    ("x = f()\nraise x", Action.RAISE),
    ("x = f()\nlen(x)", Action.ARGUMENT),
    ("with f(): pass", Action.ENTER),
    ("async with f(): pass", Action.ASYNC_ENTER),
    ("async for x in f(): pass", Action.ASYNC_ITERATE),
    ("x = f()\nif x: pass", Action.CONDITION),
    ("x = f()\nif not x: pass", Action.CONDITION),
    ("x = f()\nif x or a: pass", Action.CONDITION),
    ("x = f()\nreturn [1 for _ in a if x]", Action.CONDITION),
    ("x = f()\nreturn x is None", Action.NONE_TEST),
    ("x = f()\nreturn x == 1", Action.COMPARE),
    ("x = f()\nreturn f'{x}'", Action.FORMAT),
    ("x = f()\nreturn '%s' % x", Action.FORMAT),
    ("match f():\n    case 1: pass", Action.MATCH),
]


@pytest.mark.parametrize(("body", "action"), VALUE_USES)
def test_taken_for_a_value(body: str, action: Action) -> None:
    (life,) = lives(body, "a")
    assert [use.action for use in life.value_uses()] == [action]


def test_states_are_exact() -> None:
    assert revealed(
        """
        c = f()
        reveal(c)
        if a:
            await c
            reveal(c)
        elif b:
            c.close()
            reveal(c)
        reveal(c)
        unknown(c)
        reveal(c)
        """,
        "a, b",
    ) == [{"pending"}, {"used"}, {"closed"}, {"pending", "used", "closed"}, {"escaped"}]


def test_the_first_use_and_the_ways_there_and_on_are_kept() -> None:
    text = "c = f()\nif a:\n    await c\nif b:\n    print(b)\nif d:\n    await c"
    (life,) = lives(text, "a, b, d")
    (reuse,) = life.reuses()
    assert isinstance(reuse.first, nodes.Await)
    assert reuse.first is not reuse.node
    assert reuse.first_action is Action.AWAIT
    assert reuse.before == {State.PENDING, State.USED}
    assert [spell(turn.node) for turn in reuse.path_to_first] == ["a"]
    assert [spell(turn.node) for turn in reuse.path] == ["d"], "whatever `b` is, it goes on"


def test_how_an_object_is_lost() -> None:
    kinds = {
        "f()": EndKind.DROPPED,
        "x = f()\ndel x": EndKind.DELETED,
        "x = f()": EndKind.UNREAD,
        "x = f()\nraise ValueError": EndKind.RAISED,
    }
    for body, kind in kinds.items():
        (life,) = lives(body)
        assert [end.kind for end in life.ends] == [kind], body


def test_one_object_given_twice_in_one_call() -> None:
    (life,) = (
        life for life in lives("c = f()\nawait asyncio.gather(c, c)") if life.made.name == "f"
    )
    assert [use.times for use in life.uses] == [2]
    assert life.reuses() == []


def test_a_part_of_a_dropped_object_is_not_told_too() -> None:
    assert told("asyncio.wait_for(f(), 1)") == ["1: asyncio.wait_for never awaited"]


def test_an_attribute_that_other_functions_mention_may_change_at_any_time() -> None:
    text = program("self.c = f()\nawait self.c\nawait self.c\n", "self")
    assert plain_semantics.told(text) != []
    assert plain_semantics.told(text + "def other(x): x.c = 1\n") == []


def test_an_attribute_is_exact_until_other_code_runs() -> None:
    other = "def other(x): x.c = 1\n"
    text = program("self.c = f()\nreturn self.c.name\n", "self") + other
    assert plain_semantics.told(text) == [f"{LINES + 2}: f as value: attribute"]
    text = program("self.c = f()\nunknown()\nreturn self.c.name\n", "self") + other
    assert plain_semantics.told(text) == []


def test_who_asks_whether_it_is_none_takes_it_for_a_value() -> None:
    """Even where it is handed on afterwards; printing it is no such question."""
    assert told("x = f()\nif x is None: return\nreturn x") == ["2: f as value: compared with None"]
    assert told("x = f()\nif not x: return\nunknown(x)") == ["2: f as value: condition"]
    assert told("x = f()\nprint(f'{x}')\nunknown(x)") == []


def test_module_names_outlive_the_module() -> None:
    assert plain_semantics.told(f"{HEAD}c = f()\n", "<module>") == []
    assert plain_semantics.told(f"{HEAD}c = f()\ndel c\n", "<module>") == ["5: f never awaited"]


def test_a_parameter_declared_to_be_a_coroutine_is_followed() -> None:
    assert told("await c\nawait c", "c: Coroutine") == ["2: c reused"]


EFFECTS = {
    "async def h(c): await c": Effect.AWAITS,
    "async def h(c): return await asyncio.wait_for(c, 1)": Effect.AWAITS,
    "async def h(c):\n    for _ in range(3): await c": Effect.AWAITS_AGAIN,
    "async def h(c):\n    if x: await c": Effect.MAY_AWAIT,
    "async def h(c):\n    if x: return\n    unknown(c)": Effect.ESCAPES,
    "def h(c): asyncio.run(c)": Effect.RUNS,
    "def h(c): return asyncio.create_task(c)": Effect.SCHEDULES,
    "def h(c): return asyncio.wait_for(c, 1)": Effect.WRAPS,
    "def h(c): return c": Effect.RETURNS,
    "def h(c):\n    unknown(c)\n    return c": Effect.ESCAPES,
    "def h(c): c.close()": Effect.CLOSES,
    "def h(c): print(1)": Effect.INSPECTS,
    "def h(c): print(repr(c))": Effect.INSPECTS,
    "def h(c): return c.name": Effect.VALUE,
    "def h(c):\n    try: return c.name\n    except AttributeError: return 1": Effect.ESCAPES,
    "def h(c): x.c = c": Effect.ESCAPES,
    "def h(c): return lambda: c": Effect.ESCAPES,
    "def h(c): yield c": Effect.YIELDS,
    "def h(c):\n    yield c\n    yield c": Effect.YIELDS_AGAIN,
    "def h(c):\n    if x: asyncio.run(c)": Effect.ESCAPES,
    "async def h(*c): await asyncio.gather(*c)": Effect.AWAITS,
    "def h(c): h(c)": Effect.INSPECTS,
}


@pytest.mark.parametrize(("text", "effect"), EFFECTS.items())
def test_what_a_function_does_to_a_parameter(text: str, effect: Effect) -> None:
    tree = parse(text + "\n").tree
    (function,) = tree.statements
    assert isinstance(function, nodes.FunctionDef)
    semantics = plain_semantics.PlainSemantics(tree)
    if text == "def h(c): h(c)":  # recursion: nothing is known of the inner call
        effect = Effect.ESCAPES
    assert parameter_effects(function, semantics, {}).get("c") == effect


@pytest.mark.parametrize("body", ["pass", "raise NotImplementedError", "..."])
def test_nothing_is_said_of_stubs(body: str) -> None:
    (function,) = parse(f"def h(c): {body}\n").tree.statements
    assert isinstance(function, nodes.FunctionDef)
    assert parameter_effects(function, plain_semantics.PlainSemantics(parse("").tree), {}) == {}


def test_a_body_without_objects_is_not_worth_tracing() -> None:
    tree = parse(program("await f()\nunknown()\n")).tree
    semantics = plain_semantics.PlainSemantics(tree)
    inventory = take_inventory(tree)
    for body in inventory.bodies:
        assert not is_worth_tracing(body, semantics)
        assert trace(body.node, semantics, inventory.attributes).lives == ()


def test_the_modules_of_the_package_import_in_one_direction() -> None:
    folder = Path(corolint.lifecycle.__file__).parent
    below: dict[str, set[str]] = {}
    for path in folder.glob("*.py"):
        imports = re.findall(r"^from corolint\.lifecycle\.(\w+)", path.read_text("utf-8"), re.M)
        below[path.stem] = set(imports)
    while below:
        lowest = {name for name, others in below.items() if not others & below.keys()}
        assert lowest, f"these import each other in a circle: {sorted(below)}"
        for name in lowest:
            del below[name]
