"""What a kernel said, as diagnostics at the line of the policy that it is about."""

from __future__ import annotations

import re

from schedc.diagnostics import Diagnostic, Diagnostics
from schedc.diagnostics import s7_kernel as kernel
from schedc.diagnostics import s8_runtime as runtime
from schedc.lower.plan import make_plan
from schedc.source import Span
from schedc.typed import tree as t
from schedc.verifier.kernel.expectations import Broken, What
from schedc.verifier.vm import verifier_log
from schedc.verifier.vm.result import Failure, ObjectResult


def diagnose(policy: t.Policy, result: ObjectResult, broken: tuple[Broken, ...]) -> tuple[Diagnostic, ...]:
    """One diagnostic for each broken expectation."""
    found = Diagnostics()
    for each in broken:
        found.add(_one(policy, result, each))
    return tuple(found)


def _one(policy: t.Policy, result: ObjectResult, broken: Broken) -> Diagnostic:
    span, release = _place(policy, result.failure, broken), result.kernel
    match broken.what:
        case What.VERIFIER:
            source = result.failure.source if result.failure else ""
            return kernel.refused(span, release, broken.callback, broken.detail, source)
        case What.MALFORMED:
            return kernel.malformed(policy.span, release, broken.detail)
        case What.LOAD:
            return kernel.not_loaded(span, release, broken.detail)
        case What.ATTACH:
            return kernel.not_attached(span, release, broken.detail)
        case What.STALL:
            return _stalled(policy, span, release, broken)
        case What.EVENT:
            return runtime.wrong_cpu(span, release, broken.detail)
        case What.END:
            return runtime.no_end(span, release, broken.detail)
        case What.WARNING:
            return runtime.kernel_warning(span, release, broken.detail)
        case What.HOTPLUG:
            return runtime.no_hotplug(span, release, broken.detail)
        case What.ERROR:
            return runtime.ended(span, release, broken.detail)


def _stalled(policy: t.Policy, handler: Span, release: str, broken: Broken) -> Diagnostic:
    """At the queue that the task was in, else at the handler."""
    if broken.queue is not None:
        for each in make_plan(policy).queues.values():
            if each.base <= broken.queue < each.base + each.slots:
                return runtime.stalled(each.queue.name_span, release, broken.detail, "it waited in this queue")
    where = "put it nowhere" if broken.callback == "enqueue" else "did not choose it in time"
    return runtime.stalled(handler, release, broken.detail, where)


def _place(policy: t.Policy, failure: Failure | None, broken: Broken) -> Span:
    """The line that the verifier stood at, else the handler that it is about, else the policy's name."""
    line = _line(policy, failure) if failure is not None else 0
    if line:
        return _written(policy, line)
    handler = policy.handlers.get(broken.callback)
    return handler.name_span if handler is not None else policy.span


def _line(policy: t.Policy, failure: Failure) -> int:
    """In the log the last place that is the policy's: generated helpers stand in other files."""
    name = f"{policy.name}.sched"
    if failure.file == name:
        return failure.line
    return next((line for _, file, line in reversed(verifier_log.places(failure.log)) if file == name), 0)


def _written(policy: t.Policy, line: int) -> Span:
    """A line without the blanks before and the comment behind."""
    span, text = policy.source.line_span(line), policy.source.line(line)
    code = re.match(r'(?:[^"#]|"[^"]*")*', text)
    length = len((code[0] if code else text).rstrip())
    blanks = len(text) - len(text.lstrip())
    return Span(span.start + min(blanks, length), span.start + length) if length else span
