"""Processes that do not outlive this one: QEMU, apt, compilers.

Each runs under a tether: the kernel kills it when the thread that started it ends, however that ends, `kill -9`
included. A thread must therefore stay until its process is done. Signals that end this process end them first.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from schedc.verifier.vm.errors import VmError

# Between the fork and setpriv's request to the kernel the parent may have ended: then nothing is run.
_IF_PARENT_LIVES = '[ "$PPID" = "$0" ] && exec "$@"'
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_running: set[subprocess.Popen[Any]] = set()
_stopping = threading.Event()


class Interrupted(VmError):
    """This process is being ended, so nothing is started any more."""

    def __init__(self) -> None:
        super().__init__("interrupted", "what is in the cache is whole; run the command again")


def _tether() -> list[str]:
    setpriv = shutil.which("setpriv")
    if not setpriv:
        raise VmError("setpriv is not on this machine", "install the package util-linux")
    return [setpriv, "--pdeathsig", "KILL", "--", "/bin/sh", "-c", _IF_PARENT_LIVES, str(os.getpid())]


def start(command: Sequence[str], **how: Any) -> subprocess.Popen[Any]:
    """As Popen, tethered, without standard input, and out of reach of the terminal's Ctrl-C: that is ours to pass
    on. `stop` is to be called in the end."""
    check()
    process = subprocess.Popen(
        [*_tether(), *command], stdin=subprocess.DEVNULL, start_new_session=True, **how
    )
    _running.add(process)
    if _stopping.is_set():  # the signal came between the look and the start
        stop(process)
        raise Interrupted
    return process


def stop(process: subprocess.Popen[Any]) -> None:
    """Ends it with all that it started, if it runs, and waits until it is gone."""
    _kill(process)
    process.wait()
    _running.discard(process)


def ends_within(process: subprocess.Popen[Any], seconds: float) -> bool:
    """Waits for its end, not longer than that."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(process: subprocess.Popen[Any]) -> None:
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # between fork and setsid, or gone
            process.kill()


def run(command: Sequence[str], cwd: Path | None = None, **how: Any) -> subprocess.CompletedProcess[str]:
    """As subprocess.run with captured text."""
    process = start(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", **how
    )
    try:
        out, err = process.communicate()
    finally:
        stop(process)
    check()
    return subprocess.CompletedProcess(list(command), process.returncode, out, err)


def check() -> None:
    """Raises Interrupted when this process is being ended."""
    if _stopping.is_set():
        raise Interrupted


def _on_signal(number: int, frame: FrameType | None) -> None:
    _stopping.set()
    for process in list(_running):
        _kill(process)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


@contextmanager
def supervised() -> Iterator[None]:
    """Within it SIGINT, SIGTERM and SIGHUP end what runs, in all threads, at once, and then this process. Signals
    that the program handles itself stay as they are."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    defaults = (signal.SIG_DFL, signal.default_int_handler)
    ours = {number: old for number in _SIGNALS if (old := signal.getsignal(number)) in defaults}
    for number in ours:
        signal.signal(number, _on_signal)
    try:
        yield
    finally:
        for number, old in ours.items():
            signal.signal(number, old)
        if ours:
            _stopping.clear()
