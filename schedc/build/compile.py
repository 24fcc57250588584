"""Gives the C to clang and, beside it, to the auditor; then the object is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from schedc.build.begin import Begun
from schedc.build.lines import with_directives
from schedc.build.places import place_of
from schedc.build.report import Report
from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s6_build as messages
from schedc.laws.law6_bounds import loop_bounds
from schedc.laws.prove import Proven
from schedc.lower.folder import INCLUDE
from schedc.record import record
from schedc.source import Source
from schedc.toolchain import CompileOutput

if TYPE_CHECKING:
    from schedc.lower.rendered import Rendered
    from schedc.typed import tree as t

    Render = Callable[[t.Policy, bool], Rendered]


@record
class Built:
    """The C as people read it, the object as the kernel takes it, and the report."""

    c_source: str
    object: bytes
    report: Report


def lower_to_c(proven: Proven) -> str:
    """The C program of a policy."""
    return _render(proven.policy, proven.guarded).text


def _render(policy: t.Policy, sweeps: bool) -> Rendered:
    from schedc.lower.render import render  # which takes long to load, and is not needed by who has another way

    return render(policy, sweeps)


def build(
    proven: Proven, begun: Begun, diagnostics: Diagnostics, render: Render | None = None
) -> Built | None:
    """Lower, compile and audit; None if anything was refused."""
    policy = proven.policy
    rendered = (render or _render)(policy, proven.guarded)
    c_text = rendered.text
    c_name, sched_name = f"{policy.name}.bpf.c", f"{policy.name}.sched"
    files = {c_name: with_directives(c_text, c_name, sched_name), sched_name: policy.source.text}
    begun.pending.give(files, c_name)
    _audit_c(c_name, files, policy.source, sched_name, diagnostics)
    from schedc.build.read_object import read_object  # loaded while clang runs

    output = begun.pending.result()
    _report_clang(output, policy.source, sched_name, diagnostics)
    if output.object is None or diagnostics.has_errors:
        return None
    limits = loop_bounds(policy) | rendered.generated
    report = read_object(proven, output.object, begun.clang, sched_name, limits, diagnostics)
    return None if report is None or diagnostics.has_errors else Built(c_text, output.object, report)


def _audit_c(
    c_name: str, files: dict[str, str], source: Source, sched_name: str, diagnostics: Diagnostics
) -> None:
    from schedc.verifier.audit.c_audit import audit_c

    for finding in audit_c(c_name, files, (INCLUDE,)):
        line = finding.line if finding.file == sched_name else None
        diagnostics.add(messages.audit_finding(place_of(source, line), finding.rule, finding.message))


def _report_clang(output: CompileOutput, source: Source, sched_name: str, diagnostics: Diagnostics) -> None:
    for message in output.diagnostics:
        line = message.line if message.file == sched_name else None
        if message.is_error:
            diagnostics.add(messages.clang_message(place_of(source, line), message.message, True))
    if output.object is None and not any(message.is_error for message in output.diagnostics):
        diagnostics.add(messages.clang_message(place_of(source, None), "it ended without an object", True))
