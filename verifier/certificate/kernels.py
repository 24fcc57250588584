"""The kernel's gate: which kernels, known by their type information, and what each said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from schedc.verifier.certificate.canonical import digest
from schedc.verifier.certificate.model import Claim
from schedc.verifier.kernel import Options, Outcome, Subject, Verdict, verify
from schedc.verifier.vm.run import kernel_btf

_RAN = "the verifier takes every program, the scheduler is there to the end, and its exit record is clean"
_ALIKE = "the machine is like the one in the figures, and the load like that of `schedc verify`"
_OTHERS = "kernels from 6.12 to 7.3 that were not run take it, too"


@dataclass(frozen=True)
class Kernels:
    """The outcome, and what of it a certificate states: nothing that depends on how fast the host is."""

    outcome: Outcome
    claims: tuple[Claim, ...]
    figures: Mapping[str, Any]


def run(subject: Subject, kernels: tuple[str, ...], seconds: int, progress: Callable[[str], None]) -> Kernels:
    """`VmError` where no kernel could be run at all."""
    outcome = verify([subject], Options(kernels, seconds), progress)
    claims = (
        Claim("kernel", "tested", _RAN, len(outcome.verdicts), (_ALIKE,)),
        Claim("other kernels", "assumed", _OTHERS),
    )
    figures = {verdict.result.kernel: _figures(verdict) for verdict in outcome.verdicts} if outcome.ok else {}
    qemu = sorted({each.qemu for each in outcome.runs})
    machine = asdict(outcome.options.machine)
    return Kernels(outcome, claims, {"kernels": figures, "machine": machine, "seconds": seconds, "qemu": qemu})


def _figures(verdict: Verdict) -> dict[str, Any]:
    result = verdict.result
    return {
        "btf_sha256": digest(kernel_btf(result.kernel)),
        "verifier_instructions": result.verified_insns,
        "translated_instructions": {each.callback or each.name: each.xlated_insns for each in result.programs},
        "events": {name: count for name, count in result.events.items() if count},
        "dropped_ops": list(result.dropped),
        "tasks": [sum(kind.tasks for kind in work.kinds) for work in result.workloads],
        "exit_kind": result.exit.kind if result.exit else None,
    }
