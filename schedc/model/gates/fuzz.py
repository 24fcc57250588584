"""Many drawn stories, other ones than those of the gate before: what only a rare order of events shows."""

from __future__ import annotations

from typing import Any

from schedc.model.gates.outcome import Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.stories import judge

STORIES = 200
_START = 1


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `stories`, how many; `seed`, which ones."""
    seed = options.get("seed")
    return judge("fuzz", text, options.get("stories") or STORIES, _START if seed is None else seed, progress)
