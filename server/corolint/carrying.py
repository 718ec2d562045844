"""Carries what inference has found out over an edit that cannot have changed it.

Typing in one function mostly matters to that function alone (see `corolint.locality`). Then all
answers stay but those to questions about the function's own variables, which are numbered:

    async def load(key):
        size = len(key)          # definition 0 of `load`
        data = read(key)         # definition 1; 0 when the line above is deleted

So an answer is forgotten if its question names such a variable, and so are the few tables that
gather something from all functions. Where nobody can tell whom an edit matters to, everything is
forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corolint.handing import MENTIONS, Question, answer
from corolint.infer.state import Inference, forget_answer
from corolint.locality import changed_functions, mentions
from corolint.project import Project
from corolint.summary import ModuleSummary
from corolint.terms import DECLARED, DEFINITION, LOCAL, PARAMETER

_KEY = "inference to carry"

_MOST_EDITS = 500
"""After so many edits all is found out anew: questions that no text asks any more pile up."""

_FROM_ALL_FUNCTIONS = ("awaited calls", "aliases")


@dataclass(slots=True)
class _Index:
    """Questions about one module by the functions whose variables they name, and its questions
    about bodies; those with a number below `end` have been looked through."""

    by_function: dict[str, list[Any]] = field(default_factory=dict)
    about_bodies: list[Any] = field(default_factory=list)
    end: int = 0


@dataclass(slots=True)
class _Carried:
    """Inference as it was asked last, with the indices of modules that were edited."""

    state: Inference
    indices: dict[str, _Index] = field(default_factory=dict)
    edits: int = 0


def carry_answers(project: Project) -> None:
    """Hands the answers that are known before an edit on to the project after it.

    To be called before anything is asked of `project`.
    """
    carried: _Carried | None = project.lasting.get(_KEY)
    if carried is None or "inference" in project.caches:
        return
    del project.lasting[_KEY]
    edits = _edits(carried.state.project, project)
    if edits is None or carried.edits >= _MOST_EDITS:
        return
    state = carried.state
    modules = {edit.after.name for edit in edits}
    told = {q: each for q, each in state.asked.bodies.items() if q.ref.module in modules}
    for edit in edits:
        index = carried.indices.setdefault(edit.after.name, _Index())
        _bring_up_to_date(index, state, edit.after.name)
        _forget(state, index, edit)
    for key in _FROM_ALL_FUNCTIONS:
        forget_answer(state, key)
    state.call_index = None
    state.tables.clear()
    state.project = project
    if all(answer(state, question) == before for question, before in told.items()):
        project.caches["inference"] = state
        project.lasting[_KEY] = _Carried(state, carried.indices, carried.edits + 1)


def keep_answers(project: Project) -> None:
    """Keeps what has been found out for the next edit."""
    state: Inference | None = project.caches.get("inference")
    carried: _Carried | None = project.lasting.get(_KEY)
    if state is not None and (carried is None or carried.state is not state):
        project.lasting[_KEY] = _Carried(state)


class _Edit(NamedTuple):
    """What a module said before and says now, and the functions that this may matter to."""

    before: ModuleSummary
    after: ModuleSummary
    functions: frozenset[str]


def _edits(before: Project, after: Project) -> list[_Edit] | None:
    """What was edited between two states of a project; `None` if it may matter to anybody."""
    if before.files_edition != after.files_edition or before.search != after.search:
        return None
    edits = []
    for module, edition in after.editions.items():
        if before.editions.get(module) == edition:
            continue
        old, new = before.known_summaries().get(module), after.summary(module)
        if old is None or new is None:
            return None
        functions = changed_functions(old, new, after.lasting["asked"])
        if functions is None:
            return None
        edits.append(_Edit(old, new, functions))
    return edits


def _bring_up_to_date(index: _Index, state: Inference, module: str) -> None:
    """Looks through the questions that came since the last time, the newest first."""
    for key, number in reversed(state.numbers.items()):
        if number < index.end:
            break
        if type(key) is Question:
            if key.ref.module == module:
                index.about_bodies.append(key)
        elif key[0] == module:
            for function in _named(key[1]):
                index.by_function.setdefault(function, []).append(key)
    index.end = len(state.answers)


def _named(term: Any) -> set[str]:
    """The functions whose variables or scopes a term names."""
    found: set[str] = set()
    waiting = [term]
    while waiting:
        part = waiting.pop()
        if type(part) is tuple and part:
            if part[0] in (DEFINITION, LOCAL, PARAMETER):
                found.add(part[1])
            elif part[0] == DECLARED:
                found.add(part[2])
            waiting.extend(part)
    return found


def _forget(state: Inference, index: _Index, edit: _Edit) -> None:
    """Forgets what rests on the variables of the edited functions of a module, or on its text."""
    before, after, functions = edit
    module = after.name
    for function in functions:
        for key in index.by_function.pop(function, ()):
            forget_answer(state, key)
    for key in index.about_bodies:
        forget_answer(state, key)
    index.about_bodies.clear()
    forget_answer(state, (MENTIONS, module))
    for key in [key for key in state.declared if key[0] == module and key[1] in functions]:
        del state.declared[key]
    for function in functions:
        state.telling_scopes.pop((module, function), None)
    if _classes_mention(before, after, set(functions)):
        state.members.clear()


def _classes_mention(before: ModuleSummary, after: ModuleSummary, functions: set[str]) -> bool:
    """Do attributes of classes hold the variables of these functions?"""
    return any(
        mentions(terms, functions)
        for qualname, cls in after.classes.items()
        if before.classes[qualname] is not cls
        for terms in cls.instance_attributes.values()
    )
