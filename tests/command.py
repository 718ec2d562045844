"""The real command in a process of its own, with nothing of this test run's surroundings in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

EXAMPLES = Path(__file__).parent / "examples"

# What a process needs to start at all; everything that steers corolint is left out.
KEPT = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL", "PYTHONPATH",
        "COROLINT_INTERPRETED")  # fmt: skip


class Outcome(NamedTuple):
    status: int
    out: str
    err: str

    def findings(self) -> list[dict[str, Any]]:
        """The findings of a run with ``--output-format json-lines``."""
        return [json.loads(line) for line in self.out.splitlines()]

    def rules(self) -> list[str]:
        return [finding["rule"] for finding in self.findings()]


def corolint(
    *arguments: str | Path,
    folder: Path = EXAMPLES,
    stdin: bytes = b"",
    variables: dict[str, str] | None = None,
    options: Sequence[str] = (),
    isolated: bool = False,
    memory: int = 0,
) -> Outcome:
    """Runs ``python -m corolint`` in `folder` and waits for it.

    `isolated`: as the installed command runs, which does not look for modules in `folder`.
    `memory`: it may have no more than so many bytes (on Linux, where they are counted).
    """

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    start = ["-m", "corolint"]
    if isolated:
        start = [
            "-c",
            "import sys; del sys.path[0]; from corolint.cli import main; sys.exit(main())",
        ]
    done = subprocess.run(
        [sys.executable, *options, *start, *map(str, arguments)],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env={**environment, **(variables or {})},
        preexec_fn=limit if memory and sys.platform.startswith("linux") else None,
        timeout=600,
        check=False,
    )
    out, err = (text.decode("utf-8").replace("\r\n", "\n") for text in (done.stdout, done.stderr))
    return Outcome(done.returncode, out, err)


def check(*arguments: str | Path, **keywords: Any) -> Outcome:
    """``corolint check --output-format json-lines``, reading no configuration outside of tests."""
    return corolint("check", "--output-format", "json-lines", *arguments, **keywords)
