"""Kernels with sched_ext: found in Debian's archive, fetched once, kept in the cache."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

from schedc.verifier.vm import cache
from schedc.verifier.vm.apt import NEWER, STABLE, Package, PrivateApt
from schedc.verifier.vm.errors import VmError

DEFAULT_KERNELS = ("6.16", "6.18", "7.3")
SERIES = ("6.16", "6.17", "6.18", "6.19", "7.0", "7.2", "7.3")
# Debian 13's builds of these series carry BTF in which kernel functions have a parameter too many, so that
# nothing loads. Debian 14's builds of the same series are right.
MALFORMED = {"7.1": "+deb13", "7.2": "+deb13"}
_IMAGE = re.compile(r"^linux-(?:image|binary)-(\d+\.\d+)\.(\d+)(\+\S*?)?-cloud-amd64$")


@dataclass(frozen=True)
class Kernel:
    """A kernel in the cache, ready to boot."""

    release: str
    package: str
    version: str
    suite: str
    directory: Path

    @property
    def vmlinuz(self) -> Path:
        """What QEMU boots."""
        return self.directory / "vmlinuz"

    @property
    def btf(self) -> Path:
        """The kernel's type information, once a boot has brought it back."""
        return self.directory / "vmlinux.btf"

    @property
    def malformed_btf(self) -> bool:
        """Nothing loads on such a kernel; users have them, so they can be asked for by exact release."""
        return any(
            self.release.startswith(f"{series}.") and mark in self.release
            for series, mark in MALFORMED.items()
        )


_VMLINUZ = re.compile(r"^\./(?:boot/vmlinuz-[^/]+|usr/lib/modules/[^/]+/vmlinuz)$")


def _release(name: str) -> str:
    return re.sub(r"^linux-(image|binary)-", "", name)


def _order(name: str) -> tuple[int, str]:
    match = _IMAGE.match(name)
    return (int(match[2]), match[3] or "") if match else (0, "")


def _fits(name: str, wanted: str) -> bool:
    """`wanted` is a series (7.3) or a release, with or without its flavour (7.2.12+deb13)."""
    match = _IMAGE.match(name)
    if not match:
        return False
    release = _release(name)
    if wanted == match[1]:
        return MALFORMED.get(wanted, "\0") not in release
    return wanted in (release, release.removesuffix("-cloud-amd64"), f"{match[1]}.{match[2]}")


def _candidates(apt: PrivateApt, wanted: str) -> list[Package]:
    """The packages that contain the kernel itself: linux-binary- where it exists, which is from 6.19 on."""
    names = [
        name for kind in ("binary", "image") for name in apt.names(f"linux-{kind}-{wanted.split('+')[0]}")
    ]
    names = sorted((name for name in names if _fits(name, wanted)), key=_order, reverse=True)
    best = [name for name in names if _release(name) == _release(names[0])]
    best.sort()  # "linux-binary" before "linux-image", which depends on it
    return apt.versions(best[0]) if best else []


def _find(apt: PrivateApt, wanted: str) -> Package:
    for suites in (STABLE, STABLE + NEWER):
        apt.use(suites)
        found = _candidates(apt, wanted)
        if found:
            return found[0]
    known = ", ".join(SERIES)
    raise VmError(
        f"the archive has no cloud kernel {wanted}", f"ask for one of {known}, or for an exact release"
    )


def _extract(deb: Path, directory: Path) -> None:
    """vmlinuz alone: a boot needs no module."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                data = archive.extractfile(member) if _VMLINUZ.match(member.name) else None
                if data:
                    cache.write_atomically(directory / "vmlinuz", data.read())
    if not (directory / "vmlinuz").is_file():
        raise VmError(f"{deb.name} contains no vmlinuz", "ask for another kernel")


def cached(home: Path | None = None) -> list[Kernel]:
    """The kernels that boot without the network, oldest first."""
    kernels = []
    for note in sorted(((home or cache.root()) / "kernels").glob("*/kernel.json")):
        if (note.parent / "vmlinuz").is_file():
            kernels.append(Kernel(directory=note.parent, **json.loads(note.read_text())))
    return sorted(kernels, key=lambda kernel: [int(part) for part in re.findall(r"\d+", kernel.release)[:3]])


def _in_cache(home: Path, wanted: str) -> Kernel | None:
    names = {f"linux-image-{kernel.release}": kernel for kernel in cached(home)}
    fitting = [kernel for name, kernel in names.items() if _fits(name, wanted)]
    return fitting[-1] if fitting else None


def kernel(wanted: str = "6.18", home: Path | None = None) -> Kernel:
    """The kernel of that series or release: from the cache, else fetched."""
    home = home or cache.root()
    found = _in_cache(home, wanted)
    if found:
        return found
    with cache.locked(home, "fetch"):
        return _in_cache(home, wanted) or _fetch(home, wanted)


def _fetch(home: Path, wanted: str) -> Kernel:
    apt = PrivateApt(home / "apt")
    package = _find(apt, wanted)
    deb = apt.download(package)
    release = _release(package.name)
    directory = home / "kernels" / release
    _extract(deb, directory)
    deb.unlink()  # the modules in it, which nobody needs, are most of its size
    result = Kernel(release, package.name, package.version, package.suite, directory)
    note = asdict(result)
    del note["directory"]
    cache.write_atomically(directory / "kernel.json", json.dumps(note, indent=1).encode())
    cache.say(f"kernel {release}: {cache.size_text(result.vmlinuz.stat().st_size)} in {directory}")
    return result
