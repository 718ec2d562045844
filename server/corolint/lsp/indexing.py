"""Reading a whole project beside the answers about its open files, in small steps and with a bar.

What a call gives can depend on any module of the project: who else calls it, who overrides it. To
read a thousand files takes seconds, and nobody wants to wait for them with the first answer. So
there are two: one that rests on the open file and what it imports, at once, and one that rests on
everything, when the project has been read and the client can be told to look again.

    open app.py  ->  findings with what app.py and its imports say
    ...              1 of 1,000 files, 2 of 1,000 files, ... between the answers to other questions
    all is read  ->  findings once more, with what the whole project says

A small project is read before the first answer, and so is any project for a client that asks for
diagnostics and cannot be told to ask again. Who cancels the bar keeps the first kind of answers.
"""

from __future__ import annotations

from functools import partial

from corolint.lsp.analysis import Analysis, Progress
from corolint.lsp.progress import progress
from corolint.lsp.session import Session
from corolint.lsp.view import View

_STEP = 0.015  # seconds that a question may have to wait for
_SMALL = 50  # modules


async def read_project(session: Session, path: str, view: View) -> None:
    """Returns when the project of the file at `path` has been read, or is being read in the
    background for a client that will be told of the end."""
    if not await session.ask(lambda analysis: analysis.has_unread(path, view)):
        return
    if session.client.pulls_diagnostics and not session.client.refreshes_diagnostics:
        await read_project_to_end(session, path, view)
        return
    state = await session.ask(partial(_read_on, path, view, 0.0))
    if state.total <= _SMALL:
        await read_project_to_end(session, path, view)
    elif state.done < state.total and not session.reading.locked():
        session.start(_read_in_background(session, path, view))


async def _read_in_background(session: Session, path: str, view: View) -> None:
    await read_project_to_end(session, path, view, background=True)
    session.touch()
    await session.refresh_diagnostics()


async def read_project_to_end(
    session: Session, path: str, view: View, *, background: bool = False
) -> None:
    """Returns when the project of the file at `path` has been read; at once if it was before."""
    async with session.reading:
        state = await session.ask(partial(_read_on, path, view, 0.0), background=background)
        async with progress(session, "corolint: reading the project", state.total) as bar:
            while state.done < state.total and not bar.is_cancelled:
                bar.tell(state.done)
                question = partial(_read_on, path, view, _STEP)
                state = await session.ask(question, background=background)
            bar.tell(state.done)
            if bar.is_cancelled:
                await session.ask(lambda analysis: analysis.stop_reading(path, view))


def _read_on(path: str, view: View, seconds: float, analysis: Analysis) -> Progress:
    return analysis.read_on(path, view, seconds)
