"""A plain function becomes a coroutine function, and so do those that call it.

    def page(): return fetch().text            async def page(): return (await fetch()).text
    def show(): print(page())           →      async def show(): print(await page())
    show()                                     asyncio.run(show())

All of it is one fix, over all files of the project. It is offered only if every place is found that
calls one of these functions, and each can be rewritten: who hands such a function on, calls it from
a lambda or a class body, overrides it or makes a generator of it, has to decide alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from corolint.answers import Answers
from corolint.finding import Edit, Fix
from corolint.handing import answers_for
from corolint.infer.hierarchy import mro
from corolint.infer.state import Inference, class_summary, function_summary, inference
from corolint.inventory import Body, take_inventory
from corolint.lifecycle.history import Life
from corolint.mending.awaiting import await_edits
from corolint.mending.places import end_of, imported_as, is_in_generator, start_of, walk
from corolint.mending.places import parts_of as parts_of_body
from corolint.paths import is_notebook
from corolint.project import Project
from corolint.reporting import Subject
from corolint.summarize import Reading
from corolint.syntax import Syntax, nodes
from corolint.values import Function, Ref, members

_MOST_FUNCTIONS = 30
_ALLOWED_DECORATORS = frozenset({"staticmethod", "classmethod"})


def async_fixes(
    subject: Subject, ref: Ref, life: Life, use: nodes.Expression, project: Project
) -> list[Fix]:
    """For an object that the plain function `ref` of the file makes and that `use` takes for its
    result."""
    function = subject.body.function()
    if function is None or function.is_async or not isinstance(life.origin, nodes.Expression):
        return []
    if is_in_generator(subject.body, life.origin) or life.is_consumed:
        return []
    work = _Work(project, subject.path)
    if not work.make_async(ref):
        return []
    edits = await_edits(subject.syntax, life.origin, use)
    work.add(subject.path, edits)
    callers = len(work.done) - 1
    also = f", and {callers} more that call it" if callers else ""
    title = f"Make '{function.name}' async{also}, and await '{life.made.name}'"
    return [Fix(title, tuple(work.edits(subject.path)))]


class _Work:
    """The edits so far, by path, and the functions that are made asynchronous by them."""

    def __init__(self, project: Project, path: str) -> None:
        self._state: Inference = inference(project)
        self._project = project
        self._path = os.path.normpath(path)
        self._edits: dict[str, dict[Edit, None]] = {}
        self.done: dict[Ref, None] = {}

    def add(self, path: str, edits: list[Edit] | tuple[Edit, ...]) -> None:
        """More edits of a file."""
        self._edits.setdefault(os.path.normpath(path), {}).update(dict.fromkeys(edits))

    def edits(self, own: str) -> Iterator[Edit]:
        """All edits; those of other files than `own` say which."""
        for path, edits in self._edits.items():
            for edit in edits:
                yield edit if path == os.path.normpath(own) else replace(edit, path=path)

    def make_async(self, ref: Ref) -> bool:
        """Makes a function asynchronous and mends all that call it; false if that cannot be."""
        if ref in self.done:
            return True
        if len(self.done) >= _MOST_FUNCTIONS or not self._may_be_async(ref):
            return False
        self.done[ref] = None
        file = self._project.file(ref.module)
        assert file is not None
        syntax, reading = self._project.reading(file.path)
        body = next((one for one in reading.bodies if one.qualname == ref.qualname), None)
        if body is None or not isinstance(body.node, nodes.FunctionDef):
            return False
        self.add(file.path, [Edit(start_of(syntax.span(body.node)), "async ")])
        name = ref.qualname.rpartition(".")[2]
        return all(self._mend_callers(module, name, ref) for module in self._modules(name))

    def _may_be_async(self, ref: Ref) -> bool:
        summary = function_summary(self._state, ref)
        file = self._project.file(ref.module)
        name = ref.qualname.rpartition(".")[2]
        if summary is None or file is None or not file.is_first_party or file.is_stub:
            return False
        if summary.is_generator or name.startswith("__") or "@" in name or "<lambda>" in name:
            return False
        if any(str(term[-1]) not in _ALLOWED_DECORATORS for term in summary.decorators):
            return False
        if not summary.owner:
            return True
        order = mro(self._state, Ref(ref.module, summary.owner))
        bases = [class_summary(self._state, one.cls) for one in order.classes[1:]]
        return order.complete and not any(base and name in base.attributes for base in bases)

    def _modules(self, name: str) -> Iterator[str]:
        """The modules that call or import something of this name."""
        for module in self._project.first_party_modules():
            summary = self._project.summary(module)
            if summary is not None and (name in summary.calls or name in summary.bindings):
                yield module

    def _mend_callers(self, module: str, name: str, ref: Ref) -> bool:
        file = self._project.file(module)
        if file is None or file.is_namespace or file.is_stub:
            return True
        syntax, reading = self._project.reading(file.path)
        answers = answers_for(self._state, reading)
        for body in take_inventory(syntax.tree).bodies:
            callees = {id(call.callee): call for call in body.calls}
            for node in _named(body, name):
                meant = members(answers.value(node))
                if not any(isinstance(one, Function) and one.ref == ref for one in meant):
                    continue
                call = callees.get(id(node))
                if call is None or len(meant) > 1:
                    return False
                if id(call) in body.awaited:
                    continue
                if not self._mend_call(syntax, reading, answers, file.path, body, call):
                    return False
        return True

    def _mend_call(
        self,
        syntax: Syntax,
        reading: Reading,
        answers: Answers,
        path: str,
        body: Body,
        call: nodes.Call,
    ) -> bool:
        """``await`` before one call, or ``asyncio.run`` around it at the top of a program."""
        if isinstance(body.node, nodes.Block) and not is_notebook(path):
            module, edit = imported_as(syntax, "asyncio")
            span = syntax.span(call)
            run = (Edit(start_of(span), f"{module}.run("), Edit(end_of(span), ")"))
            self.add(path, (*edit, *run))
            return True
        if is_in_generator(body, call):
            return False
        self.add(path, await_edits(syntax, call, _holder(body, call)))
        if isinstance(body.node, nodes.Block) or body.is_async:
            return True
        if not isinstance(body.node, nodes.FunctionDef):
            return False
        value = answers.function_of(body.node)
        return isinstance(value, Function) and self.make_async(value.ref)


def _named(body: Body, name: str) -> Iterator[nodes.Name | nodes.Attribute]:
    """The names and attributes of that name in a body."""
    for part in parts_of_body(body):
        for node in walk(part):
            match node:
                case nodes.Name(name=found) | nodes.Attribute(attribute=found) if found == name:
                    yield node


def _holder(body: Body, call: nodes.Call) -> nodes.Expression | None:
    """The attribute, subscript or call on the result of `call`, if there is one."""
    for part in parts_of_body(body):
        for node in walk(part):
            match node:
                case nodes.Attribute(value=value) | nodes.Subscript(value=value) if value is call:
                    return node
                case nodes.Call(callee=callee) if callee is call:
                    return node
    return None
