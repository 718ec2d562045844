"""What objects calls make that are no coroutine objects, and must not be dropped all the same.

A task without a reference may be collected while it runs (asyncio documentation, `create_task`);
the future of `gather` hides exceptions when nobody looks at it.
"""

from __future__ import annotations

_TASK = "the loop keeps only a weak reference to the task"
_FUTURE = "nobody learns of its result or its exception"

TASK_MAKERS: dict[str, str] = {
    "asyncio.create_task": _TASK,
    "asyncio.ensure_future": _TASK,
    "asyncio.AbstractEventLoop.create_task": _TASK,
    "asyncio.BaseEventLoop.create_task": _TASK,
}

FUTURE_MAKERS: dict[str, str] = {
    "asyncio.gather": _FUTURE,
    "asyncio.shield": _FUTURE,
    "asyncio.wrap_future": _FUTURE,
    "asyncio.run_coroutine_threadsafe": _FUTURE,
    "asyncio.AbstractEventLoop.run_in_executor": _FUTURE,
    "asyncio.BaseEventLoop.run_in_executor": _FUTURE,
    "asyncio.AbstractEventLoop.create_future": _FUTURE,
    "asyncio.BaseEventLoop.create_future": _FUTURE,
}

# Attributes that a metaclass gives to classes, and the class of which they are instances.
GIVEN_ATTRIBUTES: dict[tuple[str, str], tuple[str, str]] = {
    # ModelBase._prepare adds a `Manager`, which has all public methods of `QuerySet`.
    ("django.db.models.base.Model", "objects"): ("django.db.models.query", "QuerySet"),
    ("django.db.models.base.Model", "_default_manager"): ("django.db.models.query", "QuerySet"),
}

# Libraries whose functions start at once and give a future or a task, so that a call which nobody
# awaits does its work all the same.
GIVES_FUTURES: dict[str, str] = {
    "tornado": "`gen.coroutine` and methods such as `write_message` give a `Future`",
    "motor": "operations run in a thread and give a `Future`",
    "grpc": "a stub of `grpc.aio` sends at once and gives a call object",
    "aio_pika": "methods of channels and connections give tasks",
    "aiormq": "methods of channels and connections give tasks",
    "zmq": "sockets of `zmq.asyncio` send at once and give a `Future`",
    "autobahn": "`call`, `publish` and `subscribe` of a session give a `Future` or a `Deferred`",
    "ray": "`remote` starts at once and gives a reference that can be awaited",
    "dask": "a client's calls start at once and give futures",
}

# Calling a function elsewhere: what comes back of a coroutine function is a coroutine object that
# nobody awaited. The position of the function among the arguments.
CALLS_ELSEWHERE: dict[str, int] = {
    "asyncio.to_thread": 0,
    "asyncio.AbstractEventLoop.run_in_executor": 1,
    "asyncio.BaseEventLoop.run_in_executor": 1,
    "anyio.to_thread.run_sync": 0,
    "starlette.concurrency.run_in_threadpool": 0,
    "tornado.ioloop.IOLoop.run_in_executor": 1,
    "trio.to_thread.run_sync": 0,
    "trio.to_thread_run_sync": 0,
}

# Classes whose objects do nothing but keep attributes.
PLAIN_OBJECTS = frozenset({"types.SimpleNamespace", "argparse.Namespace"})

# The same, but what comes back is a future that is not awaited: nobody learns of its result unless
# its `result` is asked for. The position of the function among the arguments.
SUBMITS_ELSEWHERE: dict[str, int] = {
    "concurrent.futures.Executor.submit": 0,
    "concurrent.futures.ThreadPoolExecutor.submit": 0,
    "concurrent.futures.ProcessPoolExecutor.submit": 0,
}
