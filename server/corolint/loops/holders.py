"""Which functions may have an object of a class at hand, as far as its name shows.

    class App:
        def __init__(self): self.connection = Connection()
        def work(self):                     # may enter `self.connection`, or read a property of it
            with self.connection: ...
    def close(connection: Connection): ...  # so may this one

Summaries do not keep what is entered, compared or asked whether it is true. Where that may start a
loop, whoever has such an object may do it; going along the bodies tells who does.
"""

from __future__ import annotations

from collections.abc import Iterator

from corolint.infer.state import Inference
from corolint.loops.mentions import last_name
from corolint.summary import ModuleSummary
from corolint.terms import CALL, DECLARED, DEFINITION, PARAMETER, TYPE_NAME, Term, TypeTerm
from corolint.values import Ref

Holders = dict[str, set[str]]


def find_holders(state: Inference) -> dict[str, set[Ref]]:
    """All of the project, by the name of the class."""
    found: dict[str, set[Ref]] = {}
    for module in state.project.first_party_modules():
        summary = state.project.summary(module)
        for name, qualnames in () if summary is None else holders_in(summary).items():
            found.setdefault(name, set()).update(Ref(module, each) for each in qualnames)
    return found


def holders_in(summary: ModuleSummary) -> Holders:
    """By the name of a class, the functions of a module, by qualname, that may have an object."""
    found: Holders = {}
    methods: dict[str, set[str]] = {}
    for qualname, function in summary.functions.items():
        if function.owner:
            methods.setdefault(function.owner, set()).add(qualname)
        for parameter in function.parameters:
            for name in _names_in(parameter.annotation):
                found.setdefault(name, set()).add(qualname)
    for qualname, cls in summary.classes.items():
        own = methods.get(qualname)
        if own:
            found.setdefault(qualname.rpartition(".")[2], set()).update(own)
            for group in (cls.attributes, cls.instance_attributes):
                for terms in group.values():
                    for name in _classes_of(summary, terms):
                        found.setdefault(name, set()).update(own)
    for terms in summary.bindings.values():
        for name in _classes_of(summary, terms):
            found.setdefault(name, set()).update(summary.functions)
    return found


def _classes_of(summary: ModuleSummary, terms: tuple[Term, ...]) -> Iterator[str]:
    """The names of what may be the classes of the values of some terms."""
    for term in terms:
        if term[0] == DEFINITION:
            function = summary.functions.get(term[1])
            if function is None or term[2] >= len(function.definitions):
                continue
            term = function.definitions[term[2]]
        if term[0] == CALL:
            yield last_name(term)
        elif term[0] == DECLARED:
            yield from _names_in(term[1])
        elif term[0] == PARAMETER:
            function = summary.functions.get(term[1])
            for parameter in () if function is None else function.parameters:
                if parameter.name == term[2]:
                    yield from _names_in(parameter.annotation)


def _names_in(annotation: TypeTerm | None) -> Iterator[str]:
    """The last parts of the names in an annotation."""
    stack = [annotation or ()]
    while stack:
        part = stack.pop()
        if part and part[0] == TYPE_NAME:
            yield str(part[1]).rpartition(".")[2]
        stack.extend([inner for inner in part if type(inner) is tuple])
