"""One boot: QEMU runs, the runner's JSON lines are read as they come, silence for too long ends it."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedc.verifier.vm import guest_build, images, machine
from schedc.verifier.vm import job as jobs
from schedc.verifier.vm.errors import VmError

Line = dict[str, Any]
BOOT_PATIENCE = 90.0


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
        found = []
        for text in whole:
            try:
                found.append(json.loads(text))
            except json.JSONDecodeError:
                found.append({"t": "error", "what": "channel", "errno": 0, "text": text.decode("latin-1")})
        return found


def patience(job: jobs.Job) -> float:
    """Host seconds of silence. Under icount a guest second can take much longer than one of ours."""
    longest = max((item.limit for item in job.objects), default=0)
    return BOOT_PATIENCE + longest * (10 if job.machine.icount_shift is not None else 1.5)


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


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def boot(
    job: jobs.Job,
    kernel: images.Kernel,
    btf: bool = False,
    heard: Callable[[Line], None] = lambda line: None,
) -> Boot:
    """Boots the kernel with the job and follows it to its end. `heard` is called with every line."""
    with tempfile.TemporaryDirectory(prefix="schedc-vm-") as name:
        directory = Path(name)
        initrd = directory / "initrd"
        initrd.write_bytes(guest_build.initramfs().read_bytes() + jobs.archive(job, btf))
        command = machine.command(machine.qemu(), job.machine, kernel.vmlinuz, initrd, directory)
        return follow(command, directory, patience(job), heard)


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
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, pass_fds=pass_fds
        )
    try:
        started()
        result.silent = not _follow(process, _Reader(directory / "result"), limit, keep)
    finally:
        _stop(process)
    result.seconds = time.monotonic() - start
    console = directory / "console"
    result.console = console.read_text(errors="replace") if console.is_file() else ""
    result.blob = (directory / "blob").read_bytes() if (directory / "blob").is_file() else b""
    if process.returncode and not (result.silent or result.complete):
        raise VmError(
            f"QEMU ended: {(directory / 'stderr').read_text(errors='replace').strip()}", "see its message"
        )
    return result
