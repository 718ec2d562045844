"""Answers lifecycle's questions from syntax alone, so that lifecycle is tested without inference.

An ``async def`` anywhere in the text makes coroutine objects under its name; `asyncio` and a few
other modules are known by their dotted names; nothing else is known.
"""

from __future__ import annotations

from corolint.evaluation import statements_of
from corolint.finding import Evidence
from corolint.inventory import take_inventory
from corolint.lifecycle import trace
from corolint.lifecycle.history import History, State
from corolint.lifecycle.parameters import parameter_effects
from corolint.semantics import Effect, Guard, Kind, Made, Portion
from corolint.spelling import spell
from corolint.syntax import Syntax, nodes, parse

EFFECTS = {
    "asyncio.run": Effect.RUNS,
    "loop.run_until_complete": Effect.RUNS,
    "asyncio.create_task": Effect.SCHEDULES,
    "asyncio.ensure_future": Effect.SCHEDULES,
    "asyncio.gather": Effect.SCHEDULES,
    "asyncio.as_completed": Effect.SCHEDULES,
    "asyncio.shield": Effect.SCHEDULES,
    "asyncio.wait_for": Effect.WRAPS,
    "tg.create_task": Effect.SCHEDULES,
    "group.create_task": Effect.SCHEDULES,
    "len": Effect.VALUE,
    "str": Effect.VALUE,
    "print": Effect.INSPECTS,
    "repr": Effect.INSPECTS,
    "inspect.isawaitable": Effect.INSPECTS,
    "isinstance": Effect.INSPECTS,
}
KINDS = {
    "asyncio.sleep": Kind.COROUTINE,
    "asyncio.wait_for": Kind.COROUTINE,
    "asyncio.create_task": Kind.TASK,
    "asyncio.gather": Kind.FUTURE,
}
BUILTINS = frozenset(
    "list dict set tuple sorted reversed enumerate zip iter len str int isinstance hasattr "
    "callable frozenset".split()
)


class PlainSemantics:
    """See the head of the module; `tree` is the module whose questions are answered."""

    def __init__(self, tree: nodes.Block) -> None:
        self.functions: set[str] = set()
        self.definitions: dict[str, nodes.FunctionDef] = {}
        self.effects: dict[str, dict[str, Effect]] = {}
        blocks = [tree]
        while blocks:
            for statement in statements_of(blocks.pop()):
                if isinstance(statement, nodes.FunctionDef | nodes.ClassDef):
                    blocks.append(statement.body)
                if isinstance(statement, nodes.FunctionDef):
                    self.definitions[statement.name] = statement
                    if statement.is_async:
                        self.functions.add(statement.name)

    def made(self, expression: nodes.Expression) -> Made | None:
        if not isinstance(expression, nodes.Call):
            return None
        name = spell(expression.callee)
        kind = KINDS.get(name)
        if kind is None and name.rpartition(".")[2] in self.functions:
            kind = Kind.COROUTINE
        return Made(kind, name, Evidence.DECLARED) if kind is not None else None

    def may_be_replaced(self, made: Made) -> bool:
        return False

    def received(self, function: nodes.FunctionDef, parameter: nodes.Parameter) -> Made | None:
        annotation = parameter.annotation
        if isinstance(annotation, nodes.NamedType) and annotation.name == "Coroutine":
            return Made(Kind.COROUTINE, parameter.name, Evidence.DECLARED)
        return None

    def effect(self, call: nodes.Call, index: int, within: tuple[Portion, ...] = ()) -> Effect:
        name = spell(call.callee)
        if within and name == "asyncio.gather":
            return Effect.ESCAPES
        return EFFECTS.get(name) or self.effect_of_function(name, index)

    def effect_of_function(self, name: str, index: int) -> Effect:
        function = self.definitions.get(name)
        if function is None or not function.parameters:
            return Effect.ESCAPES
        if name not in self.effects:
            self.effects[name] = {}  # what a recursive call finds
            self.effects[name] = parameter_effects(function, self, {})
        parameter = function.parameters[min(index, len(function.parameters) - 1)]
        return self.effects[name].get(parameter.name, Effect.ESCAPES)

    def keeps(self, call: nodes.Call, index: int) -> str | None:
        return None

    def effect_on_kept(self, call: nodes.Call, attribute: str) -> Effect:
        return Effect.ESCAPES

    def shares_parameter(self, call: nodes.Call, index: int) -> bool:
        return True

    def qualified(self, expression: nodes.Expression) -> str | None:
        name = spell(expression)
        if name in BUILTINS:
            return f"builtins.{name}"
        return name if name.startswith(("asyncio.", "inspect.", "contextlib.")) else None

    def raises(self, call: nodes.Call) -> frozenset[str]:
        return frozenset()

    def makes_plain_object(self, call: nodes.Call) -> bool:
        return spell(call.callee) == "types.SimpleNamespace"

    def guard(self, context: nodes.Expression) -> Guard:
        name = spell(context)
        if name.startswith(("suppress(", "contextlib.suppress(")):
            return Guard.SUPPRESSES
        return Guard.EXPECTS if name.startswith("pytest.raises(") else Guard.PASSES

    def callee_name(self, expression: nodes.Expression) -> str | None:
        return None

    def coroutine_function(self, expression: nodes.Expression) -> Made | None:
        name = spell(expression)
        if name not in self.functions:
            return None
        return Made(Kind.COROUTINE, name, Evidence.DECLARED)

    def gives_coroutine(self, function: nodes.FunctionDef) -> Made | None:
        return Made(Kind.COROUTINE, function.name, Evidence.DECLARED) if function.is_async else None

    def drops_result(self, call: nodes.Call, index: int) -> str | None:
        name = spell(call.callee)
        return name if name.endswith(".call_soon") else None

    def not_awaitable(self, expression: nodes.Expression) -> str | None:
        return "int" if isinstance(expression, nodes.Number) else None

    def lacks_method(self, expression: nodes.Expression, method: str, instead: str) -> str | None:
        return None

    def promises_plain_result(
        self, function: nodes.FunctionDef, path: tuple[Portion, ...] = ()
    ) -> bool:
        return function.returns is not None and not path

    def runs_tests_itself(self, definition: nodes.ClassDef) -> bool:
        return False

    def asks_for_awaitable(self, call: nodes.Call, given: nodes.Expression) -> bool:
        return False

    def may_give_receiver(self, call: nodes.Call) -> bool:
        return False

    def is_result_unclear(self, function: nodes.FunctionDef) -> bool:
        return False

    def is_against_custom(
        self, made: nodes.Expression, call: nodes.Call | None, given: nodes.Expression
    ) -> str | None:
        return None

    def refuses(self, target: nodes.Expression, path: tuple[Portion, ...] = ()) -> bool:
        return False

    def yields_plain(self, function: nodes.FunctionDef, path: tuple[Portion, ...] = ()) -> bool:
        return False

    def ancestors(self, definition: nodes.ClassDef) -> tuple[str, ...] | None:
        names = [spell(base) for base in definition.bases]
        return tuple("unittest.TestCase" if name == "TestCase" else name for name in names)


def history_of(text: str, function: str = "main") -> tuple[History, Syntax]:
    """The history of one function (``<module>`` for the module itself) of `text`."""
    syntax = parse(text)
    assert not syntax.errors, syntax.errors
    semantics = PlainSemantics(syntax.tree)
    inventory = take_inventory(syntax.tree)
    for body in inventory.bodies:
        name = getattr(body.node, "name", "<module>" if body.outer is None else "")
        if name == function:
            return trace(body.node, semantics, inventory.attributes), syntax
    raise AssertionError(f"no function {function}")


def told(text: str, function: str = "main") -> list[str]:
    """What the lives of a function come to: one line for each reuse, loss and value use."""
    history, syntax = history_of(text, function)
    lines: list[tuple[int, str]] = []
    for life in history.lives:
        name = life.made.name
        for use in life.reuses():
            how = "reused" if use.is_always_reuse else "may be reused"
            lines.append((syntax.line(use.node), f"{name} {how}"))
        lines += [
            (syntax.line(use.node), f"{name} as value: {use.action.value}")
            for use in life.value_uses(can_await=True)
        ]
        if life.ends and not life.is_consumed and not life.value_uses(can_await=True):
            lines.append((syntax.line(life.origin), f"{name} never awaited"))
        elif life.losses() and life.is_consumed:
            lines.append((syntax.line(life.origin), f"{name} not awaited on some path"))
    return [f"{line}: {what}" for line, what in sorted(set(lines))]


def revealed(text: str, function: str = "main") -> dict[int, set[State]]:
    """The states that `reveal` shows, by line."""
    history, syntax = history_of(text, function)
    found: dict[int, set[State]] = {}
    calls = {id(call): call for body in take_inventory(syntax.tree).bodies for call in body.calls}
    for call, states in (history.revealed or {}).items():
        found.setdefault(syntax.line(calls[call]), set()).update(states)
    return found
