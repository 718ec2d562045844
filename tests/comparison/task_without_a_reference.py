import asyncio


async def work() -> None: ...


async def main() -> None:
    asyncio.create_task(work())
