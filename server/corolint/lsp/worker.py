"""The one thread that analyses, so that the event loop never does.

Jobs run one after the other, those that a person waits for first. A job whose result nobody wants
any more (the request was cancelled) is skipped if it has not begun.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from corolint.lsp.garbage import Tidier

Result = TypeVar("Result")

IDLE = 0.5  # seconds without a job until there is time to tidy up
AWAY = 60.0  # seconds without a job until there is time to do it thoroughly

_INTERACTIVE, _BACKGROUND = 0, 1


class _Job(NamedTuple):
    priority: int
    number: int
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    function: Callable[[], Any]


class Worker:
    """A daemon thread with a queue: it never keeps the process alive."""

    def __init__(self) -> None:
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    async def run(self, function: Callable[[], Result], *, background: bool = False) -> Result:
        """Runs `function` in the thread and gives its result, or raises what it raised.

        With `background` it lets everything else go first. Functions of the same kind run in the
        order in which they came.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="corolint-work", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        priority = _BACKGROUND if background else _INTERACTIVE
        self._jobs.put(_Job(priority, next(self._numbers), loop, future, function))
        return await future

    def _work(self) -> None:
        tidier = Tidier()
        untidy = False
        while True:
            try:
                job = self._jobs.get(
                    timeout=IDLE if untidy else AWAY if tidier.is_overdue() else None
                )
            except queue.Empty:
                tidier.tidy() if untidy else tidier.tidy_all()
                untidy = False
                continue
            if not job.future.cancelled() and not _do(job):
                return
            del job
            untidy = True
            if tidier.is_due():
                tidier.tidy()


def _do(job: _Job) -> bool:
    """Does a job and hands its result to the event loop; false when that has ended."""
    try:
        result, error = job.function(), None
    except Exception as raised:
        result, error = None, raised
    try:
        job.loop.call_soon_threadsafe(_settle, job.future, result, error)
    except RuntimeError:
        return False  # And with the loop, the session.
    return True


def _settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
