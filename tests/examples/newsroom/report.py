"""A loop inside a loop: `render` is plain, but the coroutine `weekly` calls it while a loop runs."""

import asyncio

from newsroom.client import Client


def render(client: Client) -> str:
    return asyncio.run(client.fetch("index"))


async def weekly(client: Client) -> None:
    await client.post(render(client))
