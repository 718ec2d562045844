"""Never awaited: `self.client.post(...)` makes a coroutine object, and nothing runs it."""

from newsroom.client import Client


class Feed:
    def __init__(self, client: Client) -> None:
        self.client = client

    async def publish(self, path: str) -> None:
        text = await self.client.fetch(path)
        self.client.post(text)
