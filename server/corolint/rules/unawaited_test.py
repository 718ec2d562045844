"""## What it does
Finds `async def` methods that whoever calls them never awaits: tests, `setUp` and `tearDown` of a
plain `unittest.TestCase`, and special methods of which Python wants a plain result, such as
`__init__`, `__len__` or `__enter__`.

## Why is this bad?
A plain test case calls the method and drops the coroutine object: the test passes without having
run. Special methods give Python an object that it cannot use.

## Example
```python
import unittest


class FetchTest(unittest.TestCase):
    async def test_fetch(self) -> None:
        self.fail("never reached")


FetchTest("test_fetch").run(unittest.TestResult())
```

Use instead:
```python
import unittest


class FetchTest(unittest.IsolatedAsyncioTestCase):
    async def test_fetch(self) -> None:
        self.assertTrue(True)


FetchTest("test_fetch").run(unittest.TestResult())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.finding import Finding, Severity
from corolint.reporting import Rule, Subject, finding
from corolint.spelling import spell
from corolint.syntax import nodes

RULE = Rule(
    "unawaited-test", Severity.ERROR, "An async method is called by someone who never awaits it."
)

_FIXTURES = frozenset({"setUp", "tearDown", "setUpClass", "tearDownClass"})
_SPECIAL = frozenset(
    "__init__ __del__ __enter__ __exit__ __len__ __bool__ __str__ __repr__ __eq__ __ne__ __lt__ "
    "__le__ __gt__ __ge__ __hash__ __iter__ __contains__ __post_init__ __format__ __bytes__ "
    "__setattr__ __delattr__ __setitem__ __delitem__ __int__ __float__ __index__".split()
)
_ISOLATED = "use unittest.IsolatedAsyncioTestCase"
_HARMLESS_DECORATORS = frozenset({"classmethod", "staticmethod"})


def check(subject: Subject) -> Iterator[Finding]:
    """Async methods of a class body under names that others call."""
    definition = subject.body.node
    if not isinstance(definition, nodes.ClassDef):
        return
    methods = [
        method
        for method in subject.body.definitions
        if isinstance(method, nodes.FunctionDef) and method.is_async
    ]
    if not methods:
        return
    ancestors = subject.semantics.ancestors(definition) or ()
    for method in methods:
        problem = _problem(method, ancestors)
        if problem is _ISOLATED and subject.semantics.runs_tests_itself(definition):
            continue
        if problem is not None:
            name = f"{definition.name}.{method.name}"
            yield finding(subject, RULE, method, f"coroutine '{name}' is never awaited: {problem}")


def _problem(method: nodes.FunctionDef, ancestors: tuple[str, ...]) -> str | None:
    decorators = [spell(decorator) for decorator in method.decorators]
    name = method.name
    if decorators and decorators[-1] in (f"{name}.setter", f"{name}.deleter"):
        return "an assignment calls it and drops the coroutine"
    if not _HARMLESS_DECORATORS.issuperset(decorators):
        return None  # what a decorator makes of it need not be async
    if name in _SPECIAL:
        return "Python calls it and uses what it returns"
    if "unittest.TestCase" not in ancestors:
        return None
    if name in _FIXTURES:
        return "the test case calls it and drops the coroutine"
    if name.startswith("test") and "unittest.IsolatedAsyncioTestCase" not in ancestors:
        return _ISOLATED
    return None
