"""The loader: a program of its own (loader.c with parts of the guest's), built once and kept in the cache."""

from __future__ import annotations

import os
import stat
from importlib import resources
from pathlib import Path

from schedc.load.errors import LoadError
from schedc.verifier.vm import cache, guest_build

_PARTS = (
    "job", "layers", "ops", "out", "report", "scheduler", "scx", "shared_btf", "topo", "topo_vars", "trace", "util",
    "vars", "watch",
)  # fmt: skip
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def command(home: Path | None = None) -> list[str]:
    """How it is run, with libraries of its own; built where it is not in the cache. `LoadError` where somebody else
    could have put another one there."""
    home = home or cache.root()
    made, libraries = _built(home), guest_build.sysroot(home) / guest_build.LIBDIR
    for path in (made, *(libraries / name for name in (guest_build.LOADER, *guest_build.LIBRARIES))):
        _check_ours(path.resolve())
    return [str(libraries / guest_build.LOADER), "--library-path", str(libraries), str(made)]


def place(home: Path) -> Path:
    """Where the program of these sources is, or will be."""
    return home / "loader" / guest_build.digest(_sources()) / "loader"


def _sources() -> list[tuple[str, bytes]]:
    """Ours, the guest's parts, and all of the guest's headers."""
    wanted = {f"{name}.c" for name in _PARTS}
    files = [(name, data) for name, data in guest_build.sources() if name.endswith(".h") or name in wanted]
    return [*files, ("loader.c", (resources.files("schedc.load") / "loader.c").read_bytes())]


def _built(home: Path) -> Path:
    result = place(home)
    if result.is_file():
        return result
    root = guest_build.sysroot(home)
    with cache.locked(home, "loader"):
        if not result.is_file():
            cache.say("building the loader")
            cache.write_atomically(result, guest_build.linked(home, root, _sources(), result.parent / "build"))
            result.chmod(0o755)
    return result


def _check_ours(path: Path) -> None:
    """Nobody but this user and root can write the file or a folder above it."""
    for each in (path, *path.parents):
        about = each.stat()
        shared = about.st_mode & _OTHERS and not about.st_mode & stat.S_ISVTX
        if about.st_uid not in (0, os.geteuid()) or shared:
            raise LoadError(
                f"{each} can be written by others, and what is in it would run as root",
                "set SCHEDC_CACHE to a folder that belongs to root, such as /var/cache/schedc",
            )
