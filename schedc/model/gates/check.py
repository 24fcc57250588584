"""The first gate: what `schedc check` says."""

from __future__ import annotations

from typing import Any

from schedc import api
from schedc.diagnostics.render_json import report
from schedc.model.gates.outcome import Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.told import counted, diagnostics_json


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """Accepted without an error; the laws' levels are in the report."""
    result = api.check(text)
    laws = [
        {"law": each.law, "title": each.title, "level": each.level.value, "detail": each.detail}
        for each in result.verdicts
    ]
    return Outcome(
        "check",
        result.accepted,
        counted(result.diagnostics),
        diagnostics_json(result.source, result.diagnostics),
        report(result.source, result.diagnostics) | {"laws": laws},
    )
