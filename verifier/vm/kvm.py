"""Whether a guest really runs on KVM here. /dev/kvm may be there, open, and hang whatever is started on it.

First a program of a few instructions, then, where a kernel is in the cache, that kernel to the end of an empty job:
some machines run the one and not the other. The answer is kept for the host's kernel, QEMU and CPU.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from schedc.verifier.vm import cache, images, machine, owned, processes
from schedc.verifier.vm.boot import boot
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.job import Job
from schedc.verifier.vm.machine import Machine

DEVICE = Path("/dev/kvm")
TINY_SECONDS = 5.0
KERNEL_SECONDS = 15.0
_PORT, _WORD = 0x501, 0x15
_EXIT = _WORD << 1 | 1  # what QEMU makes of a byte written to its exit device
_QUIET = ("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot")
# mov dx, PORT; mov al, WORD; out dx, al; hlt; jmp to the hlt
_SECTOR = bytes((0xBA, *_PORT.to_bytes(2, "little"), 0xB0, _WORD, 0xEE, 0xF4, 0xEB, 0xFD))


@dataclass(frozen=True)
class Answer:
    """`why` is for people, in both cases."""

    works: bool
    why: str


def best(shape: Machine) -> Machine:
    """The machine on KVM where that works; as it is where instructions are counted, which needs emulation."""
    if shape.kvm or shape.icount_shift is not None or not answer().works:
        return shape
    return replace(shape, kvm=True)


def answer(again: bool = False) -> Answer:
    """From the cache, else (or `again`) tried, which takes seconds at most."""
    home = cache.root()
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        return Answer(False, f"{DEVICE} is not there" if not DEVICE.exists() else f"{DEVICE} may not be opened by you")
    qemu, kernels = machine.find(), images.cached(home)
    if qemu is None:
        return Answer(False, "QEMU is not installed, so it cannot be tried")
    kept = home / "kvm" / f"{_key(qemu, bool(kernels))}.json"
    if not again:
        with suppress(OSError, ValueError, TypeError):
            return Answer(**json.loads(kept.read_text()))
    found = _try(qemu, kernels)
    cache.write_atomically(kept, json.dumps(asdict(found)).encode())
    return found


def _key(qemu: str, with_kernel: bool) -> str:
    """What the answer depends on."""
    facts = (platform.release(), platform.version(), machine.qemu_version(qemu), _cpu(), str(with_kernel))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def _cpu() -> str:
    """The lines that tell one kind of CPU from another."""
    wanted = ("vendor_id", "cpu family", "model", "stepping", "microcode", "flags")
    first = Path("/proc/cpuinfo").read_text(errors="replace").split("\n\n", 1)[0]
    return "\n".join(line for line in first.splitlines() if line.startswith(wanted))


def _try(qemu: str, kernels: list[images.Kernel]) -> Answer:
    found = _tiny(qemu)
    return _kernel(kernels[-1]) if found.works and kernels else found


def _tiny(qemu: str) -> Answer:
    with owned.directory() as directory:
        disk, said = directory / "sector", directory / "stderr"
        disk.write_bytes(_SECTOR.ljust(510, b"\0") + b"\x55\xaa")
        command = [qemu, *_QUIET, "-M", "pc", "-m", "16", "-accel", "kvm", "-cpu", "host"]
        command += ["-drive", f"if=floppy,format=raw,file={disk}"]
        command += ["-device", f"isa-debug-exit,iobase={_PORT:#x},iosize=1"]
        with said.open("wb") as errors:
            process = processes.start(command, stdout=errors, stderr=errors)
        try:
            ended = processes.ends_within(process, TINY_SECONDS)
        finally:
            processes.stop(process)
        processes.check()
        if ended and process.returncode == _EXIT:
            return Answer(True, "a program of a few instructions runs")
        if not ended:
            return Answer(False, f"a guest of a few instructions hung for {TINY_SECONDS:.0f} s")
        last = said.read_text(errors="replace").strip().splitlines()[-1:]
        return Answer(False, f"QEMU ended at once: {last[0][:200] if last else process.returncode}")


def _kernel(kernel: images.Kernel) -> Answer:
    start = time.monotonic()
    shape = Machine(sockets=1, cores=2, memory_mb=384, kvm=True)
    try:
        outcome = boot(Job((), kernel.release, shape), kernel, limit=KERNEL_SECONDS)
    except processes.Interrupted:
        raise
    except VmError as error:
        return Answer(False, f"kernel {kernel.release} did not boot: {error.message[-200:]}")
    if not outcome.complete:
        return Answer(False, f"kernel {kernel.release} hung at its boot")
    return Answer(True, f"kernel {kernel.release} booted in {time.monotonic() - start:.1f} s")
