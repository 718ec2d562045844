"""Who starts an event loop, who asks for one, and who calls a function inside one.

A runner refuses to start inside a running loop of its own thread; its row holds the words in which
it says so. For example `asyncio.run` says "asyncio.run() cannot be called from a running event
loop", and `trio.run`, which has loops of its own, "Attempted to call run() from inside a run()".
"""

from __future__ import annotations

from typing import NamedTuple

ALREADY_RUNNING = "This event loop is already running"
ANOTHER_IS_RUNNING = "Cannot run the event loop while another loop is running"
NO_RUNNING_LOOP = "no running event loop"
NO_CURRENT_LOOP = "There is no current event loop in thread 'MainThread'."
_ASYNCIO_RUN = "asyncio.run() cannot be called from a running event loop"
_RUNNER_RUN = "Runner.run() cannot be called from a running event loop"


class Runner(NamedTuple):
    """What a runner says in a running loop; "" where that depends on which loop it is asked of."""

    message: str
    why: str


# Functions and methods that run a loop before they return.
RUNNERS: dict[str, Runner] = {
    "asyncio.run": Runner(_ASYNCIO_RUN, "makes a loop and runs it to the end"),
    "asyncio.Runner.run": Runner(_RUNNER_RUN, "runs the runner's own loop"),
    "asyncio.AbstractEventLoop.run_until_complete": Runner("", "runs this loop"),
    "asyncio.AbstractEventLoop.run_forever": Runner("", "runs this loop"),
    "asyncio.BaseEventLoop.run_until_complete": Runner("", "runs this loop"),
    "asyncio.BaseEventLoop.run_forever": Runner("", "runs this loop"),
    "uvloop.run": Runner(_ASYNCIO_RUN, "is asyncio.run on a loop of uvloop"),
    "anyio.run": Runner("Already running asyncio in this thread", "checks with sniffio first"),
    "trio.run": Runner("Attempted to call run() from inside a run()", "trio's loops do not nest"),
    "aiohttp.web.run_app": Runner(ANOTHER_IS_RUNNING, "calls run_until_complete on a new loop"),
    "uvicorn.run": Runner(_ASYNCIO_RUN, "serves inside asyncio.run"),
    "uvicorn.main.run": Runner(_ASYNCIO_RUN, "is where uvicorn.run is defined"),
    "uvicorn.server.Server.run": Runner(_ASYNCIO_RUN, "serves inside asyncio.run"),
    "tornado.ioloop.IOLoop.run_sync": Runner("", "starts the loop until the function is done"),
}  # fmt: skip

# Context managers that run a loop as they are entered.
OPENING_RUNNERS: dict[str, Runner] = {
    "playwright.sync_api.sync_playwright": Runner(
        "It looks like you are using Playwright Sync API inside the asyncio loop.",
        "PlaywrightContextManager.__enter__ refuses where a loop is running",
    ),
}

# Functions that give back a callable which runs a loop whenever it is called.
RUNNER_MAKERS: dict[str, Runner] = {
    "asgiref.sync.async_to_sync": Runner(
        "You cannot use AsyncToSync in the same thread as an async event loop"
        " - just await the async function directly.",
        "the result runs the coroutine function in a loop",
    ),
}
RUNNER_MAKERS["asgiref.sync.AsyncToSync"] = RUNNER_MAKERS["asgiref.sync.async_to_sync"]

# `with` blocks that run a loop at their end, if only to shut it down.
CLOSING_RUNNERS: dict[str, Runner] = {
    "asyncio.Runner": Runner(ANOTHER_IS_RUNNING, "its end runs the loop to shut it down"),
}  # fmt: skip

# The last parts of all these names: a body that calls none of them starts nothing itself.
STARTING_NAMES = frozenset(
    name.rpartition(".")[2]
    for table in (RUNNERS, RUNNER_MAKERS, OPENING_RUNNERS, CLOSING_RUNNERS)
    for name in table
)

# A method of this name is a loop's, whatever it is asked of, if nothing else is known of that.
LOOP_METHODS = frozenset({"run_until_complete"})

# What the text of a module holds if it calls one of these at all.
STARTING_TEXTS = (
    b"run_until_complete(", b"run_forever(", b"asyncio.run(", b"anyio.run(", b"trio.run(",
    b"uvloop.run(", b"async_to_sync", b"asyncio.Runner(", b"import run\n",
)  # fmt: skip

# Runners of asyncio; trio's loops do not know theirs.
NOT_OF_ASYNCIO = frozenset({"trio.run"})

# What is called later by a running loop, in its thread: the position and keyword of the function.
LOOP_CALLBACKS: dict[str, tuple[int, str]] = {
    f"asyncio.{cls}.{method}": (position, "callback")
    for cls in ("AbstractEventLoop", "BaseEventLoop")
    for method, position in (
        ("call_soon", 0),
        ("call_soon_threadsafe", 0),
        ("call_later", 1),
        ("call_at", 1),
        ("add_signal_handler", 1),
        ("add_reader", 1),
        ("add_writer", 1),
    )
} | {
    "asyncio.Future.add_done_callback": (0, "fn"),
    "asyncio.Task.add_done_callback": (0, "fn"),
    # tornado's IOLoop is asyncio's loop (tornado.platform.asyncio).
    "tornado.ioloop.IOLoop.add_callback": (0, "callback"),
    "tornado.ioloop.IOLoop.add_callback_from_signal": (0, "callback"),
    "tornado.ioloop.IOLoop.spawn_callback": (0, "callback"),
    "tornado.ioloop.IOLoop.call_later": (1, "callback"),
    "tornado.ioloop.IOLoop.call_at": (1, "callback"),
    "tornado.ioloop.PeriodicCallback": (0, "callback"),
}

# What calls the function that it is handed before it returns, in the same thread.
CALLS_AT_ONCE: dict[str, tuple[int | None, str]] = {
    "builtins.sorted": (None, "key"),
    "builtins.list.sort": (None, "key"),
    "builtins.min": (None, "key"),
    "builtins.max": (None, "key"),
    "functools.reduce": (0, "function"),
    "re.sub": (1, "repl"),
    "contextvars.Context.run": (0, "callable"),
    "_contextvars.Context.run": (0, "callable"),
}

# What keeps a function until the ``with`` block is left that it belongs to.
CALLS_AT_EXIT: dict[str, tuple[int | None, str]] = {
    f"contextlib.{cls}.callback": (0, "callback")
    for cls in ("_BaseExitStack", "ExitStack", "AsyncExitStack")
}

# What walks an iterable to its end (or one step) before it returns.
CONSUMERS = frozenset(
    {"builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.dict",
     "builtins.sum", "builtins.sorted", "builtins.min", "builtins.max", "builtins.any",
     "builtins.all", "builtins.next", "builtins.str.join"}
)  # fmt: skip

# What gives back an iterator that calls the function whenever it is asked for the next item.
LAZY_CALLS = frozenset({"builtins.map", "builtins.filter"})

# Methods of a generator that run its body.
GENERATOR_METHODS = frozenset({"send", "throw", "__next__"})

# What enters a context manager that it is handed.
ENTERS_ARGUMENT = frozenset(
    {"contextlib.ExitStack.enter_context", "contextlib._BaseExitStack.enter_context"}
)

# Context managers that call a method of their argument as they are left.
CALLS_AS_LEFT = {"contextlib.closing": "close"}

# Which special methods of its argument a function calls: the first one that there is.
CALLS_SPECIAL: dict[str, tuple[str, ...]] = {
    "builtins.bool": ("__bool__", "__len__"),
    "builtins.len": ("__len__",),
    "builtins.str": ("__str__", "__repr__"),
    "builtins.repr": ("__repr__",),
    "builtins.print": ("__str__", "__repr__"),
    "builtins.format": ("__format__", "__str__", "__repr__"),
    "builtins.int": ("__int__", "__index__", "__trunc__"),
    "builtins.float": ("__float__", "__index__"),
    "builtins.bytes": ("__bytes__",),
    "builtins.hash": ("__hash__",),
    "builtins.abs": ("__abs__",),
    "builtins.round": ("__round__",),
    "builtins.iter": ("__iter__",),
    "builtins.reversed": ("__reversed__",),
    "builtins.dir": ("__dir__",),
}

# Decorators that leave it to the function itself what its call does.
TRANSPARENT = frozenset(
    {"functools.lru_cache", "functools.cache", "typing.overload", "functools.wraps",
     "builtins.staticmethod", "builtins.classmethod"}
)  # fmt: skip
CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager"})

# Questions about the running loop. Without one, those of the first group raise RuntimeError (or
# sniffio's AsyncLibraryNotFoundError, which is one); the others answer `None`.
ASKS_OR_RAISES = frozenset({"asyncio.get_running_loop", "sniffio.current_async_library",
                            "asyncio.current_task", "asyncio.all_tasks"})  # fmt: skip
ASKS_OR_NONE = frozenset({"asyncio._get_running_loop"})
GIVES_RUNNING_LOOP = frozenset({"asyncio.get_running_loop", "asyncio.get_event_loop",
                                "asyncio._get_running_loop"})  # fmt: skip
MAKES_LOOP = frozenset({"asyncio.new_event_loop", "asyncio._AbstractEventLoopPolicy.new_event_loop",
                        "asyncio.AbstractEventLoopPolicy.new_event_loop",
                        "uvloop.new_event_loop"})  # fmt: skip
IS_RUNNING = frozenset({"asyncio.AbstractEventLoop.is_running", "asyncio.BaseEventLoop.is_running"})

# What raises "no running event loop" where none is running. `TaskGroup`, `ensure_future`, `gather`
# and `timeout_at` do not, up to Python 3.13.
NEEDS_LOOP = frozenset({"asyncio.create_task", "asyncio.get_running_loop", "asyncio.timeout"})
# The same, unless they are told of which loop.
NEEDS_LOOP_UNLESS_TOLD = frozenset({"asyncio.current_task", "asyncio.all_tasks"})
NEEDS_LOOP_NAMES = frozenset(
    name.rpartition(".")[2] for name in NEEDS_LOOP | NEEDS_LOOP_UNLESS_TOLD
)

# Makes loops of asyncio nest from then on, in the whole program.
NESTS_LOOPS = frozenset({"nest_asyncio.apply", "nest_asyncio2.apply"})

# `with` blocks in which a fault is the purpose, or is wanted to pass in silence.
EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})

# Words in a condition that may well be a question about the loop or the thread, asked in a way that
# is not understood: nothing is said of what stands behind it.
DOUBTFUL_WORDS = frozenset(
    {"async", "asynchronous", "sync", "synchronous", "loop", "running", "thread", "threading",
     "notebook", "jupyter", "ipython", "ipykernel", "colab", "nest", "nested", "interactive",
     "coroutine", "awaitable", "iscoroutine", "isawaitable", "iscoroutinefunction", "blocking",
     "background", "asgi", "wsgi", "eventloop", "asyncio", "asyncmode", "isasync",
     "pyodide", "pyscript", "emscripten", "wasm"}
)  # fmt: skip
