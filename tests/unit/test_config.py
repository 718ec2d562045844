"""Settings from TOML: every key, every kind of mistake, and what the choices then mean."""

from __future__ import annotations

import json
import pickle
from dataclasses import fields

import pytest
from corolint.config import (
    KEYS,
    KNOWN_KEYS,
    ConfigError,
    Settings,
    from_mapping,
    from_toml,
    json_schema,
    parse_version,
)
from corolint.finding import Evidence, Severity
from corolint.known.told import Known

RULES = ("unawaited-coroutine", "dangling-task", "reused-coroutine")

EVERY_KEY = """
[project]
name = "select"

[tool.corolint]
select = ["ALL"]
extend-select = ["dangling-task"]
ignore = ["reused-coroutine"]
min-evidence = "inferred"
target-version = "3.12"
python = ".venv"
src = ["lib"]
exclude = ["gen"]
extend-exclude = ["*_pb2.py"]
respect-gitignore = false
baseline = "old.json"

[tool.corolint.per-file-ignores]
"tests/**" = ["unawaited-coroutine"]

[tool.corolint.severity]
dangling-task = "hint"

[tool.corolint.known]
schedulers = ["app.spawn"]
loop-starters = ["app.run"]
"""


def test_every_key_is_read():
    assert from_toml(EVERY_KEY, "/p/pyproject.toml", folder="/p", rules=RULES) == Settings(
        select=frozenset({"ALL"}),
        extend_select=frozenset({"dangling-task"}),
        ignore=frozenset({"reused-coroutine"}),
        per_file_ignores=(("tests/**", frozenset({"unawaited-coroutine"})),),
        severity=(("dangling-task", Severity.HINT),),
        min_evidence=Evidence.INFERRED,
        target_version=(3, 12),
        python=".venv",
        src=("lib",),
        exclude=("gen",),
        extend_exclude=("*_pb2.py",),
        respect_gitignore=False,
        baseline="old.json",
        known=Known(schedulers=("app.spawn",), loop_starters=("app.run",)),
        folder="/p",
    )


def test_the_example_sets_every_key_there_is():
    for key in (*KEYS, *KNOWN_KEYS[:1]):
        assert key.name in EVERY_KEY


def test_keys_and_fields_are_the_same():
    assert {key.field for key in KEYS} | {"folder"} == {each.name for each in fields(Settings)}
    assert {key.field for key in KNOWN_KEYS} == {each.name for each in fields(Known)}


def test_another_file_holds_the_table_itself():
    assert from_toml('src = ["a"]', "corolint.toml") == Settings(src=("a",))


def test_a_pyproject_without_our_table_says_nothing():
    assert from_toml("[project]\nname = 'x'", "pyproject.toml") is None
    assert from_toml("tool = 3", "pyproject.toml") is None
    assert from_toml("[tool.corolint]", "pyproject.toml") == Settings()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("selct = []", "pyproject.toml:2: unknown key 'selct'; did you mean 'select'?"),
        ("zzz = 1", "pyproject.toml:2: unknown key 'zzz'"),
        (
            "ignore = ['dangling-tusk']",
            "pyproject.toml:2: 'ignore': unknown rule 'dangling-tusk'; "
            "did you mean 'dangling-task'?",
        ),
        ("ignore = 'x'", "pyproject.toml:2: 'ignore': must be a list of rule names, not 'x'"),
        ("src = [1]", "pyproject.toml:2: 'src': must be a list of strings, not [1]"),
        ("python = 3", "pyproject.toml:2: 'python': must be a path in quotes, not 3"),
        (
            "min-evidence = 'sure'",
            "pyproject.toml:2: 'min-evidence': must be one of declared, inferred, consensus, "
            "not 'sure'",
        ),
        (
            "target-version = 3.12",
            "pyproject.toml:2: 'target-version': must be a version such as “3.12”, not 3.12",
        ),
        ("respect-gitignore = 1", "'respect-gitignore': must be true or false, not 1"),
        ("severity = {dangling-task = 'bad'}", "'severity': must be one of error, warning, hint"),
        ("severity = {dangling-tas = 'hint'}", "'severity': unknown rule 'dangling-tas'; did"),
        ("severity = 'hint'", "must be a table from rule name to severity"),
        ("per-file-ignores = []", "must be a table from pattern to list of rule names"),
        ("known = []", "'known': must be a table"),
        (
            "known = {scheduler = []}",
            "unknown key 'scheduler'; did you mean 'schedulers'?",
        ),
        ("[[", "pyproject.toml: not valid TOML: "),
    ],
)
def test_a_mistake_is_named_with_its_place(line, message):
    with pytest.raises(ConfigError) as caught:
        from_toml(f"[tool.corolint]\n{line}\n", "pyproject.toml", rules=RULES)
    assert message in str(caught.value)


def test_a_key_of_another_tool_is_not_taken_for_ours():
    text = "[tool.other]\nselct = 1\n\n[tool.corolint]\nsrc = []\nselct = 1\n"
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:6: "):
        from_toml(text, "pyproject.toml")


def test_the_table_may_be_something_else():
    with pytest.raises(ConfigError, match="must be a table"):
        from_toml("[tool]\ncorolint = 3", "pyproject.toml")


def test_deep_nesting_is_an_error_not_a_crash():
    with pytest.raises(ConfigError):
        from_toml("[tool.corolint]\nselect = " + "[" * 100_000, "pyproject.toml")


def test_a_mapping_from_an_editor_has_no_line():
    with pytest.raises(ConfigError, match=r"^settings: unknown key 'x'"):
        from_mapping({"x": 1}, "settings")


def test_selection():
    default = Settings()
    assert default.applies("a")
    assert not default.applies("a", on_by_default=False)
    assert Settings(select=frozenset({"a"})).applies("a", on_by_default=False)
    assert not Settings(select=frozenset({"a"})).applies("b")
    assert Settings(select=frozenset({"ALL"})).applies("b", on_by_default=False)
    assert Settings(extend_select=frozenset({"b"})).applies("b", on_by_default=False)
    assert not Settings(select=frozenset({"a"}), ignore=frozenset({"a"})).applies("a")
    assert not Settings(extend_select=frozenset({"a"}), ignore=frozenset({"ALL"})).applies("a")


def test_severity_and_evidence():
    settings = Settings(severity=(("a", Severity.HINT),), min_evidence=Evidence.INFERRED)
    assert settings.severity_of("a", Severity.ERROR) is Severity.HINT
    assert settings.severity_of("b", Severity.ERROR) is Severity.ERROR
    assert settings.shows(None)
    assert settings.shows(Evidence.DECLARED)
    assert settings.shows(Evidence.INFERRED)
    assert not settings.shows(Evidence.CONSENSUS)


def test_per_file_ignores_count_from_the_folder_of_the_settings():
    settings = Settings(
        per_file_ignores=(
            ("tests/**", frozenset({"a"})),
            ("*.pyi", frozenset({"b"})),
            ("/top.py", frozenset({"c"})),
        ),
        folder="/project/app",
    )
    assert settings.ignored_in("/project/app/tests/deep/x.py") == {"a"}
    assert settings.ignored_in("/project/app/tests/x.pyi") == {"a", "b"}
    assert settings.ignored_in("/project/app/top.py") == {"c"}
    assert settings.ignored_in("/project/app/sub/top.py") == frozenset()
    assert settings.ignored_in("/project/other/x.py") == frozenset()


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.12", (3, 12)),
        ("3.9.1", (3, 9)),
        ("py310", (3, 10)),
        (" 3.14 ", (3, 14)),
        ("2.7", None),
        ("3", None),
        ("", None),
        ("3.x", None),
    ],
)
def test_versions(text, version):
    assert parse_version(text) == version


def test_settings_can_travel_to_another_process():
    settings = from_toml(EVERY_KEY, "/p/pyproject.toml", folder="/p")
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_the_schema_describes_every_key_and_rule():
    schema = json_schema(RULES)
    assert set(schema["properties"]) == {key.name for key in KEYS}
    assert set(schema["properties"]["known"]["properties"]) == {key.name for key in KNOWN_KEYS}
    assert schema["properties"]["ignore"]["items"]["enum"] == ["ALL", *sorted(RULES)]
    json.dumps(schema)
