"""The code that a call runs, as the search for nested loops sees it: one body, and who called it.

For ``client.fetch_now(wait=False)`` that is a `Callee`: the function `Client.fetch_now`, the
receiver, and what is known of its parameters (`wait` is false). `Codes` finds the body of a callee
again in the text of its module, because summaries keep no conditions; only bodies that may lead to
a runner are ever asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from corolint.flow import Graph
from corolint.flow_builder import graph_of_block, graph_of_lambda
from corolint.project import Project
from corolint.summarize import Reading
from corolint.summary import ModuleSummary
from corolint.syntax import Syntax, nodes
from corolint.values import Frame, Ref, Value


class Fact(Enum):
    """What is known of a value, as far as questions about loops are concerned."""

    LOOP = "the running loop"
    OTHER_LOOP = "a loop that does not run"
    TRUE = "True"
    FALSE = "False"
    NONE = "None"
    TRUTHY = "something true"
    NEVER = "never: what would give it raises"
    DOUBT = "an answer to a question that is not understood"

    @property
    def truth(self) -> bool | None:
        """Whether it counts as true; `None` where that is in doubt."""
        if self in (Fact.DOUBT, Fact.NEVER):
            return None
        return self not in (Fact.FALSE, Fact.NONE)


class Callee(NamedTuple):
    """A body to be run. `ref` with an empty qualname is the top level of a module.

    `functions` are the parameters known to be functions, `given` the parameters that the call
    hands over, with a fact where there is one; "*" stands for all that a spread may hand over.
    """

    ref: Ref
    receiver: Value | None = None
    outer: Frame | None = None
    functions: tuple[tuple[str, Value], ...] = ()
    given: tuple[tuple[str, Fact | None], ...] = ()


BodyNode = nodes.FunctionDef | nodes.Lambda | nodes.ClassDef | nodes.Block


class Code(NamedTuple):
    """One body in its file."""

    module: str
    qualname: str
    path: str
    node: BodyNode
    syntax: Syntax
    reading: Reading


def callers_of_any(summary: ModuleSummary, names: frozenset[str]) -> set[str]:
    """The bodies of a module, by qualname, that call something that ends in one of `names`."""
    calls = summary.calls
    return {caller for name in names.intersection(calls) for caller, _, _ in calls[name]}


# So many characters of text stay as trees, which take some twenty times as much memory. They are of
# the modules that were asked for last; a tree that went away is read again.
_MOST_TEXT = 3_000_000


class Codes:
    """Bodies by module and qualname. What was read stays for the project as it is after edits of
    other modules: a module that was edited has a new summary."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._read: _Read = project.lasting.setdefault("codes", _Read())

    def find(self, ref: Ref) -> Code | None:
        """The body of a function, or (empty qualname) of a module; `None` where there is none."""
        return self._module(ref.module).codes.get(ref.qualname)

    def of(self, module: str) -> Mapping[str, Code]:
        """All bodies of a module, by qualname."""
        return self._module(module).codes

    def _module(self, module: str) -> _Module:
        summary = self._project.summary(module)
        known = self._read.take(module)
        if known is None or known.summary is not summary:
            known = self._of_file(module, summary)
            self._read.make_room(known.length)
        self._read.put(module, known)
        return known

    def _of_file(self, module: str, summary: ModuleSummary | None) -> _Module:
        file = self._project.file(module)
        if file is None or file.is_stub or file.is_namespace:
            return _Module(summary, 0, {}, {})
        syntax, reading = self._project.reading(file.path)
        return _Module(summary, len(syntax.text), codes_of(module, file.path, syntax, reading), {})

    def graph(self, code: Code) -> Graph:
        """The control-flow graph of a body."""
        module = self._module(code.module)
        if module.codes.get(code.qualname) is not code:
            return _graph_of(code)  # another reading, of which nothing is kept
        known = module.graphs.get(code.qualname)
        if known is None:
            known = module.graphs[code.qualname] = _graph_of(code)
        return known


class _Read:
    """The modules that were read, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._modules: dict[str, _Module] = {}
        self._length = 0

    def __len__(self) -> int:
        return len(self._modules)

    def take(self, module: str) -> _Module | None:
        """The module, which is kept no longer."""
        known = self._modules.pop(module, None)
        self._length -= 0 if known is None else known.length
        return known

    def put(self, module: str, known: _Module) -> None:
        """Keep the module as the last one that was asked for."""
        self._modules[module] = known
        self._length += known.length

    def make_room(self, length: int) -> None:
        """Let go of those that were asked for longest ago, for a text of that length."""
        while self._modules and self._length + length > _MOST_TEXT:
            self.take(next(iter(self._modules)))


class _Module(NamedTuple):
    """The bodies of a module as long as this is its summary, and their graphs as they are made;
    `length` is that of its text, in characters."""

    summary: ModuleSummary | None
    length: int
    codes: dict[str, Code]
    graphs: dict[str, Graph]


def _graph_of(code: Code) -> Graph:
    node = code.node
    if isinstance(node, nodes.Lambda):
        return graph_of_lambda(node)
    return graph_of_block(node if isinstance(node, nodes.Block) else node.body)


def codes_of(module: str, path: str, syntax: Syntax, reading: Reading) -> dict[str, Code]:
    """The bodies of one file by qualname; the module itself under ""."""
    return {
        body.qualname: Code(
            module, body.qualname, path, syntax.tree if body.node is None else body.node, syntax,
            reading,
        )
        for body in reading.bodies
        if not isinstance(body.node, nodes.ClassDef)
    }  # fmt: skip
