"""What corolint tells: findings, the notes that explain them, and the edits that mend them.

All of it is plain frozen data that knows neither rules nor terminals nor LSP. A finding such as

    server.py:4:5 error [unawaited-coroutine] coroutine 'fetch' was never awaited
    client.py:1:1 note: 'fetch' is declared here

is a `Finding` whose `notes` hold one `Note`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from corolint.text import Span


class Severity(Enum):
    """How bad a finding is; the value is what every output format prints."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Evidence(Enum):
    """Why corolint believes that a value is a coroutine, strongest first.

    *declared*: resolved to an ``async def`` or a stub. *inferred*: through bodies, decorators or
    containers. *consensus*: the receiver is unknown, but all that is known of the name agrees.
    """

    DECLARED = "declared"
    INFERRED = "inferred"
    CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class Definition:
    """A name for something declared in some module, resolved to a place only when it is shown.

    `qualname` is dotted within the module (``Client.fetch``); an empty one is the module itself.
    """

    module: str
    qualname: str


@dataclass(frozen=True, slots=True)
class Note:
    """A related place. `path` and `span` are `None` while only `definition` is known.

    A `step` is passed on the way to the fault; the steps of a finding are in order of time. `cell`
    is that of a notebook, from 1, whose lines the span counts.
    """

    message: str
    path: str | None = None
    span: Span | None = None
    definition: Definition | None = None
    step: bool = field(default=False, compare=False)
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `span` (empty: insert) of the file `path` (`None`: the finding's)."""

    span: Span
    text: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend a finding. `safe` fixes keep what the program means wherever it worked."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One report about one place.

    `path` is the path that was asked for; `span` as in `corolint.text`. `evidence` is `None` where
    nothing had to be inferred. `cell` is that of a notebook, from 1, whose lines the span counts;
    `None` for all other files.
    """

    path: str
    span: Span
    rule: str
    severity: Severity
    message: str
    evidence: Evidence | None = None
    notes: tuple[Note, ...] = ()
    fixes: tuple[Fix, ...] = field(default=(), compare=False)
    cell: int | None = None

    def order(self) -> tuple[str, int, Span, str, str]:
        """Sort key: by path, then place, then rule."""
        return (self.path, self.cell or 0, self.span, self.rule, self.message)
