"""The certificate: the gates that it names are run for it, so that nothing in it is told by somebody else."""

from __future__ import annotations

from typing import Any

from schedc.model.gates.compile import compiled
from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.told import diagnostics_json
from schedc.verifier.certificate import CertifyResult, Options, certify
from schedc.verifier.trouble import Trouble

STATES = 2000


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `gates` (beside check and compile), `stories`, `kernels`, `seconds`. The report is the certificate."""
    result = compiled(text)
    if not result.accepted:
        return Outcome("certify", False, "does not compile", diagnostics_json(result.check.source, result.diagnostics))
    try:
        found = certify(text, options=_options(options), progress=progress)
    except Trouble as error:
        raise GateTrouble(error.message, error.hint, error.place) from None
    if found.certificate is None:
        return _refused(found)
    levels = "; ".join(gate.gate + ("" if gate.ran else " not run") for gate in found.certificate.gates)
    return Outcome("certify", True, f"certificate {found.certificate.id} ({levels})",
                   report=found.certificate.to_json())  # fmt: skip


def _options(given: dict[str, Any]) -> Options:
    return Options(
        gates=tuple(given["gates"]) if given.get("gates") is not None else Options.gates,
        stories=given.get("stories") or Options.stories,
        states=given.get("states") or STATES,
        kernels=tuple(given.get("kernels") or Options.kernels),
        seconds=given.get("seconds") or Options.seconds,
    )


def _refused(found: CertifyResult) -> Outcome:
    assert found.refusal is not None
    told = [found.refusal.why, diagnostics_json(found.source, found.diagnostics)]
    summary = f"no certificate, by the gate `{found.refusal.gate}`"
    return Outcome("certify", False, summary, "\n".join(filter(None, told)), {"gate": found.refusal.gate})
