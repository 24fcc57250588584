"""What the kernel's C schedulers are built from: their source, from Debian, and the types of the booted kernel."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from schedc.verifier.vm import cache, guest_build, packages
from schedc.verifier.vm.apt import PrivateApt
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.run import kernel_btf

WANTED = re.compile(r"[^/]+/(?:tools/sched_ext/.*|include/uapi/asm-generic/errno(?:-base)?\.h)$")
LIBRARIES = ("libcap2", "libssl3t64")
BACKPORTS = "trixie-backports"


def _members(deb: Path) -> Iterator[tuple[str, bytes]]:
    """The wanted files of the kernel's source; the archive is a tar in a tar, and is not kept."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with tarfile.open(fileobj=process.stdout, mode="r|") as outer:
            source = next(member for member in outer if member.name.endswith(".tar.xz"))
            with tarfile.open(fileobj=outer.extractfile(source), mode="r|xz") as inner:
                for member in inner:
                    data = inner.extractfile(member) if WANTED.match(member.name) else None
                    if data:
                        yield member.name.split("/", 1)[1], data.read()
        process.stdout.read()


def source(home: Path, series: str) -> Path:
    """tools/sched_ext of that kernel series, in the cache."""
    target = home / "source" / series
    done = target / "complete"
    if done.is_file():
        return target
    with cache.locked(home, "fetch"):
        if not done.is_file():
            apt = PrivateApt(home / "apt")
            deb = apt.download(packages.find(apt, f"linux-source-{series}"))
            cache.say("unpacking tools/sched_ext of the kernel's source")
            for name, data in _members(deb):
                cache.write_atomically(target / name, data)
            deb.unlink()
            done.touch()
    return target


def vmlinux_h(home: Path, series: str) -> str:
    """The kernel's types as C, from the BTF of the very kernel that is booted."""
    kernel_btf(series, home)
    btf = next(iter(sorted((home / "kernels").glob(f"{series}.*/vmlinux.btf"))))
    tools = packages.unpacked(home, "tools", LIBRARIES)
    bpftool = packages.unpacked(home, "bpftool", ("bpftool",), BACKPORTS) / "usr/sbin/bpftool"
    libraries = guest_build.sysroot(home) / guest_build.LIBDIR
    path = f"{libraries}:{tools / guest_build.LIBDIR}"
    command = [str(libraries / guest_build.LOADER), "--library-path", path, str(bpftool)]
    command += ["btf", "dump", "file", str(btf), "format", "c"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VmError(f"bpftool does not read the kernel's BTF: {done.stderr.strip()}", "remove the cache")
    return done.stdout
