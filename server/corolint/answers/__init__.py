"""Inference's answers to the questions of `corolint.semantics`, for the expressions of one file.

The reading of a file holds the term of each of its expressions; a question evaluates that term
once and looks the rest up: what the value is, which library function the callee is, what the
parameter is declared to be. For ``asyncio.wait_for(self.client.fetch(), 5)`` it answers that the
inner call makes a coroutine object `Client.fetch`, and that the outer one *wraps* its argument.

The questions build on each other, a file each: `reading` (values, names and contexts), `making`
(which expressions make an object), `arguments` (what becomes of one that is handed on), `promises`
(what functions and types can be relied on for).
"""

from __future__ import annotations

from corolint.answers.naming import known_name, public_name
from corolint.answers.promises import PromiseAnswers

__all__ = ["Answers", "known_name", "public_name"]


class Answers(PromiseAnswers):
    """The `Semantics` of one file. What the bodies of functions tell is given to it."""
