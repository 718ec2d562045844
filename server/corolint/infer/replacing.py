"""Packages that replace their coroutine functions by plain ones after the fact.

    for name, value in list(vars(Client).items()):
        if asyncio.iscoroutinefunction(value):
            setattr(Client, name, run_to_the_end(value))

Libraries that serve code with and without a loop do so when they are imported. Whether a call of
``client.fetch()`` in a plain function makes a coroutine object is then decided while the program
runs. Such a module sets attributes whose names are not written down, asks what is a coroutine
function, and runs something to its end.
"""

from __future__ import annotations

from corolint.infer.arguments import CallSite, call_sites
from corolint.infer.state import Inference
from corolint.terms import STRING

_RUNNERS = ("run_until_complete", "run_coroutine_threadsafe", "run")


def are_replaced(state: Inference, module: str) -> bool:
    """Whether coroutine functions of the package of `module` may be replaced by plain ones."""
    package = module.partition(".")[0]
    setting = {site.module for site in call_sites(state, "setattr") if _sets_any_name(site)}
    of_package = {one for one in setting if one.partition(".")[0] == package}
    asking = {site.module for site in call_sites(state, "iscoroutinefunction")} & of_package
    return any(site.module in asking for name in _RUNNERS for site in call_sites(state, name))


def _sets_any_name(site: CallSite) -> bool:
    given = site.term[2]
    return len(given) == 3 and given[1][0] != STRING
