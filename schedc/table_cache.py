"""A small file cache for what is made from files of the package: the parser's tables, the templates' code.

A file is only believed if it is this user's, nobody else may write it, and it is whole; one with code only
if nobody else could have put it there, either. Whatever goes wrong means that there is no cache, never that
something cannot be done. What is damaged and what is old is told apart as Python does it for its own byte code.
"""

from __future__ import annotations

import contextlib
import os
import stat
from importlib.util import source_hash

_DIGEST = len(source_hash(b""))
_MAX_BYTES = 8 * 1024 * 1024
# Of each kind, for as many versions and checkouts beside each other; older ones would be made again.
_MOST_KEPT = 8


def key(*parts: str) -> str:
    """A name for what is made from these parts."""
    return source_hash("\0".join(parts).encode()).hex()


def stamp(path: str | None) -> str:
    """Which version of a file is there, without reading it."""
    try:
        status = os.stat(path or "")
    except OSError:
        return ""
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def read(name: str, *, code: bool = False) -> bytes | None:
    """What was stored under `name`, if it can be trusted; with `code` as much as a program that is run."""
    try:
        folder = _folder()
        if code and not _nobody_elses(folder):
            return None
        handle = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(handle, "rb") as file:
            if not _ours(os.fstat(file.fileno())):
                return None
            stored = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError):
        return None
    digest, payload = stored[:_DIGEST], stored[_DIGEST:]
    return payload if source_hash(payload) == digest else None


def write(name: str, payload: bytes) -> None:
    """Store `payload` under `name`, whole or not at all."""
    with contextlib.suppress(OSError, ValueError):
        folder = _folder()
        os.makedirs(folder, mode=0o700, exist_ok=True)
        # Root with another user's home (sudo) leaves nothing behind that this user could not replace.
        if os.stat(folder).st_uid != os.geteuid():
            return
        _replace(os.path.join(folder, name), source_hash(payload) + payload)
        _forget_old(folder, name.partition("-")[0])


def _replace(path: str, content: bytes) -> None:
    temporary = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _forget_old(folder: str, kind: str) -> None:
    """Files of the kind, `kind-KEY`, but those that were written last."""
    with os.scandir(folder) as entries:
        mine = [entry for entry in entries if entry.name.startswith(f"{kind}-")]
    mine.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
    for entry in mine[:-_MOST_KEPT]:
        os.unlink(entry.path)


def _folder() -> str:
    """Where the files are, by a path without links."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        raise ValueError("there is no home")
    return os.path.realpath(os.path.join(base, "schedc"))


def _ours(status: os.stat_result) -> bool:
    writable_by_others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not writable_by_others


def _nobody_elses(folder: str) -> bool:
    """True if only this user and root can change what is in the folder, or put another one in its place."""
    status = os.lstat(folder)
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return False
    while (parent := os.path.dirname(folder)) != folder:
        folder = parent
        status = os.lstat(folder)
        if status.st_uid not in (0, os.geteuid()) or not stat.S_ISDIR(status.st_mode):
            return False
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX:
            return False
    return True
