"""Scenes, then drawn stories, on the simulated core: the same ones for every policy; what breaks it is told."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from schedc.model.gates.compile import compiled
from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import Progress
from schedc.model.gates.scenes import scenes
from schedc.model.gates.story import told
from schedc.model.gates.told import diagnostics_json
from schedc.verifier.sim import Broken, Program, Result, Scenario, SimError, broken, simulate
from schedc.verifier.sim.properties import GRACE
from schedc.verifier.sim.scenario import SECOND

STORIES = 40
# The watchdog of a policy has 30 s and looks every 15: what would be a stall is seen as one.
END = 50 * SECOND
_SHRINK_SECONDS = 20.0


class _Breaks(Exception):
    """A story that breaks the policy, for hypothesis to make smaller."""


class _Search:
    """Runs stories, and keeps the last that broke the policy: hypothesis ends with the smallest."""

    def __init__(self, program: Program, grace: int | None) -> None:
        self.program, self._grace = program, grace
        self.runs = 0
        self.found: tuple[Scenario, tuple[Broken, ...]] | None = None
        self._until = 0.0

    def scenes(self) -> None:
        """Until one breaks it."""
        for scene in scenes(END):
            if self._breaks(scene):
                return

    def drawn(self, story: Scenario) -> None:
        if self.found is not None and time.monotonic() > self._until:
            return
        if self._breaks(replace(story, timeout=0, end=END)):
            raise _Breaks

    def trace(self, scenario: Scenario) -> Result:
        return simulate(self.program, scenario, trace=True)

    def _breaks(self, scenario: Scenario) -> bool:
        self.runs += 1
        wrong = broken(simulate(self.program, scenario), scenario, grace=self._grace)
        if wrong:
            self._until = self._until or time.monotonic() + _SHRINK_SECONDS
            self.found = scenario, wrong
        return bool(wrong)


def run(text: str, options: dict[str, Any], progress: Progress) -> Outcome:
    """`options`: `stories`, how many are drawn. Idle CPUs are judged if the policy promises to be work-conserving."""
    result = compiled(text)
    if not result.accepted or result.check.proven is None:
        return Outcome("simulate", False, "does not compile", diagnostics_json(result.check.source, result.diagnostics))
    promised = [each.limit for each in result.check.proven.policy.promises if each.kind == "work_conserving"]
    search = _Search(Program.of(result), max(GRACE, *promised) if promised else None)
    stories = options.get("stories") or STORIES
    progress(f"{stories} stories")
    try:
        search.scenes()
        if search.found is None:
            _explore(search, stories)
        if search.found is None:
            return Outcome("simulate", True, f"{search.runs} stories, none breaks it", report={"stories": search.runs})
        scenario, wrong = search.found
        story = told(scenario, search.trace(scenario), wrong)
    except SimError as error:
        raise GateTrouble(error.message, error.hint, error.place) from None
    report = {"stories": search.runs, "broken": [{"property": each.name, "what": each.what} for each in wrong]}
    return Outcome("simulate", False, f"a story breaks it: {wrong[0].name}: {wrong[0].what}", story, report)


def _explore(search: _Search, stories: int) -> None:
    try:
        from hypothesis import HealthCheck, given, settings
        from hypothesis.errors import Flaky

        from schedc.verifier.sim.stories import stories as drawn
    except ImportError:
        raise GateTrouble("stories are drawn by hypothesis, which is not installed", "pip install hypothesis") from None

    @settings(
        max_examples=stories, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(drawn())
    def explore(story: Scenario) -> None:
        search.drawn(story)

    with suppress(_Breaks, Flaky):
        explore()
