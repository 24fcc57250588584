"""Debian packages unpacked into a directory of the cache: libraries, tools, sources."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from schedc.verifier.vm import cache
from schedc.verifier.vm.apt import STABLE, Package, PrivateApt, unpack
from schedc.verifier.vm.errors import VmError

# Libraries are taken from the release itself, so that they fit each other.
BASE = STABLE[0]


def find(apt: PrivateApt, name: str, suite: str = "") -> Package:
    """The newest version of a package, in that suite or in any."""
    apt.use(STABLE)
    for package in apt.versions(name):
        if suite in ("", package.suite):
            return package
    raise VmError(f"the archive has no package {name}", "run `schedc setup vm` again")


def unpacked(home: Path, place: str, names: Iterable[str], suite: str = BASE) -> Path:
    """All files of these packages below `home/place`, fetched once."""
    target = home / place
    done = target / "complete"
    if done.is_file():
        return target
    with cache.locked(home, "fetch"):
        if not done.is_file():
            apt = PrivateApt(home / "apt")
            for name in names:
                deb = apt.download(find(apt, name, suite))
                unpack(deb, target)
                deb.unlink()
            done.touch()
    return target
