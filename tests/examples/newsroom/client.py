"""A client as libraries have it: every method that talks to the network is a coroutine function."""

import asyncio


class Client:
    def __init__(self, host: str) -> None:
        self.host = host
        self.sent: list[str] = []

    async def fetch(self, path: str) -> str:
        await asyncio.sleep(0)
        return f"{self.host}/{path}"

    async def post(self, text: str) -> None:
        await asyncio.sleep(0)
        self.sent.append(text)
