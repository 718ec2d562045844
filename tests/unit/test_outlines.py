"""The rows about libraries that are not installed fit together."""

from __future__ import annotations

from corolint.infer.outlines import is_coroutine_function, shortest
from corolint.known.outlines import OUTLINES


def test_each_row_leads_to_a_path_of_which_something_is_known() -> None:
    """A slip of the pen in a path would silently win nothing."""
    starts = [path + step for path, outline in OUTLINES.items() for step in ("", *outline.gives)]
    for path, outline in OUTLINES.items():
        for target in outline.gives.values():
            is_known = is_coroutine_function(target) or any(
                start.startswith(target) for start in starts
            )
            assert is_known, f"nothing is known of {target}, where {path} leads"


def test_what_a_row_is_like_holds_for_it() -> None:
    """Both the coroutine functions and where steps lead."""
    assert is_coroutine_function("discord.ext.commands.Context().send")
    assert shortest("discord.ext.commands.Context().send().<awaited>") == "discord.Message()"
    assert not is_coroutine_function("discord.abc.Messageable().typing")
