"""The loader's process, which holds the scheduler; and what it answers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from typing import IO

from schedc.load.errors import LoadError
from schedc.load.subject import Subject
from schedc.verifier.vm import job as jobs
from schedc.verifier.vm.boot import Line


class LoaderGone(Exception):
    """The loader ended by itself; its link went with it."""


class Loader:
    """One scheduler from its attachment to its end. Closing it, or its death and ours, brings the default back."""

    def __init__(self, command: Sequence[str], subject: Subject) -> None:
        """`LoadError` where there is no loader; whether the kernel took the object is said by `attached`."""
        self.lines: list[Line] = []
        object_file = _in_memory("object", subject.object)
        told = "\n".join(jobs.lines(f"/proc/self/fd/{object_file}", subject.job())) + "\n"
        job_file = _in_memory("job", told.encode())
        try:
            # Out of reach of the terminal's signals: they are ours to pass on. No environment: it runs as root.
            self.process = subprocess.Popen(
                [*command, str(os.getpid()), f"/proc/self/fd/{job_file}"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, pass_fds=(object_file, job_file), start_new_session=True, env={},
            )  # fmt: skip
        finally:
            os.close(object_file)
            os.close(job_file)
        self._begin()

    def _begin(self) -> None:
        try:
            self._read_to(("attach", "bye"))
            if not self.attached:
                self._read_to(("bye",))
        except LoaderGone:
            self.close()
            raise LoadError("the loader ended before it had loaded anything", "report this") from None
        except BaseException:
            self.close()
            raise

    @property
    def attached(self) -> bool:
        return any(line["t"] == "attach" and line["ok"] for line in self.lines)

    @property
    def complaint(self) -> str:
        """What went wrong at its side, such as what watches promises not attaching; empty where nothing did."""
        said = [line.get("why") or line.get("text", "") for line in self.lines if line["t"] in ("fail", "error")]
        return "; ".join(said)

    @property
    def output(self) -> IO[bytes]:
        """Readable at its end: nothing comes from the loader that was not asked for."""
        assert self.process.stdout is not None
        return self.process.stdout

    def look(self) -> Line:
        """How it is now: `alive`, `state`, `events`, `counters`, `readings`, and the exit record if it has ended."""
        return self._ask("look", "look")

    def set(self, variable: str, value: int) -> bool:
        """Whether it was set."""
        return bool(self._ask(f"set {variable} {value}", "set")["ok"])

    def end(self) -> list[Line]:
        """Takes the scheduler off; all lines from the first to the last."""
        if not any(line["t"] == "bye" for line in self.lines):
            self._ask("end", "bye")
        self.close()
        return self.lines

    def close(self) -> None:
        """The end of the pipe is the order to take it off, too."""
        assert self.process.stdin is not None
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.output.close()

    def _ask(self, order: str, answer: str) -> Line:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{order}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise LoaderGone from None
        return self._read_to((answer,))

    def _read_to(self, kinds: tuple[str, ...]) -> Line:
        """The next line of one of these kinds; what comes before it is kept. Where the last one has come, that one."""
        if self.lines and self.lines[-1]["t"] == "bye":
            return self.lines[-1]
        while text := self.output.readline():
            line: Line = json.loads(text)
            if line["t"] not in ("look", "set"):
                self.lines.append(line)
            if line["t"] in kinds:
                return line
        raise LoaderGone


def _in_memory(name: str, data: bytes) -> int:
    """A file that nobody else can reach: what was checked is what is loaded."""
    handle = os.memfd_create(f"schedc-{name}")
    with open(handle, "wb", closefd=False) as file:
        file.write(data)
    return handle
