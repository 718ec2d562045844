"""Nothing to report here: one loop, started once, and every coroutine awaited once."""

import asyncio

from newsroom.client import Client
from newsroom.feed import Feed


async def main() -> None:
    client = Client("https://news.example")
    feed = Feed(client)
    await asyncio.gather(*(feed.publish(path) for path in ("world", "local")))


if __name__ == "__main__":
    asyncio.run(main())
