"""What became of one mutant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """`by`: an earlier gate, or the property that broke; empty if nothing caught it. `story`: under which one.

    seconds: of processor time, with that of clang and of the simulations.
    """

    mutation: str
    policy: str
    by: str
    what: str = ""
    story: str = ""
    stories: int = 0
    seconds: float = 0.0
