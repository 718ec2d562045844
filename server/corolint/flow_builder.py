"""Builds the control-flow graph (`corolint.flow`) of a function, module, class body or lambda.

The builder goes through the statements once. It passes *ends* along: the edges that have no target
yet. After ``if a: return`` the one end is the false edge of the test; the return has *jumped*: it
went to the innermost frame around it that catches returns. Frames stand for what surrounds a
statement: a loop catches ``break`` and ``continue``, handlers catch exceptions, a ``finally`` or
``with`` catches everything, runs, and sends it further out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from corolint.evaluation import can_raise, constant_truth, is_irrefutable
from corolint.flow import Edge, Graph, Label, Part, Step, StepKind
from corolint.syntax import nodes


def graph_of_block(block: nodes.Block) -> Graph:
    """The graph of a function, module or class body. Never raises on a tree that was parsed."""
    return _Builder().build(block)


def graph_of_lambda(function: nodes.Lambda) -> Graph:
    """The graph of a lambda: one step that returns its value."""
    body: list[nodes.Statement] = [nodes.Return(function.body, function.body.at)]
    return _Builder().build(nodes.Block(body, False))


Ends = list[tuple[int, Label]]  # edges that have no target yet


class _Jump(Enum):
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"
    RAISE = "raise"


@dataclass(slots=True)
class _Loop:
    """Around a loop's body: catches ``break`` and ``continue``."""

    header: int
    breaks: Ends = field(default_factory=list)


@dataclass(slots=True)
class _Handlers:
    """Around the body of a ``try`` with handlers: catches exceptions."""

    raised: Ends = field(default_factory=list)


@dataclass(slots=True)
class _Leaving:
    """Around what a ``finally`` or ``with`` guards: catches every way of leaving."""

    ways: dict[_Jump, Ends] = field(default_factory=dict)


_Frame = _Loop | _Handlers | _Leaving

# A ``finally`` in a ``finally`` in a ``finally`` is not copied any more but joined, so that the
# graph stays proportional to the text.
_MOST_NESTED_COPIES = 2


class _Builder:
    """Builds one graph, statement by statement; `ends` are what leads to the next step."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.frames: list[_Frame] = []
        self.inside: tuple[int, ...] = ()
        self.copies = 0
        self.returns: Ends = []
        self.raises: Ends = []

    def build(self, block: nodes.Block) -> Graph:
        entry = self.step(StepKind.ENTRY, None, [])
        ends = self.block(block, [(entry, Label.NORMAL)])
        exit_step = self.step(StepKind.EXIT, None, ends + self.returns)
        raised = self.step(StepKind.RAISED, None, self.raises)
        return Graph(self.steps, exit_step, raised)

    def step(
        self,
        kind: StepKind,
        node: Part | None,
        ends: Ends,
        owner: nodes.Statement | None = None,
        item: int = 0,
    ) -> int:
        index = len(self.steps)
        self.steps.append(Step(index, kind, node, owner, item, self.inside))
        self.connect(ends, index)
        return index

    def connect(self, ends: Ends, target: int) -> None:
        for index, label in ends:
            edge = Edge(label, target)
            edges = self.steps[index].edges
            if edge not in edges:
                edges.append(edge)

    def jump(self, way: _Jump, ends: Ends) -> None:
        """Sends `ends` to the innermost frame that catches this way of leaving."""
        if not ends:
            return
        for frame in reversed(self.frames):
            if isinstance(frame, _Leaving):
                frame.ways.setdefault(way, []).extend(ends)
                return
            if isinstance(frame, _Handlers) and way is _Jump.RAISE:
                frame.raised.extend(ends)
                return
            if isinstance(frame, _Loop):
                if way is _Jump.BREAK:
                    frame.breaks.extend(ends)
                    return
                if way is _Jump.CONTINUE:
                    self.connect(ends, frame.header)
                    return
        if way is _Jump.RETURN:
            self.returns.extend(ends)
        elif way is _Jump.RAISE:
            self.raises.extend(ends)

    def may_raise(self, index: int, *expressions: nodes.Expression | None) -> None:
        """Adds the implicit exception of a step, if anything here would notice it."""
        if not any(isinstance(frame, _Handlers | _Leaving) for frame in self.frames):
            return
        if not expressions or any(e is not None and can_raise(e) for e in expressions):
            self.jump(_Jump.RAISE, [(index, Label.EXCEPTION)])

    # Every builder of statements takes the ends that lead to it and gives those that leave it.

    def block(self, block: nodes.Block | None, ends: Ends) -> Ends:
        if block is None or block.unreachable:
            return ends
        for statement in block.statements:
            if not ends:
                break  # nothing reaches the rest
            ends = self.statement(statement, ends)
        return ends

    def statement(self, statement: nodes.Statement, ends: Ends) -> Ends:
        match statement:
            case nodes.If():
                return self.conditional(statement, ends)
            case nodes.While():
                return self.while_loop(statement, ends)
            case nodes.For():
                return self.for_loop(statement, ends)
            case nodes.With():
                return self.with_item(statement, 0, ends)
            case nodes.Try():
                return self.try_statement(statement, ends)
            case nodes.Match():
                return self.match_statement(statement, ends)
            case nodes.Assert():
                return self.assertion(statement, ends)
            case nodes.FunctionDef() | nodes.ClassDef():
                index = self.step(StepKind.DEFINITION, statement, ends)
                self.may_raise(index)
                return [(index, Label.NORMAL)]
            case nodes.Pass() | nodes.Global() | nodes.Nonlocal():
                return ends
        return self.simple(statement, ends)

    def simple(self, statement: nodes.Statement, ends: Ends) -> Ends:
        index = self.step(StepKind.STATEMENT, statement, ends)
        match statement:
            case nodes.Return():
                self.may_raise(index, statement.value)
                self.jump(_Jump.RETURN, [(index, Label.NORMAL)])
                return []
            case nodes.Raise():
                self.jump(_Jump.RAISE, [(index, Label.RAISE)])
                return []
            case nodes.Break():
                self.jump(_Jump.BREAK, [(index, Label.NORMAL)])
                return []
            case nodes.Continue():
                self.jump(_Jump.CONTINUE, [(index, Label.NORMAL)])
                return []
            case nodes.ExpressionStatement():
                self.may_raise(index, statement.value)
            case nodes.Assign():
                self.may_raise(index, statement.value, *statement.targets)
            case _:
                self.may_raise(index)
        return [(index, Label.NORMAL)]

    def test(self, test: nodes.Expression, owner: nodes.Statement, ends: Ends) -> tuple[Ends, Ends]:
        """Takes a condition apart; gives the ends where it is true and where it is false."""
        if not ends:
            return [], []
        match test:
            case nodes.UnaryOperation(operator="not"):
                when_true, when_false = self.test(test.operand, owner, ends)
                return when_false, when_true
            case nodes.BooleanOperation():
                is_and = test.operator == "and"
                decided: Ends = []
                for value in test.values:
                    when_true, when_false = self.test(value, owner, ends)
                    decided += when_false if is_and else when_true
                    ends = when_true if is_and else when_false
                return (ends, decided) if is_and else (decided, ends)
            case nodes.Conditional():
                when_true, when_false = self.test(test.test, owner, ends)
                first_true, first_false = self.test(test.body, owner, when_true)
                second_true, second_false = self.test(test.orelse, owner, when_false)
                return first_true + second_true, first_false + second_false
        constant = constant_truth(test)
        if constant is not None:
            return (ends, []) if constant else ([], ends)
        index = self.step(StepKind.TEST, test, ends, owner)
        self.may_raise(index, test)
        return [(index, Label.TRUE)], [(index, Label.FALSE)]

    def conditional(self, statement: nodes.If, ends: Ends) -> Ends:
        """``if``, with its ``elif`` chain in a loop: chains can be longer than Python's stack."""
        after: Ends = []
        while True:
            when_true, ends = self.test(statement.test, statement, ends)
            if statement.body.unreachable:
                when_true = []
            after += self.block(statement.body, when_true)
            orelse = statement.orelse
            if orelse is None or orelse.unreachable:
                return after + ([] if orelse is not None else ends)
            if len(orelse.statements) != 1 or not isinstance(orelse.statements[0], nodes.If):
                return after + self.block(orelse, ends)
            statement = orelse.statements[0]

    def while_loop(self, statement: nodes.While, ends: Ends) -> Ends:
        header = self.step(StepKind.LOOP, statement, ends)
        outer = self.inside
        self.inside = (*outer, header)
        when_true, when_false = self.test(statement.test, statement, [(header, Label.NORMAL)])
        return self.loop_body(statement, header, when_true, when_false, outer)

    def for_loop(self, statement: nodes.For, ends: Ends) -> Ends:
        iterable = self.step(StepKind.ITERABLE, statement, ends)
        self.may_raise(iterable)
        header = self.step(StepKind.NEXT, statement, [(iterable, Label.NORMAL)])
        self.may_raise(header)
        outer = self.inside
        self.inside = (*outer, header)
        item: Ends = [(header, Label.ITEM)]
        exhausted: Ends = [(header, Label.EXHAUSTED)]
        return self.loop_body(statement, header, item, exhausted, outer)

    def loop_body(
        self,
        statement: nodes.While | nodes.For,
        header: int,
        entering: Ends,
        finished: Ends,
        outer: tuple[int, ...],
    ) -> Ends:
        loop = _Loop(header)
        self.frames.append(loop)
        self.connect(self.block(statement.body, entering), header)
        self.frames.pop()
        self.inside = outer
        return self.block(statement.orelse, finished) + loop.breaks

    def with_item(self, statement: nodes.With, item: int, ends: Ends) -> Ends:
        """Enters one context manager; the next ones and the body are inside it."""
        if item == len(statement.contexts):
            return self.block(statement.body, ends)
        enter = self.step(StepKind.ENTER, statement, ends, item=item)
        self.may_raise(enter)
        frame = _Leaving()
        outer = self.inside
        self.frames.append(frame)
        self.inside = (*outer, enter)
        ends = self.with_item(statement, item + 1, [(enter, Label.NORMAL)])
        self.frames.pop()
        after: Ends = []
        if ends:
            after = [(self.step(StepKind.LEAVE, statement, ends, item=item), Label.NORMAL)]
        for way, leaving in frame.ways.items():
            leave = self.step(StepKind.LEAVE, statement, leaving, item=item)
            if way is _Jump.RAISE:
                self.jump(way, [(leave, Label.RAISE)])
                after.append((leave, Label.SUPPRESSED))
            else:
                self.jump(way, [(leave, Label.NORMAL)])
        self.inside = outer
        return after

    def try_statement(self, statement: nodes.Try, ends: Ends) -> Ends:
        final = _Leaving()
        if statement.finalbody is not None:
            self.frames.append(final)
        handlers = _Handlers()
        if statement.handlers:
            self.frames.append(handlers)
        ends = self.block(statement.body, ends)
        if statement.handlers:
            self.frames.pop()
        ends = self.block(statement.orelse, ends)
        ends = ends + self.handlers(statement, handlers.raised)
        if statement.finalbody is None:
            return ends
        self.frames.pop()
        return self.final_body(statement.finalbody, ends, final.ways)

    def handlers(self, statement: nodes.Try, raised: Ends) -> Ends:
        after: Ends = []
        index = 0
        for handler in statement.handlers:
            if not raised:
                break
            index = self.step(StepKind.HANDLER, handler, raised, statement)
            body = self.block(handler.body, [(index, Label.TRUE)])
            after += body
            raised = [] if handler.type is None else [(index, Label.FALSE)]
            if statement.is_star:
                raised += body  # the other handlers see the rest of the group
        if raised:
            # After ``except*`` the rest of the group goes on, if there is a rest.
            last = Label.UNSURE if statement.is_star else Label.FALSE
            self.jump(_Jump.RAISE, [(index, last)])
        return after

    def final_body(self, block: nodes.Block, ends: Ends, ways: dict[_Jump, Ends]) -> Ends:
        """Copies a ``finally`` for each way of reaching it, or joins them all in one copy."""
        self.copies += 1
        try:
            if self.copies > _MOST_NESTED_COPIES:
                everything = ends + [end for leaving in ways.values() for end in leaving]
                joined = [(index, Label.UNSURE) for index, _ in self.block(block, everything)]
                for way in ways:
                    self.jump(way, joined)
                return joined if ends else []
            after = self.block(block, ends)
            for way, leaving in ways.items():
                left = self.block(block, leaving)
                if way is _Jump.RAISE:
                    left = [
                        (index, Label.RAISE if label is Label.NORMAL else label)
                        for index, label in left
                    ]
                self.jump(way, left)
            return after
        finally:
            self.copies -= 1

    def match_statement(self, statement: nodes.Match, ends: Ends) -> Ends:
        subject = self.step(StepKind.EVALUATE, statement.subject, ends, statement)
        self.may_raise(subject, statement.subject)
        ends = [(subject, Label.NORMAL)]
        after: Ends = []
        for case in statement.cases:
            if not ends:
                break
            index = self.step(StepKind.CASE, case, ends, statement)
            matched: Ends = [(index, Label.TRUE)]
            ends = [] if is_irrefutable(case.pattern) else [(index, Label.FALSE)]
            if case.guard is not None:
                matched, refused = self.test(case.guard, statement, matched)
                ends = ends + refused
            after += self.block(case.body, matched)
        return after + ends

    def assertion(self, statement: nodes.Assert, ends: Ends) -> Ends:
        holds, fails = self.test(statement.test, statement, ends)
        if fails:
            if statement.message is not None:
                message = self.step(StepKind.EVALUATE, statement.message, fails, statement)
                fails = [(message, Label.EXCEPTION)]
            self.jump(_Jump.RAISE, fails)
        return holds
