"""The guest: a PID 1 of our own (guest/*.c) with its BPF program and the libraries it needs, as an initramfs."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from schedc.toolchain import find_clang
from schedc.verifier.vm import cache, cpio, owned, packages, processes
from schedc.verifier.vm.errors import VmError

# The runner is linked against Debian 13's libraries, which go into the initramfs with it.
TARGET = "x86_64-linux-gnu.2.41"
# Without debug information, which names the folder of the build: the same sources are the same bytes everywhere.
FLAGS = ("-O2", "-g0", "-s", "-rdynamic", "-std=gnu11", "-Wall", "-Wextra", "-Werror")
PACKAGES = ("libbpf-dev", "libbpf1", "libelf1t64", "zlib1g", "libzstd1", "libc6")
LIBRARIES = ("libbpf.so.1", "libelf.so.1", "libz.so.1", "libzstd.so.1", "libc.so.6")
LIBDIR = "usr/lib/x86_64-linux-gnu"
LOADER = "ld-linux-x86-64.so.2"
PROBE = "probe.bpf.c"
PROBE_FILES = (PROBE, "probe.h", "histogram.h")


def sources() -> list[tuple[str, bytes]]:
    """The C files of the guest with their headers, by name."""
    folder = resources.files("schedc.verifier.vm") / "guest"
    files = [(item.name, item.read_bytes()) for item in folder.iterdir() if item.name.endswith((".c", ".h"))]
    return sorted(files)


def sysroot(home: Path) -> Path:
    """The libraries of the guest and their headers."""
    return packages.unpacked(home, f"sysroot/{packages.BASE}", PACKAGES)


def linked(home: Path, libraries_root: Path, files: Sequence[tuple[str, bytes]], work: Path) -> bytes:
    """A program from these C files and their headers, against the libraries of the guest; built below `work`."""
    with owned.explained(work, "set SCHEDC_CACHE to a directory with more room"):
        work.mkdir(parents=True, exist_ok=True)
        for name, data in files:
            (work / name).write_bytes(data)
    libraries = [str(libraries_root / LIBDIR / name) for name in LIBRARIES if not name.startswith("libc.")]
    programs = [name for name, _ in files if name.endswith(".c")]
    command = [sys.executable, "-m", "ziglang", "cc", "-target", TARGET, *FLAGS, "-o", "program"]
    command += [f"-I{libraries_root / 'usr/include'}", *programs, *libraries]
    environment = os.environ | {
        "ZIG_GLOBAL_CACHE_DIR": str(home / "zig"),
        "ZIG_LOCAL_CACHE_DIR": str(home / "zig"),
    }
    done = processes.run(command, cwd=work, env=environment)
    if done.returncode:
        raise VmError(
            f"a program in C does not compile:\n{done.stderr.strip()}",
            "the ziglang wheel belongs to schedc: reinstall schedc with pip",
        )
    return (work / "program").read_bytes()


def digest(files: Sequence[tuple[str, bytes]]) -> str:
    """Names what `linked` makes of these files."""
    made = hashlib.sha256(" ".join((TARGET, *FLAGS, *LIBRARIES)).encode())
    for name, data in files:
        made.update(name.encode() + b"\0" + data)
    return made.hexdigest()[:16]


def _probe(files: Sequence[tuple[str, bytes]]) -> bytes:
    """The BPF program, by the same compiler on every machine."""
    zig = resources.files("ziglang") / "zig"
    done = find_clang(str(zig)).compile_bpf({name: data for name, data in files if name in PROBE_FILES}, PROBE)
    if done.object is None:
        said = "\n".join(map(str, done.diagnostics))
        raise VmError(f"the guest's probe does not compile:\n{said}", "reinstall schedc with pip")
    return done.object


def _archive(binary: bytes, probe: bytes, libraries_root: Path) -> bytes:
    libraries = libraries_root / LIBDIR
    entries = [
        cpio.directory(name) for name in ("dev", "proc", "sys", "tmp", "lib64", "usr", "usr/lib", LIBDIR)
    ]
    # devtmpfs is mounted by init; before that the kernel wants a console.
    entries += [cpio.device("dev/console", 5, 1), cpio.file("init", binary, executable=True)]
    entries += [cpio.file("probe.o", probe)]
    entries += [cpio.file(f"lib64/{LOADER}", (libraries / LOADER).read_bytes(), executable=True)]
    entries += [cpio.file(f"{LIBDIR}/{name}", (libraries / name).read_bytes()) for name in LIBRARIES]
    return cpio.archive(entries)


def place(home: Path) -> Path:
    """Where the archive of these sources is, or will be."""
    return home / "guest" / digest(sources()) / "initramfs.cpio"


def initramfs(home: Path | None = None) -> Path:
    """The archive, built when these sources were not built before."""
    home = home or cache.root()
    result = place(home)
    if result.is_file():
        return result
    root = sysroot(home)
    with cache.locked(home, "guest"):
        if not result.is_file():
            cache.say("building the guest's runner")
            runner = [(name, data) for name, data in sources() if name != PROBE]
            binary = linked(home, root, runner, result.parent / "build")
            cache.write_atomically(result, _archive(binary, _probe(sources()), root))
    return result
