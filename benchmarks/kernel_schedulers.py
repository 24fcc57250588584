"""The kernel's own C schedulers, built with the compiler that schedc uses, and what their loaders set before load."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import kernel_source
from schedc.verifier.audit.elf import parse_elf
from schedc.verifier.measure import Subject
from schedc.verifier.measure.measure import MAX_CPUS
from schedc.verifier.vm import cache, guest_build, images
from schedc.verifier.vm.errors import VmError

SLICE_NS = 20_000_000
"""The kernel's default slice, which they all have."""
PRELUDE = Path(__file__).parent / "kernel_scheduler.bpf.h"
# As in the kernel's own Makefile for them.
FLAGS = ("-target", "bpfel-freestanding-none", "-mcpu=v3", "-O2", "-g", "-D__TARGET_ARCH_x86", "-fms-extensions")
QUIET = ("-Wno-compare-distinct-pointer-types", "-Wno-microsoft-anon-tag")


@dataclass(frozen=True)
class Scheduler:
    """One of tools/sched_ext, in one of its modes."""

    name: str
    file: str
    settings: tuple[tuple[str, int], ...] = ()
    """What its loader sets by default, or for this mode."""
    per_cpu: str = ""
    """The variable that has to have the number of CPUs."""
    built: Path | None = None
    """Its object, where it is not the kernel's and was built elsewhere."""

    def settings_for(self, cpus: int) -> dict[str, int]:
        """All variables to set before load, but for the kernel's enum values."""
        return dict(self.settings) | ({self.per_cpu: cpus} if self.per_cpu else {})


FIFO = Scheduler("scx_simple-fifo", "scx_simple", (("fifo_sched", 1),))
VTIME = Scheduler("scx_simple-vtime", "scx_simple", (("fifo_sched", 0),))
# Its round robin is between the control groups of further schedulers, of which there are none.
QMAP = Scheduler(
    "scx_qmap", "scx_qmap", (("slice_ns", SLICE_NS), ("max_tasks", 16384), ("round_robin_ns", 200_000_000))
)
CENTRAL = Scheduler("scx_central", "scx_central", (("slice_ns", SLICE_NS),), per_cpu="nr_cpu_ids")
CPU0 = Scheduler("scx_cpu0", "scx_cpu0")
FLATCG = Scheduler("scx_flatcg", "scx_flatcg", (("cgrp_slice_ns", SLICE_NS),), per_cpu="nr_cpus")


@dataclass(frozen=True)
class Tree:
    """Sources and types for one kernel series."""

    kernel: images.Kernel
    source: Path
    work: Path
    header: str
    """Its types, as C."""

    @classmethod
    def of(cls, series: str) -> Tree:
        """Fetched where it is not in the cache."""
        home = cache.root()
        header = kernel_source.vmlinux_h(home, series)
        work = home / "source" / f"{series}-build"
        cache.write_atomically(work / "vmlinux.h", header.encode())
        return cls(images.kernel(series), kernel_source.source(home, series), work, header)

    def subject(self, scheduler: Scheduler, cpus: int) -> Subject:
        """What is measured."""
        data = scheduler.built.read_bytes() if scheduler.built else self.build(scheduler.file)
        return Subject.object(scheduler.name, data, self.enums(data) | scheduler.settings_for(cpus))

    def enums(self, data: bytes) -> dict[str, int]:
        """What all their loaders do: the running kernel's enum values go into those variables that the object has."""
        names = {symbol.name for symbol in parse_elf(data).symbols if symbol.section}
        values = re.findall(r"^\t(SCX_\w+) = (-?\d+)", self.header, re.MULTILINE)
        return {f"__{name}": int(value) for name, value in values if f"__{name}" in names}

    def config(self) -> dict[str, int]:
        """What the prelude wants to know of the kernel."""
        major, minor, patch = (int(number) for number in self.kernel.release.split("+")[0].split("-")[0].split("."))
        # A field that only such kernels have.
        readers = int("rcu_read_lock_nesting;" in self.header)
        code = (major << 16) + (minor << 8) + min(patch, 255)
        return {"KERNEL_CODE": code, "KERNEL_PREEMPT_RCU": readers, "MOST_CPUS": MAX_CPUS}

    def build(self, file: str) -> bytes:
        """The object of tools/sched_ext/`file`.bpf.c."""
        includes = (self.work, self.source / "tools/sched_ext/include", self.source / "include/uapi")
        libbpf = guest_build.sysroot(cache.root()) / "usr/include"
        command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, *QUIET, "-include", str(PRELUDE)]
        command += [f"-D{name}={value}" for name, value in self.config().items()]
        command += [f"-I{folder}" for folder in (*includes, libbpf)]
        with tempfile.TemporaryDirectory(prefix="schedc-bench-") as folder:
            target = Path(folder) / f"{file}.o"
            command += ["-c", str(self.source / f"tools/sched_ext/{file}.bpf.c"), "-o", str(target)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise VmError(f"{file} does not compile:\n{done.stderr.strip()[:4000]}", "ask for another series")
            return target.read_bytes()
