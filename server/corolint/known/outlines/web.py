"""Clients of HTTP and WebSocket, and files.

aiohttp: docs.aiohttp.org, "Client Reference"; what `get` and its like give can be awaited and
entered, and is left out. httpx: www.python-httpx.org, "Async Support". websockets:
websockets.readthedocs.io, "API reference (asyncio)". aiofiles: its README; an open file has the
methods of a plain one. OpenAI and Anthropic: the READMEs of their packages, "Async usage".
"""

from __future__ import annotations

from corolint.known.outlines.outline import Outline

_SESSION = "aiohttp.ClientSession()"
_RESPONSE = "aiohttp.ClientResponse()"
_CLIENT_WEBSOCKET = "aiohttp.ClientWebSocketResponse()"
_WEBSOCKET = "websockets.connect().<awaited>"
_FILE = "aiofiles.open().<awaited>"
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")

OUTLINES: dict[str, Outline] = {
    _SESSION: Outline(
        "close",
        {**{f".{verb}().<awaited>": _RESPONSE for verb in _VERBS},
         ".ws_connect().<awaited>": _CLIENT_WEBSOCKET},
    ),
    "aiohttp": Outline(
        "",
        {".client.ClientSession": "aiohttp.ClientSession",
         ".request().<awaited>": _RESPONSE},
    ),
    _RESPONSE: Outline("json read text"),
    _CLIENT_WEBSOCKET: Outline(
        "close ping pong receive receive_bytes receive_json receive_str send_bytes send_json"
        " send_str"
    ),
    "httpx.AsyncClient()": Outline(
        " ".join([*_VERBS, "aclose", "send"]),
        {".stream().<awaited>": "httpx.Response()"},
    ),
    "httpx.Response()": Outline("aclose aread"),
    _WEBSOCKET: Outline("close ping pong recv send wait_closed"),
    "websockets": Outline(
        "",
        {f".{module}connect": "websockets.connect"
         for module in ("client.", "legacy.client.", "asyncio.client.")}
        | {f".{name}()": _WEBSOCKET
           for name in ("WebSocketClientProtocol", "WebSocketServerProtocol", "ServerConnection",
                        "ClientConnection", "legacy.server.WebSocketServerProtocol",
                        "legacy.client.WebSocketClientProtocol", "server.WebSocketServerProtocol",
                        "client.WebSocketClientProtocol", "asyncio.server.ServerConnection",
                        "asyncio.client.ClientConnection")},
    ),
    _FILE: Outline(
        "close flush read readline readlines seek tell truncate write writelines"
    ),
    "aiofiles": Outline("", {".threadpool.open": "aiofiles.open"}),
    "aiofiles.os": Outline(
        "listdir makedirs mkdir remove removedirs rename replace rmdir scandir stat symlink unlink"
    ),
    "aiofiles.os.path": Outline("exists getsize isdir isfile"),
    **{f"openai.AsyncOpenAI().{path}": Outline("create")
       for path in ("chat.completions", "completions", "embeddings", "responses",
                    "audio.transcriptions", "audio.speech", "moderations", "files")},
    "openai": Outline("", {".AsyncAzureOpenAI()": "openai.AsyncOpenAI()"}),
    "anthropic.AsyncAnthropic().messages": Outline("create"),
}  # fmt: skip
