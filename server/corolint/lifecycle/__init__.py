"""Follows coroutine objects through a body, and tells the history of each.

`trace` gives the `History` of one body (`corolint.lifecycle.history`), `is_worth_tracing` tells
cheaply whether there will be any, and `parameter_effects` sums up what a function does to the
objects it is handed. How it is done is told in `tracing`.
"""

from corolint.lifecycle.parameters import parameter_effects
from corolint.lifecycle.tracing import is_worth_tracing, trace

__all__ = ["is_worth_tracing", "parameter_effects", "trace"]
