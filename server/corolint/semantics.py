"""What lifecycle and the rules ask about an expression: the seam between inference and histories.

Inference knows modules, classes and types; lifecycle knows paths and states. Between them stand
these questions, and nothing else. For example, in

    c = client.fetch()             # made(…): a coroutine object named 'Client.fetch'
    await asyncio.wait_for(c, 5)   # effect(…, 0): WRAPS, consumed when the result is awaited

lifecycle asks what the first call *makes* and what the second *does to its argument*; that
`client` is a `Client`, and in which file `Client` stands, it never learns. "I do not know" is
always an answer (`None`, or `Effect.ESCAPES`), and always leads to silence. Every question is
asked often and must be cheap: a lookup, not an inference. No question raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from corolint.finding import Definition, Evidence
from corolint.syntax.nodes import Call, ClassDef, Expression, FunctionDef, Parameter


class Kind(Enum):
    """What kind of object a call makes, as far as awaiting is concerned."""

    COROUTINE = "coroutine"  # single use; dropping it unawaited is a fault
    AWAITABLE = "awaitable"  # declared Awaitable[...], or has __await__; may be reusable
    FUTURE = "future"  # gather, shield, run_in_executor, create_future; any number of awaits
    TASK = "task"  # create_task and kin that do not keep a reference themselves
    ASYNC_GENERATOR = "async generator"
    ASYNC_CONTEXT_MANAGER = "async context manager"


@dataclass(frozen=True, slots=True)
class Made:
    """One new object, as evaluating an expression gives it.

    `name` is what CPython prints (``Client.fetch``; the function's `__qualname__`). `certain` is
    false when the value may also be something that is not awaited, such as one member of a union.
    `result` is the kind of what awaiting it gives, if that is again such an object. `because` says
    on what consensus rests.
    """

    kind: Kind
    name: str
    evidence: Evidence
    definition: Definition | None = None
    certain: bool = True
    result: Kind | None = None
    because: str | None = None


class Effect(Enum):
    """What a call does to one argument that is a coroutine object."""

    RUNS = "runs"  # consumed before the call returns: asyncio.run, run_until_complete
    SCHEDULES = "schedules"  # consumed, whatever becomes of the result: create_task, gather, shield
    WRAPS = "wraps"  # consumed when the call's result is awaited, run or scheduled: wait_for
    AWAITS = "awaits"  # a coroutine function that awaits its parameter once on every path
    AWAITS_AGAIN = "awaits again"  # the same, but some path awaits it twice (a retry loop)
    MAY_AWAIT = "may await"  # the same, but some path does not await it at all
    YIELDS = "yields"  # a generator function that gives it when it is iterated over, once at most
    YIELDS_AGAIN = "yields again"  # the same, but some path gives it twice
    CLOSES = "closes"
    INSPECTS = "inspects"  # neither consumes nor keeps it: iscoroutine, repr, an unused parameter
    VALUE = "value"  # wants the awaited value: str, len, a parameter declared as something else
    SHOWS = "shows"  # makes text of it: str.format, logging
    RETURNS = "returns"  # the result is the argument itself: typing.cast, an identity helper
    ESCAPES = "escapes"  # kept, or not known: nothing more is said about the object


class Guard(Enum):
    """What a ``with`` does to exceptions that leave its body."""

    PASSES = "passes"  # nothing (also the answer when nothing is known)
    SUPPRESSES = "suppresses"  # contextlib.suppress and kin: the program goes on after the block
    EXPECTS = "expects"  # pytest.raises, assertRaises, pytest.warns: faults inside are the purpose


# A step into a container: an element at a position, some element (`None`), or the value of a dict
# (a `str`: its key, "" if that is not known).
Portion = int | str | None


class Semantics(Protocol):
    """The questions. Expressions are nodes of the one file that is being checked."""

    def made(self, expression: Expression) -> Made | None:
        """The new object that evaluating this `Call`, `Attribute`, `Subscript`, `Await` or operator
        gives (a property may give one, and so may awaiting). Never for a plain `Name`: lifecycle
        itself follows what a name holds."""

    def received(self, function: FunctionDef, parameter: Parameter) -> Made | None:
        """What `function` is handed for a parameter declared to be a coroutine object
        (``Coroutine[...]``, `CoroutineType`); `None` for any other parameter."""

    def effect(self, call: Call, index: int, within: tuple[Portion, ...] = ()) -> Effect:
        """What `call` does with ``call.arguments[index]`` when that is a coroutine object.

        `within`: the argument is a list, tuple, dict or set instead, and the answer is about what
        stands there in it (`as_completed`, `asyncio.wait`, a helper that gathers its parameter;
        `any` and `str.join` want the VALUE of elements, `len` INSPECTS them).
        For ``*cs`` the question is about each element, with nothing in `within`.
        """

    def keeps(self, call: Call, index: int) -> str | None:
        """The attribute in which the object that `call` makes keeps ``call.arguments[index]``, if
        its class does nothing else with that before a method is called."""

    def effect_on_kept(self, call: Call, attribute: str) -> Effect:
        """What calling a method does to a coroutine object in an attribute of its receiver."""

    def shares_parameter(self, call: Call, index: int) -> bool:
        """Whether ``call.arguments[index]`` may end up in the same parameter as others: in
        ``*args``, or nobody knows where."""

    def qualified(self, expression: Expression) -> str | None:
        """Where a name or dotted name comes from: ``asyncio.gather``, ``builtins.list``. `None` for
        everything that is not the plain name of a module-level object."""

    def raises(self, call: Call) -> frozenset[str]:
        """The classes of exceptions that the body of the callee says it raises (``raise Full``) and
        does not catch itself, as they are spelt there; awaiting the call at once is part of it."""

    def makes_plain_object(self, call: Call) -> bool:
        """Whether `call` makes an object that only keeps attributes: nobody else hears of it, and
        setting an attribute runs no code."""

    def guard(self, context: Expression) -> Guard:
        """What the context manager of a ``with`` item does to exceptions."""

    def callee_name(self, expression: Expression) -> str | None:
        """The public full name of the one function or class that a call surely calls; of a
        decorator without a call, its own."""

    def coroutine_function(self, expression: Expression) -> Made | None:
        """For an expression that is *itself* a coroutine function (not called): what calling it
        would make. `None` when it is not, or not known."""

    def gives_coroutine(self, function: FunctionDef) -> Made | None:
        """What calling a function that is defined here surely gives, whatever its decorators, if
        that is a coroutine object."""

    def drops_result(self, call: Call, index: int) -> str | None:
        """Whether `call` makes someone call ``call.arguments[index]`` and drop what that returns:
        `call_soon`, `Thread(target=)`, a parameter declared ``Callable[..., None]``. The answer is
        the callee as a message names it (``loop.call_soon``), else `None`."""

    def not_awaitable(self, expression: Expression) -> str | None:
        """For the operand of an ``await``: the name of its type, if it is known not to be
        awaitable (``list``, ``None``); else `None`."""

    def lacks_method(self, expression: Expression, method: str, instead: str) -> str | None:
        """The name of the type of `expression`, if it is known to have the special method `instead`
        and not `method`; else `None`."""

    def promises_plain_result(self, function: FunctionDef, path: tuple[Portion, ...] = ()) -> bool:
        """Whether awaiting (or calling, for a plain ``def``) `function` is promised to give
        something that no coroutine is: its return annotation says so, or the methods that it
        overrides and those that override it do. With a `path`, whether that holds for a part of
        what it gives (``(1,)``: the second element of a tuple)."""

    def is_result_unclear(self, function: FunctionDef) -> bool:
        """Whether awaiting the coroutine function `function` may be meant to give something that
        is to be awaited again: its annotation says so, or plain code of the project runs it and
        gets what it gives."""

    def asks_for_awaitable(self, call: Call, given: Expression) -> bool:
        """Whether the argument `given` of a call stands where something to await is asked for."""

    def may_give_receiver(self, call: Call) -> bool:
        """Whether a method that is declared to give an awaitable also gives the object that it is
        called on, to go on with: a pipeline that collects commands, and runs them later."""

    def may_be_replaced(self, made: Made) -> bool:
        """Whether the project may put a plain function in the place of the one that made the
        object, before it is called."""

    def is_against_custom(
        self, made: Expression, call: Call | None, given: Expression
    ) -> str | None:
        """Whether the project always awaits what the call `made` makes, and never gives `call`,
        where its argument `given` stands, a coroutine object: the reason in words, else `None`.
        Without `call`, the object is put into the place `given`."""

    def refuses(self, target: Expression, path: tuple[Portion, ...] = ()) -> bool:
        """Whether the target of an assignment is declared to be something that no coroutine is, or
        to have nothing of the kind at `path`."""

    def yields_plain(self, function: FunctionDef, path: tuple[Portion, ...] = ()) -> bool:
        """Whether a generator function is declared to yield something that no coroutine is."""

    def runs_tests_itself(self, definition: ClassDef) -> bool:
        """Whether a test case, or a base of it before `unittest.TestCase`, has a way of its own to
        run a test, which may well await it."""

    def ancestors(self, definition: ClassDef) -> tuple[str, ...] | None:
        """Qualified names of all base classes, ``unittest.TestCase`` form, nearest first; `None`
        when one of them is not known."""
