"""What libraries hand to the functions that a project gives them, where no signature tells.

    bot = commands.Bot("!")             # discord.py is not installed

    @bot.command()
    async def ping(context): context.send("pong")

A handler of a library that can be found is told by the declared type of the decorator or the
parameter that takes it; these rows are for the others, and for methods that a library calls by
their name. Paths are those of `corolint.known.outlines`.
"""

from __future__ import annotations

from typing import NamedTuple


class Handing(NamedTuple):
    """Which positional argument is the handler, and what it is called with; a method with its own
    object before that."""

    position: int
    arguments: tuple[str, ...]


_CONTEXT = ("discord.ext.commands.Context()",)
_INTERACTION = ("discord.Interaction()",)
_REQUEST = ("aiohttp.web.Request()",)
_SOCKET = ("websockets.connect().<awaited>",)
_MESSAGE = ("discord.Message()",)
_MEMBER = ("discord.Member()",)
_VERBS = ("get", "post", "put", "patch", "delete", "head", "route", "view")

# By what takes the handler: a decorator, or a call of which it is an argument.
TAKERS: dict[str, Handing] = {
    "discord.ext.commands.Bot().command()": Handing(0, _CONTEXT),
    "discord.ext.commands.Bot().group()": Handing(0, _CONTEXT),
    "discord.ext.commands.Bot().hybrid_command()": Handing(0, _CONTEXT),
    "discord.ext.commands.command()": Handing(0, _CONTEXT),
    "discord.ext.commands.group()": Handing(0, _CONTEXT),
    "discord.ext.commands.hybrid_command()": Handing(0, _CONTEXT),
    "discord.app_commands.command()": Handing(0, _INTERACTION),
    "discord.app_commands.CommandTree().command()": Handing(0, _INTERACTION),
    "discord.ui.button()": Handing(0, _INTERACTION),
    "discord.ui.select()": Handing(0, _INTERACTION),
    "websockets.serve": Handing(0, _SOCKET),
    "websockets.server.serve": Handing(0, _SOCKET),
    "websockets.asyncio.server.serve": Handing(0, _SOCKET),
} | {
    f"aiohttp.web.RouteTableDef().{verb}()": Handing(0, _REQUEST) for verb in _VERBS
} | {
    f"aiohttp.web.{verb}": Handing(1, _REQUEST) for verb in _VERBS
} | {
    f"aiohttp.web.Application().router.add_{verb}": Handing(1, _REQUEST) for verb in _VERBS
}  # fmt: skip

_EVENTS: dict[str, tuple[str, ...]] = {
    "on_message": _MESSAGE,
    "on_message_delete": _MESSAGE,
    "on_message_edit": _MESSAGE * 2,
    "on_member_join": _MEMBER,
    "on_member_remove": _MEMBER,
    "on_member_update": _MEMBER * 2,
    "on_voice_state_update": _MEMBER,
    "on_guild_join": ("discord.Guild()",),
    "on_guild_remove": ("discord.Guild()",),
    "on_interaction": _INTERACTION,
    "on_command_error": _CONTEXT,
}

# By decorators that hand on by the name of the function.
NAMED_TAKERS: dict[str, dict[str, tuple[str, ...]]] = {
    "discord.Client().event": _EVENTS,
    "discord.ext.commands.Bot().event": _EVENTS,
    "discord.ext.commands.Bot().listen()": _EVENTS,
    "discord.ext.commands.Cog.listener()": _EVENTS,
}

# By the class whose methods the library calls by their names, with more than itself.
METHODS: dict[str, dict[str, tuple[str, ...]]] = {
    "discord.Client": _EVENTS,
    "discord.AutoShardedClient": _EVENTS,
    "discord.ext.commands.Bot": _EVENTS,
    "discord.ext.commands.AutoShardedBot": _EVENTS,
    "discord.ui.Modal": {"on_submit": _INTERACTION},
    "discord.ui.View": {"interaction_check": _INTERACTION},
    "starlette.middleware.base.BaseHTTPMiddleware": {"dispatch": ("starlette.requests.Request()",)},
    "starlette.endpoints.HTTPEndpoint":
        dict.fromkeys(_VERBS, ("starlette.requests.Request()",)),
    "starlette.endpoints.WebSocketEndpoint":
        dict.fromkeys(("on_connect", "on_receive", "on_disconnect"),
                      ("starlette.websockets.WebSocket()",)),
}  # fmt: skip
