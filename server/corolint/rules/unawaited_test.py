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
_HARMLESS_DECORATORS = frozenset({"classmethod", "staticmethod"})


def check(subject: Subject) -> Iterator[Finding]:
    """Async methods of a class body under names that others call."""
    definition = subject.body.node
    if not isinstance(definition, nodes.ClassDef):
        return
    methods = [method for method in subject.body.definitions if _is_plain_async(method)]
    if not methods:
        return
    names = (definition, subject.semantics.ancestors(definition))
    for method in methods:
        problem = _problem(method.name, names[1] or ())
        if problem is not None:
            yield finding(subject, RULE, method, f"coroutine '{_name(names[0], method)}' {problem}")


def _is_plain_async(method: nodes.FunctionDef | nodes.ClassDef) -> bool:
    return (
        isinstance(method, nodes.FunctionDef)
        and method.is_async
        and all(spell(decorator) in _HARMLESS_DECORATORS for decorator in method.decorators)
    )


def _name(definition: nodes.ClassDef, method: nodes.FunctionDef | nodes.ClassDef) -> str:
    return f"{definition.name}.{method.name}"


def _problem(name: str, ancestors: tuple[str, ...]) -> str | None:
    if name in _SPECIAL:
        return "is never awaited: Python calls it and uses what it returns"
    if "unittest.TestCase" not in ancestors:
        return None
    if name in _FIXTURES:
        return "is never awaited: the test case calls it and drops the coroutine"
    if name.startswith("test") and "unittest.IsolatedAsyncioTestCase" not in ancestors:
        return "is never awaited: use unittest.IsolatedAsyncioTestCase"
    return None
