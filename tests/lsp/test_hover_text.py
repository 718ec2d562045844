"""Hovers that tell of the user's own functions and variables."""

from __future__ import annotations

import pytest
from corolint.hover import Event, coroutine_function_hover, coroutine_variable_hover


def test_a_function_says_how_to_run_it_here() -> None:
    inside = coroutine_function_hover(
        "Client.fetch",
        "self, url: str",
        "bytes",
        call="self.client.fetch(...)",
        inside_coroutine=True,
        declared_at="client.py:12",
    )
    assert "async def Client.fetch(self, url: str) -> bytes: ..." in inside
    assert "- run it here: `await self.client.fetch(...)`, which gives `bytes`" in inside
    assert "asyncio.run(self.client.fetch" not in inside
    assert "Declared at client.py:12." in inside

    outside = coroutine_function_hover("fetch")
    assert "async def fetch(...): ..." in outside
    assert "- from synchronous code: `asyncio.run(fetch(...))`" in outside
    assert "gives" not in outside.split("---")[0]


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({"pending"}, "Not awaited yet."),
        ({"used"}, "cannot reuse already awaited coroutine"),
        ({"closed"}, "Closed"),
        ({"escaped"}, "Handed to other code"),
        ({"pending", "used"}, "on some paths"),
        ({"pending", "closed", "used"}, "closed, pending, used"),
        (set(), "No path leads here."),
    ],
)
def test_a_variable_tells_its_state(states: set[str], words: str) -> None:
    assert words in coroutine_variable_hover("c", "fetch", states)


def test_a_variable_tells_its_history() -> None:
    events = [Event(3, "created"), Event(7, "awaited", "ok")]
    text = coroutine_variable_hover("c", "fetch", {"pending", "used"}, events, result="bytes")
    assert "c = fetch(...)  # coroutine object -> bytes" in text
    assert "Created at line 3, awaited at line 7 when `ok`." in text
