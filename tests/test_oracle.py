"""The oracle is itself judged: programs with known faults, and no trace of one in the next.

Each program tells in ``# fault:`` comments what CPython does in that line, on every version.
"""

from __future__ import annotations

import re

import pytest
from corolint.finding import Finding, Severity
from corolint.text import Span
from judgement import (
    FALSE_ALARM,
    MISSED_ALARM,
    WRONG_MARK,
    WRONG_STATE,
    WRONG_TEXT,
    compare,
    judge,
)
from oracle import VERSIONS, Oracle, OracleError, find_interpreters
from spec_format import SpecError, parse_page

PROGRAMS = {
    "never awaited": """
async def f(): ...
async def main():
    f()  # fault: never-awaited
    await f()
""",
    "never awaited on one of the paths": """
async def f(): ...
async def main():
    c = f()  # fault: never-awaited
    if coin():
        await c
""",
    "never awaited, made in a thread": """
import threading
async def f(): ...
def main():
    thread = threading.Thread(target=lambda: f())  # fault: never-awaited
    thread.start()
    thread.join()
""",
    "reuse that the program catches": """
async def f(): ...
async def main():
    c = f()
    await c
    try:
        await c  # fault: reused
    except RuntimeError:
        pass
""",
    "reuse in a task, told where the task is awaited": """
import asyncio
async def f(): ...
async def main():
    c = f()
    await c
    task = asyncio.create_task(c)
    await task  # fault: reused
""",
    "reuse in a task group": """
import asyncio
async def f(): ...
async def g(c):
    await c  # fault: reused
async def main():
    c = f()
    await c
    results = await asyncio.gather(g(c), return_exceptions=True)
""",
    "awaited by two tasks at once": """
import asyncio
async def f():
    await asyncio.sleep(0)
async def g(c):
    await c  # fault: reused
async def main():
    c = f()
    await asyncio.gather(g(c), g(c))
""",
    "nested run": """
import asyncio
async def f(): ...
def helper():
    asyncio.run(f())  # fault: nested-run never-awaited
async def main():
    helper()
""",
    "nested run on a loop of its own": """
import asyncio
async def f(): ...
async def main():
    loop = asyncio.new_event_loop()
    c = f()
    try:
        loop.run_until_complete(c)  # fault: nested-run
    finally:
        c.close()
        loop.close()
""",
    "nested run on the running loop": """
import asyncio
async def main():
    asyncio.get_running_loop().run_forever()  # fault: nested-run
""",
    "no loop": """
import asyncio
async def f(): ...
def main():
    c = f()
    try:
        asyncio.create_task(c)  # fault: no-loop
    finally:
        c.close()
""",
    "a coroutine as a value": """
async def f(): ...
async def main():
    f().attribute  # fault: value never-awaited
""",
    "not a coroutine": """
import asyncio
async def f(): ...
def main():
    asyncio.run(f)  # fault: bad-run
""",
    "an await of no awaitable": """
async def main():
    await 1  # fault: bad-await
""",
    "the wrong protocol": """
async def g():
    yield
async def main():
    for x in g():  # fault: bad-protocol
        pass
""",
    "the coroutine protocol": """
async def f(): ...
def main():
    c = f()
    try:
        c.send(1)  # fault: protocol
    except TypeError:
        next(c)  # fault: protocol
    finally:
        c.close()
""",
    "another exception": """
def main():
    if coin():
        raise KeyError  # fault: crash
    try:
        raise ValueError
    except ValueError:
        pass
""",
    "dropped in a callback of the loop": """
import asyncio
async def f(): ...
async def main():
    asyncio.get_running_loop().call_soon(f)
    await asyncio.sleep(0)
# fault nowhere: never-awaited
""",
    "a syntax error": """
def main(:  # fault: syntax-error
""",
    "nothing at all": """
import asyncio
async def f():
    await asyncio.sleep(0)
async def main():
    await f()
    task = asyncio.create_task(f())
    await task
    await task
    c = f()
    c.close()
    await asyncio.to_thread(asyncio.run, f())
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.001)
    except asyncio.TimeoutError:
        pass
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_known_faults_give_exactly_the_expected_events(program: str, oracle: Oracle) -> None:
    expected = {
        (number, kind)
        for number, line in enumerate(program.split("\n"), start=1)
        for kinds in re.findall(r"# fault: (.+)", line)
        for kind in kinds.split()
    } | {(None, kind) for kind in re.findall(r"# fault nowhere: (.+)", program)}
    outcomes = oracle.explore({"main.py": program})
    assert list(outcomes) == list(find_interpreters())
    for version, outcome in outcomes.items():
        seen = {(fault.line, fault.kind) for fault in outcome.faults}
        assert seen == expected, version


def test_every_program_gives_the_same_again(oracle: Oracle) -> None:
    """No state is left between programs: backwards, after all others, they say the same."""
    programs = [{"main.py": program} for program in PROGRAMS.values()]
    first = [oracle.explore(files) for files in programs]
    again = [oracle.explore(files) for files in reversed(programs)]
    assert first == again[::-1]


def test_paths_are_all_outcomes_of_coin(oracle: Oracle) -> None:
    program = "a = coin()\nb = coin() if a else 0\nif b:\n    coin()\n"
    for outcome in oracle.explore({"main.py": program}).values():
        assert (outcome.paths, outcome.cut, outcome.complete) == (4, 0, True)
        assert outcome.lines["main.py", 4] == 2


def test_endless_programs_are_cut(oracle: Oracle) -> None:
    tosses = "async def f(): ...\nwhile coin():\n    f().close()\nc = f()\n"
    for outcome in oracle.explore({"main.py": tosses}).values():
        assert (outcome.cut, outcome.complete) == (1, True)
        assert [(fault.line, fault.normal) for fault in outcome.faults] == [(4, True)]
    for outcome in oracle.explore({"main.py": "while True:\n    pass\n"}).values():
        assert (outcome.paths, outcome.cut) == (1, 1)


def test_a_thread_that_stays_is_an_error_and_spoils_nothing(oracle: Oracle) -> None:
    stays = "from threading import *\nThread(target=Event().wait, daemon=True).start()\n"
    with pytest.raises(OracleError, match="does not end"):
        oracle.explore({"main.py": stays}, [min(find_interpreters())])
    assert oracle.explore({"main.py": "pass\n"})


def test_states_are_those_of_inspect(oracle: Oracle) -> None:
    program = """
async def f(): ...
c = f()
reveal(c)
if coin():
    c.close()
reveal(c)
c.close()
reveal(None)
"""
    states = {("main.py", 4, "created"), ("main.py", 7, "created"), ("main.py", 7, "closed")}
    for outcome in oracle.explore({"main.py": program}).values():
        assert outcome.states == states


def test_files_import_one_another(oracle: Oracle) -> None:
    files = {
        "pkg/__init__.py": "from .a import f\n",
        "pkg/a.py": "from lib import g\nasync def f():\n    g()\n",
        "site-packages/lib/__init__.py": "async def g(): ...\n",
        "main.py": "from pkg import f\nmain = f\n",
    }
    for outcome in oracle.explore(files).values():
        assert [(fault.file, fault.line) for fault in outcome.faults] == [("pkg/a.py", 3)]


def test_every_supported_version_has_a_place_in_the_summary() -> None:
    assert find_interpreters().keys() <= set(VERSIONS)
    assert find_interpreters()


# --- the judge and the format --------------------------------------------------------------------

DISAGREEMENTS = {
    "a finding without a fault": ("await f()  # error: [unawaited-coroutine]", FALSE_ALARM),
    "a fault without a finding": ("f()", MISSED_ALARM),
    "another message": ('f()  # error: [unawaited-coroutine] "g"', FALSE_ALARM),
    "a finding of a rule about something else": ("f()  # error: [reused-coroutine]", FALSE_ALARM),
    "a runtime mark without a fault": ("await f()  # runtime: [reused-coroutine]", WRONG_MARK),
    "a missed mark without a fault": ("await f()  # missed: [reused-coroutine] why", FALSE_ALARM),
    "a crash": ("1 / 0", MISSED_ALARM),
    "a raises mark without an exception": ("pass  # raises: ValueError", WRONG_MARK),
    "dropped on some path only": (
        "c = f()  # error: [unawaited-coroutine]\n    if coin(): await c",
        FALSE_ALARM,
    ),
    "dropped on every path": ("f()  # warning: [unawaited-on-some-path]", FALSE_ALARM),
    "a state that is not": ("c = f()\n    reveal(c)  # revealed: used\n    await c", FALSE_ALARM),
    "a state that is not told": ("c = f()\n    reveal(c)\n    await c", WRONG_MARK),
}


@pytest.mark.parametrize("body, kind", DISAGREEMENTS.values(), ids=DISAGREEMENTS.keys())
def test_a_disagreement_is_told(body: str, kind: str, oracle: Oracle) -> None:
    text = f"# T\n```python\nasync def f(): ...\nasync def main():\n    {body}\n```\n"
    [spec] = parse_page("t.md", text)
    complaints = judge(spec, oracle.explore(dict(spec.files)))
    assert kind in {complaint.kind for complaint in complaints}


SLIPS = {
    "an unclosed block": "# T\n```python\nx = 1\n",
    "a mark without a rule": "# T\n```python\nf()  # error: unawaited-coroutine\n```\n",
    "a missed alarm without a reason": "# T\n```python\nf()  # missed: [a-rule]\n```\n",
    "words behind a mark": "# T\n```python\nf()  # error: [unawaited-coroutine] text\n```\n",
    "an unknown state": "# T\n```python\nreveal(c)  # revealed: new\n```\n",
    "two files of one name": "# T\n```python\n```\n```python\n```\n",
    "two tests of one name": "# T\n```python\n```\n# T\n```python\n```\n",
    "an unknown need": "# T\nNeeds luck.\n```python\n```\n",
    "a skipped level": "# T\n### U\n",
    "text before the first header": "text\n# T\n",
}


@pytest.mark.parametrize("page", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_of_the_pen_is_an_error(page: str) -> None:
    with pytest.raises(SpecError, match=r"^t\.md:\d+: "):
        parse_page("t.md", page)


def test_a_page_is_read_as_it_says() -> None:
    page = """# Group
## One
Needs Python 3.11. Needs is a word here.
"""
    with pytest.raises(SpecError):
        parse_page("t.md", page)
    page = """# Group
## One
Needs Python 3.11.
Needs the packages anyio and trio.
`a/b.py`:
```python
# x
f(); g()  # error: [a-b] "t"  # hint: [c]
```
```toml
x = 1
```
```python
reveal(c)  # revealed: pending | used
```
## Two
Not run: because
```python
```
"""
    one, two = parse_page("t.md", page)
    assert (one.title, one.needs.lowest, one.needs.packages) == (
        "Group / One",
        (3, 11),
        ("anyio", "trio"),
    )
    assert dict(one.files) == {
        "a/b.py": '# x\nf(); g()  # error: [a-b] "t"  # hint: [c]\n',
        "main.py": "reveal(c)  # revealed: pending | used\n",
    }
    assert {(mark.file, mark.line, mark.kind, mark.rule, mark.text) for mark in one.marks} == {
        ("a/b.py", 2, "error", "a-b", "t"),
        ("a/b.py", 2, "hint", "c", ""),
    }
    assert one.states == (("main.py", 1, frozenset({"pending", "used"})),)
    assert one.config == "x = 1\n"
    assert two.not_run == "because"


# --- corolint against a spec ---------------------------------------------------------------------

DIFFERENCES = {
    "as it says": ("f()  # error: [r]", ["error"], set()),
    "nothing found": ("f()  # error: [r]", [], {MISSED_ALARM}),
    "found twice": ("f()  # error: [r]", ["error", "error"], {FALSE_ALARM}),
    "another severity": ("f()  # error: [r]", ["hint"], {MISSED_ALARM, FALSE_ALARM}),
    "another text": ('f()  # error: [r] "z"', ["error"], {WRONG_TEXT}),
    "unexpected": ("f()", ["error"], {FALSE_ALARM}),
    "known to be missed": ("f()  # missed: [r] why", [], set()),
    "no longer missed": ("f()  # missed: [r] why", ["error"], {WRONG_MARK}),
    "known to be false": ("f()  # false: [r] why", ["error"], set()),
    "no longer false": ("f()  # false: [r] why", [], {WRONG_MARK}),
    "silence is wanted": ("f()  # silent: [r] why", ["error"], {FALSE_ALARM}),
    "a state": ("reveal(c)  # revealed: pending", [], {WRONG_STATE}),
}


@pytest.mark.parametrize("code, said, kinds", DIFFERENCES.values(), ids=DIFFERENCES.keys())
def test_a_difference_is_told(code: str, said: list[str], kinds: set[str]) -> None:
    [spec] = parse_page("t.md", f"# T\n```python\n{code}\n```\n")
    findings = [
        ("main.py", Finding("main.py", Span(1, 0, 1, 3), "r", Severity(severity), "message"))
        for severity in said
    ]
    assert {complaint.kind for complaint in compare(spec, findings, {})} == kinds
