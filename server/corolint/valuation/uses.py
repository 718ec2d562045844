"""What is done on the spot with what a call gives, as far as it tells of what that is.

    await session.commit()                   # AWAITED
    asyncio.gather(*[ping(s) for s in all])  # `ping` is HANDED to something that has it awaited
    session.query(User).first()              # OBJECT: `query` gives something with attributes

Of a call whose callee nobody can find, the other calls of it tell by this what it gives.
"""

from __future__ import annotations

from corolint.scope import Scope
from corolint.summary import HANDED, OBJECT
from corolint.syntax import nodes
from corolint.valuation.paths import last_name, receiver_and_method

# What takes awaitables and has them awaited, by its last name, whatever library it is of.
_AWAITING = frozenset(
    {"create_task", "ensure_future", "gather", "wait_for", "shield", "run_coroutine_threadsafe",
     "run_until_complete", "as_completed", "create_background_task", "async_create_task"}
)  # fmt: skip


def note_use(scope: Scope, node: nodes.Expression, use: int) -> None:
    """Note what the call `node`, if it is one, is used for; it was read last of its name."""
    if type(node) is not nodes.Call:
        return
    sites = scope.facts.calls.get(last_name(node.callee))
    if not sites:
        return
    caller, term, _ = sites[-1]
    if term == scope.facts.terms.get(id(node)):  # compiled, equal tuples need not be the same
        sites[-1] = (caller, term, use)
        if use != OBJECT:
            _count_awaited(scope, node)


def _count_awaited(scope: Scope, call: nodes.Call) -> None:
    path = receiver_and_method(call)
    if path is not None:
        scope.facts.awaited.setdefault(path, [0, 0])[0] += 1


def note_handed(scope: Scope, callee: str, argument: nodes.Expression) -> None:
    """Note that `argument` was just read as one of those of a call of `callee`."""
    if callee not in _AWAITING:
        return
    if type(argument) is nodes.Comprehension:
        argument = argument.element
    note_use(scope, argument, HANDED)
