"""What a run on a real kernel tells, as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Program:
    """One program as the kernel took it."""

    name: str
    callback: str
    """Which field of sched_ext_ops it is; empty for a helper program."""
    source_insns: int
    verified_insns: int
    """Instructions that the verifier walked."""
    xlated_insns: int
    """Instructions after translation: what runs."""
    jited_bytes: int
    load_ms: float
    """From this program's load to the next one's."""


@dataclass(frozen=True)
class Failure:
    """Why an object was not taken."""

    stage: str
    """open, topology, settings, load, layers or attach."""
    errno: int
    why: str
    program: str = ""
    message: str = ""
    """The verifier's last word, or libbpf's."""
    source: str = ""
    """The line of source that the verifier stood at, as the object's line information has it."""
    file: str = ""
    line: int = 0
    log: str = field(default="", repr=False)
    """Everything that the verifier and libbpf said."""


@dataclass(frozen=True)
class Exit:
    """What the object's own exit callback wrote down."""

    kind: int
    code: int
    reason: str
    message: str

    @property
    def clean(self) -> bool:
        """It ended because it was asked to: SCX_EXIT_UNREG and its two relatives are 64 to 66."""
        return 64 <= self.kind < 1024


@dataclass(frozen=True)
class RunTime:
    """How often a program ran, and for how long in all."""

    name: str
    callback: str
    count: int
    total_ns: int

    @property
    def mean_ns(self) -> float:
        """One run."""
        return self.total_ns / self.count if self.count else 0.0


@dataclass(frozen=True)
class BusyTask:
    """One task of `Shares` or `Starve`."""

    nice: int | None
    """None is SCHED_IDLE."""
    cpu_seconds: float
    worst_wait: float
    """Seconds; the longest that it did not have a CPU."""


@dataclass(frozen=True)
class Kind:
    """All tasks of one kind in `Mix`."""

    kind: str
    tasks: int
    rounds: int
    without_progress: int
    worst_wait: float
    cpu_seconds: float


@dataclass(frozen=True)
class WorkloadResult:
    """One workload under the attached scheduler."""

    kind: str
    asked: float
    passed: float
    alive: bool
    """The scheduler was there to the end of it."""
    tasks: tuple[BusyTask, ...] = ()
    kinds: tuple[Kind, ...] = ()
    switches: int = 0
    """How often the CPU changed hands in `Switches`."""
    offline_cpu: int = -1
    offline_cpus: int = 0
    """How many went: that one and those before it."""
    offline_errno: int = 0
    online_errno: int = 0
    offline_seconds: float = 0.0
    online_seconds: float = 0.0
    load: Mapping[str, Any] | None = field(default=None, repr=False)
    """What `Load` told, as it came from the guest: `schedc.verifier.measure` reads it."""


@dataclass(frozen=True)
class ObjectResult:
    """Everything about one object on one kernel."""

    name: str
    kernel: str
    accepted: bool
    """The verifier took every program; or there is no object, and the default scheduler ran to the end."""
    programs: tuple[Program, ...] = ()
    verified_insns: int = 0
    load_seconds: float = 0.0
    dropped: tuple[str, ...] = ()
    """Fields of sched_ext_ops that this kernel does not have and that were left out."""
    failure: Failure | None = None
    layer_groups: int = 0
    """Control groups that a pattern matched, written into `layer_cgroups`."""
    attached: bool | None = None
    """None: not tried."""
    attach_errno: int = 0
    alive: bool | None = None
    """Still attached after the workloads, before it was taken off."""
    state: Mapping[str, str] = field(default_factory=dict)
    """/sys/kernel/sched_ext before the detach."""
    state_after: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    exit: Exit | None = None
    counters: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """One number for each row of the array, which is a CPU."""
    readings: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    run_times: tuple[RunTime, ...] = ()
    workloads: tuple[WorkloadResult, ...] = ()
    klog: tuple[str, ...] = ()
    """Lines of the kernel's log that speak of sched_ext, stalls and bugs."""
    dump: tuple[str, ...] = ()
    """What the kernel wrote down of all CPUs and tasks when it ended the scheduler."""
    timeline: str = field(default="", repr=False)
    """The kernel's trace events as text, where the job asked for them."""
    problems: tuple[str, ...] = ()
    """Hangs, crashes and retries: never empty when something did not go as it should outside the object."""
    tries: int = 1
    kernel_problem: str = ""
    """Why nothing loads on the kernel, by its BTF; looked at only where an object was not taken."""

    @property
    def ok(self) -> bool:
        """Taken; and, where it was to be attached, alive to the end, and its exit clean."""
        if not self.accepted or self.failure or self.problems:
            return False
        if self.attached is None:
            return True
        return bool(self.attached and self.alive and (self.exit is None or self.exit.clean))

    def headline(self) -> str:
        """One line for people."""
        if self.failure:
            where = f" at {self.failure.file}:{self.failure.line}" if self.failure.file else ""
            why = self.failure.message or self.failure.why
            why = f"kernel {self.kernel}: {self.kernel_problem}; {why}" if self.kernel_problem else why
            return f"{self.name}: refused ({self.failure.stage}){where}: {why}"
        if self.problems:
            return f"{self.name}: {self.problems[-1]}"
        if not self.ok and self.exit:
            return f"{self.name}: ended by the kernel: {self.exit.reason}: {self.exit.message}"
        if self.attached is False:
            return f"{self.name}: taken, but not attached (errno {self.attach_errno})"
        took = f"{self.verified_insns} instructions verified in {self.load_seconds:.2f} s"
        return f"{self.name}: {'ran to the end' if self.attached else 'taken'}; {took}"


@dataclass(frozen=True)
class Run:
    """All objects of a job, in its order, and where they ran."""

    kernel: str
    version: str
    qemu: str
    objects: tuple[ObjectResult, ...]
    boots: int
    host_seconds: float
    topology: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """cpu_core, cpu_llc and cpu_node as the guest saw them."""
