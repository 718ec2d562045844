"""``python -m corolint`` is the command ``corolint``."""

from __future__ import annotations

import sys

from corolint.cli import main

if __name__ == "__main__":
    sys.exit(main())
