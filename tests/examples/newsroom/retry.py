"""Awaited twice: a coroutine object runs once, so the second attempt can only fail."""

import asyncio

from newsroom.client import Client


async def fetch_with_retry(client: Client, path: str) -> str:
    attempt = client.fetch(path)
    try:
        return await asyncio.wait_for(attempt, timeout=1)
    except asyncio.TimeoutError:
        return await attempt
