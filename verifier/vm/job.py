"""What is asked of a guest: objects, how to run them, and the text that tells the runner (guest/job.c)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from schedc.verifier.vm import cpio
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.machine import Machine

NO_OBJECT = "-"
LOADING = 240
"""Guest seconds that the kernel's verifier may take for a large policy on a host with little time for the guest."""


@dataclass(frozen=True)
class Mix:
    """Some hundred tasks of every kind, real-time ones among them; some CPUs are offline for the middle third."""

    tasks: int = 300
    seconds: int = 6
    offline: int | None = None
    """Which CPU: None is the last one, -1 none."""
    away: int = 1
    """How many CPUs go at once: that one and those before it, but never CPU 0."""
    realtime: int | None = None
    """Tasks that take a CPU from the scheduler for some milliseconds at a time: None is one for two CPUs."""
    seed: int = 0
    cgroup: str = ""

    def line(self) -> str:
        """As the runner reads it."""
        words = ["mix", f"tasks={self.tasks}", f"seconds={self.seconds}", f"seed={self.seed}"]
        words += [f"offline={self.offline}"] if self.offline is not None else []
        words += [f"away={self.away}"] if self.away != 1 else []
        words += [f"realtime={self.realtime}"] if self.realtime is not None else []
        words += [f"cgroup={self.cgroup}"] if self.cgroup else []
        return " ".join(words)


@dataclass(frozen=True)
class Shares:
    """Busy tasks on one CPU; None stands for SCHED_IDLE."""

    nice: tuple[int | None, ...] = (0, 19)
    cpu: int = 0
    seconds: int = 5
    cgroup: str = ""

    def line(self) -> str:
        """As the runner reads it."""
        nice = ",".join("idle" if value is None else str(value) for value in self.nice)
        words = ["shares", f"nice={nice}", f"cpu={self.cpu}", f"seconds={self.seconds}"]
        return " ".join([*words, f"cgroup={self.cgroup}"] if self.cgroup else words)


@dataclass(frozen=True)
class Starve:
    """Busy tasks of nice 0 beside one SCHED_IDLE task."""

    busy: int = 24
    cpus: str = ""
    """A CPU list such as 0-1; all when empty."""
    seconds: int = 20
    cgroup: str = ""

    def line(self) -> str:
        """As the runner reads it."""
        words = ["starve", f"busy={self.busy}", f"seconds={self.seconds}"]
        words += [f"cpus={self.cpus}"] if self.cpus else []
        words += [f"cgroup={self.cgroup}"] if self.cgroup else []
        return " ".join(words)


@dataclass(frozen=True)
class Switches:
    """Two tasks on one CPU that hand it to each other, until it changed hands `count` times."""

    count: int = 1000
    cpu: int = 0
    seconds: int = 20
    """At most; the scheduler has failed if it takes longer."""

    def line(self) -> str:
        """As the runner reads it."""
        return f"switches count={self.count} cpu={self.cpu} seconds={self.seconds}"


@dataclass(frozen=True)
class Load:
    """The load generator (guest/load.c). What it does is written by `schedc.verifier.measure`."""

    words: str
    seconds: int
    """At most; for the timeout."""

    def line(self) -> str:
        """As the runner reads it."""
        return f"load {_clean(self.words, 'the load')}"


@dataclass(frozen=True)
class Told:
    """Tasks of SCHED_EXT on one CPU that take the steps they are told: `run:NS`, `sleep:NS`, `yield`, `nice:LEVEL`,
    `fork:NS` (a child that runs so long). A round of the busy loop takes `per` ns. Is it another CPU than 0, kernel
    threads leave it to them, as far as they can."""

    tasks: tuple[tuple[str, ...], ...]
    seconds: int = 2
    per: int = 4
    cpu: int = 0

    def line(self) -> str:
        """As the runner reads it."""
        tasks = [" ".join(steps) for steps in self.tasks]
        return " |".join([f"story per={self.per} cpus={self.cpu}", *tasks])


Workload = Mix | Shares | Starve | Switches | Load | Told


@dataclass(frozen=True)
class ObjectJob:
    """One BPF object and what is done with it."""

    name: str
    data: bytes | None = field(repr=False)
    """None: the workloads run under the kernel's default scheduler."""
    attach: bool = True
    settings: Mapping[str, int] = field(default_factory=dict)
    """Variables to set before load."""
    changes: Mapping[str, int] = field(default_factory=dict)
    """Variables to set while it runs, after the first workload."""
    cgroups: tuple[tuple[int, str], ...] = ()
    """Bit of a layer, and a pattern of cgroup paths."""
    stride: int = 0
    """Length of a row of the `counters` array; a row is a CPU's."""
    counters: Mapping[str, int] = field(default_factory=dict)
    """Names and their columns."""
    readings: tuple[str, ...] = ()
    """Further variables to read back at the end."""
    workloads: tuple[Workload, ...] = (Mix(),)
    run_times: bool = False
    """Counts and times of each program (kernel.bpf_stats_enabled), which cost some time themselves."""
    watch: bool = False
    """Load and attach what watches the promises, too."""
    timeline: bool = False
    """Record who ran where: the kernel's trace events, as text."""
    brief: bool = False
    """No figures of single programs: for many objects."""
    timeout: int = 0
    """Guest seconds until a run counts as hung; 0: chosen by the workloads."""

    @property
    def limit(self) -> int:
        """The timeout in effect."""
        return self.timeout or LOADING + 2 * sum(work.seconds for work in self.workloads if self.attach)


@dataclass(frozen=True)
class Job:
    """Objects that are run one after the other on one kernel."""

    objects: tuple[ObjectJob, ...]
    kernel: str = "6.18"
    machine: Machine = field(default_factory=Machine)
    cgroups: tuple[str, ...] = ()
    """Paths of cgroups to make first, parents before children."""
    warm: bool = False
    """From a guest that was booted once and kept, instead of a boot."""
    programs: tuple[str, ...] = ()
    """Programs of the distribution that the guest has, by their names in `programs.PROGRAMS`; not in a kept guest."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Files below /files of the guest, for a group of programs each: `group/name` and the content."""
    weights: Mapping[str, int] = field(default_factory=dict)
    """`cpu.weight` of some of the cgroups."""


def _clean(text: str, what: str) -> str:
    if not text or re.search(r"[\x00-\x1f]", text):
        raise VmError(f"{what} {text!r} is empty or has control characters", "give it another name")
    return text


def _word(text: str, what: str) -> str:
    if " " in _clean(text, what):
        raise VmError(f"{what} {text!r} has a space", "use a name without spaces")
    return text


def lines(path: str, job: ObjectJob) -> list[str]:
    """What the runner is told of one object, which it finds at `path`."""
    found = [f"object {path} {_clean(job.name, 'the name')}", f"timeout {job.limit}"]
    flags = {"stats": job.run_times, "brief": job.brief, "watch": job.watch, "attach": job.attach}
    flags["timeline"] = job.timeline
    found += [word for word, wanted in flags.items() if wanted]
    found += [f"set {_word(name, 'the variable')} {int(value)}" for name, value in job.settings.items()]
    found += [f"change {_word(name, 'the variable')} {int(value)}" for name, value in job.changes.items()]
    found += [f"cgroup {bit} {_clean(glob, 'the pattern')}" for bit, glob in job.cgroups]
    found += [f"stride {job.stride}"] if job.stride else []
    found += [f"counter {column} {_clean(name, 'the counter')}" for name, column in job.counters.items()]
    found += [f"read {_word(name, 'the variable')}" for name in job.readings]
    return found + [f"workload {work.line()}" for work in job.workloads if job.attach]


def text(job: Job, btf: bool = False) -> str:
    """The whole job, one instruction a line."""
    told = ["btf"] if btf else []
    for path in job.cgroups:
        weight = [str(int(job.weights[path]))] if path in job.weights else []
        told.append(" ".join(["mkcgroup", _word(path, "the cgroup"), *weight]))
    for number, item in enumerate(job.objects):
        told += lines(NO_OBJECT if item.data is None else f"/job/{number}.o", item)
    return "\n".join(told) + "\n"


def archive(job: Job, btf: bool = False) -> bytes:
    """The job and its objects, to stand behind the guest's initramfs."""
    entries = [cpio.directory("job"), cpio.file("job/job.txt", text(job, btf).encode())]
    contents = [(number, item.data) for number, item in enumerate(job.objects)]
    entries += [cpio.file(f"job/{number}.o", data) for number, data in contents if data is not None]
    entries += [cpio.directory("files")] if job.files else []
    entries += [cpio.directory(f"files/{group}") for group in sorted({name.split("/")[0] for name in job.files})]
    entries += [cpio.file(f"files/{name}", data) for name, data in job.files.items()]
    return cpio.archive(entries)
