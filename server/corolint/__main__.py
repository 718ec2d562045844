"""``python -m corolint`` is the command ``corolint``."""

from __future__ import annotations

from corolint.cli import run

if __name__ == "__main__":
    run()
