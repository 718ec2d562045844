"""The bar of a long run: on a terminal only, and gone in the end."""

from __future__ import annotations

import io
import threading

import pytest
from corolint.progress import no_progress, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def an_able_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_bar_counts_and_goes_away() -> None:
    terminal = Terminal()
    threads = threading.active_count()
    with progress(400, terminal) as advance:
        advance(150)
        advance(50)
        assert "200/400" in terminal.getvalue()
        assert threading.active_count() == threads
    # The line of the bar is erased: https://en.wikipedia.org/wiki/ANSI_escape_code#CSI_sequences
    assert "\x1b[2K" in terminal.getvalue().rpartition("400")[2]


def test_it_goes_away_when_the_run_fails() -> None:
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), progress(400, terminal) as advance:
        advance(1)
        raise KeyboardInterrupt
    assert "\x1b[2K" in terminal.getvalue().rpartition("400")[2]


def test_nothing_is_drawn_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    for total, stream in [(400, io.StringIO()), (20, Terminal())]:
        with progress(total, stream) as advance:
            assert advance is no_progress
        assert stream.getvalue() == ""
    monkeypatch.setenv("TERM", "dumb")
    with progress(400, Terminal()) as advance:
        assert advance is no_progress
