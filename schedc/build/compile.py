"""Runs clang on the C while the auditor reads it, then reads the object: what it may do, and what it costs."""

from __future__ import annotations

from schedc.build.lines import with_directives
from schedc.build.report import Report
from schedc.diagnostics import Diagnostics
from schedc.diagnostics import s4_bounds as bounds
from schedc.diagnostics import s6_build as messages
from schedc.laws.law6_bounds import loop_bounds
from schedc.laws.prove import Proven
from schedc.lower.lifted import cgroup_patterns
from schedc.lower.render import render
from schedc.lower.templates import include_directory
from schedc.record import record
from schedc.source import Source, Span
from schedc.toolchain import CompileOutput, NoClang, find_clang
from schedc.verifier.audit.poly import Poly

# What a callback may cost at most, at the size of machine that `poly.REFERENCE` describes.
BUDGET = 4_000_000
# Callbacks of a machine that changes: their cost is stated, but it is nobody's latency.
RARE = frozenset({"cpu_online", "cpu_offline"})


@record
class Built:
    """The C as people read it, the object as the kernel takes it, and the report."""

    c_source: str
    object: bytes
    report: Report


def lower_to_c(proven: Proven) -> str:
    """The C program of a policy."""
    return render(proven.policy, proven.guarded).text


def build(proven: Proven, clang_path: str | None, diagnostics: Diagnostics) -> Built | None:
    """Lower, compile and audit; None if anything was refused."""
    policy = proven.policy
    rendered = render(policy, proven.guarded)
    c_text = rendered.text
    c_name, sched_name = f"{policy.name}.bpf.c", f"{policy.name}.sched"
    files = {c_name: with_directives(c_text, c_name, sched_name), sched_name: policy.source.text}
    try:
        clang = find_clang(clang_path)
    except NoClang as reason:
        diagnostics.add(messages.no_clang(policy.span, str(reason)))
        return None
    include = include_directory()
    with clang.start_bpf(files, c_name, include_dirs=(include,)) as pending:
        _audit_c(c_name, files, include, policy.source, sched_name, diagnostics)
        output = pending.result()
    _report_clang(output, policy.source, sched_name, diagnostics)
    if output.object is None or diagnostics.has_errors:
        return None
    limits = loop_bounds(policy) | rendered.generated
    report = _read_object(proven, output.object, clang.name, sched_name, limits, diagnostics)
    return None if report is None or diagnostics.has_errors else Built(c_text, output.object, report)


def _place(source: Source, line: int | None) -> Span:
    """The span of a line; generated code, behind the last line, is shown at the first."""
    return source.line_span(line if line is not None and line <= source.line_count else 1)


def _audit_c(
    c_name: str, files: dict[str, str], include: str, source: Source, sched_name: str, diagnostics: Diagnostics
) -> None:
    from schedc.verifier.audit.c_audit import audit_c

    for finding in audit_c(c_name, files, (include,)):
        line = finding.line if finding.file == sched_name else None
        diagnostics.add(messages.audit_finding(_place(source, line), finding.rule, finding.message))


def _report_clang(output: CompileOutput, source: Source, sched_name: str, diagnostics: Diagnostics) -> None:
    for message in output.diagnostics:
        line = message.line if message.file == sched_name else None
        if message.is_error:
            diagnostics.add(messages.clang_message(_place(source, line), message.message, True))
    if output.object is None and not any(message.is_error for message in output.diagnostics):
        diagnostics.add(messages.clang_message(_place(source, None), "it ended without an object", True))


def _read_object(
    proven: Proven,
    data: bytes,
    clang: str,
    sched_name: str,
    limits: dict[int, Poly],
    diagnostics: Diagnostics,
) -> Report | None:
    from schedc.verifier.audit.cost import CostError, object_cost
    from schedc.verifier.audit.elf import ObjectError
    from schedc.verifier.audit.object import Object
    from schedc.verifier.audit.object_audit import audit_object
    from schedc.verifier.audit.poly import REFERENCE

    policy = proven.policy
    try:
        obj = Object.parse(data)
        for finding in audit_object(obj, sched_file=sched_name):
            place = _place(policy.source, finding.sched_line)
            diagnostics.add(messages.object_finding(place, finding.rule, f"{finding.message} ({finding.where})"))
        if diagnostics.has_errors:
            return None
        costs = object_cost(obj, limits, sched_name)
    except CostError as error:
        diagnostics.add(messages.object_finding(_place(policy.source, error.sched_line), "cost", str(error)))
        return None
    except ObjectError as error:
        diagnostics.add(messages.object_finding(policy.span, "format", str(error)))
        return None
    for name, cost in costs.items():
        if name in policy.handlers and name not in RARE and cost.instructions.evaluate(REFERENCE) > BUDGET:
            diagnostics.add(
                bounds.too_costly(policy.handlers[name].name_span, f"`on {name}`", str(cost.instructions), BUDGET)
            )
    return Report(
        policy.name, policy.title, clang, proven.verdicts, costs, obj.map_memory(), policy.params,
        tuple(counter.name for counter in policy.counters), tuple(cgroup_patterns(policy)),
    )  # fmt: skip
