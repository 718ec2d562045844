import asyncio


async def fetch() -> int:
    return 1


def render() -> int:
    return asyncio.run(fetch())


async def main() -> int:
    return render()
