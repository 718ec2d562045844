"""A generated project with nested event loops planted in it, and what ought to be found.

`generate(modules, seed)` gives the files of a project of that many modules. For every ten modules
there is one chain of calls, thirty deep, through functions, methods, constructors, properties and
mutual recursion in modules drawn at random, from an ``async def`` to `asyncio.run`. Every other
chain is legal: a guard or a thread stands somewhere in it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyser import ROOT, MemoryReader, path_of
from corolint.loops.faults import loop_faults
from corolint.module_files import SearchPath
from corolint.project import Project

DEPTH = 30
_GUARDS = (
    """    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return {call}
    return None
""",
    """    if has_loop():
        return None
    return {call}
""",
    """    loop = asyncio.get_event_loop()
    if loop.is_running():
        raise TypeError("use await")
    return {call}
""",
    """    with ThreadPoolExecutor(1) as pool:
        return pool.submit({function}, number).result()
""",
    """    thread = Thread(target={function}, args=(number,))
    thread.start()
    thread.join()
""",
)
_KINDS = ("function", "function", "method", "constructor", "property", "recursion")
_HEAD = """import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
"""
_FILLER = """

def has_loop():
    try:
        asyncio.get_running_loop()
        return True
    except RuntimeError:
        return False


class Store:
    def __init__(self, items=()):
        self.items = list(items)

    def get(self, key, default=None):
        for name, value in self.items:
            if name == key:
                return value
        return default

    async def load(self, key):
        await asyncio.sleep(0)
        return self.get(key)


async def fetch(number):
    store = Store()
    return await store.load(number)


def compute(number):
    total = 0
    for item in range(number):
        total += item
    return Store([(number, total)]).get(number)


async def work(number):
    compute(number)
    return await fetch(number)
"""


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: the module and function of the ``async def``, and the modules along its chain."""

    module: str
    function: str
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Generated:
    """`files`: text by module name. `faults`: what must be found, and nothing else."""

    files: dict[str, str]
    faults: tuple[Planted, ...]


def generate(modules: int, seed: int = 1) -> Generated:
    """A project of `modules` modules in packages of twenty; the same for the same arguments."""
    chosen = random.Random(seed)
    names = [f"part{index // 20}.module{index}" for index in range(modules)]
    parts: dict[str, list[str]] = {name: [_HEAD, _FILLER] for name in names}
    imports: dict[str, set[str]] = {name: set() for name in names}
    faults = []
    for number in range(modules // 10):
        path = chosen.sample(names, min(DEPTH, len(names)))
        path = (path * DEPTH)[:DEPTH]
        legal_at = chosen.randrange(1, DEPTH) if number % 2 else None
        _plant(number, path, legal_at, parts, imports, chosen)
        if legal_at is None:
            faults.append(Planted(path[0], f"handler{number}", tuple(path)))
    files = {}
    for name in names:
        lines = "".join(f"import {other}\n" for other in sorted(imports[name] - {name}))
        files[name] = parts[name][0] + lines + "".join(parts[name][1:])
    return Generated(files, tuple(faults))


def _plant(
    number: int,
    path: list[str],
    legal_at: int | None,
    parts: dict[str, list[str]],
    imports: dict[str, set[str]],
    chosen: random.Random,
) -> None:
    """One chain: level 0 is the ``async def``, the last level runs the loop."""
    call, function = "asyncio.run(fetch(number))", "compute"
    below = path[-1]
    for level in range(DEPTH - 1, 0, -1):
        module = path[level]
        if level < DEPTH - 1:
            imports[module].add(below)
        if level == legal_at:
            guard = chosen.choice(_GUARDS)
            text = f"\n\ndef step{level}_{number}(number):\n"
            text += guard.format(call=call, function=function)
            kind = "function"
        else:
            kind = chosen.choice(
                ("function", "function", "method", "constructor", "property", "recursion")
            )
            text = _level(kind, f"{level}_{number}", call)
        parts[module].append(text)
        call, function = _call(kind, f"{level}_{number}", module)
        below = module
    imports[path[0]].add(below)
    parts[path[0]].append(
        f"\n\nasync def handler{number}(number):\n    {call}\n    await fetch(number)\n"
    )


def _level(kind: str, name: str, call: str) -> str:
    if kind == "method":
        return f"\n\nclass Client{name}:\n    def load(self, number):\n        return {call}\n"
    if kind == "constructor":
        return (
            f"\n\nclass Page{name}:\n    def __init__(self, number):\n        self.text = {call}\n"
        )
    if kind == "property":
        return (
            f"\n\nclass Lazy{name}:\n"
            "    def __init__(self, number):\n        self.number = number\n\n"
            "    @property\n    def data(self):\n"
            f"        number = self.number\n        return {call}\n"
        )
    if kind == "recursion":
        return (
            f"\n\ndef even{name}(number):\n    if number == 0:\n        return {call}\n"
            f"    return odd{name}(number - 1)\n\n\n"
            f"def odd{name}(number):\n    return even{name}(number - 1)\n"
        )
    return f"\n\ndef step{name}(number):\n    return {call}\n"


def _call(kind: str, name: str, module: str) -> tuple[str, str]:
    if kind == "method":
        return f"{module}.Client{name}().load(number)", f"{module}.Client{name}().load"
    if kind == "constructor":
        return f"{module}.Page{name}(number)", f"{module}.Page{name}"
    if kind == "property":
        return f"{module}.Lazy{name}(number).data", f"{module}.Lazy{name}"
    if kind == "recursion":
        return f"{module}.even{name}(number)", f"{module}.even{name}"
    return f"{module}.step{name}(number)", f"{module}.step{name}"


# --- what is found -------------------------------------------------------------------------------

# Module, function and (each once) the modules of the chain.
Told = tuple[str, str, tuple[str, ...]]


def planted(generated: Generated) -> set[Told]:
    """What must be found."""
    return {(p.module, p.function, tuple(dict.fromkeys(p.chain))) for p in generated.faults}


def file_of(module: str) -> str:
    """The path of a module of the generated project."""
    return path_of(module.replace(".", "/") + ".py")


def project_of(files: Mapping[str, str]) -> Project:
    """A project that lives in memory; `files` are texts by module name."""
    texts = {file_of(module): text for module, text in files.items()}
    return Project(SearchPath((ROOT,)), MemoryReader(texts))


def found_in(project: Project, module: str) -> Iterator[Told]:
    """The nested loops that are found in one module."""
    path = file_of(module)
    syntax, reading = project.reading(path)
    faults = loop_faults(path, syntax, reading, project)
    for body in reading.bodies:
        for fault in faults.nested.get(id(body.node), ()):
            chain = [project.module_name(hop.path) for hop in fault.hops]
            yield module, body.qualname, tuple(dict.fromkeys(chain))
    project.forget_reading(path)
