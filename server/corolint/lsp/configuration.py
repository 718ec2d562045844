"""Settings that change while the server runs, and files that change behind the editor's back.

At the start the editor is asked for its settings (where it answers such questions), and told which
files to watch: sources, configuration files, and what marks an environment. The first analysis
waits for that answer, for a moment, so that nobody sees findings that their settings rule out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from lsprotocol import types as lsp

from corolint.lsp.convert import to_path
from corolint.lsp.options import SECTION, from_client
from corolint.lsp.session import Session, folder_path

WATCHED = (
    "**/*.{py,pyi}",
    "**/{pyproject,corolint}.toml",
    "**/.gitignore",
    "**/pyvenv.cfg",
    "**/site-packages/*",
)

_log = logging.getLogger(__name__)


def use_options(
    session: Session, raw: object, by_folder: Mapping[str, object] | None = None
) -> None:
    """Takes over what the client sent as settings; what is wrong with them goes to its log.

    `by_folder` is path -> settings, for folders of the workspace that have settings of their own.
    """
    options, problems = from_client(raw)
    folders = {}
    for folder, each in (by_folder or {}).items():
        folders[folder], further = from_client(each)
        problems += tuple(problem for problem in further if problem not in problems)
    session.options = options
    session.start(session.ask(lambda analysis: analysis.set_options(options, folders)))
    for problem in problems:
        session.tell(problem)
    session.touch()


async def begin(session: Session) -> None:
    """What follows ``initialized``: the client's settings, then the requests to be told changes."""
    try:
        await asyncio.wait_for(fetch_options(session), timeout=3)
    except asyncio.TimeoutError:
        _log.warning("the client did not answer workspace/configuration")
    finally:
        session.configured.set()
    await _register(session)


async def fetch_options(session: Session) -> None:
    """Asks the client for its settings, if it answers such questions."""
    if not session.client.configuration:
        return
    uris = list(session.workspace.folders) if len(session.workspace.folders) > 1 else []
    items = [lsp.ConfigurationItem(section=SECTION)]
    items += [lsp.ConfigurationItem(section=SECTION, scope_uri=uri) for uri in uris]
    question = lsp.ConfigurationParams(items)
    try:
        answers = await session.workspace_configuration_async(question)
    except Exception as error:  # Whatever is wrong with the answer, the defaults are right.
        _log.warning("workspace/configuration: %s", error)
        return
    if answers and any(answers):
        first, *others = map(session.plain, answers)
        by_folder = {folder_path(uri): own for uri, own in zip(uris, others, strict=False) if own}
        use_options(session, first, by_folder)


async def _register(session: Session) -> None:
    """Asks to be told of changed settings and files, where the client takes such wishes."""
    wishes: list[tuple[str, object]] = []
    if session.client.watches_configuration:
        section = lsp.DidChangeConfigurationRegistrationOptions(section=SECTION)
        wishes.append((lsp.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
    if session.client.watches_files:
        watchers = [lsp.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
        files = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        wishes.append((lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, files))
    if not wishes:
        return
    registrations = [
        lsp.Registration(f"corolint {method}", method, wish) for method, wish in wishes
    ]
    try:
        await session.client_register_capability_async(lsp.RegistrationParams(registrations))
    except Exception as error:
        _log.warning("client/registerCapability: %s", error)


async def options_changed(session: Session, params: lsp.DidChangeConfigurationParams) -> None:
    """``workspace/didChangeConfiguration``: some clients send settings, some wait to be asked."""
    if session.client.configuration:
        await fetch_options(session)
    elif params.settings is not None:
        use_options(session, session.plain(params.settings))
    await refresh(session)


async def files_changed(session: Session, params: lsp.DidChangeWatchedFilesParams) -> None:
    """``workspace/didChangeWatchedFiles``: what was read of these files is forgotten."""
    paths = [path for change in params.changes if (path := to_path(change.uri))]
    await session.ask(lambda analysis: analysis.files_changed(paths))
    session.touch()
    await refresh(session)


async def refresh(session: Session) -> None:
    """Asks the client to ask again for what it shows, where it takes such wishes."""
    if session.client.refreshes_inlay_hints and session.options.inlay_hints:
        await session.workspace_inlay_hint_refresh_async(None)
    await session.refresh_diagnostics()
