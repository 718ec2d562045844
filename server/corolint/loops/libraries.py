"""Functions of libraries that start a loop, so that async code of the project must not call them.

Only modules that the project's async code imports are looked at (and what a package gathers from
its own modules), and only if their text has a runner in it at all.
"""

from __future__ import annotations

import re

from corolint.infer.evaluate import evaluate
from corolint.infer.state import Inference
from corolint.known.loops import (
    CLOSING_RUNNERS,
    OPENING_RUNNERS,
    RUNNER_MAKERS,
    RUNNERS,
    STARTING_NAMES,
    STARTING_TEXTS,
)
from corolint.loops.called import called_functions
from corolint.loops.mentions import own_name
from corolint.loops.names import public_names
from corolint.summary import ModuleSummary
from corolint.terms import (
    IMPORT,
)
from corolint.values import (
    Ref,
)

STARTS = frozenset().union(RUNNERS, RUNNER_MAKERS, OPENING_RUNNERS, CLOSING_RUNNERS)


_RELATIVE_IMPORT = re.compile(rb"^from \.(\w+(?:\.\w+)*) import", re.MULTILINE)


def library_functions(state: Inference) -> set[Ref]:
    """Functions of libraries that start a loop, in modules that async code imports."""
    found: set[Ref] = set()
    seen: set[str] = set()
    queue = _imported_modules(state)
    for module in queue:  # grows while it is gone through
        file = None if module in seen else state.project.file(module)
        seen.add(module)
        if file is None or file.is_stub or file.is_namespace or file.is_first_party:
            continue
        text = state.project.reader.read(file.path) or b""
        if file.is_package:
            # A package mostly gathers what its modules define.
            queue += [
                f"{module}.{name.decode('utf-8', 'replace')}"
                for name in _RELATIVE_IMPORT.findall(text)
            ]
        if any(one in text for one in STARTING_TEXTS):
            summary = state.project.summary_with_bodies(module)
            if summary is not None:
                found |= _starting_in(state, module, summary)
    return found


def _imported_modules(state: Inference) -> list[str]:
    """What modules of the project that have async code import."""
    found: dict[str, None] = {}
    project = state.project
    for summary in filter(None, project.first_party_summaries().values()):
        imports = project.found_in(summary, "imports of async code", _imports_of_async_code)
        found.update(dict.fromkeys(imports))
    return list(found)


def _imports_of_async_code(summary: ModuleSummary) -> tuple[str, ...]:
    is_async = any(function.is_async for function in summary.functions.values())
    return tuple(_imports(summary)) if is_async else ()


def _imports(summary: ModuleSummary) -> set[str]:
    """The modules that a module imports, or imports from; some names may be no modules."""
    found = set(summary.stars)
    groups = list(summary.bindings.values())
    for function in summary.functions.values():
        groups += [(term,) for term in function.variables.values()]
    for terms in groups:
        for term in terms:
            if term[0] == IMPORT:
                found.add(term[1])
                if term[2]:
                    found.add(f"{term[1]}.{term[2]}")
    return found


def _starting_in(state: Inference, module: str, summary: ModuleSummary) -> set[Ref]:
    """The functions of one module that call a runner, and those of it that call these."""
    found: set[Ref] = set()
    for name in STARTING_NAMES.intersection(summary.calls):
        for caller, call, _ in summary.calls[name]:
            if caller and public_names(state, module, call[1], None) & STARTS:
                found.add(Ref(module, caller))
    queue = list(found)
    for ref in queue:  # grows while it is gone through
        for caller, call, _ in summary.calls.get(own_name(ref), ()):
            above = Ref(module, caller)
            if caller and above not in found:
                if ref in called_functions(state, evaluate(state, module, call[1], None)):
                    found.add(above)
                    queue.append(above)
    return found
