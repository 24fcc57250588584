"""Files and directories that belong to a running process, and are swept when it is gone.

The owner holds a lock on what it made. The kernel drops the lock when the owner ends, however that ends; whoever
finds the name unlocked removes it. Pids say less: they come again, and containers do not share them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schedc.verifier.vm.errors import VmError

_RUN = "schedc-run-"


@contextmanager
def directory() -> Iterator[Path]:
    """A directory for one run, below $TMPDIR; gone afterwards. Those of killed runs go, too."""
    parent = Path(tempfile.gettempdir())
    sweep(parent, f"{_RUN}*")
    with explained(parent, "set TMPDIR to a directory with more room"):
        path, lock = _locked(lambda: Path(tempfile.mkdtemp(prefix=_RUN, dir=parent)))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


@contextmanager
def part(path: Path) -> Iterator[Path]:
    """An empty file beside `path`, to be filled and renamed to it; gone afterwards if it was not."""
    prefix = f".{path.name}.part-"
    sweep(path.parent, f"{prefix}*")
    made, lock = _locked(lambda: _empty_file(path.parent, prefix))
    try:
        yield made
    finally:
        made.unlink(missing_ok=True)
        os.close(lock)


def _empty_file(parent: Path, prefix: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=prefix, dir=parent)
    os.close(handle)
    return Path(name)


def _locked(make: Callable[[], Path]) -> tuple[Path, int]:
    """What `make` made, and the lock on it. A sweeper may have taken it before it was locked: then another one."""
    while True:
        path = make()
        with suppress(FileNotFoundError):
            lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path, lock
            os.close(lock)


def sweep(parent: Path, pattern: str) -> None:
    """Removes what fits the pattern, is this user's, and has no owner any more."""
    for path in parent.glob(pattern):
        with suppress(OSError):  # another sweeper was faster, it has an owner, or it is somebody else's
            if path.lstat().st_uid == os.geteuid():
                _remove_if_free(path)


def _remove_if_free(path: Path) -> None:
    lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    finally:
        os.close(lock)


@contextmanager
def explained(place: Path, way_out: str) -> Iterator[None]:
    """A full disk, a missing right: told as what they are."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise VmError(
            f"{error.filename or place} cannot be written: {error.strerror}",
            f"free some space, or {way_out}",
        ) from error
