"""Clocks that differ between CPUs: what is wrong with them is found, told, and stays in the story."""

from __future__ import annotations

from dataclasses import replace

from seeded import Bug

from schedc.verifier.fuzz import Budget, fuzz, tell
from schedc.verifier.fuzz import run as judged
from schedc.verifier.fuzz.draw import THEMES

# Time that went back on the way to another CPU becomes six hundred years.
BACKWARDS = Bug(
    "fifo", ("counters_true",), ("behind",), "clocks apart", "waited = sat_sub(at_now, since);", "waited = at_now - since;"
)


def test_a_difference_of_clocks_that_wraps_is_found_and_told() -> None:
    subject = BACKWARDS.subject()
    outcome = fuzz(subject, Budget(stories=100), themes=[theme for theme in THEMES if theme.name == BACKWARDS.theme])
    assert outcome.failure is not None
    assert outcome.failure.story.broken in BACKWARDS.breaks
    told = tell(subject, outcome.failure)
    assert any(line.startswith("Machine: ") and "the clock of CPU" in line for line in told.splitlines())
    scenario = outcome.failure.story.scenario
    assert sum(cpu.skew != 0 for cpu in scenario.cpus) == 1
    one_time = tuple(replace(cpu, skew=0) for cpu in scenario.cpus)
    story = replace(outcome.failure.story, scenario=replace(scenario, cpus=one_time))
    assert judged(subject, story).broken == ()
