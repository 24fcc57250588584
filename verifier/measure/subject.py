"""What is measured: the kernel's default scheduler, a policy, or an object that was built elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from schedc.api import CompileResult
from schedc.verifier.kernel.subject import Subject as KernelSubject
from schedc.verifier.vm.job import Mix, ObjectJob, Workload

DEFAULT = "default"


@dataclass(frozen=True)
class Subject:
    """A scheduler under its name in the report. `job` has everything but the workloads."""

    name: str
    kind: str
    """default, policy or object."""
    job: ObjectJob = field(repr=False)
    wanted: Mapping[str, str] = field(default_factory=dict)
    """The values of params, as they were asked for."""
    groups: tuple[str, ...] = ()
    """Control groups that it speaks of."""

    @classmethod
    def default(cls) -> Subject:
        """The kernel's own scheduler."""
        return cls(DEFAULT, "default", ObjectJob(DEFAULT, None))

    @classmethod
    def policy(cls, result: CompileResult, wanted: Mapping[str, str] | None = None, name: str = "") -> Subject:
        """From an accepted compile; `BadSetting` where a param cannot have the value wanted for it."""
        subject = KernelSubject.of(result, wanted)
        job = replace(subject.job(Mix()), workloads=())
        return cls(name or subject.policy.name, "policy", job, subject.wanted, subject.groups())

    @classmethod
    def object(cls, name: str, data: bytes, settings: Mapping[str, int] | None = None) -> Subject:
        """From a compiled object; `settings` are variables to set before it is loaded."""
        wanted = {key: str(value) for key, value in (settings or {}).items()}
        return cls(name, "object", ObjectJob(name, data, settings=settings or {}), wanted)

    @property
    def sha256(self) -> str:
        """Of the object; empty for the default."""
        return hashlib.sha256(self.job.data).hexdigest() if self.job.data is not None else ""

    def run(self, workload: Workload, costs: bool = False) -> ObjectJob:
        """One run of it. With `costs` the kernel counts and times its programs, which takes time itself."""
        return replace(self.job, workloads=(workload,), run_times=costs)


def distinct(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """With a number behind a name that is there already."""
    counts: dict[str, int] = {}
    found = []
    for subject in subjects:
        counts[subject.name] = counts.get(subject.name, 0) + 1
        number = counts[subject.name]
        found.append(replace(subject, name=f"{subject.name}#{number}") if number > 1 else subject)
    return tuple(found)
