"""Asks git what was recorded, and compares it with the files by itself.

    recorded = recorded_files(folder, "main")
    recorded.get(os.path.join(folder, "b.py"))  # "9daeafb9864cf43055ae93beb0afd6c7d144bfa4"

A repository may name programs in its configuration, which git starts on many occasions: monitors
of the file system, filters, external diffs, fetching. Comparing files is one of them, so git is
only asked for the names and digests of a commit; nobody's program runs for that.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess

from corolint.exit_status import UsageError

# An object that is missing might be fetched, by a program that the repository names.
_NO_FETCHING = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""}
_PATIENCE = 60  # seconds


def recorded_files(folder: str, reference: str) -> dict[str, str]:
    """Absolute path and digest of each regular file of a commit, in git's words a blob's name.

    The commit is the one where HEAD and `reference` parted, so that what has happened on
    `reference` since does not count. Raises `UsageError` if `folder` is in no repository, there is
    no git or no such reference.
    """
    if reference.startswith("-"):
        raise UsageError(f"--changed: git knows no '{reference}'")
    top = os.path.realpath(_ask(folder, "rev-parse", "--show-toplevel").rstrip("\r\n"))
    commit = _ask(folder, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}").strip()
    base = _ask(folder, "merge-base", commit, "HEAD", missing=commit).strip()
    recorded: dict[str, str] = {}
    for entry in _ask(folder, "ls-tree", "-r", "-z", "--full-tree", base).split("\0"):
        about, _, name = entry.partition("\t")
        mode, _, kind_and_digest = about.partition(" ")
        if name and mode.startswith("100"):
            path = os.path.join(top, os.path.normpath(name))
            recorded[path] = kind_and_digest.rpartition(" ")[2]
    return recorded


def is_recorded(data: bytes, digest: str) -> bool:
    """Whether a file with this content is the blob of that name, but for its line ends."""
    return digest in (_blob_name(data, digest), _blob_name(data.replace(b"\r\n", b"\n"), digest))


def _blob_name(data: bytes, like: str) -> str:
    """Git names a blob by its content: with SHA-1, or in newer repositories with SHA-256."""
    content = b"blob %d\0%b" % (len(data), data)
    if len(like) == 64:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _ask(folder: str, *arguments: str, missing: str | None = None) -> str:
    """What git says; `missing` where it ends with a failure, if that is no mistake of the user."""
    git = _program()
    try:
        asked = subprocess.run(
            [git, *arguments],
            cwd=folder,
            env={**os.environ, **_NO_FETCHING},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(f"--changed: git cannot be run: {error}") from error
    if asked.returncode == 0:
        return os.fsdecode(asked.stdout)
    if missing is not None:
        return missing
    said = os.fsdecode(asked.stderr).strip().partition("\n")[0]
    what = said or f"git knows no '{arguments[-1].partition('^')[0]}'"
    raise UsageError(f"--changed: {what}")


def _program() -> str:
    """The path of git; never one in the current folder, where Windows would look first."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if os.path.isabs(folder):
            found = shutil.which(os.path.join(folder, "git"))
            if found is not None:
                return found
    raise UsageError("--changed: git is not installed")
