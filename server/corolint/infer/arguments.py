"""What a parameter is, when nobody wrote it down: what the project's own call sites hand to it.

    class Pool:
        def __init__(self, client): self.client = client

    pool = Pool(Client())

`client` has no annotation, but the one place that constructs a `Pool` passes a `Client`. Call sites
are found by the last name of the callee and then resolved, so that only calls that really reach the
function count. Only first-party functions are asked about, and at most so many sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import corolint.infer.aliases as aliases
import corolint.infer.attributes as attributes
import corolint.infer.callbacks as callbacks
import corolint.infer.declarations as declarations
import corolint.infer.decorations as decorations
import corolint.infer.evaluate as evaluation
import corolint.infer.fixtures as fixtures
import corolint.infer.hierarchy as hierarchy
import corolint.infer.type_variables as type_variables
from corolint.infer.state import Inference, ask, class_summary, function_summary, is_answered
from corolint.known.frameworks import ASGI_CALLABLES, ASGI_PARAMETERS
from corolint.summary import AWAITED, FunctionSummary, ModuleSummary, Parameter
from corolint.syntax import nodes
from corolint.terms import NAME, STAR, Term
from corolint.values import (
    NEVER,
    NONE,
    UNKNOWN,
    CallableValue,
    ClassObject,
    External,
    Function,
    Instance,
    Ref,
    Tuple,
    Unknown,
    Value,
    members,
    says_nothing,
    union,
    without_none,
)

_MOST_SITES = 24
_MOST_CALLS = 400
_DEEPEST_HANDING = 3


def parameter_value(state: Inference, ref: Ref, name: str, made: Ref | None = None) -> Value:
    """What the parameter `name` of the function `ref` is, over all calls.

    For an ``__init__`` that the class `made` inherits, only calls that make a `made` count.
    """
    summary = function_summary(state, ref)
    if summary is None:
        return UNKNOWN
    parameter = next((p for p in summary.parameters if p.name == name), None)
    if parameter is None:
        return UNKNOWN
    value: Value = UNKNOWN
    if parameter.annotation is not None:
        value = declarations.declared(state, ref.module, parameter.annotation, ref.qualname)
        value = _collected(parameter, value)
        if not isinstance(value, Unknown):
            return value
    if parameter.kind in (nodes.STAR, nodes.DOUBLE_STAR):
        return _collected(parameter, UNKNOWN)
    inherited = _inherited_annotation(state, ref, summary, parameter)
    if inherited is not None:
        return inherited
    if summary.owner and summary.parameters[0] is parameter and not _is_static(summary):
        return hierarchy.own_instance(state, Ref(ref.module, summary.owner))
    fixture = fixtures.fixture_value(state, ref, summary, name)
    if fixture is not None and parameter.default is None:
        return fixture
    file = state.project.file(ref.module)
    is_ours = file is not None and file.is_first_party
    found: list[Value] = []
    if parameter.default is not None:
        if not is_ours:  # of a library's function, nobody looks at the calls
            found.append(UNKNOWN)
        dependency = fixtures.dependency_value(state, ref.module, parameter.default)
        if dependency is not None:
            return dependency
        found.append(evaluation.evaluate(state, ref.module, parameter.default, None))
    handed = handed_values(state, ref, summary, parameter, _inheriting(state, ref, summary, made))
    found.extend(one for one in handed if one != NEVER)
    known = [one for one in found if not says_nothing(one)]
    if not known and is_ours:
        found = [callbacks.value_given_by_taker(state, ref, summary, parameter)]
        known = [one for one in found if not says_nothing(one)]
        value = value if known or isinstance(value, External) else found[0]
    if not known and name in ASGI_CALLABLES and _is_asgi_application(summary):
        return CallableValue(Instance(Ref("typing", "Awaitable"), (UNKNOWN,)))
    if not known or all(one == NONE for one in known):
        if isinstance(value, External):
            return value
        given = union(handed)
        return given if isinstance(without_none(given), External) else UNKNOWN
    return union(found)


def _is_asgi_application(summary: FunctionSummary) -> bool:
    """``async def application(scope, receive, send)``, whoever calls it."""
    names = tuple(parameter.name for parameter in summary.parameters)
    return summary.is_async and names[-len(ASGI_PARAMETERS) :] == ASGI_PARAMETERS


def _inheriting(
    state: Inference, ref: Ref, summary: FunctionSummary, made: Ref | None
) -> Ref | None:
    """`made`, where it is a class that inherits the ``__init__`` `ref`."""
    if made is None or not summary.owner or not ref.qualname.endswith(".__init__"):
        return None
    owner = Ref(ref.module, summary.owner)
    return made if made != owner and hierarchy.is_subclass(state, made, owner) else None


def _is_static(summary: FunctionSummary) -> bool:
    return any(term == (NAME, "staticmethod") for term in summary.decorators)


def _collected(parameter: Parameter, value: Value) -> Value:
    """``*args: X`` is a tuple of `X`, ``**kwargs: X`` a dict of it."""
    if parameter.kind == nodes.STAR:
        return Instance(Ref("builtins", "tuple"), (value,))
    if parameter.kind == nodes.DOUBLE_STAR:
        return Instance(Ref("builtins", "dict"), (Instance(Ref("builtins", "str")), value))
    return value


def _inherited_annotation(
    state: Inference, ref: Ref, summary: FunctionSummary, parameter: Parameter
) -> Value | None:
    """An override without annotations takes them from the method it overrides."""
    if not summary.owner or not summary.parameters or summary.parameters[0] is parameter:
        return None
    owner = Ref(ref.module, summary.owner)
    method = ref.qualname.rpartition(".")[2].partition("@")[0]
    if method == "__init__":
        return None
    for one in hierarchy.mro(state, owner).classes[1:]:
        above = class_summary(state, one.cls)
        if above is None or method not in above.attributes:
            continue
        for term in above.attributes[method]:
            if term[0] != "function":
                continue
            inherited = function_summary(state, Ref(one.cls.module, term[1]))
            if inherited is None:
                continue
            for other in inherited.parameters:
                if other.name == parameter.name and other.annotation is not None:
                    value = declarations.declared(state, one.cls.module, other.annotation, term[1])
                    value = type_variables.substitute(
                        value,
                        attributes.solution(state, hierarchy.own_instance(state, owner), one.cls),
                    )
                    value = type_variables.solved_away(value)
                    return None if isinstance(value, Unknown) else value
        return None
    return None


class CallSite(NamedTuple):
    """One call in the project: where it stands, its term, and what it is used for."""

    module: str
    caller: str
    term: Term
    use: int


def call_sites(state: Inference, name: str) -> list[CallSite]:
    """Every first-party call whose callee ends in `name`."""
    state.asked.calls.add(name)
    return _call_sites(state, name)


def is_ever_awaited(state: Inference, name: str) -> bool:
    """Whether any first-party call whose callee ends in `name` is awaited on the spot."""
    state.asked.uses.add(name)
    found = _call_index(state).get(name)
    if found is None:
        return False
    # What is true of these calls stays so over edits: other ones make another dictionary.
    table: dict[str, tuple[dict[str, Any], bool]] = state.project.lasting.setdefault(
        "ever awaited", {}
    )
    known = table.get(name)
    if known is None or known[0] is not found:
        is_awaited = any(use == AWAITED for sites in found.values() for _, _, use in sites)
        known = table[name] = found, is_awaited
    return known[1]


def _call_sites(state: Inference, name: str) -> list[CallSite]:
    known: dict[str, list[CallSite]] = state.tables.setdefault("call sites", {})
    sites = known.get(name)
    if sites is None:
        sites = known[name] = [
            CallSite(module, *site)
            for module, found in sorted(_call_index(state).get(name, {}).items())
            for site in found
        ]
    return sites


class _CallIndex(NamedTuple):
    """The calls of a project by name and module, as the summaries hold them."""

    summaries: Mapping[str, ModuleSummary | None]
    calls: dict[str, dict[str, Any]]


def _call_index(state: Inference) -> dict[str, dict[str, Any]]:
    """The modules that call something of a name, each with the calls as its summary holds them.

    After an edit only what the edited modules call is looked at; the index of the project as it was
    stays as it is.
    """
    if state.call_index is None:
        project = state.project
        before: _CallIndex = project.lasting.get("call index") or _CallIndex({}, {})
        after = project.first_party_summaries()
        calls = dict(before.calls)
        own: set[str] = set()  # names whose calls are no longer shared with the index before
        for module in before.summaries.keys() | after.keys():
            old, new = before.summaries.get(module), after.get(module)
            if old is new:
                continue
            was = {} if old is None else old.calls
            now = {} if new is None else new.calls
            for name in was.keys() - now.keys():
                _own_calls(calls, own, name).pop(module, None)
            for name, sites in now.items():
                if was.get(name) != sites:
                    _own_calls(calls, own, name)[module] = sites
        state.call_index = calls
        project.lasting["call index"] = _CallIndex(after, calls)
    return state.call_index


def _own_calls(calls: dict[str, dict[str, Any]], own: set[str], name: str) -> dict[str, Any]:
    if name not in own:
        own.add(name)
        calls[name] = dict(calls.get(name, ()))
    return calls[name]


def handed_values(
    state: Inference, ref: Ref, summary: FunctionSummary, parameter: Parameter, made: Ref | None
) -> list[Value]:
    """The values that the project's call sites hand to one parameter, where they make a `made`."""
    file = state.project.file(ref.module)
    if file is None or not file.is_first_party or summary.qualname.count("<lambda"):
        return []
    key = ("handed", ref, parameter.name, made)
    if state.handings >= _DEEPEST_HANDING and not is_answered(state, key):
        state.lacks_sites = True
        return []
    state.handings += 1
    try:
        return ask(state, key, _collect_handed, [], state, ref, summary, parameter, made)
    finally:
        state.handings -= 1


def _collect_handed(
    state: Inference, ref: Ref, summary: FunctionSummary, parameter: Parameter, made: Ref | None
) -> list[Value]:
    """By its own name; where nothing calls it by that, by the names that it is handed on under."""
    names = _callee_names(state, ref, summary)
    values = _handed_by_names(state, names, ref, summary, parameter, made)
    if not values:
        others = aliases.other_names(state, names[0])
        values = _handed_by_names(state, others, ref, summary, parameter, made)
    if not values and _position(summary, parameter) == 0:
        values = decorations.decorated_classes(state, ref, summary)
    return values


def _handed_by_names(
    state: Inference, names: list[str], ref: Ref, summary: FunctionSummary, parameter: Parameter,
    made: Ref | None,
) -> list[Value]:  # fmt: skip
    values: dict[Value, None] = {}
    for name in names:
        sites = call_sites(state, name)
        if len(sites) > _MOST_CALLS:
            continue
        for site in sites:
            argument = _argument(state, site, ref, summary, parameter, made)
            if argument is not None:
                values[argument] = None
                if len(values) >= _MOST_SITES:
                    return list(values)
    return list(values)


def _callee_names(state: Inference, ref: Ref, summary: FunctionSummary) -> list[str]:
    """The names under which a call may reach the function."""
    last = ref.qualname.rpartition(".")[2].partition("@")[0]
    if last != "__init__" or not summary.owner:
        return [last]
    owner = Ref(ref.module, summary.owner)
    names = [owner.qualname.rpartition(".")[2], "__init__", "cls"]
    for below in hierarchy.all_subclasses(state, owner):
        cls = class_summary(state, below)
        if cls is not None and "__init__" not in cls.attributes:
            names.append(below.qualname.rpartition(".")[2])
    return names


def _argument(
    state: Inference, site: CallSite, ref: Ref, summary: FunctionSummary, parameter: Parameter,
    made: Ref | None,
) -> Value | None:  # fmt: skip
    """What the call hands to the parameter, if it calls the function at all."""
    position = _position(summary, parameter)
    term = _argument_term(site.term, position, parameter.name)
    if term is None:
        return None
    callee = evaluation.evaluate(state, site.module, site.term[1], None)
    if not any(_reaches(state, member, ref, summary, made) for member in members(callee)):
        return None
    if term[0] == STAR:
        spread = evaluation.evaluate(state, site.module, term[1], None)
        index = position - (len(site.term[2]) - 1)
        return (
            spread.items[index]
            if isinstance(spread, Tuple) and 0 <= index < len(spread.items)
            else None
        )
    return evaluation.evaluate(state, site.module, term, None)


def _position(summary: FunctionSummary, parameter: Parameter) -> int:
    index = summary.parameters.index(parameter)
    return index - 1 if summary.owner and not _is_static(summary) else index


def _argument_term(term: Term, position: int, name: str) -> Term | None:
    for key, value in term[3]:
        if key == name:
            found: Term = value
            return found
    positional = term[2]
    if 0 <= position < len(positional):
        candidate: Term = positional[position]
        return candidate
    if positional and positional[-1][0] == STAR:
        last: Term = positional[-1]
        return last
    return None


def _reaches(
    state: Inference, callee: Value, ref: Ref, summary: FunctionSummary, made: Ref | None
) -> bool:
    if isinstance(callee, Function):
        return callee.ref == ref and (made is None or _may_be(state, callee.receiver, made))
    if isinstance(callee, ClassObject) and summary.owner:
        if made is not None and not hierarchy.is_subclass(state, callee.cls, made):
            return False
        init = attributes.find_member(state, callee.cls, "__init__")
        return init is not None and init.owner.cls == Ref(ref.module, summary.owner)
    return False


def _may_be(state: Inference, receiver: Value | None, made: Ref) -> bool:
    """Whether a method is called on what may be an instance of `made`: ``super().__init__(x)``."""
    if not isinstance(receiver, Instance):
        return True
    return hierarchy.is_subclass(state, receiver.cls, made) or hierarchy.is_subclass(
        state, made, receiver.cls
    )
