"""The command ``corolint``: hands each subcommand its arguments and turns failure into one line.

    corolint check [PATH …]     findings on stdout, their number on stderr
    corolint explain RULE       what a rule means, as Markdown
    corolint server             the language server, on stdin and stdout
    corolint completion SHELL   a script that completes all this in a shell

Exit status 0, 1 and 2 as ``corolint check --help`` tells; 130 when interrupted from the keyboard.
The language server, and everything that only it needs, is imported only for it.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import NoReturn

from corolint.exit_status import CLEAN, FAILED, FOUND, INTERRUPTED, UsageError


def run() -> NoReturn:
    """The command as it is started from a shell: `main`, and out at once.

    Python would take apart everything that is known of a large project, value by value, before it
    ends; that costs a fifth of the run, and the system takes the memory back anyway.
    """
    status = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status)  # Python knows how to leave with a stream that is closed.
    os._exit(status)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status. Raises `SystemExit` only for ``--help`` etc."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["server"]:
        from corolint.lsp.server import main as serve

        return serve(words[1:])

    from corolint.arguments import parser

    options = parser().parse_args(words)
    _prepare_streams()
    return _guarded(lambda: _COMMANDS[options.command](options), options)


def _guarded(command: Callable[[], int], options: Namespace) -> int:
    """Runs `command` and turns what it raises into one line and an exit status."""
    from corolint.config import ConfigError
    from corolint.environment import EnvironmentMissing

    try:
        status = command()
        sys.stdout.flush()
        return status
    except (UsageError, ConfigError, EnvironmentMissing) as error:
        return _fail(str(error))
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough. Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if getattr(options, "verbose", False):
            raise
        kind = type(error).__name__
        return _fail(f"internal error: {kind}: {error}; run it again with -v and report the output")


def _fail(message: str) -> int:
    sys.stdout.flush()
    print(f"corolint: error: {message}", file=sys.stderr)
    return FAILED


def _prepare_streams() -> None:
    """A name or a line that the terminal cannot show must not end the run."""
    for stream in (sys.stdout, sys.stderr):
        encoding = None if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="backslashreplace")  # type: ignore[union-attr]


def _check(options: Namespace) -> int:
    from corolint.check_command import run

    if not options.watch:
        return run(options)
    from corolint.watching import watch

    # A configuration that is broken for the moment does not end the watching.
    return watch(options, lambda: _guarded(lambda: run(options), options))


def _explain(options: Namespace) -> int:
    from corolint.check import explain
    from corolint.config import nearest
    from corolint.rule_names import rule_names
    from corolint.rules import RULES

    chosen = [rule.name for rule in RULES] if options.all else [options.rule]
    pages = [(name, explain(name)) for name in chosen]
    for name, page in pages:
        if page is None:
            raise UsageError(f"there is no rule '{name}'{nearest(name, rule_names())}")
    text = "\n\n".join(f"# {name}\n\n{page.strip()}" for name, page in pages if page)
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        print(text)
    return CLEAN


def _completion(options: Namespace) -> int:
    from corolint.arguments import parser
    from corolint.completion import script

    print(script(parser(), options.shell))
    return CLEAN


_COMMANDS = {"check": _check, "explain": _explain, "completion": _completion}
