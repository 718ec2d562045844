import asyncio


async def fetch() -> int:
    return 1


async def main() -> int:
    attempt = fetch()
    try:
        return await asyncio.wait_for(attempt, timeout=1)
    except asyncio.TimeoutError:
        return await attempt
