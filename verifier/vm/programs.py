"""Programs of the distribution for the guest: fetched as packages, and packed with the libraries that they need.

They stand behind the guest's own archive, with the files and libraries of the packages and nothing else: no shell.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schedc.verifier.vm import cache, cpio, guest_build, packages, processes
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.needed import needed

COMMAND = "schedc setup vm --programs"


@dataclass(frozen=True)
class Program:
    """`packages` are its own and those of its libraries; of `files`, which are files and folders below the root, the
    first one is the program."""

    packages: tuple[str, ...]
    files: tuple[str, ...]


_TCC = (
    "usr/bin/tcc",
    f"{guest_build.LIBDIR}/tcc",
    "usr/include",
    *(f"{guest_build.LIBDIR}/{name}" for name in ("crt1.o", "crti.o", "crtn.o", "libc.so", "libc_nonshared.a")),
)
PROGRAMS = {
    "hackbench": Program(("rt-tests",), ("usr/bin/hackbench",)),
    "make": Program(("make", "tcc", "libc6-dev"), ("usr/bin/make", *_TCC)),
    "stress-ng": Program(
        (
            *("stress-ng", "libacl1", "libapparmor1", "libbsd0", "libcrypt1", "libegl1", "libgbm1", "libgcc-s1"),
            *("libdrm2", "libexpat1", "libffi8", "libgles2", "libglvnd0", "libgmp10", "libipsec-mb2"),
            *("libjpeg62-turbo", "libjudydebian1", "libkmod2", "libmd0", "libmpfr6", "libsctp1", "libssl3t64"),
            *("libstdc++6", "libwayland-server0", "libxxhash0"),
        ),
        ("usr/bin/stress-ng",),
    ),
}


def path(name: str) -> str:
    """Where the guest has it."""
    return f"/{PROGRAMS[name].files[0]}"


def fetch(name: str, home: Path | None = None) -> Path:
    """The folder with its packages, from the cache, else fetched."""
    wanted = PROGRAMS[name].packages
    listed = hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:8]
    try:
        return packages.unpacked(home or cache.root(), f"programs/{packages.BASE}/{name}-{listed}", wanted)
    except processes.Interrupted:
        raise
    except VmError as error:
        raise VmError(
            f"the program {name} is not in the cache and cannot be fetched: {error.message}",
            f"run `{COMMAND}` where the archive can be reached",
        ) from error


def archive(names: Iterable[str], home: Path | None = None) -> bytes:
    """An archive with these programs, to stand behind the guest's own; empty without any."""
    wanted = sorted(set(names))
    if not wanted:
        return b""
    home = home or cache.root()
    files: dict[str, Path] = {}
    roots = {name: fetch(name, home) for name in wanted}
    libraries = guest_build.sysroot(home)
    for name, root in roots.items():
        own = _files(root, PROGRAMS[name].files)
        files |= own | _libraries(own, (root, libraries))
    files |= _files(libraries, [f"{guest_build.LIBDIR}/{guest_build.LOADER}"])  # where a compiler looks for it
    # The linker script of libc names files below /lib.
    link = cpio.Entry("lib", stat.S_IFLNK | 0o777, b"usr/lib")
    return cpio.archive([*map(cpio.directory, _folders(files)), link, *_entries(files)])


def _files(root: Path, wanted: Sequence[str]) -> dict[str, Path]:
    """Every file that was named or is in a folder that was named."""
    found: dict[str, Path] = {}
    for name in wanted:
        place = root / name
        parts = sorted(each for each in place.rglob("*") if each.is_file()) if place.is_dir() else [place]
        found |= {str(part.relative_to(root)): part for part in parts}
    return found


def _libraries(files: dict[str, Path], roots: tuple[Path, ...]) -> dict[str, Path]:
    """What these programs need, and what that needs; without what the guest has."""
    there = {*guest_build.LIBRARIES, guest_build.LOADER}
    found: dict[str, Path] = {}
    waiting = [place for name, place in files.items() if name.startswith("usr/bin/")]
    while waiting:
        place = waiting.pop()
        for library in needed(place.read_bytes(), place.name):
            name = f"{guest_build.LIBDIR}/{library}"
            if library in there or name in found:
                continue
            found[name] = _library(name, roots, place.name)
            waiting.append(found[name])
    return found


def _library(name: str, roots: tuple[Path, ...], user: str) -> Path:
    for root in roots:
        if (root / name).is_file():
            return root / name
    raise VmError(f"{user} needs {Path(name).name}, which none of its packages has", "report this")


def _folders(files: Iterable[str]) -> list[str]:
    """The folders of the files, parents first."""
    return sorted({str(parent) for name in files for parent in Path(name).parents} - {"."})


def _entries(files: dict[str, Path]) -> list[cpio.Entry]:
    return [
        cpio.file(name, place.read_bytes(), executable=name.startswith("usr/bin/"))
        for name, place in sorted(files.items())
    ]
