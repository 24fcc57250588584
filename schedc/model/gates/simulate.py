"""Scenes, then drawn stories, on the simulated core: the same ones for every policy; what breaks it is told."""

from __future__ import annotations

from typing import Any

from schedc.model.gates.compile import compiled
from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.scenes import scenes
from schedc.model.gates.told import diagnostics_json
from schedc.verifier.fuzz import Budget, Judged, Story, Subject, fuzz, tell
from schedc.verifier.fuzz import run as simulated
from schedc.verifier.fuzz.harness import shorten
from schedc.verifier.sim.scenario import SECOND
from schedc.verifier.trouble import Trouble

STORIES = 100
# The watchdog of a policy has 30 s and looks every 15: what would be a stall is seen as one.
END = 50 * SECOND


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `stories`, how many are drawn. Judged by all properties of docs/properties.md."""
    result = compiled(text)
    if not result.accepted:
        return Outcome("simulate", False, "does not compile", diagnostics_json(result.check.source, result.diagnostics))
    subject = Subject.of(result)
    stories = options.get("stories") or STORIES
    progress(f"{stories} stories")
    try:
        count, failure = _search(subject, stories)
    except Trouble as error:
        raise GateTrouble(error.message, error.hint, error.place) from None
    if failure is None:
        return Outcome("simulate", True, f"{count} stories, none breaks it", report={"stories": count})
    broken = failure.broken
    report = {"stories": count, "broken": [{"property": each.name, "what": each.what} for each in broken]}
    summary = f"a story breaks it: {broken[0].name}: {broken[0].what}"
    return Outcome("simulate", False, summary, tell(subject, failure), report)


def _search(subject: Subject, stories: int) -> tuple[int, Judged | None]:
    """How many stories were run, and the first that breaks a property, made short."""
    count = 0
    for count, scene in enumerate(scenes(END), 1):
        found = simulated(subject, Story(scene))
        if found.broken:
            return count, simulated(subject, shorten(subject, found), trace=True)
    outcome = fuzz(subject, Budget(stories=stories))
    return count + outcome.stories, outcome.failure
