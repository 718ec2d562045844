"""Lifecycle's work grows with the size of a body and not faster, and nothing makes it raise."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import corolint.lifecycle.runs
import plain_semantics
import pytest
from corolint.flow import Edge, Step
from corolint.inventory import take_inventory
from corolint.lifecycle import trace
from corolint.lifecycle.state import PathState
from corolint.syntax import parse

HEAD = "async def f(): ...\n"

# What one turn of a long function looks like, and what is to be said of the whole.
SHAPES = {
    "branches about the same object": ("    if a{n}: await g()\n", "c = f()", "await c"),
    "branches that make an object each": ("    if a{n}: c{n} = f()\n    else: c{n} = f()\n"
                                          "    await c{n}\n", "pass", "pass"),
    "correlated branches": ("    if a{n}: c{n} = f()\n    g()\n    if a{n}: await c{n}\n",
                            "pass", "pass"),
    "flags": ("    made{n} = False\n    if a{n}:\n        c{n} = f()\n        made{n} = True\n"
              "    if made{n}: await c{n}\n", "pass", "pass"),
    "loops": ("    for x in a{n}:\n        c{n} = f()\n        if x: break\n        await c{n}\n"
              "    else: g()\n", "pass", "pass"),
    "exceptions": ("    try: g()\n    except E{n}: h()\n", "c = f()", "await c"),
}  # fmt: skip


def work_for(shape: str, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many steps all the runs over a function of `count` turns take."""
    turn, first, last = SHAPES[shape]
    text = f"{HEAD}async def main():\n    {first}\n"
    text += "".join(turn.format(n=n) for n in range(count)) + f"    {last}\n"
    work = 0
    original = corolint.lifecycle.runs.run_step

    def counting(
        following: object, step: Step, state: PathState
    ) -> Iterator[tuple[Edge, PathState]]:
        nonlocal work
        work += 1
        return original(following, step, state)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(corolint.lifecycle.runs, "run_step", counting)
        history, _ = plain_semantics.history_of(text)
    assert history.lives
    assert all(life.uses for life in history.lives), "an object was given up"
    return work


@pytest.mark.parametrize("shape", SHAPES)
def test_work_is_linear(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small = work_for(shape, 200, monkeypatch)
    large = work_for(shape, 2000 if shape == "correlated branches" else 800, monkeypatch)
    assert large <= (10 if shape == "correlated branches" else 4) * small * 1.05


def test_objects_that_live_all_along_share_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many objects that are all held from the start to the end would cost their product; the
    budget ends that, and nothing is said of the objects that it does not reach."""
    count = 200
    text = f"{HEAD}async def main():\n"
    text += "".join(f"    c{n} = f()\n" for n in range(count))
    text += "    if a: g()\n" * count
    text += "".join(f"    await c{n}\n" for n in range(count))
    history, _ = plain_semantics.history_of(text)
    told = [life for life in history.lives if life.uses]
    assert 20 < len(told) < count
    assert all(life.escapes for life in history.lives if not life.uses)


DEEP = [
    "x = " + "f() + " * 1000 + "f()\n",
    "x = " + "not " * 300 + "f()\n",
    "f()" + ".a" * 150 + "\n",
    "if a: pass\n" + "elif f(): pass\n" * 150,
    "x = [" + "f(), " * 1000 + "]\n",
    "x = f() if a else " * 100 + "1\n",
]


@pytest.mark.parametrize("text", DEEP)
def test_deep_and_wide_code_is_survived(text: str) -> None:
    syntax = parse(HEAD + text)
    trace(syntax.tree, plain_semantics.PlainSemantics(syntax.tree), {})


def test_a_comprehension_that_has_no_variable_yet_is_survived() -> None:
    text = "async def main(a):\n    x = f()\n    if a:\n        await x\n    await g(x, 3async )\n"
    syntax = parse(HEAD + text)
    function = take_inventory(syntax.tree).bodies[-1].node
    history = trace(function, plain_semantics.PlainSemantics(syntax.tree), {})
    assert [life.made.name for life in history.lives] == ["f"]


def standard_library() -> list[Path]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    return sorted(path for path in folder.glob("*/*.py") if "site-packages" not in path.parts)


class _AllKinds(plain_semantics.PlainSemantics):
    """Takes a random part of all calls for coroutine functions, and gives random effects."""

    def __init__(self, seed: int) -> None:
        super().__init__(parse("").tree)
        self.random = random.Random(seed)
        self.answers: dict[int, object] = {}

    def made(self, expression: object) -> object:  # type: ignore[override]
        if id(expression) not in self.answers:
            made = self.random.random() < 0.1
            self.answers[id(expression)] = MADE if made else None
        return self.answers[id(expression)]

    def effect(self, call: object, index: int, in_container: bool) -> object:  # type: ignore[override]
        return self.random.choice(list(plain_semantics.Effect))

    def keeps(self, call: object, index: int) -> str | None:
        return self.random.choice([None, "c"])

    def effect_on_kept(self, call: object, attribute: str) -> object:  # type: ignore[override]
        return self.random.choice(list(plain_semantics.Effect))

    def shares_parameter(self, call: object, index: int) -> bool:
        return self.random.random() < 0.5


MADE = plain_semantics.Made(plain_semantics.Kind.COROUTINE, "f", plain_semantics.Evidence.DECLARED)


@pytest.mark.parametrize("seed", range(4))
def test_any_function_can_be_traced(seed: int) -> None:
    """Real code with objects in places where nobody would write them."""
    for path in random.Random(seed).sample(standard_library(), 15):
        syntax = parse(path.read_text("utf-8", "replace"))
        semantics = _AllKinds(seed)
        inventory = take_inventory(syntax.tree)
        for body in inventory.bodies:
            for life in trace(body.node, semantics, inventory.attributes).lives:
                life.reuses(), life.losses(), life.value_uses()
