"""What the project itself does with the result of a coroutine function: its custom.

    chat = await self.get_chat()            # here, and in eleven other places
    await client.send(chat, "hello")        # nobody ever gives `send` a coroutine object
    ...
    await client.send(self.get_chat(), "hello")

Nothing is known of `client`, so that types tell nothing of the last line. But every other call of
`get_chat` is awaited on the spot, and no other call of `send` is given a coroutine object. This is
consensus, the weakest evidence there is; where either practice is mixed or rare, nothing is said.
"""

from __future__ import annotations

from typing import NamedTuple

from corolint.infer.arguments import CallSite, call_sites
from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference, ask
from corolint.standard_names import is_plain_in_library
from corolint.summary import AWAITED
from corolint.terms import Term
from corolint.values import Coroutine, Function, Instance, Ref, members

_LEAST_AWAITED = 2
_AWAITED_TO_PLAIN = 3
_LEAST_GIVEN = 2
_MOST_GIVEN = 60


class Custom(NamedTuple):
    """How many calls of a name are awaited on the spot, and how many are not."""

    awaited: int
    plain: int


def custom_of(state: Inference, name: str) -> Custom:
    """What the project does with calls whose callee ends in `name`."""
    sites = call_sites(state, name)
    awaited = sum(site.use == AWAITED for site in sites)
    return Custom(awaited, len(sites) - awaited)


def is_always_awaited(custom: Custom) -> bool:
    """Whether awaiting on the spot is the custom, but for one call in question or a few more."""
    return custom.awaited >= max(_LEAST_AWAITED, _AWAITED_TO_PLAIN * custom.plain)


def methods_named(state: Inference, name: str) -> tuple[Function, ...]:
    """All methods of that name in the project, each bound to an instance of its class; none if the
    standard library's common classes have one, too."""
    none: dict[str, tuple[Function, ...]] = {}
    return ask(state, "methods by name", _gather_methods, none, state).get(name, ())


def _gather_methods(state: Inference) -> dict[str, tuple[Function, ...]]:
    found: dict[str, list[Function]] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        for qualname, function in {} if summary is None else summary.functions.items():
            if function.owner:
                name = qualname.rpartition(".")[2].partition("@")[0]
                receiver = Instance(Ref(module, function.owner))
                method = Function(Ref(module, qualname), receiver)
                found.setdefault(name, []).append(method)
    return {
        name: tuple(methods) for name, methods in found.items() if not is_plain_in_library(name)
    }


def is_never_given_coroutines(state: Inference, name: str) -> bool:
    """Whether calls whose callee ends in `name` are given other things than coroutine objects."""
    return ask(state, ("never given", name), _look_at_arguments, False, state, name)


def _look_at_arguments(state: Inference, name: str) -> bool:
    sites = call_sites(state, name)
    given = sum(_is_given_coroutine(state, site) for site in sites[:_MOST_GIVEN])
    others = len(sites[:_MOST_GIVEN]) - given
    return others >= max(_LEAST_GIVEN, _AWAITED_TO_PLAIN * given)


def _is_given_coroutine(state: Inference, site: CallSite) -> bool:
    arguments: list[Term] = [*site.term[2], *(value for _, value in site.term[3])]
    return any(
        isinstance(member, Coroutine)
        for argument in arguments
        for member in members(evaluate(state, site.module, argument, None))
    )
