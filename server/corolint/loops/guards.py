"""What a program learns when it asks whether a loop is running, by whichever words it asks.

Everything here is said under one assumption: a loop *is* running in this thread (or, to find code
that needs one, is *not*). Under the first, ::

    def has_loop():
        try:
            asyncio.get_running_loop()      # does not raise
        except RuntimeError:
            return False
        return True

    if not has_loop():                      # so this is false
        asyncio.run(main())                 # and this is not reached

`fact_of` evaluates one expression. Names that were assigned such answers are in the environment;
helpers are asked through `Scene.answer`. A question that might be about loops and is not understood
is a `Fact.DOUBT`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from corolint.evaluation import children
from corolint.known.loops import (
    ASKS_OR_NONE,
    ASKS_OR_RAISES,
    DOUBTFUL_WORDS,
    EXPECTING,
    GIVES_RUNNING_LOOP,
    IS_RUNNING,
    MAKES_LOOP,
)
from corolint.loops.code import Code, Fact
from corolint.syntax import nodes
from corolint.terms import LOCAL, PARAMETER

Environment = Mapping[str, Fact]

_WORDS = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]*")


@dataclass(frozen=True, slots=True)
class Scene:
    """One body under the assumption, and how to find out about calls in it.

    `name` gives the public name of what a call calls, `answer` what a helper of the project gives
    back under the assumption (`None`: nothing known), `refuses` whether entering a context raises.
    """

    code: Code
    is_running: bool
    name: Callable[[nodes.Call], str | None]
    answer: Callable[[nodes.Call], Fact | None]
    refuses: Callable[[nodes.Expression], bool]


def fact_of(scene: Scene, environment: Environment, node: nodes.Expression) -> Fact | None:
    """What is known of the value of `node`; `None`: nothing, and nothing about loops is asked."""
    found = _fact(scene, environment, node)
    if found is None and not isinstance(node, nodes.Name) and _sounds_doubtful(node):
        return Fact.DOUBT
    return found


def _fact(scene: Scene, environment: Environment, node: nodes.Expression) -> Fact | None:
    match node:
        case nodes.Name():
            return _of_name(scene, environment, node)
        case nodes.Call():
            return _of_call(scene, environment, node)
        case nodes.UnaryOperation(operator="not"):
            return _opposite(fact_of(scene, environment, node.operand))
        case nodes.Comparison():
            return _of_comparison(scene, environment, node)
        case nodes.BooleanOperation():
            return _of_boolean(scene, environment, node)
        case nodes.Conditional():
            return _of_conditional(scene, environment, node)
        case nodes.Walrus():
            return fact_of(scene, environment, node.value)
        case nodes.String() if node.value:
            return Fact.TRUTHY
    return None


def _of_name(scene: Scene, environment: Environment, node: nodes.Name) -> Fact | None:
    constant = CONSTANTS.get(node.name)
    if constant is not None:
        return constant
    if node.name in environment:
        return environment[node.name]
    if is_parameter(scene, node):
        return Fact.DOUBT
    return Fact.DOUBT if _is_doubtful(node.name) else None


CONSTANTS = {"True": Fact.TRUE, "False": Fact.FALSE, "None": Fact.NONE}


def is_parameter(scene: Scene, node: nodes.Expression) -> bool:
    """Whether an expression is a parameter: what it is, is the caller's choice."""
    term = scene.code.reading.terms.get(id(node))
    if term is None:
        return False
    if term[0] == LOCAL:
        outer = scene.code.reading.summary.functions.get(term[1])
        term = None if outer is None else outer.variables.get(term[2])
    return term is not None and term[0] == PARAMETER


def _of_call(scene: Scene, environment: Environment, node: nodes.Call) -> Fact | None:
    name = scene.name(node)
    if name is None:
        return _is_running(scene, environment, node) or scene.answer(node)
    if name == "builtins.bool" and len(node.arguments) == 1:
        return _as_bool(fact_of(scene, environment, node.arguments[0]))
    if name in MAKES_LOOP:
        return Fact.OTHER_LOOP
    if name in IS_RUNNING:
        return _is_running(scene, environment, node)
    if scene.is_running:
        if name in GIVES_RUNNING_LOOP:
            return Fact.LOOP
        if name in ASKS_OR_RAISES:
            return Fact.TRUTHY
    else:
        if name in ASKS_OR_NONE:
            return Fact.NONE
        if name in GIVES_RUNNING_LOOP:
            return Fact.OTHER_LOOP
    return scene.answer(node)


def _is_running(scene: Scene, environment: Environment, node: nodes.Call) -> Fact | None:
    callee = node.callee
    if not isinstance(callee, nodes.Attribute) or callee.attribute != "is_running":
        return None
    asked = fact_of(scene, environment, callee.value)
    if asked is Fact.LOOP:
        return Fact.TRUE
    if asked is Fact.OTHER_LOOP:
        return Fact.FALSE
    return Fact.DOUBT if scene.is_running else Fact.FALSE


def _of_comparison(scene: Scene, environment: Environment, node: nodes.Comparison) -> Fact | None:
    if len(node.operators) != 1:
        return None
    operator, right = node.operators[0], node.comparators[0]
    left_fact = fact_of(scene, environment, node.left)
    right_fact = fact_of(scene, environment, right)
    if operator in ("in", "not in", "<", ">", "<=", ">="):
        return None
    if isinstance(right, nodes.Number) and left_fact is Fact.DOUBT:
        return None if isinstance(node.left, nodes.Name) else Fact.DOUBT
    if Fact.DOUBT in (left_fact, right_fact):
        return Fact.DOUBT
    if left_fact is None or right_fact is None:
        return None
    same = are_same(left_fact, right_fact)
    if same is None:
        return None
    return Fact.TRUE if same == (operator in ("is", "==")) else Fact.FALSE


def are_same(left: Fact, right: Fact) -> bool | None:
    """Whether two values are the same object; `None` where that is in doubt."""
    if Fact.DOUBT in (left, right):
        return None
    if left is right and left in (Fact.NONE, Fact.TRUE, Fact.FALSE, Fact.LOOP):
        return True
    if Fact.TRUTHY in (left, right):
        other = right if left is Fact.TRUTHY else left
        return False if other in (Fact.NONE, Fact.FALSE) else None
    if left is right:
        return None
    return False


def _of_boolean(
    scene: Scene, environment: Environment, node: nodes.BooleanOperation
) -> Fact | None:
    facts = [fact_of(scene, environment, value) for value in node.values]
    deciding = node.operator == "or"
    for fact in facts[:-1]:
        if fact is None or fact is Fact.DOUBT:
            return Fact.DOUBT if Fact.DOUBT in facts else None
        if fact.truth is deciding:
            return fact
    return facts[-1]


def _of_conditional(scene: Scene, environment: Environment, node: nodes.Conditional) -> Fact | None:
    test = fact_of(scene, environment, node.test)
    if test is None or test.truth is None:
        body = fact_of(scene, environment, node.body)
        if body is fact_of(scene, environment, node.orelse):
            return body
        return test
    return fact_of(scene, environment, node.body if test.truth else node.orelse)


def _opposite(fact: Fact | None) -> Fact | None:
    if fact is None or fact.truth is None:
        return fact
    return Fact.FALSE if fact.truth else Fact.TRUE


def _as_bool(fact: Fact | None) -> Fact | None:
    if fact is None or fact.truth is None:
        return fact
    return Fact.TRUE if fact.truth else Fact.FALSE


# --- what is not understood ----------------------------------------------------------------------


def _is_doubtful(name: str) -> bool:
    """Whether a name has one of the words in it: ``in_notebook``, ``isAsync``."""
    return any(word.lower() in DOUBTFUL_WORDS for word in _WORDS.findall(name))


def _sounds_doubtful(node: nodes.Expression) -> bool:
    return any(_is_doubtful(name) for name in (*names_in(node), *_texts_in(node)))


def _texts_in(node: nodes.Expression) -> Iterator[str]:
    """The texts of an expression: ``os.environ.get("SYNC_MODE")``."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, nodes.String):
            yield part.value
        stack.extend(children(part))


def expects_fault(context: nodes.Expression) -> bool:
    """Whether a ``with`` block of this context is there to see or to swallow a fault."""
    callee = context.callee if isinstance(context, nodes.Call) else context
    return next(names_in(callee), "") in EXPECTING


def names_in(node: nodes.Expression) -> Iterator[str]:
    """Every name and attribute of an expression."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, nodes.Name):
            yield part.name
        elif isinstance(part, nodes.Attribute):
            yield part.attribute
        stack.extend(children(part))
