"""Decorators that hand a function to a library which calls it as a plain function.

    @click.command()
    async def main(): ...

makes a command whose callback is a coroutine function; the command calls it and drops the coroutine
object. Decorators in `PASSING` only note something about the function and give it back, so that one
above them gets the coroutine function itself. All others may make it a plain one.
"""

from __future__ import annotations

_COMMAND = "a command calls its function and does not await what that gives"
_TASK = "a worker calls the task and stores what it gives, which it cannot"
_EXIT = "the interpreter calls it at exit and drops what it gives"

DROPPING: dict[str, str] = {
    "click.command": _COMMAND,
    "click.group": _COMMAND,
    "click.decorators.command": _COMMAND,
    "click.decorators.group": _COMMAND,
    "click.core.Group.command": _COMMAND,
    "click.core.Group.group": _COMMAND,
    "typer.Typer.command": _COMMAND,
    "typer.main.Typer.command": _COMMAND,
    "typer.main.Typer.callback": _COMMAND,
    "celery.shared_task": _TASK,
    "celery.app.shared_task": _TASK,
    "celery.app.base.Celery.task": _TASK,
    "atexit.register": _EXIT,
}

# They make a generator function something to await: ``yield from`` takes coroutine objects in it.
GENERATOR_BASED = frozenset(
    {"types.coroutine", "asyncio.coroutine", "asyncio.coroutines.coroutine"}
)

PASSING: dict[str, str] = {
    "click.option": "notes an option",
    "click.argument": "notes an argument",
    "click.version_option": "notes an option",
    "click.decorators.option": "notes an option",
    "click.decorators.argument": "notes an argument",
    "click.decorators.version_option": "notes an option",
}
