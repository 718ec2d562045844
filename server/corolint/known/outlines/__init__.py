"""Libraries that a project uses and an editor or a CI job often does not have installed.

Where a library can be found, its own source or stubs tell what its functions make, and nothing here
is looked at. Where it cannot be found, these rows stand in for the little of it that people forget
to await: which methods are coroutine functions, and what leads to an object that has them. A row
holds only what is a coroutine function (``async def``, or a plain one that returns a coroutine
object); what can be awaited or entered, such as a request of aiohttp, is left out, and what is not
named stays unknown. The names were compared with the classes of one release of each library, that
of late 2026 (of Home Assistant, 2025.4); where the steps from an object lead was not. Each file
names the documentation where both can be looked up.

Keys are paths: ``redis.asyncio`` is a module, ``redis.asyncio.Redis`` the class in it and
``redis.asyncio.Redis()`` an instance.
"""

from __future__ import annotations

from corolint.known.outlines import bots, browsers, databases, messaging, models, servers, web
from corolint.known.outlines.outline import Outline

OUTLINES: dict[str, Outline] = {
    **bots.OUTLINES,
    **browsers.OUTLINES,
    **databases.OUTLINES,
    **messaging.OUTLINES,
    **models.OUTLINES,
    **servers.OUTLINES,
    **web.OUTLINES,
}

# Packages that are another one under a name of its own, with all of its names.
SAME_PACKAGES: dict[str, str] = {
    "nextcord": "discord",  # a fork of discord.py
    "disnake": "discord",  # a fork of discord.py
    "aioredis": "redis.asyncio",  # aioredis 2 became redis.asyncio (redis-py's documentation)
}
