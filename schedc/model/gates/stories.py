"""Stories on the simulated core: the same ones for every policy; what breaks it is told."""

from __future__ import annotations

from schedc.model.gates.compile import compiled
from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.told import diagnostics_json
from schedc.verifier import fuzz
from schedc.verifier.fuzz import Budget, Subject, full_machines, tell
from schedc.verifier.trouble import Trouble

_SAID_EVERY = 50


def judge(gate: str, text: str, count: int, start: int, progress: Progress) -> Outcome:
    """`count` stories, full machines first, then those that `start` draws. All properties of docs/properties.md."""
    result = compiled(text)
    if not result.accepted:
        return Outcome(gate, False, "does not compile", diagnostics_json(result.check.source, result.diagnostics))
    subject = Subject.of(result)

    def said(outcome: fuzz.Outcome, theme: str) -> None:
        if outcome.stories % _SAID_EVERY == 0:
            progress(f"{outcome.stories} of {count} stories")

    progress(f"{count} stories")
    try:
        found = fuzz.fuzz(subject, Budget(stories=count), start=start, progress=said, first=full_machines())
    except Trouble as error:
        raise GateTrouble(error.message, error.hint, error.place) from None
    if found.failure is None:
        return Outcome(gate, True, f"{found.stories} stories, none breaks it", report={"stories": found.stories})
    broken = found.failure.broken
    report = {"stories": found.stories, "broken": [{"property": each.name, "what": each.what} for each in broken]}
    return Outcome(gate, False, f"a story breaks it: {broken[0].name}: {broken[0].what}",
                   tell(subject, found.failure), report)  # fmt: skip
