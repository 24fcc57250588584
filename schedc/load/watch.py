"""A policy from its attachment to its end: looked at every second, and taken off when that is due."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from schedc.load import control
from schedc.load.errors import LoadError, NotAllowed
from schedc.load.events import Attached, Changed, Ended, Event, Promise, Status, Why
from schedc.load.loader import Loader, LoaderGone
from schedc.load.rate import Judge
from schedc.load.subject import PROMISES, Subject
from schedc.verifier.kernel.params import BadSetting
from schedc.verifier.vm.boot import Line
from schedc.verifier.vm.collect import object_result

EVERY = 1.0
"""Seconds between two looks."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Tell = Callable[[Event], None]


class Watch:
    """One run. `seconds`: how long at most; None: until it is asked to end. `at_most`: see `rate`."""

    def __init__(self, subject: Subject, loader: Loader, kernel: str, at_most: float, seconds: float | None) -> None:
        self.subject = subject
        self.loader = loader
        self.kernel = kernel
        self.judge = Judge(at_most)
        self.start = time.monotonic()
        self.seconds = seconds
        self.last = Status(0.0)
        self.broken_promise: Promise | None = None

    def run(self, server: socket.socket, tell: Tell) -> Ended:
        """Until it is over, however that comes; the scheduler is off when it returns."""
        with _stopped() as stopped, selectors.DefaultSelector() as selector:
            for source in (server, stopped, self.loader.output):
                selector.register(source, selectors.EVENT_READ)
            try:
                why = self._until_over(selector, server, stopped, tell)
                lines = self.loader.end()
            except LoaderGone:
                why, lines = Why.LOADER, self.loader.lines
        return Ended(why, self.last, object_result(self.kernel, lines), self.broken_promise)

    def _until_over(
        self, selector: selectors.BaseSelector, server: socket.socket, stopped: socket.socket, tell: Tell
    ) -> Why:
        due = self.start
        while True:
            if time.monotonic() >= due:
                due = max(due + EVERY, time.monotonic())
                over = self._look(tell)
                if over is not None:
                    return over
            ready = [key.fileobj for key, _ in selector.select(max(0.0, self._next(due) - time.monotonic()))]
            if stopped in ready:
                return Why.ASKED
            if self.loader.output in ready:
                raise LoaderGone
            if server in ready:
                control.answer(server, lambda wanted: self._change(wanted, tell))
            if self.seconds is not None and time.monotonic() >= self.start + self.seconds:
                self._look(tell)
                return Why.TIME

    def _next(self, due: float) -> float:
        return due if self.seconds is None else min(due, self.start + self.seconds)

    def _look(self, tell: Tell) -> Why | None:
        """Why it is over, if it is."""
        line = self.loader.look()
        now = time.monotonic() - self.start
        self.last = Status(round(now, 1), _totals(line), _events(line), self._promises(line))
        tell(self.last)
        if line.get("exit_kind") or not line["alive"]:
            return Why.KERNEL
        worst = self.judge.too_often(now, [promise.broken for promise in self.last.promises])
        if worst is None:
            return None
        self.broken_promise = self.last.promises[worst]
        return Why.PROMISES

    def _promises(self, line: Line) -> tuple[Promise, ...]:
        source, found = self.subject.policy.source, []
        readings = [line.get("readings", {}).get(name, ()) for name in PROMISES]
        for promise, seen, broken, worst in zip(self.subject.policy.promises, *readings, strict=True):
            number = source.line_column(promise.span.start)[0]
            text = source.line(number).split("#")[0].strip()
            found.append(Promise(number, text, promise.span, seen, broken, worst))
        return tuple(found)

    def _change(self, wanted: Mapping[str, str], tell: Tell) -> str:
        """What is wrong with the values; all of them are right, or none is set."""
        try:
            values = self.subject.live(wanted)
        except BadSetting as error:
            return str(error)
        for variable, value in values.items():
            if not self.loader.set(variable, value):
                return f"the loader did not set {variable}"
        for name, text in wanted.items():
            tell(Changed(name, text))
        return ""


def run(
    command: Sequence[str], subject: Subject, kernel: str, at_most: float, seconds: float | None, tell: Tell
) -> Ended:
    """Attached, watched, taken off. `NotAllowed` where the kernel does not take it."""
    # The policy is not to decide when its watcher runs; the loader's silence ends it where this is not allowed.
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    begun = time.monotonic()
    loader = Loader(command, subject)
    try:
        _check_taken(loader, kernel)
        with control.listening() as server:  # only now: who was not attached leaves the socket to who is
            verified = sum(line.get("verified_insns", 0) for line in loader.lines)
            tell(Attached(subject.policy.name, verified, round(time.monotonic() - begun, 2)))
            return Watch(subject, loader, kernel, at_most, seconds).run(server, tell)
    finally:
        loader.close()


def _check_taken(loader: Loader, kernel: str) -> None:
    """`NotAllowed` unless all is attached, also what watches promises."""
    try:
        if loader.attached:
            loader.look()  # behind all that attaching has said
        if loader.attached and not loader.complaint:
            return
        lines = loader.end()
    except LoaderGone:
        raise LoadError("the loader ended while it attached the policy", "report this") from None
    raise NotAllowed(f"the kernel did not take the policy: {object_result(kernel, lines).headline()}")


@contextmanager
def _stopped() -> Iterator[socket.socket]:
    """Readable once a signal has asked this process to end. Ctrl-Z is not taken: nobody would watch."""
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        ours = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
        ours[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        waking = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield reader
        finally:
            signal.set_wakeup_fd(waking)
            for number, handler in ours.items():
                signal.signal(number, handler)


def _totals(line: Line) -> dict[str, int]:
    return {name: sum(values) for name, values in line.get("counters", {}).items()}


def _events(line: Line) -> dict[str, int]:
    return {name: count for name, count in line.get("events", {}).items() if count}
