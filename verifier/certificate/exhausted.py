"""The gate of all orders on small machines, and what it claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schedc.api import CompileResult
from schedc.verifier.certificate.model import Claim, GateRecord
from schedc.verifier.certificate.simulated import ATOMIC
from schedc.verifier.exhaust import Bound, Outcome, exhaust
from schedc.verifier.exhaust.properties import claimed
from schedc.verifier.fuzz import Subject, tell
from schedc.verifier.fuzz.catalogue import CATALOGUE

_SAID_EVERY = 20
_ASSUMED = (ATOMIC, "tasks do what the scenes of docs/exhaust.md let them")


def orders(
    compiled: CompileResult, wanted: Mapping[str, str], states: int, progress: Callable[[str], None]
) -> GateRecord | str:
    """The record, or the story that breaks a property."""

    def said(outcome: Outcome) -> None:
        if len(outcome.explored) % _SAID_EVERY == 0:
            progress(f"{len(outcome.explored)} scenes, {outcome.states} states")

    subject = Subject.of(compiled, wanted)
    outcome = exhaust(subject, Bound(states=states), progress=said)
    if outcome.failure is not None:
        return tell(subject, outcome.failure)
    bound = outcome.level.removeprefix("checked(").removesuffix(")")
    claims = tuple(
        Claim(name, "checked", f"{CATALOGUE[name].says}: {bound}", outcome.depth, _ASSUMED) for name in claimed(subject)
    )
    done = {"scenes": len(outcome.explored), "states": outcome.states, "orders": outcome.orders}
    return GateRecord("exhaust", True, claims, {**done, "states_each": states})
