"""Shares the interpreters among the tests, and prints what CPython was asked and what it said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from oracle import Oracle, find_interpreters
from xdist.workermanage import WorkerController

TOTALS = pytest.StashKey[Counter[str]]()

# In the order in which the summary prints them.
COUNTED = (
    "specs judged by CPython",
    "programs run",
    "paths",
    "paths cut short",
    "programs with more paths than were tried",
    "false alarms",
    "missed alarms",
    "known false alarms",
    "known missed alarms",
    "  of these not built yet",
    "faults that users want silence about",
    "specs on which corolint differs",
    "specs not run",
)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TOTALS] = Counter()


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    with Oracle() as oracle:
        yield oracle


@pytest.fixture(scope="session")
def totals(request: pytest.FixtureRequest) -> Counter[str]:
    return request.config.stash[TOTALS]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of pytest-xdist hands what it counted to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["totals"] = dict(session.config.stash[TOTALS])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    node.config.stash[TOTALS].update(getattr(node, "workeroutput", {}).get("totals", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    totals = config.stash[TOTALS]
    if not totals:
        return
    interpreters = find_interpreters()
    terminalreporter.section("CPython as the judge")
    versions = [f"{major}.{minor}" for major, minor in interpreters]
    terminalreporter.line(f"interpreters: {', '.join(versions)}")
    for version in Oracle(interpreters).absent:
        terminalreporter.line(f"ABSENT: no CPython {version[0]}.{version[1]} found", red=True)
    for name in COUNTED:
        terminalreporter.line(f"{name}: {totals[name]}")
    for name in sorted(totals.keys() - set(COUNTED)):
        terminalreporter.line(name)
