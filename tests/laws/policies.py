"""Policies for the tests of the laws, made from the part that a test is about."""

from __future__ import annotations

from schedc.api import check
from schedc.diagnostics import Severity

HEAD = """language 1
policy example "What a test is about."
param slice: duration = 5ms in 1ms..20ms
"""
ENQUEUE = "on enqueue(task) { insert task into ready for slice }\n"
DISPATCH = "on dispatch(cpu, prev) { pull ready }\n"
LAYERS = "layer a when task.nice < 0\nlayer b otherwise\n"


def policy(*, declared: str = "queue ready: fifo\n", enqueue: str | None = None, dispatch: str | None = None,
           select: str | None = None, more: str = "") -> str:  # fmt: skip
    """A whole policy; each handler is given as the text of its body."""
    text = HEAD + declared
    text += ENQUEUE if enqueue is None else f"on enqueue(task) {{ {enqueue} }}\n"
    text += DISPATCH if dispatch is None else f"on dispatch(cpu, prev) {{ {dispatch} }}\n"
    text += "" if select is None else f"on select_cpu(task, prev) {{ {select} }}\n"
    return text + more


def errors(text: str) -> set[str]:
    return {each.code for each in check(text).diagnostics if each.severity is Severity.ERROR}


def warnings(text: str) -> set[str]:
    return {each.code for each in check(text).diagnostics if each.severity is Severity.WARNING}


def level(text: str, law: int) -> str:
    """How surely a law is kept by a policy that is accepted."""
    return next(each.level.value for each in check(text).verdicts if each.law == law)
