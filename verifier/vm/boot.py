"""One boot: QEMU runs, the runner's JSON lines are read as they come, silence for too long ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedc.verifier.vm import guest_build, images, machine, owned, processes, programs
from schedc.verifier.vm import job as jobs
from schedc.verifier.vm.errors import VmError

Line = dict[str, Any]
BOOT_PATIENCE = 90.0
CONSOLE_KEPT = 1_000_000  # bytes
ROOM_LEFT = 64 * 1024  # bytes; with less the guest's lines may be lost


@dataclass
class Boot:
    """What came back."""

    lines: list[Line] = field(default_factory=list)
    console: str = ""
    blob: bytes = b""
    seconds: float = 0.0
    silent: bool = False
    """Ended by us, since nothing was heard any more."""

    def of(self, kind: str) -> list[Line]:
        """The lines of one kind."""
        return [line for line in self.lines if line["t"] == kind]

    @property
    def complete(self) -> bool:
        """The runner has come to its end."""
        return bool(self.of("bye"))


class _Reader:
    """Follows the result file while QEMU writes it."""

    def __init__(self, path: Path) -> None:
        self.handle = path.open("rb")
        self.rest = b""

    def lines(self) -> list[Line]:
        *whole, self.rest = (self.rest + self.handle.read()).split(b"\n")
        return [_line(text) for text in whole]


def _line(text: bytes) -> Line:
    """A line of the runner's; whatever else comes is an error of the channel."""
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    if isinstance(line, dict) and isinstance(line.get("t"), str):
        return line
    return {"t": "error", "what": "channel", "errno": 0, "text": text.decode("latin-1")}


def _console(path: Path) -> str:
    """Its end, without what would steer a terminal: what a guest prints is anybody's."""
    if not path.is_file():
        return ""
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - CONSOLE_KEPT))
        text = handle.read().decode("latin-1")
    return "".join(char for char in text if char == "\n" or char.isprintable())


def patience(job: jobs.Job) -> float:
    """Host seconds of silence. Where instructions are counted, a guest second has a billion of them, or that divided
    by what each takes."""
    longest = max((item.limit for item in job.objects), default=0)
    shift = job.machine.icount_shift
    return BOOT_PATIENCE + longest * max(1.5, 20 / (1 << shift) if shift is not None else 0)


def _follow(
    process: subprocess.Popen[bytes], reader: _Reader, patience: float, heard: Callable[[Line], None]
) -> bool:
    """Until QEMU ends; False when it had to be ended."""
    last = time.monotonic()
    while True:
        ended = process.poll() is not None
        lines = reader.lines()
        for line in lines:
            heard(line)
        # Its last word: how QEMU ends is of no interest then.
        if ended or (lines and lines[-1]["t"] == "bye"):
            return True
        if lines:
            last = time.monotonic()
        elif time.monotonic() - last > patience:
            return False
        time.sleep(0.002)


def _check(process: subprocess.Popen[bytes], result: Boot, directory: Path) -> None:
    """VmError where it was not the guest that ended badly, but what it runs on."""
    processes.check()
    if not result.complete and _full(directory):
        raise VmError(
            f"the disk of {directory} is full", "free some space, or set TMPDIR to a directory with more room"
        )
    if result.silent or result.complete or not process.returncode:
        return
    said = (directory / "stderr").read_text(errors="replace").strip()
    if process.returncode < 0:
        said = f"{signal.Signals(-process.returncode).name} {said}".strip()
    out_of_memory = process.returncode == -signal.SIGKILL or "Cannot allocate memory" in said
    way_out = "this machine has too little free memory: end something, or ask for a smaller guest"
    raise VmError(f"QEMU ended: {said}", way_out if out_of_memory else "see its message")


def _full(directory: Path) -> bool:
    room = os.statvfs(directory)
    return room.f_bavail * room.f_frsize < ROOM_LEFT


def boot(
    job: jobs.Job,
    kernel: images.Kernel,
    btf: bool = False,
    heard: Callable[[Line], None] = lambda line: None,
    limit: float | None = None,
) -> Boot:
    """Boots the kernel with the job and follows it to its end. `heard` is called with every line; `limit` is how
    many host seconds of silence are borne, where that is not to follow from the job."""
    with owned.directory() as directory:
        initrd = directory / "initrd"
        parts = (guest_build.initramfs().read_bytes(), programs.archive(job.programs), jobs.archive(job, btf))
        initrd.write_bytes(b"".join(parts))
        command = machine.command(machine.qemu(), job.machine, kernel.vmlinuz, initrd, directory)
        return follow(command, directory, limit or patience(job), heard)


def follow(
    command: list[str],
    directory: Path,
    limit: float,
    heard: Callable[[Line], None],
    started: Callable[[], None] = lambda: None,
    pass_fds: tuple[int, ...] = (),
) -> Boot:
    """Runs QEMU, whose channels are files in `directory`, until it ends or was silent for `limit` host seconds.
    `started` is called once it runs."""
    result = Boot()

    def keep(line: Line) -> None:
        result.lines.append(line)
        heard(line)

    (directory / "result").touch()
    start = time.monotonic()
    with (directory / "stderr").open("wb") as errors:
        process = processes.start(command, stdout=errors, stderr=errors, pass_fds=pass_fds)
    try:
        started()
        result.silent = not _follow(process, _Reader(directory / "result"), limit, keep)
    finally:
        processes.stop(process)
    result.seconds = time.monotonic() - start
    result.console = _console(directory / "console")
    result.blob = (directory / "blob").read_bytes() if (directory / "blob").is_file() else b""
    _check(process, result, directory)
    return result
