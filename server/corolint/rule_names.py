"""The names of all rules, without importing any of them: a run that finds nothing new to check
should not pay for the analysis.

A rule stands in a file of its name: ``rules/unawaited_coroutine.py`` is ``unawaited-coroutine``.
Two names belong to no such file: `syntax-error` is the parser's, `unused-ignore` is of `suppress`.
"""

from __future__ import annotations

import os
from functools import lru_cache


@lru_cache(maxsize=1)
def rule_names() -> tuple[str, ...]:
    """Every name that settings and ignore comments may use, sorted."""
    folder = os.path.join(os.path.dirname(__file__), "rules")
    try:
        files = [name for name in os.listdir(folder) if name.endswith(".py") and name[0] != "_"]
    except OSError:  # Inside a zip file, say.
        from corolint.check import RULE_NAMES

        return tuple(sorted(RULE_NAMES))
    names = [name.removesuffix(".py").replace("_", "-") for name in files]
    return tuple(sorted([*names, "syntax-error", "unused-ignore"]))
