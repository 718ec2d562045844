"""Runs small programs in the interpreter that runs it, and tells what went wrong in them.

This is the far end of `oracle.py`: one long-lived process for each CPython. It reads one JSON
object a line from standard input and answers each with one line. It uses nothing but the standard
library, so that any interpreter can run it. A request

    {"files": {"main.py": "async def f(): ...\\nasync def main(): f()"}, "run": ["main.py"],
     "max_paths": 256, "max_coins": 12, "max_steps": 20000}

is answered by

    {"paths": 1, "cut": 0, "complete": true, "states": [], "lines": {"main.py:1": 1, ...},
     "faults": [{"kind": "never-awaited", "file": "main.py", "line": 2, "name": "f",
                 "message": "coroutine 'f' was never awaited", "caught": false, "normal": true,
                 "paths": 1, "script": [], "definition": ["main.py", 1]}]}

**Paths.** ``coin()`` is a free boolean. A path is the list of its outcomes; the first path answers
False throughout, and every path proposes new ones that turn one later answer to True. They are
tried in the order of how many answers were turned, so that a bounded search has seen the simple
paths. A path that tosses too many coins or runs too many lines is *cut*.

**Faults.** Three sources: the hook that CPython calls for a coroutine object that is collected
before it started (placed where the object was made, ``cr_origin[0]``); a trace function that sees
each exception in the innermost line of the program that it reaches, also when the program catches
it (`caught`); and what ends in nobody's hands: the end of the program, of a thread, of a task.
An exception without a coroutine's part in it is of kind ``crash`` and counts only if uncaught.

**No state is left.** Modules, loops, policies, signal handlers, exit functions, warnings and
threads are put back after each path; `gc.freeze` keeps the collections cheap.
"""

import ast
import asyncio
import atexit
import concurrent.futures.thread
import contextlib
import contextvars
import dataclasses  # noqa: F401  (imported before the freeze, as the next one)
import functools  # noqa: F401
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import io
import json
import logging
import os
import re
import signal
import sys
import threading
import types
import unittest.mock  # noqa: F401
import warnings
import weakref

ROOT = "<spec>/"
THREAD_PATIENCE = 2.0  # seconds that the threads of a path have to end

# The kinds of faults, each with the texts of CPython 3.10 to 3.13 that it is known by; the first
# match counts, so the more special kind stands first.
KINDS = [
    ("reused", r"cannot reuse already awaited|being awaited already|coroutine already executing"),
    (
        "nested-run",
        r"cannot be called from a running event loop|event loop is already running"
        r"|while another loop is running|the same thread as an async event loop"
        r"|Already running \w+ in this thread|call run\(\) from inside a run\(\)",
    ),
    ("no-loop", r"no running event loop|no current event loop|no current task"),
    (
        "protocol",
        r"non-None value to a just-started coroutine|'coroutine' object is not an iterator"
        r"|'coroutine' object has no attribute '(__next__|__iter__|cr_\w+|gi_\w+|ag_\w+)'"
        r"|coroutine ignored GeneratorExit",
    ),
    (
        "bad-run",
        r"a coroutine was expected|coroutine or (a future|an awaitable|future) is required"
        r"|a future or a coroutine|(coroutine|awaitable) is required"
        r"|[Pp]assing coroutines is forbidden|A coroutine object is required",
    ),
    ("bad-await", r"can't be used in 'await' expression|object is not awaitable"),
    (
        "bad-protocol",
        r"'async for' requires an object with __aiter__|from __a(next|iter)__"
        r"|object does not support the (asynchronous )?context manager protocol"
        r"|^__a?(enter|exit)__$|'async_generator' object is not|'async_generator' object has no"
        r"|async_generator can't be used|can't be used in 'async (for|with)'|async for' received",
    ),
    ("value", r"\bcoroutines?\b|exceptions must derive from BaseException"),
]
KINDS = [(kind, re.compile(pattern)) for kind, pattern in KINDS]


class Cut(BaseException):
    """Ends a path that tosses too many coins or runs too many lines."""


class LeftBehind(Exception):
    """The program left something behind that cannot be put away; this process is of no more use."""


class Path:
    """What one run of the program showed."""

    def __init__(self, script, max_coins, max_steps):
        self.script = script
        self.max_coins = max_coins
        self.max_steps = max_steps
        self.taken = []
        self.steps = 0
        self.cut = False
        self.crashed = False
        self.faults = []
        self.states = set()
        self.lines = set()

    def coin(self):
        if len(self.taken) >= self.max_coins:
            self.cut = True
            raise Cut("too many coins")
        index = len(self.taken)
        self.taken.append(self.script[index] if index < len(self.script) else False)
        return self.taken[-1]

    def reveal(self, value):
        if inspect.iscoroutine(value):
            caller = sys._getframe(1)
            state = inspect.getcoroutinestate(value).removeprefix("CORO_").lower()
            self.states.add((name_of(caller.f_code.co_filename), caller.f_lineno, state))
        return value

    def trace(self, frame, event, argument):
        return self.trace_program if frame.f_code.co_filename.startswith(ROOT) else None

    def trace_program(self, frame, event, argument):
        if event == "line":
            self.lines.add((name_of(frame.f_code.co_filename), frame.f_lineno))
            self.steps += 1
            if self.steps > self.max_steps:
                self.cut = True
                raise Cut("too many steps")
        elif event == "exception" and not isinstance(argument[1], Cut):
            place = (name_of(frame.f_code.co_filename), frame.f_lineno)
            for exception in related(argument[1]):
                self.note(exception, place)
        return self.trace_program

    def trace_thread(self, frame, event, argument):
        """The trace function of a new thread: origins are tracked for each thread apart."""
        sys.set_coroutine_origin_tracking_depth(1)
        sys.settrace(self.trace)

    def note(self, exception, place):
        """Remember a fault once, where it was seen first; the mark keeps no object alive."""
        if getattr(exception, "_noted_by", None) is not None:
            return
        kind, message = classify(exception)
        fault = {"kind": kind, "message": message, "name": type(exception).__name__}
        fault |= {"file": place and place[0], "line": place and place[1], "caught": True}
        with contextlib.suppress(Exception):
            exception._noted_by = len(self.faults)
        self.faults.append(fault)

    def uncaught(self, exception):
        """An exception that ended the program, a thread or a task."""
        at_hand = members(exception)
        for one in related(exception):
            if isinstance(one, (Cut, asyncio.CancelledError)):
                continue
            self.note(one, place_of(one))
            index = getattr(one, "_noted_by", None)
            if index is not None and (one in at_hand or self.faults[index]["kind"] != "crash"):
                self.faults[index]["caught"] = False

    def never_awaited(self, coroutine):
        origin = coroutine.cr_origin
        code = coroutine.cr_code
        placed = bool(origin) and origin[0][0].startswith(ROOT)
        defined = code.co_filename.startswith(ROOT)
        if not placed and not defined:
            return
        fault = {"kind": "never-awaited", "name": coroutine.__qualname__, "caught": False}
        fault["message"] = f"coroutine '{coroutine.__qualname__}' was never awaited"
        fault["file"] = name_of(origin[0][0]) if placed else None
        fault["line"] = origin[0][1] if placed else None
        if defined:
            fault["definition"] = [name_of(code.co_filename), code.co_firstlineno]
        self.faults.append(fault)

    def warned(self, message, category, filename, line, file=None, source=None):
        text = str(message)
        if filename.startswith(ROOT) and "signature of throw() is deprecated" in text:
            fault = {"kind": "deprecated-throw", "name": category.__name__, "message": text}
            self.faults.append(fault | {"file": name_of(filename), "line": line, "caught": False})


def name_of(filename):
    return filename[len(ROOT) :]


def related(exception):
    """An exception, the members of a group, and those that it hides or was raised from."""
    seen, stack = [], [exception]
    while stack:
        one = stack.pop()
        if one is None or any(one is other for other in seen):
            continue
        seen.append(one)
        stack += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    return seen


def members(exception):
    """An exception, or those that a group holds in the end."""
    if not hasattr(exception, "exceptions"):
        return [exception]
    return [one for member in exception.exceptions for one in members(member)]


def classify(exception):
    message = re.sub(r" at 0x[0-9A-Fa-f]+", "", str(exception))
    if isinstance(exception, SyntaxError):
        return "syntax-error", message
    if isinstance(exception, (TypeError, RuntimeError, ValueError, AttributeError)):
        for kind, pattern in KINDS:
            if pattern.search(message):
                return kind, message
    return "crash", f"{type(exception).__name__}: {message}"


def place_of(exception):
    """The innermost line of the program in a traceback, else `None`."""
    if isinstance(exception, SyntaxError) and (exception.filename or "").startswith(ROOT):
        return (name_of(exception.filename), exception.lineno)
    place, traceback = None, exception.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename.startswith(ROOT):
            place = (name_of(traceback.tb_frame.f_code.co_filename), traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


class Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the files of a program by module name, without a folder on disk."""

    def __init__(self, codes):
        self.codes = {}
        self.packages = set()
        for path, code in codes.items():
            inside = path.removeprefix("site-packages/").removeprefix("not-installed/")
            parts = inside.removesuffix(".py").split("/")
            if parts[-1] == "__init__":
                parts.pop()
                self.packages.add(".".join(parts))
            self.codes[".".join(parts)] = code
            for end in range(1, len(parts)):
                self.packages.add(".".join(parts[:end]))

    def find_spec(self, name, path=None, target=None):
        if name not in self.codes and name not in self.packages:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=name in self.packages)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        code = self.codes.get(module.__name__)
        if code is not None:
            exec(code, module.__dict__)


def start(name, code):
    """Run one file as Python does: a module whose ``main`` is called, or a script with a guard."""
    if isinstance(code, list):
        asyncio.run(run_cells(name, code))
        return
    script = "__name__" in code.co_names
    module = types.ModuleType("__main__" if script else name)
    module.__package__ = name.rpartition(".")[0]
    sys.modules[module.__name__] = module
    sys.modules[name] = module
    exec(code, module.__dict__)
    main = module.__dict__.get("main")
    if script or not inspect.isfunction(main) or not can_be_called(main):
        return
    if inspect.iscoroutinefunction(main):
        asyncio.run(main())
    else:
        main()


def compile_program(path, text):
    """The code of a file; of a notebook (``n_ipynb_.py``) that of each cell, parted by ``# %%``."""
    if not path.endswith("_ipynb_.py"):
        return compile(text, ROOT + path, "exec", dont_inherit=True)
    cells, first = [], 0
    for cell in text.split("# %%"):
        await_anywhere = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        cells.append(compile("\n" * first + cell, ROOT + path, "exec", await_anywhere, True))
        first += cell.count("\n")
    return cells


async def run_cells(name, cells):
    """As Jupyter does: inside a loop, and whatever becomes of one cell, the next one is run."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = sys.modules[name] = module
    for cell in cells:
        try:
            value = eval(cell, module.__dict__)
            if inspect.iscoroutine(value):
                await value
        except Exception as exception:
            current.path.uncaught(exception)
            exception.__traceback__ = None
        await asyncio.sleep(0)


def can_be_called(function):
    """Without arguments, that is."""
    try:
        inspect.signature(function).bind()
    except TypeError:
        return False
    return True


def run_path(path, codes, to_run):
    """One run; everything that the program may have changed is put back."""
    importer = Importer(codes)
    modules_before = set(sys.modules)
    main_module = sys.modules["__main__"]
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    threads_before = set(threading.enumerate())
    directory = os.getcwd()
    current.path = path
    sys.meta_path.insert(0, importer)
    __builtins__.coin, __builtins__.reveal = path.coin, path.reveal
    sys.set_coroutine_origin_tracking_depth(1)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = path.warned
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        threading.settrace(path.trace_thread)
        sys.settrace(path.trace)
        try:
            for name in to_run:
                contextvars.Context().run(start, name, importer.codes[name])
        except BaseException as exception:
            path.crashed = True
            path.uncaught(exception)
            exception.__traceback__ = None
        try:
            atexit._run_exitfuncs()
        except BaseException as exception:
            path.uncaught(exception)
        sys.settrace(None)
        threading.settrace(None)
        wait_for_threads(threads_before)
        asyncio._set_running_loop(None)
        asyncio.set_event_loop(None)
        for loop in list(loops):
            if not loop.is_closed() and not loop.is_running():
                loop.close()
        loops.clear()
        forget(modules_before, main_module)
        gc.collect()
        sys.stdout, sys.stderr = quiet, quiet
    sys.set_coroutine_origin_tracking_depth(0)
    asyncio.set_event_loop_policy(None)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    os.chdir(directory)
    sys.meta_path.remove(importer)
    del __builtins__.coin, __builtins__.reveal
    current.path = None


def wait_for_threads(threads_before):
    """Idle threads of executors may stay; they end with their executor."""
    idle = concurrent.futures.thread._threads_queues
    for thread in threading.enumerate():
        if thread not in threads_before and thread not in idle:
            thread.join(THREAD_PATIENCE)
            if thread.is_alive():
                raise LeftBehind(f"{thread.name} does not end")


def forget(modules_before, main_module):
    """Remove the program's own modules; what it imported of the library may stay."""
    sys.modules["__main__"] = main_module
    for name in set(sys.modules) - modules_before:
        module = sys.modules[name]
        spec = getattr(module, "__spec__", None)
        if spec is None or isinstance(spec.loader, Importer):
            del sys.modules[name]
            with contextlib.suppress(AttributeError):
                module.__dict__.clear()


def explore(request):
    """All paths of one program, joined: each fault with the number of paths that showed it."""
    answer = {"paths": 0, "cut": 0, "complete": True, "faults": [], "states": [], "lines": {}}
    try:
        codes = {path: compile_program(path, text) for path, text in request["files"].items()}
    except (SyntaxError, ValueError) as exception:
        path = Path([], 0, 0)
        path.uncaught(exception)
        answer["faults"] = [path.faults[0] | {"normal": True, "paths": 1, "script": []}]
        return answer | {"paths": 1}
    to_run = [module_name(path) for path in request["run"]]
    scripts, faults, states = [[]], {}, set()
    for script in scripts:
        if answer["paths"] >= request["max_paths"]:
            answer["complete"] = False
            break
        path = Path(script, request["max_coins"], request["max_steps"])
        run_path(path, codes, to_run)
        answer["paths"] += 1
        answer["cut"] += path.cut
        scripts += [[*path.taken[:index], True] for index in range(len(script), len(path.taken))]
        add_faults(faults, path)
        states |= path.states
        for file, line in path.lines:
            place = f"{file}:{line}"
            answer["lines"][place] = answer["lines"].get(place, 0) + 1
    answer["faults"] = list(faults.values())
    answer["states"] = sorted(states)
    return answer


def add_faults(faults, path):
    """Join the faults of a path; `normal` when some path with it came to a normal end."""
    seen = set()
    for fault in path.faults:
        if fault["kind"] == "crash" and fault["caught"]:
            continue
        identity = (fault["kind"], fault["file"], fault["line"], fault["name"], fault["message"])
        joined = faults.setdefault(
            identity, fault | {"normal": False, "paths": 0, "script": path.taken}
        )
        joined["normal"] |= not path.crashed and not path.cut
        joined["caught"] &= fault["caught"]
        joined["paths"] += identity not in seen
        seen.add(identity)


def module_name(path):
    parts = path.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def loop_made(loop, *arguments, **named):
    original_loop_init(loop, *arguments, **named)
    loops.add(loop)


def loop_complained(loop, context):
    """A task died with an exception that nobody asked for, or a callback raised."""
    if current.path is not None and context.get("exception") is not None:
        current.path.uncaught(context["exception"])


def hook(name):
    def call(argument):
        if current.path is not None:
            if name == "never_awaited":
                current.path.never_awaited(argument)
            elif argument.exc_value is not None:
                current.path.uncaught(argument.exc_value)

    return call


current = types.SimpleNamespace(path=None)
loops = weakref.WeakSet()
quiet = io.StringIO()
original_loop_init = asyncio.BaseEventLoop.__init__


def serve():
    """Answer requests until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), quiet, quiet
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    logging.disable(logging.NOTSET)
    asyncio.BaseEventLoop.__init__ = loop_made
    asyncio.BaseEventLoop.call_exception_handler = loop_complained
    warnings._warn_unawaited_coroutine = hook("never_awaited")
    sys.unraisablehook = threading.excepthook = hook("uncaught")
    atexit._clear()
    gc.collect()
    gc.freeze()
    for line in requests:
        request = json.loads(line)
        if "import" in request:
            answer = {"found": importlib.util.find_spec(request["import"]) is not None}
        else:
            try:
                answer = explore(request)
            except LeftBehind as exception:
                answer = {"error": str(exception)}
        replies.write(json.dumps(answer) + "\n")
        replies.flush()
        if "error" in answer:
            os._exit(1)


if __name__ == "__main__":
    serve()
