"""Questions that lead to themselves: what `ask` answers, and what it keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from corolint.infer.state import DEEPEST, Inference, ask, is_answered
from corolint.project import Project

Answer = Callable[[], frozenset[int]]
NOTHING: frozenset[int] = frozenset()


class _Project:
    """All that `ask` wants of a project."""

    def __init__(self) -> None:
        self.lasting: dict[str, object] = {}


def _state() -> Inference:
    return Inference(cast(Project, _Project()))


def _questions(
    state: Inference, graph: dict[str, tuple[int, str]], asked: list[str]
) -> Callable[[str], frozenset[int]]:
    """Each question gives a number of its own, and what the questions it leads to give."""

    def answer(name: str) -> frozenset[int]:
        asked.append(name)
        own, others = graph[name]
        return frozenset([own]).union(*map(question, others))

    def question(name: str) -> frozenset[int]:
        return ask(state, name, answer, NOTHING, name)

    return question


def test_all_questions_of_a_cycle_are_answered_with_its_head() -> None:
    state, asked = _state(), list[str]()
    question = _questions(state, {"a": (1, "b"), "b": (2, "c"), "c": (3, "ab")}, asked)
    assert question("a") == {1, 2, 3}
    assert is_answered(state, "b") and is_answered(state, "c")
    before = len(asked)
    assert question("b") == question("c") == {1, 2, 3}
    assert len(asked) == before


def test_a_cycle_within_a_cycle_is_answered_with_the_outer_one() -> None:
    state, asked = _state(), list[str]()
    graph = {"a": (1, "b"), "b": (2, "bc"), "c": (3, "cd"), "d": (4, "ac")}
    question = _questions(state, graph, asked)
    assert question("a") == {1, 2, 3, 4}
    assert all(is_answered(state, name) for name in "abcd")


def test_a_cycle_costs_no_more_than_its_size_a_few_times() -> None:
    state, asked = _state(), list[str]()
    names = [chr(0x4E00 + n) for n in range(DEEPEST - 20)]
    graph = {name: (n, names[(n + 1) % len(names)] + names[n // 2]) for n, name in enumerate(names)}
    question = _questions(state, graph, asked)
    for name in names:
        assert question(name) == set(range(len(names)))
    assert len(asked) <= 4 * len(names)


def test_a_cycle_that_never_settles_gives_its_first_answer() -> None:
    state = _state()

    def counted() -> int:
        return ask(state, "n", counted, 0) + 1

    def beside() -> int:
        return ask(state, "n", counted, 0) + ask(state, "beside", beside, 0)

    assert ask(state, "n", counted, 0) == 1
    assert ask(state, "beside", beside, 0) == 1


def test_what_lies_too_deep_is_answered_when_asked_from_nearer() -> None:
    state, asked = _state(), list[str]()
    names = [chr(0x4E00 + n) for n in range(DEEPEST + 10)]
    graph = {name: (n, "".join(names[n + 1 : n + 2])) for n, name in enumerate(names)}
    question = _questions(state, graph, asked)
    assert question(names[0]) == set(range(DEEPEST))
    assert question(names[20]) == set(range(20, DEEPEST + 10))


def test_an_answer_that_raises_leaves_nothing_provisional() -> None:
    state = _state()
    fails = [True]

    def first() -> frozenset[int]:
        found = frozenset([1]) | ask(state, "second", second, NOTHING)
        if fails.pop():
            raise ValueError
        return found

    def second() -> frozenset[int]:
        return frozenset([2]) | ask(state, "first", first, NOTHING)

    with pytest.raises(ValueError):
        ask(state, "first", first, NOTHING)
    fails += [False] * 9
    assert ask(state, "second", second, NOTHING) == {1, 2}
