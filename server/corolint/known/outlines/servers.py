"""Frameworks for servers, and Home Assistant.

Starlette: www.starlette.io, "Requests" and "WebSockets"; FastAPI has the same objects. aiohttp:
docs.aiohttp.org, "Server Reference". Quart: quart.palletsprojects.com, "Migration from Flask".
Home Assistant: developers.home-assistant.io, "Hass object"; methods marked as a callback are plain
although their names begin with ``async_``, and are left out.
"""

from __future__ import annotations

from corolint.known.outlines.outline import Outline

_REQUEST = "starlette.requests.Request()"
_WEBSOCKET = "starlette.websockets.WebSocket()"
_APPLICATION = "starlette.applications.Starlette()"
_UPLOAD = "starlette.datastructures.UploadFile()"
_AIOHTTP_STREAM = "aiohttp.web.StreamResponse()"
_AIOHTTP_SITE = "aiohttp.web.BaseSite()"
_HASS = "homeassistant.core.HomeAssistant()"
_COORDINATOR = "homeassistant.helpers.update_coordinator.DataUpdateCoordinator()"

OUTLINES: dict[str, Outline] = {
    _REQUEST: Outline(
        "body close is_disconnected json send_push_promise", {".app": _APPLICATION}
    ),
    _WEBSOCKET: Outline(
        "accept close receive receive_bytes receive_json receive_text send send_bytes send_json"
        " send_text",
        {".app": _APPLICATION},
    ),
    _APPLICATION: Outline("", {".state": "starlette.datastructures.State()"}),
    "starlette.datastructures.State()": Outline(),
    _UPLOAD: Outline("close read seek write"),
    "starlette.concurrency": Outline("run_in_threadpool"),
    "fastapi": Outline(
        "",
        {".FastAPI": "starlette.applications.Starlette",
         ".Request": "starlette.requests.Request", ".WebSocket": "starlette.websockets.WebSocket",
         ".UploadFile": "starlette.datastructures.UploadFile",
         ".requests.Request": "starlette.requests.Request",
         ".websockets.WebSocket": "starlette.websockets.WebSocket",
         ".concurrency.run_in_threadpool": "starlette.concurrency.run_in_threadpool"},
    ),
    "aiohttp.web": Outline("", {".BaseRequest()": "aiohttp.web.Request()"}),
    "aiohttp.web.Request()": Outline("json multipart post read text"),
    "aiohttp.web.WebSocketResponse()": Outline(
        "close drain ping pong prepare receive receive_bytes receive_json receive_str send_bytes"
        " send_json send_str"
    ),
    _AIOHTTP_STREAM: Outline("prepare write write_eof"),
    "aiohttp.web.Response()": Outline("", like=(_AIOHTTP_STREAM,)),
    "aiohttp.web.AppRunner()": Outline("cleanup setup shutdown"),
    "aiohttp.web.ServerRunner()": Outline("cleanup setup shutdown"),
    _AIOHTTP_SITE: Outline("start stop"),
    "aiohttp.web.TCPSite()": Outline("", like=(_AIOHTTP_SITE,)),
    "aiohttp.web.UnixSite()": Outline("", like=(_AIOHTTP_SITE,)),
    "aiohttp.web.SockSite()": Outline("", like=(_AIOHTTP_SITE,)),
    "aiohttp.web.Application()": Outline("cleanup shutdown startup"),
    "quart": Outline("render_template render_template_string send_file send_from_directory"),
    "quart.request": Outline("get_data get_json"),
    "quart.websocket": Outline("accept close receive receive_json send send_json"),
    _HASS: Outline(
        "async_block_till_done async_run async_start async_stop",
        {".services": "homeassistant.core.ServiceRegistry()",
         ".config_entries": "homeassistant.config_entries.ConfigEntries()"},
    ),
    "homeassistant.core.ServiceRegistry()": Outline("async_call"),
    "homeassistant.config_entries.ConfigEntries()": Outline(
        "async_add async_forward_entry_setups async_forward_entry_unload async_reload async_remove"
        " async_setup async_unload async_unload_platforms"
    ),
    _COORDINATOR: Outline(
        "async_config_entry_first_refresh async_refresh async_request_refresh async_shutdown",
        {".hass": _HASS},
    ),
    "homeassistant.helpers.update_coordinator.CoordinatorEntity()": Outline(
        "", {".coordinator": _COORDINATOR, ".hass": _HASS}
    ),
    "homeassistant.helpers.entity.Entity()": Outline("", {".hass": _HASS}),
    "homeassistant.helpers.storage.Store()": Outline("async_load async_remove async_save"),
    "homeassistant.setup": Outline("async_setup_component"),
    "<fixture>": Outline("", {".hass": _HASS}),
}  # fmt: skip
