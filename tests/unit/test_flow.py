"""The control-flow graph: what it looks like printed, and what `solve` does on it."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Iterator

import corolint.flow
from corolint.flow import Edge, Graph, Label, Step, StepKind, solve
from corolint.flow_builder import graph_of_block, graph_of_lambda
from corolint.syntax import nodes, parse


def graph_of(text: str) -> Graph:
    """The graph of a text as a module."""
    syntax = parse(textwrap.dedent(text))
    assert not syntax.errors, syntax.errors
    return graph_of_block(syntax.tree)


def printed(text: str) -> str:
    """The graph as text, without the spaces that align it."""
    lines = str(graph_of(text)).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)


def same(text: str, expected: str) -> None:
    assert printed(text) == textwrap.dedent(expected).strip()


def test_the_example_at_the_head_of_the_module_is_what_is_printed():
    head = corolint.flow.__doc__ or ""
    code, graph = head.split("For example ::\n")[1].split("becomes (``str(graph)``) ::\n")
    shown = "\n".join(
        " ".join(line.split()) for line in graph.split("\nConditions are")[0].strip().splitlines()
    )
    assert printed(code) == shown


def test_an_if_without_else():
    same(
        """
        if a:
            b()
        c()
        """,
        """
        0 entry -> 1
        1 test a true -> 2, false -> 3
        2 do b() -> 3
        3 do c() -> 4
        4 exit
        5 raised
        """,
    )


def test_a_chain_of_elif():
    same(
        """
        if a: b()
        elif c: d()
        else: e()
        """,
        """
        0 entry -> 1
        1 test a true -> 2, false -> 3
        2 do b() -> 6
        3 test c true -> 4, false -> 5
        4 do d() -> 6
        5 do e() -> 6
        6 exit
        7 raised
        """,
    )


def test_conditions_are_taken_apart():
    same(
        "assert not (a or b and c), d\n",
        """
        0 entry -> 1
        1 test a false -> 2, true -> 4
        2 test b true -> 3, false -> 5
        3 test c true -> 4, false -> 5
        4 evaluate d exception -> 6
        5 exit
        6 raised
        """,
    )


def test_a_while_with_else_break_and_continue():
    same(
        """
        while a:
            if b: break
            if c: continue
            d()
        else:
            e()
        """,
        """
        0 entry -> 1
        1 loop while -> 2
        2 test a true -> 3, false -> 8
        3 test b true -> 4, false -> 5
        4 do break -> 9
        5 test c true -> 6, false -> 7
        6 do continue -> 1
        7 do d() -> 1
        8 do e() -> 9
        9 exit
        10 raised
        """,
    )


def test_an_endless_loop_has_no_way_past_it():
    graph = graph_of("while True:\n    a()\nb()\n")
    assert [step.kind for step in graph.steps] == [
        StepKind.ENTRY,
        StepKind.LOOP,
        StepKind.STATEMENT,
        StepKind.EXIT,
        StepKind.RAISED,
    ]


def test_a_for_loop_binds_an_item_or_finds_none():
    same(
        """
        for x in xs:
            a()
        """,
        """
        0 entry -> 1
        1 iterate xs -> 2
        2 next x item -> 3, exhausted -> 4
        3 do a() -> 2
        4 exit
        5 raised
        """,
    )


def test_handlers_are_tried_in_order_and_the_rest_goes_on():
    same(
        """
        try:
            a()
        except A:
            b()
        except B:
            c()
        else:
            d()
        """,
        """
        0 entry -> 1
        1 do a() -> 2, exception -> 3
        2 do d() -> 7
        3 except A true -> 4, false -> 5
        4 do b() -> 7
        5 except B true -> 6, false -> 8
        6 do c() -> 7
        7 exit
        8 raised
        """,
    )


def test_a_finally_is_copied_for_each_way_of_leaving():
    graph = graph_of(
        """
        for x in xs:
            try:
                if a: break
                if b: continue
                c()
            finally:
                last()
        """
    )
    copies = [step for step in graph.steps if "last" in corolint.flow._print_part(step)]
    assert len(copies) == 4  # normal, exception, break, continue
    assert len({tuple(step.edges) for step in copies}) == 4 - 1  # normal and continue: the loop


def test_a_finally_in_a_finally_stays_small():
    text = "a()\n"
    for _ in range(12):
        text = f"try:\n    b()\nfinally:\n{textwrap.indent(text, '    ')}"
    assert len(graph_of(text).steps) < 200


def test_leaving_a_with_may_suppress_an_exception():
    same(
        """
        with a:
            b()
        """,
        """
        0 entry -> 1
        1 enter a -> 2
        2 do b() -> 3, exception -> 4
        3 leave a -> 5
        4 leave a suppressed -> 5, raise -> 6
        5 exit
        6 raised
        """,
    )


def test_a_return_leaves_through_with_and_finally():
    graph = graph_of_block(parse("try:\n    with a:\n        return\nfinally:\n    b()\n").tree)
    step = graph.steps[0]
    seen = []
    while step.edges:
        step = graph.steps[next(e.target for e in step.edges if e.label is Label.NORMAL)]
        seen.append(step.kind)
    assert seen == [
        StepKind.ENTER,
        StepKind.STATEMENT,
        StepKind.LEAVE,
        StepKind.STATEMENT,
        StepKind.EXIT,
    ]


def test_match_compares_case_by_case():
    same(
        """
        match a:
            case 1 if b:
                c()
            case _:
                d()
        """,
        """
        0 entry -> 1
        1 evaluate a -> 2
        2 case true -> 3, false -> 5
        3 test b true -> 4, false -> 5
        4 do c() -> 7
        5 case true -> 6
        6 do d() -> 7
        7 exit
        8 raised
        """,
    )


def test_code_behind_a_return_is_not_there():
    assert "b" not in printed("def f():\n    pass\nraise a\nb()\n")


def test_a_lambda_is_one_step():
    statement = parse("lambda: a(b)\n").tree.statements[0]
    assert isinstance(statement, nodes.ExpressionStatement)
    assert isinstance(statement.value, nodes.Lambda)
    graph = graph_of_lambda(statement.value)
    assert [step.kind for step in graph.steps][1] is StepKind.STATEMENT
    assert graph.steps[1].edges == [Edge(Label.NORMAL, graph.exit)]


def test_steps_know_the_loops_and_contexts_around_them():
    graph = graph_of("for x in xs:\n    with a:\n        b()\nc()\n")
    by_text = {corolint.flow._print_part(step): step for step in graph.steps}
    kinds = [graph.steps[index].kind for index in by_text["b()"].inside]
    assert kinds == [StepKind.NEXT, StepKind.ENTER]
    assert by_text["c()"].inside == ()


class _Counting:
    """Which numbers of steps lead to a step, up to a bound: a small domain to solve."""

    def key(self, state: int) -> Hashable:
        return state

    def join(self, old: int, new: int) -> int:
        return old

    def transfer(self, step: Step, state: int) -> Iterator[tuple[Edge, int]]:
        for edge in step.edges:
            yield edge, min(state + 1, 5)


def test_solve_reaches_a_fixed_point():
    graph = graph_of("while a:\n    b()\n")
    solution = solve(graph, [(0, 0)], _Counting(), budget=1000, most_states=10)
    assert solution.is_complete
    assert set(solution.before[graph.exit]) == {3, 5}


def test_solve_stops_when_the_budget_is_used_up():
    graph = graph_of("while a:\n    b()\n")
    solution = solve(graph, [(0, 0)], _Counting(), budget=3, most_states=10)
    assert not solution.is_complete
    assert solution.work == 3


def test_solve_stops_at_too_many_states():
    graph = graph_of("while a:\n    b()\n")
    assert not solve(graph, [(0, 0)], _Counting(), budget=1000, most_states=1).is_complete


def test_a_graph_is_as_long_as_its_text():
    """Twice the branches, twice the steps: nothing is copied for a branch."""
    sizes = [
        len(graph_of("if a:\n    b()\n" * count + "while c:\n    d()\n" * count).steps)
        for count in (500, 1000)
    ]
    assert sizes[1] - 3 == 2 * (sizes[0] - 3)


def test_a_long_chain_of_elif_needs_no_deep_stack():
    text = "if a0:\n    b()\n" + "".join(f"elif a{n}:\n    b()\n" for n in range(1, 150))
    assert len(graph_of(text).steps) == 2 * 150 + 3
