"""A small file cache for the parser's tables.

A file is only believed if it is this user's, nobody else may write it, and it is whole; whatever goes wrong
means that there is no cache, never that there is no parser.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

_DIGEST = hashlib.sha256().digest_size
_MAX_BYTES = 8 * 1024 * 1024


def read(key: str) -> bytes | None:
    """What was stored under `key`, if it can be trusted."""
    try:
        with open(os.open(_path(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            if not _ours(os.fstat(file.fileno())):
                return None
            stored = file.read(_MAX_BYTES + 1)
    except (OSError, RuntimeError):
        return None
    digest, payload = stored[:_DIGEST], stored[_DIGEST:]
    return payload if hashlib.sha256(payload).digest() == digest else None


def write(key: str, payload: bytes) -> None:
    """Store `payload` under `key`, whole or not at all."""
    with contextlib.suppress(OSError, RuntimeError):
        path = _path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Root with another user's home (sudo) leaves nothing behind that this user could not replace.
        if path.parent.stat().st_uid != os.geteuid():
            return
        _replace(path, hashlib.sha256(payload).digest() + payload)


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _path(key: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return root / "schedc" / f"grammar-{key}.tables"


def _ours(status: os.stat_result) -> bool:
    writable_by_others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not writable_by_others
