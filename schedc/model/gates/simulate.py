"""Full machines, then drawn stories, on the simulated core: the same ones for every policy; what breaks it is told."""

from __future__ import annotations

from typing import Any

from schedc.model.gates.compile import compiled
from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.told import diagnostics_json
from schedc.verifier.fuzz import Budget, Subject, full_machines, fuzz, tell
from schedc.verifier.trouble import Trouble

STORIES = 100


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `stories`, how many. Judged by all properties of docs/properties.md."""
    result = compiled(text)
    if not result.accepted:
        return Outcome("simulate", False, "does not compile", diagnostics_json(result.check.source, result.diagnostics))
    subject = Subject.of(result)
    stories = options.get("stories") or STORIES
    progress(f"{stories} stories")
    try:
        outcome = fuzz(subject, Budget(stories=stories), first=full_machines())
    except Trouble as error:
        raise GateTrouble(error.message, error.hint, error.place) from None
    if outcome.failure is None:
        report: dict[str, Any] = {"stories": outcome.stories}
        return Outcome("simulate", True, f"{outcome.stories} stories, none breaks it", report=report)
    broken = outcome.failure.broken
    report = {"stories": outcome.stories, "broken": [{"property": each.name, "what": each.what} for each in broken]}
    summary = f"a story breaks it: {broken[0].name}: {broken[0].what}"
    return Outcome("simulate", False, summary, tell(subject, outcome.failure), report)
