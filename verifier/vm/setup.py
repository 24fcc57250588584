"""`schedc setup vm`: what the VM gate needs, fetched and tried once, so that it works offline later."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schedc.verifier.vm import cache, guest_build, images, kvm, machine, processes, programs
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.run import btf_problem

# Builds of one series that are tried before it is given up, when nothing loads on them.
BUILDS = 3


@dataclass(frozen=True)
class Ready:
    """One kernel that was asked for."""

    wanted: str
    kernel: images.Kernel | None
    """None: it is not to be had."""
    fetched: bool
    problem: str
    """Why it is not to be had, or why nothing loads on it; empty when it is well."""


def setup(kernels: Sequence[str] = images.SERIES) -> list[Ready]:
    """QEMU, the guest and the kernels; each kernel is booted once, which brings its BTF. A kernel that cannot be had
    does not keep the others."""
    path = machine.qemu()
    cache.say(f"{machine.qemu_version(path)} at {path}")
    initrd = guest_build.initramfs()
    cache.say(f"guest: {cache.size_text(initrd.stat().st_size)}")
    ready = [_kernel(wanted) for wanted in kernels]
    answer = kvm.answer(again=True)
    cache.say(f"KVM {'works' if answer.works else 'is not used, guests are emulated'}: {answer.why}")
    return ready


def _kernel(wanted: str) -> Ready:
    there = {kernel.release for kernel in images.cached()}
    try:
        kernel, problem = _tried(wanted)
    except processes.Interrupted:
        raise
    except VmError as error:
        cache.say(f"{wanted}: {error.message}")
        return Ready(wanted, None, False, str(error))
    said = f"does boot, but {problem}" if problem else "boots, and its BTF is well"
    cache.say(f"kernel {kernel.release} {said}")
    return Ready(wanted, kernel, kernel.release not in there, problem)


def _tried(wanted: str) -> tuple[images.Kernel, str]:
    """A kernel and its problem. For a series, another build in place of one on which nothing loads."""
    for _ in range(BUILDS):
        kernel = images.kernel(wanted)
        problem = btf_problem(kernel)
        if not problem or not images.is_series(wanted):
            break
        cache.say(f"kernel {kernel.release}: {problem}; looking for another build")
    return kernel, problem


def main(kernels: Sequence[str] = (), own: Sequence[str] = (), with_programs: bool = False) -> int:
    """The command line's hook; `own` are paths of images. Nothing that was named is all kernels, and `with_programs`
    names the programs. The exit code is 0 when each is ready and well."""
    wanted = [*kernels, *(str(Path(path).absolute()) for path in own)]
    ready: list[Ready] = []
    try:
        with processes.supervised():
            if with_programs:
                _fetch_programs()
            if wanted or not with_programs:
                ready = setup(wanted or images.SERIES)
    except VmError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what was fetched is kept, run the command again to go on", file=sys.stderr)
        return 130
    print("\n".join([*map(_line, ready), _total()]))
    for item in ready:
        if item.kernel is None:
            print(f"error: {item.problem}", file=sys.stderr)
    return int(any(item.problem for item in ready))


def _fetch_programs() -> None:
    for name in programs.PROGRAMS:
        cache.say(f"program {name}: {cache.size_text(len(programs.archive([name])))} in the guest")


def _line(item: Ready) -> str:
    kernel = item.kernel
    if kernel is None:
        return f"{item.wanted:<28}  not ready"
    state = "fetched" if item.fetched else "was here"
    if "/" in item.wanted:
        state = "your own"
    origin = f"{kernel.package} {kernel.version} ({kernel.suite})" if kernel.version else kernel.package
    unfit = f"; NOTHING LOADS ON IT: {item.problem}" if item.problem else ""
    return f"{kernel.release:<28}  {state:<8}  {cache.size_text(kernel.size):>8}  {origin}{unfit}"


def _total() -> str:
    home = cache.root()
    parts = {entry.name: _size(entry) for entry in home.iterdir() if entry.is_dir()}
    listed = ", ".join(
        f"{name} {cache.size_text(size)}" for name, size in sorted(parts.items(), key=lambda part: -part[1])
    )
    return f"cache: {home}, {cache.size_text(sum(parts.values()))} in all ({listed})"


def _size(place: Path) -> int:
    """Bytes on the disk: memory images have holes. What others remove meanwhile has none."""
    blocks = 0
    for folder, _, names in os.walk(place):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                blocks += (Path(folder) / name).lstat().st_blocks
    return blocks * 512
