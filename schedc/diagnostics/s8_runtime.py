"""S8: what happened while the policy ran on a kernel."""

from __future__ import annotations

from schedc.diagnostics.model import Diagnostic, Fix, Label
from schedc.source import Span


def ended(span: Span, kernel: str, reason: str) -> Diagnostic:
    return Diagnostic(
        "S801",
        f"{kernel} ended the scheduler: {reason}",
        Label(span, "while this was running"),
        why="the kernel takes back a scheduler that does something wrong; all tasks go on under its default",
        notes=("no policy that is accepted should get there: please report it with the policy",),
    )


def stalled(span: Span, kernel: str, detail: str, where: str = "did not choose it in time") -> Diagnostic:
    return Diagnostic(
        "S802",
        f"a task waited too long on {kernel}, and the kernel ended the scheduler: {detail}",
        Label(span, where),
        fixes=(
            Fix("let every queue be served after some time:  aging 200ms"),
            Fix("keep each task near its queue's clock:  vtime from -20ms to 500ms"),
        ),
        why="a task that waits longer than the watchdog allows may hold what others wait for",
    )


def wrong_cpu(span: Span, kernel: str, detail: str) -> Diagnostic:
    return Diagnostic(
        "S803",
        f"on {kernel} tasks were sent to a CPU where they cannot run: {detail}",
        Label(span, "chooses the CPU"),
        why="the kernel sends such a task elsewhere without a word, so the policy does not do what it says",
    )


def no_end(span: Span, kernel: str, detail: str) -> Diagnostic:
    return Diagnostic(
        "S804",
        f"the run on {kernel} did not come to its end",
        Label(span, "this policy"),
        notes=(detail,),
        why="a machine that hangs cannot say why; the run was tried once more before this was said",
    )


def kernel_warning(span: Span, kernel: str, line: str) -> Diagnostic:
    return Diagnostic(
        "S805",
        f"{kernel} warned while the policy was running",
        Label(span, "this policy"),
        notes=(line,),
    )


def no_hotplug(span: Span, kernel: str, detail: str) -> Diagnostic:
    return Diagnostic(
        "S806",
        f"on {kernel} a CPU could not be taken away and brought back: {detail}",
        Label(span, "this policy"),
    )
