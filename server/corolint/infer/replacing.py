"""Packages that replace their coroutine functions by plain ones after the fact.

    for name, value in list(vars(Client).items()):
        if asyncio.iscoroutinefunction(value):
            setattr(Client, name, run_to_the_end(value))

Libraries that serve code with and without a loop do so when they are imported. Whether a call of
``client.fetch()`` in a plain function makes a coroutine object is then decided while the program
runs. Such a module sets attributes whose names are not written down, asks what is a coroutine
function, and runs something to its end. A decorator may do so to one class and what it inherits.
"""

from __future__ import annotations

import corolint.infer.hierarchy as hierarchy
from corolint.infer.arguments import call_sites
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, class_summary
from corolint.terms import STRING, Term
from corolint.values import Function, Ref

_RUNNERS = ("run_until_complete", "run_coroutine_threadsafe", "run")


def are_replaced(state: Inference, module: str) -> bool:
    """Whether coroutine functions of the package of `module` may be replaced by plain ones."""
    package = module.partition(".")[0]
    setting = {site.module for site in call_sites(state, "setattr") if _is_of_any_name(site.term)}
    of_package = {one for one in setting if one.partition(".")[0] == package}
    asking = {site.module for site in call_sites(state, "iscoroutinefunction")} & of_package
    return any(site.module in asking for name in _RUNNERS for site in call_sites(state, name))


def _is_of_any_name(setting: Term) -> bool:
    given = setting[2]
    return len(given) == 3 and given[1][0] != STRING


def is_replaced_in(state: Inference, cls: Ref) -> bool:
    """Whether a decorator of the class, or of one above it, may replace its coroutine functions."""
    known: dict[Ref, bool] = state.tables.setdefault("replaced in classes", {})
    if cls not in known:
        known[cls] = any(
            _replaces_methods(state, one.cls.module, decorator)
            for one in hierarchy.mro(state, cls).classes
            for decorator in _decorators(state, one.cls)
        )
    return known[cls]


def _decorators(state: Inference, cls: Ref) -> tuple[Term, ...]:
    summary = class_summary(state, cls)
    return () if summary is None else summary.decorators


def _replaces_methods(state: Inference, module: str, decorator: Term) -> bool:
    taker = evaluate(state, module, decorator, None)
    if not isinstance(taker, Function):
        return False
    summary = state.project.summary_with_bodies(taker.ref.module)
    calls = {} if summary is None else summary.calls
    setting = [site for site in calls.get("setattr", ()) if site[0] == taker.ref.qualname]
    return "iscoroutinefunction" in calls and any(_is_of_any_name(site[1]) for site in setting)
