"""A run on a cluster says what a run on one machine says: a real scheduler and two real workers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import check
from corolint.arguments import parser
from corolint.cluster import check_far
from corolint.parcel import Packer, order_for
from corolint.rule_names import rule_names
from corolint.session import Session, open_session

LIBRARY = "async def fetch():\n    return 1\n"
USER = "import asyncio\n\nimport library\n\n\nasync def main():\n    library.fetch()\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """120 files that use a library of their environment, and one setting for half of them."""
    folder = tmp_path / "project"
    packages = folder / ".venv" / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (folder / ".venv" / "pyvenv.cfg").write_text("version = 3.12.1\nhome = /nowhere\n")
    (packages / "library.py").write_text(LIBRARY)
    (folder / "pyproject.toml").write_text("")
    (folder / "half").mkdir()
    (folder / "half" / "corolint.toml").write_text('[severity]\nunawaited-coroutine = "hint"\n')
    for number in range(60):
        (folder / f"m{number}.py").write_text(USER)
        (folder / "half" / f"n{number}.py").write_text(USER)
    return folder


def session_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return open_session(parser().parse_args(["check", "--no-cache", str(folder)]), rule_names())


def test_a_worker_names_what_it_lacks_until_it_has_it(project, monkeypatch):
    session = session_of(project, monkeypatch)
    order = order_for(session)
    packer = Packer(session)
    path = str(project / "m1.py")
    library = str(project / ".venv" / "lib" / "python3.12" / "site-packages" / "library.py")
    parts = [
        part._replace(files={each: data for each, data in part.files.items() if each != library})
        for part in packer.first(order.search)
    ]
    reply = check_far("first", order, parts, [path])
    assert (reply.done, reply.findings) == (0, [])
    assert library in reply.lacking
    assert packer.more(reply.lacking) == []  # It was packed once already; we lost it.
    parts += Packer(session).more(reply.lacking)
    reply = check_far("second", order, parts, [path])
    assert (reply.done, reply.lacking) == (1, frozenset())
    assert [plain[2] for plain in reply.findings] == ["unawaited-coroutine"]


def test_a_worker_with_other_tools_refuses(project, monkeypatch):
    order = order_for(session_of(project, monkeypatch))._replace(tools=("corolint 0.0.1",))
    reply = check_far("old", order, [], [])
    assert "but here is corolint 0.0.1" in reply.refusal


@pytest.fixture
def cluster(tmp_path: Path, project: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a scheduler with two workers, and the worker that can be told to die."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with contextlib.ExitStack() as stack:

        def start(*arguments: str, death: str = "never") -> subprocess.Popen[bytes]:
            variables = {"FORBIDDEN": str(project), "DEATH": str(tmp_path / death)}
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", *arguments],
                    cwd=tmp_path,
                    env={**os.environ, **variables},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            stack.callback(process.kill)
            return process

        host, _, port = address.partition(":")
        start("distributed.cli.dask_scheduler", "--host", host, "--port", port, "--no-dashboard")
        guard = str(Path(__file__).with_name("cluster_guard.py"))
        worker = ("distributed.cli.dask_worker", f"tcp://{address}", "--no-nanny", "--nthreads=1")
        worker = (*worker, "--no-dashboard", "--preload", guard)
        start(*worker)
        yield f"dask://{address}", start(*worker, death="now")


def test_a_cluster_finds_the_same_even_if_a_worker_dies(project, cluster, tmp_path):
    from distributed import Client

    address, mortal = cluster
    with Client(address.replace("dask:", "tcp:"), timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
    local = check("--no-cache", folder=project)
    assert len(local.findings()) == 120
    whole = check("--no-cache", "--executor", address, folder=project)
    assert (whole.status, whole.out) == (local.status, local.out), whole.err
    assert mortal.poll() is None
    (tmp_path / "now").touch()
    bereft = check("--no-cache", "--executor", address, folder=project)
    assert (bereft.status, bereft.out) == (local.status, local.out), bereft.err
    assert mortal.wait(timeout=60) == 9


def test_without_a_scheduler_there_is_one_line_of_advice(project):
    outcome = check("--executor", "dask://127.0.0.1:1", folder=project)
    assert outcome.status == 2
    assert outcome.err == (
        "corolint: error: --executor: no scheduler answers at dask://127.0.0.1:1\n"
    )


def test_without_dask_there_is_one_line_of_advice(project, tmp_path):
    (tmp_path / "distributed.py").write_text("raise ImportError")
    variables = {"PYTHONPATH": str(tmp_path)}
    outcome = check("--executor", "dask://127.0.0.1:1", folder=project, variables=variables)
    assert outcome.status == 2
    assert "pip install 'corolint[dask]'" in outcome.err
