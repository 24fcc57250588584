"""What a law says of a policy."""

from __future__ import annotations

from enum import Enum

from schedc.record import record


class Level(Enum):
    """How surely a property holds. `GUARDED`: what could not be proven is caught by generated code."""

    PROVED = "proved"
    GUARDED = "guarded"
    TESTED = "tested"
    ASSUMED = "assumed"


@record
class Verdict:
    """`law` is its number in docs/laws.md; `detail` is a sentence; `assumptions` have to hold for it."""

    law: int
    title: str
    level: Level
    detail: str
    assumptions: tuple[str, ...] = ()
