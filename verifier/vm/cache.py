"""The directory that keeps what was fetched and built, and its lock."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schedc.verifier.vm import owned
from schedc.verifier.vm.errors import VmError

_HOUR_SECONDS = 3600


def say(text: str) -> None:
    """Progress goes to stderr: stdout is for results."""
    print(f"schedc: {text}", file=sys.stderr, flush=True)


def size_text(size: int) -> str:
    """Bytes for people."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


def root() -> Path:
    """$SCHEDC_CACHE, or schedc below the user's cache directory; made when absent."""
    chosen = os.environ.get("SCHEDC_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(chosen) if chosen else Path(base) / "schedc"
    path = path.absolute() / "vm"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VmError(
            f"the cache directory {path} cannot be made: {error.strerror}",
            "set SCHEDC_CACHE to a directory that you can write to",
        ) from error
    return path


@contextmanager
def locked(cache: Path, name: str) -> Iterator[None]:
    """One process at a time; another one waits, and says for what."""
    with (cache / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another schedc is at work in {cache}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_atomically(path: Path, data: bytes, executable: bool = False) -> None:
    """Whoever finds the file finds all of it, also after a kill, a full disk or a power cut in between."""
    with owned.explained(path.parent, "set SCHEDC_CACHE to a directory with more room"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with owned.part(path) as part:
            with part.open("wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            part.chmod(0o755 if executable else 0o644)
            part.replace(path)


def used(path: Path) -> None:
    """Says that it was needed just now, to `forget_unused`."""
    with suppress(OSError):
        os.utime(path)


def forget_unused(folder: Path, most: int) -> None:
    """Keeps the `most` entries of a folder that were used last, and all that were used within an hour."""
    entries = sorted(((_last_use(entry), entry) for entry in folder.iterdir()), reverse=True)
    for when, entry in entries[most:]:
        if when < time.time() - _HOUR_SECONDS:
            shutil.rmtree(entry, ignore_errors=True)


def _last_use(entry: Path) -> float:
    """Of one that is being made or removed, now."""
    with suppress(OSError):
        return entry.stat().st_mtime
    return time.time()
