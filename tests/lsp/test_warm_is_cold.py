"""After any edits, what a running server says is what a new one would say."""

from __future__ import annotations

from pathlib import Path

import pytest

from .random_edits import differences


@pytest.mark.parametrize("seed", range(4))
def test_warm_is_cold(seed: int, tmp_path: Path) -> None:
    for step, difference in differences(tmp_path, seed, steps=90, every=6):
        assert difference is None, f"after edit {step}: {difference}"
