"""An outcome for people and for programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from schedc.diagnostics.render_json import report as diagnostics_report
from schedc.diagnostics.render_text import render
from schedc.verifier.kernel.subject import Subject
from schedc.verifier.kernel.verify import Outcome, Verdict
from schedc.verifier.vm.result import ObjectResult, Run, WorkloadResult

SCHEMA = 1


def text(outcome: Outcome, color: bool = False) -> Iterator[str]:
    """Lines without their newline: a block for each policy and kernel, then all of them in a table, and a summary."""
    for verdict in outcome.verdicts:
        yield from _block(verdict)
        if verdict.diagnostics:
            yield ""
            yield render(verdict.subject.source, verdict.diagnostics, color).rstrip("\n")
        yield ""
    if len(outcome.runs) > 1:
        yield from _table(outcome)
        yield ""
    yield _summary(outcome)


def _table(outcome: Outcome) -> Iterator[str]:
    """A row for each policy, a column for each kernel."""
    subjects = list({id(verdict.subject): verdict.subject for verdict in outcome.verdicts}.values())
    rows = [["", *map(_short, outcome.runs)]]
    rows += [[subject.source.name, *map(_word, outcome.of(subject))] for subject in subjects]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _short(run: Run) -> str:
    return run.kernel.removesuffix("-cloud-amd64")


def _word(verdict: Verdict) -> str:
    """The codes of what is wrong, where there are any."""
    codes = sorted({diagnostic.code for diagnostic in verdict.diagnostics})
    return "ok" if verdict.ok else " ".join(codes) or "NOT OK"


def _block(verdict: Verdict) -> Iterator[str]:
    result = verdict.result
    word = "ok" if verdict.ok else "NOT OK"
    yield f"{verdict.subject.source.name} on {result.kernel}: {word}"
    rows = [("verifier", _taken(result)), ("translated", _translated(result))]
    rows += [("ran", _ran(work)) for work in result.workloads]
    rows += [
        ("counters", _pairs(_totals(result))),
        ("events", _pairs(_events(result))),
        ("exit", _exit(result)),
    ]
    for name, value in rows:
        if value:
            yield f"  {name:<10}  {value}"


def _taken(result: ObjectResult) -> str:
    if not result.accepted:
        return "refused"
    return f"accepted, {result.verified_insns} instructions walked"


def _translated(result: ObjectResult) -> str:
    return _pairs(_xlated(result))


def _xlated(result: ObjectResult) -> dict[str, int]:
    return {program.callback or program.name: program.xlated_insns for program in result.programs}


def _totals(result: ObjectResult) -> dict[str, int]:
    """A counter has a number for each CPU; what is told is their sum."""
    return {name: sum(values) for name, values in result.counters.items()}


def _events(result: ObjectResult) -> dict[str, int]:
    return {name.removeprefix("SCX_EV_"): count for name, count in result.events.items() if count}


def _ran(work: WorkloadResult) -> str:
    tasks = sum(kind.tasks for kind in work.kinds)
    parts = [f"{tasks} tasks for {work.passed:.1f} s"]
    if work.offline_cpu > 0:
        parts.append(f"{_went(work)} went in {work.offline_seconds:.2f} s")
        parts.append(f"came back in {work.online_seconds:.2f} s")
    waits = {kind.kind: kind.worst_wait for kind in work.kinds if kind.kind != "idle"}
    if waits:
        longest = max(waits, key=waits.__getitem__)
        parts.append(f"longest wait {waits[longest]:.2f} s ({longest})")
    return ", ".join(parts)


def _went(work: WorkloadResult) -> str:
    first = work.offline_cpu - work.offline_cpus + 1
    return f"CPUs {first} to {work.offline_cpu}" if work.offline_cpus > 1 else f"CPU {work.offline_cpu}"


def _exit(result: ObjectResult) -> str:
    end = result.exit
    if end is None:
        return ""
    return f"{end.reason or 'no reason'} ({end.kind})" + (f": {end.message}" if end.message else "")


def _pairs(values: dict[str, int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _summary(outcome: Outcome) -> str:
    wrong = sum(not verdict.ok for verdict in outcome.verdicts)
    policies = len({id(verdict.subject) for verdict in outcome.verdicts})
    kernels = ", ".join(map(_short, outcome.runs))
    noun = "policy" if policies == 1 else "policies"
    state = f"{wrong} of {len(outcome.verdicts)} runs NOT OK" if wrong else "all ok"
    return f"{policies} {noun} on {kernels}: {state}; {outcome.seconds:.0f} s"


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Plain values."""
    subjects = list(dict.fromkeys(verdict.subject.source.name for verdict in outcome.verdicts))
    first = {verdict.subject.source.name: verdict.subject for verdict in reversed(outcome.verdicts)}
    return {
        "schema": SCHEMA,
        "ok": outcome.ok,
        "host_seconds": round(outcome.seconds, 1),
        "kernels": [
            {
                "kernel": run.kernel,
                "version": run.version,
                "qemu": run.qemu,
                "boots": run.boots,
                "topology": {name: list(of) for name, of in run.topology.items()},
            }
            for run in outcome.runs
        ],
        "machine": dataclasses.asdict(outcome.options.machine),
        "policies": [_policy(outcome, first[name]) for name in subjects],
    }


def _policy(outcome: Outcome, subject: Subject) -> dict[str, Any]:
    return {
        "file": subject.source.name,
        "policy": subject.policy.name,
        "set": dict(subject.wanted),
        "kernels": [_verdict(verdict) for verdict in outcome.of(subject)],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    result = verdict.result
    return {
        "kernel": result.kernel,
        "ok": verdict.ok,
        "accepted": result.accepted,
        "verifier_instructions": result.verified_insns,
        "translated_instructions": _xlated(result),
        "load_seconds": result.load_seconds,
        "dropped_ops": list(result.dropped),
        "events": dict(result.events),
        "counters": _totals(result),
        "exit": dataclasses.asdict(result.exit) if result.exit else None,
        "workloads": [dataclasses.asdict(work) for work in result.workloads],
        "broken": [{"expected": each.what.value, "found": each.detail} for each in verdict.broken],
        "diagnostics": diagnostics_report(verdict.subject.source, verdict.diagnostics)["diagnostics"],
        "kernel_log": list(result.klog),
        "kernel_dump": list(result.dump),
        "tries": result.tries,
    }
