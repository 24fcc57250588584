"""Run one child process with a deadline, bounded output and no inherited surroundings.

The child starts at once and runs while the caller does other work; only `wait` blocks. Its standard
error is read through a pipe, so a child that writes without end is held back by the pipe and killed
at the limit, and never fills memory or a disk.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, NamedTuple

MAX_OUTPUT = 256 * 1024
MAX_FILE_BYTES = 64 * 1024 * 1024


class Finished(NamedTuple):
    """How a child ended. `failure` is a sentence if it could not run or was stopped by us."""

    status: int | None
    output: bytes
    failure: str | None


class Child:
    """A started process; `wait` may be called from any thread and more than once."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | None,
        timeout: float,
        listens: bool = False,
    ) -> None:
        self._deadline = time.monotonic() + timeout
        self._timeout = timeout
        self._lock = threading.Lock()
        self._finished: Finished | None = None
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                process_group=0,
            )
        except (OSError, ValueError) as error:
            self._finished = Finished(None, b"", f"cannot run {argv[0]}: {_reason(error)}")
        else:
            _limit(self._process.pid, timeout)

    def tell(self, line: bytes) -> None:
        """The only input of a child that listens: so short that a pipe takes it at once, read or not."""
        if self._process is not None and (pipe := self._process.stdin) is not None:
            with suppress(BrokenPipeError):  # it has ended, and `wait` says how
                pipe.write(line)
            _close(pipe)

    def wait(self) -> Finished:
        with self._lock:
            if self._finished is None:
                self._finished = self._collect()
            return self._finished

    def kill(self) -> None:
        """Stop the child now, without waiting for another thread that is inside `wait`."""
        process = self._process
        if process is not None and process.poll() is None:
            _kill_group(process)

    def _collect(self) -> Finished:
        process = self._process
        assert process is not None and process.stdout is not None
        if process.stdin is not None:
            _close(process.stdin)
        with process.stdout as pipe:
            output, failure = self._drain(pipe.fileno())
        if failure is None:
            try:
                process.wait(max(0.0, self._deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                failure = self._late()
        if failure is not None:
            _kill_group(process)
            process.wait()
        return Finished(process.returncode, output, failure)

    def _drain(self, fd: int) -> tuple[bytes, str | None]:
        poller = select.poll()
        poller.register(fd, select.POLLIN)
        chunks: list[bytes] = []
        total = 0
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0 or not poller.poll(left * 1000):
                return b"".join(chunks), self._late()
            chunk = os.read(fd, 65536)
            if not chunk:
                return b"".join(chunks), None
            chunks.append(chunk)
            total += len(chunk)
            if total > MAX_OUTPUT:
                return b"".join(chunks)[:MAX_OUTPUT], "stopped: it wrote more messages than anyone can read"

    def _late(self) -> str:
        return f"stopped: not finished after {self._timeout:g} s"


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _limit(pid: int, timeout: float) -> None:
    """Limits, set from outside: a hook in the child would cost a slow fork and is unsafe with threads."""
    import resource

    seconds = max(1, int(timeout) + 1)
    for what, most in ((resource.RLIMIT_FSIZE, MAX_FILE_BYTES), (resource.RLIMIT_CPU, seconds)):
        try:
            resource.prlimit(pid, what, (most, most))
        except (OSError, ValueError, AttributeError):
            continue  # gone already, or a platform without prlimit; the deadline still holds


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
