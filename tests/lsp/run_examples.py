"""Runs examples of the reference and says where they lie; started with the Python to be asked.

Standard input: a JSON object, name -> source. Standard output: a JSON list of complaints. Two
comments make claims. ``# prints 8``: all such comments in order are the whole standard output.
``# raises KeyError: 'key'``: this one-line statement raises that, and the program goes on.
A coroutine that is never awaited, or any other warning, is a complaint too.
"""

import contextlib
import gc
import io
import json
import re
import sys
import traceback
import warnings

RAISES = re.compile(r"( *)(.+?)  # raises (\w+): ?(.*)")
PRINTS = re.compile(r"  # prints (.*)")


def expect(kind, message, error):
    found = (type(error).__name__, str(error))
    assert found == (kind, message), f"raised {found}, not {(kind, message)}"


def instrument(line):
    match = RAISES.fullmatch(line)
    if match is None:
        return line
    indent, statement, kind, message = match.groups()
    return (
        f"{indent}try:\n{indent}    {statement}\n"
        f"{indent}except BaseException as error: expect({kind!r}, {message!r}, error)\n"
        f"{indent}else: raise AssertionError({statement + ' raised nothing'!r})"
    )


def complaints_about(source):
    printed = io.StringIO()
    unraisable = []
    sys.unraisablehook = lambda raised: unraisable.append(repr(raised.exc_value))
    program = "\n".join(instrument(line) for line in source.splitlines())
    try:
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(program, "example", "exec"), {"expect": expect, "__name__": "__main__"})
            gc.collect()
    except BaseException:
        yield traceback.format_exc()
    finally:
        sys.set_coroutine_origin_tracking_depth(0)
    claimed = PRINTS.findall(source)
    if printed.getvalue().splitlines() != claimed:
        yield f"printed {printed.getvalue()!r}, not {claimed}"
    yield from unraisable


examples = json.load(sys.stdin)
json.dump(
    [f"{name}: {complaint}" for name in examples for complaint in complaints_about(examples[name])],
    sys.stdout,
)
