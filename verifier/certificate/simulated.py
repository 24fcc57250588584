"""The gate of drawn stories: the fuzz harness, and what it claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schedc.api import CompileResult
from schedc.verifier.certificate.model import Claim, GateRecord
from schedc.verifier.fuzz import Budget, Outcome, Subject, full_machines, fuzz, tell
from schedc.verifier.fuzz.catalogue import CATALOGUE
from schedc.verifier.fuzz.contract import judged_by

_SAID_EVERY = 50
ATOMIC = "callbacks are atomic, and the simulated core is right about the kernel"
_DRAWN = "machines, tasks, events and params are such as are drawn"


def stories(
    compiled: CompileResult, wanted: Mapping[str, str], count: int, number: int, progress: Callable[[str], None]
) -> GateRecord | str:
    """The record of `count` stories, full machines among them, the same for the same `number`; or the one that breaks a
    property."""

    def said(outcome: Outcome, theme: str) -> None:
        if outcome.stories % _SAID_EVERY == 0:
            progress(f"{outcome.stories} of {count} stories")

    subject = Subject.of(compiled, wanted)
    outcome = fuzz(subject, Budget(stories=count), start=number, progress=said, first=full_machines())
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.failure is not None:
        return tell(subject, outcome.failure)
    gone, ways = outcome.coverage.ways()
    figures = {"stories": outcome.stories, "seed": number, "ways_gone": gone, "ways": ways}
    return GateRecord("simulate", True, tuple(_claim(name, outcome.stories) for name in judged_by(subject)), figures)


def _claim(name: str, count: int) -> Claim:
    """What a property supposes of a story is an assumption of the claim."""
    found = CATALOGUE[name]
    supposed = (f"judged by stories such as: {found.assumes}",) if found.assumes else ()
    return Claim(name, "tested", found.says, count, (ATOMIC, _DRAWN, *supposed))
