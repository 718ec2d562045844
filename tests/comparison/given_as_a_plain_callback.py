import asyncio


async def tick() -> None: ...


async def main() -> None:
    asyncio.get_running_loop().call_later(1, tick)
