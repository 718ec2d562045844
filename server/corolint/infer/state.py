"""Answers that inference keeps for one project, and the guard against endless questions."""

from __future__ import annotations

from typing import Any

from corolint.project import Project
from corolint.summary import ClassSummary, FunctionSummary
from corolint.values import Ref, Value

# A question may lead to so many others, nested; deeper ones are answered with "unknown".
DEEPEST = 90


class Inference:
    """The answers so far. `cut` is the outermost depth at which a cycle was cut short, or a large
    number: an answer that depends on a cut is not kept, because asked from elsewhere it is better."""

    __slots__ = (
        "active", "answers", "call_index", "cut", "depth", "functions", "members", "mros",
        "project", "subclasses", "tables", "type_parameters",
    )  # fmt: skip

    def __init__(self, project: Project) -> None:
        self.project = project
        self.answers: dict[Any, Value] = {}
        self.active: dict[Any, int] = {}
        self.depth = 0
        self.cut = 1 << 30
        self.functions: dict[Ref, Value] = {}
        self.members: dict[Any, Any] = {}
        self.mros: dict[Ref, Any] = {}
        self.type_parameters: dict[Ref, tuple[Any, ...]] = {}
        self.call_index: dict[str, list[Any]] | None = None
        self.subclasses: dict[Ref, list[Ref]] | None = None
        self.tables: dict[str, Any] = {}


def inference(project: Project) -> Inference:
    """The inference of a project, made on first use."""
    state: Inference | None = project.caches.get("inference")
    if state is None:
        state = Inference(project)
        project.caches["inference"] = state
    state.project = project
    return state


def function_summary(state: Inference, ref: Ref) -> FunctionSummary | None:
    """The summary of a function, with its body's facts if they were read."""
    summary = state.project.summary(ref.module)
    return None if summary is None else summary.functions.get(ref.qualname)


def class_summary(state: Inference, ref: Ref) -> ClassSummary | None:
    """The summary of a class."""
    summary = state.project.summary(ref.module)
    return None if summary is None else summary.classes.get(ref.qualname)
