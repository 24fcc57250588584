"""A job from its first boot to its last result.

All objects of a job share a boot. Where a boot does not come to its end, the object that it stood at is tried
once more, in the next boot; the ones before it keep their results, the ones after it go on.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from schedc.verifier.vm import boot as boots
from schedc.verifier.vm import cache, collect, images, job, machine, warm
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.result import ObjectResult, Run

MAX_TRIES = 2
# What a kernel that died said first; after it come registers and traces.
_TELLING = re.compile(r"PANIC|panic|Oops|BUG|RIP: 0010")
Progress = Callable[[str], None]


def _quiet(text: str) -> None:
    """No progress is asked for."""


class _Session:
    """The state of a job over its boots."""

    def __init__(self, work: job.Job, kernel: images.Kernel, progress: Progress) -> None:
        self.work = work
        self.kernel = kernel
        self.progress = progress
        self.waiting = list(range(len(work.objects)))
        self.tries = dict.fromkeys(self.waiting, 0)
        self.results: dict[int, ObjectResult] = {}
        self.boots = 0
        self.failed_boots = 0
        self.hello: boots.Line = {}

    def step(self) -> None:
        """One boot with all that waits."""
        part = replace(
            self.work,
            objects=tuple(self.work.objects[index] for index in self.waiting),
            machine=replace(self.work.machine, boot=self.boots),
        )
        outcome = self._boot(part)
        self.boots += 1
        hello = outcome.of("boot")
        if not hello:
            return self._boot_failed(outcome)
        self.hello = hello[0]
        self._refused(outcome)
        groups = collect.by_object(outcome.lines)
        self._keep(groups, outcome)
        if not outcome.complete and not groups:
            return self._boot_failed(outcome)
        return None

    def _boot(self, part: job.Job) -> boots.Boot:
        """A kept guest is good for the first try: whatever is wrong with it, a boot has not."""
        if part.warm and not self.boots:
            try:
                return warm.boot(part, self.kernel, heard=self._heard)
            except VmError as error:
                self.progress(f"no warm guest: {error}")
        return boots.boot(part, self.kernel, heard=self._heard)

    def _heard(self, line: boots.Line) -> None:
        if line["t"] in ("object", "attach", "workload"):
            self.progress(f"{line['t']} {line.get('name') or line.get('kind') or ''}".strip())

    def _refused(self, outcome: boots.Boot) -> None:
        for line in outcome.of("error"):
            if line["what"] in ("job", "btf"):
                raise VmError(
                    f"the guest refuses the job: {line['text']}", "ask for another kernel, or report this"
                )

    def _boot_failed(self, outcome: boots.Boot) -> None:
        self.failed_boots += 1
        if self.failed_boots < MAX_TRIES:
            self.progress("the guest did not come up; once more")
            return
        tail = "\n".join(outcome.console.splitlines()[-15:])
        raise VmError(
            f"kernel {self.kernel.release} did not come up, {MAX_TRIES} times; its console ends:\n{tail}",
            "give the machine more memory, or ask for another kernel",
        )

    def _keep(self, groups: list[list[boots.Line]], outcome: boots.Boot) -> None:
        """What came to its end is a result; an object that did not is tried again or given up."""
        timelines = collect.timelines(groups, outcome.blob)
        for index, group, timeline in zip(list(self.waiting), groups, timelines, strict=False):
            self.tries[index] += 1
            if not collect.undisturbed(group) and self.tries[index] < MAX_TRIES:
                self.progress(f"{self.work.objects[index].name} hung; once more")
                continue
            problems = () if collect.ended(group) else (self._hang(outcome),)
            found = collect.object_result(self.kernel.release, group, problems, self.tries[index])
            self.results[index] = replace(found, timeline=timeline)
            self.waiting.remove(index)

    def _hang(self, outcome: boots.Boot) -> str:
        how = "the guest went silent" if outcome.silent else "the guest ended early"
        console = outcome.console.splitlines()
        told = [line for line in console if _TELLING.search(line)][:4] or console[-5:]
        return f"hang: {how}, {MAX_TRIES} times; console: {' | '.join(told)}"


def run(work: job.Job, home: Path | None = None, progress: Progress = _quiet) -> Run:
    """Runs every object of the job on its kernel. Fetches and builds what is not in the cache yet."""
    start = time.monotonic()
    work.machine.check()
    kernel = images.kernel(work.kernel, home)
    session = _Session(work, kernel, progress)
    while session.waiting:
        session.step()
    hello = session.hello
    return Run(
        kernel=kernel.release,
        version=str(hello.get("version", "")),
        qemu=machine.qemu_version(machine.qemu()),
        objects=tuple(session.results[index] for index in range(len(work.objects))),
        boots=session.boots,
        host_seconds=time.monotonic() - start,
        topology={key: tuple(hello.get(key, ())) for key in ("cpu_core", "cpu_llc", "cpu_node")},
    )


def load_only(objects: dict[str, bytes], kernel: str = "6.18", progress: Progress = _quiet) -> Run:
    """Only asks the verifier, for many objects in one boot; figures of single programs are left out."""
    wanted = tuple(job.ObjectJob(name, data, attach=False, brief=True) for name, data in objects.items())
    small = machine.Machine(sockets=1, cores=1, memory_mb=_memory(objects))
    return run(job.Job(wanted, kernel, small), progress=progress)


def _memory(objects: dict[str, bytes]) -> int:
    """The initramfs is there twice while it is unpacked."""
    return 512 + 3 * sum(len(data) for data in objects.values()) // 1_000_000


def kernel_btf(wanted: str = "6.18", home: Path | None = None) -> bytes:
    """The kernel's type information, from a boot of it; kept beside the kernel."""
    kernel = images.kernel(wanted, home)
    if not kernel.btf.is_file():
        cache.say(f"booting {kernel.release} once to read its BTF")
        outcome = boots.boot(job.Job((), wanted, machine.Machine(sockets=1, cores=1)), kernel, btf=True)
        if not outcome.complete or not outcome.blob:
            raise VmError(f"kernel {kernel.release} did not give its BTF", "run `schedc setup vm` again")
        cache.write_atomically(kernel.btf, outcome.blob)
    return kernel.btf.read_bytes()
