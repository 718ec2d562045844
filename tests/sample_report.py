"""A small report with everything in it that makes writing it out difficult."""

from __future__ import annotations

from corolint.finding import Definition, Edit, Evidence, Finding, Fix, Note, Severity
from corolint.render import render
from corolint.render.report import Report, RuleHelp
from corolint.text import Span

TEXT = {
    "/p/a b.py": 'x = "é"; f()\n',
    "/p/sub/c.py": "async def f():\n    ...\n\n\n"
    "def g():\n    for x in (\n        1,\n    ):\n        f()\n",
}
FINDINGS = (
    Finding(
        "/p/a b.py",
        Span(1, 9, 1, 12),
        "unawaited-coroutine",
        Severity.ERROR,
        "coroutine 'f' was never awaited",
        Evidence.DECLARED,
        (
            Note("'f' is declared here", "/p/sub/c.py", Span(1, 0, 1, 11)),
            Note("and seen by", "/elsewhere/d.py", Span(2, 4, 2, 5)),
            Note("somewhere"),
        ),
        (Fix("Add 'await'", (Edit(Span(1, 9, 1, 9), "await "),)),),
    ),
    Finding("/p/sub/c.py", Span(6, 4, 9, 11), "dangling-task", Severity.WARNING, "100%: a,b;c]\nd"),
    Finding("/p/sub/c.py", Span(9, 8, 9, 11), "duplicate-coroutine", Severity.HINT, "<&>\x1b"),
    Finding(
        "/p/sub/c.py",
        Span(9, 8, 9, 11),
        "reused-coroutine",
        Severity.ERROR,
        "cannot reuse already awaited coroutine 'f'",
        Evidence.INFERRED,
        (
            Note("coroutine 'f' is made here", "/p/sub/c.py", Span(7, 8, 7, 9), step=True),
            Note("awaited here", "/p/sub/c.py", Span(8, 4, 8, 6), step=True),
            Note("'f' is declared here", "/p/sub/c.py", Span(1, 0, 1, 11), Definition("c", "f")),
        ),
    ),
)
RULES = (
    RuleHelp("unawaited-coroutine", Severity.ERROR, "A coroutine is dropped", "# Page\n"),
    RuleHelp("dangling-task", Severity.WARNING, "A task is not kept.", "# Page\n"),
)


def shown(output_format: str, findings: tuple[Finding, ...] = FINDINGS) -> str:
    """The sample, or other findings in the same files, in one of the output formats."""
    return render(output_format, Report(findings, "/p", TEXT.get, rules=lambda: RULES))
