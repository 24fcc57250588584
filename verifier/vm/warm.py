"""Warm guests: a kernel that was booted once, kept just before its first job, and restored for each job.

A snapshot is the guest's memory as files, which every restored guest maps and copies only where it writes, and
the state of its devices. It is kept under a key of everything that made it; another key means another snapshot,
and the old one is removed. Whatever is wrong with a snapshot, a cold boot does the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from schedc.verifier.vm import boot as boots
from schedc.verifier.vm import cache, guest_build, images, machine, owned
from schedc.verifier.vm import job as jobs
from schedc.verifier.vm.errors import VmError
from schedc.verifier.vm.machine import Machine, Memory
from schedc.verifier.vm.qmp import Qmp

_STATE = "state"
_PART = ".part-"
_IGNORE_SHARED = {"capability": "x-ignore-shared", "state": True}


def boot(
    job: jobs.Job,
    kernel: images.Kernel,
    home: Path | None = None,
    heard: Callable[[boots.Line], None] = lambda line: None,
) -> boots.Boot:
    """As `boot.boot`, from a snapshot, which is taken where there is none. VmError where that cannot be done; a
    snapshot that does not come to life is removed."""
    try:
        folder = snapshot(kernel, job.machine, home)
        with _discarded_if_dead(folder) as outcomes:
            outcomes.append(_restored(folder, job, heard))
        return outcomes[0]
    except OSError as error:
        raise VmError(f"no guest can be kept: {error}", "it is booted each time") from error


@contextlib.contextmanager
def _discarded_if_dead(folder: Path) -> Iterator[list[boots.Boot]]:
    outcomes: list[boots.Boot] = []
    try:
        yield outcomes
    finally:
        if not any(outcome.of("boot") for outcome in outcomes):
            shutil.rmtree(folder, ignore_errors=True)


def _restored(folder: Path, job: jobs.Job, heard: Callable[[boots.Line], None]) -> boots.Boot:
    with _monitored() as qmp, owned.directory() as directory:
        (directory / "job").write_bytes(jobs.archive(job))
        command = _command(job.machine, Memory(folder, kept=False), directory, qmp)
        command += ["-fw_cfg", f"name=opt/schedc/job,file={directory / 'job'}", "-incoming", "defer"]
        with (folder / _STATE).open("rb") as state:

            def restore() -> None:
                qmp.begin()
                qmp.ask("migrate-set-capabilities", capabilities=[_IGNORE_SHARED])
                qmp.ask("migrate-incoming", uri=f"fd:{state.fileno()}")

            inherited = (qmp.theirs.fileno(), state.fileno())
            return boots.follow(command, directory, boots.patience(job), heard, restore, inherited)


def snapshot(kernel: images.Kernel, shape: Machine, home: Path | None = None) -> Path:
    """The folder of the snapshot; taken if there is none yet."""
    home = home or cache.root()
    place = home / "warm" / kernel.release / _slug(shape)
    folder = place / _key(kernel, shape)
    if not (folder / _STATE).is_file():
        with cache.locked(home, f"warm-{kernel.release}"):
            if not (folder / _STATE).is_file():
                _make(kernel, shape, place, folder)
    return folder


def _slug(shape: Machine) -> str:
    """A folder for each shape, in which there is one snapshot."""
    clock = "" if shape.icount_shift is None else f"-icount{shape.icount_shift}"
    accelerator = "-kvm" if shape.kvm else ""
    cpus = f"{shape.sockets}x{shape.caches}x{shape.cores}x{shape.threads}n{shape.nodes}-{shape.cpus}cpus"
    return f"{cpus}-{shape.memory_mb}MB{clock}{accelerator}"


def _key(kernel: images.Kernel, shape: Machine) -> str:
    """Names everything that a guest's memory and devices come from."""
    files = (Path(machine.qemu()), kernel.vmlinuz, guest_build.initramfs())
    parts = [*map(_stamp, files), *machine.FIXED, shape.append(), *shape.options(), *machine.channels(Path("."))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _stamp(path: Path) -> str:
    """Which version of a file is there, without reading it."""
    status = path.stat()
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def _make(kernel: images.Kernel, shape: Machine, place: Path, folder: Path) -> None:
    """Boots the kernel to where it waits, and writes down what it is. Visible to others when it is whole."""
    cache.say(f"keeping a booted guest of {kernel.release}")
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob(f"{_PART}*"):  # by a process that was killed here: the caller has the lock
        shutil.rmtree(left, ignore_errors=True)
    with contextlib.ExitStack() as stack:
        qmp = stack.enter_context(_monitored())
        part = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=_PART, dir=place)))
        directory = stack.enter_context(owned.directory())
        command = _command(shape, Memory(part, kept=True), directory, qmp)
        command += ["-kernel", str(kernel.vmlinuz), "-initrd", str(guest_build.initramfs())]
        command += ["-append", f"{shape.append()} schedc.warm"]
        taken: list[bool] = []

        def heard(line: boots.Line) -> None:
            if line["t"] == "warm":
                _keep(qmp, part / _STATE)
                taken.append(True)

        outcome = boots.follow(command, directory, boots.BOOT_PATIENCE, heard, qmp.begin, (qmp.theirs.fileno(),))
        if not taken:
            tail = "\n".join(outcome.console.splitlines()[-5:])
            raise VmError(f"kernel {kernel.release} did not come up to be kept: {tail}", "it is booted each time")
        _only(place, part, folder)


def _keep(qmp: Qmp, path: Path) -> None:
    with path.open("wb") as state:
        qmp.ask("getfd", fdname="state", send=state.fileno())
        qmp.ask("migrate-set-capabilities", capabilities=[_IGNORE_SHARED])
        qmp.ask("migrate", uri="fd:state")
        qmp.migrated()
    qmp.ask("quit")


def _only(place: Path, part: Path, folder: Path) -> None:
    """This snapshot instead of those that came before it, which nobody will ask for again."""
    for old in place.iterdir():
        if old != part:
            shutil.rmtree(old, ignore_errors=True)
    folder.mkdir()
    for file in part.iterdir():
        if file.name != _STATE:
            file.replace(folder / file.name)
    (part / _STATE).replace(folder / _STATE)


@contextlib.contextmanager
def _monitored() -> Iterator[Qmp]:
    qmp = Qmp()
    try:
        yield qmp
    finally:
        qmp.close()


def _command(shape: Machine, memory: Memory, directory: Path, qmp: Qmp) -> list[str]:
    monitor = ["-chardev", f"socket,id=qmp,fd={qmp.theirs.fileno()}", "-mon", "chardev=qmp,mode=control"]
    options = [*shape.options(memory), *machine.channels(directory), *monitor]
    return [machine.qemu(), *machine.FIXED, *options]
