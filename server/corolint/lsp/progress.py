"""A bar in the editor for work long enough to wonder about: looking at a whole folder."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lsprotocol import types as lsp

from corolint.lsp.session import Session

WORTH_SHOWING = 100  # files

_log = logging.getLogger(__name__)


@asynccontextmanager
async def progress(
    session: Session, title: str, total: int
) -> AsyncIterator[Callable[[int], None]]:
    """Gives a function that is told how many of `total` are done. Shows nothing for small totals,
    or in a client that shows no progress."""
    token = str(uuid.uuid4())
    bar = session.work_done_progress
    if total < WORTH_SHOWING or not session.client.progress:
        yield lambda done: None
        return
    try:
        await asyncio.wait_for(bar.create_async(token), timeout=3)
    except Exception as error:  # No bar is no reason to stop the work.
        _log.info("window/workDoneProgress/create: %s", error)
        yield lambda done: None
        return
    bar.begin(token, lsp.WorkDoneProgressBegin(title=title, percentage=0, cancellable=False))
    shown = 0

    def report(done: int) -> None:
        nonlocal shown
        percentage = 100 * done // total
        if percentage > shown:
            shown = percentage
            message = f"{done} of {total} files"
            bar.report(token, lsp.WorkDoneProgressReport(message=message, percentage=percentage))

    try:
        yield report
    finally:
        bar.end(token, lsp.WorkDoneProgressEnd())
        bar.tokens.pop(token, None)
