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
from schedc.verifier.vm import btf, cache, collect, images, job, kvm, machine, processes, warm
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.result import ObjectResult, Run

MAX_TRIES = 2
# What a kernel that died said first; after it come registers and traces.
_TELLING = re.compile(r"PANIC|panic|Oops|BUG|RIP: 0010")
# What a kernel's console says when it was built without what the guest needs.
_LACKS = {
    "schedc: no result port": (
        "has no virtio console, through which the guest answers",
        "CONFIG_VIRTIO_PCI=y and CONFIG_VIRTIO_CONSOLE=y",
    ),
    "VFS: Unable to mount root fs": ("did not unpack the guest", "CONFIG_BLK_DEV_INITRD=y"),
    "No working init found": ("does not run the guest's program", "CONFIG_BINFMT_ELF=y"),
}
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
        outcome = self._boot(tuple(self.work.objects[index] for index in self.waiting))
        if outcome is None:
            return
        groups = collect.by_object(outcome.lines)
        self._keep(groups, outcome)
        if not outcome.complete and not groups:
            self._boot_failed(outcome)

    def btf(self) -> bytes:
        """The kernel's type information, from a boot without objects."""
        while True:
            outcome = self._boot((), btf=True)
            if outcome and outcome.complete and outcome.blob:
                return outcome.blob
            if outcome:
                self._boot_failed(outcome)

    def _boot(self, objects: tuple[job.ObjectJob, ...], btf: bool = False) -> boots.Boot | None:
        """None, and counted, where the guest did not come up."""
        shape = self.work.machine
        # What did not come up on KVM gets its second try in emulation.
        shape = replace(shape, boot=self.boots, kvm=shape.kvm and not self.failed_boots)
        outcome = self._booted(replace(self.work, objects=objects, machine=shape), btf)
        self.boots += 1
        hello = outcome.of("boot")
        if not hello:
            self._boot_failed(outcome)
            return None
        self.hello = hello[0]
        self._refused(outcome)
        return outcome

    def _booted(self, part: job.Job, btf: bool) -> boots.Boot:
        """A kept guest is good for the first try: whatever is wrong with it, a boot has not."""
        if part.warm and not part.programs and not self.boots and not btf:
            try:
                return warm.boot(part, self.kernel, heard=self._heard)
            except processes.Interrupted:
                raise
            except VmError as error:
                self.progress(f"no warm guest: {error}")
        return boots.boot(part, self.kernel, btf, heard=self._heard)

    def _heard(self, line: boots.Line) -> None:
        if line["t"] in ("object", "attach", "workload"):
            self.progress(f"{line['t']} {line.get('name') or line.get('kind') or ''}".strip())

    def _refused(self, outcome: boots.Boot) -> None:
        """What no second boot would change."""
        if not self.hello.get("sched_ext"):
            raise VmError(
                f"kernel {self.kernel.release} has no sched_ext", "build it with CONFIG_SCHED_CLASS_EXT=y"
            )
        for line in outcome.of("error"):
            if line["what"] == "btf":
                raise VmError(f"kernel {self.kernel.release}: {line['text']}", "build it with CONFIG_DEBUG_INFO_BTF=y")
            if line["what"] == "job":
                raise VmError(
                    f"the guest refuses the job: {line['text']}", "ask for another kernel, or report this"
                )

    def _boot_failed(self, outcome: boots.Boot) -> None:
        for sign, (lack, options) in _LACKS.items():
            if sign in outcome.console:
                raise VmError(f"kernel {self.kernel.release} {lack}", f"build it with {options}, not as modules")
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
    results = tuple(session.results[index] for index in range(len(work.objects)))
    if any(item.failure for item in results):
        problem = btf_problem(kernel)
        results = tuple(replace(item, kernel_problem=problem) for item in results)
    return Run(
        kernel=kernel.release,
        version=str(hello.get("version", "")),
        qemu=machine.qemu_version(machine.qemu()),
        objects=results,
        boots=session.boots,
        host_seconds=time.monotonic() - start,
        topology={key: tuple(hello.get(key, ())) for key in ("cpu_core", "cpu_llc", "cpu_node")},
    )


def load_only(objects: dict[str, bytes], kernel: str = "6.18", progress: Progress = _quiet) -> Run:
    """Only asks the verifier, for many objects in one boot; figures of single programs are left out."""
    wanted = tuple(job.ObjectJob(name, data, attach=False, brief=True) for name, data in objects.items())
    small = kvm.best(machine.Machine(sockets=1, cores=1, memory_mb=_memory(objects)))
    return run(job.Job(wanted, kernel, small), progress=progress)


def _memory(objects: dict[str, bytes]) -> int:
    """The initramfs is there twice while it is unpacked."""
    return 512 + 3 * sum(len(data) for data in objects.values()) // 1_000_000


def kernel_btf(wanted: str = "6.18", home: Path | None = None) -> bytes:
    """The kernel's type information, from a boot of it; kept beside the kernel."""
    return _btf_of(images.kernel(wanted, home))


def _btf_of(kernel: images.Kernel) -> bytes:
    if not kernel.btf.is_file():
        cache.say(f"booting {kernel.release} once to read its BTF")
        shape = kvm.best(machine.Machine(sockets=1, cores=1))
        session = _Session(job.Job((), kernel.release, shape), kernel, cache.say)
        cache.write_atomically(kernel.btf, session.btf())
    return kernel.btf.read_bytes()


def btf_problem(kernel: images.Kernel) -> str:
    """Why nothing loads on that kernel, by its BTF; empty: nothing speaks against it. Boots it once if need be."""
    known = kernel.problem
    if known is None:
        known = btf.problem(_btf_of(kernel))
        kernel.note_problem(known)
    return known
