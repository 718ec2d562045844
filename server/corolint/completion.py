"""Completion scripts for shells, made by `shtab` from the parser that reads the command line.

So they cannot know another command line than the real one. What the parser leaves to others is
added here: that a value is a path, and the names of the rules.
"""

from __future__ import annotations

import argparse

import shtab

from corolint.rule_names import rule_names

_FILES = frozenset({"PATH", "FILE", "FILE|KEY=VALUE"})


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The script that completes the command of `parser` in the `shell`; it changes `parser`."""
    for action in _actions(parser):
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.metavar == "RULE":
            action.choices = rule_names()
    return shtab.complete(parser, shell)


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """All options and arguments, those of subcommands included."""
    found: list[argparse.Action] = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            found += (each for inner in action.choices.values() for each in _actions(inner))
    return found
