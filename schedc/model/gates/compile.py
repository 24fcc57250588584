"""The object: clang takes the C, and the auditor takes the object."""

from __future__ import annotations

from typing import Any

from schedc import api
from schedc.api import CompileResult
from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.told import counted, diagnostics_json

NO_CLANG = "S601"


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    result = compiled(text)
    report = result.report.to_json() if result.report is not None else {}
    return Outcome(
        "compile",
        result.accepted,
        f"{len(result.object)} bytes of object" if result.object is not None else counted(result.diagnostics),
        diagnostics_json(result.check.source, result.diagnostics),
        report,
    )


def compiled(text: str) -> CompileResult:
    """`GateTrouble` where there is no compiler: no other policy would do better."""
    result = api.compile(text)
    for each in result.diagnostics:
        if each.code == NO_CLANG:
            raise GateTrouble(each.title, "; ".join([*(fix.text for fix in each.fixes), *each.notes]))
    return result
