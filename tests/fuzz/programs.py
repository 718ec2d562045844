"""Makes a program out of a seed: the same text for the same seed, whatever the machine.

    program(80)  # "import asyncio\\n\\nasync def f(): ..."

What is drawn: two names, `a` and `b`, which hold a fresh object, each other's object or None; uses
of them that consume, perhaps consume or only look; `if`, `for`, `while`, `try` with `except` and
`finally`, `return`, `break`, `continue`; conditions that are free or repeat an earlier one. A name
that may hold None is only used behind a test of it, so that no path dies of a TypeError. At most
`MAX_COINS` free conditions keep the number of paths small enough to try them all.
"""

from __future__ import annotations

from random import Random

MAX_COINS = 5

HEAD = """\
import asyncio

async def f():
    pass
async def g(): ...
def check():
    if coin(): raise ValueError
async def run(c):
    await c
async def maybe(c):
    if coin(): await c
    else: c.close()
def look(c):
    print(repr(c))

async def main():
"""

# What is done to an object; awaiting is the most usual.
USES = (
    "await {0}",
    "await {0}",
    "await {0}",
    "{0}.close()",
    "await run({0})",
    "await maybe({0})",
    "look({0})",
    "await asyncio.gather({0})",
    "await asyncio.create_task({0})",
    "await asyncio.wait_for({0}, 5)",
)


def program(seed: int) -> str:
    """The text of one program; never raises."""
    return _Writer(Random(seed)).program()


class _Writer:
    """One program while it is drawn; `budget` is the number of statements still to come."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines: list[str] = []
        self.budget = random.randint(4, 11)
        self.coins = 1
        self.maybe_none = {name for name in "ab" if random.random() < 0.3}

    def program(self) -> str:
        self.write(1, "flag = coin()")
        for name in "ab":
            is_none = name in self.maybe_none and self.random.random() < 0.5
            self.write(1, f"{name} = {'None' if is_none else 'f()'}")
        while self.budget > 0:
            self.statement(1, in_loop=False)
        return HEAD + "\n".join(self.lines) + "\n"

    def write(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def block(self, depth: int, in_loop: bool) -> None:
        before = len(self.lines)
        for _ in range(self.random.randint(1, 3)):
            if self.budget > 0:
                self.statement(depth, in_loop)
        if len(self.lines) == before:
            self.write(depth, "pass")

    def statement(self, depth: int, in_loop: bool) -> None:
        self.budget -= 1
        name = self.random.choice("ab")
        kind = self.random.random()
        if kind < 0.26:
            self.assignment(depth, name)
        elif kind < 0.55:
            self.use(depth, name)
        elif kind < 0.72 and depth < 4:
            self.branch(depth, in_loop)
        elif kind < 0.80 and depth < 3:
            self.loop(depth)
        elif kind < 0.88 and depth < 3:
            self.handler(depth, in_loop)
        elif kind < 0.92 and self.coins < MAX_COINS:
            self.coins += 1
            self.write(depth, "flag = coin()")
        elif kind < 0.95:
            self.write(depth, "return")
        elif in_loop:
            self.write(depth, self.random.choice(("break", "continue")))
        else:
            self.write(depth, "pass" if name in self.maybe_none else f"look({name})")

    def assignment(self, depth: int, name: str) -> None:
        kind = self.random.random()
        if kind < 0.7:
            self.write(depth, f"{name} = {self.random.choice('fg')}()")
        elif kind < 0.85 or name not in self.maybe_none:
            other = self.random.choice("ab")
            if other in self.maybe_none:
                self.maybe_none.add(name)
            self.write(depth, f"{name} = {other}")
        else:
            self.write(depth, f"{name} = None")

    def use(self, depth: int, name: str) -> None:
        if name in self.maybe_none:
            test = self.random.choice(("if {0} is not None:", "if {0}:"))
            self.write(depth, test.format(name))
            depth += 1
        self.write(depth, self.random.choice(USES).format(name))

    def condition(self) -> str:
        if self.coins < MAX_COINS and self.random.random() < 0.7:
            self.coins += 1
            return "coin()"
        return self.random.choice(("flag", "not flag"))

    def branch(self, depth: int, in_loop: bool) -> None:
        self.write(depth, f"if {self.condition()}:")
        self.block(depth + 1, in_loop)
        if self.random.random() < 0.4:
            self.write(depth, "else:")
            self.block(depth + 1, in_loop)

    def loop(self, depth: int) -> None:
        kinds = ["for _ in range(2):"]
        if self.coins < MAX_COINS:
            kinds.append("while coin():")
        kind = self.random.choice(kinds)
        self.coins += "coin" in kind
        self.write(depth, kind)
        self.block(depth + 1, in_loop=True)

    def handler(self, depth: int, in_loop: bool) -> None:
        self.write(depth, "try:")
        self.block(depth + 1, in_loop)
        if self.random.random() < 0.5 and self.coins < MAX_COINS:
            self.coins += 1
            self.write(depth + 1, "check()")
        kind = self.random.random()
        if kind < 0.7:
            self.write(depth, "except ValueError:")
            self.block(depth + 1, in_loop)
        if kind > 0.5:
            self.write(depth, "finally:")
            self.block(depth + 1, in_loop=False)
