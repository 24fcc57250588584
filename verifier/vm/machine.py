"""The emulated machine: how many CPUs, which caches and nodes, and QEMU's command line for it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from schedc.verifier.vm.cache import say
from schedc.verifier.vm.errors import VmError

QEMU = "qemu-system-x86_64"
PACKAGE = "qemu-system-x86"
FIXED = ("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot")
# The kernel's tests of its own ciphers run in the background for seconds, which others would wait for.
APPEND = "console=ttyS0 panic=-1 quiet nokaslr mitigations=off random.trust_cpu=on cryptomgr.notests"
MAX_CPUS = 255
MIN_NODE_MB = 64


@dataclass(frozen=True)
class Machine:
    """A guest. CPUs count up through threads, cores, caches and sockets; the default is four under two caches."""

    sockets: int = 2
    cores: int = 2
    """Under each last-level cache."""
    threads: int = 1
    nodes: int = 1
    caches: int = 1
    """Last-level caches of each socket."""
    present: int = 0
    """How many of the CPUs are there, the first ones: 6 of 2x4 are four under one cache and two under the other.
    0: all."""
    memory_mb: int = 768
    icount_shift: int | None = None
    """One guest instruction takes 2^shift ns of virtual time: slower to run, the same at every run."""
    kvm: bool = False
    awake: bool = False
    """Idle CPUs spin. When all of them sleep, QEMU's main thread moves counted time on to the next timer, and where
    it is quicker than the CPU's thread is to account for its last instructions, these come on top: now and then a
    timer is some hundred ns late, and a run another than the one before. Who spins needs no such move."""
    boot: int = 0
    """Which boot of a job. With counted instructions one boot is like the other, and what an interrupt at one
    unlucky instruction has broken, it breaks again; each boot has another command line, and other moments."""

    @property
    def places(self) -> int:
        """Logical CPUs that the sockets have room for."""
        return self.sockets * self.caches * self.cores * self.threads

    @property
    def cpus(self) -> int:
        """Logical CPUs that are there."""
        return self.present or self.places

    def check(self) -> None:
        """Refuses what QEMU or the guest would refuse less clearly."""
        shape = (self.sockets, self.caches, self.cores, self.threads, self.nodes)
        if min(shape) < 1 or self.places > MAX_CPUS:
            raise VmError(f"a machine of {self.places} CPUs cannot be emulated", f"use 1 to {MAX_CPUS} CPUs")
        if not 0 <= self.present <= self.places:
            raise VmError(f"{self.present} CPUs of {self.places} cannot be there", "ask for fewer, or for more room")
        self._check_nodes()
        if self.kvm and self.icount_shift is not None:
            raise VmError("icount works in emulation only", "leave out kvm or icount_shift")

    def _check_nodes(self) -> None:
        """A node has whole caches, CPUs that are there, and memory."""
        caches = self.sockets * self.caches
        if caches % self.nodes:
            raise VmError(
                f"{caches} last-level caches cannot be spread over {self.nodes} nodes evenly",
                "use a number of sockets or caches that is a multiple of the number of nodes",
            )
        if self.cpus <= self.places // self.nodes * (self.nodes - 1):
            raise VmError(f"with {self.cpus} CPUs not all of {self.nodes} nodes have one", "ask for fewer nodes")
        if self.memory_mb // self.nodes < MIN_NODE_MB:
            raise VmError(
                f"{self.memory_mb} MB of memory are too few for {self.nodes} nodes",
                f"use at least {MIN_NODE_MB} MB for each node",
            )

    def layout(self) -> dict[str, tuple[int, ...]]:
        """What the guest is to see: for each CPU the number of its core, its cache and its node."""
        core = tuple(cpu // self.threads for cpu in range(self.cpus))
        return {
            "cpu_core": core,
            "cpu_llc": tuple(each // self.cores for each in core),
            "cpu_node": tuple(cpu // (self.places // self.nodes) for cpu in range(self.cpus)),
        }

    def options(self, memory: Memory | None = None) -> list[str]:
        """QEMU's options for this machine."""
        self.check()
        smp = f"{self.cpus},maxcpus={self.places},sockets={self.sockets},dies={self.caches}"
        smp += f",cores={self.cores},threads={self.threads}"
        board = "pc,memory-backend=ram0" if memory and self.nodes == 1 else "pc"
        options = ["-M", board, "-m", str(self.memory_mb), "-smp", smp, *self._accelerator()]
        return [*options, *self._memory(memory), *self._numa()]

    def append(self) -> str:
        """The kernel's command line."""
        return APPEND + (" idle=poll" if self.awake else "")

    def node_memory(self) -> list[int]:
        """Megabytes of each node; the first has what is left over."""
        part = self.memory_mb // self.nodes
        return [self.memory_mb - part * (self.nodes - 1)] + [part] * (self.nodes - 1)

    def _memory(self, memory: Memory | None) -> list[str]:
        """The nodes' memory as objects of their own; a single node's only where it is a file."""
        if memory is None and self.nodes == 1:
            return []
        options: list[str] = []
        for node, size in enumerate(self.node_memory()):
            where = f"memory-backend-ram,id=ram{node}" if memory is None else memory.backend(node)
            options += ["-object", f"{where},size={size}M"]
        return options

    def _accelerator(self) -> list[str]:
        if self.kvm:
            return ["-accel", "kvm", "-cpu", "host"]
        options = ["-accel", "tcg,thread=single"]
        # QEMU's own CPU is one of AMD's, and tells a kernel of one cache for each socket only.
        cpu = "max,vendor=GenuineIntel" if self.caches > 1 else "max"
        if self.icount_shift is None:
            return [*options, "-cpu", cpu]
        # No randomness and no host clock: the run is a function of its input.
        options += ["-icount", f"shift={self.icount_shift},sleep=off", "-rtc", "base=2025-01-01,clock=vm"]
        return [*options, "-cpu", f"{cpu},-rdrand,-rdseed"]

    def _numa(self) -> list[str]:
        if self.nodes == 1:
            return []
        options: list[str] = []
        per_node = self.places // self.nodes
        for node in range(self.nodes):
            first, last = node * per_node, (node + 1) * per_node - 1
            options += ["-numa", f"node,nodeid={node},cpus={first}-{last},memdev=ram{node}"]
        for node in range(self.nodes):
            for other in range(self.nodes):
                if node != other:
                    options += ["-numa", f"dist,src={node},dst={other},val=20"]
        return options


@dataclass(frozen=True)
class Memory:
    """A guest's memory as files: written where a snapshot is taken (`kept`), else copied where it is written to."""

    directory: Path
    kept: bool

    def backend(self, node: int) -> str:
        """QEMU's object for the memory of a node."""
        share = "on" if self.kept else "off"
        return f"memory-backend-file,id=ram{node},mem-path={self.directory / f'ram{node}'},share={share}"


def find() -> str | None:
    """QEMU's path, where it is installed."""
    return shutil.which(QEMU)


def qemu() -> str:
    """QEMU's path; root gets it installed, anybody else is told how."""
    found = find()
    if found:
        return found
    install = ["install", "-y", "--no-install-recommends", PACKAGE]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise VmError(f"{QEMU} is not on this machine", f"run: sudo apt-get {' '.join(install)}")
    say(f"installing {PACKAGE} with apt-get")
    done = _apt_get(*install)
    if done.returncode:  # on a new machine there are no lists yet, or they are too old
        _apt_get("update")
        done = _apt_get(*install)
    found = find()
    if done.returncode or not found:
        detail = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise VmError(f"{PACKAGE} could not be installed: {detail[0]}", "see whether `apt-get update` works")
    return found


def _apt_get(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@lru_cache(maxsize=4)
def qemu_version(path: str) -> str:
    """For a figure's provenance: QEMU versions interleave CPUs differently."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[0] if done.stdout else "unknown"


def command(path: str, machine: Machine, vmlinuz: Path, initrd: Path, directory: Path) -> list[str]:
    """The command line of a boot; console, results and blobs are files in `directory`."""
    append = machine.append() + (f" schedc.boot={machine.boot}" if machine.boot else "")
    kernel = ["-kernel", str(vmlinuz), "-initrd", str(initrd), "-append", append]
    return [path, *FIXED, *machine.options(), *kernel, *channels(directory)]


def channels(directory: Path) -> list[str]:
    """The devices that the guest speaks through, each a file in `directory`."""
    result = ["-chardev", f"file,id=console,path={directory / 'console'}", "-serial", "chardev:console"]
    # Without ioeventfd the guest's CPU itself handles a write. Another thread of QEMU would do so at a time
    # that depends on the host, and virtual time would no longer be the same at every run.
    result += ["-device", "virtio-serial-pci,ioeventfd=off"]
    for name in ("result", "blob"):
        result += ["-chardev", f"file,id={name},path={directory / name}"]
        result += ["-device", f"virtserialport,chardev={name},name=schedc.{name}"]
    return result
