"""All orders of events on small machines, to a depth; the shortest one that breaks the policy is told."""

from __future__ import annotations

from typing import Any

from schedc.model.gates.compile import compiled
from schedc.model.gates.outcome import Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.told import diagnostics_json
from schedc.verifier.exhaust import Bound, exhaust
from schedc.verifier.fuzz import Subject, tell

STATES = 2000


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `states`, how many of each scene at most."""
    result = compiled(text)
    if not result.accepted:
        return Outcome("exhaust", False, "does not compile", diagnostics_json(result.check.source, result.diagnostics))
    subject = Subject.of(result)
    bound = Bound(states=options.get("states") or STATES)
    progress(f"all orders on small machines, {bound.states} states of each scene")
    outcome = exhaust(subject, bound)
    report: dict[str, Any] = {"scenes": len(outcome.explored), "states": outcome.states, "depth": outcome.depth}
    if outcome.failure is None:
        return Outcome("exhaust", True, outcome.level, report=report)
    broken = outcome.failure.broken
    report |= {"broken": [{"property": each.name, "what": each.what} for each in broken]}
    summary = f"an order of events breaks it: {broken[0].name}: {broken[0].what}"
    return Outcome("exhaust", False, summary, tell(subject, outcome.failure), report)
