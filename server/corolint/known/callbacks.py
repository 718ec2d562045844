"""Who calls a function that it is handed and drops what that returns.

A coroutine function given to one of these makes a coroutine object that nobody awaits. The value is
the position of the callback among the positional arguments, or the name of its keyword.
"""

from __future__ import annotations

from typing import NamedTuple


class Callback(NamedTuple):
    """Where the callback stands; `shown` is the callee as a message names it."""

    position: int | None
    keyword: str | None
    shown: str


CALLBACKS: dict[str, Callback] = {
    "asyncio.AbstractEventLoop.call_soon": Callback(0, "callback", "loop.call_soon"),
    "asyncio.AbstractEventLoop.call_soon_threadsafe":
        Callback(0, "callback", "loop.call_soon_threadsafe"),
    "asyncio.AbstractEventLoop.call_later": Callback(1, "callback", "loop.call_later"),
    "asyncio.AbstractEventLoop.call_at": Callback(1, "callback", "loop.call_at"),
    "asyncio.AbstractEventLoop.add_signal_handler":
        Callback(1, "callback", "loop.add_signal_handler"),
    "asyncio.AbstractEventLoop.add_reader": Callback(1, "callback", "loop.add_reader"),
    "asyncio.AbstractEventLoop.add_writer": Callback(1, "callback", "loop.add_writer"),
    "asyncio.BaseEventLoop.call_soon": Callback(0, "callback", "loop.call_soon"),
    "asyncio.BaseEventLoop.call_soon_threadsafe":
        Callback(0, "callback", "loop.call_soon_threadsafe"),
    "asyncio.BaseEventLoop.call_later": Callback(1, "callback", "loop.call_later"),
    "asyncio.BaseEventLoop.call_at": Callback(1, "callback", "loop.call_at"),
    "asyncio.AbstractEventLoop.set_exception_handler":
        Callback(0, "handler", "loop.set_exception_handler"),
    "asyncio.BaseEventLoop.set_exception_handler":
        Callback(0, "handler", "loop.set_exception_handler"),
    "asyncio.Future.add_done_callback": Callback(0, None, "add_done_callback"),
    "asyncio.Task.add_done_callback": Callback(0, None, "add_done_callback"),
    "concurrent.futures.Future.add_done_callback": Callback(0, None, "add_done_callback"),
    "signal.signal": Callback(1, "handler", "signal.signal"),
    "atexit.register": Callback(0, "func", "atexit.register"),
    "weakref.finalize": Callback(1, "func", "weakref.finalize"),
    "threading.Thread": Callback(None, "target", "threading.Thread"),
    "threading.Timer": Callback(1, "function", "threading.Timer"),
    "multiprocessing.Process": Callback(None, "target", "multiprocessing.Process"),
    "builtins.sorted": Callback(None, "key", "sorted"),
    "builtins.min": Callback(None, "key", "min"),
    "builtins.max": Callback(None, "key", "max"),
    "builtins.list.sort": Callback(None, "key", "list.sort"),
    "collections.defaultdict": Callback(0, None, "defaultdict"),
    "re.sub": Callback(1, "repl", "re.sub"),
    "functools.reduce": Callback(0, None, "functools.reduce"),
    "contextlib._BaseExitStack.callback": Callback(0, "callback", "stack.callback"),
    "contextlib.ExitStack.callback": Callback(0, "callback", "stack.callback"),
    "contextlib.AsyncExitStack.callback": Callback(0, "callback", "stack.callback"),
    "dataclasses.field": Callback(None, "default_factory", "dataclasses.field"),
    "heapq.nlargest": Callback(2, "key", "heapq.nlargest"),
    "heapq.nsmallest": Callback(2, "key", "heapq.nsmallest"),
    "itertools.dropwhile": Callback(0, None, "itertools.dropwhile"),
    "itertools.filterfalse": Callback(0, None, "itertools.filterfalse"),
    "itertools.groupby": Callback(1, "key", "itertools.groupby"),
    "itertools.takewhile": Callback(0, None, "itertools.takewhile"),
    "sched.scheduler.enter": Callback(2, "action", "scheduler.enter"),
    "sched.scheduler.enterabs": Callback(2, "action", "scheduler.enterabs"),
}  # fmt: skip

# Who looks at what a callback gives, although its declaration says that it drops it.
LOOKS_AT_RESULT = frozenset(
    {
        "tornado.ioloop.IOLoop.add_future",  # IOLoop._run_callback awaits it
    }
)
