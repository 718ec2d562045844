"""Bots.

discord.py: discordpy.readthedocs.io, "API Reference"; the methods marked *async*, which are the
same in its forks. aiogram: docs.aiogram.dev, "Finite State Machine"; what ``message.answer`` gives
is an object that can be awaited, and is left out.
"""

from __future__ import annotations

from corolint.known.outlines.outline import Outline

_CLIENT = "discord.Client()"
_BOT = "discord.ext.commands.Bot()"
_CONTEXT = "discord.ext.commands.Context()"
_CHANNEL = "discord.abc.Messageable()"
_TEXT_CHANNEL = "discord.TextChannel()"
_MESSAGE = "discord.Message()"
_MEMBER = "discord.Member()"
_GUILD = "discord.Guild()"
_ROLE = "discord.Role()"
_INTERACTION = "discord.Interaction()"
_WEBHOOK = "discord.Webhook()"
_VOICE = "discord.VoiceClient()"
_STATE = "aiogram.fsm.context.FSMContext()"

OUTLINES: dict[str, Outline] = {
    _CLIENT: Outline(
        "application_info change_presence close connect create_guild fetch_channel fetch_guild"
        " fetch_invite fetch_user fetch_webhook login setup_hook start wait_for wait_until_ready",
        {".get_channel()": _TEXT_CHANNEL, ".fetch_channel().<awaited>": _TEXT_CHANNEL,
         ".get_guild()": _GUILD, ".fetch_guild().<awaited>": _GUILD, ".get_user()": _MEMBER,
         ".fetch_user().<awaited>": _MEMBER, ".guilds.<element>": _GUILD},
    ),
    "discord.AutoShardedClient()": Outline("", like=(_CLIENT,)),
    _BOT: Outline(
        "add_cog get_context invoke is_owner load_extension process_commands reload_extension"
        " remove_cog unload_extension",
        like=(_CLIENT,),
    ),
    "discord.ext.commands": Outline(
        "",
        {".AutoShardedBot()": _BOT, ".bot.Bot": "discord.ext.commands.Bot",
         ".context.Context": "discord.ext.commands.Context"},
    ),
    _CHANNEL: Outline(
        "fetch_message send",
        {".send().<awaited>": _MESSAGE, ".fetch_message().<awaited>": _MESSAGE,
         ".history().<element>": _MESSAGE},
    ),
    _TEXT_CHANNEL: Outline(
        "clone create_invite create_thread create_webhook delete delete_messages edit invites"
        " purge set_permissions webhooks",
        {".guild": _GUILD},
        (_CHANNEL,),
    ),
    "discord.Thread()": Outline("add_user join leave", like=(_TEXT_CHANNEL,)),
    "discord.DMChannel()": Outline("", like=(_CHANNEL,)),
    "discord.VoiceChannel()": Outline(
        "connect", {".connect().<awaited>": _VOICE}, like=(_TEXT_CHANNEL,)
    ),
    _VOICE: Outline("disconnect move_to", {".guild": _GUILD}),
    _CONTEXT: Outline(
        "defer invoke reply send_help",
        {".channel": _TEXT_CHANNEL, ".message": _MESSAGE, ".author": _MEMBER, ".guild": _GUILD,
         ".bot": _BOT, ".voice_client": _VOICE, ".reply().<awaited>": _MESSAGE},
        (_CHANNEL,),
    ),
    _MESSAGE: Outline(
        "add_reaction clear_reaction clear_reactions create_thread delete edit pin publish"
        " remove_reaction reply unpin",
        {".channel": _TEXT_CHANNEL, ".author": _MEMBER, ".guild": _GUILD,
         ".reply().<awaited>": _MESSAGE},
    ),
    _MEMBER: Outline(
        "add_roles ban create_dm edit fetch_voice kick move_to remove_roles timeout unban",
        {".guild": _GUILD, ".dm_channel": _CHANNEL, ".voice.channel": "discord.VoiceChannel()"},
        (_CHANNEL,),
    ),
    "discord.User()": Outline("create_dm", like=(_CHANNEL,)),
    _GUILD: Outline(
        "ban create_category create_role create_text_channel create_voice_channel delete edit"
        " fetch_channel fetch_channels fetch_emoji fetch_member fetch_roles kick leave unban"
        " webhooks",
        {".get_member()": _MEMBER, ".fetch_member().<awaited>": _MEMBER,
         ".get_channel()": _TEXT_CHANNEL, ".get_role()": _ROLE, ".owner": _MEMBER,
         ".system_channel": _TEXT_CHANNEL, ".text_channels.<element>": _TEXT_CHANNEL,
         ".members.<element>": _MEMBER, ".roles.<element>": _ROLE, ".me": _MEMBER,
         ".voice_client": _VOICE, ".create_role().<awaited>": _ROLE,
         ".create_text_channel().<awaited>": _TEXT_CHANNEL},
    ),
    _ROLE: Outline("delete edit move", {".guild": _GUILD}),
    _INTERACTION: Outline(
        "delete_original_response edit_original_response original_response",
        {".response": "discord.InteractionResponse()", ".followup": _WEBHOOK,
         ".channel": _TEXT_CHANNEL, ".message": _MESSAGE, ".user": _MEMBER, ".guild": _GUILD,
         ".client": _BOT},
    ),
    "discord.InteractionResponse()": Outline(
        "autocomplete defer edit_message pong send_message send_modal"
    ),
    _WEBHOOK: Outline("delete edit edit_message fetch fetch_message send"),
    _STATE: Outline("clear get_data get_state set_data set_state update_data"),
    "aiogram.Bot()": Outline(
        "answer_callback_query copy_message delete_message delete_webhook edit_message_text"
        " forward_message get_chat get_chat_member get_file get_me send_audio send_chat_action"
        " send_document send_media_group send_message send_photo send_video set_my_commands"
        " set_webhook"
    ),
    "aiogram.Dispatcher()": Outline("start_polling stop_polling"),
}  # fmt: skip
