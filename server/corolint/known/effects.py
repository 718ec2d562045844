"""What a known callee does to a coroutine object that it is handed.

The effects are the values of `corolint.semantics.Effect`. A row holds for every argument, unless it
names positions. For example the row of `asyncio.wait_for` says *wraps*: the coroutine is consumed
when the call's own result is awaited, even if that times out.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """`effect` on the arguments at `positions` (`None`: all); `why` is for the reader."""

    effect: str
    why: str
    positions: tuple[int, ...] | None = None


_RUN = "makes a loop, runs the coroutine to its end and closes the loop"
_DRIVE = "drives the loop until the coroutine is done"
_TASK = "wraps the coroutine in a task, which consumes it even if nobody awaits the task"
_TOGETHER = "wraps each coroutine in a task at once"
_VALUE = "works on the value itself; a coroutine object is never what was meant"
_ASSERTED = "tests the value itself; of a coroutine object that tells nothing"

# Assertions of `unittest.TestCase` that look at so many of their first arguments. Those that only
# look at the identity or the type (`assertIs`, `assertIsInstance`) are meant for any object.
_ASSERTIONS: dict[str, int] = {
    "assertTrue": 1, "assertFalse": 1, "assertIsNone": 1,
    "assertEqual": 2, "assertNotEqual": 2, "assertIn": 2, "assertNotIn": 2,
    "assertGreater": 2, "assertGreaterEqual": 2, "assertLess": 2, "assertLessEqual": 2,
    "assertAlmostEqual": 2, "assertNotAlmostEqual": 2, "assertRegex": 2, "assertNotRegex": 2,
    "assertCountEqual": 2, "assertSequenceEqual": 2, "assertListEqual": 2, "assertTupleEqual": 2,
    "assertSetEqual": 2, "assertDictEqual": 2, "assertMultiLineEqual": 2,
}  # fmt: skip
_TEXT = "makes text of it; of a coroutine object that is its address"
_VALIDATES = "makes a model of plain data, and raises for a coroutine object"
_DEFERRED = "runs it up to its first wait, and drives it on whenever a Deferred fires"
_KEPT_TASK = "makes a task and keeps it in a set until it is done"

# They give an object back under the name of another type.
CASTS = frozenset({"typing.cast", "typing_extensions.cast"})

EFFECTS: dict[str, Row] = {
    "asyncio.run": Row("runs", _RUN, (0,)),
    "asyncio.Runner.run": Row("runs", _DRIVE, (0,)),
    "asyncio.AbstractEventLoop.run_until_complete": Row("runs", _DRIVE, (0,)),
    "asyncio.BaseEventLoop.run_until_complete": Row("runs", _DRIVE, (0,)),
    "uvloop.run": Row("runs", _RUN, (0,)),
    "asyncio.create_task": Row("schedules", _TASK, (0,)),
    "asyncio.ensure_future": Row("schedules", _TASK, (0,)),
    "asyncio.AbstractEventLoop.create_task": Row("schedules", _TASK, (0,)),
    "asyncio.BaseEventLoop.create_task": Row("schedules", _TASK, (0,)),
    "asyncio.TaskGroup.create_task": Row("schedules", _TASK, (0,)),
    "asyncio.Task": Row("schedules", _TASK, (0,)),
    "asyncio.run_coroutine_threadsafe":
        Row("schedules", "hands it to the loop of another thread", (0,)),
    "asyncio.gather": Row("schedules", _TOGETHER),
    "asyncio.shield": Row("schedules", _TASK, (0,)),
    "asyncio.as_completed": Row("schedules", _TOGETHER, (0,)),
    "asyncio.wait":
        Row("wraps", "takes an iterable; coroutines in it are a TypeError from 3.11", (0,)),
    "asyncio.wait_for": Row("wraps", "awaits it; a timeout cancels and so consumes it", (0,)),
    "asyncio.timeout": Row("value", _VALUE),
    "asyncio.iscoroutine": Row("inspects", "only looks at the type"),
    "asyncio.isfuture": Row("inspects", "only looks at the type"),
    "asyncio.coroutines.iscoroutine": Row("inspects", "only looks at the type"),
    "inspect.iscoroutine": Row("inspects", "only looks at the type"),
    "inspect.isawaitable": Row("inspects", "only looks at the type"),
    "inspect.iscoroutinefunction": Row("inspects", "only looks at the type"),
    "inspect.getcoroutinestate": Row("inspects", "only reads the state"),
    "inspect.getcoroutinelocals": Row("inspects", "only reads the frame"),
    "builtins.isinstance": Row("inspects", "only looks at the type", (0,)),
    "builtins.type": Row("inspects", "only looks at the type"),
    "builtins.id": Row("inspects", "only looks at the identity"),
    "builtins.repr": Row("inspects", "shows the object without touching it"),
    "builtins.hasattr": Row("inspects", "only looks at attributes", (0,)),
    "builtins.callable": Row("inspects", "only looks at the type"),
    "builtins.setattr": Row("value", "coroutine objects take no attributes", (0,)),
    "builtins.getattr": Row("inspects", "only looks at attributes", (0,)),
    "builtins.hash": Row("inspects", "only looks at the identity"),
    "sys.getrefcount": Row("inspects", "only counts references"),
    "builtins.str": Row("value", _VALUE),
    "builtins.int": Row("value", _VALUE),
    "builtins.float": Row("value", _VALUE),
    "builtins.complex": Row("value", _VALUE),
    "builtins.bytes": Row("value", _VALUE),
    "builtins.bytearray": Row("value", _VALUE),
    "builtins.len": Row("value", _VALUE),
    "builtins.sum": Row("value", _VALUE),
    "builtins.sorted": Row("value", _VALUE, (0,)),
    "builtins.reversed": Row("value", _VALUE),
    "builtins.list": Row("value", _VALUE),
    "builtins.tuple": Row("value", _VALUE),
    "builtins.set": Row("value", _VALUE),
    "builtins.frozenset": Row("value", _VALUE),
    "builtins.dict": Row("value", _VALUE),
    "builtins.zip": Row("value", _VALUE),
    "builtins.enumerate": Row("value", _VALUE, (0,)),
    "builtins.iter": Row("value", _VALUE, (0,)),
    "builtins.next": Row("value", _VALUE, (0,)),
    "builtins.any": Row("value", _VALUE),
    "builtins.all": Row("value", _VALUE),
    "builtins.abs": Row("value", _VALUE),
    "builtins.round": Row("value", _VALUE),
    "builtins.ord": Row("value", _VALUE),
    "builtins.range": Row("value", _VALUE),
    "builtins.bool": Row("value", _VALUE),
    "builtins.max": Row("value", _VALUE, (0, 1, 2, 3)),
    "builtins.min": Row("value", _VALUE, (0, 1, 2, 3)),
    "builtins.print": Row("value", _VALUE),
    "builtins.format": Row("value", _VALUE),
    "builtins.str.format": Row("shows", _TEXT),
    **{
        f"logging.{owner}{name}": Row("shows", _TEXT, tuple(range(10)))
        for owner in ("", "Logger.", "LoggerAdapter.")
        for name in ("debug", "info", "warning", "warn", "error", "exception", "critical", "log")
    },
    "pydantic.main.BaseModel.model_validate": Row("value", _VALIDATES, (0,)),
    "pydantic.main.BaseModel.parse_obj": Row("value", _VALIDATES, (0,)),
    "pydantic.type_adapter.TypeAdapter.validate_python": Row("value", _VALIDATES, (0,)),
    "builtins.map": Row("value", _VALUE, (1, 2, 3)),
    "builtins.filter": Row("value", _VALUE, (1,)),
    "json.dumps": Row("value", _VALUE, (0,)),
    "json.dump": Row("value", _VALUE, (0,)),
    "json.loads": Row("value", _VALUE, (0,)),
    "math.floor": Row("value", _VALUE),
    "math.ceil": Row("value", _VALUE),
    "time.sleep": Row("value", _VALUE),
    "twisted.internet.defer.ensureDeferred": Row("schedules", _DEFERRED, (0,)),
    "twisted.internet.defer.Deferred.fromCoroutine": Row("schedules", _DEFERRED, (0,)),
    "tornado.gen.convert_yielded": Row("schedules", _TASK, (0,)),
    "tornado.gen.multi": Row("schedules", _TOGETHER, (0,)),
    "tornado.gen.with_timeout": Row("schedules", _TASK, (1,)),
    "aiohttp.web.run_app": Row("runs", "awaits it for the application, in a loop of its own", (0,)),
    "homeassistant.core.HomeAssistant.create_task": Row("schedules", _KEPT_TASK, (0,)),
    "homeassistant.core.HomeAssistant.async_create_task": Row("schedules", _KEPT_TASK, (0,)),
    "homeassistant.core.HomeAssistant.async_create_background_task":
        Row("schedules", _KEPT_TASK, (0,)),
    "homeassistant.config_entries.ConfigEntry.async_create_task":
        Row("schedules", _KEPT_TASK, (1,)),
    "homeassistant.config_entries.ConfigEntry.async_create_background_task":
        Row("schedules", _KEPT_TASK, (1,)),
    "typing.cast": Row("returns", "gives its second argument back", (1,)),
    "typing.assert_type": Row("returns", "gives its first argument back", (0,)),
} | {
    f"unittest.TestCase.{name}": Row("value", _ASSERTED, tuple(range(count)))
    for name, count in _ASSERTIONS.items()
}  # fmt: skip
