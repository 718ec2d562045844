import functools


@functools.lru_cache
async def fetch(key: str) -> str:
    return key


async def main() -> None:
    await fetch("a")
    await fetch("a")
