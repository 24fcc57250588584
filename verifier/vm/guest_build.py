"""The guest: a PID 1 of our own (guest/*.c) and the libraries it needs, as an initramfs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

from schedc.verifier.vm import cache, cpio
from schedc.verifier.vm.apt import STABLE, PrivateApt, unpack
from schedc.verifier.vm.errors import VmError

# The runner is linked against Debian 13's libraries, which go into the initramfs with it.
TARGET = "x86_64-linux-gnu.2.41"
SUITE = "trixie"
PACKAGES = ("libbpf-dev", "libbpf1", "libelf1t64", "zlib1g", "libzstd1", "libc6")
LIBRARIES = ("libbpf.so.1", "libelf.so.1", "libz.so.1", "libzstd.so.1", "libc.so.6")
LIBDIR = "usr/lib/x86_64-linux-gnu"
LOADER = "ld-linux-x86-64.so.2"


def _sources() -> list[tuple[str, bytes]]:
    folder = resources.files("schedc.verifier.vm") / "guest"
    files = [(item.name, item.read_bytes()) for item in folder.iterdir() if item.name.endswith((".c", ".h"))]
    return sorted(files)


def _sysroot(home: Path) -> Path:
    """The libraries of the guest, fetched once."""
    sysroot = home / "sysroot" / SUITE
    done = sysroot / "complete"
    if done.is_file():
        return sysroot
    with cache.locked(home, "fetch"):
        if not done.is_file():
            _fetch_sysroot(home, sysroot)
            done.touch()
    return sysroot


def _fetch_sysroot(home: Path, sysroot: Path) -> None:
    apt = PrivateApt(home / "apt")
    apt.use(STABLE)
    for name in PACKAGES:
        found = [package for package in apt.versions(name) if package.suite == SUITE]
        if not found:
            raise VmError(
                f"Debian {SUITE} has no package {name}", "run `schedc setup vm` again to renew the lists"
            )
        deb = apt.download(found[0])
        unpack(deb, sysroot)
        deb.unlink()


def _compile(home: Path, sysroot: Path, sources: list[tuple[str, bytes]], work: Path) -> bytes:
    work.mkdir(parents=True, exist_ok=True)
    for name, data in sources:
        (work / name).write_bytes(data)
    libraries = [str(sysroot / LIBDIR / name) for name in LIBRARIES if not name.startswith("libc.")]
    command = [
        sys.executable,
        "-m",
        "ziglang",
        "cc",
        "-target",
        TARGET,
        "-O2",
        "-rdynamic",
        "-std=gnu11",
        "-Wall",
        "-Wextra",
        "-Werror",
    ]
    command += [
        f"-I{sysroot / 'usr/include'}",
        "-o",
        "init",
        *(n for n, _ in sources if n.endswith(".c")),
        *libraries,
    ]
    environment = os.environ | {
        "ZIG_GLOBAL_CACHE_DIR": str(home / "zig"),
        "ZIG_LOCAL_CACHE_DIR": str(home / "zig"),
    }
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VmError(
            f"the guest's runner does not compile:\n{done.stderr.strip()}",
            "the ziglang wheel belongs to schedc: reinstall schedc with pip",
        )
    return (work / "init").read_bytes()


def _archive(binary: bytes, sysroot: Path) -> bytes:
    libraries = sysroot / LIBDIR
    entries = [
        cpio.directory(name) for name in ("dev", "proc", "sys", "tmp", "lib64", "usr", "usr/lib", LIBDIR)
    ]
    # devtmpfs is mounted by init; before that the kernel wants a console.
    entries += [cpio.device("dev/console", 5, 1), cpio.file("init", binary, executable=True)]
    entries += [cpio.file(f"lib64/{LOADER}", (libraries / LOADER).read_bytes(), executable=True)]
    entries += [cpio.file(f"{LIBDIR}/{name}", (libraries / name).read_bytes()) for name in LIBRARIES]
    return cpio.archive(entries)


def initramfs(home: Path | None = None) -> Path:
    """The archive, built when these sources were not built before."""
    home = home or cache.root()
    sources = _sources()
    digest = hashlib.sha256(TARGET.encode())
    for name, data in sources:
        digest.update(name.encode() + b"\0" + data)
    result = home / "guest" / digest.hexdigest()[:16] / "initramfs.cpio"
    if result.is_file():
        return result
    sysroot = _sysroot(home)
    with cache.locked(home, "guest"):
        if not result.is_file():
            cache.say("building the guest's runner")
            binary = _compile(home, sysroot, sources, result.parent / "build")
            cache.write_atomically(result, _archive(binary, sysroot))
    return result
