import asyncio


async def fetch() -> int:
    return 1


async def main() -> int:
    return asyncio.run(fetch())
