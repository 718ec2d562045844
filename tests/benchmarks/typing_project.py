"""A project to type in: modules that import each other, and files of any length, always the same.

Each module has a class with coroutine methods that calls the class of the module before it, as
services of an application do. A file of a given length is that kind of code again and again.
"""

from __future__ import annotations

from pathlib import Path

_HEAD = '''\
"""Service number {number}."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
{imported}

'''

_SERVICE = '''\
class Service{name}:
    """Reads and writes what has to do with {name}."""

    def __init__(self, limit: int = {limit}, name: str = "{name}") -> None:
        self.limit = limit
        self.name = name
        self.waiting: list[str] = []
        self.lock = asyncio.Lock()

    async def fetch(self, key: str, retries: int = 3) -> bytes:
        for attempt in range(retries):
            async with self.lock:
                self.waiting.append(key)
            if len(self.waiting) > self.limit:
                await asyncio.sleep(attempt)
                continue
            return await self.read(key)
        raise TimeoutError(f"{{self.name}}: {{key}} after {{retries}} attempts")

    async def read(self, key: str) -> bytes:
        parts = [part.strip() for part in key.split("/") if part]
        total = sum(len(part) for part in parts)
        if total == 0:
            raise KeyError(key)
        await asyncio.sleep(0)
        return "/".join(parts).encode()

    async def fetch_all(self, keys: Iterable[str]) -> dict[str, bytes]:
        wanted = sorted(set(keys))
        found = await asyncio.gather(*[self.fetch(key) for key in wanted])
        return dict(zip(wanted, found))

    def summary(self) -> str:
        lines = [f"{{self.name}} waits for {{len(self.waiting)}}"]
        for place, key in enumerate(self.waiting):
            lines.append(f"{{place}}: {{key}}")
        return "\\n".join(lines)


async def refresh_{name}(service: Service{name}, keys: list[str]) -> int:
    done = 0
    for key in keys:
        try:
            data = await service.fetch(key)
        except TimeoutError:
            service.waiting.remove(key)
            continue
        done += len(data)
    task = asyncio.create_task(service.fetch_all(keys))
    results = await task
    return done + sum(map(len, results.values()))


'''


def module_text(number: int, lines: int) -> str:
    """A module of about so many lines, which imports the module before it."""
    before = number - 1
    imported = f"from service_{before} import Service{before}_0\n" if before >= 0 else ""
    text = _HEAD.format(number=number, imported=imported)
    use = ""
    if before >= 0:
        use = (
            f"async def chain_{number}(key: str) -> bytes:\n"
            f"    previous = Service{before}_0()\n"
            "    return await previous.fetch(key)\n\n\n"
        )
    parts = [text, use]
    count = sum(part.count("\n") for part in parts)
    part = 0
    while count < lines or part == 0:
        parts.append(_SERVICE.format(name=f"{number}_{part}", limit=10 + part))
        count += parts[-1].count("\n")
        part += 1
    return "".join(parts).rstrip("\n") + "\n"


def write_project(folder: Path, modules: int) -> None:
    """Writes ``service_0.py`` … into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text("")
    for number in range(modules):
        (folder / f"service_{number}.py").write_text(module_text(number, 100))


def places_to_type(text: str, count: int) -> list[int]:
    """0-based lines before which a statement of a coroutine function may stand."""
    found = [
        number
        for number, line in enumerate(text.split("\n"))
        if line.startswith("        parts = ")
    ]
    step = max(1, len(found) // count)
    return (found[::step] * count)[:count]
