"""Full machines, and a few drawn stories: what most faulty policies do not stand."""

from __future__ import annotations

from typing import Any

from schedc.model.gates.outcome import Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.stories import judge

STORIES = 40


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `stories`, how many."""
    return judge("simulate", text, options.get("stories") or STORIES, 0, progress)
