"""The kernel's own scx_simple: its source fetched, built with the compiler that schedc uses."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from schedc.verifier.vm import cache, guest_build, packages
from schedc.verifier.vm.apt import PrivateApt
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.run import kernel_btf

WANTED = re.compile(r"[^/]+/(?:tools/sched_ext/.*|include/uapi/asm-generic/errno(?:-base)?\.h)$")
TOOLS = ("bpftool", "libcap2", "libssl3t64")
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
    tools = packages.unpacked(home, "tools", ("libcap2", "libssl3t64"))
    bpftool = packages.unpacked(home, "bpftool", ("bpftool",), BACKPORTS) / "usr/sbin/bpftool"
    libraries = guest_build.sysroot(home) / guest_build.LIBDIR
    path = f"{libraries}:{tools / guest_build.LIBDIR}"
    command = [str(libraries / guest_build.LOADER), "--library-path", path, str(bpftool)]
    command += ["btf", "dump", "file", str(btf), "format", "c"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VmError(f"bpftool does not read the kernel's BTF: {done.stderr.strip()}", "remove the cache")
    return done.stdout


def enum_settings(tree: Path, header: str) -> dict[str, int]:
    """What the loaders of the kernel's schedulers do: the running kernel's enum values go into variables."""
    declared = (tree / "tools/sched_ext/include/scx/enums.autogen.bpf.h").read_text()
    names = re.findall(r"const volatile u64 __(SCX_\w+) __weak", declared)
    values = dict(re.findall(r"^\t(SCX_\w+) = (-?\d+)", header, re.MULTILINE))
    return {f"__{name}": int(values[name]) for name in names if name in values}


def build(home: Path, series: str) -> tuple[bytes, dict[str, int]]:
    """The object, and the enum values to load it with."""
    tree = source(home, series)
    header = vmlinux_h(home, series)
    work = home / "source" / f"{series}-build"
    cache.write_atomically(work / "vmlinux.h", header.encode())
    includes = (work, tree / "tools/sched_ext/include", tree / "include/uapi")
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "bpfel-freestanding-none", "-mcpu=v3"]
    command += ["-O2", "-g", "-D__TARGET_ARCH_x86", "-Wno-compare-distinct-pointer-types"]
    command += [f"-I{folder}" for folder in includes]
    command += [f"-I{guest_build.sysroot(home) / 'usr/include'}"]
    command += ["-c", str(tree / "tools/sched_ext/scx_simple.bpf.c"), "-o", str(work / "scx_simple.o")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VmError(f"scx_simple does not compile:\n{done.stderr.strip()[:4000]}", "ask for another series")
    return (work / "scx_simple.o").read_bytes(), enum_settings(tree, header)
