"""Chains of calls from a body to the call that starts a loop, as they are told.

    async def handler(): load()                  handler calls load
    def load(): return fetch_now()               load calls fetch_now
    def fetch_now(): return asyncio.run(f())     fetch_now calls asyncio.run

`fault_at_start` tells it at the call in `handler`, where it is to be mended; `fault_at_end` at the
call of `asyncio.run`, where CPython raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corolint.evaluation import children, own_expressions, statements_of
from corolint.infer.calls import display_name
from corolint.loops.code import BodyNode, Callee, Code, Codes
from corolint.loops.history import Hop, LoopFault
from corolint.loops.paths import Start
from corolint.paths import is_notebook
from corolint.syntax import nodes
from corolint.values import Ref

_LONGEST = 200

Starts = Mapping[Callee, Start | None]


def fault_at_start(codes: Codes, starts: Starts, code: Code, start: Start) -> LoopFault:
    """A start in `code` with the chain of calls that it begins; no hops if it ends at once."""
    hops = tuple(_hop(*link) for link in _links(codes, starts, code, start))
    return LoopFault(start.node, start.message, start.shown, hops if len(hops) > 1 else ())


def fault_at_end(
    codes: Codes, starts: Starts, root: Code, start: Start, code: Code
) -> LoopFault | None:
    """The fault that `start` in `root` begins, told where it ends, if that is in `code`.

    Its hops are all but the last one, which is at the fault itself.
    """
    links = list(_links(codes, starts, root, start))
    there, last = links[-1]
    if len(links) < 2 or last.callee is not None:
        return None
    if (there.module, there.qualname) != (code.module, code.qualname):
        return None
    node = _same_node(code, there, last.node)
    if node is None:
        return None
    return LoopFault(node, last.message, last.shown, tuple(_hop(*link) for link in links[:-1]))


def _links(codes: Codes, starts: Starts, code: Code, start: Start) -> Iterator[tuple[Code, Start]]:
    """Each body of the chain, and what in it leads on."""
    for _ in range(_LONGEST):
        yield code, start
        if start.callee is None:
            return
        found, behind = codes.find(start.callee.ref), starts.get(start.callee)
        if found is None or behind is None:
            return
        code, start = found, behind


def _same_node(code: Code, found: Code, node: nodes.Node) -> nodes.Node | None:
    """The node of `code` that stands where `node` stands in another reading of the same text."""
    if found.syntax is code.syntax:
        return node
    span = found.syntax.span(node)
    for each in _nodes_in(code.node):
        if type(each) is type(node) and code.syntax.span(each) == span:
            return each
    return None


def _nodes_in(body: BodyNode) -> Iterator[nodes.Node]:
    """The statements of a body, and all expressions in them."""
    waiting: list[nodes.Expression] = []
    if isinstance(body, nodes.Lambda):
        waiting.append(body.body)
    else:
        block = body if isinstance(body, nodes.Block) else body.body
        for statement in statements_of(block):
            yield statement
            waiting += own_expressions(statement)
    while waiting:
        expression = waiting.pop()
        yield expression
        waiting += children(expression)


def _hop(code: Code, start: Start) -> Hop:
    verb = "" if start.shown.startswith("import ") else "calls "
    text = f"{name_of(code)} {verb}{start.shown}"
    return Hop(code.path, code.syntax.span(start.node), text)


def name_of(code: Code) -> str:
    """How a body is called in a chain: its function, or what it is the top level of."""
    if code.qualname:
        return display_name(Ref(code.module, code.qualname)).replace("<locals>.", "")
    return "the notebook" if is_notebook(code.path) else f"module {code.module}"
