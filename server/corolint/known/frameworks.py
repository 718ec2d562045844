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
             "on_finish"}
        ),
        "RequestHandler._execute calls the method itself and awaits only what can be awaited",
    ),
}  # fmt: skip

# By the decorator that registers them.
REGISTERED_IN_LOOP: dict[str, str] = {}
