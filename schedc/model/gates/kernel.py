"""Real kernels, in virtual machines: the verifier takes the object, it schedules a load, and goes cleanly."""

from __future__ import annotations

from typing import Any

from schedc.model.gates.compile import compiled
from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.told import diagnostics_json
from schedc.verifier.kernel import Options, Subject, show, verify
from schedc.verifier.vm.errors import VmError


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `kernels`, a list of series; `seconds` of guest time under load."""
    result = compiled(text)
    if not result.accepted:
        return Outcome("kernel", False, "does not compile", diagnostics_json(result.check.source, result.diagnostics))
    kernels = tuple(options.get("kernels") or Options.kernels)
    try:
        outcome = verify([Subject.of(result)], Options(kernels, options.get("seconds") or Options.seconds), progress)
    except VmError as error:
        raise GateTrouble(error.message, error.hint, error.place) from None
    lines = list(show.text(outcome))
    found = [each for verdict in outcome.verdicts for each in verdict.diagnostics]
    broken = [
        f"on {verdict.result.kernel}, expected: {each.what.value}; found: {each.detail}"
        for verdict in outcome.verdicts
        for each in verdict.broken
    ]
    told = "\n".join([*broken, diagnostics_json(result.check.source, found)])
    return Outcome("kernel", outcome.ok, lines[-1], "" if outcome.ok else told, show.to_json(outcome))
