"""Policies on kernels: one boot per kernel for all of them, kernels beside each other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from schedc.diagnostics import Diagnostic
from schedc.verifier.kernel.diagnose import diagnose
from schedc.verifier.kernel.expectations import Broken, broken
from schedc.verifier.kernel.subject import Subject, with_parents
from schedc.verifier.vm import machine, processes
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.images import SERIES
from schedc.verifier.vm.job import Job, Mix
from schedc.verifier.vm.machine import Machine
from schedc.verifier.vm.result import ObjectResult, Run
from schedc.verifier.vm.run import run

MATRIX = SERIES
BOUNDED = ("6.16", "6.18", "7.3")
"""The oldest, the middle and the newest of the matrix: what a change is tried on before it is taken."""
SECONDS = 6
# Time by instructions: a busy host must not look like a stall. 8 ns each is about what emulation takes.
ICOUNT_SHIFT = 3
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """Which kernels, and for how long each policy runs on each."""

    kernels: tuple[str, ...] = ("6.18",)
    seconds: int = SECONDS
    tasks: int = 300
    seed: int = 0
    machine: Machine = field(default_factory=lambda: Machine(icount_shift=ICOUNT_SHIFT))
    warm: bool = True
    """From kept guests, where it can be."""
    timeline: bool = False
    """Record who ran where."""
    at_once: int = 0
    """Kernels that run beside each other; 0: one for each CPU. A guest keeps one CPU busy."""


@dataclass(frozen=True)
class Verdict:
    """One policy on one kernel."""

    subject: Subject
    result: ObjectResult
    broken: tuple[Broken, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not self.broken


@dataclass(frozen=True)
class Outcome:
    """`verdicts` by policy, and for each policy by kernel, both in the order they were asked for."""

    runs: tuple[Run, ...]
    verdicts: tuple[Verdict, ...]
    options: Options
    seconds: float

    @property
    def ok(self) -> bool:
        return all(verdict.ok for verdict in self.verdicts)

    def of(self, subject: Subject) -> tuple[Verdict, ...]:
        """The verdicts on one policy."""
        return tuple(verdict for verdict in self.verdicts if verdict.subject is subject)


def _quiet(text: str) -> None:
    """No progress is asked for."""


def verify(
    subjects: Sequence[Subject], options: Options | None = None, progress: Progress = _quiet
) -> Outcome:
    """Load, attach, run under load, take off, and judge. `VmError` where no kernel could be run at all."""
    options = options or Options()
    start = time.monotonic()
    machine.qemu()  # installs it where it is missing, which two threads must not do at once
    kernels = tuple(dict.fromkeys(options.kernels))
    with processes.supervised(), ThreadPoolExecutor(max_workers=_at_once(options, len(kernels))) as pool:
        runs = tuple(pool.map(lambda kernel: _run(subjects, kernel, options, progress), kernels))
    verdicts = tuple(
        _judged(subject, outcome.objects[index]) for index, subject in enumerate(subjects) for outcome in runs
    )
    return Outcome(runs, verdicts, options, time.monotonic() - start)


def _at_once(options: Options, kernels: int) -> int:
    return max(1, min(kernels, options.at_once or os.cpu_count() or 1))


def _run(subjects: Sequence[Subject], kernel: str, options: Options, progress: Progress) -> Run:
    mix = Mix(options.tasks, options.seconds, seed=options.seed)
    groups = with_parents(group for subject in subjects for group in subject.groups())
    objects = tuple(replace(subject.job(mix), timeline=options.timeline) for subject in subjects)
    job = Job(objects, kernel, options.machine, groups, options.warm)
    outcome = run(job, progress=_told(kernel, len(subjects), progress))
    progress(f"{kernel}: done in {outcome.host_seconds:.0f} s")
    asked, seen = options.machine.layout(), dict(outcome.topology)
    if seen != asked:  # a verdict on another machine would be no answer
        raise VmError(f"{kernel} sees another machine than was asked for: {seen}, not {asked}", "report this")
    return outcome


def _told(kernel: str, policies: int, progress: Progress) -> Progress:
    """Says which policy runs and how many there are; of its steps, nothing."""
    begun: set[str] = set()

    def tell(text: str) -> None:
        step, _, name = text.partition(" ")
        if step == "object":
            begun.add(name)
            progress(f"{kernel}: {name}, {len(begun)} of {policies}")
        elif step not in ("attach", "workload"):
            progress(f"{kernel}: {text}")

    return tell


def _judged(subject: Subject, result: ObjectResult) -> Verdict:
    found = broken(result)
    return Verdict(subject, result, found, diagnose(subject.policy, result, found))
