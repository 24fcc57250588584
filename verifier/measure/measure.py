"""The deterministic lab: a workload under several schedulers on a real kernel, in counted time.

Each scheduler has a boot of its own, and in it all seeds one after the other, each with the object loaded afresh: so
its figures do not depend on which others are measured. Nothing of the host is in a result.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace

from schedc.verifier.exits import STALL
from schedc.verifier.kernel.subject import with_parents
from schedc.verifier.measure import wire
from schedc.verifier.measure.errors import MeasureError
from schedc.verifier.measure.origin import Origin, lab
from schedc.verifier.measure.result import Run, run_of
from schedc.verifier.measure.subject import Subject, distinct
from schedc.verifier.measure.workload import Workload
from schedc.verifier.vm import guest_build, machine, programs
from schedc.verifier.vm import result as vm
from schedc.verifier.vm.images import kernel as find_kernel
from schedc.verifier.vm.job import Job
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.run import run as run_job

Progress = Callable[[str], None]
MAX_CPUS = 16
MAX_SEEDS = 1000
LEAST_PATIENCE = 120
LOADING = 30
"""Guest seconds that the kernel's verifier may take for a large policy where an instruction takes a ns."""


@dataclass(frozen=True)
class Options:
    """Where, how often, and against what."""

    kernel: str = "7.3"
    cpus: int = 1
    seeds: int = 10
    costs: bool = True
    """Time the callbacks, in a further run of each."""
    at_once: int = 0
    """Boots beside each other; 0: as many as there are CPUs. It changes no figure."""
    shape: Machine | None = None
    """The machine, with `cpus` CPUs; None: all of them are cores under one cache."""


@dataclass(frozen=True)
class Failed:
    """A run that says nothing about the workload, since the scheduler was not there to the end."""

    seed: int
    what: str
    """refused, stall, ended, hang, or program, where one of the workload's programs failed."""
    text: str


@dataclass(frozen=True)
class Callback:
    """How often it ran, and for how long in all, reading the clock included."""

    name: str
    count: int
    total: int

    @property
    def mean(self) -> float:
        """ns of one call."""
        return self.total / self.count if self.count else 0.0


@dataclass(frozen=True)
class Costs:
    """What the callbacks took in a run of the first seed with statistics on."""

    callbacks: tuple[Callback, ...]
    switches: int

    @property
    def per_switch(self) -> float:
        """ns in callbacks for each switch of the system."""
        return sum(each.total for each in self.callbacks) / self.switches if self.switches else 0.0


@dataclass(frozen=True)
class Measured:
    """One scheduler: a run for each seed that it came through, and what became of the others."""

    subject: Subject
    runs: tuple[Run, ...]
    failed: tuple[Failed, ...]
    costs: Costs | None

    @property
    def ok(self) -> bool:
        return not self.failed


@dataclass(frozen=True)
class Measurement:
    """`measured` begins with the base of the comparison."""

    workload: Workload
    options: Options
    kernel: str
    kernel_version: str
    qemu: str
    guest: str
    """SHA-256 of the guest's programs and libraries, those of the distribution included."""
    machine: Machine
    measured: tuple[Measured, ...]

    @property
    def ok(self) -> bool:
        return all(each.ok for each in self.measured)

    @property
    def origin(self) -> Origin:
        """A virtual machine: its CPUs take turns."""
        provenance = {
            "kernel": self.kernel,
            "kernel_version": self.kernel_version,
            "qemu": self.qemu,
            "guest_sha256": self.guest,
            "machine": asdict(self.machine),
            "instruction_ns": 1 << self.workload.shift,
        }
        return Origin(self.kernel, lab(self.options.cpus), self.qemu, False, provenance)


def _quiet(text: str) -> None:
    """No progress is asked for."""


def measure(
    workload: Workload,
    subjects: Sequence[Subject],
    options: Options | None = None,
    progress: Progress = _quiet,
) -> Measurement:
    """Runs the workload under each, for every seed. `MeasureError` or `VmError` where that cannot be."""
    options = options or Options()
    _check(workload, subjects, options)
    machine.qemu()  # installed where it is missing, and the kernel and the guest built, before threads need them
    find_kernel(options.kernel)
    archives = guest_build.initramfs().read_bytes() + programs.archive(workload.programs)
    guest = hashlib.sha256(archives).hexdigest()
    shape = options.shape or Machine(sockets=1, cores=options.cpus)
    guest_machine = replace(shape, icount_shift=workload.shift, awake=True)
    named = distinct(subjects)
    with ThreadPoolExecutor(max_workers=_at_once(options, len(named))) as pool:
        jobs = [_job(workload, subject, options, guest_machine) for subject in named]
        done = list(pool.map(lambda subject, job: _run(subject, job, progress), named, jobs))
    measured = tuple(
        _measured(subject, outcome.objects, workload, options)
        for subject, outcome in zip(named, done, strict=True)
    )
    first = done[0]
    return Measurement(
        workload, options, first.kernel, first.version, first.qemu, guest, guest_machine, measured
    )


def _check(workload: Workload, subjects: Sequence[Subject], options: Options) -> None:
    if not subjects:
        raise MeasureError("there is nothing to measure", "give a policy, an object, or the default")
    if not 1 <= options.cpus <= MAX_CPUS:
        raise MeasureError(f"{options.cpus} CPUs are asked for", f"the lab has 1 to {MAX_CPUS}")
    if not 1 <= options.seeds <= MAX_SEEDS:
        raise MeasureError(f"{options.seeds} seeds are asked for", f"give 1 to {MAX_SEEDS}; 10 are usual")
    if workload.highest_cpu >= options.cpus:
        raise MeasureError(
            f"workload `{workload.name}` names CPU {workload.highest_cpu}, and there are {options.cpus}",
            f"measure with --cpus {workload.highest_cpu + 1} or more",
        )


def _at_once(options: Options, boots: int) -> int:
    return max(1, min(boots, options.at_once or os.cpu_count() or 1))


def _seeds(options: Options) -> range:
    return range(1, options.seeds + 1)


def _job(workload: Workload, subject: Subject, options: Options, guest: Machine) -> Job:
    runs = [replace(subject.run(wire.load(workload, seed)), name=f"seed {seed}") for seed in _seeds(options)]
    if _has_costs(subject, options):
        runs.append(replace(subject.run(wire.load(workload, 1), costs=True), name="costs"))
    return Job(
        tuple(replace(run, timeout=patience(workload)) for run in runs),
        options.kernel,
        guest,
        with_parents((*workload.cgroups, *subject.groups)),
        programs=workload.programs,
        files=workload.files,
        weights=dict(workload.weights),
    )


def patience(workload: Workload) -> int:
    """Guest seconds until a run counts as hung: the slower the CPU, the longer it takes to load a policy."""
    return max(LEAST_PATIENCE, LOADING << workload.shift) + 2 * wire.load(workload, 1).seconds


def _has_costs(subject: Subject, options: Options) -> bool:
    return options.costs and subject.job.data is not None


def _run(subject: Subject, job: Job, progress: Progress) -> vm.Run:
    def tell(text: str) -> None:
        if text.startswith("object "):
            progress(f"{subject.name}: {text.removeprefix('object ')}")

    return run_job(job, progress=tell)


def _measured(
    subject: Subject, results: Sequence[vm.ObjectResult], workload: Workload, options: Options
) -> Measured:
    runs, failed = [], []
    for seed, result in zip(_seeds(options), results, strict=False):
        wrong = failure(result, seed)
        line = _line(result)
        if wrong is not None or line is None:
            failed.append(wrong or Failed(seed, "hang", "the workload told nothing"))
            continue
        run = run_of(line, workload, seed)
        faults = [group.fault for group in run.groups if group.fault]
        if faults:
            failed.append(Failed(seed, "program", faults[0]))
        else:
            runs.append(run)
    costs = None
    if _has_costs(subject, options) and not failed and failure(results[-1], 1) is None:
        line = _line(results[-1])
        costs = _costs(results[-1], run_of(line, workload, 1)) if line is not None else None
    return Measured(subject, tuple(runs), tuple(failed), costs)


def _line(result: vm.ObjectResult) -> dict[str, object] | None:
    loads = [work.load for work in result.workloads if work.load is not None]
    return dict(loads[0]) if loads else None


def failure(result: vm.ObjectResult, seed: int) -> Failed | None:
    """Why the run is none; None where the scheduler was there from its begin to its end."""
    if result.failure is not None:
        return Failed(seed, "refused", f"{result.failure.stage}: {result.failure.message or result.failure.why}")
    if result.attached and not (result.alive and (result.exit is None or result.exit.clean)):
        return Failed(seed, *_ended(result))
    if result.problems:
        return Failed(seed, "hang", result.problems[-1])
    return None if result.accepted else Failed(seed, "hang", "it came to no end")


def _ended(result: vm.ObjectResult) -> tuple[str, str]:
    """How the kernel took it off: from its exit record, or from the kernel's log where it keeps none."""
    end = result.exit
    said = [line for line in result.klog if "sched_ext:" in line and "enabled" not in line]
    text = f"{end.reason}: {end.message}" if end is not None and end.kind else _joined(said)
    stalled = end.kind == STALL if end is not None and end.kind else "stall" in text
    after = sum(work.passed for work in result.workloads)
    return "stall" if stalled else "ended", f"{text}, after {after:.1f} s"


def _joined(lines: Iterable[str]) -> str:
    return "; ".join(lines) or "it was gone before it was taken off"


def _costs(result: vm.ObjectResult, run: Run) -> Costs:
    callbacks = [Callback(each.callback, each.count, each.total_ns) for each in result.run_times if each.callback]
    return Costs(tuple(sorted(callbacks, key=lambda each: each.name)), run.switches)
