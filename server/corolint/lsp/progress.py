"""A bar in the editor for work long enough to wonder about: looking at a whole folder."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lsprotocol import types as lsp

from corolint.lsp.session import Session

WORTH_SHOWING = 100  # files

_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Work that has a bar was stopped by the user."""


class Bar:
    """How far some work is, for whoever may see it; `is_cancelled` once they want it to stop."""

    def __init__(self, session: Session, token: str, total: int) -> None:
        self._session = session
        self._token = token
        self._total = total
        self._shown = 0

    @property
    def is_cancelled(self) -> bool:
        """Has ``window/workDoneProgress/cancel`` come?"""
        known = self._session.work_done_progress.tokens.get(self._token)
        return known is not None and known.cancelled()

    def tell(self, done: int) -> None:
        """So many are done; shown when that makes another percent."""
        percentage = 100 * done // self._total if self._total else 100
        if percentage <= self._shown or self._token not in self._session.work_done_progress.tokens:
            return
        self._shown = percentage
        message = f"{done} of {self._total} files"
        report = lsp.WorkDoneProgressReport(message=message, percentage=percentage)
        self._session.work_done_progress.report(self._token, report)


@asynccontextmanager
async def progress(session: Session, title: str, total: int) -> AsyncIterator[Bar]:
    """A bar for work on `total` files. Shows nothing for small totals, or in a client that shows
    no progress."""
    token = str(uuid.uuid4())
    bar = session.work_done_progress
    if total < WORTH_SHOWING or not session.client.progress:
        yield Bar(session, token, total)
        return
    try:
        await asyncio.wait_for(bar.create_async(token), timeout=3)
    except Exception as error:  # No bar is no reason to stop the work.
        _log.info("window/workDoneProgress/create: %s", error)
        yield Bar(session, token, total)
        return
    bar.begin(token, lsp.WorkDoneProgressBegin(title=title, percentage=0, cancellable=True))
    try:
        yield Bar(session, token, total)
    finally:
        bar.end(token, lsp.WorkDoneProgressEnd())
        bar.tokens.pop(token, None)
