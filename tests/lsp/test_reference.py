"""Every hover text of `reference/` is true: each CPython of this machine runs its examples."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from corolint.hover import (
    ATTRIBUTES,
    RUNNERS,
    attribute_hover,
    reference_text,
    runner_hover,
)

from .pythons import SUPPORTED, available_pythons

PYTHONS = available_pythons()
TOPICS = (*ATTRIBUTES, *RUNNERS, "coroutine-function")


def examples_for(version: tuple[int, int]) -> dict[str, str]:
    """Topic -> source of its Python blocks as the hover shows them on `version`."""
    found = {}
    for topic in TOPICS:
        text = reference_text(topic, version)
        assert text, f"{topic} says nothing on {version}"
        blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        if blocks:
            found[topic] = "\n".join(blocks)
    return found


@pytest.mark.parametrize("version", PYTHONS, ids=lambda version: f"{version[0]}.{version[1]}")
def test_examples_do_what_they_claim(version: tuple[int, int]) -> None:
    examples = examples_for(version)
    assert len(examples) > 20
    done = subprocess.run(
        [PYTHONS[version], "-I", str(Path(__file__).with_name("run_examples.py"))],
        input=json.dumps(examples),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == []


def test_the_runner_of_examples_finds_lies() -> None:
    lies = {
        "wrong output": "print(1)  # prints 2",
        "wrong error": "int('x')  # raises TypeError: no",
        "no error": "int('1')  # raises ValueError: no",
        "dropped": "async def f(): pass\nf()",
        "crash": "1 / 0",
    }
    done = subprocess.run(
        [next(iter(PYTHONS.values())), "-I", str(Path(__file__).with_name("run_examples.py"))],
        input=json.dumps(lies),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert {complaint.split(":")[0] for complaint in json.loads(done.stdout)} == set(lies)


def test_each_file_is_a_topic_and_each_topic_a_file() -> None:
    names = {entry.name for entry in (files("corolint") / "reference").iterdir()}
    assert names == {f"{topic}.md" for topic in TOPICS}


@pytest.mark.parametrize("version", SUPPORTED)
def test_guards_never_reach_the_reader(version: tuple[int, int]) -> None:
    for topic in TOPICS:
        text = reference_text(topic, version)
        assert text is not None
        assert "<!--" not in text
        assert text.count("```") % 2 == 0


def test_texts_follow_the_target_version() -> None:
    assert "do not exist" not in (attribute_hover("cr_suspended", (3, 11)) or "")
    assert "have no `cr_suspended`" in (attribute_hover("cr_suspended", (3, 10)) or "")
    assert "does not exist before Python 3.11" in (runner_hover("asyncio.TaskGroup", (3, 10)) or "")
    assert "ExceptionGroup" in (runner_hover("asyncio.TaskGroup", (3, 12)) or "")


def test_runner_names_may_say_where_they_are_defined() -> None:
    assert runner_hover("asyncio.runners.run") == runner_hover("asyncio.run")
    assert runner_hover("asyncio.taskgroups.TaskGroup.create_task") == runner_hover(
        "asyncio.TaskGroup.create_task"
    )
    assert runner_hover("asyncio.base_events.BaseEventLoop.create_task") == runner_hover(
        "asyncio.AbstractEventLoop.create_task"
    )
    assert runner_hover("subprocess.run") is None
    assert attribute_hover("cr_other") is None
