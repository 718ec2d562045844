"""Makes a program out of a seed: the same text for the same seed, whatever the machine.

    program(80)  # "import asyncio\\n\\nasync def f(): ..."

What is drawn: two to four *places* that hold an object (names, an attribute, elements of a list and
a dictionary), which are given a fresh object, each other's object or None; uses of them that
consume, perhaps consume or only look, through every kind of helper; a list of objects that is
filled, walked and gathered; closures; `if`, `match`, `for`, `while` with `else`, `try` with
`except`, `else` and `finally`, `with`, `return`, `break`, `continue`; conditions that are free or
repeat an earlier one. A place that may hold None is only used behind a test of it, so that no path
dies of a TypeError. At most `MAX_COINS` free conditions keep the number of paths small enough to
try them all.
"""

from __future__ import annotations

from random import Random

from fuzz.helpers import HEAD

MAX_COINS = 5

# What is done to an object; awaiting is the most usual.
USES = (
    *["await {0}"] * 6,
    *["{0}.close()"] * 2,
    "await run({0})",
    "await forward({0})",
    "await forward(c={0})",
    "await deep({0}, 2)",
    "await maybe({0})",
    "await leaky({0})",
    "await retry({0})",
    "await Runner().run({0})",
    "await Job({0}).run()",
    "job = Job({0})\nawait job.run()",
    "with contextlib.closing({0}) as x: look(x)",
    "await same({0})",
    "await start({0})",
    "shut({0})",
    "look({0})",
    "repr({0})",
    "await asyncio.gather({0})",
    "await asyncio.create_task({0})",
    "await asyncio.wait_for({0}, 5)",
    "x = await {0}",
    "[await {0} for _ in range(1)]",
)
# The same to two.
USES_OF_TWO = (
    "await asyncio.gather({0}, {1})",
    "await both({0}, {1})",
    "await run_all({0}, {1})",
    "for c in ({0}, {1}): await c",
    "for c in each({0}, {1}): await c",
    "for c in asyncio.as_completed([{0}, {1}]): await c",
    "[await c for c in [{0}, {1}]]",
    "pair = {0}, {1}\nawait pair[0]\nawait pair[1]",
    "{0}, {1} = {1}, {0}",
    "async with asyncio.TaskGroup() as tg:\n    tg.create_task({0})\n    tg.create_task({1})",
)
# What is done to the list `xs`.
LIST_USES = (
    "await asyncio.gather(*xs)",
    "await run_all(*xs)",
    "for x in xs: await x",
    "[await x for x in xs]",
    "while xs: await xs.pop()",
    "if xs: await asyncio.gather(*xs)",
    "for x in xs: x.close()",
    "ys = xs",
    "xs = [f() for _ in range(2)]",
    "xs = []",
    "xs.clear()",
)
CLOSURES = {
    "async def inner():\n    await {0}": "await inner()",
    "get = lambda: {0}": "await get()",
    "async def renew():\n    nonlocal {0}\n    {0} = f()": "await renew()",
    "async def peek():\n    print({0})": "await peek()",
}
LISTS = ("xs = []", "xs = [f(), g()]", "xs = [f() for _ in range(2)]")
CONTEXTS = ("with contextlib.suppress(ValueError):", "with guard():")
# What makes the places that are no names.
HOLDERS = {"b": "box = types.SimpleNamespace()", "d": "d = {}", "z": "zs = [g()]"}
PLACES = (*"aabb", "c", "box.c", "d['k']", "zs[0]")


def program(seed: int) -> str:
    """The text of one program; never raises."""
    return _Writer(Random(seed)).program()


class _Writer:
    """One program while it is drawn; `budget` is the number of statements still to come."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines: list[str] = []
        self.budget = random.randint(3, 11)
        self.coins = 1
        self.places = sorted({random.choice(PLACES) for _ in range(3)})
        names = [place for place in self.places if place.isidentifier()]
        self.maybe_none = {name for name in names if random.random() < 0.3}
        self.has_list = random.random() < 0.25
        self.calls_closure = ""
        self.closed_over = random.choice(names) if names and random.random() < 0.2 else ""

    def program(self) -> str:
        self.write(1, "flag = coin()")
        for place in self.places:
            if not place.isidentifier():
                self.write(1, HOLDERS[place[0]])
            is_none = place in self.maybe_none and self.random.random() < 0.5
            self.write(1, f"{place} = {'None' if is_none else self.fresh()}")
        if self.has_list:
            self.write(1, self.random.choice(LISTS))
        if self.closed_over and self.closed_over not in self.maybe_none:
            definition, self.calls_closure = self.random.choice(list(CLOSURES.items()))
            self.write(1, definition.format(self.closed_over))
        while self.budget > 0:
            self.statement(1, in_loop=False)
        return HEAD + "\n".join(self.lines) + "\n"

    def write(self, depth: int, text: str) -> None:
        self.lines += ["    " * depth + line for line in text.split("\n")]

    def toss(self) -> bool:
        """Whether one more free condition can be afforded."""
        self.coins += 1
        return self.coins <= MAX_COINS

    def fresh(self) -> str:
        """An expression that makes an object; awaiting one of `bad` may raise."""
        kind = self.random.random()
        if kind < 0.12 and self.toss():
            return "bad()"
        return "f()" if kind < 0.7 else "g()"

    def block(self, depth: int, in_loop: bool) -> None:
        before = len(self.lines)
        for _ in range(self.random.randint(1, 3)):
            if self.budget > 0:
                self.statement(depth, in_loop)
        if len(self.lines) == before:
            self.write(depth, "pass")

    def statement(self, depth: int, in_loop: bool) -> None:
        self.budget -= 1
        place = self.random.choice(self.places)
        kind = self.random.random()
        if kind < 0.24:
            self.assignment(depth, place)
        elif kind < 0.50:
            self.use(depth, place)
        elif kind < 0.55 and self.has_list:
            self.list_use(depth)
        elif kind < 0.58 and self.calls_closure:
            self.write(depth, self.calls_closure)
        elif kind < 0.70 and depth < 4:
            self.branch(depth, in_loop)
        elif kind < 0.78 and depth < 3:
            self.loop(depth)
        elif kind < 0.86 and depth < 3:
            self.handler(depth, in_loop)
        elif kind < 0.90 and depth < 3:
            self.context(depth, in_loop)
        elif kind < 0.92 and self.toss():
            self.write(depth, "flag = coin()")
        elif kind < 0.95:
            self.write(depth, "return")
        elif in_loop:
            self.write(depth, self.random.choice(("break", "continue")))
        elif place not in self.maybe_none:
            self.write(depth, f"look({place})")

    def assignment(self, depth: int, place: str) -> None:
        kind = self.random.random()
        if kind < 0.6:
            self.write(depth, f"{place} = {self.fresh()}")
        elif kind < 0.7 and place not in self.maybe_none:
            self.write(depth, f"{place} = f() if {self.condition()} else g()")
        elif kind < 0.75:
            self.write(depth, self.random.choice(("await (y := f())", "await retry(bad())")))
        elif kind < 0.88 or place not in self.maybe_none:
            other = self.random.choice(self.places)
            if other not in self.maybe_none:
                self.write(depth, f"{place} = {other}")
            elif place in self.maybe_none:
                self.write(depth, f"{place} = {other}")
        else:
            self.write(depth, f"{place} = None")

    def use(self, depth: int, place: str) -> None:
        if self.random.random() < 0.15:
            sure = [one for one in self.places if one not in self.maybe_none]
            if sure:
                chosen = self.random.choices(sure, k=2)
                self.write(depth, self.random.choice(USES_OF_TWO).format(*chosen))
                return
        use = self.random.choice(USES).format(place)
        if place in self.maybe_none:
            test = self.random.choice(("if {0} is not None:", "if {0}:"))
            self.write(depth, test.format(place))
            depth += 1
        elif use.startswith("await") and self.random.random() < 0.08:
            use = f"{self.condition()} and {use}"
        self.write(depth, use)

    def list_use(self, depth: int) -> None:
        if self.random.random() < 0.3:
            sure = [place for place in self.places if place not in self.maybe_none]
            added = self.random.choice(["f()", *sure])
            self.write(depth, f"xs.append({added})")
            return
        self.write(depth, self.random.choice(LIST_USES))

    def condition(self) -> str:
        if self.random.random() < 0.65 and self.toss():
            return "coin()"
        return self.random.choice(("flag", "flag", "not flag"))

    def branch(self, depth: int, in_loop: bool) -> None:
        if self.random.random() < 0.15:
            self.write(depth, f"match {self.condition()}:")
            self.write(depth + 1, "case True:")
            self.block(depth + 2, in_loop)
            if self.random.random() < 0.6:
                self.write(depth + 1, self.random.choice(("case False:", "case _:")))
                self.block(depth + 2, in_loop)
            return
        self.write(depth, f"if {self.condition()}:")
        self.block(depth + 1, in_loop)
        if self.random.random() < 0.15:
            self.write(depth, f"elif {self.condition()}:")
            self.block(depth + 1, in_loop)
        if self.random.random() < 0.4:
            self.write(depth, "else:")
            self.block(depth + 1, in_loop)

    def loop(self, depth: int) -> None:
        kind = self.random.random()
        if kind < 0.35 and self.toss():
            self.write(depth, "while coin():")
            self.block(depth + 1, in_loop=True)
        elif kind < 0.55 and self.toss():
            self.write(depth, "while True:")
            self.block(depth + 1, in_loop=False)
            self.write(depth + 1, "if not coin(): break")
        elif kind < 0.65:
            self.write(depth, "for flag in (True, False):")
            self.block(depth + 1, in_loop=True)
        else:
            self.write(depth, "for _ in range(2):")
            self.block(depth + 1, in_loop=True)
        if kind > 0.8:
            self.write(depth, "else:")
            self.block(depth + 1, in_loop=False)

    def handler(self, depth: int, in_loop: bool) -> None:
        self.write(depth, "try:")
        kind = self.random.random()
        raises = self.toss()
        is_late = self.random.random() < 0.5
        if raises and not is_late:
            self.write(depth + 1, "check()")
        self.block(depth + 1, in_loop)
        if raises and is_late:
            self.write(depth + 1, "check()")
        if kind < 0.7:
            caught = self.random.choice(("ValueError", "ValueError", "Exception"))
            self.write(depth, f"except {caught}:")
            self.block(depth + 1, in_loop)
            if self.random.random() < 0.2:
                self.write(depth, "else:")
                self.block(depth + 1, in_loop)
        if kind > 0.5:
            self.write(depth, "finally:")
            self.block(depth + 1, in_loop=False)

    def context(self, depth: int, in_loop: bool) -> None:
        self.write(depth, self.random.choice(CONTEXTS))
        self.block(depth + 1, in_loop)
