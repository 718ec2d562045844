"""Which plain functions frameworks call from inside their loop.

What is not listed here is not called there: a plain function is called by whoever calls it, or in a
thread. For example tornado calls ``RequestHandler.get`` on its loop even if it is a plain method,
whereas FastAPI and Starlette give a plain route to a thread.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """The methods of one class, and `why` they are called in a loop."""

    methods: frozenset[str]
    why: str


# By the class that they belong to.
CALLED_IN_LOOP: dict[str, Row] = {
    "asyncio.BaseProtocol": Row(
        frozenset(
            {"connection_made", "connection_lost", "pause_writing", "resume_writing",
             "data_received", "eof_received", "datagram_received", "error_received",
             "buffer_updated", "get_buffer", "pipe_data_received", "pipe_connection_lost",
             "process_exited"}
        ),
        "transports call them from callbacks of the loop (asyncio's documentation, Protocols)",
    ),
    "tornado.web.RequestHandler": Row(
        frozenset(
            {"get", "post", "put", "patch", "delete", "head", "options", "prepare", "initialize",
             "data_received", "on_connection_close", "on_finish"}
        ),
        "RequestHandler._execute calls the method itself and awaits only what can be awaited",
    ),
    "tornado.websocket.WebSocketHandler": Row(
        frozenset({"open", "on_message", "on_close", "on_ping", "on_pong", "check_origin"}),
        "WebSocketProtocol calls them itself and awaits only what can be awaited",
    ),
    "sanic.views.HTTPMethodView": Row(
        frozenset({"get", "post", "put", "patch", "delete", "head", "options"}),
        "a view is a handler, which Sanic.handle_request calls itself",
    ),
    "textual.message_pump.MessagePump": Row(
        frozenset(
            {"compose", "render", "on_mount", "on_ready", "on_load", "on_show", "on_hide",
             "on_key", "on_click", "on_focus", "on_blur", "on_resize", "on_unmount",
             "on_button_pressed", "on_input_changed", "on_input_submitted"}
        ),
        "textual._callback.invoke calls a handler and awaits only what can be awaited",
    ),
}  # fmt: skip

# An application of ASGI 3 is a coroutine function of these parameters; the last two are called for
# something to await (https://asgi.readthedocs.io, "Applications").
ASGI_PARAMETERS = ("scope", "receive", "send")
ASGI_CALLABLES = frozenset({"receive", "send"})

# Methods by which test cases run a test; Django's and Twisted's have their own, and await it. The
# first wraps the tests when the class is defined.
RUN_TESTS = frozenset(
    {"__init_subclass__", "__call__", "_callMaybeAsync", "_callTestMethod", "_run", "_runTest",
     "_setup_and_call", "deferTestMethod", "run"}
)  # fmt: skip

_SANIC = "Sanic calls handlers, listeners and middleware itself and awaits what can be awaited"
_STARTUP = "the router's _startup calls plain handlers itself, unlike plain routes"

# By the decorator that registers them.
REGISTERED_IN_LOOP: dict[str, str] = {
    "fastapi.applications.FastAPI.on_event": _STARTUP,
    "fastapi.routing.APIRouter.on_event": _STARTUP,
    "homeassistant.core.callback": "marks what is safe to be called from within the event loop",
} | {
    f"sanic.mixins.{place}.{name}": _SANIC
    for place, names in {
        "routes.RouteMixin": "route get post put patch delete head options websocket",
        "listeners.ListenerMixin": "listener main_process_start main_process_ready "
        "before_server_start after_server_start before_server_stop after_server_stop",
        "middleware.MiddlewareMixin": "middleware on_request on_response",
        "exceptions.ExceptionMixin": "exception",
        "signals.SignalMixin": "signal",
    }.items()
    for name in names.split()
} | {
    f"{module}.{name}": "HTTPRouteHandler calls a plain handler itself unless sync_to_thread is set"
    for module in ("litestar", "litestar.handlers", "litestar.handlers.http_handlers.decorators")
    for name in ("get", "post", "put", "patch", "delete", "head")
}  # fmt: skip

# Keywords by which a decorator has a plain function called in a thread after all.
CALLED_IN_THREAD = frozenset({"sync_to_thread"})

# Frameworks that have no row, and why their plain functions are not called in a loop:
#
# - FastAPI and Starlette: routes, dependencies, background tasks and exception handlers that are
#   plain, and plain methods of `HTTPEndpoint`, are given to `run_in_threadpool`
#   (starlette.routing.request_response, fastapi.dependencies.utils.solve_dependencies,
#   starlette.background.BackgroundTask).
# - Django: `BaseHandler.get_response` wraps plain views and middleware with `sync_to_async`.
# - Quart: `Quart.ensure_async` wraps plain handlers with `run_sync`, which uses an executor.
# - channels: `SyncConsumer.dispatch` is wrapped with `database_sync_to_async`.
# - aiohttp: handlers have to be coroutine functions.
# - discord.py: `Client.event` and `commands.command` refuse plain functions.
# - pytest-asyncio, anyio's plugin: plain tests and fixtures run while the loop does not: both wrap
#   only what is a coroutine function or an async generator function (`runner.run`, `run_fixture`).
# - unittest: `IsolatedAsyncioTestCase` runs plain tests and `setUp` while its loop does not.
# - click, typer, celery: commands and tasks are called where no loop is.
