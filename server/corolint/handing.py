"""What the project's own functions do to the coroutine objects that they are handed.

    async def retry(work, times):
        for _ in range(times):
            try: return await work
            except OSError: pass

A caller writes ``await retry(fetch(), 3)`` and sees nothing wrong; the fault is that `retry` awaits
its parameter again on the second turn. The answer is found by following the parameter through the
function's body, as if it were a coroutine object: the same analysis that follows objects in the
file at hand. Functions of libraries are not looked into.
"""

from __future__ import annotations

from collections.abc import Mapping

import corolint.lifecycle.parameters as lifecycle_parameters
from corolint.answers import Answers
from corolint.infer.state import Inference, ask
from corolint.inventory import take_inventory
from corolint.project import LOOKED_INTO
from corolint.semantics import Effect
from corolint.syntax import nodes
from corolint.values import Ref

EFFECTS = "parameter effects"


def parameter_effects(state: Inference, ref: Ref) -> Mapping[str, Effect]:
    """By parameter name, what the first-party function `ref` does to a coroutine object; empty for
    what is decorated, or cannot be looked into. Recursion gives no answer."""
    none: Mapping[str, Effect] = {}
    found = ask(state, (EFFECTS, ref), _find_effects, none, state, ref)
    state.asked.effects[ref] = found
    state.project.lasting.setdefault(LOOKED_INTO, set()).add(ref.module)
    return found


def _find_effects(state: Inference, ref: Ref) -> Mapping[str, Effect]:
    file = state.project.file(ref.module)
    if file is None or not file.is_first_party or file.is_stub or file.is_namespace:
        return {}
    syntax, reading = state.project.reading(file.path)
    function = next((body.node for body in reading.bodies if body.qualname == ref.qualname), None)
    if not isinstance(function, nodes.FunctionDef) or function.decorators:
        return {}
    answers = Answers(state, reading, lambda inner: parameter_effects(state, inner))
    inventory = take_inventory(syntax.tree)
    mentions = inventory.attributes
    inventory.dissolve()
    return lifecycle_parameters.parameter_effects(function, answers, mentions)
