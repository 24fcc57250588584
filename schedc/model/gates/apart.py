"""Runs a gate, those that take long in a process of their own: it is ended when its time is over, or on Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import GATES, Progress, runner

# What a gate has to end its own children in.
_GRACE = 5.0
_LOOK = 0.05
_LAST_LINES = 12
MAX_LINE = 500
# -P: what lies in the current folder is not imported, whoever wrote it there.
COMMAND = (sys.executable, "-P", "-m", "schedc.model.gates.worker")
_HOME = str(Path(__file__).parents[3])


def run(gate: str, text: str, options: dict[str, Any], progress: Progress, seconds: float) -> Outcome:
    """`GateTrouble` where it cannot do its work, or not in time."""
    if not GATES[gate].apart:
        return runner(gate)(text, options, progress)
    with started() as process:
        watch = Watch(process, progress)
        try:
            limit = min(seconds, GATES[gate].seconds)
            output, _ = process.communicate(question(gate, text, options), timeout=limit)
        except subprocess.TimeoutExpired:
            raise GateTrouble(f"the gate `{gate}` was not done in {limit:.0f} s") from None
        finally:
            end(process)
            watch.join()
    return parsed(gate, output, process.returncode, watch.last)


def started() -> subprocess.Popen[str]:
    """The process of a gate; it waits for its question."""
    return subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
        start_new_session=True, env=environment(),
    )  # fmt: skip


def environment() -> dict[str, str]:
    """This one's, with the place where this schedc is."""
    paths = (_HOME, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def question(gate: str, text: str, options: dict[str, Any]) -> str:
    """What such a process reads."""
    return json.dumps({"gate": gate, "text": text, "options": options})


class Watch:
    """Reads what a gate says meanwhile, in a thread; the last lines are kept for when it fails."""

    def __init__(self, process: subprocess.Popen[str], progress: Progress) -> None:
        self.last: deque[str] = deque(maxlen=_LAST_LINES)
        assert process.stderr is not None
        self._stream, self._progress = process.stderr, progress
        # communicate() must not read it as well.
        process.stderr = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        stream: IO[str] = self._stream
        for line in stream:
            self.last.append(line.rstrip()[:MAX_LINE])
            self._progress(self.last[-1])

    def join(self) -> None:
        self._thread.join(_GRACE)


def end(process: subprocess.Popen[str]) -> None:
    """It and all that it started."""
    if process.poll() is None:
        end_group(process.pid)
    process.wait()


def end_group(pid: int) -> None:
    """The process that leads this group, and all in it: first asked, so that it ends what it started; then killed."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)
        until = time.monotonic() + _GRACE
        while time.monotonic() < until:
            time.sleep(_LOOK)
            if _gone(pid):
                return
        os.killpg(pid, signal.SIGKILL)


def _gone(pid: int) -> bool:
    """It has ended, whether somebody has waited for it or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def parsed(gate: str, output: str, code: int | None, last: deque[str]) -> Outcome:
    """What the process said; `GateTrouble` where it is no answer."""
    try:
        answer = json.loads(output)
        if "trouble" in answer:
            raise GateTrouble(*answer["trouble"])
        return Outcome(**answer["outcome"])
    except (ValueError, KeyError, TypeError):
        said = "\n".join(last)
        raise GateTrouble(f"the gate `{gate}` ended with code {code} and no answer", said) from None
