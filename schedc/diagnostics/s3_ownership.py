"""S3: ownership of tasks, of claimed CPUs and of shared state."""

from __future__ import annotations

from schedc.diagnostics.model import Applicability, Diagnostic, Edit, Fix, Label
from schedc.source import Span


def task_lost(owner: Span, task: str, where: Span, when: str, fix: Fix) -> Diagnostic:
    return Diagnostic(
        "S301",
        "task may be lost",
        Label(where, when),
        secondary=(Label(owner, f"this handler owns `{task}`"),),
        fixes=(fix,),
        why="a task that reaches no queue never runs; the kernel's watchdog ejects the scheduler",
    )


def task_doubled(task: str, first: Span, second: Span) -> Diagnostic:
    return Diagnostic(
        "S302",
        "task is inserted twice",
        Label(second, f"`{task}` may already be in a queue here"),
        secondary=(Label(first, "inserted here"),),
        fixes=(Fix("return after the first, or put the second into an `else`"),),
        why="a task is in one queue at a time; the kernel ends a scheduler that inserts it again",
    )


def claim_forgotten(claim: Span, name: str, where: Span) -> Diagnostic:
    return Diagnostic(
        "S303",
        f"the claimed CPU `{name}` may be forgotten",
        Label(where, f"here `{name}` was not used"),
        secondary=(Label(claim, "claimed here: it no longer counts as idle"),),
        fixes=(Fix(f"insert to it, return it or wake it:  kick {name}"),),
        why="nobody else picks a claimed CPU: it would sleep while tasks wait",
    )


def claim_dropped(span: Span) -> Diagnostic:
    return Diagnostic(
        "S304",
        "this claim is dropped at once",
        Label(span, "an idle CPU is claimed and forgotten"),
        fixes=(Fix("bind it:  if let cpu = ... { }"), Fix("or only look:  cpu.idle")),
        why="nobody else picks a claimed CPU: it would sleep while tasks wait",
    )


def local_not_returned(insert: Span, name: str, where: Span, returned: str) -> Diagnostic:
    return Diagnostic(
        "S305",
        f"the task goes to `{name}`, but `{returned}` is returned",
        Label(where, f"return `{name}` here"),
        secondary=(Label(insert, f"inserted into local({name}) here"),),
        # The name may not reach to this place.
        fixes=(Fix(f"return {name}", (Edit(where, f"return {name}"),), Applicability.UNSAFE),),
        why="from select_cpu a task goes to the local queue of the CPU that is returned, whichever that is",
    )


def insert_in_loop(span: Span, loop: Span) -> Diagnostic:
    return Diagnostic(
        "S307",
        "task may be inserted more than once",
        Label(span, "this may run again"),
        secondary=(Label(loop, "in this loop"),),
        fixes=(Fix("end the loop with the insert:  insert ... ; return", ()),),
        why="a task is in one queue at a time; the kernel ends a scheduler that inserts it again",
    )


def racy_update(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S308",
        f"`{name}` is shared: this update can lose another CPU's",
        Label(span, "read and written in two steps"),
        fixes=(Fix(f"use `{name} += ...` (atomic) or `{name} = max({name}, ...)`, or keep it per cpu or per task"),),
        why="several CPUs run the same handler at once",
    )


def cpu_not_claimed(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S309",
        f"`{name}` is not a CPU that was claimed for this task",
        Label(span, "not claimed"),
        fixes=(Fix(f"claim one:  if let {name} = idle_cpu(task, near prev) {{ ... }}"), Fix("or insert into a queue")),
        why="a task in a local queue cannot be taken by another CPU: it would wait there behind whatever runs",
    )


def function_effect(span: Span, what: str) -> Diagnostic:
    return Diagnostic(
        "S310",
        f"a function has no effects: {what} is not possible here",
        Label(span, "an effect"),
        fixes=(Fix("return the value, and assign it in the handler"),),
    )


def leaves_range(span: Span, name: str) -> Diagnostic:
    return Diagnostic(
        "S311",
        f"`{name}` is shared and has a range, which an atomic change can leave",
        Label(span, "may leave the range"),
        fixes=(Fix(f"declare it without the range, and move it into the range where it is read:  clamp({name}, ...)"),),
        why="what other CPUs add at the same time cannot be foreseen, and ranges are what divisions rely on",
    )
