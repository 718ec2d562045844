"""Reading a whole project before its first answer, in small steps and with a bar.

What a call gives can depend on any module of the project: who else calls it, who overrides it. So
the first question about a folder of a thousand files takes seconds. The steps are jobs of their
own: between two of them the worker can do something else, and the user sees how far it is.
"""

from __future__ import annotations

from functools import partial

from corolint.lsp.analysis import Analysis
from corolint.lsp.progress import progress
from corolint.lsp.session import Session
from corolint.lsp.view import View

_STEP = 10  # modules


async def read_project(session: Session, path: str, view: View) -> None:
    """Returns when the project of the file at `path` has been read; at once if it was before."""
    async with session.reading:
        modules = await session.ask(lambda analysis: analysis.unread_modules(path, view))
        if not modules:
            return
        async with progress(session, "corolint: reading the project", len(modules)) as tell:
            for start in range(0, len(modules), _STEP):
                step = modules[start : start + _STEP]
                await session.ask(partial(_read, path, view, step))
                tell(start + len(step))
        await session.ask(lambda analysis: analysis.all_read(path, view))


def _read(path: str, view: View, modules: tuple[str, ...], analysis: Analysis) -> None:
    analysis.read_modules(path, view, modules)
