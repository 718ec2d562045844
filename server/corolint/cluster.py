"""Many machines: the same check on the workers of a `dask.distributed` cluster.

The workers need corolint, and nothing of the project: its files travel (see `parcel`). A worker
takes a few dozen neighbouring files at a time. If it dies, the scheduler gives its work to another;
what nobody there can finish is done here. So a cluster costs at worst time, and says what a run on
one machine says.

Whoever reaches the scheduler can run anything on the workers: this is how `dask` works, and why a
cluster belongs into a network of one's own.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from corolint.checking import Checked, Failure, check_files
from corolint.exit_status import UsageError
from corolint.finding import Finding
from corolint.parcel import Contents, Order, Packer, ParcelReader, order_for, tools
from corolint.plain_finding import Plain, from_plain, to_plain
from corolint.progress import Advance, no_progress
from corolint.session import Session

if TYPE_CHECKING:
    from corolint.project import Project

SCHEME = "dask://"
_CHUNK = 32
_ANSWER = 5  # seconds that a scheduler may take to answer
_PATIENCE = 30  # seconds without any worker, after which we do the work ourselves

Chunk = Sequence[str]


class Reply(NamedTuple):
    """What a worker found in the first `done` of its files, and which paths it lacked for more.

    `refusal` says why it cannot work for us at all.
    """

    findings: list[Plain]
    failures: tuple[Failure, ...]
    done: int
    lacking: frozenset[str] = frozenset()
    refusal: str = ""


# --- here ----------------------------------------------------------------------------------------


def check_on_cluster(
    files: Sequence[str],
    session: Session,
    project: Project,
    address: str,
    advance: Advance = no_progress,
) -> Checked:
    """As `check_files`, on the cluster whose scheduler is at `address` (``dask://host:port``).

    Raises `UsageError` if there is no cluster, or one that cannot do this.
    """
    with _connected(address) as client:
        run = f"corolint-{uuid.uuid4()}"
        order = client.submit(_kept, order_for(session), key=run)
        packer = Packer(session)
        parts: list[Any] = []

        def send(contents: list[Contents]) -> None:
            for part in contents:
                parts.append(client.submit(_kept, part, key=f"{run}-{len(parts)}"))

        send(packer.first(project.search))
        waiting: list[Chunk] = [files[at : at + _CHUNK] for at in range(0, len(files), _CHUNK)]
        found: list[Finding] = []
        failures: list[Failure] = []
        undone: list[str] = []
        scouting = True  # What a few chunks lack, the others lack too.
        while waiting:
            some = 2 * max(1, len(client.scheduler_info()["workers"])) if scouting else len(waiting)
            now, waiting = waiting[:some], waiting[some:]
            name = f"{run}-{len(parts)}"
            futures = [
                client.submit(check_far, name, order, list(parts), chunk, pure=False)
                for chunk in now
            ]
            lacking: set[str] = set()
            left: list[Chunk] = []
            for chunk, reply in zip(now, _replies(client, futures), strict=True):
                if reply is None:
                    undone += chunk
                    continue
                if reply.refusal:
                    raise UsageError(f"--executor: {reply.refusal}")
                advance(reply.done)
                found += map(from_plain, reply.findings)
                failures += reply.failures
                lacking |= reply.lacking
                if reply.done < len(chunk):
                    left.append(chunk[reply.done :])
            more = packer.more(lacking)
            if left and not more:  # It lacks what it was sent: nothing would ever change.
                undone += [path for chunk in left for path in chunk]
                left = []
            send(more)
            waiting = left + waiting
            scouting = bool(left)
    rest = check_files(undone, session, project, {}, advance)
    in_order = sorted((*found, *rest.findings), key=Finding.order)
    return Checked(tuple(in_order), (*failures, *rest.failures))


def _connected(address: str) -> Any:
    """A client of the scheduler, with at least one worker there. Raises `UsageError`."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--executor: dask.distributed is not installed; pip install 'corolint[dask]'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(  # type: ignore[no-untyped-call]
            "tcp://" + address.removeprefix(SCHEME), timeout=_ANSWER
        )
    except (OSError, ValueError):
        raise UsageError(f"--executor: no scheduler answers at {address}") from None
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except (OSError, TimeoutError):
        client.close()  # type: ignore[no-untyped-call]
        raise UsageError(f"--executor: the scheduler at {address} has no workers") from None
    return client


def _replies(client: Any, futures: list[Any]) -> Iterator[Reply | None]:
    """One for each of `futures`, in their order; `None` where nobody is left to give it."""
    for future in futures:
        yield _reply(client, future)


def _reply(client: Any, future: Any) -> Reply | None:
    from concurrent.futures import CancelledError, TimeoutError

    from distributed import KilledWorker

    while True:
        try:
            reply: Reply = future.result(timeout=_PATIENCE)
            return reply
        except TimeoutError:
            if not client.scheduler_info()["workers"]:
                return None
        except (KilledWorker, CancelledError, OSError):
            return None
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise UsageError(
                f"--executor: a worker cannot check: {what}; has it corolint installed?"
            ) from None


# --- there ---------------------------------------------------------------------------------------

# A process checks one chunk after another with what it found out for the last one.
_latest: dict[str, tuple[Session, Project, ParcelReader]] = {}
_one_at_a_time = threading.Lock()


def check_far(name: str, order: Order, parts: list[Contents], files: Chunk) -> Reply:
    """Runs on a worker. `name` stands for `order` with exactly these `parts`."""
    if order.tools != tools():
        theirs, ours = ", ".join(order.tools), ", ".join(tools())
        return Reply([], (), 0, refusal=f"a worker has {ours}, but here is {theirs}")
    with _one_at_a_time:
        if name not in _latest:
            _latest.clear()
            _latest[name] = _opened(order, parts)
        session, project, reader = _latest[name]
        found: list[Plain] = []
        failures: tuple[Failure, ...] = ()
        for done, path in enumerate(files):
            checked = check_files([path], session, project, {})
            if reader.lacking:
                # What was concluded from an absence may be wrong, whatever it is about.
                _latest.clear()
                return Reply(found, failures, done, frozenset(reader.lacking))
            found += map(to_plain, checked.findings)
            failures += checked.failures
        return Reply(found, failures, len(files))


def _opened(order: Order, parts: list[Contents]) -> tuple[Session, Project, ParcelReader]:
    from dataclasses import replace

    reader = ParcelReader(parts)
    session = replace(order.session, reader=reader)
    return session, session.project(order.search), reader


def _kept(value: Any) -> Any:
    """A value that the scheduler can give to every worker, also to one that comes later."""
    return value
