"""What frameworks hand to a parameter by making it: fixtures of pytest, dependencies of FastAPI.

    @pytest.fixture
    async def client(server):
        async with Client(server) as client:
            yield client

    async def test_ping(client):
        client.ping()               # a parameter called `client` is what the fixture yields

    async def read(session=Depends(open_session)):
        session.commit()            # what `open_session` yields or returns

The fixture is looked for where pytest does (https://docs.pytest.org, "Fixture availability"): in
the module of the test, then in the ``conftest.py`` of its folder and of those above; and, because
they can be imported there, anywhere in the project. One of a plugin is known by its use, like any
library that cannot be found (`external`).
"""

from __future__ import annotations

import os

import corolint.infer.calls as calls
import corolint.infer.evaluate as evaluation
import corolint.infer.external as external
import corolint.infer.hierarchy as hierarchy
import corolint.infer.protocols as protocols
from corolint.infer.state import Inference, ask, function_summary
from corolint.summary import FunctionSummary
from corolint.terms import ATTRIBUTE, CALL, IMPORT, NAME, STRING, TUPLE, Term
from corolint.values import (
    Coroutine,
    Function,
    Instance,
    Ref,
    Value,
    says_nothing,
    union,
)

_DEPENDENCIES = frozenset({"Depends", "Security"})
_BY_PLUGIN = "<fixture>"


def fixture_value(state: Inference, ref: Ref, summary: FunctionSummary, name: str) -> Value | None:
    """What pytest hands to the parameter `name` of `ref`; `None` if pytest does not call that."""
    if summary.parent or not (_is_test(ref) or _fixture_decorator(summary)):
        return None
    for decorator in summary.decorators:
        value = _parametrized(state, ref.module, decorator, name)
        if value is not None and not says_nothing(value):
            return value
    found = [_made(state, one) for one in _available(state, ref, name)]
    return union(found) if found else external.imported(_BY_PLUGIN, name)


def _is_test(ref: Ref) -> bool:
    return ref.qualname.rpartition(".")[2].startswith("test")


def _fixture_decorator(summary: FunctionSummary) -> Term | None:
    for decorator in summary.decorators:
        if _last_name(decorator[1] if decorator[0] == CALL else decorator) == "fixture":
            return decorator
    return None


def _last_name(term: Term) -> str:
    if term[0] in (ATTRIBUTE, IMPORT):
        return str(term[2])
    return str(term[1]) if term[0] == NAME else ""


def _parametrized(state: Inference, module: str, decorator: Term, name: str) -> Value | None:
    """What ``@pytest.mark.parametrize("name, other", values)`` gives."""
    if decorator[0] != CALL or _last_name(decorator[1]) != "parametrize":
        return None
    if len(decorator[2]) != 2 or decorator[3]:  # by keyword: indirect, or only names of the cases
        return None
    names = _names(decorator[2][0])
    if name not in names:
        return None
    each = protocols.element(state, evaluation.evaluate(state, module, decorator[2][1], None))
    return each if len(names) == 1 else protocols.unpacked(state, each, names.index(name))


def _names(term: Term) -> list[str]:
    if term[0] == STRING:
        return [part.strip() for part in term[1].split(",") if part.strip()]
    if term[0] == TUPLE:
        return [str(part[1]) for part in term[1] if part[0] == STRING]
    return []


def _available(state: Inference, ref: Ref, name: str) -> list[Ref]:
    """The fixtures of that name, nearest first; only those of the nearest place count."""
    none: dict[str, list[Ref]] = {}
    known = ask(state, "fixtures", _gather, none, state).get(name, [])
    known = [one for one in known if one != ref]
    own = [one for one in known if one.module == ref.module]
    if own:
        scope = ref.qualname.rpartition(".")[0]
        return [one for one in own if one.qualname.rpartition(".")[0] == scope] or own
    folder = _folder(state, ref.module)
    above = [
        one
        for one in known
        if one.module.rpartition(".")[2] == "conftest"
        and (folder + os.sep).startswith(_folder(state, one.module) + os.sep)
    ]
    if not above:
        return known
    deepest = max(len(_folder(state, one.module)) for one in above)
    return [one for one in above if len(_folder(state, one.module)) == deepest]


def _folder(state: Inference, module: str) -> str:
    file = state.project.file(module)
    return "" if file is None else os.path.dirname(file.path)


def _gather(state: Inference) -> dict[str, list[Ref]]:
    found: dict[str, list[Ref]] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        for qualname, function in {} if summary is None else summary.functions.items():
            decorator = _fixture_decorator(function) if function.decorators else None
            if decorator is None:
                continue
            name = qualname.rpartition(".")[2].partition("@")[0]
            for keyword, term in decorator[3] if decorator[0] == CALL else ():
                if keyword == "name" and term[0] == STRING:
                    name = term[1]
            found.setdefault(name, []).append(Ref(module, qualname))
    return found


def dependency_value(state: Inference, module: str, default: Term) -> Value | None:
    """What ``parameter=Depends(function)`` gets; `None` where the default is nothing like that."""
    if default[0] != CALL or _last_name(default[1]) not in _DEPENDENCIES or len(default[2]) != 1:
        return None
    dependency = evaluation.evaluate(state, module, default[2][0], None)
    if isinstance(dependency, Function) and dependency.receiver is None:
        return _made(state, dependency.ref)
    return calls.call(state, dependency, [], {})


def _made(state: Inference, maker: Ref) -> Value:
    """What a fixture or a dependency gives: what it returns, with all that is awaited, or what it
    yields."""
    summary = function_summary(state, maker)
    owner = summary.owner if summary is not None else ""
    receiver = hierarchy.own_instance(state, Ref(maker.module, owner)) if owner else None
    value = calls.call(state, Function(maker, receiver), [], {})
    if isinstance(value, Coroutine):
        return protocols.awaited(state, value)
    if isinstance(value, Instance) and summary is not None and summary.is_generator:
        step = protocols.async_element if summary.is_async else protocols.element
        return step(state, value)
    return value
