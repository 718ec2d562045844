"""Whom an edit concerns: the questions of a finished run are asked again, where that is needed.

    grounds = gathered(project)                            after a run; kept in the cache
    concerned({"a.py": old text}, grounds, new project)    in the next run

`corolint.locality` compares what a module said of itself with what it says now, and tells whether
anybody asked for what is different. Two things are not in there and are found out anew: what the
bodies of edited functions tell, and where running loops come to, going on from `loops_of` that run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import Any

from corolint.files import digest
from corolint.grounds import Grounds
from corolint.handing import Question, answer, is_kind
from corolint.infer.state import Asked, Inference, inference
from corolint.locality import changed_functions
from corolint.loops.kept import packed, unpacked
from corolint.loops.memory import Known, known_of, resume
from corolint.module_files import ModuleFile
from corolint.project import Project
from corolint.summary import ModuleSummary
from corolint.syntax import LONGEST_WORD, decode, may_hold
from corolint.terms import ATTRIBUTE, IMPORT, NAME, Term
from corolint.values import Ref

_DIGEST = "digest of loops"


def gathered(project: Project) -> Grounds:
    """What was asked in this process while files of `project` were checked."""
    asked = inference(project).asked
    return Grounds(
        frozenset(asked.calls | asked.uses),
        frozenset(asked.writes),
        frozenset(asked.awaited),
        frozenset(asked.additions),
        {_key(question): _text(told) for question, told in asked.bodies.items()},
        {path: tuple(sorted(names)) for path, names in project.bodies_by_file().items() if names},
        project.entered_bodies(),
        _loops_text(inference(project)) if "loops" in project.caches else "",
    )


def loops_of(project: Project) -> str | None:
    """What is known of loops in a project that was checked; `None` if nobody asked for it here."""
    if "loops" not in project.caches:
        return None
    return packed(known_of(inference(project)))


def concerned(
    before: Mapping[str, str], grounds: Grounds, project: Project, loops: str | None = None
) -> set[str] | None:
    """The checked files, by path, that an edit may matter to; `None` if it may matter to any.

    `before` holds the old texts of the edited files, by path; `project` has the new ones. `loops`
    is what `loops_of` said then.
    """
    found = set(before)
    summaries: dict[str, ModuleSummary] = {}
    asked = _as_asked(grounds)
    state = inference(project)
    is_told_the_same = True  # of all edited modules, by what they say of themselves
    for path, text in before.items():
        module = project.module_name(path)
        file = project.file(module)
        if file is None or file.path != path or module in grounds.entered:
            return None
        old = Project(project.search, project.reader, {path: text}, project.checked)
        was, now = old.summary(module), project.summary(module)
        if was is None or now is None:
            return None
        summaries[module] = was
        if was != now:
            is_told_the_same = False
            if changed_functions(was, now, asked, _mentions(project, path, text)) is None:
                return None
        if not _tell_the_same(state, module, grounds):
            return None
        found |= {user for user, modules in grounds.bodies.items() if module in modules}
    if loops is not None and digest_of(loops) == grounds.loops:
        with suppress(ValueError, TypeError):  # We did not write this.
            resume(project, unpacked(loops), summaries)
    if grounds.loops and not is_told_the_same and grounds.loops != _loops_text(state):
        return None
    return found


def _as_asked(grounds: Grounds) -> Asked:
    asked = Asked()
    asked.calls |= grounds.calls
    asked.writes |= grounds.writes
    asked.awaited |= grounds.awaited
    asked.additions |= grounds.additions
    return asked


def _mentions(project: Project, path: str, before: str) -> Callable[[str], bool]:
    """Whether a word stood in the code of the file at `path` before, or whether any other file of
    the project may mean by it what that module calls so now."""
    version, platform = project.search.python_version, project.search.platform

    def is_mentioned(word: str) -> bool:
        if not word.isascii() or len(word) > LONGEST_WORD:
            return True  # Other words can be written in several ways.
        if may_hold(before, word, version, platform):
            return True
        data, whole = word.encode(), re.compile(rb"\b%s\b" % word.encode())
        for module in project.first_party_modules():
            file = project.file(module)
            if file is None or file.is_namespace or file.path == path:
                continue
            content = project.reader.read(file.path) or b""
            if data not in content or not whole.search(content):
                continue
            text = decode(content)
            if may_hold(text, word, version, platform) and _may_mean(project, file, text, word):
                return True
        return False

    return is_mentioned


# What is named in a string may be found by these.
_BY_STRING = re.compile(r"getattr|attrgetter|methodcaller|__dict__|globals|vars|patch|import_")


def _may_mean(project: Project, file: ModuleFile, text: str, word: str) -> bool:
    """Whether a word in the file means anything but a variable, a parameter, a keyword or a text of
    its own: an attribute, something imported, or a global name that is not its own."""
    if file.is_stub or _BY_STRING.search(text):
        return True
    summary = project.summary(file.name)
    terms = project.reading(file.path)[1].terms.values()
    if summary is None or any(_means(term, word) for term in terms):
        return True
    if word in summary.calls or word in summary.writes:
        return True
    for cls in summary.classes.values():
        if word in cls.attributes or word in cls.instance_attributes:
            return True
    if word not in summary.bindings:
        return (NAME, word) in terms
    return any(term[0] == IMPORT for term in summary.bindings[word])


def _means(term: Term, word: str) -> bool:
    """Whether an attribute of that name, or something imported as that, is in a term."""
    waiting = [term]
    while waiting:
        part = waiting.pop()
        if len(part) == 3 and part[0] in (ATTRIBUTE, IMPORT) and part[2] == word:
            return True
        waiting.extend([inner for inner in part if type(inner) is tuple])
    return False


def _tell_the_same(state: Inference, module: str, grounds: Grounds) -> bool:
    """Whether the bodies in a module that were asked about still tell what they told."""
    for key, told in grounds.told.items():
        parts = key.split("\n")
        if len(parts) != 4 or not is_kind(parts[0]):
            return False
        kind, home, qualname, attribute = parts
        if home == module:
            if _text(answer(state, Question(kind, Ref(home, qualname), attribute))) != told:
                return False
    return True


def _key(question: Question) -> str:
    return "\n".join((question.kind, *question.ref, question.attribute))


def _text(told: Any) -> str:
    return repr(_ordered(told))


def _loops_text(state: Inference) -> str:
    """A digest of all that is known of loops in the project."""
    known = known_of(state)
    lasting = state.project.lasting
    kept: tuple[Known, str] | None = lasting.get(_DIGEST)
    if kept is None or kept[0] is not known:
        kept = lasting[_DIGEST] = known, digest_of(packed(known))
    return kept[1]


def digest_of(loops: str) -> str:
    """What stands for it in `Grounds`."""
    return digest(loops.encode("utf-8", "surrogatepass"))


def _ordered(value: Any) -> Any:
    """The same for equal values in every process: sets and dictionaries have an order."""
    if is_dataclass(value):
        return [_ordered(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, set | frozenset):
        return sorted(map(_ordered, value), key=repr)
    if isinstance(value, Mapping):
        pairs = [(_ordered(key), _ordered(item)) for key, item in value.items()]
        return sorted(pairs, key=repr)
    return tuple(map(_ordered, value)) if isinstance(value, tuple) else value
