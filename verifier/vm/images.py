"""Kernels with sched_ext: found in Debian's archive, fetched once, kept in the cache."""

from __future__ import annotations

import json
import re
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import PIPE

from schedc.verifier.vm import cache, kernel_image, processes
from schedc.verifier.vm.apt import NEWER, STABLE, Package, PrivateApt
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.mirror import OVERRIDE, debian_mirror

SERIES = ("6.16", "6.17", "6.18", "6.19", "7.0", "7.2", "7.3")
# Debian 13's builds of these series carry BTF on which nothing loads, which is seen only after they were fetched
# and booted. A series stands for another build, then. What a build is good for is read from its BTF, not from here.
AVOIDED = {"7.1": "+deb13", "7.2": "+deb13"}
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
    def problem(self) -> str | None:
        """Why nothing loads on it, by its BTF; empty: nothing speaks against it; None: not looked at yet."""
        try:
            return str(json.loads((self.directory / _PROBLEM).read_text())[_CHECK])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note_problem(self, text: str) -> None:
        """Keeps what its BTF says."""
        cache.write_atomically(self.directory / _PROBLEM, json.dumps({_CHECK: text}).encode())

    @property
    def size(self) -> int:
        """Bytes that it takes in the cache."""
        return sum(path.stat().st_size for path in self.directory.iterdir())


_PROBLEM = "btf-problem.json"
_CHECK = "1"  # to be counted up when `btf.problem` looks for more
_VMLINUZ = re.compile(r"^\./(?:boot/vmlinuz-[^/]+|usr/lib/modules/[^/]+/vmlinuz)$")


def _release(name: str) -> str:
    return re.sub(r"^linux-(image|binary)-", "", name)


def _order(name: str) -> tuple[int, str]:
    match = _IMAGE.match(name)
    return (int(match[2]), match[3] or "") if match else (0, "")


def is_series(wanted: str) -> bool:
    """Any build of it will do."""
    return re.fullmatch(r"\d+\.\d+", wanted) is not None


def _fits(name: str, wanted: str) -> bool:
    """`wanted` is a series (7.3) or a release, with or without its flavour (7.2.12+deb13)."""
    match = _IMAGE.match(name)
    if not match:
        return False
    release = _release(name)
    if wanted == match[1]:
        return AVOIDED.get(wanted, "\0") not in release
    return wanted in (release, release.removesuffix("-cloud-amd64"), f"{match[1]}.{match[2]}")


def _candidates(apt: PrivateApt, wanted: str, unfit: set[str]) -> list[Package]:
    """The packages that contain the kernel itself: linux-binary- where it exists, which is from 6.19 on."""
    names = [
        name for kind in ("binary", "image") for name in apt.names(f"linux-{kind}-{wanted.split('+')[0]}")
    ]
    names = [name for name in names if _fits(name, wanted) and _release(name) not in unfit]
    names.sort(key=_order, reverse=True)
    best = [name for name in names if _release(name) == _release(names[0])]
    best.sort()  # "linux-binary" before "linux-image", which depends on it
    return apt.versions(best[0]) if best else []


def _find(apt: PrivateApt, wanted: str, unfit: set[str]) -> Package:
    for suites in (STABLE, STABLE + NEWER):
        apt.use(suites)
        found = _candidates(apt, wanted, unfit)
        if found:
            return found[0]
    there = {match[1] for name in apt.names("linux-image-") if (match := _IMAGE.match(name))}
    listed = ", ".join(sorted(there, key=_numbers)) or "none"
    raise VmError(
        f"{debian_mirror()} has no kernel {wanted}; of those with sched_ext it has {listed}",
        f"ask for one of these, set {OVERRIDE} to a mirror that keeps old packages, or give a kernel of your own "
        "with --kernel-image PATH",
    )


def _extract(deb: Path, directory: Path) -> None:
    """vmlinuz alone: a boot needs no module."""
    process = processes.start(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=PIPE)
    try:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            data = next((archive.extractfile(member) for member in archive if _VMLINUZ.match(member.name)), None)
            image = data.read() if data else b""
    except (tarfile.TarError, OSError) as error:
        raise VmError(f"{deb} cannot be unpacked: {error}", "remove it and run the command again") from error
    finally:
        processes.stop(process)
    processes.check()
    kernel_image.release(image, f"the vmlinuz of {deb.name}")
    cache.write_atomically(directory / "vmlinuz", image)


def cached(home: Path | None = None) -> list[Kernel]:
    """The kernels that boot without the network, oldest first."""
    kernels = []
    for note in sorted(((home or cache.root()) / "kernels").glob("*/kernel.json")):
        if (note.parent / "vmlinuz").is_file():
            kernels.append(Kernel(directory=note.parent, **json.loads(note.read_text())))
    return sorted(kernels, key=lambda kernel: _numbers(kernel.release))


def _numbers(release: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", release)[:3]]


def _in_cache(home: Path, wanted: str) -> Kernel | None:
    """The newest that fits. A series does not stand for a build on which nothing loads, a release does."""
    fitting = [
        kernel
        for kernel in cached(home)
        if _fits(f"linux-image-{kernel.release}", wanted) and not (is_series(wanted) and kernel.problem)
    ]
    return fitting[-1] if fitting else None


def kernel(wanted: str = "6.18", home: Path | None = None) -> Kernel:
    """The kernel of that series or release, from the cache, else fetched; or the image at that path."""
    home = home or cache.root()
    if "/" in wanted:
        return _own(home, Path(wanted))
    found = _in_cache(home, wanted)
    if found:
        return found
    with cache.locked(home, "fetch"):
        return _in_cache(home, wanted) or _fetch(home, wanted)


def _own(home: Path, path: Path) -> Kernel:
    release, data = kernel_image.read(path)
    directory = kernel_image.place(home, release, data)
    if not (directory / "vmlinuz").is_file():
        cache.write_atomically(directory / "vmlinuz", data)
    return Kernel(release, str(path), "", "", directory)


def _fetch(home: Path, wanted: str) -> Kernel:
    apt = PrivateApt(home / "apt")
    unfit = {kernel.release for kernel in cached(home) if kernel.problem} if is_series(wanted) else set()
    package = _find(apt, wanted, unfit)
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
